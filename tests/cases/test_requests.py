"""What customers ask: they speak, insist, wait and are waited for, and nobody speaks for them who may not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cases.effects import TellCustomer
from cases.events import Actor, Code
from cases.words import ClockName, ClockState, ClosedAs, Reason, Rung, Status, WaitingOn
from tests.samples import (
    ANA,
    BEN,
    BOT,
    CUSTOMER,
    DAY,
    HOUR,
    LIA,
    MINUTE,
    OPERATOR,
    SHOP,
    SUE,
    Played,
    claimed,
    closed,
    plan,
    refused,
    resolved,
    waiting,
)


def asked() -> Played:
    """Ana's customer has asked for a manager."""
    play = claimed()
    play.do("ask_for_manager", CUSTOMER)
    return play


def redirected() -> Played:
    """Ana has answered the customer who asked for a manager."""
    play = asked()
    play.do("redirect", ANA, text="I can refund you myself, today.")
    return play


# a customer who asks for a manager


def test_customer_who_insists_reaches_a_supervisor() -> None:
    play = redirected()
    play.do("ask_for_manager", CUSTOMER)
    assert play.view.offer
    assert (play.view.offer.rung, play.view.offer.reasons) == (Rung.SUPERVISOR, (Reason.ASKED_FOR_MANAGER,))


def test_a_customer_who_asks_once_is_first_answered() -> None:
    assert asked().view.offer is None


def test_asking_again_before_the_answer_changes_nothing_yet() -> None:
    play = asked()
    play.do("ask_for_manager", CUSTOMER)
    assert play.view.offer is None


def test_asking_again_does_not_give_the_owner_more_time() -> None:
    play = asked()
    due = play.clock(ClockName.REDIRECT).due_at
    play.wait(10 * MINUTE)
    play.do("ask_for_manager", CUSTOMER)
    assert play.clock(ClockName.REDIRECT).due_at == due


def test_a_customer_who_gets_no_answer_reaches_a_supervisor() -> None:
    play = asked()
    play.wait(30 * MINUTE)
    assert play.view.offer
    assert play.view.offer.reasons == (Reason.ASKED_FOR_MANAGER,)


def test_an_answer_in_time_keeps_the_case_where_it_is() -> None:
    play = redirected()
    play.wait(HOUR)
    assert (play.view.offer, play.clock(ClockName.REDIRECT).state) == (None, ClockState.FULFILLED)


def test_the_answer_reaches_the_customer() -> None:
    assert redirected().messages[-1] == "redirected"


def test_nobody_redirects_who_was_not_asked() -> None:
    with refused(Code.NOBODY_ASKED):
        claimed().do("redirect", ANA, text="I can do that.")


def test_nobody_redirects_twice() -> None:
    with refused(Code.NOBODY_ASKED):
        redirected().do("redirect", ANA, text="Really, I can.")


def test_only_the_owner_or_somebody_above_redirects() -> None:
    with refused(Code.NOT_OWNER):
        asked().do("redirect", BEN, text="I can do that.")


def test_a_customer_who_asks_is_told_at_once_by_when_they_hear() -> None:
    play = asked()
    told = [effect for effect in play.effects if isinstance(effect, TellCustomer)][-1]
    assert (told.template, told.params["next_word_by"], told.params["rung"]) == (
        "asked_for_manager",
        play.clock(ClockName.REDIRECT).due_at,
        "supervisor",
    )


def test_a_customer_who_has_insisted_is_not_redirected_a_second_time() -> None:
    play = redirected()
    play.do("ask_for_manager", CUSTOMER)
    play.do("ask_for_manager", CUSTOMER)
    assert (play.messages[-1], play.clock(ClockName.REDIRECT).state) == ("on_its_way", ClockState.FULFILLED)
    with refused(Code.NOBODY_ASKED):
        play.do("redirect", ANA, text="Really, I can.")


def test_a_customer_who_was_told_that_it_stays_and_asks_again_is_not_redirected_again() -> None:
    play = redirected()
    play.do("ask_for_manager", CUSTOMER)
    play.do("de_escalate", SUE, reason="Ana can do this")
    assert play.messages[-1] == "stays"
    play.do("ask_for_manager", CUSTOMER)
    assert play.offered == (Rung.SUPERVISOR, (Reason.ASKED_FOR_MANAGER,))


