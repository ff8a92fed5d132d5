"""The account of a clock: its lines add up, on any calendar and after any correction, and name what they count."""

from __future__ import annotations

from datetime import timedelta

from cases.accounting import account
from cases.plan import ClockTerms
from cases.words import ClockName
from tests.claims import of_every_life
from tests.moments import Life
from tests.office import OFFICE, office_plan
from tests.samples import ANA, CUSTOMER, DAY, HOUR, NOON, claimed, terms


@of_every_life
def test_the_stretches_of_an_account_add_up_to_what_has_run(life: Life) -> None:
    for play in life.played():
        for clock in play.view.clocks:
            lines = account(clock, play.now).lines
            counted = sum((timedelta(seconds=line.counted_s or 0) for line in lines), timedelta())
            assert counted == timedelta(seconds=clock.elapsed_s)
            known = [line for line in lines if line.remaining_s is not None]
            assert timedelta(seconds=known[-1].remaining_s or 0) == timedelta(seconds=clock.remaining_s)


@of_every_life
def test_each_stretch_is_the_open_time_of_its_calendar(life: Life) -> None:
    for play in life.played():
        for clock in play.view.clocks:
            if any(entry.mark == "correct" for entry in clock.ledger):
                continue  # What ran before was counted on another calendar.
            hours = play.hours(clock.calendar)
            for line in account(clock, play.now).lines:
                if line.since and line.until and line.counted_s and line.until <= hours.nearest(line.until):
                    assert timedelta(seconds=line.counted_s) == hours.between(line.since, line.until)


def test_a_pause_over_a_night_can_be_checked_with_a_pencil() -> None:
    play = claimed(office_plan(terms(resolution=ClockTerms(default=20 * HOUR, pausable=True))))
    play.now += 2 * HOUR
    play.do("reply", ANA, text="Which one?", asks="Which one?")
    play.do("wait_for_customer", ANA)
    play.now = NOON + DAY - 2 * HOUR
    play.do("message", CUSTOMER, text="The second.")
    play.now += 30 * HOUR
    done = account(play.clock(ClockName.RESOLUTION), play.now)
    assert (done.calendar, done.zone) == ("office", "Europe/London")
    assert [
        (line.what, line.counted_s, line.total_s, line.remaining_s) for line in done.lines if line.total_s is not None
    ] == [
        ("start", None, 0, 72_000),
        ("pause", 7200, 7200, 64_800),
        ("resume", None, 7200, 64_800),
        ("now", 50_400, 57_600, 14_400),
    ]
    assert done.lines[-1].due_at == OFFICE.add(NOON + DAY - 2 * HOUR, 18 * HOUR)
