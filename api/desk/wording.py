"""What pages say for the closed words of the house: labels, tones, times and durations. Knows no case and no rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from cases.ladder import ROUTES
from cases.view import CaseView, ClockView, OwnerView
from cases.words import ClockState, Reason

SOON = 0.2
"""A clock is shown as soon due when less than this part of its time is left, or its warning has been given."""

_SHORTEST_SOON_S, _LONGEST_SOON_S = 30.0, 3600.0
_SHORT = {"hand_off": "hand-off", "de_escalate": "de-escalate"}
_INITIALISMS = {"Id": "ID", "Vip": "VIP"}


def words(name: str) -> str:
    """A name of ours as words: `waiting_customer` is "waiting customer"."""
    return _SHORT.get(name, name.replace("_", " "))


def label(name: str) -> str:
    """The same, as it begins a line."""
    said = words(name)
    said = said[:1].upper() + said[1:]
    return _INITIALISMS.get(said, said)


def utc(at: datetime) -> str:
    """A moment for who has no script: the day, the time, and that it is UTC. With one, it is in the reader's zone."""
    return f"{at.astimezone(UTC):%d %b %Y, %H:%M} UTC"


def iso(at: datetime) -> str:
    """A moment for a machine, to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def span(seconds: float) -> str:
    """A duration in its two largest units: "2 d 4 h", "3 h 05 min", "4:09". Its sign is for the caller to say."""
    whole = round(abs(seconds))
    days, hours, minutes, rest = whole // 86400, whole // 3600 % 24, whole // 60 % 60, whole % 60
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {minutes:02} min"
    return f"{minutes}:{rest:02}"


def round_span(seconds: float) -> str:
    """A duration in its largest unit, for one that is about so long: "1 h", "12 min", "30 s"."""
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{round(seconds / length)}\N{NO-BREAK SPACE}{unit}"
    return f"{round(seconds)}\N{NO-BREAK SPACE}s"


def soon_s(target_s: float) -> float:
    """How many seconds before its deadline a clock of that length is shown as soon due."""
    return min(max(target_s * SOON, _SHORTEST_SOON_S), _LONGEST_SOON_S)


def tone(clock: ClockView, now: datetime) -> str:
    """How a clock looks: `breached`, `paused`, `soon`, `running`, or `over`."""
    if clock.state not in (ClockState.RUNNING, ClockState.PAUSED):
        return "over"
    if clock.breached_at is not None or (clock.due_at is not None and clock.due_at <= now):
        return "breached"
    if clock.state is ClockState.PAUSED or clock.due_at is None:
        return "paused"
    left_s = (clock.due_at - now).total_seconds()
    return "soon" if clock.warned or left_s <= soon_s(clock.target_s) else "running"


def next_clock(view: CaseView) -> ClockView | None:
    """The clock that is due next: the one that a line of a list counts down; None if none runs."""
    running = [clock for clock in view.clocks if clock.state is ClockState.RUNNING and clock.due_at is not None]
    return min(running, key=lambda clock: clock.due_at or datetime.max.replace(tzinfo=UTC), default=None)


def holder(owner: OwnerView, names: Mapping[str, str] | None = None) -> str:
    """Who has it, in words: a person by name, where that is known, or the queue of a team."""
    return (names or {}).get(owner.person, owner.person) if owner.person else f"the {owner.queue} queue"


def subject_of(view: CaseView) -> str:
    """What a case is called: by its subject; without one, by its product and whose it is."""
    return view.issue or f"{view.product}, {view.customer.name or view.customer.id}"


def because(reason: Reason) -> str:
    """Why a case is offered, in words: "a deadline passed"."""
    return ROUTES[reason].words


_ORDER = {"breached": 0, "soon": 1, "running": 2, "paused": 3, "over": 4}


def by_urgency(clocks: Iterable[ClockView], now: datetime) -> list[ClockView]:
    """The clocks as one looks at them: what is late first, then by deadline, then what stands, then what is over."""
    end = datetime.max.replace(tzinfo=UTC)
    return sorted(clocks, key=lambda clock: (_ORDER[tone(clock, now)], clock.due_at or end, clock.title))


def is_live(clock: ClockView) -> bool:
    """Whether it runs, or stands only for a while."""
    return clock.state in (ClockState.RUNNING, ClockState.PAUSED)


_BY_PEOPLE = frozenset({"reply", "redirected", "resolved", "letter"})


def is_spoken(kind: str) -> bool:
    """Whether a colleague wrote the words of that message, and not caseladder: those are read first."""
    return kind.split(".")[0] in _BY_PEOPLE


FILTERS: dict[str, Callable[..., Any]] = {
    "words": words,
    "label": label,
    "utc": utc,
    "iso": iso,
    "span": span,
    "round_span": round_span,
}
GLOBALS: dict[str, Callable[..., Any]] = {
    "tone": tone,
    "soon_s": soon_s,
    "next_clock": next_clock,
    "holder": holder,
    "because": because,
    "subject_of": subject_of,
    "by_urgency": by_urgency,
    "is_live": is_live,
    "is_spoken": is_spoken,
}
