"""`[retention]` of a policy: how long things are kept, which law says so, and what is wrong with it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from cases.retention import Kept, Period, WrittenPeriod
from policies import check, explain, load, restore
from tests.policies.conftest import Spoil
from tests.samples import complaint

FOLDER = Path(__file__).parents[2] / "policies"

KEEPING = """
[retention]
texts = "6 years"
complaints = { keep = "3 years", because = "DISP 1.9.1R" }
payments = { keep = "10 years", because = "HGB 257" }

[clocks.redirect]"""


def period(text: str) -> Period:
    return TypeAdapter[Period](WrittenPeriod).validate_python(text)


@pytest.mark.parametrize(
    ("since", "text", "until"),
    [
        ((2026, 3, 2), "6 years", (2032, 3, 2)),
        ((2024, 2, 29), "1 year", (2025, 2, 28)),
        ((2024, 2, 29), "4 years", (2028, 2, 29)),
        ((2026, 1, 31), "1 month", (2026, 2, 28)),
        ((2026, 11, 30), "18 months", (2028, 5, 30)),
        ((2026, 12, 31), "2 weeks", (2027, 1, 14)),
        ((2026, 2, 28), "90 days", (2026, 5, 29)),
    ],
)
def test_periods_are_counted_on_the_calendar(
    since: tuple[int, int, int], text: str, until: tuple[int, int, int]
) -> None:
    assert period(text).after(datetime(*since, 12, tzinfo=UTC)) == datetime(*until, 12, tzinfo=UTC)
    assert f"{period(text)}" == text


def test_a_policy_says_what_is_kept_by_which_law_and_until_when(spoil: Spoil) -> None:
    policy = load(spoil("[clocks.redirect]", KEEPING))
    retention = policy.form.retention
    assert retention is not None
    closed = datetime(2026, 3, 2, tzinfo=UTC)
    assert retention.kept_until(Kept.COMPLAINT, closed) == datetime(2029, 3, 2, tzinfo=UTC)
    assert retention.expires_at(Kept.COMPLAINT, closed) == datetime(2032, 3, 2, tzinfo=UTC)
    assert retention.expires_at(Kept.PAYMENT, closed) == datetime(2036, 3, 2, tzinfo=UTC)
    assert restore(policy.content).form.retention == retention
    lines = [*explain(policy, complaint()).lines()]
    assert "  kept: words and names 6 years after a case was closed" in lines
    assert "  kept by law: complaints 3 years (DISP 1.9.1R)" in lines


def test_a_policy_without_retention_is_what_it_was(spoil: Spoil) -> None:
    policy = load(spoil())
    assert policy.form.retention is None
    assert "retention" not in policy.content


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"6 years"', '"6y"', "retention.texts: '6y' is not a period; write it like"),
        ('"6 years"', '"600 years"', "retention.texts: '600 years' is longer than a life; write at most"),
        ('"6 years"', '"2 years"', "retention.texts: '2 years' is less than retention.complaints makes one keep"),
        ('keep = "3 years", ', "", "retention.complaints.keep: missing; add it"),
        (', because = "HGB 257"', "", "retention.payments.because: missing; add it, such as because ="),
        ("payments =", "payment =", "retention.payment: unknown key; did you mean 'payments'?"),
    ],
)
def test_mistakes_are_named_with_what_to_write(spoil: Spoil, old: str, new: str, said: str) -> None:
    mistakes = check(spoil("[clocks.redirect]", KEEPING.replace(old, new)))
    assert any(said in str(mistake) for mistake in mistakes), mistakes


@pytest.mark.parametrize("name", ["default", "demo", "uk-disp", "uk-psd", "us-cfpb"])
def test_every_policy_that_we_ship_says_what_is_kept(name: str) -> None:
    retention = load(FOLDER / f"{name}.toml").form.retention
    assert retention is not None
    assert retention.payments is not None
