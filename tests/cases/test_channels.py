"""Channels and their pathways: what each has, and that a customer who changes loses nothing."""

from __future__ import annotations

from typing import Any

import pytest

from cases.effects import AlertStaff, TellCustomer
from cases.events import Code
from cases.plan import ClockTerms, Plan, Target
from cases.words import Breach, Channel, ClockName, ClockState, ContactOption, Mark, Reason, Rung, Status
from tests.samples import (
    ANA,
    BOT,
    CHASING,
    CUSTOMER,
    DAY,
    GUARDS,
    HOUR,
    MINUTE,
    NOON,
    ON_HAND,
    PATHWAYS,
    SHOP,
    SUE,
    Played,
    attempted,
    claimed,
    plan,
    refused,
    terms,
)

FIRST = ClockName.FIRST_RESPONSE
BY_CHANNEL = ClockTerms(
    default=2 * DAY, targets=(Target(within=10 * MINUTE, channel=(Channel.PHONE,)), Target(within=6 * HOUR))
)


def pathed(**clocks: Any) -> Plan:
    """A plan with three pathways, whose first response depends on the channel."""
    of = terms(GUARDS, on_breach=Breach.UP, **{"first_response": BY_CHANNEL, **CHASING, **ON_HAND, **clocks})
    return plan(of.model_copy(update={"pathways": PATHWAYS}))


def running(play: Played) -> set[ClockName]:
    """The clocks that run."""
    return {clock.name for clock in play.view.clocks if clock.state is ClockState.RUNNING}


# another channel


def test_deadlines_become_those_of_the_new_channel_counted_from_their_start() -> None:
    play = claimed(pathed())
    play.wait(5 * MINUTE)
    play.do("change_channel", CUSTOMER, channel="phone")
    clock = play.clock(FIRST)
    assert (clock.due_at, clock.ledger[-1].mark) == (NOON + 10 * MINUTE, Mark.RETARGET)


def test_what_the_new_channel_was_owed_already_is_one_breach() -> None:
    play = claimed(pathed())
    play.wait(HOUR)
    play.do("change_channel", CUSTOMER, channel="phone")
    assert play.kinds.count("clock_breached") == 1
    assert play.offered == (Rung.SUPERVISOR, (Reason.CLOCK_BREACHED,))


def test_owner_offer_priority_and_what_was_promised_come_along() -> None:
    play = claimed(pathed())
    play.do("attempt", ANA, text="Called", outcome="no")
    play.do("set_priority", ANA, priority="P2", reason="Money.")
    play.do("promise", ANA, what="update", by_when=NOON + DAY)
    play.do("escalate", ANA, reason="irate")
    before = play.view
    play.do("change_channel", CUSTOMER, channel="social")
    after = play.view
    assert (after.owner, after.offer and after.offer.reasons, after.priority, after.escalations) == (
        before.owner,
        (Reason.IRATE,),
        before.priority,
        1,
    )
    assert [c.due_at for c in after.clocks if c.label == "promised"] == [NOON + DAY]
    assert play.case.brief().tried


def test_a_question_stays_asked_and_waiting_goes_on() -> None:
    play = claimed(pathed())
    play.do("reply", ANA, text="Which one?", asks="Which one?")
    play.do("wait_for_customer", ANA)
    play.do("change_channel", CUSTOMER, channel="letter")
    assert (play.case.status, play.case.brief().open_question) == (Status.WAITING_CUSTOMER, "Which one?")


def test_what_follows_goes_out_on_the_new_channel() -> None:
    play = claimed(pathed())
    effects = play.do("change_channel", CUSTOMER, channel="chat")
    told = next(effect for effect in effects if isinstance(effect, TellCustomer))
    assert (told.template, told.channel) == ("channel_changed", Channel.CHAT)
    assert told.params["next_word_by"] == NOON + 6 * HOUR
    assert (play.view.channel, play.view.pathway, play.view.live) == (Channel.CHAT, "live", True)


def test_whoever_has_the_case_is_told() -> None:
    play = claimed(pathed())
    effects = play.do("change_channel", SHOP, channel="chat")
    alert = next(effect for effect in effects if isinstance(effect, AlertStaff))
    assert (alert.template, alert.person, alert.params["was"]) == ("channel_changed", "ana", "email")


def test_the_timeline_says_when_the_pathway_is_another_one() -> None:
    play = claimed(pathed())
    play.do("change_channel", CUSTOMER, channel="letter")
    assert play.case.timeline()[-1].text.startswith("From email to letter")
    assert "pathway" not in play.case.timeline()[-1].text
    play.do("change_channel", CUSTOMER, channel="phone")
    entry = next(entry for entry in reversed(play.case.timeline()) if entry.kind == "change_channel")
    assert "the pathway is live now" in entry.text


