"""Files of facts about business hours, and whether we come to the same: what `caseladder calendar check` reads.

The format is JSON: `calendars` by name (timezone, weekly, holidays, date_overrides, date_breaks) and `vectors`, each an
operation on one of them with what it should come to (`policies.calendars.facts`). In it a holiday counts before the
hours of its date, unlike in our files; `pauses` are ranges in which the clock does not run.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, Field, TypeAdapter, ValidationError

from cases.complaint import Shape
from policies.calendars.facts import Fact, come_to
from policies.calendars.form import WEEKDAYS, Date, Zone
from policies.calendars.schedule import Schedule
from policies.calendars.windows import Window, window
from policies.mistakes import dotted


class VectorsError(Exception):
    """A file that holds no vectors; the text says why and what to try."""


class Verdict(StrEnum):
    """What came of a vector. A contested one is one that its own collection does not agree about."""

    PASSED = "passed"
    FAILED = "failed"
    CONTESTED = "contested"


class Checked(Shape):
    """One vector, and what came of it."""

    id: str
    verdict: Verdict
    text: str = Field(description="what was expected, and what we get")


def check_vectors(path: Path | str) -> list[Checked]:
    """Every vector of a file, in its order. Raises VectorsError if it is no such file, OSError if it cannot be read."""
    path = Path(path)
    try:
        file = _File.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise VectorsError(f"{path} {_file_problem(error)}") from error
    schedules = {name: _schedule(raw) for name, raw in file.calendars.items()}
    return [_checked(place, raw, schedules) for place, raw in enumerate(file.vectors)]


def _checked(place: int, raw: Mapping[str, Any], schedules: Mapping[str, Schedule | str]) -> Checked:
    name = str(raw.get("id", f"vectors[{place}]"))
    contested = raw.get("oracle_agrees") is False
    try:
        fact = _FACT.validate_python(raw)
    except ValidationError as error:
        return Checked(id=name, verdict=Verdict.FAILED, text=f"cannot be read: {_problem(error)}")
    schedule = schedules.get(fact.calendar, "there is no such calendar in the file")
    where = f"{fact.op} on {fact.calendar}"
    if isinstance(schedule, str):
        return Checked(id=name, verdict=Verdict.FAILED, text=f"{where}: {schedule}")
    agrees, text = come_to(fact, schedule)
    verdict = Verdict.CONTESTED if contested else Verdict.PASSED if agrees else Verdict.FAILED
    note = f" ({raw['note']})" if raw.get("note") else ""
    return Checked(id=name, verdict=verdict, text=f"{where} from {fact.start.isoformat()}: {text}{note}")


class _File(BaseModel):
    calendars: dict[str, dict[str, Any]]
    vectors: tuple[dict[str, Any], ...]


def _pair(value: Any) -> Any:
    try:
        start, end = value
        return window(start, end)
    except (TypeError, AttributeError) as error:
        raise ValueError(f"{value!r} is no pair of times such as ['09:00', '17:00']") from error


_Pairs = tuple[Annotated[Window, BeforeValidator(_pair)], ...]


class _Written(BaseModel):
    """A calendar as the vectors write it. Fields that are for readers only are passed over."""

    timezone: Zone
    weekly: dict[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], _Pairs] = {}
    holidays: frozenset[Date] = frozenset()
    date_overrides: dict[Date, _Pairs] = {}
    date_breaks: dict[Date, _Pairs] = {}


def _schedule(raw: Mapping[str, Any]) -> Schedule | str:
    """The calendar's rules, or why they cannot be read."""
    try:
        written = _Written.model_validate(raw)
    except ValidationError as error:
        return f"the calendar cannot be read: {_problem(error)}"
    return Schedule(
        zone=ZoneInfo(written.timezone),
        hours=tuple(written.weekly.get(day, ()) for day in WEEKDAYS),
        dates={day: hours for day, hours in written.date_overrides.items() if day not in written.holidays},
        breaks_of_dates=written.date_breaks,
        closed=written.holidays,
    )


_FACT: TypeAdapter[Fact] = TypeAdapter(Fact)


def _problem(error: ValidationError) -> str:
    """The first thing that is wrong, with its key."""
    first = error.errors(include_url=False)[0]
    key = dotted(first["loc"])
    return f"{key}: {first['msg']}" if key else first["msg"]


def _file_problem(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    if first["type"] == "json_invalid":
        return f"is not JSON: {first['msg'].removeprefix('Invalid JSON: ')}"
    return (
        f"holds no vectors: {_problem(error)}; the format is an object with `calendars`, by name, and a list `vectors` "
        "of what is expected of them"
    )
