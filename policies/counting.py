"""What a schema cannot see of how clocks count: calendars that are not there, business days without a calendar."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cases.words import ClockName
from policies.form import AROUND_THE_CLOCK, PROMISED
from policies.mistakes import closest

_Found = Iterator[tuple[str, str, str]]

_LENGTHS_ONLY = (ClockName.ACCEPT, ClockName.ANSWER)


def found_in_clocks(raw: Mapping[str, Any]) -> _Found:
    """Mistakes in what the clocks of a policy file count on: key, problem, remedy."""
    known = _table(raw, "calendars")
    if AROUND_THE_CLOCK in known:
        yield f"calendars.{AROUND_THE_CLOCK}", "this name means around the clock", "give the calendar another name"
    yield from _unknown("calendar", raw.get("calendar"), known)
    for clock in PROMISED:
        terms, key = _table(_table(raw, "clocks"), clock.value), f"clocks.{clock}"
        yield from _unknown(f"{key}.calendar", terms.get("calendar"), known)
        named = terms.get("calendar") or raw.get("calendar")
        days = [f"{key}.end_of_business_day"] if "end_of_business_day" in terms else []
        rows: Any = terms.get("targets")
        for place, row in enumerate(rows if isinstance(rows, list) else ()):  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
            days += [f"{key}.targets[{place}].end_of_business_day"] if "end_of_business_day" in row else []
        for day in days:
            if clock in _LENGTHS_ONLY:
                yield day, f"the time to {clock} is a length", 'write a length of time, such as "8h"'
            elif named in (None, AROUND_THE_CLOCK):
                remedy = f'add {key}.calendar, such as calendar = "{next(iter(known), "office")}", or a length of time'
                yield day, "a clock around the clock has no business days", remedy


def _unknown(key: str, named: Any, known: Mapping[str, Any]) -> _Found:
    if isinstance(named, str) and named not in known and named != AROUND_THE_CLOCK:
        meant = closest(named, [*known, AROUND_THE_CLOCK])
        yield (
            key,
            f"unknown calendar {named!r}",
            f"did you mean {meant!r}?" if meant else f"add a table [calendars.{named}] with zone and hours",
        )


def _table(raw: Mapping[str, Any], key: str) -> dict[str, Any]:
    table: Any = raw.get(key)
    return table if isinstance(table, dict) else {}  # pyright: ignore[reportUnknownVariableType]
