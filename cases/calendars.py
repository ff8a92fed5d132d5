"""When a clock runs: a calendar as a case holds it, compiled to open intervals in UTC. Integer arithmetic only.

Knows intervals, business days, and the horizon up to which both are known. Knows nothing of weekdays, holidays or time
zones: `policies.calendars` makes of those what is here, outside the workflow, so that another release's time-zone data
cannot move a deadline that a replay works out again.

Conventions: intervals are half-open, [opening, closing). What is used up exactly at a closing ends there, not at the
next opening; nothing at all, added to a closed moment, is the next opening. Seen backwards both are the other way
round. Lengths are elapsed time, so the day on which the clocks go back has 25 hours. Exact to the microsecond.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Annotated
from weakref import WeakValueDictionary

from pydantic import AfterValidator, Field

from cases.complaint import Name, Shape, Short
from cases.stretches import (
    BusinessDays,
    Span,
    Stretches,
    business_days,
    packed,
    stretches,
    unpacked_days,
    unpacked_hours,
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ZERO = timedelta(0)
_MICRO = 1_000_000
_DAY = 86_400

AHEAD = timedelta(days=123)
"""How much of a calendar a case wants to know of what is to come: four months, in which 60 business days have room."""


class BeyondHorizon(Exception):
    """The answer lies where the calendar is not compiled yet; have it extended past `until`, and ask again."""

    def __init__(self, calendar: CompiledCalendar) -> None:
        until = _EPOCH + timedelta(seconds=calendar.until)
        super().__init__(
            f"calendar {calendar.name} is compiled up to {until:%Y-%m-%dT%H:%M:%SZ}, and that is not enough"
        )
        self.calendar = calendar
        self.until = until


class CompiledCalendar(Shape):
    """Open intervals and business days over the horizon [since, until), in seconds since 1970 UTC.

    In JSON, `hours` and `days` are packed as `cases.stretches` says: 1.5 KB for a year of an office. Make one with
    `compiled`, read one as a `Calendar`: both give the one object that this process has for the same content.
    """

    name: Name
    zone: Short = Field(description="where its days begin; for people to read, no rule asks for it")
    since: int
    until: int
    always: bool = Field(default=False, description="never closed: its open time needs no intervals and no horizon")
    unit: Annotated[int, Field(gt=0)] = 1
    hours: str = ""
    days: str = Field(default="", description="business days: from midnight to midnight, from midnight to closing")

    @cached_property
    def hash(self) -> str:
        """Names the content: two calendars with the same hash give the same answers."""
        content = "|".join(map(str, (self.name, self.zone, self.since, self.until, self.always, self.unit)))
        return hashlib.sha256(f"{content}|{self.hours}|{self.days}".encode()).hexdigest()[:16]

    def add(self, at: datetime, duration: timedelta) -> datetime:
        """The moment at which `duration` of open time has passed since `at`; for zero, `at` or the next opening.

        Less than zero subtracts. Raises BeyondHorizon.
        """
        if duration < _ZERO:
            return self.subtract(at, -duration)
        if self.always:
            return at + duration
        passed = self._passed(at)
        return self._reached(passed + _micro(duration)) if duration else self._left(passed)

    def subtract(self, at: datetime, duration: timedelta) -> datetime:
        """The moment from which `duration` of open time passes until `at`; for zero, `at` or the last closing.

        Less than zero adds. Raises BeyondHorizon.
        """
        if duration < _ZERO:
            return self.add(at, -duration)
        if self.always:
            return at - duration
        passed = self._passed(at)
        return self._left(passed - _micro(duration)) if duration else self._reached(passed)

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The open time from `start` to `end`; less than zero if `end` comes first. Raises BeyondHorizon."""
        if self.always:
            return end - start
        return timedelta(microseconds=self._passed(end) - self._passed(start))

    def is_open(self, at: datetime) -> bool:
        """Whether a clock runs at this moment. Raises BeyondHorizon."""
        if self.always:
            return True
        second = self._within(at) // _MICRO
        if second >= self.until:
            raise BeyondHorizon(self)
        place = bisect_right(self.open_time.opens, second) - 1
        return place >= 0 and second < self.open_time.closing(place)

    def next_open(self, at: datetime) -> datetime:
        """`at` if it is open then, else the next opening. Raises BeyondHorizon."""
        return self.add(at, _ZERO)

    def end_of_day(self, at: datetime, n: int) -> datetime:
        """The close of the n-th business day after the day of `at`; with 0, the next close of business after `at`.

        The day of `at` is the calendar's own, from midnight to midnight, business day or not: what comes on a Saturday
        or on Friday night has Monday as its first business day. Raises BeyondHorizon; ValueError if n is less than 0.
        """
        if n < 0:
            raise ValueError(f"business days are counted from 0 up, not {n}")
        if self.always and not self.days:
            return _EPOCH + timedelta(days=(at - _EPOCH).days + 1 + n)
        second = self._within(at) // _MICRO
        days = self.business
        place = bisect_right(days.begins, second) + n - 1 if n else bisect_right(days.ends, second)
        if place >= len(days.ends):
            raise BeyondHorizon(self)
        return _EPOCH + timedelta(seconds=days.ends[place])

    def windows(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The open intervals from `start` to `end`, in order, cut off there. Raises BeyondHorizon."""
        if self.always:
            yield from [(start, end)] if start < end else []
            return
        first, last = self._within(start), self._within(end)
        for opens, closes in self.open_time.spans():
            begin, finish = max(opens * _MICRO, first), min(closes * _MICRO, last)
            if begin < finish:
                yield _EPOCH + timedelta(microseconds=begin), _EPOCH + timedelta(microseconds=finish)

    def nearest(self, at: datetime) -> datetime:
        """`at`, if it lies within the horizon or there is none; else the horizon's nearer end."""
        if self.always:
            return at
        return min(max(at, self.horizon[0]), self.horizon[1])

    @cached_property
    def renew_at(self) -> datetime | None:
        """When more of it should be compiled; None if there is no horizon to come to."""
        if self.always and not self.days:
            return None
        return self.horizon[1] - AHEAD

    def extend(self, later: CompiledCalendar) -> CompiledCalendar:
        """This calendar, with what `later` knows past its horizon.

        What is known here stays as it is, whatever `later` says of it: no deadline that is known moves. Raises
        ValueError if `later` leaves a gap.
        """
        if later.until <= self.until:
            return self
        if later.since > self.until:
            raise ValueError(
                f"calendar {self.name} is known up to {self.until}, and what follows begins at {later.since}"
            )
        return compiled(
            self.name,
            self.zone,
            (self.since, later.until),
            [*self._spans(self.since, self.until), *later._spans(self.until, later.until)],
            [*self.business.spans(), *(day for day in later.business.spans() if day[0] >= self.until)],
            always=self.always,
        )

    @cached_property
    def open_time(self) -> Stretches:
        """The open intervals, unpacked; none if it is never closed."""
        return stretches(unpacked_hours(self.hours, self.since, self.unit))

    @cached_property
    def business(self) -> BusinessDays:
        """The business days, unpacked."""
        return business_days(unpacked_days(self.days, self.since, self.unit))

    @cached_property
    def horizon(self) -> tuple[datetime, datetime]:
        """From when to when it is known."""
        return _EPOCH + timedelta(seconds=self.since), _EPOCH + timedelta(seconds=self.until)

    def _spans(self, start: int, end: int) -> Iterator[Span]:
        spans = [(start, end)] if self.always else self.open_time.spans()
        return ((max(a, start), min(b, end)) for a, b in spans if b > start and a < end)

    def _within(self, at: datetime) -> int:
        moment = _micro(at - _EPOCH)
        if not self.since * _MICRO <= moment <= self.until * _MICRO:
            raise BeyondHorizon(self)
        return moment

    def _passed(self, at: datetime) -> int:
        """The open microseconds from the beginning of the horizon to `at`."""
        moment, known = self._within(at), self.open_time
        place = bisect_right(known.opens, moment // _MICRO) - 1
        if place < 0:
            return 0
        before, after = known.before[place], known.before[place + 1]
        return before * _MICRO + min(moment - known.opens[place] * _MICRO, (after - before) * _MICRO)

    def _reached(self, wanted: int) -> datetime:
        """The first moment by which that many open microseconds have passed: in an interval, or at its closing."""
        place = bisect_left(self.open_time.before, -(-wanted // _MICRO)) - 1
        return self._moment(place, wanted)

    def _left(self, wanted: int) -> datetime:
        """The last moment by which no more than that many have passed: in an interval, or at its opening."""
        place = bisect_right(self.open_time.before, wanted // _MICRO) - 1
        return self._moment(place, wanted)

    def _moment(self, place: int, wanted: int) -> datetime:
        known = self.open_time
        if not 0 <= place < len(known.opens):
            raise BeyondHorizon(self)
        moment = (known.opens[place] - known.before[place]) * _MICRO + wanted
        return _EPOCH + timedelta(microseconds=moment)


def compiled(
    name: str, zone: str, horizon: Span, hours: Iterable[Span], days: Iterable[Span] = (), *, always: bool = False
) -> CompiledCalendar:
    """A calendar of open intervals and business days (midnight, closing), both in order, in seconds since 1970 UTC.

    Intervals that touch become one. Raises ValueError for what is out of order or outside of the horizon.
    """
    since, until = horizon
    joined = [] if always else list(_joined(hours))
    if joined and not since <= joined[0][0] < joined[-1][1] <= until:
        raise ValueError(f"calendar {name} has intervals outside of its horizon")
    unit, opens, ends = packed(since, joined, days)
    return interned(
        CompiledCalendar(
            name=name, zone=zone, since=since, until=until, always=always, unit=unit, hours=opens, days=ends
        )
    )


def interned(calendar: CompiledCalendar) -> CompiledCalendar:
    """The one object that this process has for a calendar of this content.

    Raises ValueError if its text cannot be unpacked: here, and not at a deadline.
    """
    known = _KNOWN.get(calendar.hash)
    if known is None:
        _ = calendar.open_time, calendar.business
        known = _KNOWN.setdefault(calendar.hash, calendar)
    return known


_KNOWN: WeakValueDictionary[str, CompiledCalendar] = WeakValueDictionary()

Calendar = Annotated[CompiledCalendar, AfterValidator(interned)]
"""The type of a field that holds a calendar: what is read is the object that this process has already."""


def _micro(length: timedelta) -> int:
    return (length.days * _DAY + length.seconds) * _MICRO + length.microseconds


def _joined(hours: Iterable[Span]) -> Iterator[Span]:
    last: Span | None = None
    for start, end in hours:
        if last is None:
            last = (start, end)
        elif start == last[1]:
            last = (last[0], end)
        else:
            yield last
            last = (start, end)
    if last is not None:
        yield last


ALWAYS = compiled("always", "UTC", (0, 0), (), always=True)
"""Around the clock; its days are those of UTC. What a clock runs on that names no calendar."""
