"""What a customer's link shows: status, messages, promises, resolution, and what they can ask. Nothing else, ever.

The fields are listed here one by one, and filled one by one: what a case view gains is not shown by it.
"""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.sources import Sources
from cases.table import CUSTOMER_KINDS
from cases.timeline import Entry
from cases.view import CaseView
from cases.words import ClockName, ClockState, Promised, Status
from records import Records

_PROMISES = {ClockName.CALLBACK: Promised.CALLBACK, ClockName.UPDATE: Promised.UPDATE}
_PAGE = 1000


class CustomersMessage(BaseModel):
    """One message, as it was written or received."""

    model_config = ConfigDict(frozen=True)

    at: AwareDatetime
    sent_by: Literal["customer", "company"]
    channel: str | None = None
    subject: str | None = None
    text: str


class CustomersPromise(BaseModel):
    """What the customer is promised by when: a callback, or an update."""

    model_config = ConfigDict(frozen=True)

    what: Promised
    by_when: AwareDatetime


class CustomersMessages(BaseModel):
    """What passed, oldest first."""

    model_config = ConfigDict(frozen=True)

    case_id: str
    messages: tuple[CustomersMessage, ...]


class CustomersCase(BaseModel):
    """The case as its customer sees it by a signed link."""

    model_config = ConfigDict(frozen=True)

    case_id: str
    status: Status
    messages: tuple[CustomersMessage, ...] = Field(description="oldest first; they may lag by a second")
    promises: tuple[CustomersPromise, ...]
    resolution: str | None
    allowed: tuple[str, ...] = Field(description="kinds of requests that are open to the customer now")
    as_of: AwareDatetime | None = Field(default=None, description="set when the answer comes from the records")


async def shown(view: CaseView, at: Sources) -> CustomersCase:
    """The customer's part of a view that was asked for as the customer. Raises RecordsAway."""
    return CustomersCase(
        case_id=view.case_id,
        status=view.status,
        messages=await messages(view.case_id, at),
        promises=tuple(_promises(view)),
        resolution=view.resolution,
        allowed=tuple(kind for kind in view.allowed if kind in CUSTOMER_KINDS),
        as_of=view.as_of,
    )


async def messages(case_id: str, at: Sources) -> tuple[CustomersMessage, ...]:
    """What passed between them and the company; alerts and notes are not among it. Raises RecordsAway."""
    return await at.ask(lambda known: _passed(known, case_id))


def _passed(known: Records, case_id: str) -> tuple[CustomersMessage, ...]:
    complaint, found = known.complaint(case_id), known.find(case_id)
    if complaint is None or found is None:
        return ()
    first = complaint.received_at or found[0].opened_at
    passed = [CustomersMessage(at=first, sent_by="customer", channel=complaint.channel, text=complaint.text)]
    passed += [_said(entry) for entry in _entries(known, case_id) if entry.kind in CUSTOMER_KINDS]
    passed += [
        CustomersMessage(
            at=sent.created_at, sent_by="company", channel=sent.channel, subject=sent.subject, text=sent.text
        )
        for sent in known.outbox(case_id)
        if sent.kind == "message"
    ]
    # By time alone: what the customer said stands before the answer that it got in the same moment.
    return tuple(sorted(passed, key=lambda message: message.at))


def _said(entry: Entry) -> CustomersMessage:
    comment = entry.data.get("comment")
    text = f"{entry.text}: {comment}" if comment else entry.text
    return CustomersMessage(at=entry.at, sent_by="customer", channel=entry.data.get("channel"), text=text)


def _entries(known: Records, case_id: str) -> list[Entry]:
    entries: list[Entry] = []
    while page := known.entries(case_id, entries[-1].n if entries else 0, _PAGE):
        entries += page
    return entries


def _promises(view: CaseView) -> list[CustomersPromise]:
    running = (clock for clock in view.clocks if clock.state is ClockState.RUNNING and clock.due_at is not None)
    return [
        CustomersPromise(what=_PROMISES[clock.name], by_when=clock.due_at)
        for clock in running
        if clock.name in _PROMISES and clock.due_at is not None
    ]
