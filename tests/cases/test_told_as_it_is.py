"""What customers are told is so: at the top of the ladder, when we are late, and when it was not they who came back."""

from __future__ import annotations

from datetime import datetime

import pytest

from cases.effects import AlertStaff, TellCustomer
from cases.words import Channel, ClockName, ClockState, Reason, Rung, Status
from tests.samples import (
    ANA,
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
    attempted,
    claimed,
    closed,
    plan,
    proposed,
    suggestions,
    terms,
)


def at_the_top() -> Played:
    """The sample case, owned by an executive who has answered once."""
    play = claimed()
    play.do("claim", EVA)
    play.do("reply", EVA, text="I have it now.")
    return play


def told(play: Played) -> TellCustomer:
    """The newest message to the customer."""
    return [effect for effect in play.effects if isinstance(effect, TellCustomer)][-1]


def promised(play: Played) -> datetime:
    """By when the newest message says that the customer hears."""
    by = told(play).params["next_word_by"]
    assert isinstance(by, datetime)
    return by


# Nobody is above


def test_a_customer_who_insists_at_the_top_hears_that_nobody_is_above_and_by_when_they_hear() -> None:
    play = at_the_top()
    play.do("ask_for_manager", CUSTOMER)
    play.do("redirect", EVA, text="I can do this.")
    assert told(play).params["rung"] is None
    play.do("ask_for_manager", CUSTOMER)
    assert (told(play).template, told(play).params["spoke"]) == ("at_top", True)
    assert promised(play) == NOON + 4 * HOUR


def test_below_the_top_an_answer_names_the_way_up() -> None:
    play = claimed()
    play.do("ask_for_manager", CUSTOMER)
    play.do("redirect", ANA, text="I can do this.")
    assert told(play).params["rung"] == "supervisor"


def test_a_rejected_resolution_at_the_top_is_looked_at_again_by_a_time() -> None:
    play = at_the_top()
    play.do("resolve", EVA, text="This is final.")
    play.do("reject_resolution", CUSTOMER, reason="No.")
    assert told(play).template == "at_top"
    assert promised(play) == NOON + 4 * HOUR


def test_who_said_nothing_is_not_thanked_for_it() -> None:
    play = at_the_top()
    play.do("ask_for_manager", CUSTOMER)
    play.wait(31 * MINUTE)
    assert (told(play).template, told(play).params["spoke"]) == ("at_top", False)
    play = attempted()
    play.do("ask_for_manager", CUSTOMER)
    play.do("escalate", ANA, reason="irate")
    play.wait(31 * MINUTE)
    assert (told(play).template, told(play).params["spoke"]) == ("on_its_way", False)


def test_a_customer_for_whom_a_service_speaks_has_spoken() -> None:
    play = attempted()
    play.do("escalate", ANA, reason="irate")
    for _ in range(2):
        play.do("ask_for_manager", SHOP)
        if "redirected" not in play.messages:
            play.do("redirect", ANA, text="I can.")
    assert (told(play).template, told(play).params["spoke"]) == ("on_its_way", True)


def test_what_an_unclaimed_case_at_the_top_waits_for_is_still_on_its_way() -> None:
    play = Played(plan(rung=Rung.EXECUTIVE), person="eva")
    play.do("ask_for_manager", CUSTOMER)
    play.wait(31 * MINUTE)
    assert told(play).template == "on_its_way"


# We are late


def test_an_offer_that_nobody_at_the_top_takes_up_is_said_to_be_late_with_the_next_time() -> None:
    play = Played(plan(rung=Rung.MANAGER), person="max")
    play.do("claim", MAX)
    play.do("attempt", MAX, text="Called the bank", outcome="no answer")
    play.do("escalate", MAX, reason="attempts_failed")
    play.wait(3 * HOUR)
    assert told(play).template == "late"
    assert promised(play) == NOON + 6 * HOUR
    play.wait(DAY)
    assert play.messages.count("late") == 1


def test_a_deadline_that_passes_at_the_top_is_said_to_the_customer() -> None:
    play = claimed()
    play.do("claim", EVA)
    play.wait(6 * HOUR)
    assert (told(play).template, promised(play)) == ("late", NOON + 10 * HOUR)


def test_the_next_time_is_kept_and_grows_if_it_is_not() -> None:
    play = at_the_top()
    play.do("ask_for_manager", CUSTOMER)
    play.wait(31 * MINUTE)
    first = promised(play)
    play.wait(first - play.now)
    assert (play.clock(ClockName.UPDATE).state, told(play).template) == (ClockState.RUNNING, "promise_broken")
    assert promised(play) == first + 8 * HOUR
    play.do("reply", EVA, text="You have your money back.")
    assert play.clock(ClockName.UPDATE).state is ClockState.FULFILLED
    play.wait(4 * HOUR)
    assert play.messages.count("promise_broken") == 1


def test_whoever_takes_it_up_at_last_keeps_the_word_that_we_gave() -> None:
    play = Played(plan(rung=Rung.MANAGER), person="max")
    play.do("claim", MAX)
    play.do("attempt", MAX, text="Called the bank", outcome="no answer")
    play.do("escalate", MAX, reason="attempts_failed")
    play.wait(3 * HOUR)
    play.do("claim", EVA)
    assert (told(play).template, play.clock(ClockName.UPDATE).state) == ("taken_up", ClockState.FULFILLED)


def test_a_decision_that_is_late_at_the_top_is_said_once_with_the_next_time() -> None:
    play = proposed("1500")
    play.do("reply", ANA, text="I have asked for a refund of all of it.")
    play.wait(4 * HOUR)
    assert (told(play).template, told(play).params["rung"]) == ("approval_late", "executive")
    assert promised(play) == NOON + 8 * HOUR
    play.wait(12 * HOUR)
    assert play.messages.count("approval_late") == 1
    play.do("decide_remedy", EVA, remedy_id="r1", approve=True)
    assert play.clock(ClockName.UPDATE).state is ClockState.FULFILLED


