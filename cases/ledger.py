"""The ledger of a clock: its account, from which elapsed time can be worked out again.

Knows what an entry says and how entries add up. What makes a clock change is `cases.clocks` and the rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from cases.calendars import ALWAYS, BeyondHorizon, CompiledCalendar
from cases.complaint import Name, Shape
from cases.words import Mark

ZERO = timedelta(0)

NOTICED = (Mark.WARN, Mark.BREACH, Mark.RETARGET)
"""What leaves the time that has run as it is: a warning and a breach, noticed perhaps late, and another target."""

STOPS = (Mark.PAUSE, Mark.FULFIL, Mark.CANCEL, Mark.SUM)
"""After these a clock stands."""

TARGETS = (Mark.START, Mark.RETARGET, Mark.CORRECT)
"""These say how long the clock may run, and on which calendar."""

LEDGER = 60
"""How many entries a ledger may have before its older ones are summed up: a case carries it along."""

_NEWEST = 20


class LedgerEntry(Shape):
    """One change of a clock: when it counts from, what, why and by whom. Seconds are of open time."""

    at: datetime
    mark: Mark
    cause: str
    by: str
    target_s: float | None = None
    """How long it may run, on `start`, `retarget` and `correct`."""
    elapsed_s: float | None = None
    """The time that had run by then: on `sum` and `correct`, and wherever the clock stops or gets another target."""
    due_at: datetime | None = None
    """The deadline from then on, if the clock runs; on `breach`, the one that passed."""
    late_s: float | None = None
    """On `breach`: how long after its deadline it was noticed, in seconds on the wall."""
    calendar: Name | None = None
    """On which it counts from then on, where `target_s` is given; None for around the clock."""
    business_day: int | None = None
    """The target is the end of that business day after the start, which is `day_end`."""
    day_end: datetime | None = None


def elapsed_from(ledger: Sequence[LedgerEntry], now: datetime, calendar: CompiledCalendar = ALWAYS) -> timedelta:
    """The elapsed time by `now`, from the entries and the calendar alone: the proof of what a clock says of itself.

    `calendar` is the one that the newest of TARGETS names: what ran on another before a correction is in its entry.
    """
    total, since = ZERO, None
    for entry in ledger:
        if entry.mark is Mark.SUM:
            total, since = timedelta(seconds=entry.elapsed_s or 0), None
        elif entry.mark is Mark.CORRECT:
            total, since = timedelta(seconds=entry.elapsed_s or 0), entry.at if since else None
        elif entry.mark in (Mark.START, Mark.RESUME):
            since = entry.at
        elif entry.mark in STOPS and since is not None:
            total, since = total + open_time(calendar, since, entry.at), None
    return total + (open_time(calendar, since, now) if since else ZERO)


def open_time(calendar: CompiledCalendar, start: datetime, end: datetime) -> timedelta:
    """The open time from `start` to `end`, none if `end` comes first; of what lies past the horizon, nothing yet."""
    if end <= start:
        return ZERO
    try:
        return calendar.between(start, end)
    except BeyondHorizon:
        return max(calendar.between(calendar.nearest(start), calendar.nearest(end)), ZERO)


def shortened(ledger: list[LedgerEntry], mark: Mark, calendar: CompiledCalendar) -> list[LedgerEntry]:
    """The ledger after a change of that kind, not longer than LEDGER for long; the timeline has every entry."""
    if len(ledger) <= LEDGER:
        return ledger
    if mark in STOPS:
        return _summed(ledger, calendar)
    if mark is Mark.CORRECT:
        return [ledger[0], ledger[-1]]
    older, newer = ledger[:-_NEWEST], ledger[-_NEWEST:]
    return [entry for entry in older if entry.mark not in NOTICED] + newer if mark is Mark.RETARGET else ledger


def _summed(ledger: list[LedgerEntry], calendar: CompiledCalendar) -> list[LedgerEntry]:
    """The ledger of a clock that stands, with its older half as one entry: what was noticed, and the start, stay."""
    half = len(ledger) // 2
    last = next(n for n in range(half, len(ledger)) if ledger[n].mark in STOPS)
    older, newer = ledger[: last + 1], ledger[last + 1 :]
    kept = [entry for entry in older if entry.mark in (Mark.START, *NOTICED)]
    at, elapsed = older[-1].at, elapsed_from(older, older[-1].at, calendar).total_seconds()
    total = LedgerEntry(at=at, mark=Mark.SUM, cause="earlier pauses", by=older[-1].by, elapsed_s=elapsed)
    return [*kept, total, *newer]
