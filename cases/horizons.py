"""How far a case knows its calendars: more is asked for long before it is needed, and what is known never changes.

A compiled calendar ends somewhere, and a case may live longer. An activity compiles what comes after, by the pinned
policy; no deadline that is known moves.
"""

from __future__ import annotations

from datetime import datetime

from cases.effects import ExtendCalendar
from cases.outcomes import Extended
from cases.state import State
from cases.turn import Turn
from cases.words import Status


def next_renewal(state: State) -> datetime | None:
    """When more of a calendar should be asked for; None if there is no end to come to, or it has been asked."""
    if state.plan is None or not state.plan.calendars or state.status is Status.ARCHIVED:
        return None
    first: datetime | None = None
    for renewal, _ in _renewals(state):
        if first is None or renewal < first:
            first = renewal
    return first


def renew(turn: Turn, upto: datetime) -> None:
    """Asks for more of each calendar that comes to its end."""
    plan = turn.plan
    for due, name in _renewals(turn.state):
        if due <= upto:
            calendar = plan.calendars[name]
            turn.send(
                ExtendCalendar(
                    id=turn.next_effect_id(),
                    case_id=turn.state.case_id,
                    calendar=name,
                    until=calendar.horizon[1],
                    policy_hash=plan.terms.policy_hash,
                    now=turn.now,
                )
            )


def extended(turn: Turn, event: Extended) -> None:
    """What is known of a calendar reaches further; deadlines that were beyond it become known."""
    state, later = turn.state, event.calendar
    known = state.plan.calendars.get(later.name) if state.plan else None
    if state.plan is None or known is None or later.since > known.until:
        turn.enter("extended", f"More of a calendar that no clock counts on: {later.name}", calendar=later.name)
        return
    calendar = known.extend(later)
    state.plan = state.plan.model_copy(update={"calendars": {**state.plan.calendars, later.name: calendar}})
    turn.enter(
        "extended", f"The calendar {later.name} is known up to {calendar.horizon[1]:%Y-%m-%d}", calendar=later.name
    )
    for clock in state.clocks:
        if clock.calendar == later.name:
            clock.run_on(calendar)
            last = next((entry for entry in reversed(clock.ledger) if entry.target_s is not None), None)
            if clock.live and clock.business_day and last and last.day_end is None and clock.started_at:
                # The business day's end was beyond the horizon, so its target was only a beginning.
                limit, _ = state.plan.limit(clock.name, state.channel, clock.rung or state.owner.rung)
                target, day_end = limit.counted(calendar, clock.started_at)
                turn.retarget(clock, target, "the business day's end is known now", clock.business_day, day_end)


def _renewals(state: State) -> list[tuple[datetime, str]]:
    calendars = state.plan.calendars if state.plan else {}
    renewals = [(calendar.renew_at, name) for name, calendar in calendars.items() if calendar.renew_at]
    if not renewals or not state.errands:
        return renewals
    asked = {errand.calendar for errand in state.errands.values() if isinstance(errand, ExtendCalendar)}
    return [(renewal, name) for renewal, name in renewals if name not in asked]
