"""Remedies: who grants what, who is asked, what is refused, and what becomes of the money."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from pydantic import ValidationError

from cases.case import Case
from cases.effects import AlertStaff, PayRemedy, TellCustomer
from cases.events import SYSTEM, Code
from cases.outcomes import Failed, Paid
from cases.plan import CurrencyTerms
from cases.remedies import OVER_KEPT
from cases.words import Breach, ClockName, ClockState, Remedy, RemedyState, Rung, Status, Via, WaitingOn
from tests.cases.granting import decide, entitled, propose
from tests.samples import (
    ANA,
    CUSTOMER,
    DAY,
    EVA,
    HOUR,
    MAX,
    NOON,
    SUE,
    Played,
    claimed,
    deed,
    plan,
    proposed,
    refused,
    terms,
)


def told(play: Played) -> TellCustomer:
    return [effect for effect in play.effects if isinstance(effect, TellCustomer)][-1]


def alerted(play: Played) -> AlertStaff:
    return [effect for effect in play.effects if isinstance(effect, AlertStaff)][-1]


# Within one's authority


def test_what_is_within_the_proposers_authority_is_granted_at_once() -> None:
    play = proposed("50.00")
    assert play.remedy().state is RemedyState.GRANTED
    assert play.remedy().decided_by == "ana"
    assert play.view.waiting_on is WaitingOn.OWNER
    assert [payment.amount for payment in play.payments] == [Decimal("50.00")]


@pytest.mark.parametrize("remedy", [Remedy.REPLACEMENT, Remedy.OTHER])
def test_what_is_not_money_is_granted_and_not_paid(remedy: Remedy) -> None:
    play = proposed("20", remedy=remedy, text="A new card, by courier.")
    assert play.remedy().state is RemedyState.GRANTED
    assert play.payments == []
    assert told(play).template == f"remedy_granted.{remedy}"


def test_an_apology_costs_nothing_and_is_anybodys_to_make() -> None:
    play = claimed()
    propose(play, None, remedy="apology", text="We are sorry.")
    assert (play.remedy().state, play.remedy().amount) == (RemedyState.GRANTED, None)


def test_the_customer_is_told_what_was_granted() -> None:
    play = proposed("49.90", remedy="credit", text="For your trouble.")
    assert told(play).template == "remedy_granted.credit"
    assert told(play).params.items() >= {"amount": "49.90", "currency": "GBP", "text": "For your trouble."}.items()


def test_authority_of_the_directory_goes_before_that_of_the_rung() -> None:
    trusted, new = (ANA.model_copy(update={"authority": pence}) for pence in (10_000, 1_000))
    assert proposed("100.00", trusted).remedy().state is RemedyState.GRANTED
    assert proposed("10.01", new).remedy().state is RemedyState.PENDING


def test_authority_of_the_directory_is_in_the_policys_own_currency() -> None:
    rich = ANA.model_copy(update={"authority": 9_999_999})
    assert proposed("100", rich, currency="JPY").remedy().state is RemedyState.PENDING


def test_a_rung_that_the_policy_does_not_name_may_grant_what_the_one_below_may() -> None:
    there = CurrencyTerms(authority={Rung.AGENT: Decimal(50), Rung.MANAGER: Decimal(500)})
    assert [there.of_rung(rung) for rung in Rung] == [0, 50, 50, 500, 500]


def test_what_a_signal_says_of_authority_grants_nothing() -> None:
    play = claimed()
    propose(play, "10", via=Via.SIGNAL)
    assert play.remedy().state is RemedyState.PENDING


# Above it


@pytest.mark.parametrize(
    ("amount", "rung"), [("50.01", Rung.SUPERVISOR), ("250", Rung.SUPERVISOR), ("250.01", Rung.MANAGER)]
)
def test_approval_is_asked_of_the_lowest_rung_whose_authority_covers_it(amount: str, rung: Rung) -> None:
    play = proposed(amount)
    assert (play.remedy().asked, play.clock(ClockName.APPROVAL).state) == (rung, ClockState.RUNNING)
    assert (alerted(play).template, alerted(play).rung, alerted(play).team) == ("approval_asked", rung, "cards")
    assert play.view.waiting_on is WaitingOn.APPROVAL


def test_the_owner_stays_and_nothing_is_offered() -> None:
    play = proposed()
    assert (play.view.owner.person, play.view.offer) == ("ana", None)


def test_the_customer_hears_that_somebody_is_asked_and_by_when() -> None:
    play = proposed()
    assert told(play).template == "approval_asked"
    assert told(play).params.items() >= {"rung": "supervisor", "next_word_by": play.remedy().due_at}.items()


def test_the_timeline_says_why_somebody_is_asked() -> None:
    entry = proposed().case.timeline()[-1]
    assert (entry.kind, entry.data["reason"], entry.data["rung"]) == ("approval_asked", "no_authority", "supervisor")


def test_somebody_else_whose_authority_covers_it_grants_it_and_it_is_paid() -> None:
    play = proposed()
    decide(play, SUE)
    assert (play.remedy().state, play.remedy().decided_by) == (RemedyState.GRANTED, "sue")
    assert play.clock(ClockName.APPROVAL).state is ClockState.FULFILLED
    assert (play.payments[0].granted_by, play.payments[0].proposed_by) == ("sue", "ana")
    assert (alerted(play).template, alerted(play).person) == ("remedy_decided", "ana")


def test_a_rejection_is_told_to_the_customer_with_its_reason() -> None:
    play = proposed()
    decide(play, SUE, approve=False, reason="The bank has paid it back already.")
    assert play.remedy().state is RemedyState.REJECTED
    assert told(play).template == "remedy_rejected"
    assert told(play).params["reason"] == "The bank has paid it back already."
    assert play.payments == []


def test_a_rejection_has_a_reason() -> None:
    with pytest.raises(ValidationError, match="the customer is told why"):
        deed("decide_remedy", SUE, remedy_id="r1", approve=False)


def test_two_may_wait_at_once_each_with_a_clock_of_its_own() -> None:
    play = proposed("80")
    play.wait(HOUR)
    propose(play, "300")
    decide(play, MAX, "r2")
    running = [clock.title for clock in play.view.clocks if clock.due_at and clock.name is ClockName.APPROVAL]
    assert running == ["approval r1"]
    assert play.remedy().due_at == NOON + 4 * HOUR


# In time


def test_who_was_asked_is_reminded() -> None:
    play = proposed()
    play.wait(2 * HOUR)
    assert (alerted(play).template, alerted(play).rung) == ("approval_asked", Rung.SUPERVISOR)


def test_an_approval_that_does_not_come_in_time_is_asked_of_the_next_rung() -> None:
    play = proposed()
    play.wait(4 * HOUR)
    assert play.remedy().asked is Rung.MANAGER
    assert play.remedy().due_at == NOON + 8 * HOUR
    assert alerted(play).rung is Rung.MANAGER
    assert (told(play).template, told(play).params["rung"]) == ("approval_late", "manager")
    assert play.view.owner.person == "ana"


def test_whoever_was_asked_first_may_still_decide() -> None:
    play = proposed()
    play.wait(4 * HOUR)
    decide(play, SUE)
    assert play.remedy().state is RemedyState.GRANTED


def test_at_the_top_the_same_rung_is_asked_again_at_each_interval() -> None:
    play = proposed("1500")
    play.wait(12 * HOUR)
    assert play.remedy().asked is Rung.EXECUTIVE
    asked = [entry for entry in play.case.timeline() if entry.kind == "approval_asked"]
    assert len(asked) == 4
    assert play.messages.count("on_its_way") == 0


@pytest.mark.parametrize(("on_breach", "asked"), [(Breach.BESIDE, 2), (Breach.ALERT, 1)])
def test_a_policy_may_have_the_same_rung_asked_again_or_only_alerted(on_breach: Breach, asked: int) -> None:
    play = proposed(of=plan(terms(on_breach=on_breach)))
    play.wait(4 * HOUR)
    assert play.kinds.count("approval_asked") == asked
    assert play.remedy().asked is Rung.SUPERVISOR
    assert bool(play.clock(ClockName.APPROVAL).breached_at) is (on_breach is Breach.ALERT)


def test_another_priority_moves_the_time_to_decide() -> None:
    play = proposed()
    play.do("set_priority", ANA, priority="P1", reason="Money is being lost.")
    assert play.clock(ClockName.APPROVAL).due_at == NOON + 4 * HOUR


# The money


def test_a_payment_says_all_that_who_pays_must_know() -> None:
    payment = proposed("49.9").payments[0]
    assert payment.model_dump(exclude={"id", "case_id"}) == {
        "kind": "pay",
        "remedy_id": "r1",
        "remedy": Remedy.REFUND,
        "amount": Decimal("49.90"),
        "currency": "GBP",
        "customer_id": "c-1",
        "proposed_by": "ana",
        "granted_by": "ana",
        "granted_at": NOON,
        "limit": Decimal(2000),
        "since": NOON - timedelta(days=365),
    }
    assert f"{payment.amount}" == "49.90"


def test_a_payment_that_is_made_is_known_by_its_reference() -> None:
    play = proposed("50")
    play.pay()
    assert (play.remedy().state, play.remedy().reference) == (RemedyState.PAID, "CL-1")
    assert "CL-1" in play.case.timeline()[-1].text


def test_a_payment_that_fails_is_said_to_owner_and_customer_and_no_longer_counts() -> None:
    play = entitled({"GBP": Decimal(1950)})
    propose(play, "50")
    play.pay(failing="the account is closed")
    assert (play.remedy().state, play.remedy().reason) == (RemedyState.FAILED, "the account is closed")
    assert (alerted(play).template, alerted(play).person) == ("payment_failed", "ana")
    assert told(play).template == "payment_failed"
    propose(play, "50")


def test_a_resolved_case_whose_payment_fails_is_open_again() -> None:
    play = proposed("50")
    play.do("resolve", ANA, text="You have your money back.")
    play.pay(failing="the account is closed")
    assert play.view.status is Status.OPEN
    assert play.clock(ClockName.RESOLUTION).state is ClockState.RUNNING


def test_a_closed_case_whose_payment_fails_is_taken_up_again() -> None:
    play = proposed("50")
    play.do("resolve", ANA, text="You have your money back.")
    play.do("accept_resolution", CUSTOMER)
    play.wait(20 * DAY)
    assert play.view.status is Status.CLOSED
    play.pay(failing="the account is closed")
    assert (play.view.status, play.asked.prefer) == (Status.OPEN, "ana")


def test_an_answer_to_a_payment_that_nobody_waits_for_changes_nothing_but_the_timeline() -> None:
    play = proposed("50")
    play.pay()
    before = play.view.remedies
    envelope: dict[str, Any] = {"by": SYSTEM, "effect": play.payments[0].id}
    play.happen(Failed(id=uuid4(), **envelope, reason="late"))
    play.happen(Paid(id=uuid4(), **envelope, reference="CL-2"))
    assert play.view.remedies == before
    assert play.kinds[-2:] == ["failed", "paid"]


# The end


def test_a_case_is_not_resolved_while_a_decision_is_awaited() -> None:
    play = proposed()
    with refused(Code.REMEDY_PENDING) as caught:
        play.do("resolve", ANA, text="Done.")
    assert caught.value.details == {"remedies": ["r1"]}


def test_unless_it_is_said_why_that_does_not_matter() -> None:
    play = proposed()
    play.do("resolve", ANA, text="Done.", despite="The credit comes on top.")
    assert play.view.waiting_on is WaitingOn.APPROVAL
    decide(play, SUE)
    assert (play.remedy().state, play.view.waiting_on) == (RemedyState.GRANTED, WaitingOn.CUSTOMER)


def test_a_case_that_its_customer_accepts_still_has_its_remedy_decided_and_paid_before_it_is_archived() -> None:
    play = proposed()
    play.do("resolve", ANA, text="Done.", despite="The credit comes on top.")
    play.do("accept_resolution", CUSTOMER)
    play.wait(60 * DAY)
    assert (play.view.status, play.view.waiting_on) == (Status.CLOSED, WaitingOn.APPROVAL)
    decide(play, EVA)
    assert play.view.status is Status.CLOSED
    play.pay()
    assert play.view.status is Status.ARCHIVED


def test_a_rejection_lets_a_case_be_archived_that_waited_for_nothing_else() -> None:
    play = proposed()
    play.do("resolve", ANA, text="Done.", despite="The credit comes on top.")
    play.do("accept_resolution", CUSTOMER)
    play.wait(60 * DAY)
    decide(play, EVA, approve=False, reason="No.")
    assert play.view.status is Status.ARCHIVED


def test_a_withdrawn_complaint_leaves_nothing_to_decide() -> None:
    play = proposed()
    play.do("withdraw", CUSTOMER, reason="found it")
    assert play.remedy().state is RemedyState.WITHDRAWN
    assert play.clock(ClockName.APPROVAL).state is ClockState.CANCELLED
    with refused(Code.REMEDY_DECIDED):
        decide(play, SUE)
    play.wait(15 * DAY)
    assert play.view.status is Status.ARCHIVED


# What is shown


def test_the_brief_tells_what_was_proposed_and_what_became_of_it() -> None:
    play = proposed()
    decide(play, SUE, approve=False, reason="The bank has paid it.")
    assert [line.text for line in play.case.brief().remedies] == [
        "refund of 80.00 GBP, rejected — The bank has paid it."
    ]


def test_only_the_newest_that_are_over_are_kept_and_all_that_are_not() -> None:
    play = proposed("80")
    for _ in range(OVER_KEPT + 5):
        propose(play, None, remedy="apology")
    ids = [each.remedy_id for each in play.view.remedies]
    assert len(ids) <= OVER_KEPT + 2
    assert ids[0] == "r1"


def test_a_restored_case_goes_on_with_its_remedies() -> None:
    play = proposed("49.90")
    propose(play, "80")
    again = Case.restore(play.case.snapshot())
    assert again.view(play.now) == play.view
    assert again.snapshot() == play.case.snapshot()
    assert [errand for errand in again.errands if isinstance(errand, PayRemedy)] == play.payments


def test_a_case_of_before_there_were_remedies_is_restored_without() -> None:
    snapshot = claimed().case.snapshot()
    for field in ("remedies", "remedies_made", "granted", "granted_before"):
        del snapshot[field]
    del snapshot["plan"]["terms"]["remedies"], snapshot["plan"]["terms"]["refused_by_signal"]
    assert Case.restore(snapshot).view(NOON).remedies == ()


def test_a_corrected_policy_without_remedies_leaves_what_waits_to_the_top_rung() -> None:
    play = proposed()
    state = play.case.snapshot()
    state["plan"]["terms"]["remedies"] = None
    case = Case.restore(state)
    assert "decide_remedy" not in case.view(play.now, SUE).allowed
    assert "decide_remedy" in case.view(play.now, EVA).allowed
    case.apply(deed("decide_remedy", EVA, remedy_id="r1", approve=True), play.now)
    assert case.view(play.now).remedies[0].state is RemedyState.GRANTED
