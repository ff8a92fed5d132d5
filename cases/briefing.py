"""Word to the managers before a case with a conduct record reaches them, or has ended because of it.

Knows who the managers of a case are and what is on its conduct record; not why they are told, nor what follows.
L, C, I: brief the manager *before* the transfer, or report at once that the contact was ended.
"""

from __future__ import annotations

from cases.effects import Param
from cases.turn import Turn, quoted
from cases.words import Rung


def brief_managers(turn: Turn, rung: Rung, text: str | None) -> None:
    """The rung that is about to be offered the case knows what awaits it, before anybody is transferred."""
    state = turn.state
    turn.enter("briefed", f"The rung {rung} of {state.owner.team} is briefed before the transfer", to=rung.value)
    turn.alert("conduct_brief", rung=rung, team=state.owner.team, record=record(turn), text=quoted(text or "") or None)


def alert_managers(turn: Turn, template: str, **params: Param) -> None:
    """Word to the managers of the team; if the owner is one, or stands above them, to the owner."""
    owner = turn.state.owner
    high = owner.rung.height >= Rung.MANAGER.height
    turn.alert(
        template,
        rung=owner.rung if high else Rung.MANAGER,
        team=owner.team,
        person=owner.person if high else None,
        **params,
    )


def record(turn: Turn) -> tuple[str, ...]:
    """The conduct record, a sentence each."""
    return tuple(sentence for _, sentence in turn.state.conduct.lines())
