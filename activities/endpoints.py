"""A company's HTTP endpoint: what is posted there is signed (Standard Webhooks), and has a key by which it acts once.

Knows how to sign, how long to wait, and when the same again may succeed; what an answer means is for who asked. What is
not answered is raised, and Temporal tries it again; if the endpoint says when (`Retry-After`), then, and not before.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
from standardwebhooks import Webhook
from standardwebhooks.webhooks import EmptyWebhookSecretError
from temporalio.exceptions import ApplicationError

from activities.settings import SettingsError

WHOLE_S = 20.0
"""An attempt, from the connection to the last byte of the answer: less than an activity's 30 s."""

STEP_S = 10.0
"""A connection, or a silence within an answer."""

LONGEST = timedelta(hours=1)
"""A `Retry-After` beyond this is taken for a mistake."""

MOST = 64 * 1024
"""In bytes: more of an answer is not read."""

LATER = frozenset({401, 403, 404, 405, 407, 408, 409, 421, 425, 426, 429})
"""Statuses below 500 that speak of the way, the key or the moment, and not of what was asked."""


class Unanswered(ApplicationError):
    """There is no answer yet, or none that counts: the same again may succeed."""

    def __init__(self, why: str, after: timedelta | None = None) -> None:
        super().__init__(why, type="unanswered", next_retry_delay=after)


@dataclass(frozen=True, slots=True)
class Answer:
    """What an endpoint answered: taken (2xx), or turned down for good (any other 4xx than those in `LATER`)."""

    status: int
    body: bytes

    @property
    def taken(self) -> bool:
        """Whether it is a 2xx."""
        return self.status < 300

    def field(self, *names: str) -> str | None:
        """The first text under one of these names, if the body is a JSON object that has one."""
        try:
            said: Any = json.loads(self.body)
        except ValueError:
            return None
        texts = [said.get(name) for name in names] if isinstance(said, dict) else []  # pyright: ignore
        return next((plain for text in texts if isinstance(text, str) and (plain := _plain(text))), None)  # pyright: ignore


class Endpoint:
    """Where to post to. Safe to share between threads. Neither its repr nor an error shows a secret."""

    def __init__(
        self, url: httpx.URL, webhooks: Sequence[Webhook], step_s: float = STEP_S, whole_s: float = WHOLE_S
    ) -> None:
        self._url = url
        self._webhooks = webhooks
        self._where = str(url.copy_with(userinfo=b"", query=None, fragment=None))
        self._client = httpx.Client(timeout=httpx.Timeout(step_s))
        self._whole_s = whole_s

    @classmethod
    def read(cls, environment: Mapping[str, str], name: str) -> Endpoint | None:
        """As `<name>_URL` and `<name>_SECRET` say; None without them. Raises SettingsError."""
        url, secret = environment.get(f"{name}_URL"), environment.get(f"{name}_SECRET")
        if not url and not secret:
            return None
        if not url or not secret:
            lacking, given = ("URL", "SECRET") if not url else ("SECRET", "URL")
            raise SettingsError(f"{name}_{lacking} is not set, and {name}_{given} is. Set both, or neither.")
        return cls(_url(url, f"{name}_URL"), webhooks(secret, f"{name}_SECRET"))

    def post(self, key: str, body: Mapping[str, Any]) -> Answer:
        """Posts it once; the same key and body again are the same request. Raises Unanswered."""
        content, now = json.dumps(body, ensure_ascii=False), datetime.now(UTC)
        headers = {
            "content-type": "application/json",
            "idempotency-key": key,
            "webhook-id": key,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": " ".join(each.sign(key, now, content) for each in self._webhooks),
        }
        try:
            answer, after = self._answer(content.encode(), headers)
        except httpx.RequestError as error:
            raise Unanswered(f"{self._where}: {str(error) or type(error).__name__}") from error
        if answer.taken or (400 <= answer.status < 500 and answer.status not in LATER):
            return answer
        raise Unanswered(f"{self._where} answered {answer.status}", after)

    def _answer(self, content: bytes, headers: Mapping[str, str]) -> tuple[Answer, timedelta | None]:
        until = time.monotonic() + self._whole_s
        with self._client.stream("POST", self._url, content=content, headers=headers) as response:
            body = bytearray()
            for piece in response.iter_bytes():
                body += piece[: MOST - len(body)]
                if time.monotonic() > until:
                    raise httpx.ReadTimeout(f"no whole answer within {self._whole_s:g} s")
            return Answer(response.status_code, bytes(body)), _after(response.headers.get("retry-after"))


def webhooks(secrets: str, name: str) -> tuple[Webhook, ...]:
    """Signers, and verifiers, for secrets with spaces between them: several, while one takes over from another.

    Raises SettingsError, which does not show them.
    """
    try:
        found = tuple(Webhook(secret) for secret in secrets.split())
    except ValueError:
        found = ()
    except EmptyWebhookSecretError:
        found = ()
    if not found:
        raise SettingsError(f"{name} is no secret in base64. {_SECRET}")
    return found


_SECRET = 'Make one with: echo "whsec_$(openssl rand -base64 32)"'


def _plain(text: str) -> str:
    """Without what no timeline takes: control characters, and halves of characters."""
    return "".join(sign if sign.isprintable() else " " for sign in text).strip()


def _url(text: str, name: str) -> httpx.URL:
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL as error:
        raise SettingsError(f"{name}: {error}. Set a URL such as https://pay.example/refunds.") from error
    if url.scheme not in ("http", "https") or not url.host:
        raise SettingsError(f"{name} is no http or https URL. Set one such as https://pay.example/refunds.")
    return url


def _after(header: str | None) -> timedelta | None:
    """What `Retry-After` says, in seconds or as a date (RFC 9110, 10.2.3); None if it says nothing of use."""
    if not header:
        return None
    try:
        wait = timedelta(seconds=int(header))
    except ValueError:
        try:
            wait = parsedate_to_datetime(header) - datetime.now(UTC)
        except (ValueError, TypeError):
            return None
    except OverflowError:
        return LONGEST
    return min(wait, LONGEST) if wait > timedelta() else None
