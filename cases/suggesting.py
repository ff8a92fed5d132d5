"""What the customer's words, or their earlier cases, suggest to the person who has the case, and what became of that.

Knows the rules that the case is pinned to, and which acts confirm what; how a phrase is found is in `cases.phrases`. A
suggestion is a hint, not a decision: it changes nothing by itself unless the policy lets that one escalate, and even
then a person is left to look at it.
"""

from __future__ import annotations

from datetime import datetime

from cases.actions import DecideSuggestion, Escalate
from cases.climbing import climb
from cases.conducting import threatened
from cases.events import Actor, Code, Event, Refused
from cases.guards import ATTENTION
from cases.outcomes import Planned
from cases.phrases import found_among, sentences
from cases.plan import SuggestionTerms
from cases.requests import AcceptResolution, AskForManager, AskReview, Message, RejectResolution, Withdraw
from cases.state import State
from cases.talking import want_manager
from cases.turn import Turn
from cases.view import Suggestion
from cases.words import Reason, Status, Suggested, SuggestionState

KEPT = 10
"""How many decided suggestions a case keeps; the records have all. There is one open suggestion of a reason at most."""

WORDS = 5
"""How many of the places found are quoted."""

_QUOTED = 200

NAMES = {
    Suggested.ASKS_FOR_MANAGER: "a wish for a manager",
    Suggested.THREAT: "a threat",
    Suggested.ABUSE: "abuse",
    Suggested.LEGAL_STEP: "a legal step",
    Suggested.VULNERABLE_CUSTOMER: "a vulnerable customer",
    Suggested.REPEATED_CONTACT: "repeated contact",
}

_LASTING = frozenset({Suggested.LEGAL_STEP, Suggested.VULNERABLE_CUSTOMER, Suggested.REPEATED_CONTACT})
"""What stays so once it was confirmed, and need not be suggested again. A threat or an insult is one more each time."""

_CONDUCT = frozenset({Suggested.THREAT, Suggested.ABUSE})
"""Nobody is thanked for having said such things, nor is anybody blamed before a person has read them."""

_ACTED_ON: dict[str, Suggested] = {
    "ask_for_manager": Suggested.ASKS_FOR_MANAGER,
    "redirect": Suggested.ASKS_FOR_MANAGER,
    "report_threat": Suggested.THREAT,
    "warn": Suggested.ABUSE,
    "end_contact": Suggested.ABUSE,
}
"""The kinds of events that only make sense if the suggestion was right."""


def heed(turn: Turn, event: Event) -> None:
    """After an event was worked: what was acted on is confirmed, and what the customer says is read."""
    _acted_on(turn, event)
    match event:
        case Planned():
            read(turn, turn.state.complaint.said, earlier_cases=len(event.earlier_cases))
        case Message():
            read(turn, event.text)
        case RejectResolution():
            read(turn, f"{event.reason}\n{event.text or ''}")
        case AskReview(text=str(said)) | AcceptResolution(comment=str(said)):
            read(turn, said)
        case Withdraw():
            read(turn, f"{event.reason or ''}\n{event.text or ''}")
        case AskForManager() if event.text:
            read(turn, event.text, but=Suggested.ASKS_FOR_MANAGER)
        case _:
            pass


def read(turn: Turn, text: str, *, earlier_cases: int = 0, but: Suggested | None = None) -> None:
    """Suggests what the rules of the policy find in a text, or in the number of earlier cases."""
    rules = [rule for rule in turn.plan.terms.suggestions if rule.reason is not but]
    spoken = sentences(text) if rules else []
    for rule in rules:
        words = found_among(text, spoken, rule.words, rule.unless)
        found = [f"“{word}”" for word in dict.fromkeys(words)][:WORDS]
        if rule.earlier_cases is not None and earlier_cases >= rule.earlier_cases:
            found.append(f"{earlier_cases} earlier cases")
        if found:
            _suggest(turn, rule, ", ".join(found))


def _suggest(turn: Turn, rule: SuggestionTerms, why: str) -> None:
    state, why = turn.state, why if len(why) <= _QUOTED else f"{why[: _QUOTED - 1]}…"
    if any(_is_known(one, rule.reason, why) for one in state.suggestions):
        return
    state.suggestions_made += 1
    suggestion = Suggestion(id=f"{rule.reason}-{state.suggestions_made}", reason=rule.reason, why=why, at=turn.at)
    state.suggestions = [*state.suggestions, suggestion]
    turn.enter(
        "suggested",
        f"It may be {NAMES[rule.reason]}: {why}",
        suggestion=suggestion.id,
        reason=rule.reason.value,
        why=why,
    )
    if rule.reason is Suggested.THREAT:
        turn.alert_owner("threat_suggested", why=why)
    if rule.escalates and state.status in (Status.OPEN, Status.WAITING_CUSTOMER, Status.RESOLVED):
        _go_up(turn, suggestion)


