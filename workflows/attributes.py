"""The search attributes of a case: what operators filter by. Holds no personal data."""

from __future__ import annotations

from datetime import datetime

from temporalio.common import SearchAttributeKey, SearchAttributePair, SearchAttributeUpdate, TypedSearchAttributes

from cases.complaint import Complaint
from cases.effects import Question
from cases.state import INTAKE
from cases.view import CaseView
from cases.words import Priority, Rung, Status, WaitingOn
from workflows import indexed

Values = dict[str, str | bool | datetime | None]
Update = SearchAttributeUpdate[str] | SearchAttributeUpdate[bool] | SearchAttributeUpdate[datetime]

_KEYWORDS = {name: SearchAttributeKey.for_keyword(name) for name in indexed.KEYWORDS}
_DUE_AT = SearchAttributeKey.for_datetime(indexed.DUE_AT)
_BREACHED = SearchAttributeKey.for_bool(indexed.BREACHED)


def opening(complaint: Complaint) -> Values:
    """Those of a case that waits for its plan."""
    return {
        "CaseStatus": Status.OPENING.value,
        "CaseRung": Rung.AGENT.value,
        "CasePriority": Priority.P3.value,
        "CaseTeam": INTAKE,
        "CaseOwner": f"queue:{INTAKE}",
        "CaseChannel": complaint.channel.value,
        "CaseWaitingOn": WaitingOn.OWNER.value,
        "CaseProduct": complaint.product,
        "CaseTier": complaint.tier,
        indexed.DUE_AT: None,
        indexed.BREACHED: False,
    }


def of(view: CaseView) -> Values:
    """Those of a view."""
    return {
        "CaseStatus": view.status.value,
        "CaseRung": view.rung.value,
        "CasePriority": view.priority.value,
        "CaseTeam": view.team,
        "CaseOwner": view.owner.person or f"queue:{view.owner.queue}",
        "CaseChannel": view.channel.value,
        "CaseWaitingOn": view.waiting_on.value,
        "CaseProduct": view.product,
        "CaseTier": view.tier,
        indexed.DUE_AT: view.next_due,
        indexed.BREACHED: view.breached,
    }


def at_start(complaint: Complaint) -> TypedSearchAttributes:
    """For starting a case: attributes given at start are not billed."""
    values = opening(complaint)
    keywords = [SearchAttributePair(key, str(value)) for name, key in _KEYWORDS.items() if (value := values[name])]
    return TypedSearchAttributes([*keywords, SearchAttributePair(_BREACHED, False)])


def of_question(question: Question) -> TypedSearchAttributes:
    """For starting a hand-off: its team, and what it shares with its case. They do not change."""
    values = {
        "CaseTeam": question.team,
        "CasePriority": question.priority.value,
        "CaseProduct": question.product,
        "CaseChannel": question.channel.value,
        "CaseTier": question.tier,
    }
    return TypedSearchAttributes(
        [SearchAttributePair(_KEYWORDS[name], value) for name, value in values.items() if value]
    )


def changes(before: Values, after: Values) -> list[Update]:
    """The updates that lead from one to the other; empty if nothing that is indexed has changed."""
    changed = [name for name, value in after.items() if before.get(name) != value]
    return [_update(name, after[name]) for name in changed]


def _update(name: str, value: str | bool | datetime | None) -> Update:
    if name == indexed.DUE_AT:
        return _DUE_AT.value_set(value) if isinstance(value, datetime) else _DUE_AT.value_unset()
    if name == indexed.BREACHED:
        return _BREACHED.value_set(bool(value))
    key = _KEYWORDS[name]
    return key.value_unset() if value is None else key.value_set(str(value))
