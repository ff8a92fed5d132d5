"""Where the money goes. A company may put its own way of paying in place of the book; a case cannot tell."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Protocol

from cases.effects import Payment, PayRemedy
from records import Records


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
