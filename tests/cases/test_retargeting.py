"""Another priority, category, policy or calendar: which deadlines move, and that nothing that has run is lost."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from cases.calendars import CompiledCalendar
from cases.effects import CorrectTerms, ReplanCase
from cases.events import SYSTEM, Code
from cases.ledger import elapsed_from
from cases.outcomes import Corrected, Replanned
from cases.plan import ClockTerms, Plan, Target
from cases.words import Breach, ClockName, ClockState, Mark, Priority, Reason
from tests.samples import (
    ANA,
    BEN,
    CUSTOMER,
    DAY,
    HOUR,
    LEO,
    MAX,
    MINUTE,
    NOON,
    OFFICE,
    OPERATOR,
    SUE,
    Played,
    claimed,
    office,
    office_plan,
    plan,
    refused,
    resolved,
    terms,
)

FIRST, RESOLUTION = ClockName.FIRST_RESPONSE, ClockName.RESOLUTION

BY_PRIORITY = ClockTerms(
    default=5 * DAY,
    targets=(
        Target(within=4 * HOUR, priority=(Priority.P1,)),
        Target(within=2 * DAY, priority=(Priority.P2, Priority.P3)),
    ),
    pausable=True,
    warn_at=(0.5,),
)


def urgent(on_breach: Breach = Breach.ALERT) -> Plan:
    """A resolution within 4 hours for P1, two days for P2 and P3, and a gap at P4."""
    return plan(terms(resolution=BY_PRIORITY, first_response=30 * DAY, on_breach=on_breach))


# another priority


def test_the_new_target_counts_from_the_start_and_pauses_stay_out() -> None:
    play = claimed(urgent())
    play.now += HOUR
    play.do("reply", ANA, text="Which one?", asks="Which one?")
    play.do("wait_for_customer", ANA)
    play.now += DAY
    play.do("message", CUSTOMER, text="The second.")
    play.do("set_priority", ANA, priority="P1", reason="Money is being lost.")
    clock = play.clock(RESOLUTION)
    assert (clock.target_s, clock.elapsed_s, clock.due_at) == (4 * 3600, 3600, NOON + DAY + 4 * HOUR)
    assert [entry.mark for entry in clock.ledger] == [Mark.START, Mark.PAUSE, Mark.RESUME, Mark.RETARGET]


def test_the_timeline_says_who_why_and_which_deadline_moved() -> None:
    play = claimed(urgent())
    play.do("set_priority", ANA, priority="P1", reason="Money is being lost.")
    entry = play.case.timeline()[-1]
    assert (entry.kind, entry.by.id, entry.data["from"], entry.data["to"]) == ("set_priority", "ana", "P3", "P1")
    assert entry.data["clocks"] == [
        {
            "id": play.clock(RESOLUTION).id,
            "mark": "retarget",
            "due_at": (NOON + 4 * HOUR).isoformat(),
            "was_due": (NOON + 2 * DAY).isoformat(),
        }
    ]
    assert "resolution is due 2026-03-02 16:00:00 UTC instead of 2026-03-04 12:00:00 UTC" in entry.text
    assert play.view.priority is Priority.P1


@pytest.mark.parametrize("on_breach", [Breach.ALERT, Breach.UP])
def test_a_retarget_into_the_past_is_one_breach_and_one_notice(on_breach: Breach) -> None:
    play = claimed(urgent(on_breach))
    play.wait(5 * HOUR)
    before = len(play.effects)
    play.do("set_priority", ANA, priority="P1", reason="Money is being lost.")
    assert play.kinds.count("clock_breached") == 1
    assert play.kinds.count("clock_warned") == 0
    if on_breach is Breach.ALERT:
        assert len(play.effects) == before + 1
    play.wait(DAY)
    assert [entry.mark for entry in play.clock(RESOLUTION).ledger].count(Mark.BREACH) == 1


def test_a_retarget_into_the_past_is_not_late_by_the_time_before_it() -> None:
    play = claimed(urgent())
    play.wait(5 * HOUR)
    play.do("set_priority", ANA, priority="P1", reason="Money is being lost.")
    entry = next(entry for entry in play.case.timeline() if entry.kind == "clock_breached")
    assert (entry.data["due"], entry.data["late_s"]) == ((NOON + 4 * HOUR).isoformat(), 0)
    assert play.clock(RESOLUTION).late_s == 0


def test_a_deadline_that_is_noticed_late_says_by_how_much() -> None:
    play = claimed(urgent())
    play.oversleep(2 * DAY + 90 * MINUTE)
    assert play.clock(RESOLUTION).late_s == 5400


def test_warning_points_follow_the_target() -> None:
    play = claimed(urgent())
    play.wait(3 * HOUR)
    play.do("set_priority", ANA, priority="P1", reason="Money is being lost.")
    assert play.kinds.count("clock_warned") == 1
    play.do("set_priority", ANA, priority="P2", reason="It is not.")
    assert play.case.next_due() == NOON + DAY
    play.wait(DAY)
    assert play.kinds.count("clock_warned") == 2


def test_a_broken_promise_that_is_given_more_time_counts_again() -> None:
    play = claimed(urgent())
    play.do("set_priority", ANA, priority="P1", reason="Money is being lost.")
    play.wait(5 * HOUR)
    play.do("set_priority", ANA, priority="P2", reason="It is not.")
    assert (play.view.breached, play.clock(RESOLUTION).due_at) == (False, NOON + 2 * DAY)
    play.wait(2 * DAY)
    assert play.kinds.count("clock_breached") == 2


def test_a_clock_that_no_target_fits_is_on_the_timeline() -> None:
    play = claimed(urgent())
    play.do("set_priority", ANA, priority="P4", reason="No hurry.")
    assert play.kinds[-1] == "no_target"
    assert play.clock(RESOLUTION).target_s == (5 * DAY).total_seconds()


def test_a_clock_that_stands_gets_its_target_too() -> None:
    play = resolved(urgent())
    play.do("set_priority", ANA, priority="P1", reason="Money is being lost.")
    clock = play.clock(RESOLUTION)
    assert (clock.state, clock.target_s, clock.due_at) == (ClockState.PAUSED, 4 * 3600, None)


def test_what_a_customer_was_told_does_not_move() -> None:
    confirm = ClockTerms(default=7 * DAY, targets=(Target(within=DAY, priority=(Priority.P1,)), Target(within=7 * DAY)))
    play = resolved(plan(terms(confirm=confirm)))
    play.do("set_priority", ANA, priority="P1", reason="Money is being lost.")
    assert play.clock(ClockName.CONFIRM).due_at == NOON + 7 * DAY


def test_the_same_priority_is_refused() -> None:
    with refused(Code.SAME_AS_NOW):
        claimed().do("set_priority", ANA, priority="P3", reason="As it is.")


def test_only_the_owner_or_a_higher_rung_sets_a_priority() -> None:
    with refused(Code.NOT_OWNER):
        claimed().do("set_priority", BEN, priority="P1", reason="Mine?")
    claimed().do("set_priority", SUE, priority="P1", reason="Money is being lost.")


def test_a_case_toggled_for_ever_keeps_a_short_ledger() -> None:
    play = claimed(urgent())
    for n in range(300):
        play.now += timedelta(seconds=1)
        play.do("set_priority", ANA, priority=("P1", "P2")[n % 2], reason="Hm.")
    clock = play.clock(RESOLUTION)
    assert len(clock.ledger) <= 62
    assert elapsed_from(clock.ledger, play.now).total_seconds() == clock.elapsed_s == 300


# another category


def replan(play: Played, team: str = "cards", priority: Priority = Priority.P1) -> None:
    """The pinned policy's answer."""
    errand = [effect for effect in play.effects if isinstance(effect, ReplanCase)][-1]
    play.happen(Replanned(id=uuid4(), by=SYSTEM, effect=errand.id, team=team, priority=priority, rule="loans"))


