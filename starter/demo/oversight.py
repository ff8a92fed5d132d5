"""What higher rungs do about a case that the first rung has: give it to somebody else, or end it as a duplicate."""

from __future__ import annotations

from enum import StrEnum, auto
from typing import Any

from cases.people import Person
from cases.view import CaseView
from cases.words import Reason, Rung, Status


class Oversight(StrEnum):
    """What a supervisor or a manager does while the first rung has the case and waits."""

    ASSIGNS = auto()
    REPLACES = auto()
    """Assigns it, because its owner is not there."""
    CLOSES_DUPLICATE = auto()


BY = {
    Oversight.ASSIGNS: Rung.SUPERVISOR,
    Oversight.REPLACES: Rung.SUPERVISOR,
    Oversight.CLOSES_DUPLICATE: Rung.MANAGER,
}


def overseen(view: CaseView, me: Person, wanted: Oversight, earlier: str | None) -> dict[str, Any] | None:
    """The action; None if it is not theirs, or not now. `earlier` is the case that this one repeats."""
    ready = view.status is Status.OPEN and view.rung is Rung.AGENT and view.owner.person and view.offer is None
    if me.rung is not BY[wanted] or not ready:
        return None
    match wanted:
        case Oversight.ASSIGNS:
            return {"kind": "assign", "to": {"team": view.team}, "text": "Somebody else has room for it"}
        case Oversight.REPLACES:
            away = {"reason": Reason.OWNER_UNAVAILABLE.value, "text": "They have gone home ill"}
            return {"kind": "assign", "to": {"team": view.team}, **away}
        case Oversight.CLOSES_DUPLICATE:
            return {"kind": "close", "reason": "The same as the case before", "duplicate_of": earlier}