def test_a_resolution_does_not_make_who_was_redirected_be_redirected_again() -> None:
    play = redirected()
    play.do("resolve", ANA, text="Money back.")
    play.do("ask_for_manager", CUSTOMER)
    assert play.offered == (Rung.SUPERVISOR, (Reason.ASKED_FOR_MANAGER,))


def test_a_resolution_is_the_answer_to_a_wish_that_had_none() -> None:
    play = asked()
    play.do("resolve", ANA, text="Money back.")
    assert play.clock(ClockName.CONFIRM).state is ClockState.RUNNING
    play.do("ask_for_manager", CUSTOMER)
    assert play.offered == (Rung.SUPERVISOR, (Reason.ASKED_FOR_MANAGER,))


def test_who_insisted_and_got_a_resolution_instead_still_has_insisted() -> None:
    play = redirected()
    play.do("ask_for_manager", CUSTOMER)
    play.do("resolve", ANA, text="Money back.")
    assert play.view.offer is None
    play.do("ask_for_manager", CUSTOMER)
    assert play.offered == (Rung.SUPERVISOR, (Reason.ASKED_FOR_MANAGER,))


def test_a_manager_who_has_it_is_asked_afresh() -> None:
    play = redirected()
    play.do("claim", SUE)
    play.do("ask_for_manager", CUSTOMER)
    assert play.view.offer is None


def test_a_case_claimed_by_somebody_higher_owes_no_redirect() -> None:
    play = asked()
    play.do("claim", SUE)
    assert play.clock(ClockName.REDIRECT).state is ClockState.CANCELLED


# a customer who writes


def test_until_the_first_answer_a_message_starts_no_second_promise() -> None:
    play = claimed()
    play.do("message", CUSTOMER, text="Hello?")
    assert ClockName.NEXT_RESPONSE not in {clock.name for clock in play.view.clocks}


def test_a_message_after_the_first_answer_is_owed_the_next() -> None:
    play = claimed()
    play.do("reply", ANA, text="We look into it.")
    play.do("message", CUSTOMER, text="And?")
    assert play.clock(ClockName.NEXT_RESPONSE).due_at == play.now + 8 * HOUR


def test_the_next_answer_is_owed_from_the_first_unanswered_message() -> None:
    play = claimed()
    play.do("reply", ANA, text="We look into it.")
    play.do("message", CUSTOMER, text="And?")
    due = play.clock(ClockName.NEXT_RESPONSE).due_at
    play.wait(HOUR)
    play.do("message", CUSTOMER, text="AND?")
    assert play.clock(ClockName.NEXT_RESPONSE).due_at == due


@pytest.mark.parametrize("name", [ClockName.FIRST_RESPONSE, ClockName.NEXT_RESPONSE])
def test_a_reply_keeps_the_promise_of_an_answer(name: ClockName) -> None:
    play = claimed()
    if name is ClockName.NEXT_RESPONSE:
        play.do("reply", ANA, text="We look into it.")
        play.do("message", CUSTOMER, text="And?")
    play.do("reply", ANA, text="Here is the answer.")
    assert play.clock(name).state is ClockState.FULFILLED


def test_a_note_is_no_answer() -> None:
    play = claimed()
    play.do("note", ANA, text="I should answer soon.")
    assert play.clock(ClockName.FIRST_RESPONSE).state is ClockState.RUNNING


# waiting for the customer


def test_while_the_customer_is_waited_for_it_is_their_move() -> None:
    assert (waiting().view.status, waiting().view.waiting_on) == (Status.WAITING_CUSTOMER, WaitingOn.CUSTOMER)


def test_waiting_pauses_the_pausable_clocks() -> None:
    play = waiting()
    assert (play.clock(ClockName.RESOLUTION).state, play.clock(ClockName.RESOLUTION).due_at) == (
        ClockState.PAUSED,
        None,
    )


def test_waiting_pauses_no_clock_that_is_not_pausable() -> None:
    play = claimed()
    play.do("reply", ANA, text="Which of the two?", asks="Which charge is wrong?")
    play.do("ask_for_manager", CUSTOMER)
    play.do("reply", ANA, text="Which of the two, please?", asks="Which charge is wrong?")
    play.do("wait_for_customer", ANA)
    assert play.clock(ClockName.REDIRECT).state is ClockState.RUNNING


