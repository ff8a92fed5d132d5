"""From complaint to case: planning, what waits for it, and the promises that count from the opening."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from cases.case import Case
from cases.effects import ChoosePerson, PlanCase, TellCustomer
from cases.events import SYSTEM, Actor, Code, Refused
from cases.outcomes import Delayed, Planned, Recovered
from cases.plan import ClockTerms, Plan, Target
from cases.words import Channel, ClockName, ClosedAs, Rung, Status, WaitingOn
from tests.samples import (
    ANA,
    BEN,
    BOT,
    CUSTOMER,
    DAY,
    HOUR,
    LEO,
    MINUTE,
    NOON,
    REGIME,
    SHOP,
    Played,
    complaint,
    plan,
    planned,
    refused,
    terms,
)


def test_a_complaint_opens_a_case_owned_by_the_intake_queue() -> None:
    view = Played().view
    assert (view.status, view.owner.queue, view.offer) == (Status.OPENING, "intake", None)


def test_cases_of_one_policy_share_what_it_says() -> None:
    text = plan(regime=REGIME).model_dump_json()
    one, other = Plan.model_validate_json(text), Plan.model_validate_json(text)
    assert (one.terms is other.terms, one.regime is other.regime) == (True, True)


def test_terms_of_another_content_are_never_taken_for_those_of_the_same_hash() -> None:
    one, other = (Plan.model_validate_json(plan(terms(confirm=n * DAY)).model_dump_json()) for n in (1, 2))
    assert [there.terms.clocks[ClockName.CONFIRM].default for there in (one, other)] == [DAY, 2 * DAY]


def test_the_first_effect_is_to_plan() -> None:
    play = Played()
    assert [(type(effect), effect.id) for effect in play.effects] == [(PlanCase, f"{play.case.case_id}:1")]


def test_a_complaint_received_in_the_future_is_refused() -> None:
    with refused(Code.RECEIVED_IN_FUTURE):
        Case.open(complaint(received_at=NOON + timedelta(seconds=1)), NOON)


def test_a_complaint_received_at_this_very_moment_is_opened() -> None:
    case, _ = Case.open(complaint(received_at=NOON), NOON)
    assert case.view(NOON).received_at == NOON


def test_planning_opens_the_case_in_the_queue_of_its_team_at_the_planned_rung() -> None:
    view = Played(plan(rung=Rung.SUPERVISOR, team="loans")).view
    assert (view.status, view.owner.queue, view.rung) == (Status.OPEN, "loans", Rung.SUPERVISOR)


def test_a_planned_case_is_offered_to_the_person_that_planning_chose() -> None:
    offer = Played(plan(), person="ben").view.offer
    assert offer
    assert offer.to.person == "ben"


def test_a_planned_case_for_whom_nobody_was_found_is_offered_to_its_queue() -> None:
    play = Played(plan(), person=None)
    assert play.view.offer
    assert play.view.offer.to.queue == "cards"


def test_the_directory_that_planning_asked_is_not_asked_again_at_once() -> None:
    assert not [effect for effect in Played(plan(), person=None).effects if isinstance(effect, ChoosePerson)]


def test_a_case_may_start_with_the_bot() -> None:
    play = Played(plan(rung=Rung.BOT), person=None)
    play.do("claim", BOT)
    assert (play.view.owner.person, play.view.rung) == ("helper-bot", Rung.BOT)


def test_the_customer_is_told_by_when_to_expect_the_next_word() -> None:
    play = Played(plan())
    told = [effect for effect in play.effects if isinstance(effect, TellCustomer)]
    assert [(effect.template, effect.params["next_word_by"]) for effect in told] == [("opened", NOON + 6 * HOUR)]


def test_promises_count_from_the_opening_although_planning_was_late() -> None:
    play = Played()
    play.wait(2 * HOUR)
    play.plan(plan())
    assert play.clock(ClockName.FIRST_RESPONSE).due_at == NOON + 6 * HOUR


def test_the_time_to_take_up_an_offer_counts_from_the_offer() -> None:
    play = Played()
    play.wait(2 * HOUR)
    play.plan(plan())
    assert play.clock(ClockName.ACKNOWLEDGE).due_at == NOON + 3 * HOUR


def test_a_promise_that_planning_outlived_is_one_breach_and_one_rung() -> None:
    play = Played()
    play.oversleep(6 * DAY)
    play.plan(plan())
    assert (play.kinds.count("escalated"), play.kinds.count("clock_breached")) == (1, 2)


def test_the_first_target_that_fits_applies() -> None:
    targets = (
        Target(within=2 * HOUR, rung=(Rung.MANAGER,)),
        Target(within=3 * HOUR, channel=(Channel.EMAIL,)),
        Target(within=4 * HOUR),
    )
    play = Played(plan(terms(first_response=ClockTerms(default=DAY, targets=targets))))
    assert play.clock(ClockName.FIRST_RESPONSE).target_s == 3 * 3600


def test_without_a_fitting_target_the_default_applies() -> None:
    assert Played(plan(), channel=Channel.CHAT).clock(ClockName.FIRST_RESPONSE).target_s == 8 * 3600


def test_without_a_fitting_target_the_timeline_says_so() -> None:
    assert Played(plan(), channel=Channel.CHAT).kinds.count("no_target") == 1


def test_with_a_fitting_target_the_timeline_has_no_warning() -> None:
    assert "no_target" not in Played(plan()).kinds


def test_a_message_that_waited_for_the_plan_is_worked_after_it() -> None:
    play = Played()
    play.do("message", CUSTOMER, text="Also the fee, please.")
    assert play.view.queued == 1
    play.plan(plan())
    assert play.kinds.index("message") > play.kinds.index("planned")


def test_what_waited_for_the_plan_keeps_its_order() -> None:
    play = Played()
    for text in ("first", "second", "third"):
        play.do("message", CUSTOMER, text=text)
    play.plan(plan())
    assert [entry.text for entry in play.case.timeline() if entry.kind == "message"] == ["first", "second", "third"]


def test_a_withdrawal_that_waited_for_the_plan_closes_the_case() -> None:
    play = Played()
    play.do("withdraw", SHOP, reason="found the money")
    play.plan(plan())
    assert play.view.closed_as is ClosedAs.WITHDRAWN


def test_what_waited_and_is_refused_after_all_is_on_the_timeline() -> None:
    play = Played()
    play.do("note", LEO, text="Is this ours?")
    play.plan(plan(team="cards"))
    entry = play.case.timeline()[-1]
    assert (entry.kind, entry.data["code"], entry.by.id) == ("refused", "not_owner", "leo")


def test_anybody_of_the_ladder_may_leave_a_note_while_the_line_is_unknown() -> None:
    play = Played()
    play.do("note", BEN, text="I know this customer.")
    assert play.view.queued == 1


def test_a_customer_cannot_leave_a_note() -> None:
    with refused(Code.WRONG_ROLE):
        Played().do("note", CUSTOMER, text="For colleagues only?")


def test_an_agents_action_has_to_wait_until_there_is_a_plan() -> None:
    with refused(Code.OPENING):
        Played().do("claim", ANA)


def test_the_timeline_says_why_nobody_was_found_when_the_case_was_planned() -> None:
    play = Played()
    errand = next(effect for effect in play.effects if isinstance(effect, PlanCase))
    why = "Nobody at the rung agent of team cards is free: 1 off shift."
    play.happen(planned(errand, plan(), why=why))
    (entry,) = [entry for entry in play.case.timeline() if entry.kind == "planned"]
    assert entry.text.endswith(f"; offered to the queue: {why}")


def test_a_case_is_planned_once() -> None:
    play = Played(plan())
    errand = next(effect for effect in play.effects if isinstance(effect, PlanCase))
    with refused(Code.UNKNOWN_EFFECT):
        play.happen(planned(errand, plan(team="loans")))


def test_the_customers_other_cases_are_in_the_view() -> None:
    play = Played()
    errand = next(effect for effect in play.effects if isinstance(effect, PlanCase))
    play.happen(Planned(id=uuid4(), by=SYSTEM, effect=errand.id, plan=plan(), earlier_cases=("shop-aaaaaaaaaa",)))
    assert play.view.earlier_cases == ("shop-aaaaaaaaaa",)


def delayed(play: Played) -> None:
    """Planning does not succeed."""
    play.happen(Delayed(id=uuid4(), by=SYSTEM, effect=play.effects[0].id, error="the directory is away"))


def test_planning_that_does_not_succeed_is_said_and_alerted() -> None:
    play = Played()
    delayed(play)
    assert (play.view.waiting_on, play.alerts) == (WaitingOn.STUCK, ["stuck"])


def test_what_is_stuck_is_said_once_however_often_it_fails() -> None:
    play = Played()
    delayed(play)
    delayed(play)
    assert play.kinds.count("stuck") == 1


def test_a_case_is_no_longer_stuck_when_planning_has_succeeded_after_all() -> None:
    play = Played()
    delayed(play)
    play.wait(MINUTE)
    play.happen(Recovered(id=uuid4(), by=SYSTEM, effect=play.effects[0].id))
    play.plan(plan())
    assert play.view.waiting_on is WaitingOn.OFFER


def test_a_case_that_repeats_a_reference_has_the_same_id_and_fingerprint() -> None:
    first, again = complaint(received_at=NOON), complaint(received_at=NOON + HOUR)
    assert (first.case_id, first.fingerprint) == (again.case_id, again.fingerprint)


def test_another_content_under_the_same_reference_has_another_fingerprint() -> None:
    first, other = complaint(), complaint(text="Something else.")
    assert first.case_id == other.case_id
    assert first.fingerprint != other.fingerprint


def test_case_ids_hold_no_reference() -> None:
    case_id = complaint(reference="iris.vale@example.org").case_id
    assert case_id.startswith("shop-")
    assert len(case_id) == len("shop-") + 10
    assert "iris" not in case_id


def test_refusals_name_what_was_in_the_way() -> None:
    with pytest.raises(Refused, match="opening: The case is being planned"):
        Played().do("reply", Actor(id="ana", role=ANA.role, rung=ANA.rung), text="Hello")
