"""The files that we ship are right, and fit each other and the complaints that they are for."""

from __future__ import annotations

import itertools
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cases.words import Channel, ClockName, Priority, Rung
from policies import Policy, check_people, explain, load, load_people
from tests.samples import NOON, complaint

FOLDER = Path(__file__).parents[2] / "policies"
POLICIES = ("default", "demo")
PEOPLE = FOLDER / "demo-people.toml"


@pytest.fixture(params=POLICIES)
def policy(request: pytest.FixtureRequest) -> Policy:
    return load(FOLDER / f"{request.param}.toml")


def test_every_team_has_people_at_every_rung(policy: Policy) -> None:
    assert check_people(PEOPLE, policy.teams) == []


def test_an_offer_that_is_let_pass_can_go_beside_twice(policy: Policy) -> None:
    people = load_people(PEOPLE)
    for team in policy.teams:
        agents = [person for person in people if person.rung is Rung.AGENT and person.in_line_of(team)]
        assert len(agents) >= 3


@pytest.mark.parametrize("team", ["billing", "fraud"])
def test_each_team_of_specialists_can_be_asked_twice_more_and_has_a_supervisor(team: str) -> None:
    rungs = Counter(person.rung for person in load_people(PEOPLE) if team in person.teams)
    assert rungs == {Rung.AGENT: 3, Rung.SUPERVISOR: 1}


def test_two_specialists_in_turn_have_time_to_answer_before_the_owner_was_promised_it(policy: Policy) -> None:
    for priority, channel, rung in itertools.product(Priority, Channel, Rung):
        plan = policy.plan(complaint()).model_copy(update={"priority": priority})
        names = (ClockName.HAND_OFF, ClockName.ACCEPT, ClockName.ANSWER)
        hand_off, accept, answer = (plan.limit(name, channel, rung)[0].within or timedelta.max for name in names)
        assert 2 * (accept + answer) <= hand_off


def test_no_complaint_falls_into_a_gap(policy: Policy) -> None:
    for channel in Channel:
        for tier in (None, *policy.form.tiers):
            explained = explain(policy, complaint(channel=channel, tier=tier))
            assert not [clock for clock in explained.clocks if clock.gap]


@pytest.mark.parametrize(
    ("product", "issue", "team", "priority"),
    [
        ("Credit card or prepaid card", "Late fee", "cards", Priority.P3),
        ("Checking or savings account", "Managing an account", "cards", Priority.P3),
        ("Money transfers", "Fraud or scam", "cards", Priority.P1),
        ("Payday loan, title loan, or personal loan", "Getting the loan", "lending", Priority.P3),
        ("Vehicle loan or lease", "Vehicle was repossessed or sold the vehicle", "lending", Priority.P1),
        ("Mortgage", None, "lending", Priority.P3),
        ("Debt collection", "Attempts to collect debt not owed", "lending", Priority.P2),
        ("Credit reporting", "Incorrect information on credit report", "general", Priority.P3),
    ],
)
def test_real_complaints_go_where_they_belong(
    policy: Policy, product: str, issue: str | None, team: str, priority: Priority
) -> None:
    plan = policy.plan(complaint(product=product, issue=issue))
    assert (plan.team, plan.priority) == (team, priority)


def test_no_clock_of_the_demo_is_too_short_for_a_timer() -> None:
    terms = load(FOLDER / "demo.toml").terms
    for clock in terms.clocks.values():
        lengths = [clock.default, *(target.within for target in clock.targets)]
        assert min(filter(None, lengths)) >= timedelta(seconds=3)


def test_a_week_without_news_and_three_weeks_of_silence_are_such_on_the_wall() -> None:
    """On a calendar a length is open time: seven days of office hours are a month."""
    explained = explain(load(FOLDER / "default.toml"), complaint(), NOON)
    due = {clock.clock: clock.due_at for clock in explained.clocks}
    assert due[ClockName.UPDATE] == datetime(2026, 3, 9, 17, 30, tzinfo=UTC)
    assert due[ClockName.CUSTOMER_SILENCE] == NOON + timedelta(days=21)
