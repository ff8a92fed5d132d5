"""Clocks and their ledger: elapsed and remaining time, and nothing of what a warning or a breach leads to.

A clock is running, paused, fulfilled or cancelled; that it was breached is a fact beside its state. Every change is a
ledger entry, and from the entries alone the elapsed time can be worked out again (`elapsed_from`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cases.complaint import Shape
from cases.words import Breach, ClockName, ClockState, Mark

ZERO = timedelta(0)

_NOTICED = (Mark.WARN, Mark.BREACH)
"""What is noticed about a clock, perhaps late, and leaves its time as it is."""

_STOPS = (Mark.PAUSE, Mark.FULFIL, Mark.CANCEL, Mark.SUM)
"""After these a clock stands."""


LEDGER = 60
"""How many entries a ledger may have before its older pauses and resumes are summed up: a case carries it along."""


class LedgerEntry(Shape):
    """One change of a clock: when it counts from, what, why and by whom."""

    at: datetime
    mark: Mark
    cause: str
    by: str
    target_s: float | None = None
    """The new target in seconds, on `start`."""
    elapsed_s: float | None = None
    """The time that had run by then, on `sum`."""


@dataclass(slots=True)
class Clock:
    """A promise with a deadline. Times are UTC; `spent` is the time that ran before the current stretch."""

    id: str
    name: ClockName
    target: timedelta
    pausable: bool
    on_breach: Breach
    warn_at: tuple[float, ...]
    state: ClockState = ClockState.RUNNING
    since: datetime | None = None
    spent: timedelta = ZERO
    warned: int = 0
    breached_at: datetime | None = None
    label: str | None = None
    """Which of several of its name: the stage of a regime, or `promised`."""
    ledger: list[LedgerEntry] = field(default_factory=list[LedgerEntry])

    @property
    def title(self) -> str:
        """Its name, and which of several it is."""
        return f"{self.name} {self.label}" if self.label else self.name.value

    @property
    def live(self) -> bool:
        """Whether it may still run: neither fulfilled nor cancelled."""
        return self.state in (ClockState.RUNNING, ClockState.PAUSED)

    @property
    def due_at(self) -> datetime | None:
        """The deadline while it runs; None while it is paused or over."""
        return self._when(self.target)

    @property
    def next_due(self) -> datetime | None:
        """The next moment at which it wants attention: a warning point or the deadline. None once breached."""
        if self.breached_at is not None:
            return None
        if self.warned < len(self.warn_at):
            return self._when(self.target * self.warn_at[self.warned])
        return self.due_at

    def elapsed(self, now: datetime) -> timedelta:
        """The time that it has run by `now`, pauses left out."""
        return self.spent + (max(now - self.since, ZERO) if self.since else ZERO)

    def start(self, at: datetime, cause: str, by: str) -> None:
        """Starts it; a clock is made once and started once."""
        self.since = at
        self._enter(at, Mark.START, cause, by, target=True)

    def pause(self, at: datetime, cause: str, by: str) -> None:
        """Stops the time. Nothing, unless it runs."""
        if self.state is ClockState.RUNNING:
            self._stop(at, ClockState.PAUSED, Mark.PAUSE, cause, by)

    def resume(self, at: datetime, cause: str, by: str) -> None:
        """Lets the time go on, the gap left out: also of a fulfilled clock, when its case is reopened."""
        if self.state is not ClockState.RUNNING:
            self.state = ClockState.RUNNING
            self.since = self._not_before(at)
            self._enter(self.since, Mark.RESUME, cause, by)

    def fulfil(self, at: datetime, cause: str, by: str) -> None:
        """The promise is kept (late, if it was breached)."""
        if self.live:
            self._stop(at, ClockState.FULFILLED, Mark.FULFIL, cause, by)

    def cancel(self, at: datetime, cause: str, by: str) -> None:
        """The promise is no longer owed."""
        if self.live:
            self._stop(at, ClockState.CANCELLED, Mark.CANCEL, cause, by)

    def warn(self, at: datetime, by: str) -> None:
        """One warning, also when several warning points have passed."""
        elapsed = self.elapsed(at)
        passed = sum(1 for share in self.warn_at if self.target * share <= elapsed)
        self.warned = max(passed, self.warned + 1)
        self._enter(at, Mark.WARN, f"{self.warn_at[self.warned - 1]:.0%} of the time is over", by)

    def breach(self, at: datetime, by: str) -> None:
        """The deadline passed while it ran. It runs on until it is fulfilled."""
        self.breached_at = at
        self._enter(at, Mark.BREACH, f"due {self.due_at:%Y-%m-%dT%H:%M:%SZ}", by)

    def copy(self) -> Clock:
        """An independent copy; ledger entries are frozen and shared."""
        twin = Clock(self.id, self.name, self.target, self.pausable, self.on_breach, self.warn_at)
        twin.state, twin.since, twin.spent = self.state, self.since, self.spent
        twin.warned, twin.breached_at, twin.ledger = self.warned, self.breached_at, list(self.ledger)
        twin.label = self.label
        return twin

    def _when(self, share_of_target: timedelta) -> datetime | None:
        if self.state is not ClockState.RUNNING or self.since is None:
            return None
        return self.since + (share_of_target - self.spent)

    def _stop(self, at: datetime, state: ClockState, mark: Mark, cause: str, by: str) -> None:
        at = self._not_before(at)
        self.spent = self.elapsed(at)
        self.since = None
        self.state = state
        self._enter(at, mark, cause, by)

    def _not_before(self, at: datetime) -> datetime:
        # What happened before the clock last started or stopped, but was handled after it, counts from then.
        return max(at, next((entry.at for entry in reversed(self.ledger) if entry.mark not in _NOTICED), at))

    def _enter(self, at: datetime, mark: Mark, cause: str, by: str, *, target: bool = False) -> None:
        seconds = self.target.total_seconds() if target else None
        self.ledger.append(LedgerEntry(at=at, mark=mark, cause=cause, by=by, target_s=seconds))
        if len(self.ledger) > LEDGER and mark in _STOPS:
            self.ledger = _summed(self.ledger)


def _summed(ledger: list[LedgerEntry]) -> list[LedgerEntry]:
    """The ledger of a clock that stands, with its older half as one entry: what was noticed, and the start, stay."""
    half = len(ledger) // 2
    last = next(n for n in range(half, len(ledger)) if ledger[n].mark in _STOPS)
    older, newer = ledger[: last + 1], ledger[last + 1 :]
    kept = [entry for entry in older if entry.mark in (Mark.START, *_NOTICED)]
    at, elapsed = older[-1].at, elapsed_from(older, older[-1].at).total_seconds()
    total = LedgerEntry(at=at, mark=Mark.SUM, cause="earlier pauses", by=older[-1].by, elapsed_s=elapsed)
    return [*kept, total, *newer]


def elapsed_from(ledger: Sequence[LedgerEntry], now: datetime) -> timedelta:
    """The elapsed time by `now`, from the entries alone: the proof of what a clock says of itself."""
    total, since = ZERO, None
    for entry in ledger:
        if entry.mark is Mark.SUM:
            total, since = timedelta(seconds=entry.elapsed_s or 0), None
        elif entry.mark in (Mark.START, Mark.RESUME):
            since = entry.at
        elif entry.mark in _STOPS and since is not None:
            total, since = total + (entry.at - since), None
    return total + (max(now - since, ZERO) if since else ZERO)
