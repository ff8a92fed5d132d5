"""Words promised by a time: who keeps them, and what becomes of a promise that is broken."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cases.effects import TellCustomer
from cases.events import Code
from cases.promising import OPEN_PROMISES
from cases.words import Breach, Channel, ClockName, ClockState, Mark, Reason, Rung, Status
from tests.samples import (
    ANA,
    BEN,
    CHASING,
    CLOCKS,
    CUSTOMER,
    DAY,
    EVA,
    GUARDS,
    HOUR,
    MAX,
    MINUTE,
    NOON,
    PATHWAYS,
    SHOP,
    Played,
    claimed,
    plan,
    refused,
    resolved,
    terms,
)


def chasing(**fields: object) -> Played:
    """The sample case under a policy with updates and chases, claimed and answered by Ana."""
    play = claimed(plan(terms(GUARDS, on_breach=Breach.UP, **CHASING)))
    play.do("reply", ANA, text="We look into it.", **fields)
    return play


def running(play: Played, name: ClockName) -> list[str | None]:
    """The labels of the running clocks of that name."""
    return [c.label for c in play.view.clocks if c.name is name and c.state is ClockState.RUNNING]


@pytest.mark.parametrize("what", ["callback", "update"])
def test_a_promise_is_a_clock_that_is_due_then_and_the_customer_has_it_in_writing(what: str) -> None:
    play = claimed()
    play.do("promise", ANA, what=what, by_when=NOON + 90 * MINUTE)
    assert play.clock(ClockName(what)).due_at == NOON + 90 * MINUTE
    assert play.messages[-1] == f"promised.{what}"


def test_several_promises_may_be_open() -> None:
    play = claimed()
    for hours in (2, 3, 4):
        play.do("promise", ANA, what="callback", by_when=NOON + hours * HOUR)
    assert len(running(play, ClockName.CALLBACK)) == 3


@pytest.mark.parametrize("by_when", [NOON, NOON - MINUTE])
def test_a_promise_lies_in_the_future(by_when: object) -> None:
    with refused(Code.NOT_IN_FUTURE) as caught:
        claimed().do("promise", ANA, what="callback", by_when=by_when)
    assert "`by_when`" in caught.value.sentence


def test_an_update_in_a_reply_lies_in_the_future() -> None:
    with refused(Code.NOT_IN_FUTURE) as caught:
        claimed().do("reply", ANA, text="Soon.", update_by=NOON)
    assert "`update_by`" in caught.value.sentence


def test_nobody_promises_for_the_year_after_next() -> None:
    with refused(Code.TOO_FAR_AHEAD):
        claimed().do("promise", ANA, what="update", by_when=NOON + 400 * DAY)


def test_only_so_much_can_be_promised_at_once() -> None:
    play = claimed()
    for hours in range(OPEN_PROMISES):
        play.do("promise", ANA, what="callback", by_when=NOON + (hours + 1) * HOUR)
    with refused(Code.TOO_MANY_PROMISES):
        play.do("promise", ANA, what="callback", by_when=NOON + DAY)


def test_only_the_owner_promises() -> None:
    with refused(Code.NOT_OWNER):
        claimed().do("promise", BEN, what="update", by_when=NOON + HOUR)


def called_back(channel: Channel = Channel.EMAIL) -> Played:
    """The sample case, whose customer chose to be called in two days."""
    play = claimed(plan(terms().model_copy(update={"pathways": PATHWAYS})), channel=channel)
    play.do("choose_contact", CUSTOMER, when=NOON + 2 * DAY)
    return play


def test_a_reply_in_writing_keeps_an_update_and_is_no_call() -> None:
    play = claimed()
    play.do("promise", ANA, what="callback", by_when=NOON + HOUR)
    play.do("promise", ANA, what="update", by_when=NOON + HOUR)
    play.wait(50 * MINUTE)
    play.do("reply", ANA, text="As promised.")
    assert play.clock(ClockName.UPDATE).state is ClockState.FULFILLED
    assert play.clock(ClockName.CALLBACK).state is ClockState.RUNNING


def test_what_is_tried_long_before_the_chosen_time_is_not_the_call() -> None:
    play = called_back()
    play.do("attempt", ANA, text="Asked the bank.", outcome="they look at it")
    assert play.clock(ClockName.CALLBACK).state is ClockState.RUNNING
    play.wait(2 * DAY)
    assert "promise_broken" in play.messages


@pytest.mark.parametrize("after", [DAY, 2 * DAY - MINUTE, 2 * DAY + MINUTE])
def test_a_call_near_the_chosen_time_or_after_it_keeps_it(after: timedelta) -> None:
    play = called_back()
    play.wait(after)
    play.do("attempt", ANA, text="Called.", outcome="nobody answered")
    assert play.clock(ClockName.CALLBACK).state is ClockState.FULFILLED


def test_a_call_now_is_kept_as_soon_as_it_is_made() -> None:
    play = claimed()
    play.do("choose_contact", CUSTOMER, when="now")
    play.do("attempt", ANA, text="Called.", outcome="solved")
    assert play.clock(ClockName.CALLBACK).state is ClockState.FULFILLED


def test_a_reply_where_people_speak_is_a_call_near_its_time_only() -> None:
    play = called_back(Channel.PHONE)
    play.do("reply", ANA, text="I call you on Wednesday, then.")
    assert play.clock(ClockName.CALLBACK).state is ClockState.RUNNING
    play.wait(2 * DAY - MINUTE)
    play.do("reply", ANA, text="Here I am.")
    assert play.clock(ClockName.CALLBACK).state is ClockState.FULFILLED


def test_an_answer_to_who_asked_for_a_manager_is_no_call() -> None:
    play = claimed()
    play.do("choose_contact", CUSTOMER, when="now")
    play.do("ask_for_manager", CUSTOMER)
    play.do("redirect", ANA, text="I can do that.")
    assert play.clock(ClockName.CALLBACK).state is ClockState.RUNNING


def test_an_attempt_keeps_a_callback_and_no_update() -> None:
    play = claimed()
    play.do("promise", ANA, what="callback", by_when=NOON + HOUR)
    play.do("promise", ANA, what="update", by_when=NOON + HOUR)
    play.wait(30 * MINUTE)
    play.do("attempt", ANA, text="Called.", outcome="nobody answered")
    assert play.clock(ClockName.CALLBACK).state is ClockState.FULFILLED
    assert play.clock(ClockName.UPDATE).state is ClockState.RUNNING


def test_a_reply_may_promise_the_next_update_and_keeps_the_one_before() -> None:
    play = claimed()
    play.do("reply", ANA, text="More tomorrow.", update_by=NOON + DAY)
    play.do("reply", ANA, text="More the day after.", update_by=NOON + 2 * DAY)
    assert [c.due_at for c in play.view.clocks if c.state is ClockState.RUNNING and c.name is ClockName.UPDATE] == [
        NOON + 2 * DAY
    ]


def test_a_broken_promise_climbs_and_the_customer_is_told() -> None:
    play = claimed()
    play.do("promise", ANA, what="callback", by_when=NOON + HOUR)
    play.wait(HOUR)
    assert play.offered == (Rung.SUPERVISOR, (Reason.PROMISE_BROKEN,))
    assert play.messages[-1] == "escalated.promise_broken"


def test_a_broken_promise_that_only_alerts_is_said_to_the_customer_all_the_same() -> None:
    play = claimed(plan(terms(callback=CLOCKS[ClockName.CALLBACK], on_breach=Breach.ALERT)))
    play.do("promise", ANA, what="callback", by_when=NOON + HOUR)
    play.wait(HOUR)
    assert play.messages[-1] == "promise_broken"
    assert play.alerts[-1] == "clock_breached"


def test_a_broken_promise_joins_an_offer_that_stands_and_is_still_said() -> None:
    play = claimed()
    play.do("promise", ANA, what="update", by_when=NOON + HOUR)
    play.do("attempt", ANA, text="Called.", outcome="nothing")
    play.do("escalate", ANA, reason="irate")
    play.wait(HOUR - MINUTE)
    play.wait(MINUTE)
    assert "promise_broken" in play.messages


def test_people_cannot_give_a_broken_promise_as_a_reason() -> None:
    with refused(Code.NOT_VOLUNTARY):
        claimed().do("escalate", ANA, reason="promise_broken")


def test_a_resolution_is_the_update_that_was_promised_and_a_callback_is_still_owed() -> None:
    play = claimed()
    play.do("promise", ANA, what="callback", by_when=NOON + HOUR)
    play.do("promise", ANA, what="update", by_when=NOON + HOUR)
    play.do("resolve", ANA, text="Paid back.")
    assert play.clock(ClockName.UPDATE).state is ClockState.FULFILLED
    assert play.clock(ClockName.CALLBACK).state is ClockState.RUNNING


def test_a_closed_case_owes_no_call() -> None:
    play = claimed()
    play.do("promise", ANA, what="callback", by_when=NOON + HOUR)
    play.do("close", MAX, reason="settled in court")
    assert play.clock(ClockName.CALLBACK).state is ClockState.CANCELLED


def test_a_customer_who_wants_a_call_now_gets_it_as_soon_as_the_policy_says() -> None:
    play = claimed()
    play.do("choose_contact", SHOP, when="now")
    assert play.clock(ClockName.CALLBACK).due_at == NOON + 2 * HOUR
    assert play.messages[-1] == "promised.callback"
    assert play.alerts[-1] == "callback_chosen"


def test_a_customer_may_choose_the_time_of_the_call_and_change_it() -> None:
    play = claimed()
    play.do("choose_contact", CUSTOMER, when="now")
    play.do("choose_contact", CUSTOMER, when=NOON + 5 * HOUR)
    assert [c.due_at for c in play.view.clocks if c.name is ClockName.CALLBACK and c.due_at] == [NOON + 5 * HOUR]


def test_the_time_of_a_call_lies_ahead() -> None:
    with refused(Code.NOT_IN_FUTURE) as caught:
        claimed().do("choose_contact", CUSTOMER, when=NOON - HOUR)
    assert "`when`" in caught.value.sentence


def test_a_policy_without_callbacks_offers_none() -> None:
    without = terms()
    without = without.model_copy(update={"clocks": {k: v for k, v in CLOCKS.items() if k is not ClockName.CALLBACK}})
    with refused(Code.NO_CALLBACKS):
        claimed(plan(without)).do("choose_contact", CUSTOMER, when="now")


def test_a_customer_who_chooses_a_call_has_spoken() -> None:
    play = chasing(asks="Which order?")
    play.do("wait_for_customer", ANA)
    play.do("choose_contact", CUSTOMER, when="now")
    assert play.case.status is Status.OPEN


def test_without_a_clock_for_updates_none_runs() -> None:
    assert running(claimed(), ClockName.UPDATE) == []


def test_the_customer_hears_every_so_often_from_the_opening_on() -> None:
    play = Played(plan(terms(GUARDS, on_breach=Breach.UP, **CHASING)))
    assert play.clock(ClockName.UPDATE).due_at == NOON + 2 * DAY


@pytest.mark.parametrize("kind", ["reply", "redirect"])
def test_each_word_of_a_person_begins_the_time_anew(kind: str) -> None:
    play = claimed(plan(terms(GUARDS, on_breach=Breach.UP, **CHASING)))
    play.wait(30 * MINUTE - timedelta(seconds=1))
    play.do("ask_for_manager", CUSTOMER)
    play.do(kind, ANA, text="I can do that.")
    assert [c.due_at for c in play.view.clocks if c.name is ClockName.UPDATE and c.due_at] == [play.now + 2 * DAY]


def test_waiting_for_the_customer_pauses_the_periodic_update_and_no_time_that_was_promised() -> None:
    play = chasing(asks="Which order?", update_by=NOON + DAY)
    play.do("wait_for_customer", ANA)
    states = {
        clock.label: clock.state for clock in play.view.clocks if clock.name is ClockName.UPDATE and clock.target_s
    }
    assert states[None] is ClockState.PAUSED
    assert states["promised"] is ClockState.RUNNING


def test_what_is_said_while_waiting_leaves_the_update_paused() -> None:
    play = chasing(asks="Which order?")
    play.do("wait_for_customer", ANA)
    play.do("reply", ANA, text="By the way.")
    assert play.clock(ClockName.UPDATE).state is ClockState.PAUSED


def test_silence_of_the_company_is_a_promise_broken() -> None:
    play = chasing()
    play.wait(2 * DAY)
    assert Mark.BREACH in {entry.mark for entry in play.clock(ClockName.UPDATE).ledger}
    assert play.offered[1] == (Reason.PROMISE_BROKEN,)


def test_updates_end_with_the_resolution_and_go_on_when_it_is_rejected() -> None:
    play = chasing()
    play.do("resolve", ANA, text="Paid back.")
    assert running(play, ClockName.UPDATE) == []
    play.do("reject_resolution", CUSTOMER, reason="Nothing came.")
    assert running(play, ClockName.UPDATE) == [None]


def test_updates_go_on_in_a_reopened_case() -> None:
    play = chasing()
    play.do("close", MAX, reason="settled in court")
    play.do("reopen", MAX)
    assert running(play, ClockName.UPDATE) == [None]


def test_a_resolved_case_promises_no_updates() -> None:
    play = resolved(plan(terms(GUARDS, on_breach=Breach.UP, **CHASING)))
    play.do("message", CUSTOMER, text="Thanks, but?")
    play.do("reply", ANA, text="It comes on Friday.")
    assert running(play, ClockName.UPDATE) == []


def silent() -> Played:
    """A case that waits for a customer who says nothing."""
    play = chasing(asks="Which order?")
    play.do("wait_for_customer", ANA)
    return play


def test_a_customer_who_is_waited_for_is_chased_at_the_warning_points() -> None:
    play = silent()
    play.wait(3 * DAY)
    assert play.messages.count("chase") == 2
    told = [effect for effect in play.effects if isinstance(effect, TellCustomer)][-1]
    assert told.params["asks"] == "Which order?"
    assert told.params["until_when"] == NOON + 6 * DAY


def test_a_customer_who_stays_silent_is_closed_as_unconfirmed_and_no_promise_counts_as_kept() -> None:
    play = silent()
    play.wait(6 * DAY)
    assert play.view.closed_as == "unconfirmed"
    assert play.clock(ClockName.RESOLUTION).state is ClockState.CANCELLED
    assert play.messages[-1] == "closed.unconfirmed.unresolved"
    assert not [clock for clock in play.view.clocks if clock.breached_at]


def test_any_word_of_the_customer_ends_the_chase_and_the_next_wait_begins_anew() -> None:
    play = silent()
    play.wait(5 * DAY)
    play.do("message", CUSTOMER, text="Order 1042.")
    assert play.clock(ClockName.CUSTOMER_SILENCE).state is ClockState.FULFILLED
    play.do("reply", ANA, text="And which card?", asks="Which card?")
    play.do("wait_for_customer", ANA)
    assert play.clock(ClockName.CUSTOMER_SILENCE).due_at == play.now + 6 * DAY


@pytest.mark.parametrize(("kind", "fields"), [("resume", {}), ("resolve", {"text": "Paid back."})])
def test_who_is_no_longer_waited_for_is_not_chased(kind: str, fields: dict[str, str]) -> None:
    play = silent()
    play.do(kind, ANA, **fields)
    assert running(play, ClockName.CUSTOMER_SILENCE) == []


def test_an_outage_uses_up_nobodys_time_to_answer() -> None:
    play = chasing(asks="Which order?")
    asked = play.now
    play.now += 7 * DAY
    play.do("wait_for_customer", ANA, at=asked)
    assert play.clock(ClockName.CUSTOMER_SILENCE).due_at == asked + 13 * DAY


def test_a_case_that_was_closed_in_silence_comes_back_with_the_time_that_is_left() -> None:
    play = silent()
    play.wait(7 * DAY)
    play.do("message", CUSTOMER, text="I was ill. Order 1042.")
    assert play.case.status is Status.OPEN
    assert play.clock(ClockName.RESOLUTION).elapsed_s == 0


def test_an_update_that_a_reply_promises_is_said_in_it() -> None:
    play = claimed()
    play.do("reply", ANA, text="We look into it.", update_by=NOON + HOUR)
    told = [effect for effect in play.effects if isinstance(effect, TellCustomer)][-1]
    assert (told.template, told.params["next_word_by"]) == ("reply", NOON + HOUR)


def test_at_the_top_a_broken_promise_alerts_the_top_and_is_said_to_the_customer() -> None:
    play = Played(plan())
    play.do("claim", EVA)
    play.do("promise", EVA, what="callback", by_when=NOON + HOUR)
    play.wait(HOUR)
    assert (play.alerts[-1], play.messages[-1]) == ("top_rung", "promise_broken")


def test_a_customer_whose_chosen_time_passed_hears_that_it_was_not_kept() -> None:
    play = claimed()
    play.do("choose_contact", CUSTOMER, when=NOON + HOUR)
    play.wait(HOUR)
    assert play.offered == (Rung.SUPERVISOR, (Reason.PROMISE_BROKEN,))
    assert play.messages[-1] == "escalated.promise_broken"
