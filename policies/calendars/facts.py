"""What others have computed about business hours, and what we come to: one class for each operation of the vectors.

Upstream, `add_days` means two things, and nothing but prose says which. Either the count starts at the nearest working
day in that direction and the time of day is kept, open or not; or it starts at the day itself, and a closed time of day
moves on to the next opening (back to the last closing, where the count is negative). What either gives is right.
"""

from __future__ import annotations

import datetime
from abc import ABC, abstractmethod
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import UTC, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field, StrictBool, StrictInt

from cases.calendars import BeyondHorizon, CompiledCalendar
from policies.calendars.compiling import compile_calendar
from policies.calendars.schedule import Schedule

YEARS = (1, 5, 40)
"""How far around a fact its calendar is compiled, one after the other, until there is an answer."""

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)
_ZERO = timedelta(0)

Moment = Annotated[AwareDatetime, AfterValidator(lambda at: at.astimezone(UTC))]
Range = tuple[Moment, Moment]
Seconds = Annotated[float, Field(ge=-1e10, le=1e10)]


class Operation(BaseModel, ABC):
    """One fact. Fields that are for readers only are passed over."""

    calendar: str
    start: Moment
    pauses: tuple[Range, ...] = ()

    @property
    @abstractmethod
    def wanted(self) -> str:
        """What was expected."""

    @abstractmethod
    def found(self, calendar: CompiledCalendar) -> tuple[str, ...]:
        """What we get, in the same form; every answer that counts as right. Raises BeyondHorizon."""

    @property
    def latest(self) -> datetime.datetime:
        """The last moment that it asks about."""
        return self.start

    def compiled(self, schedule: Schedule, years: int) -> CompiledCalendar:
        """The calendar that it asks about, that many years around it."""
        around = timedelta(days=366 * years)
        since = min(self.start, self.latest).replace(microsecond=0) - around
        until = max(self.start, self.latest).replace(microsecond=0) + around
        pauses = [((start - _EPOCH) // _SECOND, (end - _EPOCH) // _SECOND) for start, end in self.pauses]
        return compile_calendar("checked", schedule, since, until, pauses)


class Shift(Operation, ABC):
    """A moment, and another that much open time away."""

    seconds: Seconds
    expected: Moment

    @property
    def wanted(self) -> str:
        """What was expected."""
        return _said(self.expected)

    @property
    def span(self) -> timedelta:
        """The open time between the two."""
        return timedelta(seconds=self.seconds)


class Add(Shift):
    """The moment at which that much open time has passed."""

    op: Literal["add"]

    def found(self, calendar: CompiledCalendar) -> tuple[str, ...]:
        """By `CompiledCalendar.add`."""
        return (_said(calendar.add(self.start, self.span)),)


class Subtract(Shift):
    """The moment from which that much open time passes until `start`."""

    op: Literal["subtract"]

    def found(self, calendar: CompiledCalendar) -> tuple[str, ...]:
        """By `CompiledCalendar.subtract`."""
        return (_said(calendar.subtract(self.start, self.span)),)


class Between(Operation):
    """The open time from `start` to `end`."""

    op: Literal["between"]
    end: Moment
    expected_seconds: Seconds

    @property
    def wanted(self) -> str:
        """What was expected."""
        return _length(timedelta(seconds=self.expected_seconds))

    @property
    def latest(self) -> datetime.datetime:
        """The end."""
        return self.end

    def found(self, calendar: CompiledCalendar) -> tuple[str, ...]:
        """By `CompiledCalendar.between`."""
        return (_length(calendar.between(self.start, self.end)),)


class IsOpen(Operation):
    """Whether a clock runs at `start`."""

    op: Literal["is_open"]
    expected: StrictBool

    @property
    def wanted(self) -> str:
        """What was expected."""
        return "open" if self.expected else "closed"

    def found(self, calendar: CompiledCalendar) -> tuple[str, ...]:
        """By `CompiledCalendar.is_open`."""
        return ("open" if calendar.is_open(self.start) else "closed",)


class WindowsAfter(Operation):
    """The next open intervals, as many as are expected; the first is cut off at `start`."""

    op: Literal["windows_after"]
    expected: tuple[Range, ...]

    @property
    def wanted(self) -> str:
        """What was expected, intervals that touch taken as one."""
        return _listed(self.expected)

    @property
    def latest(self) -> datetime.datetime:
        """The last closing."""
        return self.expected[-1][1] if self.expected else self.start + timedelta(days=366)

    def found(self, calendar: CompiledCalendar) -> tuple[str, ...]:
        """By `CompiledCalendar.windows`."""
        return (_listed(calendar.windows(self.start, self.latest)),)


class AddDays(Operation):
    """The same time of day, that many business days further."""

    op: Literal["add_days"]
    days: StrictInt
    expected: Moment

    @property
    def wanted(self) -> str:
        """What was expected."""
        return _said(self.expected)

    @property
    def latest(self) -> datetime.datetime:
        """What was expected."""
        return self.expected

    def found(self, calendar: CompiledCalendar) -> tuple[str, ...]:
        """By the business days of the calendar, in both of the ways that this is meant upstream."""
        zone = ZoneInfo(calendar.zone)
        local = self.start.astimezone(zone)
        begins = (datetime.datetime.fromtimestamp(begin, zone) for begin in calendar.business.begins)
        # At a midnight that the clocks jump over, a day begins at one o'clock: it is the date that counts.
        dates = [begin.date() for begin in begins]
        before, after = bisect_left(dates, local.date()), bisect_right(dates, local.date())
        from_nearest = (before if self.days >= 0 else after - 1) + self.days
        from_itself = after - 1 + self.days if self.days > 0 else before + self.days
        if min(from_nearest, from_itself) < 0 or max(from_nearest, from_itself) >= len(dates):
            raise BeyondHorizon(calendar)

        def at(date: datetime.date) -> datetime.datetime:
            return datetime.datetime.combine(date, local.time(), tzinfo=zone).astimezone(UTC)

        moved = at(dates[from_itself]) if self.days else self.start
        snapped = calendar.add(moved, _ZERO) if self.days >= 0 else moved
        if self.days < 0 and not calendar.is_open(moved):
            snapped = calendar.subtract(moved, _ZERO)
        return tuple(dict.fromkeys((_said(at(dates[from_nearest])), _said(snapped))))


Fact = Annotated[Add | Subtract | Between | IsOpen | WindowsAfter | AddDays, Field(discriminator="op")]


def come_to(fact: Operation, schedule: Schedule) -> tuple[bool, str]:
    """Whether we come to what was expected, and both, for a reader."""
    for years in YEARS:
        try:
            found = fact.found(fact.compiled(schedule, years))
        except (BeyondHorizon, OverflowError):
            continue
        return fact.wanted in found, f"expected {fact.wanted}, got {' or '.join(found)}"
    return False, f"expected {fact.wanted}, got no answer within {YEARS[-1]} years"


def _length(length: timedelta) -> str:
    seconds, rest = divmod(length, _SECOND)
    return f"{seconds + rest.microseconds / 1e6} s" if rest else f"{seconds} s"


def _said(at: datetime.datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _listed(ranges: Iterable[tuple[datetime.datetime, datetime.datetime]]) -> str:
    joined: list[tuple[datetime.datetime, datetime.datetime]] = []
    for start, end in sorted(ranges):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return ", ".join(f"{_said(start)}/{_said(end)}" for start, end in joined) or "nothing"
