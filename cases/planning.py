"""What the world answers: the plan that opens a case, errands that are late, and a request to cancel."""

from __future__ import annotations

from cases import climbing, promising, statutory
from cases.delivering import is_destination
from cases.offers import open_offer
from cases.outcomes import CancelRequested, Delayed, Planned, Recovered
from cases.state import Owner, Stuck
from cases.turn import Turn
from cases.words import ClockName, Status


def planned(turn: Turn, event: Planned) -> None:
    """The case is open: its team's queue owns it, its promises count from opening, and it is offered."""
    state, plan = turn.state, event.plan
    state.plan = plan
    state.status = Status.OPEN
    state.owner = Owner(team=plan.team, rung=plan.rung)
    state.earlier_cases, state.earlier = event.earlier_cases, event.earlier
    state.granted_before, state.trusted = event.granted_before, event.trusted
    turn.enter(
        "planned",
        f"Planned by policy {plan.terms.policy}: team {plan.team}, rung {plan.rung}, priority {plan.priority}"
        f"; offered to {event.person or 'the queue'}{f': {event.why}' if event.why and not event.person else ''}",
        policy_hash=plan.terms.policy_hash,
        rule=plan.rule,
        team=plan.team,
        rung=plan.rung.value,
        priority=plan.priority.value,
        offered_to=event.person,
    )
    if plan.needs_attention:
        climbing.starts_higher(turn)
    for name in (ClockName.FIRST_RESPONSE, ClockName.RESOLUTION):
        turn.start_clock(name, "opened", since=state.opened_at)
    promising.keep_updating(turn, "opened", since=state.opened_at)
    statutory.start(turn)
    open_offer(turn, event.person)
    turn.tell_customer("opened", rung=plan.rung.value, next_word_by=turn.due(ClockName.FIRST_RESPONSE))


def delayed(turn: Turn, event: Delayed) -> None:
    """Said aloud, once for each thing that does not succeed; it is tried on."""
    state = turn.state
    if any(stuck.effect == event.effect for stuck in state.stuck):
        return
    state.stuck.append(Stuck(effect=event.effect, since=turn.at, error=event.error))
    what = _named(event.effect)
    turn.enter("stuck", f"{what} does not succeed and is tried on: {event.error}", effect=event.effect)
    turn.alert_owner("stuck", effect=event.effect, error=event.error)


def recovered(turn: Turn, event: Recovered) -> None:
    """What was stuck has succeeded."""
    state = turn.state
    if any(stuck.effect == event.effect for stuck in state.stuck):
        state.stuck = [stuck for stuck in state.stuck if stuck.effect != event.effect]
        turn.enter("recovered", f"{_named(event.effect)} has succeeded", effect=event.effect)


def _named(effect: str) -> str:
    return f"Delivery to the {effect}" if is_destination(effect) else effect


def cancel_requested(turn: Turn, event: CancelRequested) -> None:
    """A complaint does not go away because somebody cancels its workflow."""
    turn.enter("cancel_requested", "Cancelling the workflow was asked for and is ignored; close the case instead")
    turn.alert_owner("cancel_requested")
