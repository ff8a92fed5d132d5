"""What the demo's complaints are about, and how its people decide: played with the rules alone, without a server."""

from __future__ import annotations

from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from cases.effects import Choice
from cases.people import Person
from cases.words import Channel, ClockName, ClockState, ClosedAs, Reason, Rung, SafetyDecision, Status
from policies import load
from starter.demo.complaints import invented
from starter.demo.customers import SAYS
from starter.demo.deeds import KINDS, deed
from starter.demo.habits import next_step
from starter.demo.oversight import Oversight
from starter.demo.specialists import next_answer
from starter.demo.stories import STORIES, Conduct, Plot, Story, stories
from tests.records.asking import Asking
from tests.records.conftest import TEAM
from tests.samples import ANA, BEN, MAX, SHOP, SUE, Played, plan
from tests.samples import deed as sent

DEMO = Path(__file__).parents[2] / "policies" / "demo.toml"
PEOPLE = {
    actor.id: Person(id=actor.id, name=actor.id, rung=actor.rung or Rung.AGENT, teams=actor.teams, skills=actor.skills)
    for actor in (ANA, BEN, SUE, MAX)
}


def work(case: Played, plot: Plot, who: Any = ANA) -> list[str]:
    """Lets `who` act until it is not their move any more; a refusal would be raised. The kinds of what they did."""
    done: list[str] = []
    while step := next_step(case.case.view(case.now, who), PEOPLE[who.id], PEOPLE["ben"], plot):
        action = dict(step.action)
        case.do(action.pop("kind"), who, **action)
        case.wait(timedelta(seconds=1))
        done.append(step.action["kind"])
        assert len(done) < 10
    return done


def consult(asking: Asking, plot: Plot, who: Person) -> list[str]:
    """The same for a specialist and a question."""
    done: list[str] = []
    while step := next_answer(asking.handoff.view(asking.played.now, who.actor), who, plot):
        action = dict(step.action)
        asking.act(action.pop("kind"), who.id, **action)
        asking.wait(timedelta(seconds=1))
        done.append(step.action["kind"])
        assert len(done) < 10
    return done


@pytest.mark.parametrize(
    ("story", "does"),
    [
        (Story("kept"), ["claim", "reply", "resolve"]),
        (Story("neglected", lets_pass=(0,)), []),
        (Story("declined", declines=True), ["decline"]),
        (Story("unanswered", answers=False, leaves_resolving=True), ["claim"]),
        (Story("asked", asks=True), ["claim", "reply", "wait_for_customer"]),
        (Story("asked in vain", asks=True, resumes=True), ["claim", "reply", "wait_for_customer", "resume", "resolve"]),
        (Story("transferred", transfers=True), ["claim", "reply", "transfer"]),
        (
            Story("given up", gives_up=Reason.NO_COMMON_GROUND, leaves_resolving=True),
            ["claim", "reply", "attempt", "escalate"],
        ),
        (Story("asks", consults=("billing",)), ["claim", "reply", "hand_off"]),
        (Story("asks two", consults=("billing", "fraud")), ["claim", "reply", "hand_off", "hand_off"]),
        (
            Story("calls off", consults=("billing",), calls_off=True),
            ["claim", "reply", "hand_off", "cancel_hand_off", "resolve"],
        ),
        (
            Story("does without", consults=("billing",), resolves_despite=True),
            ["claim", "reply", "hand_off", "resolve"],
        ),
        (Story("gives back", proposes="25.50"), ["claim", "reply", "propose_remedy", "resolve"]),
        (Story("gives back more", proposes="120.00"), ["claim", "reply", "propose_remedy"]),
        (Story("calls", deeds=("promise",)), ["claim", "reply", "promise", "attempt", "resolve"]),
        (Story("holds nobody who writes", deeds=("hold", "unhold")), ["claim", "reply", "resolve"]),
        (
            Story("abused", deeds=("warn", "warn", "end_contact")),
            ["claim", "reply", "warn", "warn", "end_contact"],
        ),
        (Story("threatened", deeds=("report_threat",)), ["claim", "reply", "report_threat"]),
    ],
    ids=lambda each: each.name if isinstance(each, Story) else "",
)
def test_the_first_rung_does_what_the_story_says_and_nothing_that_the_case_refuses(
    story: Story, does: list[str]
) -> None:
    assert work(Played(plan()), Plot(story)) == does


