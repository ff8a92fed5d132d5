"""What a customer's link shows: status, messages, promises, resolution, and what they can ask. Nothing else, ever.

The fields are listed here one by one, and filled one by one: what a case view gains is not shown by it.
"""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.sources import Sources
from cases.table import CUSTOMER_KINDS
from cases.view import CaseView
from cases.words import ClockName, ClockState, Promised, Status
from records import Passed, Records

_PROMISES = {ClockName.CALLBACK: Promised.CALLBACK, ClockName.UPDATE: Promised.UPDATE}


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
    return tuple(_shown(message) for message in known.correspondence(case_id) or ())


def _shown(message: Passed) -> CustomersMessage:
    # A complaint's subject is how the company has sorted it.
    by_customer = message.sent_by == "customer"
    return CustomersMessage(
        at=message.at,
        sent_by="customer" if by_customer else "company",
        channel=message.channel,
        subject=None if by_customer else message.subject,
        text=message.text,
    )


def _promises(view: CaseView) -> list[CustomersPromise]:
    running = (clock for clock in view.clocks if clock.state is ClockState.RUNNING and clock.due_at is not None)
    return [
        CustomersPromise(what=_PROMISES[clock.name], by_when=clock.due_at)
        for clock in running
        if clock.name in _PROMISES and clock.due_at is not None
    ]
