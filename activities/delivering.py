"""Brings what waits for one destination there: in order for each case, until it is accepted.

An answer of 2xx is acceptance. Everything else is tried again, with the same key and the same bytes: after the time
that the other side asks for, or after pauses that double. How it is sent, `activities.endpoints` knows; how long
something may fail before the case says so is the workflow's.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Self

from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from activities.destinations import Destination
from activities.endpoints import Line, Unanswered
from cases.effects import Deliver, Delivered
from records import Records, Waiting

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """How long is waited: for an answer, and between the tries."""

    answer: timedelta = timedelta(seconds=10)
    """From the first byte sent to the last header received."""
    first: timedelta = timedelta(seconds=1)
    most: timedelta = timedelta(seconds=30)
    """The longest pause of ours until the case says that it is stuck: it says so that much too early at most. If the
    other side asks for a longer one, beyond the case's patience, it says so at once."""
    most_stuck: timedelta = timedelta(minutes=5)
    turn: timedelta = timedelta(seconds=10)
    """How long one activity goes on to the next delivery, before it lets others have a turn."""

    def pause(self, attempts: int, *, stuck: bool) -> timedelta:
        """After so many failures in a row; a little by chance, so that not all cases come back at once."""
        doubled = self.first * 2 ** min(attempts - 1, 20)
        return min(doubled, self.most_stuck if stuck else self.most) * random.uniform(0.8, 1)

    def asked(self, after: timedelta) -> timedelta:
        """As long as was asked for, and a little by chance, but never less."""
        return max(after, self.first) * random.uniform(1, 1.1)


class Courier(AbstractAsyncContextManager["Courier"]):
    """Delivers to one destination. Open it where its activity runs, for as long as it does."""

    def __init__(self, records: Records, destination: Destination, pace: Pace | None = None) -> None:
        self.destination = destination
        self._records = records
        self._pace = pace or Pace()
        self._line = Line(destination.endpoint, self._pace.answer)

    async def __aenter__(self) -> Self:
        await self._line.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self._line.__aexit__(kind, error, at)

    @activity.defn(name="deliver")
    async def deliver(self, order: Deliver) -> Delivered:
        """Delivers what waits of one case, oldest first; each is marked as soon as it is accepted.

        Ends early, with `more`, when its turn is over; and after a success that had been waited for, so that the case
        hears of it, and its patience with the next one begins anew.

        Raises:
            ApplicationError: `undelivered`, with the time of the next try.
            RecordsAway
        """
        until = time.monotonic() + self._pace.turn.total_seconds()
        waited_for = order.stuck or activity.info().attempt > 1
        sent = False
        while waiting := await asyncio.to_thread(self._records.next_delivery, order.case_id, order.destination):
            if sent and (waited_for or time.monotonic() > until):
                return Delivered(more=True)
            await self._send(waiting, stuck=order.stuck)
            sent = True
        return Delivered()

    async def _send(self, waiting: Waiting, *, stuck: bool) -> None:
        try:
            answer = await self._line.post(waiting.key, said(waiting), heeded=False)
            if not answer.taken:
                raise answer.untaken()
        except Unanswered as failed:
            why, asked, pace = failed.message, failed.next_retry_delay, self._pace
            attempts = await asyncio.to_thread(self._records.mark_failed, waiting, why, datetime.now(UTC))
            _LOG.info("not delivered", extra={**self._fields(waiting), "attempt": attempts, "problem": why})
            pause = pace.pause(attempts, stuck=stuck) if asked is None else pace.asked(asked)
            # Benign: the SDK need not warn of it. The records say it of each try, and the timeline if it lasts.
            raise ApplicationError(
                f"{waiting.key}: {why}",
                type="undelivered",
                next_retry_delay=pause,
                category=ApplicationErrorCategory.BENIGN,
            ) from None
        await asyncio.to_thread(self._records.mark_delivered, waiting, datetime.now(UTC))
        _LOG.info("delivered", extra=self._fields(waiting))

    def _fields(self, waiting: Waiting) -> dict[str, str]:
        return {"case_id": waiting.case_id, "effect_id": waiting.effect_id, "destination": self.destination.name}


def said(waiting: Waiting) -> dict[str, Any]:
    """The body of a delivery. The same for the same key, whenever it is sent."""
    whose = {"case_id": waiting.case_id, "source": waiting.source, "reference": waiting.reference}
    told = waiting.announced
    if told is not None:
        return {"type": f"case.{told['event']}", "timestamp": told["at"], "data": {**whose, **told}}
    customer = {name: waiting.customer.get(name) for name in ("id", "name", "contact")}
    message = {
        "id": waiting.effect_id,
        **whose,
        "channel": waiting.channel,
        "language": waiting.language,
        "customer": customer,
        "template": waiting.template,
        "subject": waiting.subject,
        "text": waiting.text,
        "params": waiting.params,
        "resent": waiting.resent,
    }
    return {"type": "message.to_customer", "timestamp": _moment(waiting.created_at), "data": message}


def _moment(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
