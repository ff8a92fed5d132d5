from __future__ import annotations

from datetime import UTC, datetime

import pytest
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import ActivityEnvironment

from activities import Activities
from cases.commit import Commit
from cases.complaint import Customer
from cases.effects import AlertStaff, ChoosePerson, PlanCase, TellCustomer
from cases.words import Priority, Rung
from policies import Policy, restore
from records import Records
from tests.records.conftest import loads_in
from tests.samples import ANA, DAY, Played, complaint, plan


@pytest.fixture
def activities(records: Records, policy: Policy) -> Activities:
    return Activities(records, policy)


def errand(**fields: object) -> PlanCase:
    said = complaint(**fields)
    return PlanCase(id=f"{said.case_id}:1", case_id=said.case_id, complaint=said)


def commit_of(played: Played) -> Commit:
    notices = tuple(effect for effect in played.effects if isinstance(effect, TellCustomer | AlertStaff))
    return Commit(view=played.view, entries=tuple(played.case.timeline()), notices=notices)


def test_activities_are_named_as_their_errands_are(activities: Activities) -> None:
    names = {getattr(method, "__temporal_activity_definition").name for method in activities.all()}
    assert names == {PlanCase.model_fields["kind"].default, ChoosePerson.model_fields["kind"].default, "commit"}


def test_planning_finds_team_priority_and_somebody_of_that_team(activities: Activities, records: Records) -> None:
    planning = activities.plan(errand(product="Mortgage", issue="Struggling to pay mortgage"))
    assert (planning.plan.team, planning.plan.rung, planning.plan.priority) == ("lending", Rung.AGENT, Priority.P3)
    person = records.person(planning.person or "")
    assert person is not None
    assert person.in_line_of("lending")


def test_planning_pins_the_policy_and_keeps_it(activities: Activities, records: Records, policy: Policy) -> None:
    planned = activities.plan(errand()).plan
    assert planned.terms == policy.terms
    kept = records.policy(planned.terms.policy_hash)
    assert kept is not None
    assert restore(kept).terms == policy.terms


def test_planning_again_gives_the_same_person_and_takes_no_second_place(
    activities: Activities, records: Records
) -> None:
    first = activities.plan(errand())
    assert activities.plan(errand()) == first
    assert loads_in(records) == {first.person: 1}


def test_planning_goes_on_when_nobody_is_available(activities: Activities, records: Records) -> None:
    records.import_people([])
    planning = activities.plan(errand())
    assert planning.person is None
    assert planning.plan.team == "cards"


def test_planning_knows_the_customers_other_cases(activities: Activities) -> None:
    earlier = Played(plan(), reference="older")
    activities.commit(commit_of(earlier))
    stranger = Played(plan(), reference="strangers", customer=Customer(id="c-2"))
    activities.commit(commit_of(stranger))
    assert activities.plan(errand(reference="newer")).earlier_cases == (earlier.view.case_id,)
    assert activities.plan(errand(reference="older")).earlier_cases == ()


def test_choosing_offers_on_until_nobody_is_left_and_then_says_why(activities: Activities) -> None:
    never: list[str] = []
    for n in range(10):
        choice = activities.choose(
            ChoosePerson(id=f"shop-x:{n}", case_id="shop-x", team="cards", rung=Rung.AGENT, never=tuple(never))
        )
        if choice.person is None:
            assert choice.why == "Nobody at the rung agent of team cards is free: 4 asked before."
            break
        assert choice.person not in never
        never.append(choice.person)
    assert len(never) == 4


def test_commit_puts_words_into_the_outbox_once(activities: Activities, records: Records) -> None:
    played = Played(plan())
    played.do("claim", ANA)
    played.do("reply", ANA, text="We have found the second charge.")
    commit = commit_of(played)
    activities.commit(commit)
    activities.commit(commit)
    sent = records.outbox(played.view.case_id)
    assert [one.template for one in sent] == ["offered", "opened", "reply"]
    assert sent[1].subject == "Your complaint order-1042: Credit card"
    assert sent[1].text.startswith("Dear Iris Vale,\n\nThank you for telling us")
    assert "We have found the second charge." in sent[2].text


async def test_commit_survives_the_way_through_temporal(activities: Activities, records: Records) -> None:
    played = Played(plan())
    (payload,) = await pydantic_data_converter.encode([commit_of(played)])
    (arrived,) = await pydantic_data_converter.decode([payload], [Commit])
    ActivityEnvironment().run(activities.commit, arrived)
    found = records.find(played.view.case_id)
    assert found is not None
    assert found[0] == played.view
    assert found[1] <= datetime.now(UTC)


def test_every_message_and_alert_of_a_long_case_has_words(activities: Activities, records: Records) -> None:
    played = Played(plan())
    played.wait(30 * DAY)
    activities.commit(commit_of(played))
    assert {one.template for one in records.outbox(played.view.case_id)} >= {"opened", "top_rung"}
