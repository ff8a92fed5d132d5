"""Shifts: when somebody works, as calendars say it. The same calendars, and the same compiler, as those of clocks.

Nothing of a shift is compiled ahead and kept: who is on shift is asked by activities and the API only, where another
release's time zones and holidays may count at once.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from cases.people import Person, Shift
from cases.stretches import Span
from policies.calendars import CalendarForm, found_in, load_calendars, of_form
from policies.calendars.compiling import by_date
from policies.calendars.loading import SHIPPED
from policies.mistakes import Mistake, closest

_DAY = datetime.timedelta(days=1)


class Shifts:
    """Who is on shift when. `calendars` are those that shifts are named by, as JSON by name (`content`)."""

    def __init__(self, calendars: Mapping[str, str]) -> None:
        self._calendars = calendars

    def on(self, person: Person, at: datetime.datetime) -> bool:
        """Whether they work at that moment. Who has no shift always does, and so does who names a lost calendar."""
        shift = person.shift
        if shift is None:
            return True
        written = self._calendars.get(shift) if isinstance(shift, str) else json.dumps(shift, sort_keys=True)
        if written is None:
            return True  # Rather asked in vain than forgotten; nobody ever removes a calendar from the records.
        second = int(at.timestamp())
        return any(opens <= second < closes for opens, closes in _spans(written, at.astimezone(datetime.UTC).date()))


def content(calendars: Mapping[str, CalendarForm]) -> dict[str, str]:
    """Calendars as the records keep them."""
    return {name: form.model_dump_json(exclude_defaults=True) for name, form in calendars.items()}


def ours() -> dict[str, CalendarForm]:
    """The calendars that come with caseladder."""
    return load_calendars(SHIPPED)


def mistakes_in(shift: Shift, known: Iterable[str], file: str = "", key: str = "shift") -> list[Mistake]:
    """What is wrong with a shift: an unknown calendar, or each mistake in the hours of one's own."""
    if isinstance(shift, str):
        names = tuple(known)
        if shift in names:
            return []
        meant = closest(shift, names)
        remedy = f"did you mean {meant!r}?" if meant else f"name one of {', '.join(names)}, or write zone and hours"
        return [Mistake(file=file, key=key, problem=f"there is no calendar {shift!r}", remedy=remedy)]
    found = found_in(Path(file), {"shift": shift})
    return [
        one.model_copy(update={"file": file, "key": f"{key}{one.key.removeprefix('calendars.shift')}"}) for one in found
    ]


@lru_cache(maxsize=4096)
def _spans(written: str, day: datetime.date) -> tuple[Span, ...]:
    """What is open on and around a date of UTC, in seconds; most people share their hours with others."""
    begin = datetime.datetime.combine(day, datetime.time(), datetime.UTC)
    schedule = of_form(CalendarForm.model_validate_json(written))
    return tuple(span for _, _, spans in by_date(schedule, begin, begin + _DAY) for span in spans)
