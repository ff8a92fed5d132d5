"""What has changed since: entries of all cases in the order in which they were written, for whoever follows them.

Each entry has the number of the transaction that wrote it. On SQLite, where one writes at a time, that is a count. On
PostgreSQL several write at once, and a count would be shown out of order: whoever has read up to 6 would miss the 5
that is committed later. There it is the transaction's own id, and nothing is shown from the oldest one on that is still
under way. So a reader can stop anywhere, and go on from there at any process.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from cases.complaint import Shape
from cases.timeline import Entry
from records.database import Database
from records.errors import InvalidCursor
from records.readers import Reader, readable_cases
from records.reading import entry_of
from records.tables import cases, timeline

_POSITION = re.compile(r"(\d{1,18})(?:\.([a-z0-9_-]{1,64})\.(\d{1,9}))?")
_OWN = sa.text("SELECT pg_current_xact_id()::text::bigint")
_OLDEST_OPEN = sa.text("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
_NEXT = sa.select(sa.func.coalesce(sa.func.max(timeline.c.written), 0) + 1)


class Position(NamedTuple):
    """After which entry to go on: by transaction, case and number. Without the latter two, before that transaction."""

    written: int
    case_id: str = ""
    n: int = 0

    def __str__(self) -> str:
        return f"{self.written}.{self.case_id}.{self.n}" if self.case_id else str(self.written)

    @classmethod
    def read(cls, text: str) -> Position:
        """The position that was written so. Raises InvalidCursor."""
        found = _POSITION.fullmatch(text)
        if found is None:
            raise InvalidCursor(text)
        return cls(int(found[1]), found[2] or "", int(found[3] or 0))


class NewEntry(Shape):
    """An entry of a case, and the team that the case is with now."""

    case_id: str
    team: str
    entry: Entry


class Changes(NamedTuple):
    """What was written, in order, each with its position; and from where to go on."""

    items: Sequence[tuple[Position, NewEntry]]
    upto: Position


class ChangeQueries(Database):
    """What can be asked about changes."""

    def newest(self) -> Position:
        """The position after all that has been written."""
        with self.reading() as connection:
            return Position(_open_end(connection))

    def changes(
        self,
        after: Position,
        reader: Reader | None = None,
        team: str | None = None,
        case_id: str | None = None,
        limit: int = 100,
    ) -> Changes:
        """What was written after that position, `limit` at most: of a team's cases, of one, of those one may read."""
        written = timeline.c.written
        query = sa.select(timeline, cases.c.team).join(cases, cases.c.case_id == timeline.c.case_id)
        query = query.where(sa.tuple_(written, timeline.c.case_id, timeline.c.n) > sa.tuple_(*after))
        if reader is not None:
            query = query.where(readable_cases(reader))
        if team is not None:
            query = query.where(cases.c.team == team)
        if case_id is not None:
            query = query.where(timeline.c.case_id == case_id)
        query = query.order_by(written, timeline.c.case_id, timeline.c.n).limit(limit)
        with self.reading() as connection:
            end = _open_end(connection)
            rows = connection.execute(query.where(written < end)).mappings().all()
        items = [(Position(row["written"], row["case_id"], row["n"]), _new_entry(row)) for row in rows]
        if len(items) == limit:
            return Changes(items, items[-1][0])
        return Changes(items, max(after, Position(end)))


def numbered(connection: sa.Connection, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of the timeline, each with the number of this transaction, which must be one that writes."""
    if not entries:
        return entries
    number = connection.execute(_OWN if connection.dialect.name == "postgresql" else _NEXT).scalar_one()
    return [row | {"written": number} for row in entries]


def _open_end(connection: sa.Connection) -> int:
    """From which transaction on something may still be written."""
    return connection.execute(_OLDEST_OPEN if connection.dialect.name == "postgresql" else _NEXT).scalar_one()


def _new_entry(row: sa.RowMapping) -> NewEntry:
    return NewEntry(case_id=row["case_id"], team=row["team"], entry=entry_of(row))
