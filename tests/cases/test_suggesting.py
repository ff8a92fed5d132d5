"""What customers' words suggest, who decides it, and what acting on it confirms."""

from __future__ import annotations

from uuid import uuid4

import pytest

from cases.case import Case
from cases.effects import AlertStaff, PlanCase, TellCustomer
from cases.events import SYSTEM, Code
from cases.outcomes import Planned
from cases.suggesting import KEPT
from cases.view import Suggestion
from cases.words import ClockName, ClockState, Reason, Rung, Suggested, SuggestionState
from tests.samples import (
    ANA,
    BEN,
    CUSTOMER,
    MAX,
    SHOP,
    SUE,
    Played,
    claimed,
    plan,
    refused,
    suggestions,
    terms,
)

READING = plan(terms().model_copy(update={"suggestions": suggestions()}))
ESCALATING = plan(terms().model_copy(update={"suggestions": suggestions(escalates=True)}))


def told(text: str, *, escalates: bool = False) -> Played:
    """Ana has the case, and the customer writes."""
    play = claimed(ESCALATING if escalates else READING)
    play.do("message", CUSTOMER, text=text)
    return play


def only(play: Played) -> Suggestion:
    """The one suggestion of a case."""
    (found,) = play.view.suggestions
    return found


def decide(play: Played, confirm: bool) -> None:
    """Ana decides the newest suggestion."""
    play.do("decide_suggestion", ANA, suggestion_id=play.view.suggestions[-1].id, confirm=confirm)


def test_the_complaints_own_words_suggest() -> None:
    play = Played(READING, text="My lawyer will hear of this.")
    assert (only(play).reason, only(play).why) == (Suggested.LEGAL_STEP, "“My lawyer”")


def test_what_would_put_it_right_is_read_too() -> None:
    play = Played(READING, remedy_sought="To speak to your manager.")
    assert only(play).reason is Suggested.ASKS_FOR_MANAGER


def test_a_message_suggests_with_the_words_that_were_found() -> None:
    found = only(told("Let me speak to a manager."))
    assert (found.reason, found.why, found.state) == (
        Suggested.ASKS_FOR_MANAGER,
        "“speak to a manager”",
        SuggestionState.OPEN,
    )


def test_what_is_said_of_a_rejected_resolution_is_read() -> None:
    play = claimed(READING)
    play.do("resolve", ANA, text="Here is half of it.")
    play.do("reject_resolution", CUSTOMER, reason="too little", text="I will sue you.")
    assert only(play).reason is Suggested.LEGAL_STEP


def test_a_message_that_waited_for_the_plan_is_read() -> None:
    play = Played()
    play.do("message", CUSTOMER, text="Let me speak to a manager.")
    play.plan(READING)
    assert only(play).reason is Suggested.ASKS_FOR_MANAGER


def test_an_excused_sentence_suggests_nothing() -> None:
    assert told("My lawyer, my closing attorney, was there.").view.suggestions == ()


def test_a_policy_that_reads_nothing_suggests_nothing() -> None:
    play = claimed(plan())
    play.do("message", CUSTOMER, text="Let me speak to a manager.")
    assert (play.view.suggestions, play.kinds[-1]) == ((), "message")


def test_a_suggestion_is_on_the_timeline_and_in_the_brief() -> None:
    play = told("I lost my job.")
    assert play.kinds[-1] == "suggested"
    assert "lost my job" in play.case.brief().suggested[0].text


def test_what_is_suggested_is_for_staff_and_never_for_the_customer() -> None:
    play = told("My lawyer will write to you.")
    assert play.case.view(play.now, ANA).suggestions
    assert play.case.view(play.now, CUSTOMER).suggestions == ()
    assert play.case.view(play.now, SHOP).suggestions == ()


def test_earlier_cases_suggest_repeated_contact() -> None:
    rules = tuple(
        rule.model_copy(update={"earlier_cases": 2}) if rule.reason is Suggested.REPEATED_CONTACT else rule
        for rule in suggestions()
    )
    play = Played()
    errand = next(effect for effect in play.effects if isinstance(effect, PlanCase))
    reading = plan(terms().model_copy(update={"suggestions": rules}))
    play.happen(Planned(id=uuid4(), by=SYSTEM, effect=errand.id, plan=reading, earlier_cases=("shop-a", "shop-b")))
    assert (only(play).reason, only(play).why) == (Suggested.REPEATED_CONTACT, "2 earlier cases")


