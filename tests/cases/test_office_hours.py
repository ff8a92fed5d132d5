"""Clocks that count on a calendar: what is closed does not count, and what is known of a calendar grows (DESIGN 5)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.calendars import AHEAD, CompiledCalendar
from cases.case import Case
from cases.clocks import Clock
from cases.effects import ExtendCalendar, Question, StartHandoff
from cases.events import SYSTEM
from cases.handoff import Handoff
from cases.ledger import elapsed_from
from cases.outcomes import Extended
from cases.plan import ClockTerms, Limit, Target
from cases.words import Breach, ClockName, ClockState, Mark
from tests.cases.test_handoff import QUESTION
from tests.office import OFFICE, office, office_plan
from tests.samples import ANA, DAY, HOUR, MINUTE, NOON, Played, claimed, terms, waiting

FRIDAY = datetime(2026, 3, 6, 16, 0, tzinfo=UTC)
MONDAY = datetime(2026, 3, 9, 9, 0, tzinfo=UTC)


def clock(target: timedelta = 4 * HOUR, hours: CompiledCalendar = OFFICE, start: datetime = FRIDAY) -> Clock:
    """A running clock in office hours, which are 9 to 17; it starts an hour before the weekend."""
    fresh = Clock("resolution-1", ClockName.RESOLUTION, target, True, Breach.UP, (0.5,), calendar="office", hours=hours)
    fresh.start(start, "opened", "caseladder")
    return fresh


def day_terms(n: int) -> ClockTerms:
    """The end of the n-th business day."""
    return ClockTerms(end_of_business_day=n, pausable=True)


# one clock alone


def test_a_weekend_does_not_count() -> None:
    it = clock()
    assert it.due_at == MONDAY + 3 * HOUR
    assert it.elapsed(MONDAY) == HOUR


def test_a_pause_takes_out_open_time_only() -> None:
    it = clock()
    it.pause(FRIDAY + 30 * MINUTE, "waiting", "ana")
    it.resume(MONDAY - DAY, "answered on Sunday", "c-1")
    assert it.due_at == MONDAY + 3.5 * HOUR


def test_a_warning_point_is_a_share_of_open_time() -> None:
    assert clock().next_due == MONDAY + HOUR


def test_what_was_worked_out_once_is_worked_out_anew_after_each_change() -> None:
    it = clock()
    assert it.due_at == MONDAY + 3 * HOUR
    it.retarget(FRIDAY, 2 * HOUR, "priority P1", "ana")
    assert it.due_at == MONDAY + HOUR
    it.correct(MONDAY, office("10:00-16:00"), 2 * HOUR, "corrected", "olga")
    assert it.due_at == MONDAY + 2 * HOUR
    twin = it.copy()
    twin.retarget(MONDAY, 4 * HOUR, "priority P3", "ana")
    assert (it.due_at, twin.due_at) == (MONDAY + 2 * HOUR, MONDAY + 4 * HOUR)


_MOMENTS = st.integers(0, 40 * 86_400_000).map(lambda ms: NOON + timedelta(milliseconds=ms))
_HOURS = st.sampled_from([OFFICE, office("22:00-06:00"), office("00:00-24:00"), office("09:30-09:31")])


@given(_HOURS, st.lists(_MOMENTS, max_size=12).map(sorted), _MOMENTS)
def test_pauses_at_any_instants_never_change_the_total(
    hours: CompiledCalendar, moments: list[datetime], now: datetime
) -> None:
    it, ran = clock(20 * HOUR, hours, NOON), timedelta()
    running_since: datetime | None = NOON
    for moment in moments:
        if running_since:
            ran += hours.between(running_since, moment)
            it.pause(moment, "waiting", "ana")
            running_since = None
        else:
            it.resume(moment, "answered", "c-1")
            running_since = moment
    now = max([now, *moments])
    total = ran + (hours.between(running_since, now) if running_since else timedelta())
    assert it.elapsed(now) == elapsed_from(it.ledger, now, hours) == total
    if it.due_at and it.spent <= it.target:
        assert it.elapsed(it.due_at) == it.target


@given(st.integers(1, 200), _MOMENTS, st.integers(9, 30))
def test_a_calendar_compiled_over_another_horizon_gives_the_same_deadline(
    length: int, start: datetime, months: int
) -> None:
    further, known = clock(length * HOUR, office(months=months), start), clock(length * HOUR, OFFICE, start)
    assert known.due_at in (further.due_at, None)
    known.run_on(OFFICE.extend(office(months=months)))
    assert known.due_at == further.due_at


# the end of a business day


def test_a_promise_by_the_end_of_a_business_day_is_due_at_its_close() -> None:
    play = Played(office_plan(terms(resolution=day_terms(3))), now=FRIDAY)
    assert play.clock(ClockName.RESOLUTION).due_at == datetime(2026, 3, 11, 17, 0, tzinfo=UTC)
    start = play.clock(ClockName.RESOLUTION).ledger[0]
    assert (start.business_day, start.day_end) == (3, datetime(2026, 3, 11, 17, 0, tzinfo=UTC))


def test_what_waits_for_the_customer_is_added_to_a_business_day_too() -> None:
    play = waiting(office_plan(terms(resolution=day_terms(1))))
    play.now += 2 * HOUR
    play.do("resume", ANA)
    assert play.clock(ClockName.RESOLUTION).due_at == datetime(2026, 3, 4, 11, 0, tzinfo=UTC)


def test_a_limit_is_a_length_or_a_business_day() -> None:
    with pytest.raises(ValueError, match="not both"):
        Target(within=HOUR, end_of_business_day=1)
    with pytest.raises(ValueError, match="give a length"):
        ClockTerms()
    assert Limit(None, 1).counted(OFFICE, FRIDAY) == (9 * HOUR, MONDAY + 8 * HOUR)


# a case


def test_nobody_is_late_while_the_office_is_closed() -> None:
    play = claimed(office_plan(), now=FRIDAY)
    play.wait(2 * DAY)
    assert "clock_breached" not in play.kinds
    play.wait(DAY)
    assert "clock_breached" in play.kinds


def test_a_snapshot_does_not_repeat_the_calendar() -> None:
    snapshot = claimed(office_plan()).case.snapshot()
    assert str(snapshot).count(OFFICE.hours) == 1
    assert {clock["calendar"] for clock in snapshot["clocks"]} == {"office"}


# the horizon

END = OFFICE.horizon[1]


def asked(play: Played) -> ExtendCalendar:
    """The newest question for more of a calendar."""
    return [effect for effect in play.effects if isinstance(effect, ExtendCalendar)][-1]


def extend(play: Played, months: int = 30) -> None:
    """The calendar's answer."""
    errand = asked(play)
    later = office(months=months)
    play.happen(Extended(id=uuid4(), by=SYSTEM, effect=errand.id, calendar=later))


