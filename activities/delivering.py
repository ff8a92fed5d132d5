"""Brings what waits for one destination there: over HTTP, signed, in order for each case, until it is accepted.

An answer of 2xx is acceptance. Everything else is tried again, with the same key and the same bytes: after the time
that the other side asks for (`Retry-After`), or after pauses that double. Redirects are not followed: what was meant
for one host is not given to another. How long something may fail before the case says so is the workflow's to know.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from importlib import metadata
from types import TracebackType
from typing import Any, Self

import httpx
from standardwebhooks import Webhook
from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from activities.destinations import Destination
from cases.effects import Deliver, Delivered
from records import Records, Waiting

DRAINED = 16 * 1024
"""How much of an answer is read, in bytes, so that its connection can be used again. Nothing in it is looked at."""

DRAINED_S = 1.0
"""And for how long."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How long is waited: for an answer, and between the tries."""

    answer: timedelta = timedelta(seconds=10)
    """From the first byte sent to the last header received."""
    first: timedelta = timedelta(seconds=1)
    most: timedelta = timedelta(seconds=30)
    """The longest pause until the case says that it is stuck: it says so that much too early at most."""
    most_stuck: timedelta = timedelta(minutes=5)
    most_asked: timedelta = timedelta(hours=1)
    """The longest that the other side may ask us to wait."""
    turn: timedelta = timedelta(seconds=10)
    """How long one activity goes on to the next delivery, before it lets others have a turn."""

    def pause(self, attempts: int, *, stuck: bool) -> timedelta:
        """After so many failures in a row; a little by chance, so that not all cases come back at once."""
        doubled = self.first * 2 ** min(attempts - 1, 20)
        return min(doubled, self.most_stuck if stuck else self.most) * random.uniform(0.8, 1)

    def asked(self, seconds: float) -> timedelta:
        """As long as was asked for, within bounds, and a little by chance, but never less."""
        return min(max(timedelta(seconds=seconds), self.first), self.most_asked) * random.uniform(1, 1.1)


class NotAccepted(Exception):
    """A delivery that was not accepted. `after_s` is when the other side wants it again, in seconds."""

    def __init__(self, why: str, after_s: float | None = None) -> None:
        super().__init__(why)
        self.after_s = after_s


class Courier(AbstractAsyncContextManager["Courier"]):
    """Delivers to one destination. Open it where its activity runs, for as long as it does."""

    def __init__(self, records: Records, destination: Destination, pace: Pace | None = None) -> None:
        self.destination = destination
        self._records = records
        self._pace = pace or Pace()
        self._signers = [Webhook(secret) for secret in destination.secrets]
        self._http = httpx.AsyncClient(
            timeout=self._pace.answer.total_seconds(),
            follow_redirects=False,
            headers={"User-Agent": f"caseladder/{metadata.version('caseladder')}"},
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self._http.aclose()

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
            await self._post(waiting)
        except NotAccepted as failed:
            why = str(failed)
            attempts = await asyncio.to_thread(self._records.mark_failed, waiting, why, datetime.now(UTC))
            asked, pace = failed.after_s, self._pace
            pause = pace.pause(attempts, stuck=stuck) if asked is None else pace.asked(asked)
            # Benign: the records say it of each, and the timeline if it lasts; a log of it would be one line a try.
            raise ApplicationError(
                f"{waiting.key}: {why}",
                type="undelivered",
                next_retry_delay=pause,
                category=ApplicationErrorCategory.BENIGN,
            ) from None
        await asyncio.to_thread(self._records.mark_delivered, waiting, datetime.now(UTC))

    async def _post(self, waiting: Waiting) -> None:
        """Raises NotAccepted. Nothing that the other side says in words is repeated: it might be the customer's."""
        body = json.dumps(said(waiting), ensure_ascii=False, separators=(",", ":"))
        answer_s = self._pace.answer.total_seconds()
        request = self._http.build_request(
            "POST", self.destination.url, content=body.encode(), headers=self.signed(waiting.key, body)
        )
        try:
            async with asyncio.timeout(answer_s):
                answer = await self._http.send(request, stream=True)
        except (TimeoutError, httpx.TimeoutException):
            raise NotAccepted(f"no answer within {answer_s:g} s") from None
        except httpx.HTTPError as error:
            raise NotAccepted(f"no answer: {str(error)[:200] or type(error).__name__}") from None
        try:
            await _drain(answer)
        finally:
            await answer.aclose()
        if not answer.is_success:
            raise NotAccepted(self._complaint(answer), _retry_after(answer.headers))

    def signed(self, key: str, body: str) -> dict[str, str]:
        """The headers of a body: its key, and that it is ours and from now."""
        now = datetime.now(UTC)
        return {
            "Content-Type": "application/json",
            "Idempotency-Key": key,
            "webhook-id": key,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": " ".join(signer.sign(key, now, body) for signer in self._signers),
        }

    def _complaint(self, answer: httpx.Response) -> str:
        words = f"answers {answer.status_code} {answer.reason_phrase}"[:200].rstrip()
        if answer.is_redirect:
            return f"{words}; redirects are not followed, so set the new address in {self.destination.variable}"
        return words


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


async def _drain(answer: httpx.Response) -> None:
    """Reads what is left, if that is little. Whether it was accepted is known by now."""
    read = 0
    try:
        async with asyncio.timeout(DRAINED_S):
            async for chunk in answer.aiter_raw():
                read += len(chunk)
                if read > DRAINED:
                    return
    except (TimeoutError, httpx.HTTPError):
        return


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds until the time that the other side names, in either of the two forms of RFC 9110, 10.2.3."""
    asked = headers.get("Retry-After", "").strip()
    if asked.isascii() and asked.isdigit():
        return float(asked[:9])
    try:
        at = parsedate_to_datetime(asked)
    except ValueError:
        return None
    return (at.replace(tzinfo=at.tzinfo or UTC) - datetime.now(UTC)).total_seconds()


def _moment(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
