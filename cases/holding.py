"""A customer on hold: put there and taken back by the owner, and what comes of it when that happens too often.

Knows how often is too often; how long is too long, the clock knows (`cases.timekeeping`, `cases.deadlines`). Holding
pauses nothing: for the customer, time runs on.
"""

from __future__ import annotations

from datetime import datetime

from cases import timekeeping
from cases.actions import Hold, Unhold
from cases.climbing import climb
from cases.events import Actor, Code, Refused
from cases.state import State
from cases.turn import Turn
from cases.words import Breach, ClockName, Reason, Status


def hold(turn: Turn, event: Hold) -> None:
    """The customer waits on the line. The last hold that the policy allows alerts the owner; one more goes up."""
    turn.enter("hold", f"{event.by.id} puts the customer on hold", count=turn.state.holds.count + 1)
    timekeeping.begin_hold(turn)
    most = turn.plan.pathway(turn.state.channel).holds
    counted = turn.state.holds.counted
    if most is not None and counted > most:
        turn.state.holds = turn.state.holds.model_copy(update={"counted": 0})
        _too_often(turn, most)
    elif counted == most:
        turn.alert_owner("last_hold", holds=most)


def unhold(turn: Turn, event: Unhold) -> None:
    """The customer is spoken to again."""
    held = turn.state.holds.held(turn.at) - turn.state.holds.total
    turn.enter("unhold", f"{event.by.id} is back after {held.total_seconds():.0f} s", held_s=held.total_seconds())
    timekeeping.end_hold(turn, "off hold")


def is_live(state: State, by: Actor, at: datetime) -> None:
    """The customer is there: on a live channel, and not one who is waited for."""
    plan, channel = state.plan, state.channel
    if plan and not plan.pathway(channel).live:
        raise Refused(
            Code.NOT_LIVE, f"Nobody is on hold by {channel}. Send a `reply`, or wait with `wait_for_customer`."
        )
    if state.status is Status.WAITING_CUSTOMER:
        raise Refused(Code.ALREADY_WAITING, "The case waits for the customer, who is not on the line. `resume` first.")


def not_on_hold(state: State, by: Actor, at: datetime) -> None:
    """Once is enough."""
    if state.holds.since:
        raise Refused(
            Code.ALREADY_ON_HOLD, f"The customer is on hold since {state.holds.since:%H:%M:%S} UTC. `unhold` ends that."
        )


def on_hold(state: State, by: Actor, at: datetime) -> None:
    """Somebody put them there."""
    if state.holds.since is None:
        raise Refused(Code.NOT_ON_HOLD, "The customer is not on hold.")


def _too_often(turn: Turn, most: int) -> None:
    """Up, as far as the policy and the pathway have it; else whoever has the case is alerted."""
    terms = turn.plan.terms.clocks.get(ClockName.HOLD)
    up = (terms is None or terms.on_breach is Breach.UP) and turn.plan.pathway(turn.state.channel).has_trigger(
        Reason.HELD_TOO_LONG
    )
    turn.enter("held_too_often", f"The customer was put on hold more than {most} times", holds=most)
    if up:
        climb(turn, Reason.HELD_TOO_LONG)
    else:
        turn.alert_owner("held_too_often", holds=most)
