"""A corrected policy or calendar, sent to an open case by an operator: what counts from now on.

What has run so far stays counted as it was; the new calendar and target count from the moment of the switch. Team,
priority and rung stay: those are for people to change.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from cases import safety
from cases.actions import Correct
from cases.calendars import ALWAYS, BeyondHorizon, CompiledCalendar
from cases.clocks import Clock
from cases.effects import CorrectTerms
from cases.ledger import open_time
from cases.outcomes import Corrected
from cases.plan import Limit
from cases.retargeting import is_moved, is_same, words_of_move
from cases.turn import Turn
from cases.words import ClockState, Status


def correct(turn: Turn, event: Correct) -> None:
    """An activity reads the policy and compiles its calendars; until it answers, nothing changes."""
    state = turn.state
    effect_id = turn.next_effect_id()
    turn.enter("correct", f"Corrected terms are asked for: {event.reason}", reason=event.reason)
    since = min([state.opened_at, state.complaint.received_at or state.opened_at])
    turn.send(CorrectTerms(id=effect_id, case_id=state.case_id, policy=event.policy, since=since, now=turn.now))
    state.correcting = {**state.correcting, effect_id: event.by.id}


def corrected(turn: Turn, event: Corrected) -> None:
    """The new terms count; the entry says who asked for them, and which deadlines moved."""
    state, before = turn.state, turn.state.plan
    asked_by = state.correcting.pop(event.effect, None)
    if before is None or asked_by is None or state.status is Status.ARCHIVED:
        turn.enter("corrected", "Corrected terms came that nobody waits for")
        return
    if event.terms is None:
        turn.enter("corrected", f"The policy that {asked_by} sent cannot be used: {event.problem}", asked_by=asked_by)
        return
    calendars = {**_still_used(turn), **event.calendars}
    state.plan = before.model_copy(update={"terms": event.terms, "calendars": calendars})
    turn.enter(
        "corrected",
        f"By order of {asked_by}, policy {event.terms.policy} counts from now on",
        asked_by=asked_by,
        policy_hash=event.terms.policy_hash,
        was_policy_hash=before.terms.policy_hash,
    )
    moves = [words for clock in state.clocks if (words := _correct(turn, clock, f"corrected by {asked_by}"))]
    turn.add("; ".join(moves) or "No deadline moved")
    safety.watch(turn)


def _still_used(turn: Turn) -> dict[str, CompiledCalendar]:
    """The calendars of clocks that no policy has terms for."""
    plan = turn.plan
    names = (clock.calendar for clock in turn.state.clocks if clock.name not in plan.terms.clocks)
    return {name: plan.calendars[name] for name in names if name in plan.calendars}


def _correct(turn: Turn, clock: Clock, cause: str) -> str | None:
    """Puts a clock on its new terms, if they are others; what became of its deadline, if it moved."""
    state, plan = turn.state, turn.plan
    terms = plan.terms.clocks.get(clock.name)
    if terms is None or clock.label is not None:
        return None
    limit, _ = plan.limit(clock.name, state.channel, clock.rung or state.owner.rung)
    hours, was = plan.hours(terms.calendar), clock.due_at
    if is_moved(clock):
        target, day_end = _counted(clock, limit, hours, turn.at)
    else:
        # What somebody was told stays; a clock that is over only changes its calendar, for it may go on some day.
        if not _is_reached(clock, hours, turn.at):
            hours, terms = ALWAYS, terms.model_copy(update={"calendar": None})
        limit = Limit(clock.target, clock.business_day)
        target, day_end = _up_to(clock, hours, turn.at), None
    same = clock.hours.hash == hours.hash and is_same(clock, limit, target, day_end)
    if same and (clock.pausable, clock.on_breach, clock.warn_at) == (terms.pausable, terms.on_breach, terms.warn_at):
        return None
    turn.correct(clock, hours, terms, limit, (target, day_end), cause)
    _stand_or_go(turn, clock, cause)
    return words_of_move(clock, was) if clock.due_at != was else None


def _stand_or_go(turn: Turn, clock: Clock, cause: str) -> None:
    """While the customer is waited for, what stands is what the new terms let stand."""
    if turn.state.status is not Status.WAITING_CUSTOMER:
        return
    if clock.pausable:
        turn.pause([clock], cause)
    elif clock.state is ClockState.PAUSED:
        turn.resume([clock], cause)


def _is_reached(clock: Clock, hours: CompiledCalendar, at: datetime) -> bool:
    """Whether the calendar can say the clock's deadline: what falls into closed time would be due before it."""
    due = clock.due_at
    if due is None or due <= at or hours.hash == clock.hours.hash:
        return True
    try:
        return hours.add(at, hours.between(at, due)) == due
    except BeyondHorizon:
        return False


def _up_to(clock: Clock, hours: CompiledCalendar, at: datetime) -> timedelta:
    """The target that leaves the clock's deadline where it is, on another calendar."""
    due = clock.due_at
    if due is None or hours.hash == clock.hours.hash:
        return clock.target
    return clock.elapsed(at) + open_time(hours, at, due)


def _counted(clock: Clock, limit: Limit, hours: CompiledCalendar, at: datetime) -> tuple[timedelta, datetime | None]:
    """The new target; for a business day, what was open so far on the old calendar, and what will be on the new."""
    start = clock.started_at or at
    target, day_end = limit.counted(hours, start)
    if day_end is None or hours.hash == clock.hours.hash:
        return target, day_end
    return open_time(clock.hours, start, at) + hours.between(hours.nearest(at), day_end), day_end
