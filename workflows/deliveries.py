"""What of a case is on its way outside: for each destination one activity at a time, tried for ever.

Whether something waits, and what, the records know: a commit answers where something does, and the activity takes what
it finds, in order. So all that is remembered here is which destinations were asked for. Every destination has a task
queue of its own, since one that hangs must not keep workers from what others wait for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress

from temporalio import workflow
from temporalio.exceptions import ActivityError, TimeoutType
from temporalio.exceptions import TimeoutError as TimedOut

from cases.case import Case
from cases.effects import Deliver, Delivered
from cases.events import Event
from workflows import errands
from workflows.indexed import delivery_queue


class Deliveries:
    """The deliveries of one case. `happen` tells it what takes too long, and what has succeeded after all."""

    def __init__(self, case: Callable[[], Case], happen: Callable[[Event], None]) -> None:
        self._case = case
        self._happen = happen
        self._asked: list[str] = []
        """Something may wait there that no activity has been told of."""
        self._under_way: list[str] = []
        self._decided: list[str] = []
        """An operator has decided about what is tried there: it is looked at anew, at once."""

    def __bool__(self) -> bool:
        """Whether anything is still to be delivered."""
        return bool(self._asked or self._under_way)

    @property
    def destinations(self) -> tuple[str, ...]:
        """Where something is still to be delivered."""
        return tuple(dict.fromkeys((*self._under_way, *self._asked)))

    def ask(self, destinations: Sequence[str], *, decided: bool = False) -> list[str]:
        """Something waits there. `decided`: whatever is tried by now is broken off, and begun anew.

        Returns the destinations for each of which `run` is to be started.
        """
        if decided:
            self._decided = [*self._under_way]
        idle = [each for each in destinations if each not in self._under_way]
        for destination in (*destinations, *self._decided):
            if destination not in self._asked:
                self._asked.append(destination)
        self._under_way += idle
        return idle

    async def run(self, destination: str) -> None:
        """Delivers until nothing waits there any more."""
        while destination in self._asked:
            self._asked.remove(destination)
            if destination in self._decided:
                self._decided.remove(destination)
            try:
                more = await self._deliver(destination)
            except ActivityError as error:
                self._asked.append(destination)
                if destination not in self._decided:
                    self._happen(errands.delayed(destination, error, _unserved(destination, error)))
                    await self._pause(destination, error)
                continue
            if more and destination not in self._asked:
                self._asked.append(destination)
            if self._case().is_stuck(destination):
                self._happen(errands.recovered(destination))
        self._under_way.remove(destination)

    async def _deliver(self, destination: str) -> bool:
        """One activity; whether there is more. Raises ActivityError when it takes too long, or is broken off."""
        case = self._case()
        stuck = case.is_stuck(destination)
        handle = workflow.start_activity(
            "deliver",
            Deliver(case_id=case.case_id, destination=destination, stuck=stuck),
            result_type=Delivered,
            task_queue=delivery_queue(destination),
            start_to_close_timeout=errands.ATTEMPT,
            # What has been said to be stuck is tried on without an end: that need not be said again.
            schedule_to_close_timeout=None if stuck else case.patience or errands.PATIENCE,
            retry_policy=errands.RETRY,
            summary=f"deliver to {destination}",
        )
        await workflow.wait_condition(lambda: handle.done() or destination in self._decided)
        if not handle.done():
            handle.cancel()
        return (await handle).more

    async def _pause(self, destination: str, error: ActivityError) -> None:
        """Until the next try, as long as the last one said; or until an operator decides."""
        pause = errands.pause_after(error)
        if pause:
            with suppress(TimeoutError):
                await workflow.wait_condition(
                    lambda: destination in self._decided,
                    timeout=pause,
                    timeout_summary=f"before the next try of {destination}",
                )


def _unserved(destination: str, error: ActivityError) -> str | None:
    """What is said when nobody has even tried."""
    cause = error.cause
    if isinstance(cause, TimedOut) and cause.type is TimeoutType.SCHEDULE_TO_START:
        return f"no worker delivers to {destination}: start one whose environment says where that is"
    return None
