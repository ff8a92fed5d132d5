"""What a schema cannot see of a policy's limits: reasons that go one rung at a time anyway, kinds that nobody sends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from cases.ladder import CLIMBING
from cases.plan import REFUSED_BY_SIGNAL
from cases.table import TABLE
from cases.words import Reason, Rung
from policies.mistakes import closest

_Found = Iterator[tuple[str, str, str]]

_SENT = {*REFUSED_BY_SIGNAL, *(kind for kind, row in TABLE.items() if row.who)}
"""The kinds of requests and actions."""


def found_in_limits(raw: Mapping[str, Any]) -> _Found:
    """Mistakes in `[guards] straight_to` and `[signals]` of a policy file: key, problem, remedy."""
    guards = raw.get("guards")
    yield from _straight_to(cast("dict[str, object]", guards).get("straight_to") if isinstance(guards, dict) else None)
    yield from _refused(_words(raw, "signals", "refused") or [])


def _straight_to(written: object) -> _Found:
    """A case goes up one rung at a time, but for the reasons that are named here."""
    if not isinstance(written, dict):
        return
    rungs = cast("dict[str, object]", written)
    for word, rung in rungs.items():
        key = f"guards.straight_to.{word}"
        if word in tuple(Reason) and word not in CLIMBING:
            yield key, f"{word!r} is no reason to go up", f"write one of: {', '.join(CLIMBING)}"
        if word == Reason.THREAT and rung in (Rung.BOT, Rung.AGENT, Rung.SUPERVISOR):
            yield key, f"no threat waits on the rung {rung}", "write manager or executive"
        elif rung in (Rung.BOT, Rung.AGENT):
            yield key, f"{rung} is where a case starts", "write supervisor, manager or executive"


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
