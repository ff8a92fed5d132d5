"""Figures of a period: each event counts once, in the period in which it happened."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from cases.effects import Payment
from records import Records
from records.insights import Escalated
from tests.records.conftest import Committed
from tests.records.test_payments import errand
from tests.samples import ANA, CUSTOMER, NOON, Played, plan

DAY = timedelta(days=1)


def lived(reference: str, product: str = "Credit card") -> Played:
    """A case that is answered after two minutes, and climbs."""
    played = Played(plan(), reference=reference, product=product)
    played.do("claim", ANA)
    played.wait(timedelta(minutes=2))
    played.do("reply", ANA, text="I am looking into it.")
    played.do("attempt", ANA, text="Called the shop", outcome="Nobody answered")
    played.do("escalate", ANA, reason="no_common_ground")
    return played


def test_what_happened_in_the_period_is_counted_and_nothing_else(records: Records) -> None:
    played = lived("order-1")
    Committed(played).write(records)
    within = records.insights(NOON - DAY, NOON + DAY).all
    assert within.opened == 1
    assert within.escalations == (Escalated(reason="no_common_ground", to="supervisor", count=1),)
    assert within.first_response is not None
    assert (within.first_response.count, within.first_response.p50_s) == (1, 120.0)
    for since, until in ((NOON - 2 * DAY, NOON - DAY), (NOON + DAY, NOON + 2 * DAY)):
        empty = records.insights(since, until).all
        assert (empty.opened, empty.escalations, empty.first_response, empty.closed_as) == (0, (), None, {})


def test_a_deadline_that_passed_is_a_breach_of_its_clock(records: Records) -> None:
    played = Played(plan())
    played.wait(timedelta(days=3))
    Committed(played).write(records)
    figures = records.insights(NOON, NOON + 4 * DAY).all
    assert set(figures.breaches) >= {"acknowledge", "first_response"}
    assert figures.lateness is not None
    assert figures.lateness.count >= sum(figures.breaches.values())


def test_how_cases_ended_counts_when_they_were_closed(records: Records) -> None:
    played = Played(plan())
    played.do("claim", ANA)
    played.do("resolve", ANA, text="The charge is back.")
    played.wait(DAY / 2)
    played.do("accept_resolution", CUSTOMER)
    Committed(played).write(records)
    assert records.insights(NOON, NOON + DAY / 4).all.closed_as == {}
    assert records.insights(NOON + DAY / 4, NOON + DAY).all.closed_as == {"accepted": 1}


def test_teams_and_products_are_told_apart_and_add_up(records: Records) -> None:
    for number, product in enumerate(("Credit card", "Credit card", "Mortgage")):
        Committed(lived(f"order-{number}", product=product)).write(records)
    found = records.insights(NOON - DAY, NOON + DAY, by="product")
    assert {name: figures.opened for name, figures in found.groups.items()} == {"Credit card": 2, "Mortgage": 1}
    assert found.all.opened == 3
    only = records.insights(NOON - DAY, NOON + DAY, product="Mortgage")
    assert (only.all, only.groups) == (found.groups["Mortgage"], {})
    assert records.insights(NOON - DAY, NOON + DAY, by="team").groups.keys() == {"cards"}
    assert records.insights(NOON - DAY, NOON + DAY, team="lending").all.opened == 0


def test_what_was_paid_is_added_up_exactly(records: Records) -> None:
    case_id = lived("order-1").case.case_id
    Committed(lived("order-1")).write(records)
    for n, amount in enumerate(("0.10", "0.20"), 1):
        assert records.book_payment(errand(n, amount, case_id=case_id), NOON).reference
    (paid,) = records.insights(NOON - DAY, NOON + DAY).all.remedies
    assert (paid.remedy, paid.currency, paid.count, paid.amount) == ("refund", "GBP", 2, Decimal("0.30"))


def test_what_an_endpoint_was_asked_for_is_paid_when_it_says_so(records: Records) -> None:
    case_id = lived("order-1").case.case_id
    Committed(lived("order-1")).write(records)
    for n, answer in enumerate((Payment(reference="bank-1"), Payment(refused="The account is closed."), None), 1):
        asked = errand(n, "0.10", case_id=case_id)
        assert records.ask_payment(asked, NOON) is None
        if answer is not None:
            records.settle_payment(asked.id, answer, NOON + DAY)
    assert records.insights(NOON - DAY, NOON + DAY).all.remedies == ()
    (paid,) = records.insights(NOON, NOON + 2 * DAY).all.remedies
    assert (paid.count, paid.amount) == (1, Decimal("0.10"))
