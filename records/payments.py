"""The book of payments: what a company's finance pays from. A row is a payment that is to be made once, and only once.

Where an endpoint pays, the row is there before it is asked: `asked`, then `paid` with its reference, or `refused`. The
effect that asks for it is its key: asked again, it gives the same reference, and what differs is refused. Whether the
customer has got too much by now is looked at in the same transaction, since two of their cases may pay at once.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Literal

import sqlalchemy as sa
from pydantic import AwareDatetime, Field

from cases.complaint import Shape
from cases.effects import Payment, PayRemedy
from cases.money import Amount, words
from cases.words import Remedy
from records.database import Database, take_turns
from records.errors import RecordsError
from records.paging import opened, sealed
from records.tables import payments

PaymentState = Literal["asked", "paid", "refused"]


class BookedPayment(Shape):
    """A payment as the book has it; `amount` is exact."""

    effect_id: str
    reference: str = Field(description="what finance, and the customer's statement, know it by")
    state: PaymentState = Field(default="paid", description="`asked`: of an endpoint, which has not answered")
    reason: str | None = Field(default=None, description="why it was refused")
    case_id: str
    remedy_id: str
    remedy: Remedy
    amount: Amount
    currency: str
    customer_id: str
    proposed_by: str
    granted_by: str
    granted_at: AwareDatetime
    booked_at: AwareDatetime
    settled_at: AwareDatetime | None = Field(default=None, description="when the endpoint paid or refused it")


class PaymentPage(Shape):
    """A piece of the book, oldest first. `next` is the cursor to the rest, if any."""

    items: tuple[BookedPayment, ...]
    next: str | None


class PaymentBook(Database):
    """What can be booked and asked about payments."""

    def book_payment(self, errand: PayRemedy, now: datetime) -> Payment:
        """Books a payment as paid; again, it changes nothing and gives the same reference. Raises RecordsAway.

        Refused for good: another payment under the same effect; more than the customer may have got since then.
        """
        answer = self._book(errand, "paid", now)
        if answer is None:
            raise RecordsError(
                f"The payment {errand.id} was asked of an endpoint, which may have paid it. Set CASELADDER_PAYMENTS_URL"
                " again, so that it is not paid twice."
            )
        return answer

    def ask_payment(self, errand: PayRemedy, now: datetime) -> Payment | None:
        """Books a payment that an endpoint is to be asked for; None: ask it, perhaps again. Raises RecordsAway.

        What is settled, or refused by the book itself, is answered as `book_payment` would.
        """
        return self._book(errand, "asked", now)

    def settle_payment(self, effect_id: str, answer: Payment, now: datetime) -> None:
        """What an endpoint has answered; the first answer stands. Raises RecordsAway."""
        settled = {"state": "refused", "reason": answer.refused} if answer.reference is None else {"state": "paid"}
        reference = {"reference": answer.reference} if answer.reference else {}
        asked = (payments.c.effect_id == effect_id, payments.c.state == "asked")
        with self.writing() as connection:
            connection.execute(sa.update(payments).where(*asked).values(**settled, **reference, settled_at=now))

    def _book(self, errand: PayRemedy, state: PaymentState, now: datetime) -> Payment | None:
        """Books it, unless it is booked. None: it is booked as `asked`, and the answer is not known."""
        reference = reference_of(errand.id)
        row = {
            "effect_id": errand.id,
            "reference": reference,
            "state": state,
            "case_id": errand.case_id,
            "remedy_id": errand.remedy_id,
            "remedy": errand.remedy,
            "amount": f"{errand.amount:f}",
            "currency": errand.currency,
            "customer_id": errand.customer_id,
            "proposed_by": errand.proposed_by,
            "granted_by": errand.granted_by,
            "granted_at": errand.granted_at,
            "booked_at": now,
        }
        with self.writing() as connection:
            take_turns(connection, f"payments {errand.customer_id}")
            before = connection.execute(sa.select(payments).where(payments.c.effect_id == errand.id)).mappings().first()
            if before is not None:
                return _again(BookedPayment.model_validate(dict(before)), errand)
            if errand.limit is not None:
                got = _total(connection, errand.customer_id, errand.currency, errand.since)
                if got + errand.amount > errand.limit:
                    had, most = words(got, errand.currency), words(errand.limit, errand.currency)
                    return Payment(refused=f"the customer has got {had} by now, and may get {most}")
            connection.execute(sa.insert(payments), row)
        return Payment(reference=reference) if state == "paid" else None

    def paid_to(self, customer_id: str, currency: str, since: datetime | None, but: str | None = None) -> Decimal:
        """What a customer was granted and paid since then in a currency, without what the case `but` gave them."""
        with self.reading() as connection:
            return _total(connection, customer_id, currency, since, but)

    def list_payments(
        self,
        case_id: str | None = None,
        customer: str | None = None,
        since: datetime | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> PaymentPage:
        """Payments in the order in which they were booked. Raises InvalidCursor."""
        table = payments.c
        query = sa.select(payments)
        for column, value in ((table.case_id, case_id), (table.customer_id, customer)):
            query = query.where(column == value) if value is not None else query
        if since is not None:
            query = query.where(table.booked_at >= since)
        if cursor is not None:
            at, last = opened(cursor)
            query = query.where(table.booked_at >= at, sa.or_(table.booked_at > at, table.effect_id > last))
        query = query.order_by(table.booked_at, table.effect_id).limit(limit + 1)
        with self.reading() as connection:
            rows = [BookedPayment.model_validate(dict(row)) for row in connection.execute(query).mappings()]
        items = tuple(rows[:limit])
        return PaymentPage(items=items, next=sealed(items[-1].booked_at, items[-1].effect_id) if rows[limit:] else None)


def reference_of(effect_id: str) -> str:
    """`CL-` and 12 base32 digits of SHA-256 of the effect's id: short enough for a statement, and nobody's name."""
    digest = hashlib.sha256(effect_id.encode()).digest()
    return f"CL-{base64.b32encode(digest)[:12].decode()}"


def _again(before: BookedPayment, errand: PayRemedy) -> Payment | None:
    asked = (errand.case_id, errand.customer_id, errand.amount, errand.currency)
    if (before.case_id, before.customer_id, before.amount, before.currency) != asked:
        amount = words(before.amount, before.currency)
        return Payment(refused=f"{before.effect_id} paid {amount} already, reference {before.reference}")
    match before.state:
        case "asked":
            return None
        case "refused":
            return Payment(refused=before.reason or "nobody says why")
        case "paid":
            return Payment(reference=before.reference)


def _total(
    connection: sa.Connection, customer_id: str, currency: str, since: datetime | None, but: str | None = None
) -> Decimal:
    query = sa.select(payments.c.amount).where(
        payments.c.customer_id == customer_id,
        payments.c.currency == currency,
        payments.c.case_id != (but or ""),
        # What is asked for may have been paid by now.
        payments.c.state != "refused",
    )
    if since is not None:
        # When it was granted, and not when it was booked: both ends of the time are then the cases' own.
        query = query.where(payments.c.granted_at >= since)
    # Added here, and not by the database: SQLite would add them as binary fractions.
    amounts: Iterable[str] = connection.execute(query).scalars()
    return sum(map(Decimal, amounts), Decimal(0))
