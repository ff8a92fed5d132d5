"""What `watch` looks at: one case, or the open ones; and what has changed since it last looked.

A look asks the workflow for one case, and the records for many. That Temporal, a worker or the records do not answer
is raised (`SILENCE`) and left to whoever watches: the next look may find them back.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Literal, NamedTuple, Protocol

from temporalio.client import Client

from cases.timeline import Entry
from cases.view import CaseView
from cases.words import Status
from records import Filters, Records, RecordsAway
from starter.cli.place import known_records
from workflows.client import CaseClient, CaseOver, CaseUnknown, NoWorker, Unreachable

SILENCE = (NoWorker, Unreachable, RecordsAway)

OPEN = (Status.OPENING, Status.OPEN, Status.WAITING_CUSTOMER, Status.RESOLVED)

_NEWEST = 100
"""Entries that are asked of the records."""

PATIENCE_S = 3.0
"""How long one look may take: somebody is watching."""


class Change(NamedTuple):
    """What a look found. `entries` are those that are new; `gone` carries the case as the records last had it."""

    change: Literal["seen", "changed", "gone"]
    case_id: str
    view: CaseView | None
    entries: tuple[Entry, ...] = ()


class Look(Protocol):
    """Something to look at, time and again."""

    @property
    def over(self) -> bool:
        """Whether nothing more can come of it."""
        ...

    async def changes(self) -> list[Change]:
        """What is new since the last time; all of it, at first. Raises one of SILENCE."""
        ...

    def known(self) -> list[Change]:
        """What the records know, when the first look found nobody. Raises Failure, RecordsAway."""
        ...


class OneCase:
    """A case, until it is archived. What Temporal keeps no longer is shown once, as the records have it."""

    def __init__(self, client: Client, case_id: str) -> None:
        self._client = client
        self._cases = CaseClient(client)
        self._case_id = case_id
        self._version: int | None = None
        self._told = 0
        self.over = False

    async def changes(self) -> list[Change]:
        """Raises NoWorker, Unreachable; CaseUnknown if the records do not know the case either."""
        try:
            return await self._asked()
        except (CaseUnknown, CaseOver):
            if not (found := self.known()):
                raise
            self.over = True
            return found
        except TimeoutError as error:
            await self._temporal_answers()
            raise NoWorker(f"no answer within {PATIENCE_S:.0f} s") from error

    def known(self) -> list[Change]:
        """The case as of the last commit that was written, and its entries."""
        records = known_records()
        if records is None:
            return []
        with records:
            found = records.find(self._case_id)
            if found is None:
                return []
            view = found[0].model_copy(update={"as_of": found[1]})
            entries = records.entries(self._case_id, max(self._told, view.version - _NEWEST), _NEWEST)
            return [self._change(view, tuple(entries))]

    async def _temporal_answers(self) -> None:
        """Whose silence it is. Raises Unreachable; NoWorker if it is known already that nobody polls."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._cases.ready()
        except TimeoutError as error:
            address = self._client.service_client.config.target_host
            raise Unreachable(address, self._client.namespace, "no answer in time") from error

    async def _asked(self) -> list[Change]:
        async with asyncio.timeout(PATIENCE_S):
            view = await self._cases.view(self._case_id)
            if view.version == self._version:
                return []
            page = await self._cases.timeline(self._case_id, self._told)
        self._version = view.version
        self.over = view.status is Status.ARCHIVED
        return [self._change(view, page.entries)]

    def _change(self, view: CaseView, entries: tuple[Entry, ...]) -> Change:
        change = Change("changed" if self._told else "seen", self._case_id, view, entries)
        self._told = max([self._told, *(entry.n for entry in entries)])
        return change


class OpenCases:
    """The cases that fit the filters: those that are late first, then what is due next."""

    def __init__(self, records: Records, filters: Filters, limit: int) -> None:
        self._records = records
        self._filters = filters if filters.status else filters.model_copy(update={"status": OPEN})
        self._limit = limit
        self._seen: dict[str, CaseView] = {}
        self.over = False

    async def changes(self) -> list[Change]:
        """Raises RecordsAway."""
        views = {view.case_id: view for view in await asyncio.to_thread(self._listed)}
        before, self._seen = self._seen, views
        return [*self._new(before), *self._gone(before)]

    def known(self) -> list[Change]:
        """Nothing: the records are what is looked at."""
        return []

    @property
    def views(self) -> list[CaseView]:
        """All of them, as of the last look."""
        return list(self._seen.values())

    def _listed(self) -> list[CaseView]:
        # A clock that is breached has no deadline to sort by, and yet should be seen first.
        parts = (True, False) if self._filters.breached is None else (self._filters.breached,)
        asked = [self._filters.model_copy(update={"breached": breached}) for breached in parts]
        found = [view for filters in asked for view in self._records.list_cases(filters, self._limit).items]
        return found[: self._limit]

    def _new(self, before: dict[str, CaseView]) -> Iterator[Change]:
        for case_id, view in self._seen.items():
            known = before.get(case_id)
            if known is None or known.version != view.version:
                yield Change("changed" if known else "seen", case_id, view)

    def _gone(self, before: dict[str, CaseView]) -> Iterator[Change]:
        for case_id in before.keys() - self._seen.keys():
            found = self._records.find(case_id)
            yield Change("gone", case_id, found[0] if found else None)
