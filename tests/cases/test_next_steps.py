"""What is suggested says what to do about it, and confirming it leads there."""

from __future__ import annotations

import pytest

from cases.effects import AlertStaff
from cases.events import Code
from cases.words import ClosedAs, Reason, Rung, Status, Suggested, SuggestionState
from starter.cli.printing import case_lines
from tests.cases.misbehaving import alert, conduct
from tests.samples import (
    ANA,
    CUSTOMER,
    DAY,
    MAX,
    SHOP,
    SUE,
    Played,
    claimed,
    climbed,
    plan,
    refused,
    resolved,
    suggestions,
    terms,
)
from workflows.details import page

READING = plan(terms().model_copy(update={"suggestions": suggestions()}))


def told(text: str, play: Played | None = None) -> Played:
    """Ana has the case, and the customer writes."""
    play = play or claimed(READING)
    play.do("message", CUSTOMER, text=text)
    return play


def decide(play: Played, *, confirm: bool = True, text: str | None = None) -> Played:
    """Ana decides the newest suggestion."""
    said = {"text": text} if text else {}
    play.do("decide_suggestion", ANA, suggestion_id=play.view.suggestions[-1].id, confirm=confirm, **said)
    return play


def step(play: Played) -> str:
    """What the newest suggestion says is next; nothing, if nothing is."""
    return play.view.suggestions[-1].next_step or ""


# a threat that is confirmed is reported


def test_who_confirms_a_threat_has_reported_it() -> None:
    play = decide(told("I will hurt you."))
    assert play.offered == (Rung.MANAGER, (Reason.THREAT,))
    assert [one.text for one in conduct(play).undecided] == ["The customer said “I will hurt you”"]
    assert alert(play, "threat_reported").rung is Rung.MANAGER
    assert "report_threat" in play.kinds


def test_a_threat_is_reported_in_the_words_of_who_confirms_it() -> None:
    play = decide(told("I will hurt you."), text="He named the branch in Leeds.")
    assert conduct(play).undecided[0].text == "He named the branch in Leeds."
    assert conduct(play).undecided[0].by == "ana"


def test_a_threat_that_was_none_is_reported_to_nobody() -> None:
    play = decide(told("I will hurt you."), confirm=False)
    assert (play.view.offer, conduct(play).threats) == (None, ())
    assert "threat_reported" not in play.alerts


def test_a_threat_that_was_reported_needs_no_confirming() -> None:
    play = told("I will hurt you.")
    play.do("report_threat", ANA, text="In his last mail.")
    assert play.view.suggestions[-1].state is SuggestionState.CONFIRMED
    assert len(conduct(play).undecided) == 1
    with refused(Code.NO_SUGGESTION):
        decide(play)


def test_a_threat_in_answer_to_a_resolution_is_reported_by_confirming_it() -> None:
    play = decide(told("I will hurt you.", resolved(READING)))
    assert (play.view.status, play.offered[0]) == (Status.RESOLVED, Rung.MANAGER)


# what to do next


def test_what_may_be_a_threat_says_how_it_is_reported_and_who_decides() -> None:
    play = told("I will hurt you.")
    assert "confirm it" in step(play)
    assert "`decide_safety`" in step(decide(play))
    play.do("decide_safety", MAX, decision="continue", text="Hot air.")
    assert step(play) == ""


def test_abuse_says_which_warning_is_next_and_then_what_follows() -> None:
    play = told("You are idiots.")
    assert "`warn`" in step(play)
    assert "`warn`" in step(decide(play))
    play.do("warn", ANA, text="Please be friendly.")
    assert step(play) == ""
    play.wait(DAY)
    told("You liars.", play)
    assert "second" in step(play)
    play.do("warn", ANA, text="This ends if you go on.")
    play.wait(DAY)
    told("You idiots.", play)
    assert "`end_contact`" in step(play)


@pytest.mark.parametrize("text", ["My lawyer!", "I lost my job.", "I have called five times."])
def test_what_cannot_wait_says_that_it_may_go_up_until_it_has(text: str) -> None:
    play = decide(told(text))
    assert "`needs_attention`" in step(play)
    play.do("escalate", ANA, reason="needs_attention")
    assert step(play) == ""
    play.do("claim", SUE)
    assert step(play) == ""


def test_a_wish_for_a_manager_says_to_answer_it_until_it_is_answered() -> None:
    play = told("Let me speak to a manager.")
    assert "`redirect`" in step(play)
    assert "`redirect`" in step(decide(play))
    play.do("redirect", ANA, text="I can do that.")
    assert step(play) == ""


@pytest.mark.parametrize("text", ["I will hurt you.", "You are idiots.", "My lawyer!", "Let me speak to a manager."])
def test_what_was_dismissed_asks_for_nothing(text: str) -> None:
    assert step(decide(told(text), confirm=False)) == ""


def test_the_next_step_is_where_people_look() -> None:
    play = told("You are idiots.")
    assert "next     Give a first warning: `warn`." in "\n".join(case_lines(play.view))
    assert "Give a first warning: `warn`." in page(play.view, ())


# all that a customer says is read


def test_what_a_customer_says_who_asks_for_a_review_is_read() -> None:
    play = claimed(READING)
    play.do("restrict_contact", MAX, how="written_only", review_at=play.now + DAY, text="Please write.")
    play.do("ask_review", CUSTOMER, text="I will hurt you.")
    assert [one.reason for one in play.view.suggestions] == [Suggested.THREAT]


@pytest.mark.parametrize("field", ["reason", "text"])
def test_what_a_customer_says_who_withdraws_is_read_and_its_threat_can_be_reported(field: str) -> None:
    play = claimed(READING)
    play.do("withdraw", CUSTOMER, **{field: "Keep it. I will hurt you."})
    assert (play.view.status, play.view.closed_as) == (Status.CLOSED, ClosedAs.WITHDRAWN)
    assert "`report_threat`" in step(play)
    assert [one.person for one in play.effects if isinstance(one, AlertStaff)][-1] == "ana"
    play.do("report_threat", ANA, text="He wrote so when he withdrew.")
    assert play.view.suggestions[-1].state is SuggestionState.CONFIRMED


def test_what_a_customer_says_who_accepts_is_read() -> None:
    play = resolved(READING)
    play.do("accept_resolution", CUSTOMER, score=1, comment="My lawyer made you.")
    assert [one.reason for one in play.view.suggestions] == [Suggested.LEGAL_STEP]
    assert step(play) == ""


def test_who_says_nothing_suggests_nothing() -> None:
    play = resolved(READING)
    play.do("accept_resolution", CUSTOMER, score=5)
    assert play.view.suggestions == ()
    climbing = climbed(READING)
    climbing.do("withdraw", CUSTOMER)
    assert climbing.view.suggestions == ()


def test_what_is_next_is_for_staff_only() -> None:
    play = told("You are idiots.")
    assert "warn" not in play.case.view(play.now, SHOP).model_dump_json(include={"suggestions"})
