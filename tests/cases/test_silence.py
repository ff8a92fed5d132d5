"""A customer who is waited for: chased and given up only while nobody owes them anything."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cases.plan import Plan
from cases.words import Breach, ClockName, ClockState, ClosedAs, Status
from tests.cases.misbehaving import threatened
from tests.samples import (
    ANA,
    CHASING,
    CUSTOMER,
    DAY,
    GUARDS,
    HOUR,
    MAX,
    MINUTE,
    SUE,
    Played,
    attempted,
    claimed,
    plan,
    suggestions,
    terms,
    waiting,
)

SILENCE = ClockName.CUSTOMER_SILENCE


def patient() -> Plan:
    """Terms that chase a customer who is waited for, and give them up in the end."""
    return plan(terms(GUARDS, on_breach=Breach.UP, **CHASING).model_copy(update={"suggestions": suggestions()}))


def threat() -> Played:
    return threatened(waiting(patient()))


def callback() -> Played:
    play = waiting(patient())
    play.do("promise", ANA, what="callback", by_when=play.now + 10 * DAY)
    return play


def broken_callback() -> Played:
    play = waiting(patient())
    play.do("promise", ANA, what="callback", by_when=play.now + HOUR)
    play.wait(HOUR)
    return play


def decision() -> Played:
    play = waiting(patient())
    play.do("propose_remedy", ANA, remedy="refund", amount="80.00", currency="GBP")
    return play


def escalation() -> Played:
    play = attempted(patient())
    play.do("reply", ANA, text="Which of the two?", asks="Which charge is wrong?")
    play.do("wait_for_customer", ANA)
    play.do("escalate", ANA, reason="irate")
    return play


def wish() -> Played:
    play = claimed(patient())
    play.do("message", CUSTOMER, text="I want to speak to a manager!")
    play.do("reply", ANA, text="Which of the two?", asks="Which charge is wrong?")
    play.do("wait_for_customer", ANA)
    play.do("decide_suggestion", ANA, suggestion_id="asks_for_manager-1", confirm=True)
    return play


OWED = (threat, callback, broken_callback, decision, escalation, wish)


@pytest.mark.parametrize("owing", OWED)
def test_a_case_in_which_something_is_owed_is_not_closed_for_silence(owing: Callable[[], Played]) -> None:
    play = owing()
    play.wait(8 * DAY)
    assert play.view.status is Status.WAITING_CUSTOMER
    assert "chase" not in play.messages


@pytest.mark.parametrize("owing", [callback, decision, escalation, wish])
def test_what_is_owed_before_the_waiting_holds_it_from_its_start(owing: Callable[[], Played]) -> None:
    play = owing()
    play.do("resume", ANA)
    play.do("wait_for_customer", ANA)
    assert play.clock(SILENCE).state is ClockState.PAUSED


def test_once_the_threat_is_decided_on_the_waiting_goes_on() -> None:
    play = threat()
    play.wait(10 * MINUTE)
    play.do("decide_safety", MAX, decision="continue", text="Hot air.")
    assert play.clock(SILENCE).state is ClockState.RUNNING
    play.wait(6 * DAY)
    assert play.view.closed_as is ClosedAs.UNCONFIRMED


def test_once_the_call_is_made_the_waiting_goes_on() -> None:
    play = broken_callback()
    play.do("de_escalate", SUE, reason="Ana calls them now.")
    assert play.clock(SILENCE).state is ClockState.PAUSED
    play.do("attempt", ANA, text="Called.", outcome="nobody answered")
    assert play.clock(SILENCE).state is ClockState.RUNNING


def test_once_the_remedy_is_decided_on_the_waiting_goes_on() -> None:
    play = decision()
    play.do("decide_remedy", SUE, remedy_id="r1", approve=True)
    assert play.clock(SILENCE).state is ClockState.RUNNING


def test_whoever_takes_the_case_up_waits_on() -> None:
    play = escalation()
    play.do("claim", SUE)
    assert (play.view.status, play.clock(SILENCE).state) == (Status.WAITING_CUSTOMER, ClockState.RUNNING)


def test_who_asked_for_a_manager_and_has_an_answer_is_waited_for() -> None:
    play = wish()
    play.do("redirect", ANA, text="I can do that.")
    assert play.clock(SILENCE).state is ClockState.RUNNING


def test_a_regular_update_is_nothing_that_the_waiting_waits_for() -> None:
    regular = {name: clock.model_copy(update={"pausable": False}) for name, clock in CHASING.items()}
    assert waiting(plan(terms(GUARDS, on_breach=Breach.UP, **regular))).clock(SILENCE).state is ClockState.RUNNING


def test_a_payment_that_fails_is_the_companys_move_again() -> None:
    play = claimed(patient())
    play.do("propose_remedy", ANA, remedy="refund", amount="20.00", currency="GBP")
    play.do("reply", ANA, text="Which of the two?", asks="Which charge is wrong?")
    play.do("wait_for_customer", ANA)
    play.pay(failing="closed account")
    assert play.view.status is Status.OPEN
    assert play.clock(ClockName.RESOLUTION).state is ClockState.RUNNING
    play.wait(2 * DAY)
    assert "chase" not in play.messages