def test_a_case_is_planned_again_by_the_policy_that_it_is_pinned_to() -> None:
    play = claimed(urgent())
    play.do("recategorise", ANA, product="Home loan", tier="gold", reason="It is about the loan.")
    errand = next(effect for effect in play.effects if isinstance(effect, ReplanCase))
    assert (errand.complaint.product, errand.complaint.tier, errand.policy_hash) == ("Home loan", "gold", "5a3b1e")
    assert play.view.product == "Home loan"
    replan(play)
    assert (play.view.priority, play.clock(RESOLUTION).due_at) == (Priority.P1, NOON + 4 * HOUR)


def test_the_complaint_itself_stays_as_the_customer_made_it() -> None:
    play = claimed(urgent())
    before = play.view.fingerprint
    play.do("recategorise", ANA, product="Home loan", reason="It is about the loan.")
    assert (play.case.complaint.product, play.view.fingerprint) == ("Credit card", before)


def test_another_team_is_offered_the_case_and_the_owner_stays_until_it_claims() -> None:
    play = claimed(urgent())
    play.do("recategorise", ANA, product="Home loan", reason="It is about the loan.")
    replan(play, team="loans")
    assert play.view.offer
    assert (play.view.owner.person, play.view.offer.team) == ("ana", "loans")
    assert play.view.offer.reasons == (Reason.RECATEGORISED,)
    play.choose("leo")
    play.do("claim", LEO)
    assert (play.view.owner.person, play.view.team) == ("leo", "loans")


