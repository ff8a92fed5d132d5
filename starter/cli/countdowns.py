"""How long until a deadline, or since: in words that are true for the second in which they are read.

A running clock is counted to its `due_at`, which does not age as a view does; a paused one stands at `remaining_s`.
"""

from __future__ import annotations

from datetime import datetime

from cases.view import CaseView, ClockView
from cases.words import ClockState

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


def span(seconds: float) -> str:
    """`00:12`, `1:02:03` or `2d 03:04:05`, to the nearest second; of a negative time, how long ago it was."""
    whole = round(abs(seconds))
    minutes = f"{whole % _HOUR // _MINUTE:02}:{whole % _MINUTE:02}"
    if whole < _HOUR:
        return minutes
    if whole < _DAY:
        return f"{whole // _HOUR}:{minutes}"
    return f"{whole // _DAY}d {whole % _DAY // _HOUR:02}:{minutes}"


def live(view: CaseView) -> list[ClockView]:
    """The clocks that are neither fulfilled nor cancelled: what is due first at the top, what stands last."""
    clocks = [clock for clock in view.clocks if clock.state in (ClockState.RUNNING, ClockState.PAUSED)]
    return sorted(clocks, key=lambda clock: (clock.due_at is None, clock.due_at.timestamp() if clock.due_at else 0.0))


def told(clock: ClockView, now: datetime) -> str:
    """`due in 05:58`, `due in 00:12, warned`, `breached, late by 00:05`, `paused with 04:00 left`."""
    if clock.due_at is None:
        left = f"{span(clock.remaining_s)} left" if clock.remaining_s >= 0 else f"{span(clock.remaining_s)} over"
        return f"paused with {left}" + (", breached" if clock.breached_at else "")
    left_s = (clock.due_at - now).total_seconds()
    if clock.breached_at:
        return f"breached, late by {span(left_s)}"
    if left_s < 0:  # its deadline is past, and the case has not said yet what became of it
        return f"was due {span(left_s)} ago"
    return f"due in {span(left_s)}" + (", warned" if clock.warned else "")


def nearest(view: CaseView, now: datetime) -> str:
    """What to look at first, in a table's cell: the clock that is latest, or the one that is due next, or `-`."""
    clocks = [clock for clock in live(view) if clock.due_at]
    late = [clock for clock in clocks if clock.breached_at]
    for clock in late or clocks:
        if clock.due_at and late:
            return f"{clock.title} late by {span((now - clock.due_at).total_seconds())}"
        return f"{clock.title} {told(clock, now).removesuffix(', warned')}"
    return "-"
