"""What a calendar file comes to in UTC."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.calendars import BeyondHorizon, CompiledCalendar, interned
from policies.calendars import (
    Schedule,
    check_calendars,
    compile_calendar,
    horizon,
    load_calendars,
    of_form,
    shipped,
)
from policies.calendars.loading import SHIPPED
from tests.policies.conftest import Write


def of(path: Path, name: str = "office") -> Schedule:
    return of_form(load_calendars(path)[name])


def year(schedule: Schedule, number: int = 2026) -> CompiledCalendar:
    return compile_calendar(
        "office", schedule, datetime(number, 1, 1, tzinfo=UTC), datetime(number + 1, 1, 1, tzinfo=UTC)
    )


def opened(calendar: CompiledCalendar, day: str) -> list[str]:
    """What is open on a date of UTC, as `HH:MM-HH:MM`."""
    start = utc(day)
    return [f"{a:%H:%M}-{b:%H:%M}" for a, b in calendar.windows(start, start + timedelta(days=1))]


def utc(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "windows"),
    [
        ("2026-03-02", ["09:00-17:30"]),  # Monday, in winter
        ("2026-07-06", ["08:00-16:30"]),  # Monday, in summer
        ("2026-03-03", ["09:00-12:00", "13:00-17:30"]),  # a break
        ("2026-03-05", ["09:00-12:30", "13:30-17:30"]),  # two windows
        ("2026-03-06", ["09:00-17:00", "20:00-00:00"]),  # a night begins
        ("2026-03-07", ["00:00-00:30", "01:00-02:00"]),  # and ends, with a break, on a day without hours
        ("2026-04-06", []),  # Easter Monday
        ("2026-04-04", []),  # Good Friday has no night that could end here
        ("2026-07-01", []),  # a holiday of its own
        ("2026-12-24", ["09:00-12:00"]),  # hours of a date, without the weekday's
        ("2026-05-25", ["09:00-13:00"]),  # hours of a date count before the holiday that it is
        ("2026-06-30", []),  # a date without hours, and without the breaks of its weekday
        ("2026-12-28", []),  # Boxing Day in lieu
    ],
)
def test_each_date_is_open_as_written(write: Write, day: str, windows: list[str]) -> None:
    assert opened(year(of(write())), day) == windows


def test_a_holiday_leaves_the_night_that_began_before_it(write: Write) -> None:
    path = write("dates = [2026-07-01]", "dates = [2026-03-07]")
    assert opened(year(of(path)), "2026-03-07") == ["00:00-00:30", "01:00-02:00"]


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        ("2026-03-28", 7),  # 22:00-06:00 over the night on which the clocks go forward
        ("2026-10-24", 9),
        ("2026-10-23", 8),
    ],
)
def test_a_night_has_its_true_length_when_the_clocks_change(write: Write, day: str, hours: int) -> None:
    nights = 'fri = ["22:00-06:00"]\nsat = ["22:00-06:00"]'
    path = write('fri = ["09:00-17:00", "20:00-02:00"]', nights, '[calendars.office.breaks]\ntue = ["12:00-13:00"]\n'
                 'sat = ["00:30-01:00"]', "")  # fmt: skip
    start = utc(day) + timedelta(hours=12)
    assert year(of(path)).between(start, start + timedelta(days=1)) == timedelta(hours=hours)


def test_a_time_that_the_clocks_jump_over_is_read_with_the_offset_before(write: Write) -> None:
    sunday = '[calendars.office.hours]\nsun = ["01:15-01:45", "01:50-03:00"]'
    calendar = year(of(write("[calendars.office.hours]", sunday)))
    # 01:15-01:45 would be 02:15-02:45 of that morning; 01:50 is 02:50, ten minutes before closing.
    assert opened(calendar, "2026-03-29") == ["01:15-01:45", "01:50-02:00"]


def test_a_window_that_ends_before_it_begins_is_not_there(write: Write) -> None:
    calendar = year(of(write("[calendars.office.hours]", '[calendars.office.hours]\nsun = ["01:30-02:15"]')))
    assert opened(calendar, "2026-03-29") == []
    assert opened(calendar, "2026-04-05") == ["00:30-01:15"]


def test_a_time_that_comes_twice_is_the_first(write: Write) -> None:
    calendar = year(of(write("[calendars.office.hours]", '[calendars.office.hours]\nsun = ["01:15-01:45"]')))
    assert opened(calendar, "2026-10-25") == ["00:15-00:45"]


def test_a_date_that_a_zone_left_out_is_no_day(write: Write) -> None:
    samoa = of(
        write(
            '"Europe/London"', '"Pacific/Apia"', '{ country = "GB", subdivision = "ENG", dates = [2026-07-01] }', "{}"
        )
    )
    calendar = year(samoa, 2011)
    # Thursday 29 December 2011 was followed by Saturday the 31st.
    thursday = datetime(2011, 12, 29, 22, tzinfo=UTC)
    assert calendar.end_of_day(thursday, 0) == datetime(2011, 12, 30, 3, 30, tzinfo=UTC)
    assert not calendar.is_open(datetime(2011, 12, 30, 20, tzinfo=UTC))


@pytest.mark.parametrize(
    ("received", "n", "closing"),
    [
        ("2026-04-01 10:00", 1, "2026-04-02 16:30"),  # Wednesday: close of business on Thursday
        ("2026-04-01 10:00", 3, "2026-04-08 16:30"),  # over Good Friday, the weekend and Easter Monday
        ("2026-04-01 22:59", 1, "2026-04-02 16:30"),  # Wednesday still, after closing
        ("2026-04-01 23:00", 1, "2026-04-07 16:30"),  # Thursday, in London
        ("2026-03-07 01:30", 1, "2026-03-09 17:30"),  # Saturday, though Friday's night is not over
        ("2026-03-06 10:00", 0, "2026-03-07 02:00"),  # Friday closes when its night ends
        ("2026-05-24 10:00", 1, "2026-05-25 13:00"),  # the holiday that has hours is a business day
    ],
)  # fmt: skip
def test_business_days_close_when_their_last_window_does(write: Write, received: str, n: int, closing: str) -> None:
    assert year(of(write())).end_of_day(utc(received), n) == utc(closing)


def test_a_date_that_is_all_break_is_no_business_day(write: Write) -> None:
    path = write("2026-06-30 = []", "", 'tue = ["12:00-13:00"]', 'tue = ["08:00-18:00"]')
    assert year(of(path)).end_of_day(utc("2026-03-02 10:00"), 1) == utc("2026-03-04 17:30")


def test_around_the_clock_needs_no_intervals(write: Write) -> None:
    path = write()
    days = "\n".join(f'{day} = ["00:00-24:00"]' for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun"))
    path.write_text(f'[calendars.office]\nzone = "Europe/London"\n[calendars.office.hours]\n{days}')
    calendar = year(of(path))
    assert calendar.always
    assert calendar.hours == ""
    assert calendar.add(utc("2030-01-01"), timedelta(hours=1)) == utc("2030-01-01 01:00")
    assert calendar.end_of_day(utc("2026-03-28 10:00"), 1) == utc("2026-03-29 23:00")


def test_nights_that_meet_are_around_the_clock_too(write: Write) -> None:
    path = write()
    days = "\n".join(
        f'{day} = ["07:00-19:00", "19:00-07:00"]' for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    )
    path.write_text(f'[calendars.office]\nzone = "Europe/London"\n[calendars.office.hours]\n{days}')
    assert of(path).never_closes
    path.write_text(path.read_text().replace('sun = ["07:00-19:00"', 'sun = ["07:30-19:00"'))
    assert not of(path).never_closes


def test_cases_of_one_month_share_a_calendar(write: Write) -> None:
    schedule = of(write())
    first = compile_calendar("office", schedule, *horizon(utc("2026-03-01 00:00")))
    assert compile_calendar("office", schedule, *horizon(utc("2026-03-31 23:59"))) is first
    assert interned(first) is first


def test_the_horizon_reaches_over_a_year_ahead_and_back_to_what_came_first() -> None:
    assert horizon(utc("2026-03-15")) == (utc("2026-02-01"), utc("2027-06-01"))
    assert horizon(utc("2026-01-15"), utc("2025-06-20")) == (utc("2025-05-01"), utc("2027-04-01"))


LONG = compile_calendar(
    "us-office", of_form(shipped("us-office")), datetime(2025, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
)


@given(st.integers(0, 700), st.integers(1, 300), st.integers(0, 300 * 86_400), st.integers(0, 200 * 3600))
def test_another_horizon_gives_the_same_deadlines(first: int, length: int, start: int, open_time: int) -> None:
    since = datetime(2025, 1, 15, tzinfo=UTC) + timedelta(days=first)
    short = compile_calendar("us-office", of_form(shipped("us-office")), since, since + timedelta(days=length))
    at = since + timedelta(seconds=start)
    with suppress(BeyondHorizon):
        assert short.add(at, timedelta(seconds=open_time)) == LONG.add(at, timedelta(seconds=open_time))
    for n in (0, 1, 3, 15):
        with suppress(BeyondHorizon):
            assert short.end_of_day(at, n) == LONG.end_of_day(at, n)


@given(st.integers(1, 400), st.integers(0, 400 * 86_400), st.integers(0, 15))
def test_extending_gives_what_compiling_at_once_would(cut: int, start: int, n: int) -> None:
    schedule, since = of_form(shipped("night-desk")), datetime(2026, 1, 1, tzinfo=UTC)
    middle, until = since + timedelta(days=cut, hours=cut % 24), since + timedelta(days=500)
    early = compile_calendar("night-desk", schedule, since, middle)
    whole = compile_calendar("night-desk", schedule, since, until)
    assert early.extend(compile_calendar("night-desk", schedule, middle - timedelta(days=30), until)) is whole
    assert early.extend(compile_calendar("night-desk", schedule, middle, until)) is whole
    assert whole.end_of_day(since + timedelta(seconds=start), n) > since + timedelta(seconds=start)


def test_what_we_ship_is_right() -> None:
    assert check_calendars(SHIPPED) == []
    assert of_form(shipped("uk-office")).windows(date(2026, 4, 3)) == ()
    for form in load_calendars(SHIPPED).values():
        assert year(of_form(form)).between(utc("2026-01-01"), utc("2027-01-01")) > timedelta(days=50)
