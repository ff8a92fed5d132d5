"""The book of payments: each once, no customer gets too much, and no penny is lost on the way."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from cases.effects import PayRemedy
from cases.words import Remedy
from records import InvalidCursor, Records
from tests.samples import DAY, HOUR, NOON


def errand(number: int = 1, amount: str = "49.90", **fields: Any) -> PayRemedy:
    given: dict[str, Any] = {
        "id": f"shop-abcdefghij:{number}",
        "case_id": "shop-abcdefghij",
        "remedy_id": "r1",
        "remedy": Remedy.REFUND,
        "amount": amount,
        "currency": "GBP",
        "customer_id": "c-1",
        "proposed_by": "ana",
        "granted_by": "sue",
        "granted_at": NOON,
    }
    return PayRemedy.model_validate({**given, **fields})


def booked(records: Records, *errands: PayRemedy, now: datetime = NOON) -> None:
    for each in errands:
        assert records.book_payment(each, now).reference


def test_a_payment_is_booked_once_and_keeps_its_reference(records: Records) -> None:
    first = records.book_payment(errand(), NOON)
    assert records.book_payment(errand(), NOON + DAY) == first
    (item,) = records.list_payments().items
    assert (item.reference, item.amount, item.granted_by, item.booked_at) == (
        first.reference,
        Decimal("49.90"),
        "sue",
        NOON,
    )
    assert first.reference is not None
    assert first.reference.startswith("CL-")


def test_amounts_come_out_as_they_went_in(records: Records) -> None:
    booked(records, *(errand(n, amount) for n, amount in enumerate(("0.10", "0.20", "999999999999.999", "7"))))
    items = records.list_payments().items
    assert [f"{item.amount}" for item in items] == ["0.10", "0.20", "999999999999.999", "7"]
    assert records.paid_to("c-1", "GBP", None) == Decimal("1000000000007.299")


@pytest.mark.parametrize("other", [{"amount": "50"}, {"currency": "EUR"}, {"customer_id": "c-2"}])
def test_another_payment_under_the_same_effect_is_refused(records: Records, other: dict[str, Any]) -> None:
    booked(records, errand())
    again = records.book_payment(errand(1, **{"amount": "49.90", **other}), NOON)
    assert again.reference is None
    assert "49.90 GBP already" in (again.refused or "")
    assert len(records.list_payments().items) == 1


def test_what_would_be_too_much_for_the_customer_is_refused(records: Records) -> None:
    limited: dict[str, Any] = {"limit": "100", "since": NOON - DAY}
    booked(records, errand(1, "60", **limited), errand(2, "40", **limited))
    assert records.book_payment(errand(3, "0.01", **limited), NOON).refused == (
        "the customer has got 100 GBP by now, and may get 100 GBP"
    )
    # Neither another customer's money counts, nor other money, nor what is long ago.
    booked(records, errand(4, "60", **limited, customer_id="c-2"), errand(5, "60", **limited, currency="EUR"))
    booked(records, errand(6, "60", limit="100", since=NOON + HOUR, granted_at=NOON + 2 * HOUR))


def test_of_several_cases_that_pay_at_once_no_more_is_paid_than_the_customer_may_get(records: Records) -> None:
    limited = [errand(n, "30", case_id=f"shop-abcdefghi{n}", limit="100", since=NOON - DAY) for n in range(2, 8)]
    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(records.book_payment, limited, [NOON] * len(limited)))
    assert sum(answer.reference is not None for answer in answers) == 3
    assert records.paid_to("c-1", "GBP", None) == 90


def test_what_a_customer_got_is_counted_without_the_case_that_asks(records: Records) -> None:
    booked(records, errand(1, "60"), errand(2, "5", case_id="shop-otherother"))
    booked(records, errand(3, "7", case_id="shop-otherother", granted_at=NOON - 10 * DAY))
    assert records.paid_to("c-1", "GBP", NOON - DAY, but="shop-abcdefghij") == 5
    assert records.paid_to("c-1", "JPY", None) == 0


def test_payments_are_listed_in_the_order_in_which_they_were_booked_page_by_page(records: Records) -> None:
    for number in range(5):
        booked(records, errand(number, case_id=f"case-{number % 2}"), now=NOON + number * HOUR)
    first = records.list_payments(limit=3)
    rest = records.list_payments(limit=3, cursor=first.next)
    assert [item.effect_id[-1] for item in (*first.items, *rest.items)] == ["0", "1", "2", "3", "4"]
    assert rest.next is None
    assert len(records.list_payments(case_id="case-1").items) == 2
    assert len(records.list_payments(since=NOON + 3 * HOUR).items) == 2
    assert records.list_payments(customer="c-2").items == ()
    with pytest.raises(InvalidCursor):
        records.list_payments(cursor="nonsense")
