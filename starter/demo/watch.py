"""Looks over all live cases every second or so, as an operator may, so that customers learn what happened to theirs.

(A customer would be written to. Messages are not sent anywhere yet, so the demo's customers are told by this.)
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from cases.view import CaseView
from cases.words import Status
from starter.demo.line import Line

EVERY_S = 1.5
LIVE = [Status.OPENING, Status.OPEN, Status.WAITING_CUSTOMER, Status.RESOLVED, Status.CLOSED]


class Watch:
    """The newest view of every case of the demo, and which of them are archived."""

    def __init__(self, operator: Line) -> None:
        self._operator = operator
        self._looked = asyncio.Condition()
        self._views: dict[str, CaseView] = {}
        self._archived: set[str] = set()

    async def keep(self) -> None:
        """Looks until it is cancelled."""
        while True:
            found = await self._operator.cases(status=[status.value for status in LIVE])
            if found is not None:
                await self._compare(found)
            await asyncio.sleep(EVERY_S)

    def saw(self, view: CaseView) -> None:
        """Somebody was shown a case."""
        known = self._views.get(view.case_id)
        if known is None or view.version > known.version:
            self._views[view.case_id] = view

    async def until(self, case_id: str, holds: Callable[[CaseView], bool]) -> CaseView | None:
        """The case, once it is so; None if it is archived before."""
        async with self._looked:
            while case_id not in self._archived:
                view = self._views.get(case_id)
                if view is not None and holds(view):
                    return view
                await self._looked.wait()
        return None

    async def until_archived(self, case_id: str) -> None:
        """Returns when nothing can happen to it any more."""
        await self.until(case_id, lambda _: False)

    @property
    def closed(self) -> int:
        """How many are closed or archived."""
        return sum(view.status in (Status.CLOSED, Status.ARCHIVED) for view in self._views.values())

    @property
    def climbs(self) -> int:
        """How many escalations they have had between them."""
        return sum(view.escalations for view in self._views.values())

    @property
    def handoffs(self) -> int:
        """How many questions specialists have been asked about them."""
        return sum(len(view.handoffs) for view in self._views.values())

    async def _compare(self, found: list[CaseView]) -> None:
        for view in found:
            self.saw(view)
        live = {view.case_id for view in found}
        # The last thing that is seen of a case before it is archived, and so not listed, is that it is closed.
        gone = {
            view.case_id for view in self._views.values() if view.status is Status.CLOSED and view.case_id not in live
        }
        async with self._looked:
            self._archived |= gone
            self._looked.notify_all()
