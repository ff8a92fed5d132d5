"""A resolution that awaits its confirmation, while something else happens."""

from __future__ import annotations

import pytest

from cases.events import Code
from cases.words import ClockName, ClockState, ClosedAs, Status, WaitingOn
from tests.samples import (
    ANA,
    BEN,
    CUSTOMER,
    DAY,
    HOUR,
    MAX,
    MINUTE,
    SUE,
    Played,
    claimed,
    deed,
    plan,
    refused,
    resolved,
    terms,
)


def insisted() -> Played:
    """A resolved case whose customer insisted on a manager; it is offered to a supervisor."""
    play = resolved()
    play.do("ask_for_manager", CUSTOMER)
    play.do("redirect", ANA, text="I can explain it.")
    play.do("ask_for_manager", CUSTOMER)
    play.choose("sue")
    return play


def test_a_customer_who_asks_for_a_manager_is_not_silent() -> None:
    play = resolved()
    play.do("ask_for_manager", CUSTOMER)
    assert play.clock(ClockName.CONFIRM).state is ClockState.PAUSED
    assert play.view.waiting_on is WaitingOn.OWNER


def test_once_answered_the_time_to_confirm_goes_on() -> None:
    play = resolved()
    play.do("ask_for_manager", CUSTOMER)
    play.do("redirect", ANA, text="I can explain it.")
    assert play.clock(ClockName.CONFIRM).state is ClockState.RUNNING
    assert play.view.waiting_on is WaitingOn.CUSTOMER


def test_a_customer_who_insists_is_never_closed_as_silent() -> None:
    play = insisted()
    play.wait(20 * DAY)
    assert play.view.closed_as is not ClosedAs.UNCONFIRMED


def test_whoever_takes_up_a_resolved_case_that_climbed_can_work_on_it() -> None:
    play = insisted()
    play.do("claim", SUE)
    assert play.view.status is Status.OPEN
    assert play.clock(ClockName.RESOLUTION).state is ClockState.RUNNING
    play.do("resolve", SUE, text="I have refunded it myself.")
    assert play.view.status is Status.RESOLVED


def test_a_supervisor_may_claim_a_resolved_case_without_taking_the_resolution_back() -> None:
    play = resolved()
    play.do("claim", SUE)
    assert play.view.status is Status.RESOLVED


def test_sent_back_the_resolution_awaits_its_confirmation_again() -> None:
    play = insisted()
    play.do("de_escalate", SUE, reason="Ana can do this")
    assert play.view.status is Status.RESOLVED
    assert play.clock(ClockName.CONFIRM).state is ClockState.RUNNING
    assert play.messages[-1] == "stays"


def test_a_queue_that_gets_a_case_back_is_offered_it_anew() -> None:
    play = Played(plan(terms(first_response=30 * MINUTE)), person=None)
    play.wait(31 * MINUTE)
    play.choose("sue")
    play.do("de_escalate", SUE, reason="for an agent")
    view = play.view
    assert view.owner.queue == "cards"
    assert view.offer is not None
    assert play.clock(ClockName.ACKNOWLEDGE).state is ClockState.RUNNING


def test_a_transferred_case_of_a_queue_stays_on_offer_when_declined() -> None:
    play = Played(plan(), person="ana")
    play.do("transfer", SUE, to={"person": "ben", "rung": "agent", "teams": ["cards"]})
    play.do("decline", BEN, reason="on leave")
    assert play.view.offer is not None
    assert play.clock(ClockName.ACKNOWLEDGE).state is ClockState.RUNNING


def test_a_case_withdrawn_before_anybody_had_it_can_be_reopened_by_its_team() -> None:
    play = Played(plan())
    play.do("withdraw", CUSTOMER)
    play.do("reopen", ANA)
    assert play.view.status is Status.OPEN
    assert play.clock(ClockName.FIRST_RESPONSE).state is ClockState.RUNNING


def test_a_case_of_somebody_is_not_reopened_by_a_peer() -> None:
    play = resolved()
    play.do("accept_resolution", CUSTOMER)
    with refused(Code.NOT_OWNER):
        play.do("reopen", BEN)


def test_a_broken_promise_starts_anew_when_the_case_is_reopened() -> None:
    play = claimed()
    play.do("reply", ANA, text="I look into it.")
    play.wait(6 * DAY)
    play.do("close", MAX, reason="settled")
    play.do("message", CUSTOMER, text="It is not.")
    clock = play.clock(ClockName.RESOLUTION)
    assert (clock.state, clock.breached_at) == (ClockState.RUNNING, None)
    assert clock.elapsed_s == 0


def test_a_case_is_not_its_own_duplicate() -> None:
    play = claimed()
    with refused(Code.SAME_CASE):
        play.do("close", MAX, reason="twice", duplicate_of=play.case.case_id)


def test_two_things_done_in_time_and_handled_together_after_an_outage_are_no_breach() -> None:
    play = Played(plan())
    claim = deed("claim", ANA, at=play.now + 10 * MINUTE)
    reply = deed("reply", ANA, text="I look into it.", at=play.now + 20 * MINUTE)
    later = play.now + 8 * HOUR
    play.case.apply(claim, later, more=True)
    play.case.apply(reply, later, more=True)
    play.case.tick(later)
    assert "clock_breached" not in play.kinds


@pytest.mark.parametrize("text", ["\x00", "a\x01b", "bell\x07"])
def test_a_text_with_a_control_character_is_refused_by_name(text: str) -> None:
    with pytest.raises(ValueError, match=r"control character U\+00"):
        deed("message", CUSTOMER, text=text)


def test_a_text_is_measured_in_bytes() -> None:
    assert deed("message", CUSTOMER, text="é" * 32_768)
    with pytest.raises(ValueError, match="65536 bytes"):
        deed("message", CUSTOMER, text="é" * 32_769)


def test_the_brief_quotes_the_beginning_of_long_words() -> None:
    play = claimed()
    play.do("message", CUSTOMER, text="long " * 5_000)
    assert len(play.case.brief().said[-1].text) == 2_000
