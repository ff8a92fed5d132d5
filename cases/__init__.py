"""The rules of escalation, pure: no I/O, no wall clock, no randomness, no Temporal, no asyncio, no time zones.

A case takes an event and the time, changes itself, and returns effects; the same events and times always give the same
case. What may be imported here: the standard library and pydantic. `cases.case.Case` is the door; `cases.table` is
where the rule for each event is found, `cases.deadlines` the rule for each clock, `cases.ladder` for each reason.
"""
