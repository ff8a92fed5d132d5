"""Where messages and announcements go: the company's gateway, and its backend services. Read from the environment.

    CASELADDER_GATEWAY_URL,        CASELADDER_GATEWAY_SECRET         messages to customers
    CASELADDER_WEBHOOK_URL,        CASELADDER_WEBHOOK_SECRET         announcements, of every case
    CASELADDER_WEBHOOK_URL_<NAME>, CASELADDER_WEBHOOK_SECRET_<NAME>  announcements, of cases from the source <name>

Knows which commit brings what for whom; what such a pair must look like, and how it is used, `activities.endpoints`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from activities.endpoints import Endpoint
from activities.settings import SettingsError
from cases.commit import Commit
from cases.delivering import GATEWAY, WEBHOOK, announcements
from cases.effects import TellCustomer
from records import Outgoing

_GATEWAY, _WEBHOOK = "CASELADDER_GATEWAY_URL", "CASELADDER_WEBHOOK_URL"
_OURS = ("CASELADDER_GATEWAY", "CASELADDER_WEBHOOK")
_PAIR = re.compile(
    r"CASELADDER_(?:GATEWAY_(?:URL|SECRET)|(?P<webhook>WEBHOOK_(?:URL|SECRET))(?:_(?P<source>[A-Z0-9_]+))?)"
)
"""Either of the two variables of a destination."""


@dataclass(frozen=True, slots=True)
class Destination:
    """Somebody who takes deliveries. `source`: only of cases from there, written as in a variable's name."""

    name: str
    endpoint: Endpoint
    source: str | None = None

    def takes(self, source: str) -> bool:
        """Whether announcements of cases from that source go there."""
        return _takes(self.name, self.source, source)


Destinations = tuple[Destination, ...]


def outgoing(commit: Commit, sources: Mapping[str, str | None]) -> list[Outgoing]:
    """What of a commit goes where: to destinations by name, each with its source or None."""
    leaving: list[Outgoing] = []
    if GATEWAY in sources:
        messages = (notice for notice in commit.notices if isinstance(notice, TellCustomer))
        leaving += [Outgoing(it.id, GATEWAY, int(it.id.rpartition(":")[2]), it.at) for it in messages]
    if hearing := [name for name, source in sources.items() if _takes(name, source, commit.view.source)]:
        for told in announcements(commit):
            said = told.model_dump(mode="json")
            leaving += [Outgoing(told.id, name, told.n, told.at, said) for name in hearing]
    return leaving


def sources_of(destinations: Destinations) -> dict[str, str | None]:
    """Each by its name, with its source or None: what of them the records know."""
    return {each.name: each.source for each in destinations}


def not_served(destinations: Destinations, known: Mapping[str, str | None]) -> list[str]:
    """A sentence for each destination that others were told of, and this worker was not."""
    missing = {name: source for name, source in known.items() if name not in sources_of(destinations)}
    return [
        f"{_variable(name, source)} is not set for this worker, but another was started with it: set it alike for "
        f"every worker. What goes to {name} waits for those that have it. To take it away for good: "
        f"caseladder destinations --forget {name}"
        for name, source in missing.items()
    ]


def read(environment: Mapping[str, str]) -> Destinations:
    """The destinations in `environment`, the gateway first; none if none is set. Raises SettingsError."""
    found: dict[str, Destination] = {}
    for variable in sorted(name for name, value in environment.items() if name.startswith(_OURS) and value.strip()):
        match = _PAIR.fullmatch(variable)
        if match is None:
            raise SettingsError(
                f"{variable} is not known. Set CASELADDER_GATEWAY_URL, CASELADDER_WEBHOOK_URL, or for the source shop "
                "CASELADDER_WEBHOOK_URL_SHOP, each with its _SECRET in place of _URL."
            )
        name, url, source = (WEBHOOK, _WEBHOOK, match["source"]) if match["webhook"] else (GATEWAY, _GATEWAY, None)
        if source:
            name, url = f"{WEBHOOK}-{source.lower().replace('_', '-')}", f"{_WEBHOOK}_{source}"
        if endpoint := Endpoint.read(environment, url):
            found[name] = Destination(name, endpoint, source)
    return tuple(found.values())


def _takes(name: str, only: str | None, source: str) -> bool:
    return name != GATEWAY and only in (None, re.sub(r"[^A-Z0-9]", "_", source.upper()))


def _variable(name: str, source: str | None) -> str:
    return _GATEWAY if name == GATEWAY else f"{_WEBHOOK}_{source}" if source else _WEBHOOK