@pytest.mark.parametrize(
    "text", ["Let me speak to a manager.", "I will hurt you.", "You are idiots.", "My lawyer!", "I lost my job."]
)
def test_a_suggestion_changes_nothing_by_itself(text: str) -> None:
    play = told(text)
    assert play.view.suggestions
    assert (play.view.offer, play.view.escalations, play.view.rung) == (None, 0, Rung.AGENT)
    assert play.view.priority is plan().priority
    assert ClockName.REDIRECT not in {clock.name for clock in play.view.clocks}


def test_what_may_be_a_threat_is_shown_to_the_owner_at_once() -> None:
    play = told("I will hurt you.")
    alert = next(effect for effect in play.effects if isinstance(effect, AlertStaff) and "threat" in effect.template)
    assert (alert.person, alert.params["why"]) == ("ana", "“I will hurt you”")


def test_the_same_is_not_suggested_twice_while_nobody_has_decided() -> None:
    play = told("My lawyer!")
    play.do("message", CUSTOMER, text="My attorney!")
    assert only(play).why == "“My lawyer”"


# deciding


@pytest.mark.parametrize(("confirm", "state"), [(True, SuggestionState.CONFIRMED), (False, SuggestionState.DISMISSED)])
def test_the_owner_confirms_or_dismisses(confirm: bool, state: SuggestionState) -> None:
    play = told("I lost my job.")
    decide(play, confirm)
    assert (only(play).state, only(play).decided_by, play.kinds[-1]) == (state, "ana", "decide_suggestion")


def test_a_confirmed_wish_for_a_manager_is_owed_an_answer() -> None:
    play = told("Let me speak to a manager.")
    decide(play, confirm=True)
    assert play.clock(ClockName.REDIRECT).state is ClockState.RUNNING
    play.do("redirect", ANA, text="I can do that for you.")
    assert play.clock(ClockName.REDIRECT).state is ClockState.FULFILLED


def test_a_customer_who_wishes_for_a_manager_again_goes_up() -> None:
    play = told("Let me speak to a manager.")
    decide(play, confirm=True)
    play.do("redirect", ANA, text="I can do that for you.")
    play.do("message", CUSTOMER, text="No, I said: speak to a manager.")
    decide(play, confirm=True)
    assert play.offered == (Rung.SUPERVISOR, (Reason.ASKED_FOR_MANAGER,))


@pytest.mark.parametrize("text", ["I lost my job.", "You are idiots.", "My lawyer!"])
def test_confirming_anything_else_leaves_the_act_to_a_person(text: str) -> None:
    play = told(text)
    decide(play, confirm=True)
    assert (play.view.offer, play.view.escalations) == (None, 0)


def test_somebody_else_does_not_decide() -> None:
    play = told("My lawyer!")
    with refused(Code.NOT_OWNER):
        play.do("decide_suggestion", BEN, suggestion_id=only(play).id, confirm=True)


def test_what_was_decided_is_not_decided_again_and_the_refusal_names_who_was_first() -> None:
    play = told("My lawyer! I lost my job.")
    first = play.view.suggestions[0].id
    play.do("decide_suggestion", SUE, suggestion_id=first, confirm=True)
    with refused(Code.NO_SUGGESTION) as caught:
        play.do("decide_suggestion", ANA, suggestion_id=first, confirm=False)
    assert caught.value.details["decided_by"] == "sue"


def test_nothing_is_decided_where_nothing_is_suggested() -> None:
    with refused(Code.NO_SUGGESTION):
        claimed(READING).do("decide_suggestion", ANA, suggestion_id="threat-1", confirm=True)


def test_a_suggestion_of_another_case_is_refused_with_those_that_are_open() -> None:
    play = told("My lawyer!")
    with refused(Code.NO_SUGGESTION) as caught:
        play.do("decide_suggestion", ANA, suggestion_id="threat-9", confirm=True)
    assert "legal_step-1" in caught.value.sentence


def test_it_is_allowed_only_while_something_awaits_a_decision() -> None:
    play = told("My lawyer!")
    assert "decide_suggestion" in play.case.view(play.now, ANA).allowed
    decide(play, confirm=True)
    assert "decide_suggestion" not in play.case.view(play.now, ANA).allowed


# after a decision


def test_what_lasts_is_not_suggested_again_once_confirmed() -> None:
    play = told("My lawyer!")
    decide(play, confirm=True)
    play.do("message", CUSTOMER, text="My attorney!")
    assert only(play).state is SuggestionState.CONFIRMED


