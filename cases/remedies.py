"""The account of a case's remedies: which there are, and the only hand that changes one. Knows no rule of granting."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from cases.money import words
from cases.state import State
from cases.turn import Turn
from cases.view import ProposedRemedy
from cases.words import ClosedAs, RemedyState

OVER_KEPT = 10
"""How many of those that are over a case keeps for the brief; the records have all."""

_MOOT = (ClosedAs.WITHDRAWN, ClosedAs.DUPLICATE, ClosedAs.BY_MANAGER, ClosedAs.CONTACT_ENDED)
"""Closed as one of these, a case has nothing left to decide. Otherwise the customer may still be waiting for it."""


def remedy(state: State, remedy_id: str) -> ProposedRemedy | None:
    """What the case knows of a remedy; None if there is none, or it was over long ago."""
    return next((proposed for proposed in state.remedies if proposed.remedy_id == remedy_id), None)


def pending(state: State) -> list[ProposedRemedy]:
    """Those that wait for a decision, oldest first."""
    return [proposed for proposed in state.remedies if proposed.state is RemedyState.PENDING]


def is_owed(state: State) -> bool:
    """Whether a decision, or a payment, is still to come: such a case is not archived."""
    return any(proposed.state is RemedyState.PENDING or is_being_paid(proposed) for proposed in state.remedies)


def is_being_paid(proposed: ProposedRemedy) -> bool:
    """Whether it is granted, and its payment has not come back yet."""
    return proposed.state is RemedyState.GRANTED and is_money(proposed)


def is_money(proposed: ProposedRemedy) -> bool:
    """Whether it is paid, and so counts for the customer's limit."""
    return proposed.remedy.is_money


def named(proposed: ProposedRemedy) -> str:
    """`refund of 49.90 GBP`, or `apology`."""
    if proposed.amount is None:
        return proposed.remedy.value
    return f"{proposed.remedy} of {words(proposed.amount, proposed.currency)}"


def keep(turn: Turn, proposed: ProposedRemedy) -> None:
    """A new one. Of those that nobody waits for any more, the newest stay."""
    state = turn.state
    over = [each for each in state.remedies if each.state is not RemedyState.PENDING and not is_being_paid(each)]
    state.remedies = [each for each in state.remedies if each not in over[:-OVER_KEPT]] + [proposed]


def change(turn: Turn, remedy_id: str, **changes: Any) -> ProposedRemedy | None:
    """Another state of it; what came of it."""
    proposed = remedy(turn.state, remedy_id)
    if proposed is None:
        return None
    after = proposed.model_copy(update=changes)
    turn.state.remedies = [after if each is proposed else each for each in turn.state.remedies]
    return after


def count(turn: Turn, proposed: ProposedRemedy, sign: int) -> None:
    """Adds it to the money that the case has granted (`sign` 1), or takes it off again (-1)."""
    granted = turn.state.granted
    if is_money(proposed) and proposed.amount is not None and proposed.currency:
        granted[proposed.currency] = granted.get(proposed.currency, Decimal(0)) + sign * proposed.amount


def withdraw_pending(turn: Turn, closed_as: ClosedAs) -> bool:
    """A case that is closed so that nothing is left to decide leaves nobody at work on a decision. Whether anybody was.

    The customer, who was told that it is being decided on, hears so with the closing. It is not decided on again when
    the case comes back; whoever takes it up reads in the brief why, and may propose it anew.
    """
    if closed_as not in _MOOT:
        return False
    waiting = pending(turn.state)
    for proposed in waiting:
        turn.enter(
            "remedy_withdrawn",
            f"{proposed.remedy_id}, {named(proposed)}, is no longer to be decided on: closed as {closed_as}",
            remedy_id=proposed.remedy_id,
        )
        if proposed.clock:
            turn.cancel_clock(proposed.clock, f"closed as {closed_as}")
        why = f"the case was closed as {closed_as.value.replace('_', ' ')}"
        change(turn, proposed.remedy_id, state=RemedyState.WITHDRAWN, asked=None, reason=why)
    return bool(waiting)