def test_the_brief_says_where_the_complaint_came_from_and_where_the_customer_is_now() -> None:
    play = claimed(pathed())
    play.do("change_channel", CUSTOMER, channel="phone")
    assert "complains by email about Credit card: Charged twice, and speaks by phone now." in play.case.brief().headline


def test_clocks_that_the_new_pathway_does_not_have_end() -> None:
    play = claimed(pathed())
    assert {ClockName.HANDLE_TIME, ClockName.UPDATE} <= running(play)
    play.do("change_channel", CUSTOMER, channel="social")
    assert not {ClockName.HANDLE_TIME} & running(play)
    assert ClockName.UPDATE in running(play)


def test_a_call_that_the_customer_was_promised_is_owed_on_any_channel() -> None:
    play = claimed(pathed(), channel=Channel.PHONE)
    play.do("choose_contact", CUSTOMER, when="now")
    play.do("change_channel", CUSTOMER, channel="social")
    assert play.clock(ClockName.CALLBACK).due_at == NOON + 2 * HOUR


def test_clocks_that_only_the_new_pathway_has_begin() -> None:
    play = claimed(pathed(), channel=Channel.SOCIAL)
    play.do("reply", ANA, text="Which one?", asks="Which one?")
    play.do("wait_for_customer", ANA)
    assert not {ClockName.CUSTOMER_SILENCE, ClockName.HANDLE_TIME} & {clock.name for clock in play.view.clocks}
    play.do("change_channel", CUSTOMER, channel="email")
    assert play.clock(ClockName.CUSTOMER_SILENCE).due_at == NOON + 6 * DAY
    assert play.clock(ClockName.HANDLE_TIME).state is ClockState.PAUSED


def test_nobody_changes_to_the_channel_that_they_are_on() -> None:
    play = claimed(pathed())
    with refused(Code.SAME_AS_NOW):
        play.do("change_channel", CUSTOMER, channel="email")
    play.do("change_channel", CUSTOMER, channel="chat")
    with refused(Code.SAME_AS_NOW):
        play.do("change_channel", CUSTOMER, channel="chat")


def test_no_agent_chooses_the_customers_channel() -> None:
    with refused(Code.WRONG_ROLE):
        claimed(pathed()).do("change_channel", ANA, channel="chat")


def test_questions_to_specialists_are_asked_with_the_targets_of_the_new_channel() -> None:
    on_phone = ClockTerms(default=DAY, targets=(Target(within=HOUR, channel=(Channel.PHONE,)),))
    play = claimed(pathed(hand_off=on_phone))
    play.do("change_channel", CUSTOMER, channel="phone")
    play.do("hand_off", ANA, team="loans", question="Was it a hold?")
    assert play.clock(ClockName.HAND_OFF).target_s == 3600


# what a pathway has


def test_a_customer_chooses_only_what_the_pathway_offers() -> None:
    play = claimed(pathed())
    assert play.view.contact == (ContactOption.CALLBACK,)
    with refused(Code.NO_CALLBACKS) as caught:
        play.do("choose_contact", CUSTOMER, when="now")
    assert "give a time" in caught.value.sentence
    play.do("choose_contact", CUSTOMER, when=NOON + HOUR)


def test_a_pathway_without_contact_options_offers_no_calls() -> None:
    play = claimed(pathed(), channel=Channel.SOCIAL)
    assert play.view.contact == ()
    assert "choose_contact" not in play.case.view(play.now, CUSTOMER).allowed
    with refused(Code.NO_CALLBACKS):
        play.do("choose_contact", CUSTOMER, when=NOON + HOUR)


def test_a_reason_that_does_not_count_on_the_pathway_is_refused_and_those_that_do_are_named() -> None:
    play = claimed(pathed(), channel=Channel.SOCIAL)
    play.do("attempt", ANA, text="Wrote", outcome="no")
    with refused(Code.NOT_ON_PATHWAY) as caught:
        play.do("escalate", ANA, reason="attempts_failed")
    assert "Give one of: irate, needs_attention, abuse." in caught.value.sentence
    play.do("escalate", ANA, reason="irate")


def test_no_pathway_keeps_a_broken_promise_from_climbing() -> None:
    play = claimed(pathed(), channel=Channel.SOCIAL)
    play.wait(6 * HOUR)
    assert play.offered == (Rung.SUPERVISOR, (Reason.CLOCK_BREACHED,))


def test_a_case_that_was_planned_before_there_were_pathways_has_all_that_its_policy_has() -> None:
    of = terms(GUARDS, on_breach=Breach.UP, **CHASING).model_copy(update={"pathways": ()})
    play = claimed(plan(of))
    assert (play.view.pathway, play.view.contact) == ("written", (ContactOption.NOW, ContactOption.CALLBACK))
    play.do("reply", ANA, text="Which one?", asks="Which one?")
    play.do("wait_for_customer", ANA)
    assert ClockName.CUSTOMER_SILENCE in running(play)


# from the chatbot to a person


