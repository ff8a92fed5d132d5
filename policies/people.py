"""Who works here: the people file, `[[people]]` tables, read and checked.

A shift is the name of a calendar (ours, the policy's, or one that the file has under `[calendars]`) or hours of one's
own; `absences` are times in which somebody is away.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from cases.complaint import Shape
from cases.people import Away, Person, Shift
from cases.words import Rung
from policies.calendars import CalendarForm, CalendarsForm, found_in
from policies.checks import readable
from policies.mistakes import Mistake, PolicyError, found_by_schema, read_toml
from policies.shifts import content, mistakes_in, ours


class _PersonForm(Person):
    """One of `[[people]]`."""

    absences: tuple[Away, ...] = ()


class PeopleForm(Shape):
    """A people file as it is written."""

    people: tuple[_PersonForm, ...]


@dataclass(frozen=True)
class PeopleFile:
    """What a people file says. `calendars` are those that shifts may be named by, as the records keep them."""

    people: tuple[Person, ...]
    away: Mapping[str, tuple[Away, ...]]
    calendars: Mapping[str, str]

    @property
    def digest(self) -> str:
        """The same for the same content: comments and order of tables make no other file."""
        people = sorted(person.model_dump_json() for person in self.people)
        away = {name: [each.model_dump(mode="json") for each in several] for name, several in self.away.items()}
        said = json.dumps([people, away, dict(self.calendars)], sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()


def load_people(path: Path | str, teams: Iterable[str] = ()) -> tuple[Person, ...]:
    """The people of a TOML file, without their absences. Raises as `load_people_file`."""
    return load_people_file(path, teams).people


def load_people_file(
    path: Path | str, teams: Iterable[str] = (), calendars: Mapping[str, CalendarForm] | None = None
) -> PeopleFile:
    """A people file. Raises PolicyError with every mistake of the file.

    `teams` are those that a policy's triage may choose (`Policy.teams`): each needs somebody at every rung from agent
    up, or its cases would wait for people who do not exist. `calendars` are the policy's, for shifts.
    """
    path = Path(path)
    raw = read_toml(path, "policies/demo-people.toml")
    shifts = _shifts(raw)
    own, mistakes = _calendars(path, raw)
    known = {**ours(), **(calendars or {}), **own}
    form: PeopleForm | None = None
    try:
        form = PeopleForm.model_validate(raw)
    except ValidationError as error:
        mistakes += found_by_schema(path, PeopleForm, error)
    else:
        mistakes += _missing(path, form.people, teams)
    for place, shift in shifts.items():
        mistakes += _wrong_shift(path, f"people[{place}].shift", shift, known)
    mistakes += _repeated(path, raw)
    if form is None or mistakes:
        raise PolicyError(mistakes)
    return PeopleFile(
        people=tuple(_person(each, shifts.get(place)) for place, each in enumerate(form.people)),
        away={each.id: each.absences for each in form.people if each.absences},
        calendars=content(known),
    )


def check_people(path: Path | str, teams: Iterable[str] = ()) -> list[Mistake]:
    """Every mistake of a people file; empty when it is good."""
    try:
        load_people(path, teams)
    except PolicyError as error:
        return list(error.mistakes)
    return []


def _person(form: _PersonForm, shift: Shift | None) -> Person:
    return Person.model_validate({**form.model_dump(exclude={"absences"}), "shift": shift})


def _shifts(raw: dict[str, Any]) -> dict[int, Any]:
    """Takes the shifts out of the rows, by their places: what is wrong with hours is said by those who know them."""
    people: Any = raw.get("people")
    rows = enumerate(people) if isinstance(people, list) else ()  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    return {place: row.pop("shift") for place, row in rows if isinstance(row, dict) and "shift" in row}  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]


def _calendars(path: Path, raw: dict[str, Any]) -> tuple[dict[str, CalendarForm], list[Mistake]]:
    """Takes the calendars out of the file."""
    written = raw.pop("calendars", {})
    mistakes = found_in(path, written) if written else []
    return ({} if mistakes or not written else CalendarsForm.model_validate({"calendars": written}).calendars), mistakes


def _wrong_shift(path: Path, key: str, shift: Any, known: Mapping[str, CalendarForm]) -> list[Mistake]:
    if isinstance(shift, str | dict):
        return mistakes_in(shift, known, str(path), key)  # pyright: ignore[reportUnknownArgumentType] -- TOML's keys are strings
    remedy = 'name a calendar, such as shift = "uk-office", or write a table with zone and hours'
    return [Mistake(file=str(path), key=key, problem=f"{shift!r} is no shift", remedy=remedy)]


def _missing(path: Path, people: Iterable[Person], teams: Iterable[str]) -> Iterator[Mistake]:
    people = tuple(people)
    for team in teams:
        for rung in (rung for rung in Rung if rung is not Rung.BOT):
            if not any(person.rung is rung and person.in_line_of(team) for person in people):
                yield Mistake(
                    file=str(path),
                    key="people",
                    problem=f"team {team} has nobody at the rung {rung}",
                    remedy=f'add somebody with rung = "{rung}" and teams = ["{team}"], or without teams',
                )


def _repeated(path: Path, raw: dict[str, Any]) -> Iterator[Mistake]:
    seen: dict[str, int] = {}
    for place, row in readable(_Row, raw.get("people")):
        if row.id in seen:
            yield Mistake(
                file=str(path),
                key=f"people[{place}].id",
                problem=f"{row.id!r} is the id of people[{seen[row.id]}] too",
                remedy="give each person an id of their own",
            )
        seen.setdefault(row.id, place)


class _Row(BaseModel):
    """What of a person must be readable to tell whether an id is given twice."""

    id: str
