"""What cases and hand-offs look like to those who work them: the records, read as they are, several times a second.

Knows two queries. An outage shows as a list that stays as it was; nobody here judges whether a row is right.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, LiteralString, NamedTuple, TypeVar

import psycopg

from cases.view import CaseView
from tests.postgres import Postgres

EVERY_S = 0.3
_OVERLAP = timedelta(seconds=5)
"""Commits become visible in another order than that of their times."""

_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)

T = TypeVar("T")


class Asked(NamedTuple):
    """A question, and to whom it is offered or who has accepted it; None: the team's queue."""

    handoff_id: str
    status: str
    person: str | None

    @property
    def over(self) -> bool:
        """Whether nobody is asked any more."""
        return self.status in ("answered", "returned", "cancelled")


class Watch:
    """The newest view of every case, and the row of every hand-off."""

    def __init__(self, records: Postgres) -> None:
        self._records = records
        self._newest = {"cases": _LONG_AGO, "handoffs": _LONG_AGO}
        self._views: dict[str, CaseView] = {}
        self._asked: dict[str, Asked] = {}
        self._looked = asyncio.Condition()

    async def keep(self) -> None:
        """Looks until it is cancelled."""
        while True:
            with suppress(psycopg.OperationalError):
                views, asked = await asyncio.to_thread(self._read)
                async with self._looked:
                    for view in views:
                        self.saw(view)
                    self._asked.update({row.handoff_id: row for row in asked})
                    self._looked.notify_all()
            await asyncio.sleep(EVERY_S)

    def saw(self, view: CaseView) -> None:
        """Somebody was shown a case."""
        known = self._views.get(view.case_id)
        if known is None or view.version > known.version:
            self._views[view.case_id] = view

    async def until(self, case_id: str, holds: Callable[[CaseView], bool], at_most: float) -> CaseView | None:
        """The case, once it is so; None if it is not so by `at_most`, a time of the event loop."""
        return await self._until(self._views, case_id, holds, at_most)

    async def until_asked(self, handoff_id: str, holds: Callable[[Asked], bool], at_most: float) -> Asked | None:
        """The hand-off, once it is so; None as above."""
        return await self._until(self._asked, handoff_id, holds, at_most)

    async def _until(self, seen: Mapping[str, T], name: str, holds: Callable[[T], bool], at_most: float) -> T | None:
        try:
            async with asyncio.timeout_at(at_most), self._looked:
                while True:
                    it = seen.get(name)
                    if it is not None and holds(it):
                        return it
                    await self._looked.wait()
        except TimeoutError:
            return None

    def _read(self) -> tuple[list[CaseView], list[Asked]]:
        with self._records.connect() as connection:
            cases = self._written(connection, "cases", "view")
            handoffs = self._written(connection, "handoffs", "handoff_id, status, person")
        return [CaseView.model_validate(view) for (view,) in cases], [Asked(*row) for row in handoffs]

    def _written(self, connection: psycopg.Connection, table: LiteralString, columns: LiteralString) -> list[Any]:
        query = f"SELECT {columns}, written_at FROM {table} WHERE written_at > %s"
        rows = connection.execute(query, [self._newest[table] - _OVERLAP]).fetchall()
        self._newest[table] = max([row[-1] for row in rows], default=self._newest[table])
        return [row[:-1] for row in rows]
