"""Clocks: elapsed and remaining time on a calendar, and nothing of what a warning or a breach leads to.

A clock is running, paused, fulfilled or cancelled; that it was breached is a fact beside its state. Every change is an
entry of its ledger (`cases.ledger`), and from the entries alone the elapsed time can be worked out again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import Field

from cases.calendars import ALWAYS, BeyondHorizon, CompiledCalendar
from cases.complaint import Name
from cases.ledger import NOTICED, STOPS, TARGETS, ZERO, LedgerEntry, elapsed_from, open_time, shortened
from cases.words import Breach, ClockName, ClockState, Mark, Rung

_Reckoned = dict[tuple[datetime, timedelta], datetime | None]

_KNOWN = 8
"""How many deadlines a clock remembers having worked out; it needs two at a time."""


@dataclass(slots=True)
class Clock:
    """A promise with a deadline. Times are UTC; lengths are open time of its calendar.

    `spent` is the time that ran before the current stretch. A snapshot has the calendar's name only: whoever restores a
    clock puts it on its `hours` again (`run_on`).
    """

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
    calendar: Name | None = None
    business_day: int | None = None
    """The target is the end of that business day after the start, and has been made open time of it."""
    rung: Rung | None = None
    """The rung that its target was chosen for."""
    hours: Annotated[CompiledCalendar, Field(exclude=True)] = ALWAYS
    reckoned: Annotated[_Reckoned, Field(exclude=True)] = field(default_factory=dict[Any, Any], compare=False)
    """Deadlines worked out already, by where they count from and what is left: they are asked for at every event."""

    @property
    def title(self) -> str:
        """Its name, and which of several it is."""
        return f"{self.name} {self.label}" if self.label else self.name.value

    @property
    def live(self) -> bool:
        """Whether it may still run: neither fulfilled nor cancelled."""
        return self.state in (ClockState.RUNNING, ClockState.PAUSED)

    @property
    def started_at(self) -> datetime | None:
        """When it first started; None before."""
        return self.ledger[0].at if self.ledger else None

    @property
    def due_at(self) -> datetime | None:
        """The deadline while it runs; None while it is paused or over, or beyond the calendar's horizon."""
        return self._when(self.target)

    @property
    def next_due(self) -> datetime | None:
        """The next moment at which it wants attention: a warning point or the deadline. None once breached."""
        if self.breached_at is not None:
            return None
        if self.warned < len(self.warn_at):
            return self._when(self.target * self.warn_at[self.warned])
        return self.due_at

    @property
    def set_at(self) -> datetime | None:
        """Since when its deadline has been what it is: the last start, resumption or other target."""
        marks = (*TARGETS, Mark.RESUME)
        return next((entry.at for entry in reversed(self.ledger) if entry.mark in marks), None)

    def late(self, at: datetime) -> timedelta | None:
        """How long after its deadline `at` is; a deadline counts from when it became what it is."""
        due, known = self.due_at, self.set_at
        return at - max(due, known or due) if due else None

    def elapsed(self, now: datetime) -> timedelta:
        """The time that it has run by `now`, pauses left out."""
        return self.spent + (open_time(self.hours, self.since, now) if self.since else ZERO)

    def later(self, at: datetime, span: timedelta) -> datetime | None:
        """The moment at which `span` of its time has passed since `at`; None beyond the calendar's horizon."""
        try:
            return self.hours.add(self.hours.nearest(at), span)
        except BeyondHorizon:
            return None

    def start(self, at: datetime, cause: str, by: str, day_end: datetime | None = None) -> None:
        """Starts it; a clock is made once and started once. `day_end` is the end of its business day, if it has one."""
        self.since = at
        self._enter(at, Mark.START, cause, by, day_end)

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
        self.warned = max(self._points_passed(at), self.warned + 1)
        self._enter(at, Mark.WARN, f"{self.warn_at[self.warned - 1]:.0%} of the time is over", by)

    def breach(self, at: datetime, by: str) -> None:
        """The deadline passed while it ran. It runs on until it is fulfilled."""
        self.breached_at = at
        due = self.due_at
        self._enter(at, Mark.BREACH, f"due {due:%Y-%m-%dT%H:%M:%SZ}" if due else "due", by)

    def retarget(self, at: datetime, target: timedelta, cause: str, by: str, day_end: datetime | None = None) -> None:
        """Another target, counted from the start; what has run, and earlier pauses, stay as they are."""
        self.target = target
        self._arm(at)
        self._enter(at, Mark.RETARGET, cause, by, day_end)

    def correct(
        self,
        at: datetime,
        hours: CompiledCalendar,
        target: timedelta,
        cause: str,
        by: str,
        day_end: datetime | None = None,
    ) -> None:
        """Another calendar and target from now on: what has run so far stays counted as it was."""
        at = self._not_before(at)
        self.spent = self.elapsed(at)
        self.since = at if self.since else None
        self.hours, self.reckoned, self.target = hours, {}, target
        self._arm(at)
        self._enter(at, Mark.CORRECT, cause, by, day_end)

    def run_on(self, hours: CompiledCalendar) -> None:
        """Puts it on its calendar: after a restore, or when more of it is known than before.

        What ran past the old horizon was not counted; it is now, from the ledger.
        """
        further = hours.until > self.hours.until and self.hours is not ALWAYS
        self.hours, self.reckoned = hours, {}
        stops = [n for n, entry in enumerate(self.ledger) if entry.mark in STOPS]
        if further and stops:
            counted = self.ledger[: stops[-1] + 1]
            self.spent = max(self.spent, elapsed_from(counted, counted[-1].at, hours))

    def copy(self) -> Clock:
        """An independent copy; ledger entries are frozen and shared."""
        twin = Clock(self.id, self.name, self.target, self.pausable, self.on_breach, self.warn_at)
        twin.state, twin.since, twin.spent = self.state, self.since, self.spent
        twin.warned, twin.breached_at, twin.ledger = self.warned, self.breached_at, list(self.ledger)
        twin.label = self.label
        twin.calendar, twin.business_day, twin.rung = self.calendar, self.business_day, self.rung
        # What was worked out holds for both: each takes a new dictionary when it is put on another calendar.
        twin.hours, twin.reckoned = self.hours, self.reckoned
        return twin

    def _when(self, share_of_target: timedelta) -> datetime | None:
        if self.state is not ClockState.RUNNING or self.since is None:
            return None
        left = share_of_target - self.spent
        if self.hours.always:
            return self.since + left
        key = (self.since, left)
        if key not in self.reckoned:
            if len(self.reckoned) >= _KNOWN:
                self.reckoned.clear()
            self.reckoned[key] = self.later(*key)
        return self.reckoned[key]

    def _arm(self, at: datetime) -> None:
        """After another target: warnings that lie ahead again come again, and so does a deadline."""
        self.warned = min(self.warned, self._points_passed(at))
        if self.elapsed(at) < self.target:
            self.breached_at = None

    def _points_passed(self, at: datetime) -> int:
        elapsed = self.elapsed(at)
        return sum(1 for share in self.warn_at if self.target * share <= elapsed)

    def _stop(self, at: datetime, state: ClockState, mark: Mark, cause: str, by: str) -> None:
        at = self._not_before(at)
        self.spent = self.elapsed(at)
        self.since = None
        self.state = state
        self._enter(at, mark, cause, by)

    def _not_before(self, at: datetime) -> datetime:
        # What happened before the clock last started or stopped, but was handled after it, counts from then.
        return max(at, next((entry.at for entry in reversed(self.ledger) if entry.mark not in NOTICED), at))

    def _enter(self, at: datetime, mark: Mark, cause: str, by: str, day_end: datetime | None = None) -> None:
        targeted, set_anew = mark in TARGETS, mark in (*TARGETS, Mark.RESUME)
        counted = mark in (*STOPS, Mark.RETARGET, Mark.CORRECT)
        late = self.late(at) if mark is Mark.BREACH else None
        entry = LedgerEntry(
            at=at,
            mark=mark,
            cause=cause,
            by=by,
            target_s=self.target.total_seconds() if targeted else None,
            elapsed_s=self.elapsed(at).total_seconds() if counted else None,
            due_at=self.due_at if set_anew or mark is Mark.BREACH else None,
            late_s=late.total_seconds() if late is not None else None,
            calendar=self.calendar if targeted else None,
            business_day=self.business_day if targeted else None,
            day_end=day_end,
        )
        self.ledger = shortened([*self.ledger, entry], mark, self.hours)