def test_more_of_a_calendar_is_asked_for_long_before_its_end_and_once() -> None:
    play = claimed(office_plan())
    assert play.case.next_due() is not None
    play.wait(END - AHEAD - NOON - MINUTE)
    assert not [effect for effect in play.effects if isinstance(effect, ExtendCalendar)]
    play.wait(30 * DAY)
    errands = [effect for effect in play.effects if isinstance(effect, ExtendCalendar)]
    assert [(errand.calendar, errand.until, errand.policy_hash) for errand in errands] == [("office", END, "5a3b1e")]


def test_what_is_known_further_moves_no_deadline_and_makes_those_beyond_known() -> None:
    play = claimed(office_plan(terms(resolution=1200 * HOUR, first_response=40 * HOUR)))
    first = play.clock(ClockName.FIRST_RESPONSE).due_at
    assert play.clock(ClockName.RESOLUTION).due_at is None
    play.wait(END - AHEAD - NOON)
    extend(play)
    resolution, due = play.clock(ClockName.RESOLUTION), office(months=30).add(NOON, 1200 * HOUR)
    assert (play.clock(ClockName.FIRST_RESPONSE).ledger[0].due_at, resolution.due_at) == (first, due)
    assert play.case.next_due() is not None


def test_a_case_that_slept_past_the_horizon_counts_it_all_when_it_knows_it() -> None:
    play = waiting(office_plan())
    play.oversleep(END - NOON + 10 * DAY)
    play.do("resume", ANA)
    play.now += 7 * DAY
    play.do("resolve", ANA, text="Sorry that this took so long.")
    extend(play)
    resolution = play.clock(ClockName.RESOLUTION)
    assert resolution.elapsed_s == office(months=30).between(play.now - 7 * DAY, play.now).total_seconds()
    assert elapsed_from(resolution.ledger, play.now, office(months=30)).total_seconds() == resolution.elapsed_s


