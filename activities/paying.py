"""Where the money goes: into the book of the records, or to a company's endpoint. A case cannot tell which.

The endpoint gets `POST`, signed (Standard Webhooks), with the effect's id as `Idempotency-Key`:

    {"type": "payment.asked", "timestamp": …, "data": {"effect_id", "reference", "case_id", "remedy_id", "remedy",
     "amount", "currency", "customer_id", "proposed_by", "granted_by", "granted_at"}}

It answers 2xx with `{"reference": "…"}` when that payment is made, now or by an earlier request with that key. A 4xx
refuses it for good (`reason`, `detail`, `error` or `title` says why); all else is tried on for ever.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from activities.endpoints import Answer, Endpoint, Line, Unanswered
from activities.lanes import Lane
from cases.effects import Payment, PayRemedy
from cases.turn import quoted
from records import Records, reference_of

VARIABLE = "CASELADDER_PAYMENTS_URL"

WITHIN = timedelta(seconds=20)
"""An attempt, from the connection to the last byte of the answer: less than an activity's 30 s."""

LONGEST = 200
"""In characters: what a reference may have on a timeline."""


class Payments(Protocol):
    """A way of paying."""

    def pay(self, errand: PayRemedy) -> Payment:
        """Pays once, however often it is asked: the errand's id is the key.

        A `Payment` that is `refused` is refused for good. What may still succeed is raised, and tried on for ever.
        """
        ...


class Book:
    """Writes payments into the records, from which the company's finance pays them."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def pay(self, errand: PayRemedy) -> Payment:
        """Booked is paid. Raises RecordsAway."""
        return self._records.book_payment(errand, datetime.now(UTC))


class PaidByEndpoint:
    """Has a company's endpoint pay; the book has each payment before it is asked for, and what came of it."""

    def __init__(self, records: Records, endpoint: Endpoint, within: timedelta = WITHIN) -> None:
        self._records = records
        self._endpoint = endpoint
        self._within = within
        self._lane = Lane("payments")

    def pay(self, errand: PayRemedy) -> Payment:
        """What the book has settled is not asked for again. Raises RecordsAway, Unanswered."""
        with self._lane.entered():
            settled = self._records.ask_payment(errand, datetime.now(UTC))
            if settled is not None:
                return settled
            payment = _paid(asyncio.run(self._asked(errand)))
            self._records.settle_payment(errand.id, payment, datetime.now(UTC))
        return payment

    async def _asked(self, errand: PayRemedy) -> Answer:
        """In an event loop of its own: payments are made by threads, beside the records, and are few."""
        async with Line(self._endpoint, self._within) as line:
            return await line.post(errand.id, _body(errand))


def payments(environment: Mapping[str, str], records: Records) -> Payments:
    """The way of paying that CASELADDER_PAYMENTS_URL and CASELADDER_PAYMENTS_SECRET say. Raises SettingsError."""
    endpoint = Endpoint.read(environment, VARIABLE)
    return PaidByEndpoint(records, endpoint) if endpoint else Book(records)


def _paid(answer: Answer) -> Payment:
    if answer.refused:
        said = answer.field("reason", "detail", "error", "title") or f"the payment was answered {answer.status}"
        return Payment(refused=quoted(said))
    if not answer.taken:
        raise answer.untaken()
    reference = answer.field("reference")
    if reference is None or len(reference) > LONGEST:
        # A login page is a 200 as well: money counts as paid only if whoever paid it says what it is known by.
        raise Unanswered(f"answered {answer.status} without a `reference` of up to {LONGEST} characters: not paid yet")
    return Payment(reference=reference)


def _body(errand: PayRemedy) -> dict[str, Any]:
    said = errand.model_dump(mode="json", exclude={"kind", "id", "limit", "since", "amount"})
    ours = {"effect_id": errand.id, "reference": reference_of(errand.id), "amount": f"{errand.amount:f}"}
    return {"type": "payment.asked", "timestamp": said["granted_at"], "data": {**ours, **said}}
