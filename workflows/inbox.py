"""What arrives together is worked together, in the order in which it happened, before what is due by now.

After an outage many signals and updates come in one workflow task. Worked one by one, a reply sent in time would come
after its own deadline, only because a claim was handled before it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from temporalio import workflow

from cases.events import Event


class Inbox:
    """Collects the signals of one workflow task; hands them to `work`, oldest first, and calls `ring` after the last.

    Updates need an answer at once. They empty it before they are worked, and wake it afterwards.
    """

    def __init__(self, work: Callable[[Sequence[Event]], None], ring: Callable[[], None]) -> None:
        self._work = work
        self._ring = ring
        self._waiting: list[Event] = []
        self._awake = False

    def __bool__(self) -> bool:
        """Whether something has arrived after which nobody has looked yet what is due."""
        return self._awake

    def put(self, event: Event) -> None:
        """One more; they are worked when all handlers of this task have run."""
        self._waiting.append(event)
        self.wake()

    def wake(self) -> None:
        """Looks what is due when all handlers of this task have run."""
        if not self._awake:
            self._awake = True
            asyncio.create_task(self._later())  # noqa: RUF006 -- the workflow's loop holds it

    def empty(self) -> None:
        """Works what has arrived now, because something else comes after it."""
        now = workflow.now()
        arrived = sorted(self._waiting, key=lambda event: event.at or now)
        self._waiting.clear()
        self._work(arrived)

    async def _later(self) -> None:
        self._awake = False
        self.empty()
        self._ring()
