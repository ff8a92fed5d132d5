"""The demo: complaints worked by simulated people over HTTP, and an audit of what came of them.

The simulated people (`agents`, `specialists`, `customers`) know the HTTP API and nothing else. The audit (`histories`,
`recorded`, `audit`, `consultations`) believes neither them nor our own code: it reads Temporal's histories and the
database as they are, and imports nothing from `cases`, `workflows` or `records`.
"""
