"""The ladder: for each reason, what it needs first, who may give it, and what becomes of an ignored offer.

Knows reasons, rungs and lines; not what an offer does (`cases.offers`) nor when a clock runs out (`cases.deadlines`).
The reasons follow the practice of complaint desks: solve at the lowest level, with best efforts on record, but leave
nobody waiting who needs authority ("The Definitive Guide to Escalation Management", HubSpot; i-Sight, "When (and How)
to Escalate a Customer Complaint").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from cases.events import Actor, Code, Refused
from cases.state import Offer, State
from cases.words import Reason, Role, Rung


class Needs(StrEnum):
    """What must be on record first."""

    NOTHING = "nothing"
    ATTEMPT = "attempt"
    TRANSCRIPT = "transcript"
    WARNINGS = "warnings"
    SUGGESTION = "suggestion"


@dataclass(frozen=True, slots=True)
class Route:
    """One reason. `voluntary`: a person may give it; `returns`: ignored, it goes back instead of up.

    `presses`: it waits for no cool-down, and neither for what becomes of an offer that stands.
    """

    words: str
    needs: Needs = Needs.NOTHING
    voluntary: bool = False
    returns: bool = False
    customer_asked: bool = False
    presses: bool = False


ROUTES: dict[Reason, Route] = {
    Reason.OPENED: Route("nobody has it yet"),
    Reason.ASSIGNED: Route("it was assigned by name"),
    Reason.TRANSFERRED: Route("its owner transferred it", returns=True),
    Reason.DE_ESCALATED: Route("it was sent back down", returns=True),
    Reason.RECATEGORISED: Route("it is another team's"),
    Reason.ASKED_FOR_MANAGER: Route("the customer insists on a manager", customer_asked=True),
    Reason.NO_COMMON_GROUND: Route("no common ground was found", Needs.ATTEMPT, voluntary=True),
    Reason.ATTEMPTS_FAILED: Route("attempts at solving it failed", Needs.ATTEMPT, voluntary=True),
    Reason.IRATE: Route("the customer grows more upset", Needs.ATTEMPT, voluntary=True),
    Reason.NO_AUTHORITY: Route("a remedy is beyond the authority of who proposes it"),
    Reason.RESOLUTION_REJECTED: Route("the customer rejected the resolution", customer_asked=True),
    Reason.REOPENED: Route("the case was reopened", customer_asked=True),
    Reason.CLOCK_BREACHED: Route("a deadline passed"),
    Reason.NOT_ACKNOWLEDGED: Route("nobody took up the offer"),
    Reason.PROMISE_BROKEN: Route("a promise to the customer was broken"),
    # H: breakdowns and money before general questions. By triage, which starts the case higher; by a person, or the
    # policy, where something was suggested that does not wait (`cases.suggesting`).
    Reason.NEEDS_ATTENTION: Route(
        "it needs attention from higher up at once", Needs.SUGGESTION, voluntary=True, presses=True
    ),
    Reason.BOT_FAILED: Route("the chatbot could not help", Needs.TRANSCRIPT, voluntary=True),
    Reason.ASKED_FOR_HUMAN: Route(
        "the customer asked for a person", Needs.TRANSCRIPT, voluntary=True, customer_asked=True
    ),
    # Lorman; "Escalating Calls"; i-Sight: never tolerated. Two warnings, then somebody who can decide to go on or not.
    Reason.ABUSE: Route("the customer was warned twice about abuse", Needs.WARNINGS, voluntary=True, presses=True),
    # i-Sight: the manager knows when to call the police. Nobody is asked to try first.
    Reason.THREAT: Route("somebody was threatened"),
    Reason.HELD_TOO_LONG: Route("the customer was kept on hold too long or too often"),
    Reason.HANDLED_TOO_LONG: Route("its owner has had it too long"),
    Reason.BEYOND_SKILL: Route("it takes a skill that its owner does not have", returns=True),
    Reason.OWNER_UNAVAILABLE: Route("its owner is not there"),
}

VOLUNTARY = tuple(reason for reason, route in ROUTES.items() if route.voluntary)
"""The reasons that a person may give in `escalate`."""

PRESSING = tuple(reason for reason in VOLUNTARY if ROUTES[reason].presses)
"""Those of them that nothing holds up: the cool-down keeps people from being busy, not from being safe."""

INSTEAD = {
    Reason.THREAT: "Send `report_threat`: a manager hears of it at once, whatever else is offered, and nobody has to "
    "be warned or to try first.",
    Reason.ASKED_FOR_MANAGER: "Answer the customer with `redirect`, once; if they insist after that, or have no answer "
    "in time, the case goes up by itself. A wish that is not on record is passed on with `ask_for_manager`.",
    Reason.NO_AUTHORITY: "Propose what you would grant (`propose_remedy`): whoever may grant it is asked, and you stay "
    "the owner.",
    Reason.ASSIGNED: "A supervisor offers the case to somebody else (`assign`).",
    Reason.TRANSFERRED: "Its owner offers the case to a peer (`transfer`).",
    Reason.DE_ESCALATED: "The way down is `de_escalate`.",
    Reason.RECATEGORISED: "Say what the case is about, or whose it is, with `recategorise`.",
    Reason.BEYOND_SKILL: "Ask a team that has the skill (`hand_off`), or give the case to somebody who has it "
    "(`transfer`).",
    Reason.OWNER_UNAVAILABLE: "Record the absence in the directory, which tells the case; or a supervisor offers it to "
    "somebody else (`assign`), and gives this reason there.",
}
"""What a person does instead of giving a reason in `escalate` that is not theirs to give there."""

OWN_WAYS = (
    "A threat (`report_threat`), a wish for a manager (`redirect`), a remedy (`propose_remedy`) and a question "
    "(`hand_off`) have ways of their own, which are open."
)
"""What whoever may not escalate now is told, whatever reason they gave: it may be one that needs no escalation."""

_STAYING = (
    Reason.OPENED,
    Reason.ASSIGNED,
    Reason.RECATEGORISED,
    Reason.OWNER_UNAVAILABLE,
    Reason.NO_AUTHORITY,
)

CLIMBING = tuple(reason for reason, route in ROUTES.items() if not route.returns and reason not in _STAYING)
"""The reasons for which a case goes up."""


def destination(reason: Reason, below: Rung, straight_to: Mapping[Reason, Rung]) -> Rung | None:
    """Where an offer for this reason goes from `below`: one rung up, or further at once if the policy says so."""
    above, straight = below.above, straight_to.get(reason)
    return straight if above and straight and straight.height > above.height else above


def returns_when_ignored(offer: Offer) -> bool:
    """Whether an offer that nobody takes goes back to its owner: only if every reason of it does."""
    return all(ROUTES[reason].returns for reason in offer.reasons)


def rung_of(actor: Actor) -> Rung:
    """The actor's rung. Refused `no_rung` without one: only people and bots of the ladder act on a case."""
    if actor.role not in (Role.AGENT, Role.BOT):
        raise Refused(Code.WRONG_ROLE, f"A {actor.role} cannot do this; it is for the people of the ladder.")
    if actor.rung is None:
        raise Refused(Code.NO_RUNG, f"{actor.id} has no rung. Give `by.rung`, as the directory has it.")
    return actor.rung


def is_owner_or_above(state: State, actor: Actor) -> bool:
    """Whether the actor owns the case, or stands on a higher rung of its line."""
    if actor.role not in (Role.AGENT, Role.BOT) or actor.rung is None:
        return False
    if state.owner.person == actor.id:
        return True
    return actor.rung.height > state.owner.rung.height and actor.in_line_of(state.owner.team)
