"""Another priority or category: which deadlines move, by the terms that the case is pinned to.

A new target counts from where its clock started, and earlier pauses stay subtracted. What may so have passed already
is broken at once: one breach, one notice, by `cases.deadlines` as ever.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from cases.actions import Recategorise, SetPriority
from cases.clocks import Clock
from cases.effects import ReplanCase
from cases.ledger import TARGETS
from cases.offers import give_back, hold_out, new_offer
from cases.outcomes import Replanned
from cases.plan import Limit
from cases.state import Category, Owner, State
from cases.turn import Turn
from cases.words import ClockName, Reason, Status

MOVED = frozenset(
    {
        ClockName.ACKNOWLEDGE,
        ClockName.FIRST_RESPONSE,
        ClockName.NEXT_RESPONSE,
        ClockName.RESOLUTION,
        ClockName.REDIRECT,
        ClockName.HAND_OFF,
        ClockName.UPDATE,
        ClockName.HOLD,
        ClockName.HANDLE_TIME,
        ClockName.APPROVAL,
    }
)
"""The clocks whose deadlines move. The others are times that somebody was given and told, or that no policy sets."""


def set_priority(turn: Turn, event: SetPriority) -> None:
    """At once: the pinned terms say what it means."""
    state, before = turn.state, turn.state.priority
    state.plan = turn.plan.model_copy(update={"priority": event.priority})
    turn.enter(
        "set_priority",
        f"Priority {before} becomes {event.priority}: {event.reason}",
        reason=event.reason,
        **{"from": before.value, "to": event.priority.value},
    )
    retarget(turn, f"priority {event.priority}")


def recategorise(turn: Turn, event: Recategorise) -> None:
    """What it is about changes at once; team, priority and deadlines when the pinned policy has planned it again."""
    state = turn.state
    effect_id = turn.next_effect_id()
    before = {"product": state.product, "issue": state.issue, "tier": state.tier}
    state.category = Category(
        product=event.product or state.product,
        issue=event.issue or state.issue,
        tier=event.tier or state.tier,
        team=event.team,
        errand=effect_id,
    )
    given = event.model_dump(include={"product", "issue", "tier", "team"}, exclude_none=True)
    words = ", ".join(f"{name} {value}" for name, value in given.items())
    turn.enter("recategorise", f"Now {words}: {event.reason}", reason=event.reason, to=given, **{"from": before})
    category = state.category
    complaint = state.complaint.model_copy(update=category.model_dump(include={"product", "issue", "tier"}))
    turn.send(
        ReplanCase(id=effect_id, case_id=state.case_id, complaint=complaint, policy_hash=turn.plan.terms.policy_hash)
    )


def replanned(turn: Turn, event: Replanned) -> None:
    """The new plan counts, unless the case was recategorised once more since, or is over."""
    state, category = turn.state, turn.state.category
    if state.plan is None or category is None or category.errand != event.effect or _is_over(state):
        turn.enter("replanned", "Planned again, but that is no longer wanted")
        return
    team, before = category.team or event.team, state.plan
    state.plan = before.model_copy(
        update={"team": team, "priority": event.priority, "tier": event.tier, "rule": event.rule}
    )
    turn.enter(
        "replanned",
        f"Planned again by policy {before.terms.policy}: team {team}, priority {event.priority}",
        rule=event.rule,
        team=team,
        priority=event.priority.value,
    )
    retarget(turn, "recategorised")
    _move(turn, team)


def _is_over(state: State) -> bool:
    return state.status in (Status.CLOSED, Status.ARCHIVED)


def retarget(turn: Turn, cause: str) -> None:
    """Each live promise gets the target that the plan has for it now; the entry says which deadlines moved."""
    state, plan = turn.state, turn.plan
    gaps: list[Clock] = []
    moves: list[str] = []
    for clock in filter(is_moved, state.clocks):
        limit, matched = plan.limit(clock.name, state.channel, clock.rung or state.owner.rung)
        start = clock.started_at or turn.at
        target, day_end = limit.counted(clock.hours, start)
        if is_same(clock, limit, target, day_end):
            continue
        was = clock.due_at
        turn.retarget(clock, target, cause, limit.business_day, day_end)
        moves.append(words_of_move(clock, was))
        gaps += [] if matched else [clock]
    turn.add("; ".join(moves))
    for clock in gaps:
        turn.enter_gap(clock)


def is_moved(clock: Clock) -> bool:
    """Whether its deadline follows the terms. A label tells a time that was promised, or that a regulator sets."""
    return clock.live and clock.name in MOVED and clock.label is None


def is_same(clock: Clock, limit: Limit, target: timedelta, day_end: datetime | None) -> bool:
    """Whether the clock has this target already."""
    if limit.business_day is None or day_end is None or limit.business_day != clock.business_day:
        return (target, limit.business_day) == (clock.target, clock.business_day)
    # After a correction the way to the same day's end may have another length.
    newest = next((entry for entry in reversed(clock.ledger) if entry.mark in TARGETS), None)
    return newest is not None and newest.day_end == day_end


def words_of_move(clock: Clock, was: datetime | None) -> str:
    """What became of a deadline, for the timeline."""
    if clock.due_at is None:
        return f"{clock.name} may run {clock.target} in all"
    instead = f" instead of {was:%Y-%m-%d %H:%M:%S} UTC" if was else ""
    return f"{clock.name} is due {clock.due_at:%Y-%m-%d %H:%M:%S} UTC{instead}"


def _move(turn: Turn, team: str) -> None:
    """To another team: offered there. Its owner stays owner until somebody of it claims; a queue hands it over.

    A resolved case stays where it is: it waits for the customer, not for a team.
    """
    state, offer = turn.state, turn.state.offer
    if state.status is Status.RESOLVED or team == (offer.team if offer else state.owner.team):
        return
    if offer and state.owner.person and state.owner.team == team and offer.rung is state.owner.rung:
        give_back(turn)
        return
    if state.owner.person is None:
        state.owner = Owner(team=team, rung=state.owner.rung)
    reasons = tuple(dict.fromkeys((*(offer.reasons if offer else ()), Reason.RECATEGORISED)))
    turn.enter(
        "offered_elsewhere",
        f"Offered to the team {team}, whose it is now",
        team=team,
        reason=Reason.RECATEGORISED.value,
    )
    hold_out(turn, new_offer(turn, offer.rung if offer else state.owner.rung, team, reasons))
