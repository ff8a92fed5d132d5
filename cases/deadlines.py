"""What a clock's warning and breach lead to: one row for each clock. What time it is, the clocks know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cases import climbing, resolving, talking
from cases.clocks import Clock
from cases.turn import Turn
from cases.words import Breach, ClockName, Reason


def _promise_warned(turn: Turn, clock: Clock) -> None:
    turn.enter("clock_warned", f"{clock.name} is due {_words(clock.due_at)}", clock=clock.id)
    turn.warn(clock)
    turn.alert_owner("clock_warned", clock=clock.name.value, due_at=clock.due_at)


def _promise_breached(turn: Turn, clock: Clock) -> None:
    _enter_breach(turn, clock)
    match clock.on_breach:
        case Breach.UP:
            climbing.climb(turn, Reason.CLOCK_BREACHED, text=clock.name.value)
        case Breach.BESIDE:
            climbing.beside(turn, Reason.CLOCK_BREACHED)
        case Breach.ALERT:
            turn.alert_owner("clock_breached", clock=clock.name.value, due_at=clock.due_at)


def _offer_warned(turn: Turn, clock: Clock) -> None:
    turn.enter("clock_warned", f"The offer expires {_words(clock.due_at)}", clock=clock.id)
    turn.warn(clock)
    offer = turn.state.offer
    if offer:
        words = {"clock": clock.name.value, "due_at": clock.due_at}
        turn.alert("clock_warned", rung=offer.rung, team=offer.team, person=offer.person, **words)


def _not_acknowledged(turn: Turn, clock: Clock) -> None:
    _enter_breach(turn, clock)
    climbing.ignored(turn)


def _insists(turn: Turn, clock: Clock) -> None:
    _enter_breach(turn, clock)
    talking.insist(turn)


def _remind(turn: Turn, clock: Clock) -> None:
    turn.enter("reminded", "The customer is reminded that a confirmation is awaited", clock=clock.id)
    turn.warn(clock)
    resolving.remind(turn)


def _silence(turn: Turn, clock: Clock) -> None:
    _run_out(turn, clock)
    resolving.lapse(turn)


def _archive(turn: Turn, clock: Clock) -> None:
    _run_out(turn, clock)
    resolving.archive(turn)


def _repeat(turn: Turn, clock: Clock) -> None:
    if not climbing.repeat_alert(turn):
        _run_out(turn, clock)


def _enter_breach(turn: Turn, clock: Clock) -> None:
    """A broken promise: entered with both times, so that lateness can be measured."""
    turn.enter(
        "clock_breached",
        f"{clock.name} was due {_words(clock.due_at)}",
        clock=clock.id,
        **_times(turn, clock),
    )
    turn.breach(clock)


def _run_out(turn: Turn, clock: Clock) -> None:
    """A time that was given has passed. Nobody broke anything: it is fulfilled, not breached."""
    turn.enter(
        "time_over",
        f"{clock.name} is over",
        clock=clock.id,
        **_times(turn, clock),
    )
    turn.fulfil((clock.name,), "time is over")


def _times(turn: Turn, clock: Clock) -> dict[str, Any]:
    """When it was due, when that was noticed, and how late: counted from when the deadline became what it was."""
    due, late = clock.due_at, clock.late(turn.at)
    return {
        "due": due.isoformat() if due else None,
        "fired": turn.at.isoformat(),
        "late_s": late.total_seconds() if late is not None else None,
    }


def _words(due: datetime | None) -> str:
    return f"{due:%Y-%m-%d %H:%M:%S} UTC" if due else "beyond what is known of its calendar"


@dataclass(frozen=True, slots=True)
class Deadline:
    """What happens at a clock's warning points and at its deadline."""

    warned: Callable[[Turn, Clock], None]
    passed: Callable[[Turn, Clock], None]


_PROMISE = Deadline(_promise_warned, _promise_breached)

DEADLINES: dict[ClockName, Deadline] = {  # `accept` and `answer` run in the hand-off: see `cases.handoff`
    ClockName.ACKNOWLEDGE: Deadline(_offer_warned, _not_acknowledged),
    ClockName.FIRST_RESPONSE: _PROMISE,
    ClockName.NEXT_RESPONSE: _PROMISE,
    ClockName.RESOLUTION: _PROMISE,
    ClockName.REDIRECT: Deadline(_promise_warned, _insists),
    ClockName.CONFIRM: Deadline(_remind, _silence),
    ClockName.REOPEN_WINDOW: Deadline(_promise_warned, _archive),
    ClockName.HAND_OFF: _PROMISE,
    ClockName.ALERT_REPEAT: Deadline(_promise_warned, _repeat),
}


def fire(turn: Turn, clock: Clock, upto: datetime) -> None:
    """Does what is due for a clock by `upto`: its next warning, or its deadline if that has come too."""
    due = clock.due_at
    deadline = DEADLINES[clock.name]
    if due is not None and due <= upto:
        deadline.passed(turn, clock)
    else:
        deadline.warned(turn, clock)
