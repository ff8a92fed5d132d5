"""What to say and what to avoid in the situation that a case is in: for the people who act on it, never for customers.

The lines are the policy's; this knows which situations a case is in now, and not what is said in them.
"""

from __future__ import annotations

from collections.abc import Iterator

from cases.state import State
from cases.view import GuidanceView
from cases.words import Reason, Status

UNGUIDED = (Status.OPENING, Status.ARCHIVED)
"""Where nobody acts: the case has no plan yet, or is over."""

SITUATIONS: tuple[str, ...] = (*Reason, *(status for status in Status if status not in UNGUIDED))
"""What a policy may give a line for: why a case is held out to somebody, and how it stands."""


def guidance(state: State) -> tuple[GuidanceView, ...]:
    """The policy's lines for every situation of the case, the most pressing first. None until it is planned."""
    lines = {line.situation: line for line in (state.plan.terms.guidance if state.plan else ())}
    found = dict.fromkeys(situation.value for situation in _situations(state))
    return tuple(
        GuidanceView(for_=line.situation, say=line.say, avoid=line.avoid)
        for situation in found
        if (line := lines.get(situation))
    )


def _situations(state: State) -> Iterator[Reason | Status]:
    """What the customer waits for, why the case is offered or was passed up, how it stands."""
    if state.status in UNGUIDED:
        return
    if state.insistence and not state.insistence.answered:
        yield Reason.ASKED_FOR_MANAGER
    if state.offer:
        yield from state.offer.reasons
    elif state.climbs and state.status in (Status.OPEN, Status.WAITING_CUSTOMER):
        yield state.climbs[-1].reason
    yield state.status