def test_a_case_in_a_queue_changes_queues() -> None:
    play = Played(urgent(), person=None)
    play.do("recategorise", MAX, team="loans", reason="Theirs.")
    replan(play)
    assert (play.view.owner.queue, play.view.team) == ("loans", "loans")


def test_back_to_the_owners_team_ends_the_offer_to_another() -> None:
    play = claimed(urgent())
    for team in ("loans", "cards"):
        play.do("recategorise", ANA, product=f"Of {team}", reason="It is theirs.")
        replan(play, team=team)
    assert (play.view.offer, play.view.owner.person) == (None, "ana")


def test_the_answer_to_an_older_category_no_longer_counts() -> None:
    play = claimed(urgent())
    play.do("recategorise", ANA, product="Home loan", reason="It is about the loan.")
    older = next(effect for effect in play.effects if isinstance(effect, ReplanCase))
    play.do("recategorise", ANA, product="Debit card", reason="It is not.")
    play.happen(Replanned(id=uuid4(), by=SYSTEM, effect=older.id, team="loans", priority=Priority.P1))
    assert (play.view.offer, play.view.priority) == (None, Priority.P3)


def test_the_same_category_is_refused() -> None:
    with refused(Code.SAME_AS_NOW):
        claimed().do("recategorise", ANA, product="Credit card", team="cards", reason="As it is.")


def test_a_category_must_say_something() -> None:
    with pytest.raises(ValueError, match="give product, issue, tier or team"):
        claimed().do("recategorise", ANA, reason="Hm.")


# a corrected policy or calendar


def correct(play: Played, to: Plan) -> None:
    """An operator sends corrected terms, and the activity answers."""
    play.do("correct", OPERATOR, reason="A holiday was missing.")
    errand = [effect for effect in play.effects if isinstance(effect, CorrectTerms)][-1]
    fixed = to.terms.model_copy(update={"policy_hash": "c0ffee"})
    play.happen(Corrected(id=uuid4(), by=SYSTEM, effect=errand.id, terms=fixed, calendars=to.calendars))


def shorter() -> CompiledCalendar:
    """The office, when it turns out to close at three."""
    return office("09:00-15:00")


def test_what_has_run_stays_and_the_new_calendar_counts_from_now() -> None:
    play = claimed(office_plan(terms(resolution=8 * HOUR, first_response=30 * HOUR)))
    play.now += 2 * HOUR  # Monday 14:00; due on Tuesday at 12:00
    correct(play, office_plan(terms(resolution=8 * HOUR, first_response=30 * HOUR), shorter()))
    clock = play.clock(RESOLUTION)
    assert (clock.elapsed_s, clock.due_at) == (7200, NOON + DAY + 2 * HOUR)
    assert (clock.ledger[-1].mark, clock.ledger[-1].elapsed_s) == (Mark.CORRECT, 7200)
    play.now += DAY
    assert play.clock(RESOLUTION).elapsed_s == elapsed_from(clock.ledger, play.now, shorter()).total_seconds()


