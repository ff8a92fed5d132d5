"""The page that a new owner reads, so that the customer need not tell it again; and whose move the view says it is."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest

from cases.events import SYSTEM
from cases.outcomes import CancelRequested, Delayed
from cases.view import Brief, CaseView
from cases.words import ClockName, WaitingOn
from tests.samples import (
    ANA,
    CUSTOMER,
    HOUR,
    MAX,
    MINUTE,
    NOON,
    SUE,
    Played,
    attempted,
    claimed,
    climbed,
    closed,
    plan,
    resolved,
    waiting,
)


def brief(play: Played) -> Brief:
    """The brief now."""
    return play.case.brief()


# the brief


def test_the_brief_says_in_one_line_who_complains_of_what_and_what_they_want() -> None:
    headline = brief(claimed()).headline
    assert (
        headline == "Iris Vale complains by email about Credit card: Charged twice. They want: The second charge back."
    )


def test_the_brief_has_the_customers_own_words() -> None:
    assert brief(claimed()).complaint == "I was charged twice for one order and nobody answers me."


def test_the_brief_has_the_chatbots_transcript() -> None:
    assert brief(claimed(transcript="Bot: How can I help?")).transcript == "Bot: How can I help?"


def test_the_brief_says_why_the_case_climbed() -> None:
    play = attempted()
    play.do("escalate", ANA, reason="irate", text="Third call today")
    [step] = brief(play).why_it_climbed
    assert (step.by, step.text) == ("ana", "agent to supervisor: the customer grows more upset (Third call today)")


def test_the_brief_names_a_reason_that_joined_an_open_offer_too() -> None:
    play = claimed()
    play.wait(6 * HOUR)
    play.do("ask_for_manager", CUSTOMER)
    play.wait(30 * MINUTE)
    reasons = [step.text for step in brief(play).why_it_climbed]
    assert len(reasons) == 2
    assert "the customer insists on a manager" in reasons[1]


def test_the_brief_has_what_was_tried() -> None:
    [tried] = brief(attempted()).tried
    assert (tried.by, tried.text) == ("ana", "Called the bank — they do not answer")


def test_whoever_takes_it_up_still_reads_what_was_tried_below() -> None:
    assert [tried.by for tried in brief(climbed()).tried] == ["ana"]


def test_the_brief_has_what_both_sides_said_in_order() -> None:
    play = claimed()
    play.do("reply", ANA, text="Which of the two?", asks="Which charge?")
    play.do("message", CUSTOMER, text="The second.")
    assert [(said.by, said.text) for said in brief(play).said] == [
        ("company", "Which of the two?"),
        ("customer", "The second."),
    ]


@pytest.mark.parametrize(
    ("kind", "text"), [("note", "They shout."), ("attempt", "Called.")], ids=lambda value: str(value)
)
def test_what_colleagues_note_is_not_what_was_said(kind: str, text: str) -> None:
    play = claimed()
    play.do(kind, ANA, text=text, **({"outcome": "no"} if kind == "attempt" else {}))
    assert brief(play).said == ()


def test_the_brief_has_the_question_that_the_customer_has_not_answered() -> None:
    assert brief(waiting()).open_question == "Which charge is wrong?"


def test_the_brief_says_what_is_due_when() -> None:
    assert brief(claimed()).due["first_response"] == NOON + 6 * HOUR


def test_the_brief_keeps_only_the_newest_words() -> None:
    play = claimed()
    for n in range(30):
        play.do("message", CUSTOMER, text=f"{n}")
    assert [said.text for said in brief(play).said] == [f"{n}" for n in range(10, 30)]


# the view


@pytest.mark.parametrize(
    ("brought", "mover"),
    [
        (lambda: Played(plan()), WaitingOn.OFFER),
        (claimed, WaitingOn.OWNER),
        (waiting, WaitingOn.CUSTOMER),
        (resolved, WaitingOn.CUSTOMER),
        (closed, WaitingOn.NOBODY),
    ],
    ids=["offered", "claimed", "waiting", "resolved", "closed"],
)
def test_the_view_says_whose_move_it_is(brought: type[Played], mover: WaitingOn) -> None:
    assert brought().view.waiting_on is mover


def test_a_held_confirmation_is_the_owners_move() -> None:
    play = resolved()
    play.do("message", CUSTOMER, text="One more thing.")
    assert play.view.waiting_on is WaitingOn.OWNER


def test_what_does_not_succeed_is_in_the_view() -> None:
    play = claimed()
    play.happen(Delayed(id=uuid4(), by=SYSTEM, effect="records", error="disk full"))
    assert (play.view.waiting_on, play.view.stuck) == (WaitingOn.STUCK, ("records: disk full",))


def test_the_view_has_the_deadline_of_the_offer() -> None:
    offer = Played(plan()).view.offer
    assert offer
    assert offer.expires_at == NOON + HOUR


def test_the_next_deadline_is_one_that_can_still_be_kept() -> None:
    play = claimed()
    play.wait(6 * HOUR)
    play.do("claim", SUE)
    assert play.view.next_due == play.clock(ClockName.RESOLUTION).due_at


def test_the_view_is_a_version_of_the_timeline() -> None:
    play = climbed()
    assert play.view.version == play.case.timeline()[-1].n


def test_how_often_a_case_climbed_is_counted() -> None:
    assert (claimed().view.escalations, climbed().view.escalations) == (0, 1)


@pytest.mark.parametrize("brought", [Played, claimed, climbed, waiting, resolved, closed])
def test_the_view_goes_through_json_unchanged(brought: type[Played]) -> None:
    view = brought().view
    assert CaseView.model_validate(json.loads(view.model_dump_json())) == view


def test_cancelling_the_workflow_is_told_to_the_owner_and_changes_nothing() -> None:
    play = claimed()
    play.happen(CancelRequested(id=uuid4(), by=SYSTEM))
    assert (play.case.status, play.alerts[-1]) == ("open", "cancel_requested")


def test_a_manager_who_takes_over_reads_the_same_brief_as_the_owner() -> None:
    play = climbed()
    before = brief(play)
    play.do("claim", MAX)
    after = brief(play)
    assert (after.said, after.tried, after.complaint) == (before.said, before.tried, before.complaint)
