"""The way out of the house: a company's HTTP endpoint, what is posted there, and what comes back.

Reads where an endpoint is, signs (Standard Webhooks), gives each request a key by which it acts once, waits no longer
than it may, and says when the same again may succeed. Redirects are not followed: what was meant for one host is not
given to another. What an answer means is for who asked.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from importlib import metadata
from ssl import SSLContext
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx
from standardwebhooks import Webhook
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from activities.settings import SettingsError
from observing import carried
from policies.secrets import REMEDY, secrets

LONGEST = timedelta(hours=1)
"""The longest that an endpoint may ask us to wait; a `Retry-After` beyond it is taken for a mistake."""

MOST = 64 * 1024
"""In bytes: more of an answer is not read."""

DRAINED_S = 1.0
"""How long an answer is read whose words nobody asked for, so that its connection can be used again."""

LATER = frozenset({401, 403, 404, 405, 407, 408, 409, 421, 425, 426, 429})
"""Statuses from 400 to 499 that speak of the way, the key or the moment, and not of what was asked."""

T = TypeVar("T")


class Unanswered(ApplicationError):
    """There is no answer yet, or none that counts: the same again may succeed, when `next_retry_delay` is over."""

    def __init__(self, why: str, after: timedelta | None = None) -> None:
        # Benign: the records and the timeline say it; a log of it would be many lines a try.
        super().__init__(why, type="unanswered", next_retry_delay=after, category=ApplicationErrorCategory.BENIGN)


@dataclass(frozen=True, slots=True)
class Answer:
    """What an endpoint answered. `said` repeats its status, and nothing that it put into words."""

    status: int
    body: bytes
    said: str
    after: timedelta | None

    @property
    def taken(self) -> bool:
        """Whether it is a 2xx."""
        return 200 <= self.status < 300

    @property
    def refused(self) -> bool:
        """Whether it is the endpoint's judgement on what was asked: a 4xx that is not in `LATER`."""
        return 400 <= self.status < 500 and self.status not in LATER

    def untaken(self) -> Unanswered:
        """For whom this is no answer that counts."""
        return Unanswered(self.said, self.after)

    def field(self, *names: str) -> str | None:
        """The first text under one of these names, if the body is a JSON object that has one."""
        try:
            said: Any = json.loads(self.body)
        except ValueError:
            return None
        texts = [said.get(name) for name in names] if isinstance(said, dict) else []  # pyright: ignore
        return next((plain for text in texts if isinstance(text, str) and (plain := _plain(text))), None)  # pyright: ignore


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where to post to, and what to sign with; `variable` is what says where. Its repr shows neither."""

    variable: str
    url: str = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)

    @classmethod
    def read(cls, environment: Mapping[str, str], variable: str) -> Endpoint | None:
        """As a variable `…_URL…` and its sister `…_SECRET…` say; None without them. Raises SettingsError."""
        signing = variable.replace("_URL", "_SECRET", 1)
        url, text = (environment.get(name, "").strip() for name in (variable, signing))
        if not url and not text:
            return None
        if not url:
            raise SettingsError(f"{variable} is not set, but {signing} is: set both, or neither.")
        if not text:
            raise SettingsError(f"{signing} is not set, but {variable} is: what is sent must be signed. {REMEDY}")
        try:
            return cls(variable, _url(variable, url), secrets(text))
        except ValueError as error:
            raise SettingsError(f"{signing}: {error}") from None

    def signed(self, key: str, body: str) -> dict[str, str]:
        """The headers of a body: its key, and that it is ours and from now."""
        now = datetime.now(UTC)
        return {
            "Content-Type": "application/json",
            "Idempotency-Key": key,
            "webhook-id": key,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": " ".join(Webhook(secret).sign(key, now, body) for secret in self.secrets),
        }


class Line(AbstractAsyncContextManager["Line"]):
    """The connections to an endpoint. Open it in the event loop that posts; each answer has `within` to come."""

    def __init__(self, endpoint: Endpoint, within: timedelta) -> None:
        self._endpoint = endpoint
        self._within_s = within.total_seconds()
        self._http = httpx.AsyncClient(
            timeout=self._within_s,
            follow_redirects=False,
            headers={"User-Agent": f"caseladder/{metadata.version('caseladder')}"},
            verify=_trusted(),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def post(self, key: str, said: Mapping[str, Any], *, heeded: bool = True) -> Answer:
        """Posts it once; the same key and the same said again are the same request, to the byte.

        Without `heeded` the status is enough, and the body may be cut short. Raises Unanswered.
        """
        until = time.monotonic() + self._within_s
        body = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
        headers = {**self._endpoint.signed(key, body), **carried()}
        request = self._http.build_request("POST", self._endpoint.url, content=body.encode(), headers=headers)
        answer = await self._in_time(self._http.send(request, stream=True), self._within_s)
        try:
            left_s = until - time.monotonic() if heeded else DRAINED_S
            content = await self._in_time(_beginning(answer), left_s)
        except Unanswered:
            if heeded:
                raise
            content = b""
        finally:
            await answer.aclose()
        return Answer(answer.status_code, content, self._said(answer), _after(answer.headers.get("Retry-After", "")))

    async def _in_time(self, coming: Awaitable[T], left_s: float) -> T:
        try:
            async with asyncio.timeout(left_s):
                return await coming
        except (TimeoutError, httpx.TimeoutException):
            raise Unanswered(f"no answer within {self._within_s:g} s") from None
        except httpx.HTTPError as error:
            raise Unanswered(f"no answer: {str(error)[:200] or type(error).__name__}") from None

    def _said(self, answer: httpx.Response) -> str:
        status = answer.status_code
        words = f"answers {status} {httpx.codes.get_reason_phrase(status)}".rstrip()
        if answer.is_redirect:
            return f"{words}; redirects are not followed, so set the new address in {self._endpoint.variable}"
        return words


@cache
def _trusted() -> SSLContext:
    """Whom we believe to be who they say: read once, since it takes longer than most answers."""
    return httpx.create_ssl_context()


async def _beginning(answer: httpx.Response) -> bytes:
    body = bytearray()
    async for piece in answer.aiter_bytes():
        body += piece[: MOST - len(body)]
        if len(body) == MOST:
            break
    return bytes(body)


def _after(asked: str) -> timedelta | None:
    """What `Retry-After` says, in seconds or as a date (RFC 9110, 10.2.3); None if it says nothing of use."""
    asked = asked.strip()
    if asked.isascii() and asked.isdigit():
        wait = timedelta(seconds=int(asked[:9]))
    else:
        try:
            at = parsedate_to_datetime(asked)
        except (ValueError, TypeError):
            return None
        wait = at.replace(tzinfo=at.tzinfo or UTC) - datetime.now(UTC)
    return min(max(wait, timedelta()), LONGEST)


def _plain(text: str) -> str:
    """Without what no timeline takes: control characters, and halves of characters."""
    return "".join(sign if sign.isprintable() else " " for sign in text).strip()


def _url(variable: str, text: str) -> str:
    remedy = "Set an address such as https://gateway.example/messages."
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL as error:
        raise SettingsError(f"{variable}: is no URL ({error}). {remedy}") from None
    if url.scheme not in ("http", "https") or not url.host:
        raise SettingsError(f"{variable}: must begin with https:// or http:// and name a host. {remedy}")
    if url.userinfo:
        raise SettingsError(f"{variable}: must not hold a user's name or password. We are known by our signature.")
    return str(url)
