"""The wait for the customer's confirmation of a resolution: held while somebody owes them something, or ended.

A customer who speaks is not silent: as long as an answer, or a person, is owed to them, the confirmation cannot lapse.
"""

from __future__ import annotations

from cases import promising, safety, timekeeping
from cases.turn import Turn
from cases.words import ClockName, ClockState, Status

COMMERCIAL = (ClockName.FIRST_RESPONSE, ClockName.NEXT_RESPONSE, ClockName.RESOLUTION)
"""The company's own promises: a resolution suspends them. (What a regulator demands runs on.)"""


def hold(turn: Turn, cause: str) -> None:
    """The time to confirm stands still, if it runs."""
    turn.pause(turn.live((ClockName.CONFIRM,)), cause)


def go_on(turn: Turn, cause: str) -> None:
    """The time to confirm goes on, unless the customer is owed an answer or a person, or a threat its decision."""
    state = turn.state
    asked = state.insistence is not None and not state.insistence.answered
    owed = state.offer or asked or turn.is_running(ClockName.NEXT_RESPONSE) or safety.is_awaited(state)
    if state.status is Status.RESOLVED and not owed:
        turn.resume([clock for clock in turn.live((ClockName.CONFIRM,)) if clock.state is ClockState.PAUSED], cause)


def withdraw_resolution(turn: Turn, cause: str) -> None:
    """The case is open again: the company's promises go on, the gap left out."""
    turn.state.status = Status.OPEN
    turn.cancel((ClockName.CONFIRM,), cause)
    turn.resume([clock for clock in turn.live(COMMERCIAL) if clock.state is ClockState.PAUSED], cause)
    timekeeping.resume_handling(turn, cause)
    promising.keep_updating(turn, cause)
