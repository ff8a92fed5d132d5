from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import ActivityEnvironment

from activities import Activities
from cases.commit import Commit
from cases.complaint import Customer
from cases.effects import (
    AlertStaff,
    ChoosePerson,
    ChooseSpecialist,
    CorrectTerms,
    ExtendCalendar,
    PayRemedy,
    PlanCase,
    ReplanCase,
    TellCustomer,
)
from cases.words import ClosedAs, Priority, Rung
from policies import Policy, restore
from records import Records
from tests.records.asking import Asking
from tests.records.conftest import agent, loads_in
from tests.samples import ANA, CUSTOMER, DAY, NOON, Played, complaint, plan


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
    errands = (PlanCase, ReplanCase, ExtendCalendar, CorrectTerms, ChoosePerson, ChooseSpecialist, PayRemedy)
    assert names == {errand.model_fields["kind"].default for errand in errands} | {"commit", "release", "page"}


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


def test_planning_tells_who_may_grant_more_than_any_rung(
    activities: Activities, records: Records, policy: Policy
) -> None:
    remedies = policy.terms.remedies
    assert remedies
    there = remedies.currencies[remedies.currency]
    most = int(there.of_rung(Rung.EXECUTIVE).scaleb(there.digits))
    records.import_people([agent("mia", authority=most + 1), agent("eva", authority=most)])
    assert [one.person for one in activities.plan(errand()).trusted] == ["mia"]


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
    assert planning.why == "Nobody at the rung agent of team cards is in the directory."
    assert planning.plan.team == "cards"


def test_planning_knows_the_customers_other_cases(activities: Activities) -> None:
    earlier = Played(plan(), reference="older")
    activities.commit(commit_of(earlier))
    stranger = Played(plan(), reference="strangers", customer=Customer(id="c-2"))
    activities.commit(commit_of(stranger))
    assert activities.plan(errand(reference="newer")).earlier_cases == (earlier.view.case_id,)
    assert activities.plan(errand(reference="older")).earlier_cases == ()


def test_planning_tells_how_the_customers_earlier_cases_ended(activities: Activities) -> None:
    old = Played(plan(), reference="oldest", product="Loan")
    old.do("claim", ANA)
    old.do("resolve", ANA, text="The fee is waived. " * 40)
    old.do("accept_resolution", CUSTOMER)
    activities.commit(commit_of(old))
    for number in range(6):
        newer = Played(plan(), reference=f"newer-{number}", now=old.now + DAY)
        activities.commit(commit_of(newer))
    planning = activities.plan(errand(reference="newest", follows=old.case.case_id))
    assert len(planning.earlier_cases) == 7
    assert len(planning.earlier) == 5
    told = planning.earlier[-1]
    assert (told.case_id, told.product, told.closed_as) == (old.case.case_id, "Loan", ClosedAs.ACCEPTED)
    assert told.resolution
    assert len(told.resolution) == 300


def test_planning_tells_nothing_of_another_customers_case(activities: Activities) -> None:
    theirs = Played(plan(), reference="theirs", customer=Customer(id="c-2"))
    activities.commit(commit_of(theirs))
    assert activities.plan(errand(follows=theirs.case.case_id)).earlier == ()


def test_planning_knows_what_the_customer_got_in_other_cases(activities: Activities) -> None:
    payment: dict[str, Any] = {
        "case_id": "shop-otherother",
        "remedy_id": "r1",
        "remedy": "refund",
        "currency": "GBP",
        "proposed_by": "ana",
        "granted_by": "sue",
        "granted_at": NOON,
    }
    for number, (customer, amount) in enumerate((("c-1", "0.10"), ("c-1", "0.20"), ("c-2", "5"))):
        asked = {**payment, "id": f"shop-otherother:{number}", "customer_id": customer, "amount": amount}
        assert activities.pay(PayRemedy.model_validate(asked)).reference
    assert activities.plan(errand()).granted_before == {"GBP": Decimal("0.30")}


def test_choosing_offers_on_until_nobody_is_left_and_then_says_why(activities: Activities) -> None:
    never: list[str] = []
    for n in range(10):
        choice = activities.choose(
            ChoosePerson(id=f"shop-x:{n}", case_id="shop-x", team="cards", rung=Rung.AGENT, never=tuple(never))
        )
        if choice.person is None:
            assert choice.why == "Nobody at the rung agent of team cards is free: 4 declined or asked before."
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


def test_specialist_who_is_chosen_is_told_the_question_once(activities: Activities, records: Records) -> None:
    asked = Asking(plan())
    first = activities.choose_specialist(asked.errand)
    assert activities.choose_specialist(asked.errand) == first
    (told,) = records.outbox(asked.view.case_id)
    assert (told.effect_id, told.to_person, told.team) == (asked.errand.id, first.person, "billing")
    assert told.subject == f"A question for you: Credit card by email ({asked.view.case_id})"
    assert "Was the second invoice paid?" in told.text
    assert asked.handoff_id in told.text


