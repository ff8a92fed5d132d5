"""For agents and backend services over HTTP: who is asking, what they may ask for, and the answer's shape.

Endpoints are thin: each checks the caller's role and calls one thing. What a case makes of an event is decided in
`cases/`, by the workflow; nothing here decides it. No other package may import this one: it is started as
`python -m api`.
"""