def test_a_business_day_beyond_the_horizon_is_counted_when_it_is_known() -> None:
    short = office(months=3)
    play = Played(office_plan(terms(resolution=day_terms(60)), short))
    assert play.clock(ClockName.RESOLUTION).due_at == short.horizon[1] - 8 * HOUR
    play.oversleep(MINUTE)
    extend(play)
    resolution = play.clock(ClockName.RESOLUTION)
    assert resolution.due_at == office(months=30).end_of_day(NOON, 60)
    assert [entry.mark for entry in resolution.ledger] == [Mark.START, Mark.RETARGET]


def test_more_of_a_calendar_that_nobody_counts_on_changes_nothing() -> None:
    play = claimed()
    play.happen(Extended(id=uuid4(), by=SYSTEM, effect="shop:9", calendar=office()))
    assert play.kinds[-1] == "extended"


def test_a_case_restored_past_its_first_horizon_goes_on() -> None:
    play = claimed(office_plan(terms(resolution=1200 * HOUR)))
    play.wait(END - AHEAD - NOON)
    extend(play)
    again = Case.restore(play.case.snapshot())
    assert again.next_due() == play.case.next_due()
    assert again.view(play.now) == play.view


def test_a_running_clock_beyond_the_horizon_says_so_when_it_warns() -> None:
    play = claimed(office_plan(terms(resolution=ClockTerms(default=1200 * HOUR, warn_at=(0.1,)))))
    play.do("reply", ANA, text="This will take a while.")
    play.wait(30 * DAY)
    entry = next(entry for entry in play.case.timeline() if entry.kind == "clock_warned")
    assert "beyond what is known" in entry.text
    assert play.clock(ClockName.RESOLUTION).state is ClockState.RUNNING


# a hand-off


def question(calendar: CompiledCalendar = OFFICE) -> Question:
    """The sample question, asked of specialists who work in office hours."""
    changes = {"accept_calendar": "office", "answer_calendar": "office", "calendars": {"office": calendar}}
    return QUESTION.model_copy(update=changes)


def test_specialists_have_their_office_hours_to_accept_a_question() -> None:
    handoff = Handoff.open(question(), FRIDAY)
    assert handoff.next_due() == MONDAY + HOUR
    again = Handoff.restore(handoff.snapshot())
    assert again.next_due() == MONDAY + HOUR


def test_a_case_gives_its_questions_the_calendars_that_they_need() -> None:
    play = claimed(office_plan())
    play.do("hand_off", ANA, team="loans", question="Was it a hold?")
    start = next(effect for effect in play.effects if isinstance(effect, StartHandoff))
    assert (start.question.accept_calendar, start.question.calendars) == ("office", {"office": OFFICE})


def test_a_question_that_outlives_its_calendar_goes_on_around_the_clock() -> None:
    handoff = Handoff.open(question(), OFFICE.horizon[1] - MINUTE)
    assert handoff.next_due() == OFFICE.horizon[1] - MINUTE + 2 * HOUR