@pytest.mark.parametrize("kind", ["message", "ask_for_manager"])
def test_anything_the_customer_says_ends_the_waiting(kind: str) -> None:
    play = waiting()
    play.do(kind, CUSTOMER, **({"text": "The second."} if kind == "message" else {}))
    assert (play.case.status, play.clock(ClockName.RESOLUTION).state) == (Status.OPEN, ClockState.RUNNING)


def test_the_time_waited_does_not_count() -> None:
    play = waiting()
    due = play.clock(ClockName.RESOLUTION).ledger[0].at + 5 * DAY
    play.wait(3 * DAY)
    play.do("message", CUSTOMER, text="The second.")
    assert play.clock(ClockName.RESOLUTION).due_at == due + 3 * DAY


def test_the_owner_may_stop_waiting() -> None:
    play = waiting()
    play.do("resume", ANA)
    assert (play.case.status, play.clock(ClockName.RESOLUTION).state) == (Status.OPEN, ClockState.RUNNING)


def test_nobody_waits_for_an_answer_to_nothing() -> None:
    play = claimed()
    play.do("reply", ANA, text="We look into it.")
    with refused(Code.NOTHING_ASKED):
        play.do("wait_for_customer", ANA)


def test_what_the_customer_has_answered_is_no_longer_asked() -> None:
    play = waiting()
    play.do("message", CUSTOMER, text="The second.")
    with refused(Code.NOTHING_ASKED):
        play.do("wait_for_customer", ANA)


def test_nobody_waits_twice() -> None:
    with refused(Code.ALREADY_WAITING):
        waiting().do("wait_for_customer", ANA)


def test_nobody_resumes_what_does_not_wait() -> None:
    with refused(Code.NOT_WAITING):
        claimed().do("resume", ANA)


@pytest.mark.parametrize("kind", ["wait_for_customer", "resume"])
def test_only_the_owner_or_somebody_above_decides_on_waiting(kind: str) -> None:
    with refused(Code.NOT_OWNER):
        waiting().do(kind, BEN)


# withdrawing


def test_a_customer_may_take_the_complaint_back() -> None:
    play = claimed()
    play.do("withdraw", CUSTOMER, reason="found it")
    assert (play.view.closed_as, play.messages[-1]) == (ClosedAs.WITHDRAWN, "closed.withdrawn")


def test_a_withdrawn_complaint_leaves_nothing_owed() -> None:
    play = claimed()
    play.do("withdraw", CUSTOMER)
    running = {clock.name for clock in play.view.clocks if clock.state is ClockState.RUNNING}
    assert running == {ClockName.REOPEN_WINDOW}


def test_a_closed_complaint_cannot_be_withdrawn() -> None:
    with refused(Code.CLOSED):
        closed().do("withdraw", CUSTOMER)


# who speaks for the customer


@pytest.mark.parametrize("by", [CUSTOMER, SHOP, BOT, OPERATOR], ids=lambda actor: actor.role)
def test_the_customer_may_be_passed_on_by_a_service_a_bot_or_an_operator(by: Actor) -> None:
    play = claimed()
    play.do("message", by, text="Hello?")
    assert play.kinds[-1] == "message"


@pytest.mark.parametrize("kind", ["message", "ask_for_manager", "withdraw"])
def test_no_agent_speaks_for_the_customer(kind: str) -> None:
    with refused(Code.WRONG_ROLE):
        claimed().do(kind, ANA, **({"text": "They are fine."} if kind == "message" else {}))


@pytest.mark.parametrize("kind", ["accept_resolution", "reject_resolution"])
def test_no_agent_answers_for_the_customer_whether_it_is_resolved(kind: str) -> None:
    with refused(Code.WRONG_ROLE):
        resolved().do(kind, ANA, **({"reason": "no"} if kind == "reject_resolution" else {}))


def test_a_supervisor_of_another_line_has_no_part_in_it() -> None:
    with refused(Code.NOT_OWNER):
        asked().do("redirect", LIA, text="Come to us.")


def test_a_message_reaches_a_case_in_the_last_second_before_its_deadline() -> None:
    play = claimed(plan())
    play.wait(6 * HOUR - timedelta(seconds=1))
    play.do("reply", ANA, text="Just in time.")
    play.wait(DAY)
    assert "clock_breached" not in play.kinds
