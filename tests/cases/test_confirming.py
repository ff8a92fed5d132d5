"""A resolution that awaits its confirmation, while something else happens."""

from __future__ import annotations

import pytest

from cases.effects import TellCustomer
from cases.events import Code
from cases.words import ClockName, ClockState, ClosedAs, Status, WaitingOn
from tests.samples import (
    ANA,
    BEN,
    CUSTOMER,
    DAY,
    EVA,
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


# What is owed to the customer holds it


def is_held(play: Played) -> bool:
    return play.clock(ClockName.CONFIRM).state is ClockState.PAUSED


def test_a_customer_who_waits_for_a_call_is_not_closed_as_silent() -> None:
    play = resolved()
    play.do("choose_contact", CUSTOMER, when=play.now + 9 * DAY)
    play.wait(8 * DAY)
    assert play.view.status is Status.RESOLVED
    play.do("attempt", ANA, text="Called", outcome="all is clear")
    assert not is_held(play)
    play.wait(7 * DAY)
    assert play.view.closed_as is ClosedAs.UNCONFIRMED


@pytest.mark.parametrize("what", ["callback", "update"])
def test_what_is_promised_on_a_resolved_case_holds_the_confirmation_until_it_is_kept(what: str) -> None:
    play = resolved()
    play.do("promise", ANA, what=what, by_when=play.now + 9 * DAY)
    play.wait(8 * DAY)
    assert is_held(play)
    if what == "update":
        play.do("reply", ANA, text="The bank confirms it.")
    else:
        play.do("attempt", ANA, text="Called.", outcome="the bank confirms it")
    assert not is_held(play)


def test_an_update_that_is_promised_in_a_reply_holds_it_too() -> None:
    play = resolved()
    play.do("reply", ANA, text="I ask the bank once more.", update_by=play.now + 9 * DAY)
    assert is_held(play)


def test_a_call_now_holds_it_too() -> None:
    play = resolved()
    play.do("choose_contact", CUSTOMER, when="now")
    assert is_held(play)


def test_a_call_that_is_owed_when_the_case_is_resolved_holds_it_from_the_start() -> None:
    play = claimed()
    play.do("choose_contact", CUSTOMER, when=play.now + 9 * DAY)
    effects = play.do("resolve", ANA, text="Money back.")
    assert is_held(play)
    [message] = [one for one in effects if isinstance(one, TellCustomer)]
    assert message.params["confirm_by"] is None


def test_a_broken_promise_takes_a_resolved_case_up_and_holds_it_until_somebody_has_it() -> None:
    play = resolved()
    play.do("choose_contact", CUSTOMER, when="now")
    play.wait(20 * DAY)
    assert play.view.status is Status.RESOLVED
    assert "escalated.promise_broken" in play.messages
    play.do("claim", EVA)
    assert play.view.status is Status.OPEN


def test_a_resolved_case_that_is_offered_to_a_colleague_is_not_closed_before_they_answer() -> None:
    play = resolved()
    play.do("transfer", ANA, to={"person": "ben", "rung": "agent", "teams": ["cards"]})
    assert is_held(play)
    play.do("decline", BEN, reason="on leave")
    assert not is_held(play)


def test_a_decision_that_the_customer_was_told_of_holds_it() -> None:
    play = resolved()
    play.do("propose_remedy", ANA, remedy="refund", amount="80", currency="GBP")
    assert is_held(play)
    play.do("decide_remedy", SUE, remedy_id="r1", approve=False, reason="It was paid back.")
    assert not is_held(play)


def test_a_review_that_the_customer_asked_for_holds_it_until_it_is_decided() -> None:
    play = resolved()
    play.do("restrict_contact", MAX, how="written_only", review_at=play.now + 30 * DAY, text="Please write.")
    play.do("ask_review", CUSTOMER)
    assert is_held(play)
    play.do("restrict_contact", MAX, how="unrestricted", text="Call us again.")
    assert not is_held(play)


def test_two_things_that_are_owed_are_both_settled_before_it_runs_on() -> None:
    play = resolved()
    play.do("choose_contact", CUSTOMER, when=play.now + HOUR)
    play.wait(50 * MINUTE)
    play.do("propose_remedy", ANA, remedy="refund", amount="80", currency="GBP")
    play.do("attempt", ANA, text="Called", outcome="they wait for the money")
    assert is_held(play)
    play.do("decide_remedy", SUE, remedy_id="r1", approve=True)
    assert not is_held(play)


def test_a_call_that_is_no_longer_allowed_is_no_longer_waited_for() -> None:
    play = resolved()
    play.do("choose_contact", CUSTOMER, when=play.now + 9 * DAY)
    play.do("restrict_contact", MAX, how="written_only", review_at=play.now + 30 * DAY, text="Please write.")
    assert not is_held(play)


def test_the_customer_may_confirm_all_the_same() -> None:
    play = resolved()
    play.do("choose_contact", CUSTOMER, when="now")
    play.do("accept_resolution", CUSTOMER)
    assert play.view.closed_as is ClosedAs.ACCEPTED
