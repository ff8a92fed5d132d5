"""Who was first: of two people who do the same at once, whoever is refused hears who the other was.

Knows which refusals can be a lost race, and what the winner did; not why anything is refused. What was done long ago is
no race: then the refusal speaks for itself.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from cases.events import Code, Event, Refused
from cases.state import State

RECENT = timedelta(minutes=5)
"""How long ago the winner may have acted. Our choice: somebody who looks at a page for longer looks again."""

_WON_BY: dict[Code, tuple[str, ...]] = {
    Code.ALREADY_HANDED_OFF: ("hand_off",),
    Code.ALREADY_OFFERED_UP: ("escalated",),
    Code.ALREADY_ON_HOLD: ("hold",),
    Code.ALREADY_RESOLVED: ("resolve",),
    Code.ALREADY_WAITING: ("wait_for_customer",),
    Code.CLOSED: ("close", "withdraw", "accept_resolution", "end_contact", "decide_safety"),
    Code.NOBODY_ASKED: ("redirect",),
    Code.NOTHING_ASKED: ("answer_back",),
    Code.NOT_CLOSED: ("reopen", "message"),
    Code.NOT_ON_HOLD: ("unhold", "message", "reply"),
    Code.NOT_WAITING: ("resume", "message"),
    Code.NO_HAND_OFF: ("cancel_hand_off", "hand_off_answered"),
    Code.NO_SUGGESTION: ("decide_suggestion",),
    Code.NO_THREAT: ("decide_safety",),
    Code.SAME_AS_NOW: ("set_priority", "recategorise"),
}
"""By the code of a refusal, the kinds of entries that can have brought it about a moment before."""


def named(state: State, event: Event, refused: Refused, at: datetime) -> Refused:
    """The same refusal, naming who was first and when, if somebody else has just done what the refusal is about."""
    if "by" in refused.details:
        return refused
    kinds = _WON_BY.get(refused.code, ())
    won = next((entry for entry in reversed(state.timeline) if entry.kind in kinds), None)
    if won is None or won.by.id == event.by.id or at - won.at > RECENT:
        return refused
    sentence = f"{refused.sentence} {won.by.id} was first, with `{won.kind}` at {won.at:%H:%M:%S} UTC."
    return Refused(refused.code, sentence, **refused.details, by=won.by.id)
