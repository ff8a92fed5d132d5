"""What people send up and back down, what that needs, and the five things every escalation does: DESIGN 4."""

from __future__ import annotations

import pytest

from cases.effects import AlertStaff, TellCustomer
from cases.events import Code
from cases.plan import Guards
from cases.words import ClockName, ClockState, Reason, Rung
from tests.samples import (
    ANA,
    BOT,
    CUSTOMER,
    DAY,
    GUARDS,
    HOUR,
    SUE,
    Played,
    attempted,
    claimed,
    climbed,
    plan,
    refused,
    resolved,
    terms,
)

# what a person may send up


@pytest.mark.parametrize("reason", ["attempts_failed", "no_common_ground", "irate"])
def test_escalating_takes_an_attempt_on_record(reason: str) -> None:
    with refused(Code.NO_ATTEMPT):
        claimed().do("escalate", ANA, reason=reason)


@pytest.mark.parametrize("reason", ["attempts_failed", "no_common_ground", "irate"])
def test_with_an_attempt_on_record_the_owner_may_escalate(reason: str) -> None:
    play = attempted()
    play.do("escalate", ANA, reason=reason)
    assert play.offered == (Rung.SUPERVISOR, (Reason(reason),))


def test_the_next_rung_must_make_an_attempt_of_its_own() -> None:
    play = climbed()
    play.wait(HOUR)
    with refused(Code.NO_ATTEMPT):
        play.do("escalate", SUE, reason="attempts_failed")


def test_nobody_escalates_twice_within_the_cool_down() -> None:
    play = climbed()
    play.do("attempt", SUE, text="Called", outcome="no")
    with refused(Code.COOL_DOWN) as caught:
        play.do("escalate", SUE, reason="attempts_failed")
    assert caught.value.details["until"] == (play.now + GUARDS.cool_down).isoformat()


def test_after_the_cool_down_the_next_rung_may_escalate() -> None:
    play = climbed()
    play.do("attempt", SUE, text="Called", outcome="no")
    play.wait(GUARDS.cool_down)
    play.do("escalate", SUE, reason="attempts_failed")
    assert play.offered[0] is Rung.MANAGER


def test_the_cool_down_holds_no_promise_back() -> None:
    play = climbed(plan(terms(Guards(cool_down=DAY, alert_repeat=HOUR, stuck_after=HOUR))))
    play.wait(6 * HOUR)
    assert play.offered[0] is Rung.MANAGER


def test_nobody_escalates_what_is_offered_up_already() -> None:
    play = attempted()
    play.wait(6 * HOUR)
    with refused(Code.ALREADY_OFFERED_UP):
        play.do("escalate", ANA, reason="irate")


@pytest.mark.parametrize("reason", ["clock_breached", "not_acknowledged", "asked_for_manager", "opened", "reopened"])
def test_a_person_cannot_give_a_reason_that_only_the_case_can_have(reason: str) -> None:
    with refused(Code.NOT_VOLUNTARY):
        attempted().do("escalate", ANA, reason=reason)


@pytest.mark.parametrize("reason", ["bot_failed", "asked_for_human"])
def test_the_bot_hands_over_with_its_transcript(reason: str) -> None:
    play = Played(plan(rung=Rung.BOT), person=None, transcript="Bot: How can I help?")
    play.do("claim", BOT)
    play.do("escalate", BOT, reason=reason)
    assert play.offered == (Rung.AGENT, (Reason(reason),))


def test_the_bot_hands_over_nothing_without_its_transcript() -> None:
    play = Played(plan(rung=Rung.BOT), person=None)
    play.do("claim", BOT)
    with refused(Code.NO_TRANSCRIPT):
        play.do("escalate", BOT, reason="bot_failed")


def test_a_person_is_no_bot_that_failed() -> None:
    with refused(Code.NO_TRANSCRIPT):
        claimed(transcript="Bot: How can I help?").do("escalate", ANA, reason="bot_failed")


# the five things of every escalation


def test_an_escalation_names_its_reason_on_the_timeline() -> None:
    play = attempted()
    play.do("escalate", ANA, reason="irate", text="Third call today")
    entry = next(entry for entry in play.case.timeline() if entry.kind == "escalated")
    assert (entry.data["reason"], entry.by.id) == ("irate", "ana")
    assert "Third call today" in entry.text


def test_an_escalation_tells_the_customer_why() -> None:
    play = attempted()
    play.do("escalate", ANA, reason="irate")
    assert play.messages[-1] == "escalated.irate"


def test_an_escalation_tells_the_customer_by_when_somebody_has_it_or_it_goes_further() -> None:
    play = attempted()
    effects = play.do("escalate", ANA, reason="irate")
    told = next(effect for effect in effects if isinstance(effect, TellCustomer))
    play.wait(12 * HOUR)
    further = [entry.at for entry in play.case.timeline() if entry.kind == "escalated"][1]
    assert told.params["next_word_by"] == further


