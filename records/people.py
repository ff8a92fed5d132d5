"""The people of the directory: who they are, and how that changes. Who is chosen for what is in `records.directory`.

Whoever leaves is kept, for past cases, and is in no answer any more. To go, or to be made unavailable, is an absence
without an end: what they have is offered to others, as of everybody who is away (`records.absences`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

import sqlalchemy as sa
from pydantic import Field

from cases.complaint import Shape
from cases.people import Away, Person
from records.absences import away_by_file, come_back, go, keep_of_file
from records.database import Database, insert_or_replace
from records.tables import calendars, imports, people

_FIELDS = tuple(Person.model_fields)

Source = Literal["start", "import"]
"""Who brought a people file: a worker that started with it, or somebody who imported it."""


class Change(Shape):
    """What an import does to one person: `joins`, `changes` (field: before and after), or `leaves`."""

    person: str
    what: Literal["joins", "changes", "leaves"]
    fields: dict[str, tuple[Any, Any]] = Field(default={})


class People(Database):
    """What can be asked and changed about people."""

    def person(self, person_id: str) -> Person | None:
        """One person, available or not; None if they are not, or no longer, in the directory."""
        with self.reading() as connection:
            return _find(connection, person_id)

    def people(self) -> list[Person]:
        """Everybody, by id."""
        with self.reading() as connection:
            return _everybody(connection)

    def import_people(
        self,
        everybody: Iterable[Person],
        away: Mapping[str, Sequence[Away]] | None = None,
        *,
        digest: str | None = None,
        source: Source = "import",
        dry_run: bool = False,
    ) -> list[Change]:
        """Makes the directory what the list says, and returns what that changes. `away` has the absences of a file.

        A worker's file (`source` "start") changes something only if another was there when one last started: what was
        changed by hand since then stands. With `dry_run` nothing is written. Raises RecordsAway.
        """
        now, wanted = datetime.now(UTC), {person.id: person for person in everybody}
        with self.writing() as connection:
            _take_turns(connection)
            if digest and source == "start" and _newest(connection) == digest:
                return []
            there = {person.id: person for person in _everybody(connection)}
            absent = away_by_file(connection, now)
            if not dry_run:
                self._put(connection, wanted.values(), now)
                _leave(connection, there.keys() - wanted.keys(), now)
                keep_of_file(connection, away or {}, now)
                if digest:
                    row = {"digest": digest, "source": source, "imported_at": now}
                    connection.execute(sa.insert(imports), row)
        return list(_changes(_told(there, absent, now), _told(wanted, away or {}, now)))

    def save_person(self, person: Person, now: datetime) -> bool:
        """Puts somebody into the directory, in place of who they were. Whether they are new. Raises RecordsAway."""
        with self.writing() as connection:
            new = _find(connection, person.id, lock=True) is None
            self._put(connection, (person,), now)
        return new

    def change_person(self, person_id: str, change: Callable[[Person], Person], now: datetime) -> Person | None:
        """Changes somebody; two who do so at once take turns. None if they are not there. Raises RecordsAway.

        What `change` raises is raised, and nothing is changed.
        """
        with self.writing() as connection:
            before = _find(connection, person_id, lock=True)
            if before is None:
                return None
            after = change(before)
            self._put(connection, (after,), now)
        return after

    def remove_person(self, person_id: str, now: datetime) -> bool:
        """Somebody leaves. False if they were not there. Raises RecordsAway."""
        with self.writing() as connection:
            there = _find(connection, person_id, lock=True) is not None
            _leave(connection, {person_id} if there else (), now)
        return there

    def keep_calendars(self, content: Mapping[str, str]) -> None:
        """Keeps calendars by name, as JSON, in place of those of the same name: shifts are named by them."""
        rows = [{"name": name, "content": text, "kept_at": datetime.now(UTC)} for name, text in sorted(content.items())]
        if rows:
            with self.writing() as connection:
                connection.execute(insert_or_replace(self.dialect, calendars), rows)

    def calendars(self) -> dict[str, str]:
        """The calendars that are kept, by name, as JSON."""
        with self.reading() as connection:
            rows = connection.execute(sa.select(calendars.c.name, calendars.c.content).order_by(calendars.c.name))
            return {row.name: row.content for row in rows}

    def _put(self, connection: sa.Connection, everybody: Collection[Person], now: datetime) -> None:
        """Who was available and is so no longer is gone, who is so again has come back."""
        if not everybody:
            return
        ids = [person.id for person in everybody]
        known = sa.select(people.c.id, people.c.available).where(people.c.id.in_(ids))
        before = {row.id: row.available for row in connection.execute(known)}
        rows = [person.model_dump(mode="json") | {"left_at": None} for person in everybody]
        connection.execute(insert_or_replace(self.dialect, people), rows)
        go(connection, {each.id for each in everybody if before.get(each.id) and not each.available}, now)
        come_back(connection, {each.id for each in everybody if before.get(each.id) is False and each.available}, now)


def person_in(row: sa.RowMapping) -> Person:
    """The person of a row."""
    return Person.model_validate({name: row[name] for name in _FIELDS})


def _take_turns(connection: sa.Connection) -> None:
    """On PostgreSQL, in the order in which those who choose lock them too; SQLite has one writer anyway."""
    connection.execute(sa.select(people.c.id).order_by(people.c.id).with_for_update()).all()


def _find(connection: sa.Connection, person_id: str, *, lock: bool = False) -> Person | None:
    query = sa.select(people).where(people.c.id == person_id, people.c.left_at.is_(None))
    row = connection.execute(query.with_for_update() if lock else query).mappings().one_or_none()
    return person_in(row) if row else None


def _everybody(connection: sa.Connection) -> list[Person]:
    query = sa.select(people).where(people.c.left_at.is_(None)).order_by(people.c.id)
    return [person_in(row) for row in connection.execute(query).mappings()]


def _leave(connection: sa.Connection, ids: Collection[str], now: datetime) -> None:
    if not ids:
        return
    leaving = people.c.id.in_(ids)
    still = connection.execute(sa.select(people.c.id).where(leaving, people.c.available)).scalars().all()
    connection.execute(sa.update(people).where(leaving).values(available=False, left_at=now))
    go(connection, still, now)


def _newest(connection: sa.Connection) -> str | None:
    query = sa.select(imports.c.digest).where(imports.c.source == "start").order_by(imports.c.n.desc()).limit(1)
    return connection.execute(query).scalar()


def _told(
    everybody: Mapping[str, Person], away: Mapping[str, Sequence[Away]], now: datetime
) -> dict[str, dict[str, Any]]:
    """What a file says of each: the person, and when they are away from now on."""
    told: dict[str, dict[str, Any]] = {}
    for name, person in everybody.items():
        times = [(each.begins, each.until) for each in away.get(name, ()) if each.until is None or each.until > now]
        absences = [
            f"{_moment(begins)} to {_moment(until)}" for begins, until in sorted(times, key=lambda each: each[0])
        ]
        told[name] = {**person.model_dump(mode="json"), "absences": absences}
    return told


def _moment(at: datetime | None) -> str:
    return at.astimezone(UTC).isoformat(timespec="minutes") if at else "further notice"


def _changes(before: Mapping[str, dict[str, Any]], after: Mapping[str, dict[str, Any]]) -> Iterable[Change]:
    for name in sorted({*before, *after}):
        if name not in after:
            yield Change(person=name, what="leaves")
        elif name not in before:
            yield Change(person=name, what="joins")
        elif before[name] != after[name]:
            was, will = before[name], after[name]
            fields = {field: (was[field], will[field]) for field in will if was[field] != will[field]}
            yield Change(person=name, what="changes", fields=fields)
