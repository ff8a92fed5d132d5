"""Who works here: the people file, `[[people]]` tables, read and checked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from cases.complaint import Shape
from cases.people import Person
from cases.words import Rung
from policies.checks import readable
from policies.mistakes import Mistake, PolicyError, found_by_schema, read_toml


class PeopleForm(Shape):
    """A people file as it is written."""

    people: tuple[Person, ...]


def load_people(path: Path | str, teams: Iterable[str] = ()) -> tuple[Person, ...]:
    """The people of a TOML file. Raises PolicyError with every mistake of the file.

    `teams` are those that a policy's triage may choose (`Policy.teams`): each needs somebody at every rung from agent
    up, or its cases would wait for people who do not exist.
    """
    path = Path(path)
    raw = read_toml(path)
    mistakes: list[Mistake] = []
    people: tuple[Person, ...] = ()
    try:
        people = PeopleForm.model_validate(raw).people
    except ValidationError as error:
        mistakes += found_by_schema(path, PeopleForm, error)
    else:
        mistakes += _missing(path, people, teams)
    mistakes += _repeated(path, raw)
    if mistakes:
        raise PolicyError(mistakes)
    return people


def check_people(path: Path | str, teams: Iterable[str] = ()) -> list[Mistake]:
    """Every mistake of a people file; empty when it is good."""
    try:
        load_people(path, teams)
    except PolicyError as error:
        return list(error.mistakes)
    return []


def _missing(path: Path, people: tuple[Person, ...], teams: Iterable[str]) -> Iterator[Mistake]:
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