def test_a_further_threat_is_suggested_again() -> None:
    play = told("I will hurt you.")
    decide(play, confirm=True)
    play.do("message", CUSTOMER, text="I will kill you.")
    assert [one.state for one in play.view.suggestions] == [SuggestionState.CONFIRMED, SuggestionState.OPEN]


def test_words_that_were_dismissed_are_not_suggested_again_but_others_are() -> None:
    play = told("My lawyer!")
    decide(play, confirm=False)
    play.do("message", CUSTOMER, text="As I said: my LAWYER.")
    assert only(play).state is SuggestionState.DISMISSED
    play.do("message", CUSTOMER, text="My attorney!")
    assert play.view.suggestions[-1].state is SuggestionState.OPEN


def test_a_case_keeps_so_many_decided_suggestions() -> None:
    play = claimed(READING)
    for _ in range(KEPT + 5):
        play.do("message", CUSTOMER, text="I will hurt you.")
        decide(play, confirm=True)
    assert len(play.view.suggestions) == KEPT
    assert play.view.suggestions[-1].id == f"threat-{KEPT + 5}"


def test_a_restored_case_has_its_suggestions() -> None:
    play = told("My lawyer!")
    again = Case.restore(play.case.snapshot())
    assert again.view(play.now) == play.view


# acting on it


def test_a_customer_who_asks_for_a_manager_confirms_it() -> None:
    play = told("Let me speak to a manager.")
    play.do("ask_for_manager", CUSTOMER)
    assert (only(play).state, only(play).decided_by) == (SuggestionState.CONFIRMED, "c-1")


def test_what_a_customer_says_who_asks_for_a_manager_does_not_suggest_that() -> None:
    play = claimed(READING)
    play.do("ask_for_manager", CUSTOMER, text="Let me speak to a manager, or my lawyer will.")
    assert only(play).reason is Suggested.LEGAL_STEP


def test_sending_a_case_up_for_attention_confirms_what_was_suggested() -> None:
    play = told("I lost my job.")
    play.do("escalate", ANA, reason="needs_attention")
    assert only(play).state is SuggestionState.CONFIRMED
    assert play.offered == (Rung.SUPERVISOR, (Reason.NEEDS_ATTENTION,))
    assert play.messages[-1] == "escalated.needs_attention"


@pytest.mark.parametrize("text", ["Hello?", "You are idiots."])
def test_nobody_sends_a_case_up_for_attention_that_nothing_suggests(text: str) -> None:
    play = told(text)
    with refused(Code.NO_SUGGESTION):
        play.do("escalate", ANA, reason="needs_attention")


def test_nobody_sends_a_case_up_for_what_was_dismissed() -> None:
    play = told("My lawyer!")
    decide(play, confirm=False)
    with refused(Code.NO_SUGGESTION):
        play.do("escalate", ANA, reason="needs_attention")


# where the policy lets it escalate by itself


@pytest.mark.parametrize("text", ["My lawyer!", "I lost my job.", "I will hurt you."])
def test_with_the_policys_leave_it_goes_up_one_rung_and_still_awaits_a_person(text: str) -> None:
    play = told(text, escalates=True)
    assert play.offered == (Rung.SUPERVISOR, (Reason.NEEDS_ATTENTION,))
    assert only(play).state is SuggestionState.OPEN


def test_with_the_policys_leave_a_wish_for_a_manager_is_owed_an_answer() -> None:
    play = told("Let me speak to a manager.", escalates=True)
    assert (play.view.offer, play.clock(ClockName.REDIRECT).state) == (None, ClockState.RUNNING)


def test_two_that_go_up_at_once_make_one_offer() -> None:
    play = told("My lawyer! I lost my job.", escalates=True)
    assert play.view.escalations == 1
    assert play.offered == (Rung.SUPERVISOR, (Reason.NEEDS_ATTENTION,))


def test_a_new_case_may_go_up_as_soon_as_it_is_planned() -> None:
    play = Played(ESCALATING, text="My lawyer will hear of this.")
    assert play.view.offer
    assert play.view.offer.rung is Rung.SUPERVISOR


# triage


def test_a_case_that_triage_starts_higher_says_why() -> None:
    play = Played(plan(rung=Rung.MANAGER).model_copy(update={"needs_attention": True}), person="max")
    assert play.offered == (Rung.MANAGER, (Reason.NEEDS_ATTENTION,))
    told = [effect for effect in play.effects if isinstance(effect, TellCustomer)]
    assert [effect.template for effect in told] == ["opened"]
    play.do("claim", MAX)
    assert play.view.rung is Rung.MANAGER