def test_an_offer_that_is_let_pass_is_taken_up_by_the_next_person() -> None:
    case, plot = Played(plan()), Plot(Story("neglected once", lets_pass=(0,)))
    assert work(case, plot) == []

    case.wait(timedelta(hours=1))
    case.choose("ben")

    assert work(case, plot, BEN) == ["claim", "reply", "resolve"]


def test_a_customer_who_asks_for_a_manager_is_redirected_or_left_waiting_as_the_story_says() -> None:
    for redirects, does in ((True, ["redirect"]), (False, [])):
        case = Played(plan())
        plot = Plot(Story("asks", redirects=redirects, leaves_resolving=True))
        work(case, plot)
        case.do("ask_for_manager", SHOP)
        assert work(case, plot) == does


def test_who_calls_is_put_on_hold_and_may_go_on_by_email() -> None:
    case = Played(plan(), channel=Channel.PHONE)
    assert work(case, Plot(Story("held", deeds=("hold", "unhold")))) == ["claim", "reply", "hold", "unhold", "resolve"]

    case.do("change_channel", SHOP, **SAYS["change_channel"])
    assert case.view.channel is Channel.EMAIL


def test_a_promised_callback_is_kept_by_an_attempt() -> None:
    case = Played(plan())
    work(case, Plot(Story("calls", deeds=("promise",))))

    assert case.clock(ClockName.CALLBACK).state is ClockState.FULFILLED


def test_a_manager_decides_on_a_threat_and_then_resolves() -> None:
    case, plot = Played(plan()), Plot(Story("threatened", deeds=("report_threat",)))
    work(case, plot)
    case.choose("max")

    assert work(case, plot, MAX) == ["claim", "decide_safety", "resolve"]


def test_a_restriction_is_lifted_when_the_customer_asks_for_its_review_or_when_that_is_due() -> None:
    for asks in (True, False):
        case = Played(plan())
        plot = Plot(Story("restricted", deeds=("report_threat",), decides=SafetyDecision.RESTRICT))
        work(case, plot)
        case.choose("max")
        assert work(case, plot, MAX) == ["claim", "decide_safety", "restrict_contact"]

        if asks:
            case.do("ask_review", SHOP, **SAYS["ask_review"])
        else:
            case.wait(timedelta(seconds=15))
        assert work(case, plot, MAX)[-2:] == ["restrict_contact", "resolve"]


def test_an_owner_reopens_a_closed_case_once() -> None:
    case, plot = Played(plan()), Plot(Story("reopens", reopens=True))
    work(case, plot)
    case.do("accept_resolution", SHOP)
    assert work(case, plot) == ["reopen", "resolve"]

    case.do("accept_resolution", SHOP)
    assert work(case, plot) == []
    assert case.view.status is Status.CLOSED


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_deed_is_an_action_that_the_case_understands(kind: str) -> None:
    fields = deed(kind, Played(plan()).view)

    assert sent(fields.pop("kind"), ANA, **fields).kind == kind


def test_customers_know_what_to_say_for_each_of_their_moves() -> None:
    assert {move.kind for story in STORIES for move in story.moves} | {"accept_resolution"} == set(SAYS)


def test_an_action_from_above_is_waited_for_and_done_once() -> None:
    case, plot = Played(plan()), Plot(Story("its owner goes home", above=Oversight.REPLACES))
    assert work(case, plot) == ["claim", "reply"]

    assert work(case, plot, SUE) == ["assign"]
    assert case.offered == (Rung.AGENT, (Reason.OWNER_UNAVAILABLE,))
    case.choose("ben")
    assert work(case, plot, BEN) == ["claim", "resolve"]


def test_a_manager_closes_what_came_twice() -> None:
    case, plot = Played(plan()), Plot(Story("twice", above=Oversight.CLOSES_DUPLICATE), earlier="demo-aaaaaaaaaa")
    work(case, plot)
    assert work(case, plot, SUE) == []
    assert work(case, plot, MAX) == ["close"]
    assert case.view.closed_as is ClosedAs.DUPLICATE


