"""Absences: who is away from when until when, and whether the cases that they have been told.

An absence that has begun is worked until every case of the person has had word of it (`vacancies`, `told`): a worker
takes it on for a while, alone, and another goes on if that one dies. Who tells the cases is `activities.relieving`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

import sqlalchemy as sa
from pydantic import AwareDatetime

from cases.complaint import Shape
from cases.people import Absence, Away
from cases.words import Reason, Status
from records.database import Database, insert_new
from records.tables import absences, cases, people

TAKEN_ON_FOR = timedelta(minutes=1)
"""How long an absence is one worker's to tell of, before another may take it on.

Every absence is taken on twice at least: what was claimed just before it began may be written late, by half a minute
where the records were away, which is the longest pause between two tries of a commit.
"""

_RECORDED, _FILE, _GONE = "recorded", "file", "gone"
_WORKED = (Status.OPEN, Status.WAITING_CUSTOMER)


class Vacancy(Shape):
    """An absence that has begun, and the cases that have had no word of it. `last`: others are not expected."""

    id: UUID
    person: str
    until: AwareDatetime | None
    cases: tuple[str, ...]
    last: bool


class Absences(Database):
    """What can be asked and changed about absences."""

    def absences(self, now: datetime, person: str | None = None) -> list[Absence]:
        """Those that are not over, the first to begin first; of everybody, or of one person."""
        with self.reading() as connection:
            return absences_in(connection, now, person)

    def record_absence(self, person: str, away: Away, by: str, now: datetime) -> Absence | None:
        """Records that somebody is away, now or later. None if they are not in the directory. Raises RecordsAway."""
        absence_id = uuid4()
        row = {**_row(person, away, _RECORDED, by, now), "id": str(absence_id)}
        with self.writing() as connection:
            # Choices lock the person too: one that is made after this sees the absence.
            there = sa.select(people.c.id).where(people.c.id == person, people.c.left_at.is_(None)).with_for_update()
            if connection.execute(there).first() is None:
                return None
            connection.execute(sa.insert(absences), row)
        return Absence(id=absence_id, person=person, begins=away.begins, until=away.until, recorded_by=by)

    def end_absence(self, person: str, absence_id: UUID, now: datetime) -> bool:
        """Ends one now; one that has not begun is forgotten. False if the person has none such that is not over."""
        query = sa.select(absences.c.begins).where(
            absences.c.id == str(absence_id), absences.c.person == person, absences.c.kind != _GONE, _not_over(now)
        )
        with self.writing() as connection:
            begins = connection.execute(query).scalar()
            if begins is not None:
                _end(connection, [str(absence_id)], now)
        return begins is not None

    def vacancies(self, now: datetime) -> list[Vacancy]:
        """Absences whose cases are to be told, taken on by whoever asks. Raises RecordsAway."""
        free = sa.or_(absences.c.looked_at.is_(None), absences.c.looked_at <= now - TAKEN_ON_FOR)
        waiting = sa.and_(absences.c.offered_on_at.is_(None), absences.c.begins <= now, _not_over(now), free)
        query = sa.select(absences).where(waiting).order_by(absences.c.begins)
        with self.reading() as connection:
            rows = connection.execute(query).mappings().all()
        return [taken for row in rows if (taken := self._taken_on(row, now))]

    def told(self, absence_id: UUID, now: datetime) -> None:
        """Every case of that absence has had word of it."""
        with self.writing() as connection:
            which = absences.c.id == str(absence_id)
            connection.execute(sa.update(absences).where(which).values(offered_on_at=now))

    def _taken_on(self, row: sa.RowMapping, now: datetime) -> Vacancy | None:
        """None if somebody else was first."""
        seen = absences.c.looked_at.is_(None) if row["looked_at"] is None else absences.c.looked_at == row["looked_at"]
        mine = sa.update(absences).where(absences.c.id == row["id"], seen).values(looked_at=now)
        owned = sa.select(cases.c.case_id, cases.c.view).where(
            cases.c.owner_person == row["person"], cases.c.status.in_(_WORKED)
        )
        with self.writing() as connection:
            if connection.execute(mine).rowcount != 1:
                return None
            found = connection.execute(owned.order_by(cases.c.sort_due, cases.c.case_id)).all()
        return Vacancy(
            id=UUID(row["id"]),
            person=row["person"],
            until=row["until"],
            cases=tuple(case.case_id for case in found if not _knows(case.view)),
            last=row["looked_at"] is not None,
        )


def absences_in(connection: sa.Connection, now: datetime, person: str | None = None) -> list[Absence]:
    """Those that are not over, the first to begin first; of everybody, or of one person."""
    query = sa.select(absences).where(absences.c.kind != _GONE, _not_over(now))
    if person is not None:
        query = query.where(absences.c.person == person)
    rows = connection.execute(query.order_by(absences.c.begins, absences.c.id)).mappings()
    return [_absence(row) for row in rows]


def absent_at(connection: sa.Connection, now: datetime) -> set[str]:
    """Who is away."""
    running = sa.and_(absences.c.kind != _GONE, absences.c.begins <= now, _not_over(now))
    return set(connection.execute(sa.select(absences.c.person).where(running)).scalars())


def go(connection: sa.Connection, ids: Collection[str], now: datetime) -> None:
    """They are not available any more, until further notice."""
    rows = [
        {**_row(person, Away(begins=now), _GONE, "the directory", now), "id": str(uuid4())} for person in sorted(ids)
    ]
    if rows:
        connection.execute(sa.insert(absences), rows)


def come_back(connection: sa.Connection, ids: Collection[str], now: datetime) -> None:
    """They are available again."""
    gone = sa.and_(absences.c.person.in_(ids), absences.c.kind == _GONE, _not_over(now))
    connection.execute(sa.update(absences).where(gone).values(until=now))


def away_by_file(connection: sa.Connection, now: datetime) -> dict[str, list[Away]]:
    """The absences that came from a people file and are not over, by person, the first to begin first."""
    query = sa.select(absences).where(absences.c.kind == _FILE, _not_over(now)).order_by(absences.c.begins)
    found: dict[str, list[Away]] = {}
    for row in connection.execute(query).mappings():
        found.setdefault(row["person"], []).append(Away(begins=row["begins"], until=row["until"]))
    return found


def keep_of_file(connection: sa.Connection, away: Mapping[str, Sequence[Away]], now: datetime) -> None:
    """Makes the absences that come from a people file what it says; what was recorded otherwise stays."""
    rows = [
        {**_row(person, each, _FILE, "the people file", now), "id": str(_id_of(person, each))}
        for person, several in away.items()
        for each in several
    ]
    wanted = {row["id"] for row in rows}
    known = sa.select(absences.c.id).where(absences.c.kind == _FILE, _not_over(now))
    _end(connection, [each for each in connection.execute(known).scalars() if each not in wanted], now)
    if rows:
        connection.execute(insert_new(connection.dialect.name, absences), rows)


def _end(connection: sa.Connection, ids: Collection[str], now: datetime) -> None:
    these = absences.c.id.in_(ids)
    connection.execute(sa.delete(absences).where(these, absences.c.begins > now))
    connection.execute(sa.update(absences).where(these).values(until=now))


def _not_over(now: datetime) -> sa.ColumnElement[bool]:
    return sa.or_(absences.c.until.is_(None), absences.c.until > now)


def _knows(view: dict[str, dict[str, list[str]] | None]) -> bool:
    """Whether a case is offered to somebody else already because its owner is not there."""
    return Reason.OWNER_UNAVAILABLE in ((view["offer"] or {}).get("reasons") or ())


def _id_of(person: str, away: Away) -> UUID:
    """The same for the same line of a file, however often it is read."""
    return uuid5(NAMESPACE_URL, f"caseladder:{person}:{away.model_dump_json()}")


def _row(person: str, away: Away, kind: str, by: str, now: datetime) -> dict[str, object]:
    return {
        "person": person,
        "begins": away.begins,
        "until": away.until,
        "kind": kind,
        "recorded_by": by,
        "recorded_at": now,
    }


def _absence(row: sa.RowMapping) -> Absence:
    return Absence(
        id=row["id"], person=row["person"], begins=row["begins"], until=row["until"], recorded_by=row["recorded_by"]
    )