def test_an_escalation_lets_the_customer_choose_a_call_where_the_policy_offers_one() -> None:
    play = attempted()
    play.do("escalate", ANA, reason="irate")
    told = [effect for effect in play.effects if isinstance(effect, TellCustomer)][-1]
    assert (told.template, told.params["may_choose_call"]) == ("escalated.irate", "both")
    play.do("choose_contact", CUSTOMER, when="now")
    assert play.clock(ClockName.CALLBACK).state is ClockState.RUNNING


def test_an_escalation_gives_the_next_owner_the_brief() -> None:
    play = attempted()
    play.do("escalate", ANA, reason="irate", text="Shouted twice.")
    play.do("claim", SUE)
    brief = play.case.brief()
    assert [step.text.endswith("(Shouted twice.)") for step in brief.why_it_climbed] == [True]
    assert [(tried.by, tried.text) for tried in brief.tried] == [("ana", "Called the bank — they do not answer")]


def test_an_escalation_alerts_whoever_it_is_offered_to_with_its_reasons() -> None:
    play = attempted()
    play.do("escalate", ANA, reason="irate")
    play.choose("sue")
    alert = next(effect for effect in reversed(play.effects) if isinstance(effect, AlertStaff))
    assert (alert.template, alert.person, alert.rung) == ("offered", "sue", Rung.SUPERVISOR)
    assert alert.params["reasons"] == ("the customer grows more upset",)


def test_an_escalation_starts_the_offers_acknowledge_clock() -> None:
    play = attempted()
    play.wait(HOUR)
    play.do("escalate", ANA, reason="irate")
    assert play.clock(ClockName.ACKNOWLEDGE).due_at == play.now + HOUR


def test_an_escalation_leaves_every_other_clock_running() -> None:
    play = attempted()
    before = {name: play.clock(name).due_at for name in (ClockName.FIRST_RESPONSE, ClockName.RESOLUTION)}
    play.do("escalate", ANA, reason="irate")
    play.do("claim", SUE)
    assert {name: play.clock(name).due_at for name in before} == before


def test_until_somebody_claims_the_old_owner_may_still_reply() -> None:
    play = attempted()
    play.do("escalate", ANA, reason="irate")
    play.do("reply", ANA, text="My supervisor will be with you shortly.")
    assert play.messages[-1] == "reply"


def test_once_somebody_higher_has_it_the_old_owner_may_not_reply() -> None:
    with refused(Code.NOT_OWNER):
        climbed().do("reply", ANA, text="One more thing.")


def test_a_customer_learns_that_somebody_higher_has_taken_it_up() -> None:
    assert climbed().messages[-1] == "taken_up"


# back down


def test_an_offer_up_can_be_sent_back_by_whom_it_reaches() -> None:
    play = attempted()
    play.do("escalate", ANA, reason="irate")
    play.do("de_escalate", SUE, reason="You can solve this.")
    assert (play.view.owner.person, play.view.offer) == ("ana", None)


def test_an_offer_up_cannot_be_taken_back_by_whoever_sent_it() -> None:
    play = attempted()
    play.do("escalate", ANA, reason="irate")
    with refused(Code.RUNG_TOO_LOW):
        play.do("de_escalate", ANA, reason="Never mind.")


def test_a_case_goes_back_down_to_who_had_it_there() -> None:
    play = climbed()
    play.do("de_escalate", SUE, reason="The hard part is done.")
    assert (play.asked.rung, play.asked.prefer) == (Rung.AGENT, "ana")


def test_a_case_that_goes_down_stays_with_its_owner_until_it_is_claimed() -> None:
    play = climbed()
    play.do("de_escalate", SUE, reason="The hard part is done.")
    play.choose("ana")
    assert play.view.owner.person == "sue"
    play.do("claim", ANA)
    assert (play.view.owner.person, play.view.rung) == ("ana", Rung.AGENT)


def test_an_ignored_offer_down_returns_to_its_owner() -> None:
    play = climbed()
    play.do("de_escalate", SUE, reason="The hard part is done.")
    play.choose("ana")
    play.wait(HOUR)
    assert (play.view.owner.person, play.view.offer) == ("sue", None)


def test_nothing_goes_below_the_lowest_rung_of_the_case() -> None:
    with refused(Code.AT_BOTTOM):
        claimed().do("de_escalate", ANA, reason="Too easy.")


def test_a_rejected_resolution_goes_up_without_any_attempt() -> None:
    play = resolved()
    play.do("reject_resolution", CUSTOMER, reason="Nothing came.")
    assert play.offered == (Rung.SUPERVISOR, (Reason.RESOLUTION_REJECTED,))
