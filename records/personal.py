"""What of the records is about a person, column by column and field by field, and what is left when that is removed.

What stays are figures: times, rungs, clocks, amounts, who of the staff did what. Whatever is not named here as a figure
is removed: a new field is personal until somebody says that it is not, and tests ask about every column.
When something is removed, and what must be kept, is not known here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from cases.ledger import LedgerEntry
from cases.view import (
    CaseView,
    ClockView,
    CustomerView,
    HandedOff,
    HoldsView,
    Lesson,
    OfferView,
    OwnerView,
    ProposedRemedy,
    Satisfaction,
)
from cases.words import (
    Channel,
    ClockName,
    ClockState,
    ClosedAs,
    HandoffStatus,
    Letter,
    Mark,
    Priority,
    Reason,
    Remedy,
    RemedyState,
    Rung,
    Status,
)


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


ERASED = "(erased)"
"""Stands where a customer's id was. No customer is found by it."""

PERSONAL: Mapping[str, frozenset[str]] = {
    "cases": frozenset({"reference", "customer_id", "text", "view", "complaint"}),
    "timeline": frozenset({"by_id", "text", "data"}),
    "outbox": frozenset({"subject", "text", "params"}),
    "handoffs": frozenset({"question", "asks", "answer"}),
    "payments": frozenset({"customer_id", "reason"}),
    "deliveries": frozenset({"given_up_why"}),
    "erasures": frozenset({"customer_id"}),
}
"""The columns that may say something about a customer. `by_id` is one where a customer is who did it."""

FIGURES: Mapping[str, frozenset[str]] = {
    "cases": _names("""
        case_id source version status rung owner_person owner_queue offer_to offer_rung priority tier team channel
        product waiting_on due_at sort_due breached undecided opened_at closed_at closed_as written_at
        erased_at"""),
    "timeline": _names("case_id n at by_role via kind event_id late_s written"),
    "outbox": _names("effect_id case_id n kind template channel language to_person team rung created_at"),
    "handoffs": _names("""
        handoff_id case_id version settled status team person asked_by asked_at product channel priority due_at
        sort_due ended_at written_at"""),
    "payments": _names("""
        effect_id reference case_id remedy_id remedy amount currency proposed_by granted_by granted_at
        booked_at state settled_at"""),
    "deliveries": _names("""
        effect_id destination case_id n announced created_at delivered_at attempts failing_since error resent
        given_up_at given_up_by"""),
    "destinations": frozenset({"name", "source", "known_at"}),
    "pages_due": _names("n effect_id team rung urgent queued_at called_at page_id paged_at"),
    "erasures": frozenset({"customer_key", "requested_at", "requested_by", "done_at"}),
    "loads": frozenset({"case_id", "person", "effect_id", "reserved_at", "settled"}),
    "policies": frozenset({"hash", "name", "content", "kept_at", "in_force_at"}),
    "people": _names("id name rung teams skills languages authority capacity available shift left_at"),
    "absences": _names("id person begins until kind recorded_by recorded_at looked_at offered_on_at"),
    "calendars": frozenset({"name", "content", "kept_at"}),
    "imports": frozenset({"n", "digest", "source", "imported_at"}),
}
"""The columns that stay. Staff are named in them: what they did is the company's to answer for."""

KEPT_FIELDS: Mapping[type[BaseModel], frozenset[str]] = {
    CaseView: _names("""
        case_id source version status rung owner offer waiting_on priority tier team channel product language
        received_at opened_at closed_at closed_as duplicate_of clocks pathway live contact holds handoffs remedies
        breached next_due escalations reopened follows satisfaction lessons policy policy_hash now as_of
        erased_at"""),
    OwnerView: frozenset({"person", "queue"}),
    OfferView: _names("to team rung reasons made_at expires_at declined_by"),
    ClockView: _names("""
        id name state target_s elapsed_s remaining_s due_at breached_at warned pausable label calendar zone late_s
        ledger"""),
    LedgerEntry: _names("at mark target_s elapsed_s due_at late_s calendar business_day day_end"),
    CustomerView: frozenset(),
    HandedOff: _names("handoff_id team asked_by asked_at status specialist clock due_at ended_at version"),
    HoldsView: frozenset({"count", "held_s", "since"}),
    Satisfaction: frozenset({"at", "score"}),
    Lesson: frozenset({"at", "to", "by", "reason", "warranted"}),
    ProposedRemedy: _names("""
        remedy_id remedy amount currency state proposed_by proposed_at asked decided_by decided_at clock due_at
        payment reference"""),
}
"""The fields of a view that stay; every other gets `_INSTEAD`, or nothing."""

_INSTEAD: Mapping[tuple[type[BaseModel], str], Any] = {
    (CaseView, "fingerprint"): "",
    (CaseView, "customer"): CustomerView(id=ERASED, name=None, contact=None, zone=None),
    (CaseView, "earlier_cases"): (),
    (CaseView, "queued"): 0,
    (CaseView, "stuck"): (),
    (LedgerEntry, "cause"): "",
    (LedgerEntry, "by"): "",
    (HandedOff, "question"): "",
}
"""What a field without a default says instead."""

_WORDS = frozenset(
    word.value
    for kind in (
        *(Channel, ClockName, ClockState, ClosedAs, HandoffStatus, Letter, Mark, Priority),
        *(Reason, Remedy, RemedyState, Rung, Status),
    )
    for word in kind
)
"""Words of ours that no customer has chosen."""


def emptied(view: CaseView, now: datetime) -> CaseView:
    """The view with nothing personal in it, as of `now`."""
    left = _emptied(view).model_copy(update={"reference": view.case_id, "erased_at": now})
    # A field that is new and has neither a default nor anything in `_INSTEAD` is found here, before it is written.
    return CaseView.model_validate(left.model_dump())


def _emptied(seen: BaseModel) -> BaseModel:
    kept = KEPT_FIELDS.get(type(seen), frozenset[str]())
    return seen.model_copy(
        update={
            name: _left(getattr(seen, name)) if name in kept else _instead(type(seen), name, field)
            for name, field in type(seen).model_fields.items()
        }
    )


def _left(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(map(_left, cast("tuple[Any, ...]", value)))
    return _emptied(value) if isinstance(value, BaseModel) else value


def _instead(model: type[BaseModel], name: str, field: FieldInfo) -> Any:
    default = None if field.is_required() else field.get_default(call_default_factory=True, validated_data={})
    return _INSTEAD.get((model, name), default)


def figures(data: Any) -> Any:
    """What of an entry's data is no text of anybody's: numbers, moments, and words of ours, wherever they stand."""
    if isinstance(data, Mapping):
        left = {key: figures(value) for key, value in cast("Mapping[str, Any]", data).items()}
        return {key: value for key, value in left.items() if value is not None}
    if isinstance(data, list | tuple):
        return [value for each in cast("list[Any]", data) if (value := figures(each)) is not None]
    if isinstance(data, str):
        return data if data in _WORDS or _is_moment(data) else None
    return data


def _is_moment(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False
