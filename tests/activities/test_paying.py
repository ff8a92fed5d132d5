"""Payments by a company's endpoint: a real server on loopback that fails in every way, and pays once by its key."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime

import pytest
from standardwebhooks import Webhook
from temporalio.exceptions import ApplicationErrorCategory

from activities.endpoints import LONGEST, Endpoint, Unanswered
from activities.paying import Book, PaidByEndpoint, payments
from activities.settings import SettingsError
from cases.effects import Payment, PayRemedy
from cases.words import Remedy
from records import Records, RecordsError
from tests.machines import CLOSE, Heard, Machine, Turn
from tests.samples import NOON

SECRET = f"whsec_{base64.b64encode(b'k' * 32).decode()}"
OLD = f"whsec_{base64.b64encode(b'o' * 32).decode()}"


class Bank(Machine):
    """Pays each key once, also if who asked does not hear of it."""

    def __init__(self) -> None:
        super().__init__()
        self.paid: dict[str, str] = {}

    def answer(self, heard: Heard, turn: Turn) -> str:
        if turn.status != 200 or turn.body != "{}":
            return turn.body
        key = heard.headers["idempotency-key"]
        return json.dumps({"reference": self.paid.setdefault(key, f"BANK-{len(self.paid) + 1}")})


@pytest.fixture
def bank() -> Iterator[Bank]:
    bank = Bank()
    with bank.running():
        yield bank


@pytest.fixture
def paying(records: Records, bank: Bank) -> PaidByEndpoint:
    endpoint = Endpoint("CASELADDER_PAYMENTS_URL", bank.url("/refunds"), (SECRET, OLD))
    return PaidByEndpoint(records, endpoint, within=timedelta(seconds=1))


def errand(n: int = 1, **fields: object) -> PayRemedy:
    given: dict[str, object] = {
        "id": f"shop-7kq2m4xw5a:{n}",
        "case_id": "shop-7kq2m4xw5a",
        "remedy_id": f"r{n}",
        "remedy": Remedy.REFUND,
        "amount": Decimal("49.90"),
        "currency": "GBP",
        "customer_id": "c-1",
        "proposed_by": "ana",
        "granted_by": "max",
        "granted_at": NOON,
    }
    return PayRemedy.model_validate({**given, **fields})


def test_what_the_endpoint_pays_is_in_the_book_with_its_reference_and_is_not_asked_for_again(
    paying: PaidByEndpoint, bank: Bank, records: Records
) -> None:
    assert paying.pay(errand()) == Payment(reference="BANK-1")
    assert paying.pay(errand()) == Payment(reference="BANK-1")
    (heard,) = bank.heard
    assert heard.path == "/refunds"
    assert heard.headers["idempotency-key"] == heard.headers["webhook-id"] == errand().id
    for secret in (SECRET, OLD):
        said = Webhook(secret).verify(heard.body, dict(heard.headers))
        assert said["data"]["amount"] == "49.90"
        assert "limit" not in said["data"]
    (row,) = records.list_payments().items
    assert (row.state, row.reference, row.reason) == ("paid", "BANK-1", None)
    assert row.settled_at is not None


@pytest.mark.parametrize(
    "failure",
    [
        Turn(status=500),
        Turn(status=503),
        Turn(status=401),
        Turn(status=409),
        Turn(status=302, headers={"location": "/login"}),
        Turn(status=200, body="<html>Log in</html>"),
        Turn(status=200, body='{"reference": ""}'),
        Turn(after_s=5),
        CLOSE,
    ],
    ids=lambda turn: f"{turn.status}-{turn.body[:6]}-{turn.after_s:g}",
)
def test_what_may_still_be_paid_is_asked_for_again_and_paid_once(
    paying: PaidByEndpoint, bank: Bank, records: Records, failure: Turn
) -> None:
    bank.coming.extend((failure, failure))
    for _ in range(2):
        with pytest.raises(Unanswered) as caught:
            paying.pay(errand())
        assert not caught.value.non_retryable
        # Said by the case and the book; not a traceback in the log for each try.
        assert caught.value.category is ApplicationErrorCategory.BENIGN
        assert [row.state for row in records.list_payments().items] == ["asked"]
    assert paying.pay(errand()).reference == "BANK-1"
    assert len({(heard.headers["idempotency-key"], heard.body) for heard in bank.heard}) == 1
    assert len(bank.paid) == 1


def test_an_answer_that_is_slow_but_comes_is_taken(paying: PaidByEndpoint, bank: Bank) -> None:
    bank.coming.append(Turn(after_s=0.3))
    assert paying.pay(errand()).reference == "BANK-1"


def test_when_to_come_again_is_the_endpoints_to_say(paying: PaidByEndpoint, bank: Bank) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    for header, low, high in (("7", 7, 7), (later, 80, 90), ("999999999", 3600, 3600), ("soon", None, None)):
        bank.coming.append(Turn(status=429, headers={"retry-after": header}))
        with pytest.raises(Unanswered) as caught:
            paying.pay(errand())
        delay = caught.value.next_retry_delay
        if low is None or high is None:
            assert delay is None
        else:
            assert delay is not None
            assert timedelta(seconds=low) <= delay <= timedelta(seconds=high) <= LONGEST


@pytest.mark.parametrize("status", [400, 402, 410, 422])
def test_what_the_endpoint_refuses_is_refused_for_good_and_no_longer_counts(
    paying: PaidByEndpoint, bank: Bank, records: Records, status: int
) -> None:
    bank.coming.append(Turn(status=status, body='{"reason": "the account\\u0000 is closed"}'))
    refused = Payment(refused="the account  is closed")
    assert paying.pay(errand()) == refused
    assert paying.pay(errand()) == refused
    assert len(bank.heard) == 1
    (row,) = records.list_payments().items
    assert (row.state, row.reason) == ("refused", "the account  is closed")
    assert records.paid_to("c-1", "GBP", None) == 0
    assert paying.pay(errand(2, limit="60")).reference == "BANK-1"


def test_what_is_asked_for_counts_before_it_is_answered(paying: PaidByEndpoint, bank: Bank, records: Records) -> None:
    bank.coming.append(CLOSE)
    with pytest.raises(Unanswered):
        paying.pay(errand())
    assert records.paid_to("c-1", "GBP", None) == Decimal("49.90")
    refused = paying.pay(errand(2, limit="60")).refused
    assert refused is not None
    assert "49.90" in refused
    assert len(bank.heard) == 1


def test_what_was_asked_of_an_endpoint_is_not_taken_for_paid_by_the_book(
    paying: PaidByEndpoint, bank: Bank, records: Records
) -> None:
    bank.coming.append(CLOSE)
    with pytest.raises(Unanswered):
        paying.pay(errand())
    with pytest.raises(RecordsError, match="CASELADDER_PAYMENTS_URL"):
        Book(records).pay(errand())


def test_an_endpoint_that_nobody_listens_at_is_no_answer_and_not_shown(records: Records) -> None:
    endpoint = Endpoint("CASELADDER_PAYMENTS_URL", "http://127.0.0.1:1/refunds?token=hunter2", (SECRET,))
    with pytest.raises(Unanswered, match="no answer: ") as caught:
        PaidByEndpoint(records, endpoint).pay(errand())
    assert "hunter2" not in str(caught.value) + repr(endpoint)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"CASELADDER_PAYMENTS_SECRET": ""}, "CASELADDER_PAYMENTS_SECRET is not set"),
        ({"CASELADDER_PAYMENTS_URL": ""}, "CASELADDER_PAYMENTS_URL is not set"),
        ({"CASELADDER_PAYMENTS_URL": "pay.example"}, "CASELADDER_PAYMENTS_URL: must begin with https://"),
        ({"CASELADDER_PAYMENTS_SECRET": "whsec_hünter"}, "CASELADDER_PAYMENTS_SECRET: what follows whsec_ must be"),
        ({"CASELADDER_PAYMENTS_SECRET": "whsec_"}, "CASELADDER_PAYMENTS_SECRET: the secret has 0 bytes"),
    ],
)
def test_settings_that_are_of_no_use_are_named(wrong: dict[str, str], said: str) -> None:
    good = {"CASELADDER_PAYMENTS_URL": "https://pay.example", "CASELADDER_PAYMENTS_SECRET": SECRET}
    with Records("sqlite://") as unread, pytest.raises(SettingsError, match=said) as caught:
        payments(good | wrong, unread)
    assert "nter" not in str(caught.value)


def test_without_settings_the_book_pays(records: Records) -> None:
    assert isinstance(payments({}, records), Book)
