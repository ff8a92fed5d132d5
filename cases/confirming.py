"""The wait for the customer, for a confirmation or an answer: held while somebody owes them something, or ended.

A customer who speaks is not silent, nor is one who waits for us: as long as an answer, a person, a call, an update or a
decision is owed to them, no confirmation lapses, and nobody is chased or given up. They may answer all the same.
"""

from __future__ import annotations

from cases import promising, safety, timekeeping
from cases.remedies import pending
from cases.state import State
from cases.turn import Turn
from cases.words import ClockName, ClockState, Status

COMMERCIAL = (ClockName.FIRST_RESPONSE, ClockName.NEXT_RESPONSE, ClockName.RESOLUTION)
"""The company's own promises: a resolution suspends them. (What a regulator demands runs on.)"""


def hold(turn: Turn, cause: str) -> None:
    """The time to confirm, or to answer what was asked, stands still, if it runs."""
    turn.pause(turn.live(promising.PATIENCE), cause)


def hold_if_owed(turn: Turn, cause: str) -> None:
    """That time stands still from its start, if something promised earlier is still owed."""
    if is_owed(turn.state):
        hold(turn, cause)


def go_on(turn: Turn, cause: str) -> None:
    """That time goes on, unless the customer is still owed something, or a threat its decision."""
    if not is_owed(turn.state):
        turn.resume([clock for clock in turn.live(promising.PATIENCE) if clock.state is ClockState.PAUSED], cause)


def is_owed(state: State) -> bool:
    """Whether its customer waits for what they asked for or were promised, or a threat for its decision.

    The periodic update is no such promise: it is there to be told while they are waited for.
    """
    asked = state.insistence is not None and not state.insistence.answered
    restriction = state.conduct.restriction
    review = restriction is not None and restriction.asked_at is not None
    return bool(state.offer or asked or review or pending(state) or safety.is_awaited(state)) or any(
        clock.state is ClockState.RUNNING
        and (clock.name in (ClockName.NEXT_RESPONSE, ClockName.CALLBACK) or clock.label == promising.LABEL)
        for clock in state.clocks
    )


def withdraw_resolution(turn: Turn, cause: str) -> None:
    """The case is open again: the company's promises go on, the gap left out."""
    turn.state.status = Status.OPEN
    turn.cancel((ClockName.CONFIRM,), cause)
    turn.resume([clock for clock in turn.live(COMMERCIAL) if clock.state is ClockState.PAUSED], cause)
    timekeeping.resume_handling(turn, cause)
    promising.keep_updating(turn, cause)
