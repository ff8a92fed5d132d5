"""Time on hand: how long a customer is kept on hold, and how long an owner has had the case.

Not on hold too often or too long (call-centre guide, "Escalating Calls"; i-Sight, "When (and How) to Escalate a
Customer Complaint"); a case that takes the rep too long costs that customer patience, and everybody else waiting time
(Lorman). Knows when these two clocks run, stand and end; not who may put anybody on hold (`cases.holding`), nor what a
breach leads to (`cases.deadlines`).
"""

from __future__ import annotations

from cases.state import Owner
from cases.turn import Turn
from cases.words import ClockName, ClockState, Status

HOLD, HANDLE_TIME = ClockName.HOLD, ClockName.HANDLE_TIME


def begin_hold(turn: Turn) -> None:
    """The customer is on hold from now on; what ran of earlier holds at this rung counts on."""
    state = turn.state
    holds = state.holds
    state.holds = holds.model_copy(
        update={"count": holds.count + 1, "counted": holds.counted + 1, "since": holds.since or turn.at}
    )
    _run_hold(turn, "on hold")


def end_hold(turn: Turn, cause: str) -> None:
    """The customer is spoken to again, or gone. A sum that was too long has led up: the next begins anew."""
    state = turn.state
    if state.holds.since is None:
        return
    state.holds = state.holds.model_copy(update={"total": state.holds.held(turn.at), "since": None})
    for clock in turn.live((HOLD,)):
        if clock.breached_at:
            turn.fulfil_clock(clock.id, cause)
        else:
            turn.pause([clock], cause)


def forget_holds(turn: Turn, cause: str) -> None:
    """Nobody is on hold any more, and nothing of it counts on. How often and how long it was stays known."""
    end_hold(turn, cause)
    turn.cancel((HOLD,), cause)
    turn.state.holds = turn.state.holds.model_copy(update={"counted": 0})


def hand_over(turn: Turn, before: Owner) -> None:
    """Somebody else has claimed the case: the time of the one before is over.

    Holds count on with a peer, for it is the same customer who waits; another rung has its own measure.
    """
    owner = turn.state.owner
    if owner.person != before.person:
        turn.cancel((HANDLE_TIME,), f"{owner.label} has it now")
    if owner.rung is before.rung:
        return
    turn.cancel((HOLD,), f"the rung is {owner.rung} now")
    turn.state.holds = turn.state.holds.model_copy(update={"counted": 0})
    if turn.state.holds.since:
        _run_hold(turn, "still on hold")


def take_up(turn: Turn, cause: str) -> None:
    """A person has the case, on the channel that it is on now: their time runs, unless the customer is waited for."""
    state = turn.state
    if state.owner.person is None or turn.live((HANDLE_TIME,)) or not turn.plan.has_clock(HANDLE_TIME, state.channel):
        return
    clock = turn.start_clock(HANDLE_TIME, cause)
    if state.status in (Status.WAITING_CUSTOMER, Status.RESOLVED):
        turn.pause([clock], "waiting for the customer")


def pause_handling(turn: Turn, cause: str) -> None:
    """It is the customer's move."""
    turn.pause(turn.live((HANDLE_TIME,)), cause)


def resume_handling(turn: Turn, cause: str) -> None:
    """It is the owner's move again."""
    turn.resume([clock for clock in turn.live((HANDLE_TIME,)) if clock.state is ClockState.PAUSED], cause)


def end_handling(turn: Turn, cause: str) -> None:
    """Nobody works on the case any more."""
    turn.fulfil((HANDLE_TIME,), cause)


def _run_hold(turn: Turn, cause: str) -> None:
    if not turn.plan.has_clock(HOLD, turn.state.channel):
        return
    if standing := turn.live((HOLD,)):
        turn.resume([clock for clock in standing if clock.state is ClockState.PAUSED], cause)
    else:
        turn.start_clock(HOLD, cause)
