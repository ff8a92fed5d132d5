"""What the schema of a calendar cannot see: hours that overlap, breaks that take nothing away, a calendar never open.

Works on what of a calendar can be read, so that these mistakes show beside those of the schema, not after them.
"""

from __future__ import annotations

import copy
import datetime
import itertools
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from policies.calendars.form import WEEKDAYS, CalendarForm, CalendarsForm, HoursForm
from policies.calendars.schedule import Schedule, of_form
from policies.calendars.windows import DAY, Window, in_words
from policies.mistakes import Mistake, found_by_schema

_Found = Iterator[tuple[str, str, str]]
_GAP: Any = object()
"""What the schema refuses leaves a gap, so that what comes after it in a list keeps its number."""

_Placed = tuple[int, str, Window]
"""A window in a week or among dates: the day's number, the key that it is written under, itself."""


def found_in(path: Path, calendars: Any) -> list[Mistake]:
    """Every mistake in the table `[calendars]` of a file; empty when it is good."""
    found: list[Mistake] = []
    misread: set[str | int] = set()
    raw = {"calendars": copy.deepcopy(calendars)}
    try:
        CalendarsForm.model_validate(raw)
    except ValidationError as error:
        found += found_by_schema(path, CalendarsForm, error)
        misread = {one["loc"][1] for one in error.errors() if one["loc"][2:3] == ("hours",)}
        _prune(raw, error)
    tables: Any = raw["calendars"]
    for name, table in tables.items() if isinstance(tables, dict) else ():  # pyright: ignore[reportUnknownVariableType]
        form = _readable(table)
        if form is not None:
            found += [
                Mistake(file=str(path), key=f"calendars.{name}.{key}", problem=problem, remedy=remedy)
                for key, problem, remedy in _mistakes(form, name not in misread)
            ]
    return found


def _prune(raw: dict[str, Any], error: ValidationError) -> None:
    """Takes out what the schema refuses."""
    for one in error.errors():
        place = tuple(part for part in one["loc"] if part != "[key]")
        here: Any = raw
        try:
            for part in place[:-1]:
                here = here[part]
            here[place[-1]] = _GAP
        except (KeyError, IndexError, TypeError):
            continue  # Missing, or taken out with what it was part of.


def _readable(table: Any) -> CalendarForm | None:
    if not isinstance(table, dict):
        return None
    try:
        return CalendarForm.model_validate({"zone": "UTC", **_without_gaps(table)})
    except ValidationError:
        return None


def _without_gaps(table: Any) -> Any:
    if isinstance(table, dict):
        return {key: _without_gaps(value) for key, value in table.items() if value is not _GAP}  # pyright: ignore[reportUnknownVariableType]
    if isinstance(table, list):
        return [value for value in table if value is not _GAP]  # pyright: ignore[reportUnknownVariableType]
    return table


def _mistakes(form: CalendarForm, hours_are_whole: bool) -> _Found:
    if hours_are_whole:  # What the schema left out of them may be just what is missed here.
        yield from _never_open(form)
        yield from _idle_breaks(form)
    yield from _overlaps(_of_week("hours", form.hours), 7 * DAY)
    yield from _overlaps(_of_week("breaks", form.breaks), 7 * DAY)
    yield from _overlapping_dates(form, of_form(form))
    yield from _holidays(form)


def _never_open(form: CalendarForm) -> _Found:
    if not any(form.hours.week):
        yield (
            "hours",
            "has no hours on any weekday, so clocks on this calendar would stand still for ever",
            'write some, such as mon = ["09:00-17:30"]',
        )
    elif not any(_left(form)):
        yield "breaks", "leave nothing of the hours, so the calendar is never open", "shorten them"


def _left(form: CalendarForm) -> Iterator[Window]:
    """What the breaks leave of each window, in seconds of its own day."""
    holes = [(place * DAY + a, place * DAY + b) for place in range(-1, 9) for a, b in form.breaks.week[place % 7]]
    for place, windows in enumerate(form.hours.week):
        for start, end in windows:
            free = {start, *(b - place * DAY for _, b in holes if start < b - place * DAY < end)}
            yield from (
                Window(second, end)
                for second in free
                if not any(a - place * DAY <= second < b - place * DAY for a, b in holes)
            )


def _of_week(key: str, week: HoursForm) -> list[_Placed]:
    return [
        (place, f"{key}.{day}[{number}]", window)
        for place, (day, windows) in enumerate(week.named())
        for number, window in enumerate(windows)
    ]


def _overlaps(placed: Sequence[_Placed], around: int | None = None) -> _Found:
    """Windows that begin before the one before them has ended; `around` is the length of what begins anew."""
    ordered = sorted(placed, key=lambda one: one[0] * DAY + one[2].start)
    if around and ordered:
        day, key, window = ordered[0]
        ordered.append((day + around // DAY, key, window))
    for (day, key, window), (later, again, other) in itertools.pairwise(ordered):
        if later * DAY + other.start < day * DAY + window.end and (key, day) != (again, later):
            yield _overlap(again, other, key, window)


def _overlap(key: str, window: Window, other_key: str, other: Window) -> tuple[str, str, str]:
    end = other.end if other.end <= DAY else other.end - DAY
    return (
        key,
        f"{window} overlaps {other_key}, {other}",
        f"begin at {in_words(end)} or later, or write both as one",
    )


def _overlapping_dates(form: CalendarForm, schedule: Schedule) -> _Found:
    """Hours of single dates against each other and against the nights before and after."""
    for day, windows in form.dates.items():
        yield from _overlaps([(0, f"dates.{day}[{number}]", window) for number, window in enumerate(windows)])
        before, after = day - timedelta(days=1), day + timedelta(days=1)
        for number, window in enumerate(windows):
            key = f"dates.{day}[{number}]"
            for night in schedule.windows(before):
                if night.end - DAY > window.start:
                    yield _overlap(key, window, _key(form, before), night)
            if after not in form.dates:
                for morning in schedule.windows(after):
                    if window.end - DAY > morning.start:
                        yield (
                            key,
                            f"{window} overlaps {_key(form, after)}, {morning}, of the day after",
                            f"end at {in_words(morning.start)} or earlier",
                        )


def _key(form: CalendarForm, day: datetime.date) -> str:
    return f"dates.{day}" if day in form.dates else f"hours.{WEEKDAYS[day.weekday()]}"


def _idle_breaks(form: CalendarForm) -> _Found:
    hours = [(place * DAY + a, place * DAY + b) for place in range(-1, 8) for a, b in form.hours.week[place % 7]]
    for place, key, (start, end) in _of_week("breaks", form.breaks):
        if not any(a < place * DAY + end and place * DAY + start < b for a, b in hours):
            yield (
                key,
                f"{Window(start, end)} is outside of the hours, so it takes nothing away",
                f"move it into hours.{WEEKDAYS[place]}, or delete it",
            )


def _holidays(form: CalendarForm) -> _Found:
    for number, day in enumerate(form.holidays.dates):
        if day in form.dates:
            yield (
                f"holidays.dates[{number}]",
                f"{day} has hours of its own in `dates`, and those count",
                "delete one of the two",
            )
