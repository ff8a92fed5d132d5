"""What forms and their fields are called. What is not named here is called by its own name, so nothing is missing."""

from __future__ import annotations

from typing import Any

from api.desk.wording import label

_TITLES = {
    "claim": "Claim",
    "assign": "Assign",
    "hand_off": "Ask specialists",
    "answer_back": "Answer the specialist",
    "cancel_hand_off": "Call the question off",
    "propose_remedy": "Propose a remedy",
    "decide_remedy": "Decide on the remedy",
    "wait_for_customer": "Wait for the customer",
    "resume": "Stop waiting",
    "hold": "Put on hold",
    "unhold": "Take off hold",
    "attempt": "Record an attempt",
    "redirect": "Answer the wish for a manager",
    "warn": "Warn the customer",
    "report_threat": "Report a threat",
    "decide_safety": "Decide after the threat",
    "end_contact": "End the contact",
    "restrict_contact": "Restrict the contact",
    "de_escalate": "Send back down",
    "set_priority": "Change the priority",
    "recategorise": "Recategorise",
    "decide_suggestion": "Decide on the suggestion",
    "ask_back": "Ask back",
}
_BUTTONS = {
    "reply": "Send reply",
    "note": "Keep note",
    "resolve": "Send resolution",
    "escalate": "Escalate",
    "hand_off": "Ask them",
    "propose_remedy": "Propose",
    "answer_back": "Send answer",
    "answer": "Send answer",
    "cancel_hand_off": "Call it off",
    "attempt": "Record it",
    "redirect": "Send answer",
    "warn": "Send warning",
    "report_threat": "Report it",
    "set_priority": "Change it",
    "promise": "Promise it",
}
_ABOUT = {
    "reply": "The customer gets your words as they are, with a greeting before and a closing after them.",
    "note": "For colleagues only.",
    "attempt": "What you tried, and how it went. Before a case goes up, one is on record.",
    "resolve": "The customer gets your words with a greeting and a closing, and is asked to accept the resolution.",
    "escalate": "Offers the case one rung up. The customer is told why that helps, and by when they hear.",
    "hand_off": "You stay the owner; a team of specialists answers.",
    "propose_remedy": "Within your authority it is granted at once; above it, whoever may decides.",
    "transfer": "Offers the case to a peer, or a team, at the same rung.",
    "assign": "Offers the case to somebody by name, or to a team.",
    "redirect": "What you can do for them yourself. If they insist after this, the case goes up.",
    "warn": "The customer gets your words with a greeting and a closing. The second warning names the consequence.",
    "report_threat": "Everybody who must know is alerted at once. The customer does not get this.",
    "end_contact": "For the managers; the customer gets the company's words.",
    "decline": "The case is offered on, and never again to you.",
    "promise": "A clock of its own runs until it is kept.",
}
_FIELDS = {
    ("reply", "text"): "Your message",
    ("reply", "asks"): "What you ask the customer",
    ("reply", "update_by"): "Next word by",
    ("reply", "letter"): "It is the letter",
    ("note", "text"): "Note",
    ("attempt", "text"): "What was tried",
    ("attempt", "outcome"): "How it went",
    ("resolve", "text"): "The resolution",
    ("resolve", "warranted"): "Was it right that the case went up?",
    ("resolve", "lesson"): "What to take from it",
    ("resolve", "despite"): "Why, although something is still awaited",
    ("escalate", "text"): "What the next person should know",
    ("hand_off", "team"): "Whom you ask",
    ("propose_remedy", "text"): "What exactly",
    ("promise", "what"): "What you promise",
    ("promise", "by_when"): "By when",
    ("redirect", "text"): "Your answer",
    ("warn", "text"): "The warning",
    ("warn", "number"): "Which one",
    ("report_threat", "text"): "What was said or done",
    ("answer", "text"): "Your answer",
    ("answer_back", "text"): "Your answer",
    ("ask_back", "text"): "Your question",
    ("decide_remedy", "approve"): "Decision",
    ("close", "duplicate_of"): "It repeats the case",
}
_NAMES = {
    "to.person": "To a person",
    "to.team": "To a team",
    "to.skill": "To whoever has the skill",
    "text": "In words",
    "review_at": "Looked at again by",
    "how": "How",
}
_HINTS = {
    ("reply", "asks"): "The question by itself: then the clocks can wait for the answer.",
    ("reply", "update_by"): "A promise: the case climbs if it is broken.",
    ("resolve", "despite"): "Needed while a specialist's answer, or a decision, is awaited.",
    ("propose_remedy", "text"): "Part of what the customer is told once it is granted.",
    ("propose_remedy", "amount"): "Such as 49.90; an apology has none.",
    ("warn", "number"): "So that two people do not give both.",
}
_FOLDED = frozenset(
    {
        ("reply", "asks"),
        ("reply", "update_by"),
        ("reply", "letter"),
        ("warn", "number"),
        ("close", "duplicate_of"),
        ("transfer", "to.skill"),
        ("assign", "to.skill"),
        ("assign", "reason"),
    }
)
_WHEN = {
    ("resolve", "despite"): "",
    ("propose_remedy", "amount"): "not for an apology",
    ("propose_remedy", "currency"): "",
}
"""What is left out only in some cases is not called optional."""

_VALUES = {"True": "Yes", "False": "No"}


def title(kind: str) -> str:
    """What a kind of event is called, as the name of its form."""
    return _TITLES.get(kind, label(kind))


def button(kind: str) -> str:
    """What the button says that sends it."""
    return _BUTTONS.get(kind, title(kind))


def about(kind: str) -> str:
    """What comes of it, in a line; nothing where the title says it."""
    return _ABOUT.get(kind, "")


def field(kind: str, name: str) -> str:
    """What a field is called."""
    return _FIELDS.get((kind, name)) or _NAMES.get(name) or label(name.rsplit(".", 1)[-1])


def hint(kind: str, name: str) -> str:
    """What to know of a field; nothing where its name says it."""
    return _HINTS.get((kind, name), "")


def when(kind: str, name: str) -> str:
    """What stands behind the name of a field that may be left out."""
    return _WHEN.get((kind, name), "optional")


def wrong(look: str, problem: str, remedy: str) -> str:
    """What is wrong with a field, and what to do: of a form, where the API speaks of JSON."""
    if problem == "does not say enough":
        return f"{remedy[:1].upper()}{remedy[1:]}.".replace("`", "")
    if problem in ("is missing", "is empty"):
        return "Fill this in."
    if look == "amount":
        return "Write digits, and a point before the pence or cents: 49.90."
    if look == "moment":
        return "Give the day and the time."
    return f"It {problem}: {remedy}."


def is_folded(kind: str, name: str) -> bool:
    """Whether few need the field."""
    return (kind, name) in _FOLDED


def value(given: Any) -> str:
    """What one of a closed list of values is called."""
    return _VALUES.get(str(given)) or label(str(given))
