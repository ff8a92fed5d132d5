"""Where answers come from: Temporal, connected when first needed and again when it was away, and the records.

The records are synchronous and run in the thread pool. The workflow is asked first; what it cannot answer, because no
worker or no Temporal does, or because it has ended, the records answer with `as_of`. Of an erased case only the
records are asked.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from fastapi import Request
from fastapi.concurrency import run_in_threadpool

from api.problems import RecordsBehind
from cases.events import Actor
from cases.people import Person
from cases.view import CaseView
from cases.words import Status
from records import Records, RecordsAway
from workflows.client import CaseClient, CaseOver, CaseUnknown, KeyMissing, NoWorker, Unreachable
from workflows.keyring import KeyRing
from workflows.signing import Signer

T = TypeVar("T")

PATIENCE_S = 3.0
"""How long somebody who only reads waits for the workflow before the records answer instead."""

POLL_FIRST_S, POLL_LONGEST_S, POLL_GROWTH = 0.02, 0.2, 1.5
"""Planning usually takes some 50 ms; a read of one row in SQLite well under one."""

FAILURE_KEPT_S = 1.0
"""How long a failed connection answers for further requests, so that a Temporal that is away is not stormed."""


class Temporal:
    """The typed client, over one connection that all requests share."""

    def __init__(self, *, keys: KeyRing, signer: Signer | None = None) -> None:
        self._keys = keys
        self._signer = signer
        self._connecting: asyncio.Task[CaseClient] | None = None
        self._failed_at = -FAILURE_KEPT_S

    async def cases(self) -> CaseClient:
        """The client. Raises Unreachable; a later call tries again."""
        attempt = self._connecting
        if attempt is None or (_failed(attempt) and time.monotonic() - self._failed_at > FAILURE_KEPT_S):
            connecting = CaseClient.connect(keys=self._keys, signer=self._signer)
            attempt = self._connecting = asyncio.create_task(connecting)
            attempt.add_done_callback(self._note)
        # Shielded: a caller who hangs up must not take the connection from the others who wait for it.
        return await asyncio.shield(attempt)

    def _note(self, attempt: asyncio.Task[CaseClient]) -> None:
        if _failed(attempt):
            self._failed_at = time.monotonic()


class Sources:
    """Temporal and the records, as the endpoints ask them."""

    def __init__(self, temporal: Temporal, records: Records) -> None:
        self._temporal = temporal
        self._records = records

    @property
    def records(self) -> Records:
        """The records themselves, for what asks them in threads of its own."""
        return self._records

    async def cases(self) -> CaseClient:
        """The typed client. Raises Unreachable."""
        return await self._temporal.cases()

    async def ask(self, query: Callable[[Records], T]) -> T:
        """What the records say, asked in the thread pool. Raises RecordsAway."""
        return await run_in_threadpool(query, self._records)

    async def person(self, name: str) -> Actor | None:
        """The person as the directory knows them. Raises RecordsAway."""
        person: Person | None = await self.ask(lambda records: records.person(name))
        return person.actor if person else None

    async def teams(self) -> list[str]:
        """The teams that people of the directory belong to, by name. Raises RecordsAway."""
        people = await self.ask(lambda records: records.people())
        return sorted({team for person in people for team in person.teams})

    async def view(self, case_id: str, actor: Actor | None = None, *, older: bool = False) -> CaseView:
        """The case now, with what `actor` may do; from the records, with `as_of`, when the workflow cannot say.

        Never an older version than any process has shown, unless `older` will do. Raises what the workflow's silence
        was (CaseUnknown, CaseOver, NoWorker, Unreachable, KeyMissing) when the records do not know the case either, or
        Temporal, which alone can tell whether they have all of it, is away; RecordsAway, RecordsBehind.
        """
        try:
            if await self.is_erased(case_id):
                raise CaseOver(case_id)
            return await self.within_patience((await self.cases()).view(case_id, actor))
        except (CaseUnknown, CaseOver, NoWorker, Unreachable, KeyMissing):
            known = await self.recorded(case_id)
            if known is None:
                raise
            if older or known.erased_at is not None:
                return known  # Of an erased case, the records have all that there is.
            if await self._is_behind(case_id):
                raise RecordsBehind(
                    f"the records have version {known.version} of the case so far; a newer one may have been shown, "
                    "and no worker answers. If an older one will do, send `Cache-Control: max-stale`.",
                    case_id=case_id,
                    version=known.version,
                ) from None
            # Read again, for now it is known to be all: what was read before may lack what was written meanwhile.
            return await self.recorded(case_id) or known

    async def _is_behind(self, case_id: str) -> bool:
        """Whether the case may have shown what the records do not have yet. Raises NoWorker, Unreachable."""
        try:
            return not await self.within_patience((await self.cases()).all_written(case_id))
        except (CaseUnknown, CaseOver):
            return False  # Temporal forgets only what is over, and a case is not over before all of it is written.

    async def within_patience(self, answer: Coroutine[Any, Any, T]) -> T:
        """The workflow's answer, if it comes soon enough for somebody to wait. Raises NoWorker if not."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await answer
        except TimeoutError as late:
            raise NoWorker(f"no answer within {PATIENCE_S:g} s") from late

    async def is_erased(self, case_id: str) -> bool:
        """Whether the case is erased: then Temporal is not asked, which forgets it some seconds later.

        While the records are away, whoever only reads is answered nevertheless, and so without this being known.
        """
        try:
            return await self.ask(lambda records: records.is_erased(case_id))
        except RecordsAway:
            return False

    async def recorded(self, case_id: str) -> CaseView | None:
        """The case as the records have it, with `as_of`; None if they do not know it."""
        found = await self.ask(lambda records: records.find(case_id))
        return found[0].model_copy(update={"as_of": found[1]}) if found else None

    async def known_after_all(self, unknown: CaseUnknown) -> CaseUnknown | CaseOver:
        """What is wrong with a case that Temporal does not know: it forgets archived ones, the records never do."""
        return unknown if await self.recorded(unknown.case_id) is None else CaseOver(unknown.case_id)

    async def planned(self, case_id: str, within_s: float) -> CaseView | None:
        """The case once the records say that it is planned, without `as_of`: it is news. None if that takes longer."""
        deadline, pause = time.monotonic() + within_s, POLL_FIRST_S
        while True:
            found = await self.ask(lambda records: records.find(case_id))
            if found and found[0].status is not Status.OPENING:
                return found[0]
            if time.monotonic() + pause > deadline:
                return None
            await asyncio.sleep(pause)
            pause = min(pause * POLL_GROWTH, POLL_LONGEST_S)


def sources(request: Request) -> Sources:
    """Dependency: where the answers of this application come from."""
    found: Sources = request.app.state.sources
    return found


def _failed(attempt: asyncio.Task[CaseClient]) -> bool:
    return attempt.done() and (attempt.cancelled() or attempt.exception() is not None)
