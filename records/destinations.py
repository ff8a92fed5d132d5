"""Which destinations there are: what any worker has been told of at its start, until an operator takes it away.

Workers may be told different things, in a roll-out or by a mistake, and any of them may write the commit of any case.
So what goes where is decided by what all of them know. Where a destination is, and what to sign with, only the
environment of the worker says that delivers there.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from pydantic import AwareDatetime, Field

from cases.complaint import Shape
from records.database import Database, insert_new
from records.tables import deliveries, destinations

_WAITS = (deliveries.c.delivered_at.is_(None), deliveries.c.given_up_at.is_(None))


class KnownDestination(Shape):
    """A destination, and how much waits for it."""

    name: str = Field(examples=["gateway", "webhook", "webhook-shop"])
    source: str | None = Field(default=None, description="only of cases from there, as written in a variable's name")
    known_at: AwareDatetime | None = Field(description="since when; null: taken away, and something still waits")
    waiting: int = 0


class Known(Database):
    """What can be asked and written about destinations."""

    def keep_destinations(self, found: Mapping[str, str | None], now: datetime) -> None:
        """A worker starts with these, each with its source or None; what was known stays known. Raises RecordsAway."""
        rows = [{"name": name, "source": source, "known_at": now} for name, source in found.items()]
        if rows:
            with self.writing() as connection:
                connection.execute(insert_new(connection.dialect.name, destinations), rows)

    def destinations(self) -> dict[str, str | None]:
        """Each by its name, with its source or None. Raises RecordsAway."""
        query = sa.select(destinations.c.name, destinations.c.source).order_by(destinations.c.name)
        with self.reading() as connection:
            return {row.name: row.source for row in connection.execute(query)}

    def list_destinations(self) -> list[KnownDestination]:
        """The same, with what waits; also those that were taken away too early. Raises RecordsAway."""
        with self.reading() as connection:
            query = sa.select(deliveries.c.destination, sa.func.count()).where(*_WAITS)
            waiting: dict[str, int] = {
                row[0]: row[1] for row in connection.execute(query.group_by(deliveries.c.destination))
            }
            known = {row.name: row for row in connection.execute(sa.select(destinations))}
        return [
            KnownDestination(
                name=name,
                source=known[name].source if name in known else None,
                known_at=known[name].known_at if name in known else None,
                waiting=waiting.get(name, 0),
            )
            for name in sorted({*known, *waiting})
        ]

    def forget_destination(self, name: str) -> bool:
        """Nothing new goes there, unless a worker starts with it again; whether it was known. Raises RecordsAway."""
        with self.writing() as connection:
            return connection.execute(sa.delete(destinations).where(destinations.c.name == name)).rowcount > 0
