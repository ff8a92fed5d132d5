"""An owner who is not there: what they have is offered to somebody else.

The directory knows who is absent and tells each of their cases (`owner_unavailable`); what a supervisor says by hand is
an `assign` (`cases.offers`). Until somebody claims, the absent owner stays owner: a case always has one.
"""

from __future__ import annotations

from datetime import UTC, datetime

from cases.actions import OwnerUnavailable
from cases.climbing import beside
from cases.events import Actor, Code, Refused
from cases.state import State
from cases.turn import Turn
from cases.words import Reason, Role

_TELLS = (Role.SYSTEM, Role.OPERATOR)


def owner_unavailable(turn: Turn, event: OwnerUnavailable) -> None:
    """The owner is away: offered once more beside, then up. An offer that stands already names this reason too."""
    standing = turn.state.offer
    back = event.until.astimezone(UTC) if event.until else None
    turn.enter(
        "owner_unavailable",
        f"{event.person} is away" + (f" until {back:%d %B %H:%M} UTC" if back else ""),
        person=event.person,
        until=back.isoformat() if back else None,
    )
    beside(turn, Reason.OWNER_UNAVAILABLE)
    if standing is None:
        turn.tell_customer("reassigned", rung=turn.state.owner.rung.value, next_word_by=turn.due_answer())


def directory(state: State, by: Actor, at: datetime) -> None:
    """The directory itself, or an operator: who is there is not for the people of the ladder to say of each other."""
    if by.role not in _TELLS:
        raise Refused(
            Code.WRONG_ROLE,
            f"The directory says who is away; {by.id} is a {by.role}. Record the absence there, or have a supervisor "
            "`assign` the case.",
        )


def somebody_has_it(state: State, by: Actor, at: datetime) -> None:
    """A person has the case, not a queue."""
    if state.owner.person is None:
        raise Refused(Code.NO_OWNER, f"The queue of {state.owner.team} has the case, so nobody is away.")


def still_theirs(state: State, event: OwnerUnavailable, at: datetime) -> None:
    """Whoever is away has the case: it may have changed hands while word of it was under way."""
    if state.owner.person != event.person:
        raise Refused(
            Code.NOT_OWNER, f"{state.owner.label} has this case, not {event.person}.", owner=state.owner.label
        )
