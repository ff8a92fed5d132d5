"""What forms and their fields are called. What is not named here is called by its own name, so nothing is missing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from api.desk.wording import label, words
from cases.ladder import ROUTES
from cases.words import Reason

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


ENTRIES = {
    "accept_resolution": "Resolution accepted",
    "answer_back": "Specialist answered by the owner",
    "approval_asked": "A decision is asked for",
    "archived": "Archived",
    "ask_for_manager": "A manager is asked for",
    "ask_review": "A review of the restriction is asked for",
    "assign": "Assigned",
    "attempt": "An attempt",
    "briefed": "The next rung is briefed",
    "cancel_hand_off": "Question called off",
    "cancel_requested": "Cancelling was tried",
    "change_channel": "Another channel",
    "channel_closed": "Moved to writing",
    "chased": "Customer reminded to answer",
    "choose_contact": "A call is chosen",
    "chosen": "Choice without an offer",
    "claim": "Claimed",
    "clock_breached": "A deadline passed",
    "clock_warned": "A deadline is near",
    "close": "Closed",
    "contact_named": "Another contact person",
    "correct": "A correction is asked for",
    "corrected": "Terms corrected",
    "de_escalate": "Sent back down",
    "decide_remedy": "Decision on a remedy",
    "decide_safety": "Decision after a threat",
    "decide_suggestion": "Decision on a suggestion",
    "decline": "Declined",
    "delayed": "A step takes longer",
    "end_contact": "Contact ended",
    "escalate": "Escalated by hand",
    "escalated": "Goes up",
    "extended": "Calendar extended",
    "failed": "Payment failed",
    "give_up": "A message is given up",
    "hand_off": "Specialists asked",
    "hand_off_accepted": "Question taken on",
    "hand_off_answered": "Specialist's answer",
    "hand_off_asked_back": "Specialist asks back",
    "hand_off_declined": "Question declined",
    "hand_off_ended": "Question ended",
    "hand_off_neglected": "Specialists are late",
    "hand_off_refused": "Specialists could not take it",
    "hand_off_returned": "Question came back",
    "hand_off_warned": "Specialists' time is nearly over",
    "held_too_often": "On hold too often",
    "hold": "Put on hold",
    "joined": "One more reason to go up",
    "lesson": "What came of escalating",
    "message": "Customer's message",
    "no_target": "A clock without a deadline",
    "note": "Note",
    "offered": "Offered",
    "offered_beside": "Offered to a peer",
    "offered_elsewhere": "Offered to another team",
    "opened": "Complaint received",
    "owner_unavailable": "The owner is away",
    "paid": "Paid",
    "planned": "Planned",
    "promise": "Promised",
    "propose_remedy": "Remedy proposed",
    "queued": "Waits for the plan",
    "recategorise": "Recategorised",
    "recovered": "A step works again",
    "redirect": "Answer to the wish for a manager",
    "refused": "Refused",
    "reject_resolution": "Resolution rejected",
    "remedy_granted": "Remedy granted",
    "remedy_withdrawn": "Remedy withdrawn",
    "reminded": "Customer reminded to confirm",
    "reopen": "Reopening is asked for",
    "reopened": "Reopened",
    "replanned": "Planned again",
    "reply": "Reply",
    "report_threat": "A threat",
    "resend": "A message is sent again",
    "resolve": "Resolved",
    "restrict_contact": "Contact restriction",
    "resume": "No longer waiting",
    "returned": "Stays where it was",
    "sent": "Question delivered",
    "set_priority": "Priority changed",
    "starts_higher": "Starts higher up",
    "statutory_late": "A legal deadline is still owed",
    "stuck": "A step does not succeed",
    "suggested": "A suggestion",
    "suggestion_confirmed": "Suggestion confirmed",
    "terminated": "Stopped from outside",
    "threat_undecided": "A threat awaits a decision",
    "time_over": "A time is over",
    "top_rung": "The top is alerted",
    "transfer": "Transferred",
    "unconfirmed": "Closed without confirmation",
    "unheard": "Specialists were not reached",
    "unhold": "Off hold",
    "unreadable": "Something could not be read",
    "wait_for_customer": "Waits for the customer",
    "warn": "Customer warned",
    "withdraw": "Complaint withdrawn",
}
_MESSAGES = {
    "complaint": "The complaint",
    "opened": "Receipt of the complaint",
    "reply": "Reply",
    "asked_for_manager": "The wish for a manager is heard",
    "redirected": "Answer to the wish for a manager",
    "escalated": "It goes up",
    "on_its_way": "Somebody is being found",
    "at_top": "The top has it already",
    "late": "We are late",
    "taken_up": "Somebody has taken it up",
    "stays": "It stays with who has it",
    "reassigned": "Somebody else takes it on",
    "channel_changed": "Another channel from now on",
    "handed_off": "Specialists are asked",
    "promised": "A promise",
    "promise_broken": "A promise was not kept",
    "chase": "Reminder of our question",
    "resolved": "The resolution",
    "confirm_reminder": "Reminder to confirm",
    "closed": "The case is closed",
    "reopened": "The case is open again",
    "conduct.warning_1": "First warning",
    "conduct.warning_2": "Second warning",
    "conduct.restricted": "Contact is restricted",
    "conduct.lifted": "Contact is no longer restricted",
    "conduct.review_asked": "The restriction will be reviewed",
    "approval_asked": "A remedy awaits a decision",
    "approval_late": "The decision on a remedy is late",
    "remedy_granted": "A remedy is granted",
    "remedy_rejected": "A remedy is not granted",
    "payment_failed": "A payment failed",
    "letter": "Letter",
}
CLOCKS = {
    "acknowledge": "Taking it up",
    "first_response": "First reply",
    "next_response": "Next reply",
    "resolution": "Resolution",
    "redirect": "Answer about the manager",
    "confirm": "Customer's confirmation",
    "reopen_window": "Time to reopen",
    "alert_repeat": "Next alert",
    "update": "Update",
    "callback": "Callback",
    "customer_silence": "Customer's answer",
    "review": "Review of the restriction",
    "hold": "Time on hold",
    "handle_time": "Handling time",
    "statutory": "Legal deadline",
    "safety": "Decision on the threat",
    "approval": "Decision on the remedy",
    "hand_off": "Specialists' answer",
    "accept": "Accept the question",
    "answer": "Answer the question",
}
_WHICH = {"news": "news owed", "chosen": "at the chosen time"}
"""What caseladder calls one of several clocks of a name; whatever else is a name that people know, or gave."""


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


def entry(kind: str) -> str:
    """What an entry of the timeline is headed by."""
    return ENTRIES.get(kind) or label(kind)


def message(kind: str) -> str:
    """What a message is about: of several of a kind, also which of them."""
    root = next((each for each in (kind, kind.rpartition(".")[0], kind.split(".")[0]) if each in _MESSAGES), None)
    if root is None:
        return entry(kind)
    rest = [_which(each) for each in kind.removeprefix(root).split(".") if each]
    return ", ".join([_MESSAGES[root], *rest])


def clock(name: str) -> str:
    """What a clock is called, by its name, or by its title, which also says which of several it is."""
    first, _, which = name.partition(" ")
    called = CLOCKS.get(first) or label(first)
    return f"{called}: {_WHICH.get(which) or words(which)}" if which and which != "promised" else called


def _which(variant: str) -> str:
    return ROUTES[Reason(variant)].words if variant in list(Reason) else words(variant)


GLOBALS: dict[str, Callable[..., Any]] = {"entry_label": entry, "message_label": message, "clock_label": clock}
