"""What to say, to avoid and to do in the situation that a case is in: for whoever acts on it, never for customers.

The lines are the policy's; this knows which situations a case is in now, and not what is said in them. A line is there
when it is needed: before anybody answers an insult or a threat, not after the case has gone to somebody else.
"""

from __future__ import annotations

from collections.abc import Iterator

from cases.guards import ATTENTION
from cases.remedies import pending
from cases.state import State
from cases.view import GuidanceView, Suggestion
from cases.words import Reason, Status, Suggested, SuggestionState

UNGUIDED = (Status.OPENING, Status.ARCHIVED)
"""Where nobody acts: the case has no plan yet, or is over."""

SITUATIONS: tuple[str, ...] = (*Reason, *(status for status in Status if status not in UNGUIDED))
"""What a policy may give a line for: why a case is held out to somebody, and how it stands."""


def guidance(state: State) -> tuple[GuidanceView, ...]:
    """The policy's lines for every situation of the case, the most pressing first. None until it is planned."""
    lines = {line.situation: line for line in (state.plan.terms.guidance if state.plan else ())}
    found = dict.fromkeys(situation.value for situation in _situations(state))
    return tuple(
        GuidanceView(for_=line.situation, say=line.say, avoid=line.avoid)
        for situation in found
        if (line := lines.get(situation))
    )


def _situations(state: State) -> Iterator[Reason | Status]:
    """Who is to be kept safe, what the customer waits for, why the case is offered or went up, how it stands."""
    if state.status in UNGUIDED:
        return
    yield from _conduct(state)
    if state.insistence and not state.insistence.answered:
        yield Reason.ASKED_FOR_MANAGER
    if state.offer:
        yield from state.offer.reasons
    elif state.climbs and state.status in (Status.OPEN, Status.WAITING_CUSTOMER):
        # A threat that was decided on is nobody's to pass on any more; one that was not has its line already.
        yield from (climb.reason for climb in state.climbs[-1:] if climb.reason is not Reason.THREAT)
    if state.status is not Status.CLOSED and pending(state):
        yield Reason.NO_AUTHORITY
    yield state.status


def _conduct(state: State) -> Iterator[Reason]:
    """What may be, or is, wrong with how the customer behaves, from the first sign of it on."""
    signs = {one.reason for one in state.suggestions if one.state is SuggestionState.OPEN}
    if state.conduct.undecided or Suggested.THREAT in signs:
        yield Reason.THREAT
    confirmed = any(one.reason is Suggested.ABUSE for one in state.suggestions if _is_confirmed(one))
    if state.status is not Status.CLOSED and (state.conduct.warnings or confirmed or Suggested.ABUSE in signs):
        yield Reason.ABUSE


def next_step(state: State, suggestion: Suggestion) -> str | None:
    """What a person can do about a suggestion now; None when it was done, or there is nothing to do about it."""
    if state.status in UNGUIDED or suggestion.state is SuggestionState.DISMISSED:
        return None
    confirmed = _is_confirmed(suggestion)
    if suggestion.reason is Suggested.THREAT:
        return _about_threat(state, confirmed)
    if state.status is Status.CLOSED:
        return None
    if suggestion.reason is Suggested.ABUSE:
        return _about_abuse(state, suggestion)
    if suggestion.reason in ATTENTION:
        return _about_attention(state, suggestion)
    if not confirmed:
        return "Confirm it, and the customer is owed one answer in time: `redirect`. After that the case goes up."
    asked = state.insistence is not None and not state.insistence.answered
    return "Answer the customer with `redirect`; without an answer in time the case goes up." if asked else None


def _about_threat(state: State, confirmed: bool) -> str | None:
    if confirmed:
        return "A manager records `decide_safety`." if state.conduct.undecided else None
    if state.status is Status.CLOSED:
        return "If it is a threat, report it: `report_threat`."
    return "If it is a threat, confirm it: that reports it to the managers at once, as `report_threat` does."


def _about_abuse(state: State, suggestion: Suggestion) -> str | None:
    given = state.conduct.warnings
    if _is_confirmed(suggestion) and given and given[-1].at >= suggestion.at:
        return None
    if state.conduct.warned_twice:
        return f"Both warnings were given: `escalate` with the reason `{Reason.ABUSE}`, or `end_contact`."
    return (
        "Give the second warning with `warn`: it names the consequence." if given else "Give a first warning: `warn`."
    )


def _about_attention(state: State, suggestion: Suggestion) -> str | None:
    offered = state.offer is not None and Reason.NEEDS_ATTENTION in state.offer.reasons
    went_up = any(climb.reason is Reason.NEEDS_ATTENTION and climb.at >= suggestion.at for climb in state.climbs)
    if offered or went_up or state.owner.rung.above is None:
        return None
    return (
        f"If it cannot wait or is not yours to solve, `escalate` with the reason `{Reason.NEEDS_ATTENTION}`, which "
        "takes no attempt. Otherwise go on: whoever has the case next reads it in the brief."
    )


def _is_confirmed(suggestion: Suggestion) -> bool:
    return suggestion.state is SuggestionState.CONFIRMED
