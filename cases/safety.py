"""A threat until somebody decides on it: who is alerted, again and again, and what has to wait for the decision.

Knows what a threat holds up; not how it is reported nor what is decided (`cases.conducting`). The customer may still
withdraw or accept, but neither decides anything: the alerts go on, silence closes nothing, and the case is not
archived. I: the manager decides, and knows when to call the police; so nobody who cannot decide makes a threat go away.
"""

from __future__ import annotations

from datetime import datetime

from cases.actions import Resolve
from cases.briefing import record
from cases.events import Actor, Code, Refused
from cases.state import State
from cases.turn import Turn
from cases.words import ClockName, Rung

SAFETY = ClockName.SAFETY

_DECIDING = tuple(rung for rung in Rung if rung.height >= Rung.MANAGER.height)


def watch(turn: Turn) -> None:
    """From now on, those who may decide hear of it at every interval. A further threat puts nothing off.

    Terms of before there was an interval have none: such a case stays as it was.
    """
    if turn.state.conduct.undecided and turn.plan.terms.guards.threat_repeat and not turn.live((SAFETY,)):
        turn.start_clock(SAFETY, "a threat awaits a decision", since=turn.now)


def remind(turn: Turn) -> None:
    """Nobody has decided: every rung that may is alerted, not only the one that was, and again at the next interval."""
    first = min((threat.at for threat in turn.state.conduct.undecided), default=turn.at)
    turn.enter("threat_undecided", f"A threat of {first:%Y-%m-%d %H:%M} UTC awaits a decision: alerted again")
    for rung in _DECIDING:
        team = turn.state.owner.team
        turn.alert("threat_undecided", rung=rung, team=team, reported_at=first, record=record(turn))
    watch(turn)


def decided(turn: Turn) -> None:
    """Nothing awaits a decision any more."""
    turn.fulfil((SAFETY,), "decided")


def is_awaited(state: State) -> bool:
    """Whether those who may decide on a threat are still to do so."""
    clock = state.clock(SAFETY)
    return clock is not None and clock.live


# Guards and checks


def threat_awaits(state: State, by: Actor, at: datetime) -> None:
    """A threat was reported, and nobody has decided on it."""
    if not state.conduct.undecided:
        raise Refused(Code.NO_THREAT, "No threat awaits a decision. If there is one, send `report_threat` first.")


def nothing_undecided(state: State, event: Resolve, at: datetime) -> None:
    """A threat is not resolved away by whoever is not to decide on it, or it is said why that does not matter."""
    if state.conduct.undecided and event.despite is None:
        raise Refused(
            Code.THREAT_UNDECIDED,
            "A threat awaits a manager's `decide_safety`. Wait for it, or give the reason in `despite`.",
        )


def decided_before_closing(state: State, by: Actor, at: datetime) -> None:
    """Who may close a case may decide on its threats, and does that first."""
    if is_awaited(state):
        raise Refused(
            Code.THREAT_UNDECIDED,
            "A threat awaits a decision, which is yours to make: send `decide_safety` first (`end` closes the case "
            "too), then `close`.",
        )