def test_the_timeline_says_by_whose_order_which_deadlines_moved() -> None:
    play = claimed(office_plan(terms(resolution=8 * HOUR)))
    correct(play, office_plan(terms(resolution=8 * HOUR), shorter()))
    entry = play.case.timeline()[-1]
    assert (entry.kind, entry.data["asked_by"], entry.data["policy_hash"]) == ("corrected", "olga", "c0ffee")
    assert "resolution is due" in entry.text
    assert "instead of" in entry.text
    assert play.view.policy_hash == "c0ffee"


def test_a_paused_clock_is_corrected_too_and_goes_on_by_the_new_calendar() -> None:
    play = claimed(office_plan(terms(resolution=8 * HOUR, first_response=30 * HOUR)))
    play.do("reply", ANA, text="Which one?", asks="Which one?")
    play.do("wait_for_customer", ANA)
    correct(play, office_plan(terms(resolution=8 * HOUR, first_response=30 * HOUR), shorter()))
    play.do("message", CUSTOMER, text="The second.")
    assert play.clock(RESOLUTION).due_at == NOON + DAY + 2 * HOUR


def test_a_promise_by_the_end_of_a_day_is_due_at_the_new_end_of_that_day() -> None:
    by_day = terms(resolution=ClockTerms(end_of_business_day=1, pausable=True))
    play = claimed(office_plan(by_day))
    play.now += 2 * HOUR
    correct(play, office_plan(by_day, shorter()))
    assert play.clock(RESOLUTION).due_at == NOON + DAY + 3 * HOUR


def test_a_correction_that_makes_a_promise_late_breaks_it_once() -> None:
    play = claimed(office_plan(terms(resolution=8 * HOUR, on_breach=Breach.ALERT)))
    play.now += 3 * HOUR
    correct(play, office_plan(terms(resolution=2 * HOUR, on_breach=Breach.ALERT)))
    play.wait(HOUR)
    assert play.kinds.count("clock_breached") == 1


def test_what_was_told_to_a_customer_keeps_its_deadline_on_another_calendar() -> None:
    play = resolved(office_plan())
    due = play.clock(ClockName.CONFIRM).due_at
    correct(play, office_plan(None, shorter()))
    assert play.clock(ClockName.CONFIRM).due_at == due


def test_a_correction_that_changes_nothing_says_so() -> None:
    play = claimed(office_plan())
    correct(play, office_plan(None, OFFICE))
    assert play.case.timeline()[-1].text.endswith("No deadline moved")
    assert Mark.CORRECT not in [entry.mark for clock in play.view.clocks for entry in clock.ledger]


def test_only_an_operator_corrects() -> None:
    with refused(Code.WRONG_ROLE):
        claimed().do("correct", MAX, reason="Mine?")


def test_corrected_terms_that_nobody_asked_for_change_nothing() -> None:
    play = claimed()
    play.happen(Corrected(id=uuid4(), by=SYSTEM, effect="shop:9", terms=terms(resolution=HOUR)))
    assert play.clock(RESOLUTION).due_at == NOON + 5 * DAY


def test_a_policy_that_cannot_be_used_changes_nothing_and_is_said_to_be_so() -> None:
    play = claimed()
    play.do("correct", OPERATOR, policy="{}", reason="A holiday was missing.")
    errand = [effect for effect in play.effects if isinstance(effect, CorrectTerms)][-1]
    assert errand.policy == "{}"
    play.happen(Corrected(id=uuid4(), by=SYSTEM, effect=errand.id, problem="it has no clocks"))
    assert "cannot be used: it has no clocks" in play.case.timeline()[-1].text
    assert play.clock(RESOLUTION).due_at == NOON + 5 * DAY