def _is_known(one: Suggestion, reason: Suggested, why: str) -> bool:
    """Whether a person has it before them, has confirmed what lasts, or has dismissed those very words."""
    if one.reason is not reason:
        return False
    match one.state:
        case SuggestionState.OPEN:
            return True
        case SuggestionState.CONFIRMED:
            return reason in _LASTING
        case SuggestionState.DISMISSED:
            return one.why.casefold() == why.casefold()


def _go_up(turn: Turn, suggestion: Suggestion) -> None:
    """As the policy says for this one: a customer who seems to ask has asked; all else goes one rung up."""
    if suggestion.reason is Suggested.ASKS_FOR_MANAGER:
        want_manager(turn)
    else:
        manner = ".conduct" if suggestion.reason in _CONDUCT else ""
        climb(turn, Reason.NEEDS_ATTENTION, text=f"{NAMES[suggestion.reason]}: {suggestion.why}", manner=manner)


def decide_suggestion(turn: Turn, event: DecideSuggestion) -> None:
    """A person has looked. What is confirmed stands in the brief; a threat is reported by that, and a wish answered.

    Whoever says that it is a threat has reported it: nobody in a hurry should have to say so twice.
    """
    known = next(one for one in turn.state.suggestions if one.id == event.suggestion_id)
    state = SuggestionState.CONFIRMED if event.confirm else SuggestionState.DISMISSED
    turn.enter(
        "decide_suggestion",
        f"{event.by.id} has {state} {NAMES[known.reason]}" + (f": {event.text}" if event.text else ""),
        suggestion=known.id,
        reason=known.reason.value,
        confirmed=event.confirm,
    )
    _decide(turn, known, state)
    if event.confirm and known.reason is Suggested.ASKS_FOR_MANAGER:
        want_manager(turn)
    if event.confirm and known.reason is Suggested.THREAT:
        threatened(turn, event.text or f"The customer said {known.why}")


def _acted_on(turn: Turn, event: Event) -> None:
    reasons: tuple[Suggested, ...] = (_ACTED_ON[event.kind],) if event.kind in _ACTED_ON else ()
    if isinstance(event, Escalate) and event.reason is Reason.NEEDS_ATTENTION:
        reasons = ATTENTION
    for one in turn.state.suggestions:
        if one.reason in reasons and one.state is SuggestionState.OPEN:
            turn.enter(
                "suggestion_confirmed",
                f"{NAMES[one.reason]} is confirmed by what {event.by.id} did",
                suggestion=one.id,
                reason=one.reason.value,
            )
            _decide(turn, one, SuggestionState.CONFIRMED)


def _decide(turn: Turn, known: Suggestion, state: SuggestionState) -> None:
    decided = known.model_copy(update={"state": state, "decided_by": turn.by.id})
    others = [one for one in turn.state.suggestions if one.id != known.id]
    waiting = [one for one in others if one.state is SuggestionState.OPEN]
    over = [one for one in others if one.state is not SuggestionState.OPEN]
    turn.state.suggestions = [*over[-KEPT + 1 :], decided, *waiting]


def some_suggestion(state: State, by: Actor, at: datetime) -> None:
    """Something is suggested that nobody has decided."""
    if not any(one.state is SuggestionState.OPEN for one in state.suggestions):
        raise Refused(Code.NO_SUGGESTION, "Nothing is suggested that awaits a decision.")


def suggestion_open(state: State, event: DecideSuggestion, at: datetime) -> None:
    """There is such a suggestion, and nobody was first."""
    known = next((one for one in state.suggestions if one.id == event.suggestion_id), None)
    if known is None or known.state is not SuggestionState.OPEN:
        what = f"was {known.state} by {known.decided_by}" if known else "is not one of this case"
        open_ones = ", ".join(one.id for one in state.suggestions if one.state is SuggestionState.OPEN)
        raise Refused(
            Code.NO_SUGGESTION,
            f"The suggestion {event.suggestion_id} {what}. Open are: {open_ones}.",
            decided_by=known.decided_by if known else None,
        )
