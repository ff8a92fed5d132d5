"""What a clock's warning and breach lead to: one row for each clock. What time it is, the clocks know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cases import climbing, granting, promising, resolving, restricting, safety, statutory, talking
from cases.clocks import Clock
from cases.turn import Turn
from cases.words import Breach, ClockName, Reason, Status


def _promise_warned(turn: Turn, clock: Clock) -> None:
    turn.enter("clock_warned", f"{clock.title} is due {_words(clock.due_at)}", clock=clock.id)
    turn.warn(clock)
    turn.alert_owner("clock_warned", clock=clock.title, due_at=clock.due_at)


def _promise_breached(turn: Turn, clock: Clock) -> None:
    _enter_breach(turn, clock)
    _react(turn, clock, Reason.CLOCK_BREACHED)


def _react(turn: Turn, clock: Clock, reason: Reason) -> None:
    """As the policy says for this clock."""
    match clock.on_breach:
        case Breach.UP:
            climbing.climb(turn, reason, text=clock.title)
        case Breach.BESIDE:
            climbing.beside(turn, reason)
        case Breach.ALERT:
            turn.alert_owner("clock_breached", clock=clock.title, due_at=clock.due_at)


def _word_broken(turn: Turn, clock: Clock) -> None:
    """The customer was promised to hear: they are told that this was late, by the escalation or by itself."""
    _enter_breach(turn, clock)
    climbs, effects = turn.state.escalations, len(turn.effects)
    _react(turn, clock, Reason.PROMISE_BROKEN)
    if turn.state.escalations != climbs:
        return
    if (
        len(turn.effects) == effects
    ):  # It has joined an offer, of which nobody hears: somebody is reminded all the same.
        turn.alert_owner("clock_breached", clock=clock.title, due_at=clock.due_at)
    by = promising.next_word(turn, "a promise was broken", broken=clock)
    turn.tell_customer("promise_broken", what=clock.name.value, next_word_by=by)


def _on_hand_too_long(turn: Turn, clock: Clock) -> None:
    """Whoever has the case was alerted at the warning points; now it goes up, where its pathway has that."""
    reason = Reason.HELD_TOO_LONG if clock.name is ClockName.HOLD else Reason.HANDLED_TOO_LONG
    _enter_breach(turn, clock)
    if clock.on_breach is Breach.UP and not turn.plan.pathway(turn.state.channel).has_trigger(reason):
        turn.alert_owner("clock_breached", clock=clock.title, due_at=clock.due_at)
    else:
        _react(turn, clock, reason)


def _chase(turn: Turn, clock: Clock) -> None:
    turn.enter("chased", "The customer is reminded of what they were asked", clock=clock.id)
    turn.warn(clock)
    turn.tell_customer("chase", asks=turn.state.asks, until_when=clock.due_at)


def _give_up(turn: Turn, clock: Clock) -> None:
    _run_out(turn, clock)
    resolving.give_up(turn)


def _stage_passed(turn: Turn, clock: Clock) -> None:
    """A duty that is late climbs or reaches the managers; once the case is closed, the managers, until it is done."""
    if statutory.is_optional(turn.state, clock):
        _run_out(turn, clock)
        resolving.archive_if_over(turn)
        return
    _enter_breach(turn, clock)
    if turn.state.status is Status.CLOSED or clock.on_breach is not Breach.UP:
        statutory.alert_managers(turn, clock)
        statutory.watch(turn)
    else:
        _react(turn, clock, Reason.CLOCK_BREACHED)


def _hand_off_breached(turn: Turn, clock: Clock) -> None:
    """The owner has waited too long. A resolved case is not sent up for it: the resolution was given despite it."""
    if turn.state.status is not Status.RESOLVED:
        _promise_breached(turn, clock)
        return
    _enter_breach(turn, clock)
    turn.alert_owner("clock_breached", clock=clock.name.value, due_at=clock.due_at)


def _not_decided(turn: Turn, clock: Clock) -> None:
    _enter_breach(turn, clock)
    granting.approval_late(turn, clock)


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
    resolving.archive_if_over(turn)


def _repeat(turn: Turn, clock: Clock) -> None:
    again = statutory.repeat_alert if turn.state.status is Status.CLOSED else climbing.repeat_alert
    if not again(turn):
        _run_out(turn, clock)


def _still_undecided(turn: Turn, clock: Clock) -> None:
    """Nobody has decided on a threat: it does not go away by that."""
    _run_out(turn, clock)
    safety.remind(turn)


def _review_near(turn: Turn, clock: Clock) -> None:
    turn.enter("clock_warned", f"{clock.title} is due {_words(clock.due_at)}", clock=clock.id)
    turn.warn(clock)
    restricting.review_due(turn, clock)


def _review_due(turn: Turn, clock: Clock) -> None:
    """The customer was told the date. The restriction stands, and is shown as late, until a manager decides."""
    _enter_breach(turn, clock)
    restricting.review_due(turn, clock)


def _enter_breach(turn: Turn, clock: Clock) -> None:
    """A broken promise: entered with both times, so that lateness can be measured."""
    turn.enter(
        "clock_breached",
        f"{clock.title} was due {_words(clock.due_at)}",
        clock=clock.id,
        **_times(turn, clock),
    )
    turn.breach(clock)


def _run_out(turn: Turn, clock: Clock) -> None:
    """A time that was given has passed. Nobody broke anything: it is fulfilled, not breached."""
    turn.enter(
        "time_over",
        f"{clock.title} is over",
        clock=clock.id,
        **_times(turn, clock),
    )
    turn.fulfil_clock(clock.id, "time is over")


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
    ClockName.APPROVAL: Deadline(granting.approval_warned, _not_decided),
    ClockName.HAND_OFF: Deadline(_promise_warned, _hand_off_breached),
    ClockName.ALERT_REPEAT: Deadline(_promise_warned, _repeat),
    ClockName.SAFETY: Deadline(_promise_warned, _still_undecided),
    ClockName.UPDATE: Deadline(_promise_warned, _word_broken),
    ClockName.CALLBACK: Deadline(_promise_warned, _word_broken),
    ClockName.CUSTOMER_SILENCE: Deadline(_chase, _give_up),
    ClockName.REVIEW: Deadline(_review_near, _review_due),
    ClockName.HOLD: Deadline(_promise_warned, _on_hand_too_long),
    ClockName.HANDLE_TIME: Deadline(_promise_warned, _on_hand_too_long),
    ClockName.STATUTORY: Deadline(_promise_warned, _stage_passed),
}


def fire(turn: Turn, clock: Clock, upto: datetime) -> None:
    """Does what is due for a clock by `upto`: its next warning, or its deadline if that has come too."""
    due = clock.due_at
    deadline = DEADLINES[clock.name]
    if due is not None and due <= upto:
        deadline.passed(turn, clock)
    else:
        deadline.warned(turn, clock)
