"""Whether a case may go up now: what holds ordinary reasons up, and the pressing ones that nothing holds up.

Knows the cool-down and the offer that stands; not what a reason needs first (`cases.guards`, `cases.conducting`), nor
what an escalation does (`cases.climbing`). "Do not climb too quickly" (G, H) is about what each rung might solve:
abuse, and a customer who must not wait, are passed on all the same, and joined to what is on its way.
"""

from __future__ import annotations

from datetime import datetime

from cases.actions import Escalate
from cases.events import Actor, Code, Refused
from cases.guards import suggests_attention
from cases.ladder import OWN_WAYS, PRESSING, ROUTES, Needs
from cases.state import Offer, State
from cases.words import Reason


def can_go_up(state: State, by: Actor, at: datetime) -> None:
    """There is a rung above; nothing is offered there yet and the cool-down is over, or there is a pressing reason.

    Whoever may not go up is told what goes its own way: it may be what somebody in a hurry has meant.
    """
    if state.owner.rung.above is None:
        raise Refused(Code.AT_TOP, f"{state.owner.rung} is the top of the ladder. {OWN_WAYS}")
    if not any(_presses(state, reason) for reason in PRESSING):
        _nothing_holds_up(state, at)


def may_go_up_now(state: State, event: Escalate, at: datetime) -> None:
    """A pressing reason joins an offer that stands, or takes its place further up; any other waits its turn."""
    if event.reason not in PRESSING:
        _nothing_holds_up(state, at)
    elif (offer := _offer_up(state)) and event.reason in offer.reasons:
        raise _is_offered_up(offer)


def _presses(state: State, reason: Reason) -> bool:
    """Whether what a pressing reason needs is on record, and the case is not offered up for it already."""
    offer = _offer_up(state)
    if offer and reason in offer.reasons:
        return False
    if ROUTES[reason].needs is Needs.WARNINGS:
        return state.conduct.warned_twice
    return any(suggests_attention(one) for one in state.suggestions)


def _nothing_holds_up(state: State, at: datetime) -> None:
    offer = _offer_up(state)
    if offer:
        raise _is_offered_up(offer)
    if state.plan and state.last_voluntary:
        over = state.last_voluntary + state.plan.terms.guards.cool_down
        if at < over:
            raise Refused(
                Code.COOL_DOWN,
                f"Escalated a moment ago; again after {over:%H:%M:%S} UTC. {OWN_WAYS}",
                until=over.isoformat(),
            )


def _offer_up(state: State) -> Offer | None:
    offer = state.offer
    return offer if offer and offer.rung.height > state.owner.rung.height else None


def _is_offered_up(offer: Offer) -> Refused:
    return Refused(
        Code.ALREADY_OFFERED_UP,
        f"The case is offered to {offer.label} at rung {offer.rung} already. {OWN_WAYS}",
        to=offer.label,
    )
