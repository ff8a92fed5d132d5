"""What a customer's link shows: status, messages, promises, resolution, and what they can ask. Nothing else, ever.

The fields are listed here one by one, and filled one by one: what a case view gains is not shown by it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.sources import Sources
from cases.table import CUSTOMER_KINDS
from cases.view import CaseView, ClockView
from cases.words import Channel, ClockName, ClockState, ClosedAs, ContactOption, Promised, Status
from records import Passed, Records

Awaited = Literal["answer", "manager", "callback", "update", "your_answer", "your_confirmation", "your_return"]

_PROMISES = {ClockName.CALLBACK: Promised.CALLBACK, ClockName.UPDATE: Promised.UPDATE}

_AWAITED: dict[ClockName, Awaited] = {
    ClockName.FIRST_RESPONSE: "answer",
    ClockName.NEXT_RESPONSE: "answer",
    ClockName.REDIRECT: "manager",
    ClockName.CALLBACK: "callback",
    ClockName.UPDATE: "update",
    ClockName.CUSTOMER_SILENCE: "your_answer",
    ClockName.CONFIRM: "your_confirmation",
    ClockName.REOPEN_WINDOW: "your_return",
}
"""The clocks whose deadlines the messages tell the customer too. The others are the company's own business."""


class CustomersMessage(BaseModel):
    """One message, as it was written or received."""

    model_config = ConfigDict(frozen=True)

    at: AwareDatetime
    sent_by: Literal["customer", "company"]
    asked: str | None = Field(default=None, description="the kind of the customer's request; `complaint`: the first")
    channel: str | None = None
    subject: str | None = None
    text: str
    words: str | None = Field(
        default=None, description="of a request: what the customer said themselves; null: `text` is our sentence of it"
    )


class CustomersPromise(BaseModel):
    """What the customer is promised by when: a callback, or an update."""

    model_config = ConfigDict(frozen=True)

    what: Promised
    by_when: AwareDatetime


class CustomersNext(BaseModel):
    """What happens next: something that the company owes, or that it waits for (`your_...`).

    `manager`: what can be done for who asked for one. `late`: it was to have happened by then, and has not.
    """

    model_config = ConfigDict(frozen=True)

    what: Awaited
    by_when: AwareDatetime
    late: bool = False


class CustomersMessages(BaseModel):
    """What passed, oldest first."""

    model_config = ConfigDict(frozen=True)

    case_id: str
    messages: tuple[CustomersMessage, ...]


class CustomersCase(BaseModel):
    """The case as its customer sees it by a signed link."""

    model_config = ConfigDict(frozen=True)

    case_id: str
    reference: str = Field(description="by which the customer knows it")
    product: str
    language: str = Field(description="in which they are written to", examples=["de-AT"])
    zone: str | None = Field(description="the customer's time zone, if it is known", examples=["Europe/Vienna"])
    channel: Channel = Field(description="where they are answered")
    received_at: AwareDatetime
    status: Status
    closed_as: ClosedAs | None
    next: CustomersNext | None = Field(description="null: nothing has a time")
    messages: tuple[CustomersMessage, ...] = Field(description="oldest first; they may lag by a second")
    promises: tuple[CustomersPromise, ...]
    resolution: str | None
    allowed: tuple[str, ...] = Field(description="kinds of requests that are open to the customer now")
    contact: tuple[ContactOption, ...] = Field(description="what `choose_contact` may choose, if it is allowed")
    as_of: AwareDatetime | None = Field(default=None, description="set when the answer comes from the records")


async def shown(view: CaseView, at: Sources) -> CustomersCase:
    """The customer's part of a view that was asked for as the customer. Raises RecordsAway."""
    return CustomersCase(
        case_id=view.case_id,
        reference=view.reference,
        product=view.product,
        language=view.language,
        zone=view.customer.zone,
        channel=view.channel,
        received_at=view.received_at,
        status=view.status,
        closed_as=view.closed_as,
        next=_next(view),
        messages=await messages(view.case_id, at),
        promises=tuple(_promises(view)),
        resolution=view.resolution,
        allowed=tuple(kind for kind in view.allowed if kind in CUSTOMER_KINDS),
        contact=view.contact,
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
        asked=message.kind if by_customer else None,
        channel=message.channel,
        subject=None if by_customer else message.subject,
        text=message.text,
        words=message.words,
    )


def _promises(view: CaseView) -> list[CustomersPromise]:
    return [
        CustomersPromise(what=_PROMISES[clock.name], by_when=due)
        for clock, due in _running(view)
        if clock.name in _PROMISES
    ]


def _next(view: CaseView) -> CustomersNext | None:
    """What comes first of what is to come; only if there is none of it, what is late."""
    awaited = [
        CustomersNext(what=_AWAITED[clock.name], by_when=due, late=clock.breached_at is not None)
        for clock, due in _running(view)
        if clock.name in _AWAITED
    ]
    return min(awaited, key=lambda each: (each.late, each.by_when), default=None)


def _running(view: CaseView) -> list[tuple[ClockView, datetime]]:
    running = (clock for clock in view.clocks if clock.state is ClockState.RUNNING)
    return [(clock, clock.due_at) for clock in running if clock.due_at is not None]
