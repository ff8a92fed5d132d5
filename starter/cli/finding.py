"""Where `show` looks: the workflow, and the records for what has left it, if the command line knows any records."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from cases.timeline import Entry
from cases.view import Brief, CaseView
from starter.cli.place import DATABASE
from workflows.client import CaseClient, CaseOver, CaseUnknown, NoWorker

if TYPE_CHECKING:
    from records import Records

_PAGE = 1000


class Finder:
    """Asks the workflow first. Raises what its silence was when the records do not know the case either."""

    def __init__(self, cases: CaseClient) -> None:
        self._cases = cases

    @classmethod
    async def connect(cls) -> Finder:
        """As the environment says. Raises Unreachable."""
        return cls(await CaseClient.connect())

    async def view(self, case_id: str) -> CaseView:
        """The case, with `as_of` if it is from the records."""
        try:
            return await self._cases.view(case_id)
        except (CaseUnknown, CaseOver, NoWorker):
            records = _records()
            found = records.find(case_id) if records else None
            if found is None:
                raise
            return found[0].model_copy(update={"as_of": found[1]})

    async def timeline(self, case_id: str) -> list[Entry]:
        """All that happened, oldest first."""
        tail: tuple[Entry, ...] = ()
        try:
            at_hand = await self._cases.timeline(case_id)
            tail = at_hand.entries
            if at_hand.complete:
                return list(tail)
        except (CaseUnknown, CaseOver, NoWorker):
            if _records() is None:
                raise
        records = _records()
        if records is None:
            return list(tail)
        entries: list[Entry] = []
        while older := records.entries(case_id, entries[-1].n if entries else 0, _PAGE):
            entries += older
        last = entries[-1].n if entries else 0
        return entries + [entry for entry in tail if entry.n > last]

    async def brief(self, case_id: str) -> Brief:
        """The page for a new owner: only the workflow writes it."""
        return await self._cases.brief(case_id)


def _records() -> Records | None:
    # Here, because a case that its workflow tells of needs no database.
    from records import Records

    url = os.environ.get(DATABASE)
    return Records(url) if url else None