def test_what_is_sent_back_down_is_solved_there() -> None:
    case, plot = Played(plan()), Plot(Story("sent back", gives_up=Reason.NO_COMMON_GROUND, sent_back=True))
    assert work(case, plot) == ["claim", "reply", "attempt", "escalate"]
    case.choose("sue")
    assert work(case, plot, SUE) == ["claim", "de_escalate"]
    case.choose("ana")
    assert work(case, plot) == ["claim", "resolve"]


@pytest.mark.parametrize("rejected", [False, True])
def test_somebody_above_decides_what_is_beyond_the_first_rung_and_then_it_is_resolved(rejected: bool) -> None:
    case = Played(plan())
    plot = Plot(Story("gives back more", proposes="120.00", rejected=rejected))
    work(case, plot)

    assert work(case, plot, SUE) == ["decide_remedy"]
    assert work(case, plot) == ["resolve"]
    assert len(case.payments) == (0 if rejected else 1)


def test_a_higher_rung_does_what_the_first_left_undone() -> None:
    case = Played(plan())
    plot = Plot(Story("unanswered", answers=False, leaves_resolving=True))
    work(case, plot)

    case.wait(timedelta(hours=6))
    case.choose("sue")

    assert work(case, plot, SUE) == ["claim", "reply", "resolve"]


@pytest.mark.parametrize(
    ("conduct", "does"),
    [
        (Conduct.ANSWERS, ["accept", "answer"]),
        (Conduct.ASKS_BACK, ["accept", "ask_back"]),
        (Conduct.DECLINES, ["decline"]),
        (Conduct.LETS_PASS, []),
        (Conduct.FORGETS, ["accept"]),
    ],
)
def test_specialists_do_what_the_story_says_and_nothing_that_the_hand_off_refuses(
    conduct: Conduct, does: list[str]
) -> None:
    asking = Asking()
    asking.choose(asking.errand, Choice(person="vera"))

    assert consult(asking, Plot(Story("asks", specialists=(conduct,))), TEAM[0]) == does


def test_a_question_that_one_specialist_declined_is_answered_by_the_next() -> None:
    asking, plot = Asking(), Plot(Story("asks", specialists=(Conduct.DECLINES,)))
    asking.choose(asking.errand, Choice(person="vera"))
    consult(asking, plot, TEAM[0])

    asking.choose(asking.errand, Choice(person="wale"))

    assert consult(asking, plot, TEAM[0]) == []
    assert consult(asking, plot, TEAM[1]) == ["accept", "answer"]


def test_an_owner_answers_what_is_asked_back_and_resolves_once_the_answer_is_there() -> None:
    asking, plot = Asking(), Plot(Story("asks", specialists=(Conduct.ASKS_BACK,)))
    asking.choose(asking.errand, Choice(person="vera"))
    consult(asking, plot, TEAM[0])

    step = next_step(asking.played.case.view(asking.played.now, ANA), PEOPLE["ana"], None, plot)
    assert step is not None
    assert step.action["kind"] == "answer_back"
    asking.own("answer_back", text=step.action["text"])

    assert consult(asking, plot, TEAM[0]) == ["answer"]
    assert work(asking.played, plot) == ["reply", "resolve"]


def test_about_a_fifth_of_the_cases_ask_specialists() -> None:
    told = stories(seed=7, count=60)

    assert 11 <= sum(bool(story.consults) for story in told) <= 18


def test_every_story_is_told_once_before_any_is_told_twice() -> None:
    told = stories(seed=3, count=len(STORIES) + 40)

    assert tuple(told[: len(STORIES)]) == STORIES
    assert told == stories(seed=3, count=len(STORIES) + 40)
    assert told != stories(seed=4, count=len(STORIES) + 40)


def test_invented_complaints_are_the_same_for_a_seed_and_go_to_every_team() -> None:
    sixty = list(islice(invented(7), 60))
    policy = load(DEMO)

    assert sixty == list(islice(invented(7), 60))
    assert len({complaint.reference for complaint in sixty}) == 60
    assert len({complaint.text for complaint in sixty}) > 50
    assert {policy.plan(complaint).team for complaint in sixty} == set(policy.teams)
    assert {policy.plan(complaint).priority.value for complaint in sixty} >= {"P1", "P2", "P3"}
