"""A corrected policy or calendar, sent to an open case: what counts from then on, and what stays."""

from __future__ import annotations

from uuid import uuid4

from cases.calendars import CompiledCalendar
from cases.effects import CorrectTerms
from cases.events import SYSTEM, Code
from cases.ledger import elapsed_from
from cases.outcomes import Corrected
from cases.plan import ClockTerms, Plan, Terms
from cases.words import Breach, ClockName, ClockState, Mark
from tests.office import OFFICE, office, office_plan
from tests.samples import ANA, CUSTOMER, DAY, HOUR, MAX, NOON, OPERATOR, Played, claimed, plan, refused, resolved, terms

RESOLUTION = ClockName.RESOLUTION


def correct(play: Played, to: Plan) -> None:
    """An operator sends corrected terms, and the activity answers."""
    play.do("correct", OPERATOR, reason="A holiday was missing.")
    errand = [effect for effect in play.effects if isinstance(effect, CorrectTerms)][-1]
    fixed = to.terms.model_copy(update={"policy_hash": "c0ffee"})
    play.happen(Corrected(id=uuid4(), by=SYSTEM, effect=errand.id, terms=fixed, calendars=to.calendars))


def pausable(of: Terms, *, standing: bool) -> Terms:
    """The terms with a resolution clock that stands while the customer is waited for, or runs on."""
    clock = of.clocks[RESOLUTION].model_copy(update={"pausable": standing})
    return of.model_copy(update={"clocks": {**of.clocks, RESOLUTION: clock}})


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


def test_while_the_customer_is_waited_for_only_what_the_new_terms_let_stand_stands() -> None:
    steady, patient = plan(pausable(terms(), standing=False)), plan(pausable(terms(), standing=True))
    for before, after, stands in ((patient, steady, False), (steady, patient, True)):
        play = claimed(before)
        play.do("reply", ANA, text="Which order?", asks="Which order?")
        play.do("wait_for_customer", ANA)
        correct(play, after)
        assert play.clock(RESOLUTION).state is (ClockState.PAUSED if stands else ClockState.RUNNING)
        play.do("message", CUSTOMER, text="Order 1042.")
        assert play.clock(RESOLUTION).state is ClockState.RUNNING


def test_a_resolution_suspends_what_does_not_pause_also_when_the_terms_are_corrected() -> None:
    play = resolved(plan(pausable(terms(), standing=True)))
    correct(play, plan(pausable(terms(), standing=False)))
    assert play.clock(RESOLUTION).state is ClockState.PAUSED


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


def test_what_was_told_to_a_customer_keeps_a_deadline_at_night() -> None:
    there = terms(confirm=ClockTerms(default=5 * DAY))  # Saturday at noon, around the clock
    play = resolved(plan(there))
    correct(play, office_plan(there))
    assert play.clock(ClockName.CONFIRM).due_at == NOON + 5 * DAY


def test_a_time_that_was_promised_neither_moves_nor_pauses_after_a_correction() -> None:
    play = claimed(plan())
    play.do("reply", ANA, text="Which one?", asks="Which one?", update_by=NOON + 5 * DAY)
    play.do("promise", ANA, what="callback", by_when=NOON + 6 * DAY)
    by_office = ClockTerms(default=HOUR, calendar="office", pausable=True)
    correct(play, office_plan(terms(update=by_office, callback=by_office)))
    play.do("wait_for_customer", ANA)
    promised = [clock for clock in play.view.clocks if clock.label == "promised"]
    assert [clock.due_at for clock in promised] == [NOON + 5 * DAY, NOON + 6 * DAY]


def test_a_correction_reaches_the_time_to_the_next_update() -> None:
    play = claimed(plan(terms(update=2 * DAY)))
    correct(play, plan(terms(update=DAY)))
    assert play.clock(ClockName.UPDATE).due_at == NOON + DAY


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
