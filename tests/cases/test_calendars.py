"""Calendars as cases hold them: the laws that adding and counting keep, whatever the intervals."""

from __future__ import annotations

import gc
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cases.calendars import ALWAYS, BeyondHorizon, Calendar, CompiledCalendar, compiled, interned
from cases.complaint import Shape
from cases.stretches import Span

SINCE = 1_772_323_200  # 1 March 2026
HOUR, DAY = 3600, 86_400
LENGTH = 60 * DAY
ZERO = timedelta(0)

Ask = Callable[[CompiledCalendar], object]


def at(second: float) -> datetime:
    return datetime(2026, 3, 1, tzinfo=UTC) + timedelta(seconds=second)


def office(days: int = 60, until: int | None = None) -> CompiledCalendar:
    """Nine to five, every day, in UTC."""
    hours = [(SINCE + day * DAY + 9 * HOUR, SINCE + day * DAY + 17 * HOUR) for day in range(days)]
    business = [(SINCE + day * DAY, end) for day, (_, end) in enumerate(hours)]
    return compiled("office", "UTC", (SINCE, until or SINCE + days * DAY), hours, business)


@st.composite
def spans(draw: st.DrawFn, unit: int = 60) -> list[Span]:
    """Intervals within the horizon, in order, some of which touch."""
    count = draw(st.integers(1, 40))
    bounds = sorted(draw(st.sets(st.integers(0, LENGTH // unit), min_size=2 * count, max_size=2 * count)))
    found = [(SINCE + a * unit, SINCE + b * unit) for a, b in zip(bounds[::2], bounds[1::2], strict=True)]
    if draw(st.booleans()) and len(found) > 1:
        found[0] = (found[0][0], found[1][0])
    return found


@st.composite
def calendars(draw: st.DrawFn) -> CompiledCalendar:
    return compiled("any", "UTC", (SINCE, SINCE + LENGTH), draw(spans(draw(st.sampled_from([1, 60, 900])))))


moments = st.integers(0, LENGTH * 1_000_000).map(lambda micro: at(0) + timedelta(microseconds=micro))
lengths = st.integers(1, LENGTH * 1_000_000 // 3).map(lambda micro: timedelta(microseconds=micro))


@given(calendars(), moments, lengths)
def test_what_was_added_is_what_lies_between(calendar: CompiledCalendar, start: datetime, length: timedelta) -> None:
    assert calendar.between(start, added(calendar, start, length)) == length


@given(calendars(), moments, lengths, lengths)
def test_adding_in_two_steps_equals_adding_at_once(
    calendar: CompiledCalendar, start: datetime, one: timedelta, other: timedelta
) -> None:
    once = added(calendar, start, one + other)
    assert calendar.add(calendar.add(start, one), other) == once


@given(calendars(), moments, lengths)
def test_subtracting_undoes_adding(calendar: CompiledCalendar, start: datetime, length: timedelta) -> None:
    end = added(calendar, start, length)
    assert calendar.subtract(end, length) == calendar.next_open(start)


@given(calendars(), moments, lengths)
def test_adding_undoes_subtracting(calendar: CompiledCalendar, end: datetime, length: timedelta) -> None:
    start = answer(lambda: calendar.subtract(end, length))
    assert calendar.add(start, length) == answer(lambda: calendar.subtract(end, ZERO))
    assert calendar.add(end, -length) == start
    assert calendar.subtract(start, -length) == calendar.add(start, length)


@given(calendars(), moments, moments)
def test_between_is_the_length_of_the_windows_between(
    calendar: CompiledCalendar, start: datetime, end: datetime
) -> None:
    start, end = min(start, end), max(start, end)
    windows = list(calendar.windows(start, end))
    assert calendar.between(start, end) == sum((closes - opens for opens, closes in windows), ZERO)
    assert calendar.between(end, start) == -calendar.between(start, end)
    assert all(calendar.is_open(opens) for opens, _ in windows)


@given(spans(), moments, lengths, st.integers(1, LENGTH // HOUR), st.integers(0, LENGTH // HOUR))
def test_another_horizon_gives_the_same_answers_inside_both(
    hours: list[Span], start: datetime, length: timedelta, size: int, offset: int
) -> None:
    since = SINCE + offset * HOUR
    until = min(since + size * HOUR, SINCE + LENGTH)
    assume(since < until)
    clipped = [(max(a, since), min(b, until)) for a, b in hours if b > since and a < until]
    long, short = (
        compiled("any", "UTC", (SINCE, SINCE + LENGTH), hours),
        compiled("any", "UTC", (since, until), clipped),
    )
    asked: list[Ask] = [
        lambda calendar: calendar.add(start, length),
        lambda calendar: calendar.add(start, ZERO),
        lambda calendar: calendar.subtract(start, length),
        lambda calendar: calendar.is_open(start),
    ]
    for ask in asked:
        try:
            inside = ask(short)
        except BeyondHorizon:
            continue
        assert inside == ask(long)


@given(spans(), moments, lengths, st.integers(1, LENGTH // HOUR - 1))
def test_a_calendar_that_was_extended_answers_like_one_compiled_at_once(
    hours: list[Span], start: datetime, length: timedelta, cut: int
) -> None:
    middle = SINCE + cut * HOUR
    early = compiled("any", "UTC", (SINCE, middle), [(a, min(b, middle)) for a, b in hours if a < middle])
    late = compiled(
        "any", "UTC", (middle - HOUR, SINCE + LENGTH),
        [(max(a, middle - HOUR), b) for a, b in hours if b > middle - HOUR],
    )  # fmt: skip
    whole = compiled("any", "UTC", (SINCE, SINCE + LENGTH), hours)
    assert early.extend(late) is whole
    assert added(early.extend(late), start, length) == whole.add(start, length)


@given(calendars())
def test_a_calendar_read_from_json_is_the_object_that_is_there(calendar: CompiledCalendar) -> None:
    assert Holder.model_validate_json(Holder(calendar=calendar).model_dump_json()).calendar is calendar


class Holder(Shape):
    calendar: Calendar


def added(calendar: CompiledCalendar, start: datetime, length: timedelta) -> datetime:
    return answer(lambda: calendar.add(start, length))


def answer(ask: Callable[[], datetime]) -> datetime:
    """What it comes to; examples without an answer within the horizon are no examples."""
    try:
        return ask()
    except BeyondHorizon:
        assume(False)
        raise


def test_time_used_up_at_closing_ends_there() -> None:
    assert office().add(at(9 * HOUR), timedelta(hours=8)) == at(17 * HOUR)
    assert office().subtract(at(17 * HOUR), timedelta(hours=8)) == at(9 * HOUR)


def test_nothing_added_is_the_next_opening_and_nothing_subtracted_the_last_closing() -> None:
    calendar, evening = office(), at(20 * HOUR)
    assert calendar.add(evening, ZERO) == calendar.next_open(evening) == at(DAY + 9 * HOUR)
    assert calendar.subtract(evening, ZERO) == at(17 * HOUR)
    assert calendar.add(at(17 * HOUR), ZERO) == at(DAY + 9 * HOUR)
    assert calendar.subtract(at(DAY + 9 * HOUR), ZERO) == at(17 * HOUR)
    assert calendar.add(at(12 * HOUR), ZERO) == calendar.subtract(at(12 * HOUR), ZERO) == at(12 * HOUR)


def test_it_is_open_at_its_opening_and_shut_at_its_closing() -> None:
    assert office().is_open(at(9 * HOUR))
    assert not office().is_open(at(17 * HOUR))
    assert not office().is_open(at(9 * HOUR - 0.000001))
    assert office().is_open(at(17 * HOUR - 0.000001))


def test_fractions_of_a_second_are_kept() -> None:
    assert office().add(at(16 * HOUR + 0.25), timedelta(hours=1, seconds=0.5)) == at(DAY + 9 * HOUR + 0.75)


@pytest.mark.parametrize(
    ("hour", "n", "day"),
    [
        (10, 1, 1),  # received in the morning: the day after
        (20, 1, 1),  # received after closing is received on that day all the same
        (10, 3, 3),
        (10, 0, 0),  # today's close of business
        (20, 0, 1),  # which is tomorrow's, once today's has passed
        (17, 0, 1),
    ],
)
def test_business_days_are_counted_from_the_day_after(hour: int, n: int, day: int) -> None:
    assert office().end_of_day(at(hour * HOUR), n) == at(day * DAY + 17 * HOUR)


def test_a_day_of_business_may_close_on_the_next_morning() -> None:
    night = compiled("night", "UTC", (SINCE, SINCE + 3 * DAY), [(SINCE + 22 * HOUR, SINCE + 30 * HOUR)],
                     [(SINCE, SINCE + 30 * HOUR)])  # fmt: skip
    assert night.end_of_day(at(DAY + HOUR), 0) == at(30 * HOUR)


def test_a_day_that_closes_within_the_horizon_may_have_begun_before_it() -> None:
    late = compiled("late", "UTC", (SINCE, SINCE + DAY), [(SINCE, SINCE + HOUR)], [(SINCE - 5 * HOUR, SINCE + HOUR)])
    assert late.end_of_day(at(60), 0) == at(HOUR)


def test_days_cannot_be_counted_backwards() -> None:
    with pytest.raises(ValueError, match="from 0 up"):
        office().end_of_day(at(0), -1)


BEYOND: list[Ask] = [
    lambda calendar: calendar.add(at(0), timedelta(hours=8 * 60 + 1)),
    lambda calendar: calendar.add(at(61 * DAY), timedelta(hours=1)),
    lambda calendar: calendar.subtract(at(0), timedelta(hours=1)),
    lambda calendar: calendar.subtract(at(8 * HOUR), ZERO),
    lambda calendar: calendar.between(at(0), at(61 * DAY)),
    lambda calendar: calendar.next_open(at(59 * DAY + 18 * HOUR)),
    lambda calendar: calendar.is_open(at(60 * DAY)),
    lambda calendar: calendar.is_open(at(-1)),
    lambda calendar: calendar.end_of_day(at(0), 60),
    lambda calendar: calendar.end_of_day(at(-1), 1),
    lambda calendar: list(calendar.windows(at(0), at(61 * DAY))),
]


@pytest.mark.parametrize("ask", BEYOND)
def test_what_lies_past_the_horizon_is_an_error_that_says_so(ask: Ask) -> None:
    with pytest.raises(BeyondHorizon, match="office is compiled up to 2026-04-30T00:00:00Z") as caught:
        ask(office())
    assert caught.value.until == at(60 * DAY)


def test_extending_never_changes_what_is_known() -> None:
    early = office(10)
    corrected = compiled("office", "UTC", (SINCE, SINCE + 20 * DAY), [(SINCE + 9 * DAY, SINCE + 12 * DAY)],
                         [(SINCE + 9 * DAY, SINCE + 12 * DAY), (SINCE + 12 * DAY, SINCE + 13 * DAY)])  # fmt: skip
    longer = early.extend(corrected)
    assert list(longer.windows(at(0), at(10 * DAY))) == list(early.windows(at(0), at(10 * DAY)))
    assert list(longer.windows(at(10 * DAY), at(20 * DAY))) == [(at(10 * DAY), at(12 * DAY))]
    assert longer.end_of_day(at(0), 9) == early.end_of_day(at(0), 9)
    assert longer.end_of_day(at(0), 10) == at(13 * DAY)


def test_extending_with_what_is_known_already_changes_nothing() -> None:
    assert office(20).extend(office(10)) is office(20)


def test_extending_leaves_no_gap() -> None:
    late = compiled("office", "UTC", (SINCE + 11 * DAY, SINCE + 12 * DAY), [])
    with pytest.raises(ValueError, match="what follows begins"):
        office(10).extend(late)


def test_a_calendar_that_never_closes_needs_no_horizon() -> None:
    far = at(3_000 * DAY)
    assert ALWAYS.add(at(0), timedelta(days=3_000)) == far
    assert ALWAYS.subtract(far, timedelta(days=3_000)) == at(0)
    assert ALWAYS.between(at(0), far) == timedelta(days=3_000)
    assert ALWAYS.is_open(far)
    assert ALWAYS.next_open(far) == far
    assert list(ALWAYS.windows(at(0), far)) == [(at(0), far)]
    assert ALWAYS.end_of_day(at(10 * HOUR), 0) == at(DAY)
    assert ALWAYS.end_of_day(at(10 * HOUR), 15) == at(16 * DAY)
    assert len(ALWAYS.model_dump_json()) < 200


def test_the_same_content_is_one_object_and_has_one_name() -> None:
    calendar = office()
    assert office() is calendar
    assert interned(calendar.model_copy()) is calendar
    assert len(calendar.hash) == 16
    assert office(59).hash != calendar.hash


def test_a_calendar_that_nobody_holds_is_forgotten() -> None:
    name = office(7).hash
    gc.collect()
    later = office(7)
    assert later.hash == name
    assert later is office(7)


def test_a_year_of_an_office_is_short() -> None:
    hours = [(SINCE + day * DAY + 9 * HOUR, SINCE + day * DAY + 17 * HOUR) for day in range(365) if day % 7 < 5]
    days = [(start - 9 * HOUR, end) for start, end in hours]
    calendar = compiled("office", "UTC", (SINCE, SINCE + 365 * DAY), hours, days)
    assert len(calendar.model_dump_json()) < 1_600


@pytest.mark.parametrize(
    ("hours", "days", "problem"),
    [
        ([(5, 4), (6, 9)], [], "order"),
        ([(5, 9), (7, 12)], [], "order"),
        ([(5, 9 * DAY)], [], "horizon"),
        ([(-5, 4)], [], "horizon"),
        ([(5, 9)], [(0, 9), (0, 9)], "must rise"),
        ([(5, 9)], [(0, 9), (10, 8)], "order"),
        ([(5, 9)], [(0, 900), (10, 800)], "must rise"),
    ],
)
def test_intervals_out_of_order_are_refused(hours: list[Span], days: list[Span], problem: str) -> None:
    horizon = (SINCE, SINCE + DAY)
    with pytest.raises(ValueError, match=problem):
        compiled(
            "wrong", "UTC", horizon,
            [(SINCE + a, SINCE + b) for a, b in hours], [(SINCE + a, SINCE + b) for a, b in days],
        )  # fmt: skip


@pytest.mark.parametrize("text", ["AAE", "AQ==", "gA==", "AAA=", "not base64"])
def test_a_text_that_is_no_calendar_is_refused_when_it_is_read(text: str) -> None:
    with pytest.raises(ValueError, match="calendar"):
        Holder.model_validate({"calendar": {**office().model_dump(), "hours": text}})
