"""What a schema cannot see of a policy's limits: reasons that go one rung at a time anyway, kinds that nobody sends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cases.ladder import ROUTES
from cases.plan import REFUSED_BY_SIGNAL
from cases.table import TABLE
from cases.words import Reason
from policies.mistakes import closest

_Found = Iterator[tuple[str, str, str]]

_LED_FURTHER = tuple(reason for reason, route in ROUTES.items() if route.leads_to)
"""The reasons that may pass over rungs: those that are for a rung of their own."""

_SENT = {*REFUSED_BY_SIGNAL, *(kind for kind, row in TABLE.items() if row.who)}
"""The kinds of requests and actions."""


def found_in_limits(raw: Mapping[str, Any]) -> _Found:
    """Mistakes in `[guards] straight_up` and `[signals]` of a policy file: key, problem, remedy."""
    yield from _straight_up(_words(raw, "guards", "straight_up"))
    yield from _refused(_words(raw, "signals", "refused") or [])


def _straight_up(written: list[str] | None) -> _Found:
    if written is None:
        return
    if Reason.THREAT not in written:
        remedy = f"add {Reason.THREAT.value!r}, or delete the key"
        yield "guards.straight_up", f"leaves out {Reason.THREAT.value!r}, and no threat waits on a rung below", remedy
    for place, word in enumerate(written):
        if word in set(Reason) and word not in _LED_FURTHER:
            remedy = f"delete it; known here: {', '.join(_LED_FURTHER)}"
            yield f"guards.straight_up[{place}]", f"{word!r} goes to the next rung, whatever it is", remedy


def _refused(written: list[str]) -> _Found:
    for place, word in enumerate(written):
        if word not in _SENT:
            meant = closest(word, _SENT)
            remedy = (
                f"did you mean {meant!r}?" if meant else "name a kind of request or action, such as 'decide_safety'"
            )
            yield f"signals.refused[{place}]", f"unknown kind {word!r}", remedy


def _words(raw: Mapping[str, Any], table: str, key: str) -> list[str] | None:
    """The words of a list; None if there is no list. What else is wrong with it, the schema says."""
    found: Any = raw.get(table)
    written: Any = found.get(key) if isinstance(found, dict) else None  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
    return [word for word in written if isinstance(word, str)] if isinstance(written, list) else None  # pyright: ignore[reportUnknownVariableType]
