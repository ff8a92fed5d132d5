"""From wall-clock hours to UTC: a schedule over a horizon as `cases.calendars.CompiledCalendar`.

The only place where calendars meet time-zone data. A wall-clock time that the clocks jump over is read with the offset
that counted before the jump, and one that comes twice means the first, as in RFC 5545, section 3.3.5. So a window that
spans a change of the clocks has its true length; one that lies in the hour that is left out may have none.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

from cases.calendars import CompiledCalendar, compiled
from cases.stretches import Span
from policies.calendars.schedule import Schedule
from policies.calendars.windows import Window

AHEAD = 14
"""Months that a horizon reaches past the present: the longest promise in the files that we ship is eight weeks."""

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=UTC)


def horizon(
    now: datetime.datetime, earliest: datetime.datetime | None = None
) -> tuple[datetime.datetime, datetime.datetime]:
    """What to compile for a case of `now`: whole months, so that the cases of a month share one calendar.

    `earliest` is the first moment that any of its clocks counts from, if that is before `now`.
    """
    first = min(now, earliest or now).astimezone(UTC)
    return _month(first, -1), _month(now.astimezone(UTC), AHEAD + 1)


def compile_calendar(
    name: str,
    schedule: Schedule,
    since: datetime.datetime,
    until: datetime.datetime,
    pauses: Sequence[Span] = (),
) -> CompiledCalendar:
    """The open intervals and business days from `since` to `until`, both to the second; `pauses` are left out.

    A business day is a date on which something opens and is not all break. It closes when the last window that began on
    it closes: for a night, on the next morning.
    """
    start, end = _seconds(since), _seconds(until)
    hours: list[Span] = []
    days: list[Span] = []
    closing = 0
    for _, begin, spans in by_date(schedule, since, until):
        hours += spans
        if spans:
            closing = max(closing, *(last for _, last in spans))
            if closing > start and begin < end:
                days.append((begin, closing))
    within = [(max(a, start), min(b, end)) for a, b in minus(union(hours), union(pauses)) if b > start and a < end]
    return compiled(name, schedule.zone.key, (start, end), within, days, always=schedule.never_closes and not pauses)


def by_date(
    schedule: Schedule, since: datetime.datetime, until: datetime.datetime
) -> Iterator[tuple[datetime.date, int, list[Span]]]:
    """Each date of the calendar's zone, its midnight, and what is open of the windows that begin on it.

    From two days before the date of `since`, whose night may not be over, to the day after the date of `until`.
    """
    zone = schedule.zone
    first, last = since.astimezone(zone).toordinal() - 2, until.astimezone(zone).toordinal() + 1
    midnight = _wall(datetime.date.fromordinal(first), 0, zone)
    for ordinal in range(first, last + 1):
        day = datetime.date.fromordinal(ordinal)
        begin, midnight = midnight, _wall(datetime.date.fromordinal(ordinal + 1), 0, zone)
        if begin == midnight:
            continue  # A date that this zone never had, such as 30 December 2011 in Samoa.
        spans = union(moments(day, schedule.windows(day), zone))
        around = (datetime.date.fromordinal(ordinal + step) for step in (-1, 0, 1))
        holes = [hole for near in around for hole in moments(near, schedule.holes(near), zone)] if spans else []
        yield day, begin, minus(spans, union(holes)) if holes else spans


def moments(day: datetime.date, windows: Iterable[Window], zone: ZoneInfo) -> Iterator[Span]:
    """Windows of a date in UTC; none for one that ends, in UTC, before it begins."""
    for window in windows:
        start, end = _wall(day, window.start, zone), _wall(day, window.end, zone)
        if start < end:
            yield start, end


def union(spans: Iterable[Span]) -> list[Span]:
    """The same time in order, without overlaps; spans that touch stay apart."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def minus(spans: Sequence[Span], holes: Sequence[Span]) -> list[Span]:
    """What is left of the spans outside of the holes; both in order and without overlaps."""
    left: list[Span] = []
    for start, end in spans:
        for hole_start, hole_end in holes:
            if hole_end <= start:
                continue
            if hole_start >= end:
                break
            if start < hole_start:
                left.append((start, hole_start))
            start = hole_end
        if start < end:
            left.append((start, end))
    return left


def _wall(day: datetime.date, second: int, zone: ZoneInfo) -> int:
    # Adding to a moment that has a zone is wall-clock arithmetic; taking another zone's moment from it is not.
    wall = datetime.datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(seconds=second)
    return _seconds(wall)


def _seconds(at: datetime.datetime) -> int:
    since = at - _EPOCH
    return since.days * 86_400 + since.seconds


def _month(at: datetime.datetime, steps: int) -> datetime.datetime:
    year, month = divmod(at.year * 12 + at.month - 1 + steps, 12)
    return datetime.datetime(year, month + 1, 1, tzinfo=UTC)
