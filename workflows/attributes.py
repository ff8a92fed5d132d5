"""The search attributes of a case: what operators filter by. Holds no personal data."""

from __future__ import annotations

from datetime import datetime

from temporalio.common import SearchAttributeKey, SearchAttributePair, SearchAttributeUpdate, TypedSearchAttributes

from cases.complaint import Complaint
from cases.state import INTAKE
from cases.view import CaseView
from cases.words import Priority, Rung, Status, WaitingOn

STATUS = SearchAttributeKey.for_keyword("CaseStatus")
RUNG = SearchAttributeKey.for_keyword("CaseRung")
PRIORITY = SearchAttributeKey.for_keyword("CasePriority")
TEAM = SearchAttributeKey.for_keyword("CaseTeam")
OWNER = SearchAttributeKey.for_keyword("CaseOwner")
CHANNEL = SearchAttributeKey.for_keyword("CaseChannel")
WAITING_ON = SearchAttributeKey.for_keyword("CaseWaitingOn")
PRODUCT = SearchAttributeKey.for_keyword("CaseProduct")
TIER = SearchAttributeKey.for_keyword("CaseTier")
DUE_AT = SearchAttributeKey.for_datetime("CaseDueAt")
BREACHED = SearchAttributeKey.for_bool("CaseBreached")

KEYWORDS = (STATUS, RUNG, PRIORITY, TEAM, OWNER, CHANNEL, WAITING_ON, PRODUCT, TIER)

Values = dict[str, str | bool | datetime | None]


def at_start(complaint: Complaint) -> TypedSearchAttributes:
    """Those of a case that is opening. Attributes given at start are not billed."""
    pairs: list[SearchAttributePair[str] | SearchAttributePair[bool]] = [
        SearchAttributePair(STATUS, Status.OPENING.value),
        SearchAttributePair(RUNG, Rung.AGENT.value),
        SearchAttributePair(PRIORITY, Priority.P3.value),
        SearchAttributePair(TEAM, INTAKE),
        SearchAttributePair(OWNER, f"queue:{INTAKE}"),
        SearchAttributePair(CHANNEL, complaint.channel.value),
        SearchAttributePair(WAITING_ON, WaitingOn.OWNER.value),
        SearchAttributePair(PRODUCT, complaint.product),
        SearchAttributePair(BREACHED, False),
    ]
    if complaint.tier:
        pairs.append(SearchAttributePair(TIER, complaint.tier))
    return TypedSearchAttributes(pairs)


def of(view: CaseView) -> Values:
    """Those of a view, by attribute name."""
    return {
        STATUS.name: view.status.value,
        RUNG.name: view.rung.value,
        PRIORITY.name: view.priority.value,
        TEAM.name: view.team,
        OWNER.name: view.owner.person or f"queue:{view.owner.queue}",
        CHANNEL.name: view.channel.value,
        WAITING_ON.name: view.waiting_on.value,
        PRODUCT.name: view.product,
        TIER.name: view.tier,
        DUE_AT.name: view.next_due,
        BREACHED.name: view.breached,
    }


def changes(
    before: Values, after: Values
) -> list[SearchAttributeUpdate[str] | SearchAttributeUpdate[bool] | SearchAttributeUpdate[datetime]]:
    """The updates that lead from one to the other; empty if nothing that is indexed has changed."""
    updates: list[SearchAttributeUpdate[str] | SearchAttributeUpdate[bool] | SearchAttributeUpdate[datetime]] = []
    for key in KEYWORDS:
        value = after[key.name]
        if before.get(key.name) != value:
            updates.append(key.value_set(str(value)) if value is not None else key.value_unset())
    due = after[DUE_AT.name]
    if before.get(DUE_AT.name) != due:
        updates.append(DUE_AT.value_set(due) if isinstance(due, datetime) else DUE_AT.value_unset())
    if before.get(BREACHED.name) != after[BREACHED.name]:
        updates.append(BREACHED.value_set(bool(after[BREACHED.name])))
    return updates
