"""Who was first: of two people who do the same at once, whoever is refused hears who the other was.

Knows which refusals can be a lost race, and what the winner did; not why anything is refused. What was done long ago is
no race: then the refusal speaks for itself.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from cases.events import Code, Event, Refused
from cases.state import State
from cases.timeline import Entry
from cases.words import ClosedAs, SafetyDecision

RECENT = timedelta(minutes=5)
"""How long ago the winner may have acted. Our choice: somebody who looks at a page for longer looks again."""

_WON_BY: dict[Code, tuple[str, ...]] = {
    Code.ALREADY_HANDED_OFF: ("hand_off",),
    Code.ALREADY_OFFERED_UP: ("escalated",),
    Code.ALREADY_ON_HOLD: ("hold",),
    Code.ALREADY_RESOLVED: ("resolve",),
    Code.ALREADY_WAITING: ("wait_for_customer",),
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


_CLOSED_BY: dict[ClosedAs, tuple[str, ...]] = {
    ClosedAs.ACCEPTED: ("accept_resolution",),
    ClosedAs.UNCONFIRMED: ("unconfirmed",),
    ClosedAs.WITHDRAWN: ("withdraw",),
    ClosedAs.CONTACT_ENDED: ("end_contact", "decide_safety"),
    ClosedAs.BY_MANAGER: ("close",),
    ClosedAs.DUPLICATE: ("close",),
}
"""By what a case is closed as, the kinds of entries that close it so."""


def closing(state: State) -> Entry | None:
    """What closed the case, if the timeline at hand still has it: not what had closed it before it was reopened."""
    kinds = _CLOSED_BY.get(state.closed_as, ()) if state.closed_as else ()
    return next((entry for entry in reversed(state.timeline) if entry.kind in kinds and _ends(entry)), None)


def _ends(entry: Entry) -> bool:
    """A decision on a threat closes the case only if it is to end the contact."""
    return entry.kind != "decide_safety" or entry.data.get("decision") == SafetyDecision.END


def named(state: State, event: Event, refused: Refused, at: datetime) -> Refused:
    """The same refusal, naming who was first and when, if somebody else has just done what the refusal is about."""
    if "by" in refused.details:
        return refused
    kinds = _WON_BY.get(refused.code, ())
    won = next((entry for entry in reversed(state.timeline) if entry.kind in kinds), None)
    if refused.code is Code.CLOSED:
        won = closing(state)
    if won is None or won.by.id == event.by.id or at - won.at > RECENT:
        return refused
    sentence = f"{refused.sentence} {won.by.id} was first, with `{won.kind}` at {won.at:%H:%M:%S} UTC."
    return Refused(refused.code, sentence, **refused.details, by=won.by.id)
