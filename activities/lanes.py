"""A narrow lane for calls to machines that may hang: they never take all the threads that cases are written with."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from threading import BoundedSemaphore

from temporalio.exceptions import ApplicationError

AGAIN_AFTER = timedelta(seconds=1)


class Lane:
    """At most so many at once in this process; the others are sent away, to be tried again by Temporal."""

    def __init__(self, name: str, width: int = 4) -> None:
        self._name = name
        self._places = BoundedSemaphore(width)

    @contextmanager
    def entered(self) -> Generator[None]:
        """A place for as long as this is open. Raises ApplicationError `busy` if there is none: nobody waits here."""
        if not self._places.acquire(blocking=False):
            raise ApplicationError(
                f"this worker has enough {self._name} under way", type="busy", next_retry_delay=AGAIN_AFTER
            )
        try:
            yield
        finally:
            self._places.release()