def test_queue_is_told_when_no_specialist_is_free(activities: Activities, records: Records) -> None:
    records.import_people([agent("vera", teams=("billing",), available=False)])
    asked = Asking(plan())
    assert activities.choose_specialist(asked.errand).person is None
    (told,) = records.outbox(asked.view.case_id)
    assert (told.to_person, told.subject.partition(":")[0]) == (None, "A question for the queue of billing")


def test_nobody_is_told_of_a_question_that_is_over_or_that_nobody_could_answer(
    activities: Activities, records: Records
) -> None:
    asked, other = Asking(plan()), Asking(plan(), "legal", reference="other")
    errand = asked.errand
    asked.own("cancel_hand_off", reason="Found it")
    activities.commit(commit_of(asked.played))
    told = records.outbox(asked.view.case_id)
    assert activities.choose_specialist(errand).person is None
    assert not activities.choose_specialist(other.errand).staffed
    assert records.outbox(asked.view.case_id) == told
    assert records.outbox(other.view.case_id) == []


def test_everybody_of_a_hand_off_is_told_in_words(activities: Activities, records: Records) -> None:
    asked = Asking(plan())
    activities.choose_specialist(asked.errand)
    asked.asked(records)
    person = asked.view.offered_to
    assert person is not None
    assert person.person is not None
    asked.act("accept", person.person)
    asked.act("ask_back", person.person, text="Which one?")
    asked.own("answer_back", text="That of March.")
    asked.act("answer", person.person, text="Yes, on 3 March.")
    activities.commit(commit_of(asked.played))
    told = {one.template: one for one in records.outbox(asked.view.case_id)}
    assert told.keys() >= {"handed_off", "hand_off_asked_back", "hand_off_answered_back", "hand_off_answered"}
    assert (told["hand_off_asked_back"].to_person, told["hand_off_answered"].to_person) == ("ana", "ana")
    assert told["hand_off_answered_back"].to_person == person.person
    assert told["hand_off_answered"].text.startswith(
        f"The answer of {person.person} to your question:\nYes, on 3 March."
    )


NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def test_a_plan_has_the_calendars_of_the_case_s_own_time(records: Records, office: Policy) -> None:
    planning = Activities(records, office).plan(errand().model_copy(update={"now": NOW}))
    assert planning.plan.calendars == {"uk-office": office.calendars(NOW)["uk-office"]}


def test_a_case_is_planned_again_by_its_own_policy_not_by_the_workers(
    records: Records, policy: Policy, office: Policy
) -> None:
    Activities(records, office).plan(errand())
    said = errand(product="Mortgage", issue="Fraud or scam")
    asked = ReplanCase(id="x:2", case_id=said.case_id, complaint=said.complaint, policy_hash=office.hash)
    assert Activities(records, policy).replan(asked).rule == "lending-urgent"


def test_a_policy_that_nobody_has_is_said_with_its_remedy(records: Records, policy: Policy) -> None:
    said = errand()
    asked = ReplanCase(id="x:2", case_id=said.case_id, complaint=said.complaint, policy_hash="unknown")
    with pytest.raises(LookupError, match="no policy unknown: restore"):
        Activities(records, policy).replan(asked)


def test_more_of_a_calendar_joins_without_a_gap_and_changes_nothing_known(records: Records, office: Policy) -> None:
    known = office.calendars(NOW)["uk-office"]
    asked = ExtendCalendar(
        id="x:2", case_id="x", calendar="uk-office", until=known.horizon[1], policy_hash=office.hash, now=NOW
    )
    further = known.extend(Activities(records, office).extend(asked).calendar)
    assert further.horizon[1] > known.horizon[1] + timedelta(days=365)
    assert further == office.compiled("uk-office", known.horizon[0], further.horizon[1])


def test_a_corrected_policy_is_kept_before_anybody_counts_by_it(
    records: Records, policy: Policy, office: Policy
) -> None:
    asked = CorrectTerms(id="x:2", case_id="x", policy=office.content, since=NOW, now=NOW)
    answer = Activities(records, policy).correct(asked)
    assert (answer.terms, set(answer.calendars)) == (office.terms, {"uk-office"})
    assert records.policy(office.hash) == office.content


@pytest.mark.parametrize("content", ["{}", "no JSON", '{"name": 1}'])
def test_a_policy_that_cannot_be_used_is_an_answer_not_an_errand_for_ever(
    records: Records, policy: Policy, content: str
) -> None:
    asked = CorrectTerms(id="x:2", case_id="x", policy=content, since=NOW, now=NOW)
    answer = Activities(records, policy).correct(asked)
    assert answer.terms is None
    assert answer.problem
