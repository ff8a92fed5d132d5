"""Clocks: warnings, breaches, pauses, and a ledger from which the elapsed time can be worked out again (DESIGN 5)."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from cases.clocks import Clock
from cases.effects import AlertStaff
from cases.events import StaleTime
from cases.ledger import LEDGER, elapsed_from
from cases.plan import ClockTerms
from cases.words import Breach, ClockName, ClockState, Mark
from tests.samples import (
    ANA,
    CUSTOMER,
    DAY,
    EVA,
    HOUR,
    MINUTE,
    NOON,
    SUE,
    claimed,
    deed,
    plan,
    resolved,
    terms,
    waiting,
)


def clock(*, warn_at: tuple[float, ...] = ()) -> Clock:
    """A running clock of ten hours, started at noon."""
    fresh = Clock(
        id="resolution-1",
        name=ClockName.RESOLUTION,
        target=10 * HOUR,
        pausable=True,
        on_breach=Breach.UP,
        warn_at=warn_at,
    )
    fresh.start(NOON, "opened", "caseladder")
    return fresh


# one clock alone


def test_a_clock_is_due_when_its_target_has_run() -> None:
    assert clock().due_at == NOON + 10 * HOUR


def test_a_pause_moves_the_deadline_by_its_length() -> None:
    it = clock()
    it.pause(NOON + HOUR, "waiting", "ana")
    it.resume(NOON + 3 * HOUR, "answered", "c-1")
    assert it.due_at == NOON + 12 * HOUR


def test_a_paused_clock_is_not_due() -> None:
    it = clock()
    it.pause(NOON + HOUR, "waiting", "ana")
    assert (it.due_at, it.next_due, it.elapsed(NOON + DAY)) == (None, None, HOUR)


def test_a_fulfilled_clock_stands_for_ever() -> None:
    it = clock()
    it.fulfil(NOON + HOUR, "replied", "ana")
    assert (it.elapsed(NOON + DAY), it.live) == (HOUR, False)


def test_a_clock_that_is_over_cannot_end_again() -> None:
    it = clock()
    it.fulfil(NOON + HOUR, "replied", "ana")
    it.cancel(NOON + 2 * HOUR, "closed", "max")
    assert it.state is ClockState.FULFILLED


def test_a_clock_resumed_after_it_was_fulfilled_leaves_the_gap_out() -> None:
    it = clock()
    it.fulfil(NOON + HOUR, "accepted", "c-1")
    it.resume(NOON + DAY, "reopened", "c-1")
    assert it.due_at == NOON + DAY + 9 * HOUR


def test_elapsed_time_can_be_worked_out_from_the_ledger() -> None:
    it = clock()
    it.pause(NOON + HOUR, "waiting", "ana")
    it.resume(NOON + 3 * HOUR, "answered", "c-1")
    it.fulfil(NOON + 5 * HOUR, "replied", "ana")
    assert elapsed_from(it.ledger, NOON + DAY) == 3 * HOUR


def test_a_ledger_stays_short_and_its_account_right_however_often_the_clock_pauses() -> None:
    it = clock(warn_at=(0.5,))
    it.target = 1000 * DAY
    for hour in range(0, 6000, 2):
        it.pause(NOON + (hour + 1) * HOUR, "waiting", "ana")
        it.resume(NOON + (hour + 2) * HOUR, "answered", "c-1")
        if hour == 100:
            it.warn(NOON + (hour + 2) * HOUR, "caseladder")
    now = NOON + 6001 * HOUR
    assert len(it.ledger) <= LEDGER + 1
    assert it.elapsed(now) == elapsed_from(it.ledger, now) == 3001 * HOUR
    assert [entry.mark for entry in it.ledger[:3]] == [Mark.START, Mark.WARN, Mark.SUM]


def test_the_ledger_says_what_why_and_by_whom() -> None:
    it = clock()
    it.pause(NOON + HOUR, "waiting for the customer", "ana")
    entry = it.ledger[-1]
    assert (entry.mark, entry.cause, entry.by, entry.at) == (
        Mark.PAUSE,
        "waiting for the customer",
        "ana",
        NOON + HOUR,
    )


def test_a_warning_that_came_late_does_not_stretch_what_was_done_before_it() -> None:
    it = clock(warn_at=(0.5,))
    it.warn(NOON + 9 * HOUR, "caseladder")
    it.fulfil(NOON + 6 * HOUR, "replied", "ana")
    assert it.elapsed(NOON + DAY) == 6 * HOUR


def test_what_happened_before_a_clock_stopped_cannot_start_it_earlier() -> None:
    it = clock()
    it.pause(NOON + 2 * HOUR, "waiting", "ana")
    it.resume(NOON + HOUR, "answered", "c-1")
    assert it.elapsed(NOON + 3 * HOUR) == 3 * HOUR


# warnings


def test_a_promise_warns_its_owner_before_it_is_due() -> None:
    play = claimed()
    play.wait(4.5 * HOUR)
    alert = next(effect for effect in reversed(play.effects) if isinstance(effect, AlertStaff))
    assert (alert.template, alert.person, alert.params["due_at"]) == ("clock_warned", "ana", NOON + 6 * HOUR)


def test_a_warning_comes_once() -> None:
    play = claimed()
    play.wait(6 * HOUR - MINUTE)
    assert play.kinds.count("clock_warned") == 1


def test_two_warning_points_passed_in_an_outage_make_one_warning() -> None:
    play = claimed()
    play.do("reply", ANA, text="We look into it.")
    play.oversleep(4.5 * DAY)
    assert play.kinds.count("clock_warned") == 1


def test_work_that_was_late_repeats_no_warning() -> None:
    play = claimed()
    play.do("reply", ANA, text="We look into it.")
    play.wait(2.5 * DAY)
    play.do("message", CUSTOMER, text="And?")
    play.now += 9 * HOUR
    play.do("note", ANA, text="Nobody was at work.")
    assert play.kinds.count("clock_warned") == 1


def test_no_warning_of_what_is_broken_already() -> None:
    play = claimed()
    play.do("reply", ANA, text="We look into it.")
    play.oversleep(6 * DAY)
    assert "clock_warned" not in play.kinds


# breaches


def test_a_breach_is_one_breach_and_one_notice() -> None:
    play = claimed(plan(terms(on_breach=Breach.ALERT, resolution=ClockTerms(default=90 * DAY))))
    play.wait(30 * DAY)
    assert (play.kinds.count("clock_breached"), play.alerts.count("clock_breached")) == (1, 1)


def test_a_breached_clock_runs_on_until_the_promise_is_kept() -> None:
    play = claimed()
    play.wait(7 * HOUR)
    assert (play.clock(ClockName.FIRST_RESPONSE).state, play.clock(ClockName.FIRST_RESPONSE).remaining_s) == (
        ClockState.RUNNING,
        -3600,
    )


def test_a_case_is_breached_while_a_broken_promise_is_still_owed() -> None:
    play = claimed()
    play.wait(6 * HOUR)
    assert play.view.breached
    play.do("reply", ANA, text="Sorry for the wait.")
    assert not play.view.breached


def test_a_breach_names_when_it_was_due_and_when_it_was_noticed() -> None:
    play = claimed()
    play.oversleep(8 * HOUR)
    entry = next(entry for entry in play.case.timeline() if entry.kind == "clock_breached")
    assert (entry.data["due"], entry.data["fired"]) == (
        (NOON + 6 * HOUR).isoformat(),
        (NOON + 8 * HOUR).isoformat(),
    )


def test_what_is_paused_is_not_breached() -> None:
    play = waiting()
    play.wait(30 * DAY)
    assert "clock_breached" not in play.kinds


def test_promises_keep_their_start_through_escalations() -> None:
    play = claimed()
    play.do("claim", SUE)
    play.do("claim", EVA)
    assert play.clock(ClockName.RESOLUTION).due_at == NOON + 5 * DAY


# time


def test_now_never_goes_backwards() -> None:
    play = claimed()
    play.oversleep(HOUR)
    with pytest.raises(StaleTime):
        play.case.tick(play.now - timedelta(microseconds=1))


def test_no_event_arrives_before_the_last_one_did() -> None:
    play = claimed()
    play.wait(HOUR)
    play.do("note", ANA, text="An hour later.")
    play.now = NOON
    with pytest.raises(StaleTime):
        play.do("note", ANA, text="In the past.")


def test_checking_an_event_minds_the_order_of_time_too() -> None:
    play = claimed()
    play.wait(HOUR)
    play.do("note", ANA, text="An hour later.")
    with pytest.raises(StaleTime):
        play.case.check(deed("note", ANA, text="In the past."), NOON)


def test_nothing_happens_in_the_future() -> None:
    play = claimed()
    play.do("note", ANA, text="From tomorrow.", at=NOON + DAY)
    assert play.case.timeline()[-1].at == NOON


def test_nothing_happens_before_what_has_happened_already() -> None:
    play = claimed()
    play.wait(HOUR)
    play.do("note", ANA, text="Now.")
    play.wait(HOUR)
    play.do("note", ANA, text="Long ago.", at=NOON)
    assert play.case.timeline()[-1].at == NOON + HOUR


def test_a_time_in_another_zone_is_the_same_moment_in_utc() -> None:
    play = claimed()
    play.wait(2 * HOUR)
    elsewhere = (play.now - 10 * MINUTE).astimezone(timezone(2 * HOUR))
    play.do("ask_for_manager", CUSTOMER, at=elsewhere)
    entry = play.case.timeline()[-1]
    assert entry.at.isoformat() == (play.now - 10 * MINUTE).isoformat()
    assert entry.data["clocks"][0]["due_at"] == (play.now + 20 * MINUTE).isoformat()


def test_eight_weeks_of_silence_pass_in_milliseconds() -> None:
    play = resolved(plan(terms(reopen_window=56 * DAY)))
    started = datetime.now().astimezone()
    play.wait(7 * DAY + 56 * DAY)
    assert play.case.status == "archived"
    assert datetime.now().astimezone() - started < timedelta(seconds=1)