def chatted(transcript: str = "Bot: How can I help?") -> Played:
    """A complaint that a chatbot opened and has."""
    guards = GUARDS.model_copy(update={"no_cool_down": (Reason.BOT_FAILED,)})
    of = plan(pathed().terms.model_copy(update={"guards": guards}), rung=Rung.BOT)
    play = Played(of, person=None, channel=Channel.CHATBOT, transcript=transcript)
    play.do("claim", BOT)
    return play


@pytest.mark.parametrize("reason", ["bot_failed", "asked_for_human"])
def test_the_chatbot_hands_over_to_an_agent_who_reads_its_transcript(reason: str) -> None:
    play = chatted()
    play.do("escalate", BOT, reason=reason)
    assert play.offered == (Rung.AGENT, (Reason(reason),))
    assert play.messages[-1] == f"escalated.{reason}"
    play.do("claim", ANA)
    assert play.case.brief().transcript == "Bot: How can I help?"


def test_of_a_long_transcript_the_brief_has_the_end() -> None:
    play = chatted("x" * 20_000 + "I want a person!")
    transcript = play.case.brief().transcript or ""
    assert len(transcript) == 8_000
    assert transcript.startswith("…")
    assert transcript.endswith("I want a person!")


def test_a_complaint_with_a_transcript_may_start_with_an_agent() -> None:
    play = claimed(pathed(), channel=Channel.CHATBOT, transcript="Bot: How can I help?")
    assert (play.view.rung, play.case.brief().transcript) == (Rung.AGENT, "Bot: How can I help?")


def test_an_agent_who_has_it_from_the_chatbot_need_not_wait_to_pass_it_on() -> None:
    play = chatted()
    play.do("escalate", BOT, reason="bot_failed")
    play.do("claim", ANA)
    play.do("attempt", ANA, text="Called", outcome="no")
    play.do("escalate", ANA, reason="attempts_failed")
    assert play.offered[0] is Rung.SUPERVISOR


# skills, absence, attention


@pytest.mark.parametrize(("reason", "words"), [("beyond_skill", "`hand_off`"), ("owner_unavailable", "`assign`")])
def test_what_is_no_reason_to_go_up_is_refused_with_what_to_do_instead(reason: str, words: str) -> None:
    with refused(Code.NOT_VOLUNTARY) as caught:
        attempted().do("escalate", ANA, reason=reason)
    assert words in caught.value.sentence


def test_a_transfer_by_skill_says_that_it_is_beyond_its_owners() -> None:
    play = claimed()
    play.do("transfer", ANA, to={"skill": "fraud"})
    assert play.offered == (Rung.AGENT, (Reason.BEYOND_SKILL,))


def test_a_transfer_by_skill_that_nobody_takes_returns_to_its_owner() -> None:
    play = claimed()
    play.do("transfer", ANA, to={"skill": "fraud"})
    play.wait(HOUR)
    assert (play.view.owner.person, play.view.offer, play.kinds[-1]) == ("ana", None, "returned")


def away() -> Played:
    """Sue has said that Ana is not there."""
    play = claimed()
    play.do("assign", SUE, to={"team": "cards"}, reason="owner_unavailable")
    return play


def test_the_case_of_somebody_who_is_away_is_offered_beside_but_not_to_them() -> None:
    play = away()
    assert play.offered == (Rung.AGENT, (Reason.OWNER_UNAVAILABLE,))
    assert "ana" in play.asked.never


def test_nobody_is_away_from_a_case_that_nobody_has() -> None:
    with refused(Code.NO_OWNER):
        Played(pathed()).do("assign", SUE, to={"team": "cards"}, reason="owner_unavailable")


def test_the_customer_of_somebody_who_is_away_is_told() -> None:
    play = away()
    assert play.messages[-1] == "reassigned"


def test_what_nobody_takes_from_somebody_who_is_away_goes_once_more_beside_and_then_up() -> None:
    play = away()
    play.wait(HOUR)
    assert play.offered[0] is Rung.AGENT
    play.wait(HOUR)
    assert play.offered == (Rung.SUPERVISOR, (Reason.OWNER_UNAVAILABLE, Reason.NOT_ACKNOWLEDGED))


def test_what_needs_attention_starts_higher_and_says_so() -> None:
    of = plan(rung=Rung.SUPERVISOR).model_copy(update={"needs_attention": True, "rule": "outage"})
    play = Played(of, person=None)
    assert play.offered == (Rung.SUPERVISOR, (Reason.NEEDS_ATTENTION,))
    entry = next(entry for entry in play.case.timeline() if entry.kind == "starts_higher")
    assert (entry.data["reason"], entry.data["rule"]) == ("needs_attention", "outage")
    [step] = play.case.brief().why_it_climbed
    assert step.text.startswith("agent to supervisor: it needs attention")


def test_what_starts_where_all_start_says_nothing_of_attention() -> None:
    play = Played(plan(rung=Rung.SUPERVISOR), person=None)
    assert "starts_higher" not in play.kinds
