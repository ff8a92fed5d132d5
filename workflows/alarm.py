"""The one pending timer of a workflow: restarted only when the next moment comes earlier.

If it came later, the timer fires and its owner looks again; a timer cancelled and started anew would be billed twice.
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
        self._pending = self._at = None
        self._ring()
