"""What was granted or proposed, and does not come: what its customer hears, and what becomes of the case."""

from __future__ import annotations

from typing import Any

import pytest

from cases.effects import AlertStaff, TellCustomer
from cases.words import ClockName, ClockState, ClosedAs, RemedyState, Rung, Status
from tests.samples import ANA, CUSTOMER, DAY, MAX, Played, claimed, proposed

CLOSINGS: dict[ClosedAs, tuple[Any, ...]] = {
    ClosedAs.WITHDRAWN: ("withdraw", CUSTOMER, {}),
    ClosedAs.DUPLICATE: ("close", MAX, {"reason": "the same", "duplicate_of": "shop-abcdefghij"}),
    ClosedAs.CONTACT_ENDED: ("decide_safety", MAX, {"decision": "end", "text": "Nobody has to bear that."}),
    ClosedAs.BY_MANAGER: ("close", MAX, {"reason": "settled in court"}),
}
UNWANTED = [ClosedAs.WITHDRAWN, ClosedAs.DUPLICATE, ClosedAs.CONTACT_ENDED]


def ended(play: Played, closed_as: ClosedAs) -> Played:
    """The same case, closed so."""
    if closed_as is ClosedAs.CONTACT_ENDED:
        play.do("report_threat", ANA, text="They know where we live.")
    kind, by, fields = CLOSINGS[closed_as]
    play.do(kind, by, **fields)
    assert play.view.closed_as is closed_as
    return play


def told(play: Played) -> TellCustomer:
    return [one for one in play.effects if isinstance(one, TellCustomer)][-1]


@pytest.mark.parametrize("closed_as", UNWANTED)
def test_a_payment_that_fails_does_not_bring_back_a_case_that_its_customer_does_not_want(closed_as: ClosedAs) -> None:
    play = ended(proposed("50"), closed_as)
    play.pay(failing="the account is closed")
    assert (play.view.status, play.view.closed_as, play.view.offer) == (Status.CLOSED, closed_as, None)
    assert play.remedy().state is RemedyState.FAILED
    assert "failed" in play.kinds


@pytest.mark.parametrize("closed_as", UNWANTED)
def test_but_owner_and_managers_hear_of_it(closed_as: ClosedAs) -> None:
    play = ended(proposed("50"), closed_as)
    effects = play.pay(failing="the account is closed")
    alerts = [one for one in effects if isinstance(one, AlertStaff)]
    assert [(one.template, one.person, one.rung) for one in alerts] == [
        ("payment_failed", "ana", Rung.AGENT),
        ("payment_failed", None, Rung.MANAGER),
    ]
    assert {one.params["closed_as"] for one in alerts} == {closed_as.value.replace("_", " ")}


@pytest.mark.parametrize("closed_as", UNWANTED)
def test_and_the_customer_hears_how_they_still_get_what_was_promised(closed_as: ClosedAs) -> None:
    play = ended(proposed("50"), closed_as)
    play.wait(20 * DAY)
    play.pay(failing="the account is closed")
    assert told(play).template == f"payment_failed.closed.{closed_as}"
    assert told(play).params["reopen_until"] == play.now + 14 * DAY
    play.wait(13 * DAY)
    play.do("message", CUSTOMER, text="I do want it.")
    assert play.view.status is Status.OPEN


def test_a_payment_that_fails_keeps_no_case_for_ever() -> None:
    play = ended(proposed("50"), ClosedAs.WITHDRAWN)
    play.pay(failing="the account is closed")
    play.wait(15 * DAY)
    assert play.view.status is Status.ARCHIVED


def test_a_case_that_a_manager_closed_comes_back_because_the_promise_to_its_customer_stands() -> None:
    play = ended(proposed("50"), ClosedAs.BY_MANAGER)
    play.pay(failing="the account is closed")
    assert play.view.status is Status.OPEN


# Proposed, and the case is closed before anybody decides


@pytest.mark.parametrize("closed_as", [*CLOSINGS])
def test_the_customer_hears_that_what_was_being_decided_on_is_no_longer_considered(closed_as: ClosedAs) -> None:
    play = ended(proposed("80"), closed_as)
    assert (told(play).template, told(play).params["undecided"]) == (f"closed.{closed_as}", True)
    assert play.remedy().state is RemedyState.WITHDRAWN


def test_who_was_promised_no_decision_hears_nothing_of_one() -> None:
    assert told(ended(claimed(), ClosedAs.BY_MANAGER)).params["undecided"] is False


def test_once_reopened_the_same_may_be_proposed_again_and_the_brief_says_what_became_of_it() -> None:
    play = ended(proposed("80"), ClosedAs.BY_MANAGER)
    play.do("message", CUSTOMER, text="It is not settled.")
    play.do("claim", ANA)
    assert play.case.brief().remedies[0].text == "refund of 80.00 GBP, withdrawn — the case was closed as by manager"
    play.do("propose_remedy", ANA, remedy="refund", amount="80.00", currency="GBP")
    assert play.remedy("r2").state is RemedyState.PENDING
    assert play.clock(ClockName.APPROVAL).state is ClockState.RUNNING
