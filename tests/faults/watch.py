"""What the cases look like to those who work them: the views in the records, read as they are, several times a second.

Knows one query. An outage shows as a list that stays as it was; nobody here judges whether a view is right.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import psycopg

from cases.view import CaseView
from tests.postgres import Postgres

EVERY_S = 0.3
_OVERLAP = timedelta(seconds=5)
"""Commits become visible in another order than that of their times."""


class Watch:
    """The newest view of every case."""

    def __init__(self, records: Postgres) -> None:
        self._records = records
        self._newest = datetime(2000, 1, 1, tzinfo=UTC)
        self._views: dict[str, CaseView] = {}
        self._looked = asyncio.Condition()

    async def keep(self) -> None:
        """Looks until it is cancelled."""
        while True:
            with suppress(psycopg.OperationalError):
                seen = await asyncio.to_thread(self._read)
                async with self._looked:
                    for view in seen:
                        self.saw(view)
                    self._looked.notify_all()
            await asyncio.sleep(EVERY_S)

    def saw(self, view: CaseView) -> None:
        """Somebody was shown a case."""
        known = self._views.get(view.case_id)
        if known is None or view.version > known.version:
            self._views[view.case_id] = view

    async def until(self, case_id: str, holds: Callable[[CaseView], bool], at_most: float) -> CaseView | None:
        """The case, once it is so; None if it is not so by `at_most`, a time of the event loop."""
        try:
            async with asyncio.timeout_at(at_most), self._looked:
                while True:
                    view = self._views.get(case_id)
                    if view is not None and holds(view):
                        return view
                    await self._looked.wait()
        except TimeoutError:
            return None

    def _read(self) -> list[CaseView]:
        query = "SELECT view, written_at FROM cases WHERE written_at > %s"
        with self._records.connect() as connection:
            rows = connection.execute(query, [self._newest - _OVERLAP]).fetchall()
        self._newest = max([row[1] for row in rows], default=self._newest)
        return [CaseView.model_validate(row[0]) for row in rows]
