"""What a calendar says of each date: its windows and its breaks, before any of it is a moment.

Knows which rule counts on a date; knows neither TOML nor UTC. Both the files of people and the vectors of
`caseladder calendar check` become a `Schedule`.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from policies.calendars import public
from policies.calendars.form import CalendarForm
from policies.calendars.windows import DAY, Window

Week = tuple[tuple[Window, ...], ...]
"""Windows for each weekday, Monday first."""

NOTHING: Week = ((),) * 7


@dataclass(frozen=True)
class Schedule:
    """The rules of one calendar. A date's own windows count before holidays, and those before the weekday's."""

    zone: ZoneInfo
    hours: Week
    breaks: Week = NOTHING
    dates: Mapping[datetime.date, tuple[Window, ...]] = field(default_factory=dict[datetime.date, tuple[Window, ...]])
    breaks_of_dates: Mapping[datetime.date, tuple[Window, ...]] = field(
        default_factory=dict[datetime.date, tuple[Window, ...]]
    )
    closed: frozenset[datetime.date] = frozenset()
    country: str | None = None
    subdivision: str | None = None

    def windows(self, day: datetime.date) -> tuple[Window, ...]:
        """The windows that begin on this date, in the order written."""
        if day in self.dates:
            return self.dates[day]
        return () if self.holiday(day) is not None else self.hours[day.weekday()]

    def holes(self, day: datetime.date) -> tuple[Window, ...]:
        """The breaks that begin on this date."""
        if day in self.breaks_of_dates:
            return self.breaks_of_dates[day]
        return () if day in self.dates else self.breaks[day.weekday()]

    def holiday(self, day: datetime.date) -> str | None:
        """The name of the holiday that this date is, if it is one."""
        if day in self.closed:
            return "holiday"
        return public.of_year(self.country, self.subdivision, day.year).get(day) if self.country else None

    @property
    def never_closes(self) -> bool:
        """Whether it is open at every moment, whatever the date."""
        special = self.dates or self.closed or self.country or self.breaks_of_dates or any(self.breaks)
        return not special and covers_the_week(self.hours)


def of_form(form: CalendarForm) -> Schedule:
    """The rules that a file writes."""
    return Schedule(
        zone=ZoneInfo(form.zone),
        hours=form.hours.week,
        breaks=form.breaks.week,
        dates=form.dates,
        closed=frozenset(form.holidays.dates),
        country=form.holidays.country,
        subdivision=form.holidays.subdivision,
    )


def covers_the_week(week: Week) -> bool:
    """Whether these windows, week after week, leave nothing out."""
    reached = 0
    # The last day of the week before comes first: its night may reach into this one.
    for place in range(-1, 7):
        for start, end in sorted(week[place]):
            if place * DAY + start <= reached:
                reached = max(reached, place * DAY + end)
    return reached >= 7 * DAY
