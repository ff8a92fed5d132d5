"""Where `show` looks: the workflow, and the records when it does not answer, if the command line knows any records."""

from __future__ import annotations

from cases.timeline import Entry
from cases.view import Brief, CaseView
from records import HandoffShown, handoff_view
from starter.cli.place import known_records
from workflows.client import CaseClient, CaseOver, CaseUnknown, HandoffOver, HandoffUnknown, NoWorker, Unreachable

_PAGE = 1000
_SILENCE = (CaseUnknown, CaseOver, HandoffUnknown, HandoffOver, NoWorker, Unreachable)


class Finder:
    """Asks the workflow first. Raises what its silence was when the records do not know the case either."""

    def __init__(self, cases: CaseClient | Unreachable) -> None:
        self._connected = cases

    @classmethod
    async def connect(cls) -> Finder:
        """As the environment says. A Temporal that does not answer is raised only by what the records cannot tell."""
        try:
            return cls(await CaseClient.connect())
        except Unreachable as away:
            return cls(away)

    @property
    def _cases(self) -> CaseClient:
        if isinstance(self._connected, Unreachable):
            raise self._connected
        return self._connected

    async def view(self, case_id: str) -> CaseView:
        """The case, with `as_of` if it is from the records."""
        try:
            return await self._cases.view(case_id)
        except _SILENCE:
            records = known_records()
            found = records.find(case_id) if records else None
            if found is None:
                raise
            return found[0].model_copy(update={"as_of": found[1]})

    async def handoff(self, handoff_id: str) -> HandoffShown:
        """The hand-off, with `as_of` if it is from the records."""
        try:
            view = await self._cases.handoff_view(handoff_id)
        except _SILENCE:
            records = known_records()
            found = records.handoff(handoff_id) if records else None
            if found is None:
                raise
            return handoff_view(found)
        return HandoffShown.model_validate(view.model_dump())

    async def timeline(self, case_id: str) -> list[Entry]:
        """All that happened, oldest first."""
        tail: tuple[Entry, ...] = ()
        try:
            at_hand = await self._cases.timeline(case_id)
            tail = at_hand.entries
            if at_hand.complete:
                return list(tail)
        except _SILENCE:
            if known_records() is None:
                raise
        records = known_records()
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
