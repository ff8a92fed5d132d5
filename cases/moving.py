"""Onto another pathway: which clocks end there and which begin, whoever had the case go there, and why.

The customer chooses a channel (`cases.channels`), or may no longer use a live one (`cases.restricting`). Knows no
deadline's length: a clock that both pathways have runs on as it is.
"""

from __future__ import annotations

from cases import promising, timekeeping
from cases.pathways import OPTIONAL_CLOCKS
from cases.turn import Turn
from cases.words import ClockName, Status


def leave_clocks(turn: Turn, cause: str) -> None:
    """What the new pathway does not have. A promise that the customer was told of is kept on any channel."""
    plan, channel = turn.plan, turn.state.channel
    for clock in turn.live(OPTIONAL_CLOCKS):
        told = clock.name is ClockName.CALLBACK or clock.label is not None
        if not told and not plan.has_clock(clock.name, channel):
            turn.cancel_clock(clock.id, cause)


def take_clocks(turn: Turn, cause: str) -> None:
    """What the new pathway has, and the old one did not."""
    state = turn.state
    if not any(clock.label is None for clock in turn.live((ClockName.UPDATE,))):
        promising.keep_updating(turn, cause)
    promising.chase_if_waiting(turn, cause)
    if state.status is not Status.RESOLVED:
        timekeeping.take_up(turn, cause)
