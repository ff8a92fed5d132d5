"""What is refused of a proposal and of a decision: whose it is, how much, and by which way it comes."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pydantic import ValidationError

from cases.authority import OPEN_REMEDIES
from cases.deeds import Act
from cases.events import Actor, Code
from cases.words import RemedyState, Rung, Via
from tests.cases.granting import decide, entitled, propose
from tests.samples import (
    ANA,
    BEN,
    BOT,
    CUSTOMER,
    EVA,
    LIA,
    MAX,
    SHOP,
    SUE,
    Played,
    claimed,
    deed,
    plan,
    proposed,
    refused,
    resolved,
    terms,
)

# Refused


def test_nobody_decides_on_their_own_proposal() -> None:
    play = proposed("300", SUE)
    with refused(Code.OWN_PROPOSAL) as caught:
        decide(play, SUE)
    assert caught.value.details == {"remedy_id": "r1"}


def test_nobody_decides_beyond_their_authority() -> None:
    play = proposed("300")
    with refused(Code.NO_AUTHORITY) as caught:
        decide(play, SUE)
    assert caught.value.details["rung"] is Rung.MANAGER
    assert "takes a manager" in caught.value.sentence


def test_nobody_rejects_beyond_their_authority() -> None:
    with refused(Code.NO_AUTHORITY):
        decide(proposed(), BEN, approve=False, reason="Too much.")


@pytest.mark.parametrize("by", [LIA, BOT])
def test_those_of_other_lines_decide_nothing(by: Actor) -> None:
    with refused(Code.NOT_QUALIFIED):
        decide(proposed(), by)


def test_a_service_decides_nothing() -> None:
    with refused(Code.WRONG_ROLE):
        decide(proposed(), SHOP)


def test_a_decision_does_not_come_by_signal() -> None:
    with refused(Code.NOT_BY_SIGNAL):
        decide(proposed(), SUE, via=Via.SIGNAL)


def test_a_policy_may_trust_signals_with_it() -> None:
    trusting = terms().model_copy(update={"refused_by_signal": ()})
    play = proposed(of=plan(trusting))
    decide(play, SUE, via=Via.SIGNAL)
    assert play.remedy().state is RemedyState.GRANTED


def test_what_was_decided_is_not_decided_again_and_it_is_said_who_was_first() -> None:
    play = proposed()
    decide(play, SUE)
    with refused(Code.REMEDY_DECIDED) as caught:
        decide(play, MAX, approve=False, reason="Too much.")
    assert caught.value.details == {"remedy_id": "r1", "by": "sue"}
    assert "sue" in caught.value.sentence


def test_a_remedy_that_nobody_proposed_is_not_decided() -> None:
    with refused(Code.UNKNOWN_REMEDY) as caught:
        decide(proposed(), SUE, "r7")
    assert "r1" in caught.value.sentence


def test_an_equal_one_is_not_proposed_while_one_waits() -> None:
    play = proposed("80.00")
    with refused(Code.ALREADY_PROPOSED) as caught:
        propose(play, "80")
    assert caught.value.details == {"remedy_id": "r1"}
    propose(play, "80", remedy="credit")
    decide(play, SUE, "r1", approve=False, reason="No.")
    propose(play, "80")


def test_only_so_many_wait_at_once() -> None:
    play = claimed()
    for pounds in range(OPEN_REMEDIES):
        propose(play, str(60 + pounds))
    with refused(Code.TOO_MANY_REMEDIES):
        propose(play, "90")


def test_only_the_owner_or_above_proposes() -> None:
    with refused(Code.NOT_OWNER):
        propose(claimed(), "10", BEN)


def test_a_policy_without_remedies_has_none_to_propose() -> None:
    play = claimed(plan(terms().model_copy(update={"remedies": None})))
    with refused(Code.NO_REMEDIES):
        propose(play, "10")
    assert "propose_remedy" not in play.case.view(play.now, ANA).allowed


def test_a_currency_that_the_policy_does_not_have() -> None:
    with refused(Code.UNKNOWN_CURRENCY) as caught:
        propose(claimed(), "10", currency="EUR")
    assert "GBP, JPY" in caught.value.sentence


@pytest.mark.parametrize(("amount", "currency"), [("1.005", "GBP"), ("1.5", "JPY")])
def test_an_amount_has_the_digits_of_its_currency(amount: str, currency: str) -> None:
    with refused(Code.TOO_MANY_DIGITS):
        propose(claimed(), amount, currency=currency)


def test_what_nobody_may_grant_is_not_proposed() -> None:
    with refused(Code.NO_AUTHORITY) as caught:
        propose(claimed(), "10000.01", remedy="other")
    assert "10000 GBP is the most" in caught.value.sentence


def test_a_closed_case_has_nothing_proposed() -> None:
    play = resolved()
    play.do("accept_resolution", CUSTOMER)
    with refused(Code.CLOSED):
        propose(play, "10")


# How much


@pytest.mark.parametrize("amount", [49.9, "49,90", "-5", "1e3", "NaN", "Infinity", "", "5000000000000", True, "1.0000"])
def test_amounts_are_exact_or_refused(amount: object) -> None:
    with pytest.raises(ValidationError, match="no exact amount"):
        deed("propose_remedy", ANA, remedy="refund", amount=amount, currency="GBP")


def test_amounts_survive_json_to_the_last_digit() -> None:
    said = deed("propose_remedy", ANA, remedy="refund", amount="0.10", currency="GBP")
    again = Act.model_validate_json(said.model_dump_json()).root
    assert again == said
    assert '"0.10"' in said.model_dump_json()


@pytest.mark.parametrize(
    "fields",
    [
        {"remedy": "refund"},
        {"remedy": "refund", "amount": "5"},
        {"remedy": "refund", "currency": "GBP"},
        {"remedy": "refund", "amount": "0", "currency": "GBP"},
        {"remedy": "apology", "amount": "5", "currency": "GBP"},
        {"remedy": "refund", "amount": "5", "currency": "pounds"},
        {"remedy": "cake", "amount": "5", "currency": "GBP"},
    ],
)
def test_a_proposal_says_what_and_how_much(fields: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        deed("propose_remedy", ANA, **fields)


def test_a_customer_gets_no_more_than_the_policy_allows_other_cases_counted() -> None:
    play = entitled({"GBP": Decimal("1980.00")})
    with refused(Code.OVER_LIMIT) as caught:
        propose(play, "20.01")
    assert caught.value.details == {"left": "20.00"}
    propose(play, "20.00")


def test_what_this_case_grants_and_what_waits_counts_too() -> None:
    play = entitled({"GBP": Decimal(1900)})
    propose(play, "40")
    propose(play, "55")
    with refused(Code.OVER_LIMIT):
        propose(play, "6")
    decide(play, SUE, "r2", approve=False, reason="No.")
    propose(play, "6")


def test_what_is_not_money_does_not_count() -> None:
    propose(entitled({"GBP": Decimal(2000)}), "40", remedy="replacement")


def test_another_currency_has_a_limit_of_its_own() -> None:
    propose(entitled({"GBP": Decimal(2000)}), "100", currency="JPY")


# What is shown


def test_who_may_decide_is_shown_it_and_nobody_else() -> None:
    play = proposed("300")
    open_to = {by.id for by in (ANA, BEN, SUE, MAX, EVA, LIA, SHOP) if "decide_remedy" in allowed(play, by)}
    assert open_to == {"max", "eva"}


def allowed(play: Played, by: Actor) -> tuple[str, ...]:
    return play.case.view(play.now, by).allowed
