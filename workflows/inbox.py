"""Signals that arrive together are worked together, in the order in which they happened, before what is due by now.

After an outage many come in one workflow task. Worked one by one, a reply sent in time would come after its own
deadline, only because a claim was handled before it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from temporalio import workflow

from cases.events import Event


class Inbox:
    """Collects the events of one workflow task and hands them to `work`, oldest first."""

    def __init__(self, work: Callable[[Sequence[Event]], None]) -> None:
        self._work = work
        self._waiting: list[Event] = []

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, event: Event) -> None:
        """One more; they are worked when all handlers of this task have run."""
        self._waiting.append(event)
        if len(self._waiting) == 1:
            asyncio.create_task(self._later())  # noqa: RUF006 -- the workflow's loop holds it

    def empty(self) -> None:
        """Works what has arrived now, because something else comes after it."""
        now = workflow.now()
        arrived = sorted(self._waiting, key=lambda event: event.at or now)
        self._waiting.clear()
        if arrived:
            self._work(arrived)

    async def _later(self) -> None:
        self.empty()
