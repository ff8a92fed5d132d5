"""What passed between customer and company, and how far what is told on has come: the two sides put together.

What the customer said is on the timeline; what they were told is in the outbox, in the words that they get. A reply is
there once, as it was sent, and not again as its entry.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime, Field

from cases.complaint import Complaint, Shape
from cases.table import CUSTOMER_KINDS
from cases.timeline import Entry
from cases.words import CLAIMED
from records.delivering import Deliveries, Delivery
from records.reading import CaseQueries, Sent

_PAGE = 1000

_IN_OUR_WORDS = frozenset({"accept_resolution", "choose_contact", "change_channel"})
"""The kinds of requests whose entry says what was asked; what the customer says of it, if anything, is a comment."""

_FOR_THEM = frozenset(
    {
        "The customer asks for a manager",
        "The customer withdraws the complaint",
        "The customer asks that the restriction of contact be reviewed",
    }
)
"""What the entry of a request says where the customer has said nothing."""


class Passed(Shape):
    """One message, alert or announcement."""

    at: AwareDatetime
    sent_by: Literal["customer", "company", "alert", "announcement"] = Field(
        description="`company`: to the customer; `alert`: to a colleague; `announcement`: to a backend service"
    )
    kind: str = Field(description="an event's kind, a template's name, or what is announced", examples=["opened"])
    channel: str | None = None
    to: str | None = Field(default=None, description="who was alerted, or told", examples=["ana", "queue:cards"])
    subject: str | None = None
    text: str
    words: str | None = Field(
        default=None,
        description="of a customer's request: what they said themselves; null: `text` is our sentence of it",
    )
    id: str | None = Field(
        default=None, description="the effect's id, of what was sent", examples=["shop-7kq2m4xw5a:2"]
    )
    claimed: bool = Field(
        default=False, description="nobody vouches for who sent it: it came by signal, or the API had not signed it"
    )
    delivery: Delivery | None = Field(
        default=None, description="how far it has come on its way outside; null: it is in the outbox, and goes nowhere"
    )


class Correspondence(CaseQueries, Deliveries):
    """What can be asked about messages."""

    def correspondence(self, case_id: str, *, alerts: bool = False, announcements: bool = False) -> list[Passed] | None:
        """All that passed, oldest first; None if the records do not know the case."""
        complaint, found = self.complaint(case_id), self.find(case_id)
        if complaint is None or found is None:
            return None
        deliveries = self.deliveries(case_id)
        passed = [_complaint(complaint, complaint.received_at or found[0].opened_at), *self._said(case_id)]
        ways = {delivery.id: delivery for delivery in deliveries if delivery.announced is None}
        passed += [_sent(it, ways.get(it.effect_id)) for it in self.outbox(case_id) if alerts or it.kind == "message"]
        if announcements:
            passed += [_announced(delivery) for delivery in deliveries if delivery.announced is not None]
        # Sorted by time alone: what the customer said stands before the answer that it got in the same moment.
        return sorted(passed, key=lambda message: message.at)

    def _said(self, case_id: str) -> Iterator[Passed]:
        last = 0
        while page := self.entries(case_id, last, _PAGE):
            yield from (_said(entry) for entry in page if entry.kind in CUSTOMER_KINDS)
            last = page[-1].n


def _complaint(complaint: Complaint, at: datetime) -> Passed:
    about = ": ".join(words for words in (complaint.product, complaint.issue) if words)
    return Passed(
        at=at,
        sent_by="customer",
        kind="complaint",
        channel=complaint.channel,
        subject=about,
        text=complaint.text,
        words=complaint.text,
    )


def _said(entry: Entry) -> Passed:
    comment = entry.data.get("comment")
    return Passed(
        at=entry.at,
        sent_by="customer",
        kind=entry.kind,
        channel=entry.data.get("channel"),
        text=f"{entry.text}: {comment}" if comment else entry.text,
        words=comment if entry.kind in _IN_OUR_WORDS else None if entry.text in _FOR_THEM else entry.text,
        claimed=entry.via in CLAIMED,
    )


def _sent(sent: Sent, delivery: Delivery | None) -> Passed:
    told = sent.kind == "message"
    return Passed(
        at=sent.created_at,
        sent_by="company" if told else "alert",
        kind=sent.template,
        channel=sent.channel,
        to=None if told else sent.to_person or f"queue:{sent.team}",
        subject=sent.subject,
        text=sent.text,
        id=sent.effect_id,
        delivery=delivery,
    )


def _announced(delivery: Delivery) -> Passed:
    event = delivery.announced or ""
    return Passed(
        at=delivery.created_at,
        sent_by="announcement",
        kind=event,
        to=delivery.destination,
        text=f"The case is {event}." if event != "breached" else "A promise was broken.",
        id=delivery.id,
        delivery=delivery,
    )
