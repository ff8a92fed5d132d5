"""The coming days of a calendar, to be read: what is open, what is shut, and why. No case asks for any of this."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, Field

from cases.complaint import Shape
from policies.calendars.compiling import by_date
from policies.calendars.schedule import Schedule


class Opening(Shape):
    """One window, in the calendar's zone and in the reader's."""

    opens: AwareDatetime
    closes: AwareDatetime
    reader_opens: AwareDatetime
    reader_closes: AwareDatetime


class Day(Shape):
    """One date of the calendar's zone: the windows that begin on it."""

    date: datetime.date
    windows: tuple[Opening, ...]
    open_s: int = Field(description="open time of these windows, in seconds")
    note: str = Field(description="what is special about this date; empty if nothing is")


def coming(schedule: Schedule, start: datetime.date, days: int, reader: ZoneInfo | None) -> Iterator[Day]:
    """That many dates from `start`; without a reader's zone, in that of this machine."""
    zone = schedule.zone
    noon = datetime.datetime.combine(start, datetime.time(12), tzinfo=zone)
    for date, _, spans in by_date(schedule, noon, noon + timedelta(days=days)):
        if start <= date < start + timedelta(days=days):
            windows = tuple(
                Opening(opens=opens, closes=closes, reader_opens=_at(a, reader), reader_closes=_at(b, reader))
                for a, b in spans
                for opens, closes in [(_at(a, zone), _at(b, zone))]
            )
            yield Day(date=date, windows=windows, open_s=sum(b - a for a, b in spans), note=_note(schedule, date))


def _at(second: int, zone: ZoneInfo | None) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(second, UTC).astimezone(zone)


def _note(schedule: Schedule, date: datetime.date) -> str:
    notes = [schedule.holiday(date) or ""]
    if date in schedule.dates:
        notes.append("hours of this date" if schedule.dates[date] else "closed on this date")
    midnights = [datetime.datetime.combine(day, datetime.time(), tzinfo=schedule.zone) for day in (date, _after(date))]
    if midnights[0].utcoffset() != midnights[1].utcoffset():
        notes.append("the clocks change")
    return ", ".join(filter(None, notes))


def _after(date: datetime.date) -> datetime.date:
    return date + timedelta(days=1)
