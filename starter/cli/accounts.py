"""`show CASE --clocks`: each clock's account on a terminal, in the zone of its calendar."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from cases.accounting import Account, Line, account
from cases.view import CaseView
from starter.cli.printing import table

_LONGEST_CAUSE = 120
"""An account names causes and people whole; only what somebody wrote at length is cut."""


def accounts(view: CaseView) -> list[Account]:
    """Of every clock that the case knows, also those that are over."""
    return [account(clock, view.now) for clock in view.clocks]


def account_lines(view: CaseView) -> Iterator[str]:
    """All of them, each with its title."""
    for each in accounts(view):
        counts = f"on {each.calendar}" if each.calendar else "around the clock"
        yield ""
        which = f" ({each.label})" if each.label else ""
        yield f"{each.clock}{which}: {each.state}, may run {_length(each.target_s)} {counts}; times are {each.zone}"
        yield table(
            ("FROM", "TO", "OPEN TIME", "IN ALL", "LEFT", "DUE", "WHAT"),
            [_cells(line, each.zone) for line in each.lines],
            longest=_LONGEST_CAUSE,
        )


def _cells(line: Line, zone: str) -> tuple[str, ...]:
    return (
        _at(line.since or line.at, zone),
        _at(line.until, zone),
        _length(line.counted_s),
        _length(line.total_s),
        _length(line.remaining_s),
        _at(line.due_at, zone),
        _what(line),
    )


def _what(line: Line) -> str:
    target = f" to {_length(line.target_s)}" if line.target_s is not None and line.what != "start" else ""
    who = f", {line.by}" if line.by else ""
    return f"{line.what}{target}: {line.cause}{who}"


def _at(moment: datetime | None, zone: str) -> str:
    return moment.astimezone(ZoneInfo(zone)).strftime("%a %Y-%m-%d %H:%M:%S") if moment else ""


def _length(seconds: float | None) -> str:
    """`12:30:00`, hours first: days of a calendar have no fixed length."""
    if seconds is None:
        return ""
    sign, rest = ("-" if seconds < 0 else ""), timedelta(seconds=abs(round(seconds)))
    hours, rest = divmod(rest, timedelta(hours=1))
    minutes = rest // timedelta(minutes=1)
    return f"{sign}{hours}:{minutes:02}:{rest.seconds % 60:02}"
