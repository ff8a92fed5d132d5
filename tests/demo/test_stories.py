"""What the demo's complaints are about, and how its people decide: played with the rules alone, without a server."""

from __future__ import annotations

from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from cases.people import Person
from cases.words import Reason, Rung
from policies import load
from starter.demo.complaints import invented
from starter.demo.habits import next_step
from starter.demo.stories import STORIES, Plot, Story, stories
from tests.samples import ANA, BEN, SHOP, SUE, Played, plan

DEMO = Path(__file__).parents[2] / "policies" / "demo.toml"
PEOPLE = {
    actor.id: Person(id=actor.id, name=actor.id, rung=actor.rung or Rung.AGENT, teams=actor.teams, skills=actor.skills)
    for actor in (ANA, BEN, SUE)
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


def test_a_higher_rung_does_what_the_first_left_undone() -> None:
    case = Played(plan())
    plot = Plot(Story("unanswered", answers=False, leaves_resolving=True))
    work(case, plot)

    case.wait(timedelta(hours=6))
    case.choose("sue")

    assert work(case, plot, SUE) == ["claim", "reply", "resolve"]


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