def test_of_a_closed_case_a_late_or_negative_decision_promises_nobody_who_stays_with_it() -> None:
    play = proposed()
    play.do("resolve", ANA, text="Done.", despite="the refund is decided on its own")
    play.do("accept_resolution", CUSTOMER)
    play.wait(5 * HOUR)
    assert told(play).template == "approval_late"
    play.wait(20 * HOUR)
    assert not [clock for clock in play.view.clocks if clock.name is ClockName.UPDATE]
    play.do("decide_remedy", MAX, remedy_id="r1", approve=False, reason="It was put right within the day.")
    assert told(play).template == "remedy_rejected.closed"
    assert told(play).params["reopen_until"] == NOON + 14 * DAY


def test_a_promise_broken_beside_an_offer_reminds_whoever_has_the_case_and_says_when() -> None:
    play = attempted()
    play.do("escalate", ANA, reason="irate")
    play.do("choose_contact", CUSTOMER, when=NOON + 30 * MINUTE)
    play.wait(30 * MINUTE)
    alerted = [effect for effect in play.effects if isinstance(effect, AlertStaff)][-1]
    assert (alerted.template, alerted.person) == ("clock_breached", "ana")
    assert (told(play).template, promised(play)) == ("promise_broken", NOON + 30 * MINUTE + 4 * HOUR)


def test_a_promised_time_goes_along_to_another_channel() -> None:
    play = at_the_top()
    play.do("ask_for_manager", CUSTOMER)
    play.wait(31 * MINUTE)
    by = promised(play)
    play.do("change_channel", CUSTOMER, channel="phone")
    assert (play.clock(ClockName.UPDATE).state, play.clock(ClockName.UPDATE).due_at) == (ClockState.RUNNING, by)


def test_a_case_of_older_terms_is_told_that_we_are_late_and_given_no_clock_that_it_never_had() -> None:
    play = claimed(plan(terms(GUARDS.model_copy(update={"threat_repeat": None}))))
    play.do("claim", EVA)
    play.do("reply", EVA, text="I have it now.")
    play.do("ask_for_manager", CUSTOMER)
    play.wait(31 * MINUTE)
    assert (told(play).template, told(play).params["next_word_by"]) == ("at_top", None)
    assert not [clock for clock in play.view.clocks if clock.name is ClockName.UPDATE]


# Who came back


def test_who_came_back_is_thanked_and_who_did_not_hears_that_it_was_us() -> None:
    play = closed()
    play.do("message", CUSTOMER, text="It is gone again.")
    assert told(play).template == "reopened"
    for who in (MAX, ANA):
        play = closed()
        play.do("reopen", who)
        assert told(play).template == "reopened.by_us"


def test_a_payment_that_fails_is_told_once_and_as_the_reopened_case_stands() -> None:
    play = proposed("20")
    play.do("resolve", ANA, text="Done.")
    play.do("accept_resolution", CUSTOMER)
    said = len(play.messages)
    play.pay(failing="the account is closed")
    assert play.case.status is Status.OPEN
    assert play.messages[said:] == ["payment_failed"]


def test_no_later_message_has_the_number_of_one_that_older_versions_sent() -> None:
    play = proposed("20")
    play.do("resolve", ANA, text="Done.")
    play.do("accept_resolution", CUSTOMER)
    before = int(play.effects[-1].id.rpartition(":")[2])
    play.pay(failing="the account is closed")
    play.do("message", CUSTOMER, text="Where is it?")
    play.choose("ana")
    alerted = [effect for effect in play.effects if isinstance(effect, AlertStaff)][-1]
    # The owner is alerted, the last one asked for, and the customer told; one number stays empty.
    assert int(alerted.id.rpartition(":")[2]) == before + 5


# What is offered


@pytest.mark.parametrize(
    ("channel", "offered"), [(Channel.EMAIL, "callback"), (Channel.PHONE, "both"), (Channel.SOCIAL, None)]
)
def test_an_escalation_offers_only_the_calls_that_can_be_chosen(channel: Channel, offered: str | None) -> None:
    play = claimed(plan(terms().model_copy(update={"pathways": PATHWAYS})), channel=channel)
    play.do("attempt", ANA, text="Called the bank", outcome="no answer")
    play.do("escalate", ANA, reason="irate")
    assert (told(play).template, told(play).params["may_choose_call"]) == ("escalated.irate", offered)


@pytest.mark.parametrize("text", ["I will kill you", "You are all idiots"])
def test_what_may_be_a_threat_or_an_insult_is_not_thanked_for_when_it_goes_up_by_itself(text: str) -> None:
    play = claimed(plan(terms().model_copy(update={"suggestions": suggestions(escalates=True)})))
    play.do("message", CUSTOMER, text=text)
    assert play.offered == (Rung.SUPERVISOR, (Reason.NEEDS_ATTENTION,))
    assert told(play).template == "escalated.needs_attention.conduct"
    play = claimed(plan(terms().model_copy(update={"suggestions": suggestions(escalates=True)})))
    play.do("message", CUSTOMER, text="I have lost my job over this.")
    assert told(play).template == "escalated.needs_attention"


def test_who_is_answered_by_a_bot_first_is_promised_no_person() -> None:
    assert told(Played(plan(rung=Rung.BOT), person="helper-bot")).params["rung"] == "bot"
    assert told(Played(plan())).params["rung"] == "agent"


def test_a_refusal_speaks_of_an_executive() -> None:
    assert (Rung.EXECUTIVE.with_article, Rung.MANAGER.with_article) == ("an executive", "a manager")
