"""Where messages and announcements go: the company's gateway, and its backend services. Read from the environment.

    CASELADDER_GATEWAY_URL,        CASELADDER_GATEWAY_SECRET         messages to customers
    CASELADDER_WEBHOOK_URL,        CASELADDER_WEBHOOK_SECRET         announcements, of every case
    CASELADDER_WEBHOOK_URL_<NAME>, CASELADDER_WEBHOOK_SECRET_<NAME>  announcements, of cases from the source <name>

A secret is `whsec_` and base64, as Standard Webhooks has it; while it is being changed, the new one and the old one,
with a space between. Knows which commit brings what for whom; how it is sent is `activities.delivering`'s.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import httpx

from activities.settings import SettingsError
from cases.commit import Commit
from cases.delivering import GATEWAY, WEBHOOK, announcements
from cases.effects import TellCustomer
from records import Outgoing

_URLS = re.compile(r"CASELADDER_(?:GATEWAY_URL|WEBHOOK_URL(?:_(?P<source>[A-Z0-9_]+))?)")
_SECRETS = re.compile(r"CASELADDER_(?:GATEWAY_SECRET|WEBHOOK_SECRET(?:_[A-Z0-9_]+)?)")
_OURS = ("CASELADDER_GATEWAY", "CASELADDER_WEBHOOK")
_PREFIX = "whsec_"
_SHORTEST, _LONGEST = 24, 64
"""In bytes, as Standard Webhooks asks of a secret."""


@dataclass(frozen=True, slots=True)
class Destination:
    """Somebody who takes deliveries. `source`: only of cases from there, written as in a variable's name."""

    name: str
    variable: str
    url: str = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)
    source: str | None = None

    def takes(self, source: str) -> bool:
        """Whether announcements of cases from that source go there."""
        return self.name != GATEWAY and self.source in (None, re.sub(r"[^A-Z0-9]", "_", source.upper()))


Destinations = tuple[Destination, ...]


def outgoing(commit: Commit, destinations: Destinations) -> list[Outgoing]:
    """What of a commit goes where."""
    leaving: list[Outgoing] = []
    if any(each.name == GATEWAY for each in destinations):
        messages = (notice for notice in commit.notices if isinstance(notice, TellCustomer))
        leaving += [Outgoing(it.id, GATEWAY, int(it.id.rpartition(":")[2]), it.at) for it in messages]
    if hearing := [each.name for each in destinations if each.takes(commit.view.source)]:
        for told in announcements(commit):
            said = told.model_dump(mode="json")
            leaving += [Outgoing(told.id, name, told.n, told.at, said) for name in hearing]
    return leaving


def read(environment: Mapping[str, str]) -> Destinations:
    """The destinations in `environment`, the gateway first; none if none is set. Raises SettingsError."""
    given = {name: value for name, value in environment.items() if value.strip()}
    for name in sorted(given):
        if name.startswith(_OURS) and not _URLS.fullmatch(name) and not _SECRETS.fullmatch(name):
            raise SettingsError(
                f"{name} is not known. Set CASELADDER_GATEWAY_URL, CASELADDER_WEBHOOK_URL, or for the source shop "
                "CASELADDER_WEBHOOK_URL_SHOP, each with its _SECRET in place of _URL."
            )
        if _SECRETS.fullmatch(name) and name.replace("_SECRET", "_URL", 1) not in given:
            url = name.replace("_SECRET", "_URL", 1)
            raise SettingsError(f"{url} is not set, but {name} is: set both, or neither.")
    return tuple(_found(given))


def _found(given: Mapping[str, str]) -> Iterator[Destination]:
    for variable in sorted(given):
        match = _URLS.fullmatch(variable)
        if match is None:
            continue
        source = match["source"]
        name = GATEWAY if variable.endswith("GATEWAY_URL") else WEBHOOK
        if source:
            name = f"{WEBHOOK}-{source.lower().replace('_', '-')}"
        secret = variable.replace("_URL", "_SECRET", 1)
        yield Destination(name, variable, _url(variable, given[variable]), _secrets(secret, given), source)


def _url(variable: str, text: str) -> str:
    remedy = "Set an address such as https://gateway.example/messages."
    try:
        url = httpx.URL(text.strip())
    except httpx.InvalidURL as error:
        raise SettingsError(f"{variable}: is no URL ({error}). {remedy}") from None
    if url.scheme not in ("http", "https") or not url.host:
        raise SettingsError(f"{variable}: must begin with https:// or http:// and name a host. {remedy}")
    if url.userinfo:
        raise SettingsError(
            f"{variable}: must not hold a user's name or password. Deliveries are known by their signature."
        )
    return str(url)


def _secrets(variable: str, given: Mapping[str, str]) -> tuple[str, ...]:
    remedy = f"Make one with: echo {_PREFIX}$(openssl rand -base64 32)"
    secrets = tuple(given.get(variable, "").split())
    if not secrets:
        raise SettingsError(f"{variable} is not set: what is delivered must be signed. {remedy}")
    for secret in secrets:
        if not secret.startswith(_PREFIX):
            raise SettingsError(f"{variable}: a secret must begin with {_PREFIX}. {remedy}")
        try:
            key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
        except (binascii.Error, ValueError):
            raise SettingsError(f"{variable}: what follows {_PREFIX} must be base64. {remedy}") from None
        if not _SHORTEST <= len(key) <= _LONGEST:
            raise SettingsError(
                f"{variable}: the secret has {len(key)} bytes; it must have {_SHORTEST} to {_LONGEST}. {remedy}"
            )
    return secrets
