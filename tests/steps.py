"""Steps of a case's life as plain data, and the events that they stand for. How they are played is in `tests.playing`.

A step names people by id, and may say `@owner` or `@offered`: `spelled_out` puts in whoever that is in a view, so that
the same steps can drive the pure core and, view for view, a real workflow.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cases.effects import ChoosePerson
from cases.events import Actor
from cases.view import CaseView, HandoffView
from cases.words import RemedyState, Role, Rung, Via
from tests.people import PEOPLE, directory


@dataclass(frozen=True, slots=True)
class Wait:
    """Time passes. `asleep`: nothing runs meanwhile, and what was due waits for the next step."""

    seconds: int
    asleep: bool = False


@dataclass(frozen=True, slots=True)
class Do:
    """Somebody does something: an event's JSON, but `by` is a name and `ago` says how many seconds ago it was."""

    deed: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """The oldest errand that waits is answered: by the directory's choice, or by nobody."""

    found: bool = True


@dataclass(frozen=True, slots=True)
class World:
    """An outcome of another kind: `delayed`, `recovered`, `cancel_requested`, or `chosen` for no known errand."""

    kind: str
    effect: str = "records"


@dataclass(frozen=True, slots=True)
class Consult:
    """A specialist does something with one of the case's hand-offs: an event's JSON, `by` a name or `@specialist`."""

    deed: dict[str, Any]
    number: int = 0


Step = Wait | Do | Answer | World | Consult


def spelled_out(deed: dict[str, Any], view: CaseView, now: datetime) -> dict[str, Any]:
    """The event's JSON in full: who `@owner` and the like are in this view, when `ago` was, `in_s` will be."""
    fields = {name: value for name, value in deed.items() if name != "ago"}
    fields["by"] = _actor(deed["by"], view).model_dump(mode="json")
    fields["via"] = Via.API.value
    if "ago" in deed:
        fields["at"] = (now - timedelta(seconds=deed["ago"])).isoformat()
    for name, field in (("in_s", "by_when"), ("update_in_s", "update_by"), ("review_in_s", "review_at")):
        if name in fields:
            fields[field] = (now + timedelta(seconds=fields.pop(name))).isoformat()
    if "remedy_number" in fields:
        number = fields.pop("remedy_number")
        pending = [each.remedy_id for each in view.remedies if each.state is RemedyState.PENDING]
        known = pending or [each.remedy_id for each in view.remedies] or ["r99"]
        fields["remedy_id"] = known[number % len(known)]
    if fields.get("person") == "@owner":
        fields["person"] = view.owner.person or "max"
    if "message_number" in fields:
        fields["message_id"] = f"{view.case_id}:{fields.pop('message_number')}"
    if "handoff" in fields:
        number = fields.pop("handoff")
        known = [handed.handoff_id for handed in view.handoffs] or [f"{view.case_id}-99"]
        fields["handoff_id"] = known[number % len(known)]
    return fields


def consulted(deed: dict[str, Any], view: HandoffView, now: datetime) -> dict[str, Any]:
    """The event's JSON in full: `@specialist` is who has the hand-off, or whom it is offered to."""
    fields = {name: value for name, value in deed.items() if name != "ago"}
    name = deed["by"]
    if name == "@specialist":
        name = view.specialist or (view.offered_to.person if view.offered_to else None) or "lia"
    team = (view.team,) if name not in PEOPLE else ()
    by = PEOPLE.get(name) or Actor(id=name, role=Role.AGENT, rung=Rung.AGENT, teams=team)
    fields["by"] = by.model_dump(mode="json")
    fields["via"] = Via.API.value
    if "ago" in deed:
        fields["at"] = (now - timedelta(seconds=deed["ago"])).isoformat()
    return fields


def _actor(name: str, view: CaseView) -> Actor:
    offer = view.offer
    if name == "@owner":
        name = view.owner.person or "max"
    elif name == "@approver":
        asked = [each.asked for each in view.remedies if each.asked] or [Rung.SUPERVISOR]
        name = {Rung.MANAGER: "max", Rung.EXECUTIVE: "eva"}.get(asked[0], "sue")
    elif name == "@offered" and offer is None:
        name = "sue"
    elif name == "@offered" and offer is not None:
        errand = ChoosePerson(id="-", case_id=view.case_id, team=offer.team, rung=offer.rung, never=offer.declined_by)
        name = offer.to.person or directory(errand) or "eva"
    rung = offer.rung if offer else view.rung
    return PEOPLE.get(name) or Actor(id=name, role=Role.AGENT, rung=rung)
