"""The account of a clock, line by line, from its ledger's entries: what a person checks with a pencil.

Knows how entries add up to what is left; asks no calendar, for every entry that stops a clock says how long it had run.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cases.complaint import Shape
from cases.ledger import STOPS, TARGETS, LedgerEntry
from cases.view import ClockView
from cases.words import ClockState, Mark


class Line(Shape):
    """One line. Seconds are open time; `since` to `until` is the stretch that `counted_s` was counted over.

    `total_s` and `remaining_s` are as of `at`; None where the ledger does not say them (a warning, a resumption).
    """

    at: datetime
    what: str
    cause: str
    by: str
    since: datetime | None = None
    until: datetime | None = None
    counted_s: float | None = None
    total_s: float | None = None
    remaining_s: float | None = None
    due_at: datetime | None = None
    target_s: float | None = None
    calendar: str | None = None


class Account(Shape):
    """A clock's lines, and what they come to at `now`. Moments are best read in `zone`, the calendar's."""

    clock: str
    label: str | None = None
    """Which of several of its name: the stage of a regime, or `promised`."""
    calendar: str | None
    zone: str
    state: ClockState
    target_s: float
    elapsed_s: float
    remaining_s: float
    due_at: datetime | None
    lines: tuple[Line, ...]


def account(clock: ClockView, now: datetime) -> Account:
    """The account of a clock as it was seen at `now`."""
    lines = _lines(clock.ledger)
    since = _running_since(clock.ledger)
    if clock.state is ClockState.RUNNING and since is not None:
        before = next((line.total_s for line in reversed(lines) if line.total_s is not None), 0.0)
        running = Line(
            at=now,
            what="now",
            cause="still running",
            by="",
            since=since,
            until=now,
            counted_s=clock.elapsed_s - before,
            total_s=clock.elapsed_s,
            remaining_s=clock.remaining_s,
            due_at=clock.due_at,
        )
        lines.append(running)
    return Account(
        clock=clock.id,
        label=clock.label,
        calendar=clock.calendar,
        zone=clock.zone,
        state=clock.state,
        target_s=clock.target_s,
        elapsed_s=clock.elapsed_s,
        remaining_s=clock.remaining_s,
        due_at=clock.due_at,
        lines=tuple(lines),
    )


def _lines(ledger: Sequence[LedgerEntry]) -> list[Line]:
    lines: list[Line] = []
    total, target, since = 0.0, 0.0, None
    for entry in ledger:
        target = entry.target_s if entry.target_s is not None else target
        line = Line(at=entry.at, what=entry.mark.value, cause=entry.cause, by=entry.by, due_at=entry.due_at)
        said: dict[str, object] = {}
        if entry.mark in TARGETS:
            said |= {"target_s": entry.target_s, "calendar": entry.calendar}
        if entry.mark in (*STOPS, Mark.CORRECT) and entry.elapsed_s is not None:
            stretch = {"since": since, "until": entry.at, "counted_s": entry.elapsed_s - total} if since else {}
            total = entry.elapsed_s
            said |= {**stretch, "total_s": total, "remaining_s": target - total}
            since = entry.at if entry.mark is Mark.CORRECT and since else None
        elif entry.mark in (Mark.START, Mark.RESUME):
            since = entry.at
            said |= {"total_s": total, "remaining_s": target - total}
        elif entry.mark is Mark.RETARGET and entry.elapsed_s is not None:
            said |= {"remaining_s": target - entry.elapsed_s}
        lines.append(line.model_copy(update=said))
    return lines


def _running_since(ledger: Sequence[LedgerEntry]) -> datetime | None:
    since: datetime | None = None
    for entry in ledger:
        if entry.mark in (Mark.START, Mark.RESUME) or (entry.mark is Mark.CORRECT and since):
            since = entry.at
        elif entry.mark in STOPS:
            since = None
    return since
