"""The one pending timer of a workflow: restarted only when the next moment comes earlier. And what time it is.

If it came later, the timer fires and its owner looks again; a timer cancelled and started anew would be billed twice.

A replay may take two workflow tasks together that had nothing between them (a refused update can leave an empty one),
and then works the first at the time of the second, some milliseconds later. A deadline that counts from there would
come just after the timer that was set for it. So when an alarm rings it is at least the time that it was set for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from temporalio import workflow


class Alarm:
    """Calls `ring` when the earliest moment that it was set to has come."""

    def __init__(self, ring: Callable[[], None]) -> None:
        self._ring = ring
        self._pending: asyncio.Task[None] | None = None
        self._at: datetime | None = None
        self._rung: datetime | None = None

    def now(self) -> datetime:
        """The workflow's time, but never earlier than an alarm that has rung."""
        now = workflow.now()
        return max(now, self._rung) if self._rung else now

    def set(self, due: datetime | None, what: str) -> None:
        """The next moment is `due`; `what` is due then, in words for the Web UI."""
        if due is None or (self._pending and self._at and self._at <= due):
            return
        if self._pending:
            self._pending.cancel()
        self._at = due
        self._pending = asyncio.create_task(self._sleep(due, what))

    async def _sleep(self, due: datetime, what: str) -> None:
        wait = max(due - workflow.now(), timedelta(0))
        await workflow.sleep(wait, summary=f"{what}: deadline or warning {due:%Y-%m-%d %H:%M:%S} UTC")
        self._rung = due
        self._pending = self._at = None
        self._ring()
