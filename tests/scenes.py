"""Scenes: deeds that make sense one after another, written short, for random lives and for the corpus of histories."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cases.words import Reason
from tests.steps import Answer, Consult, Do, Step, Wait

SENSIBLE: dict[str, dict[str, Any]] = {
    "message": {"by": "c-1", "text": "Anything new?"},
    "ask_for_manager": {"by": "c-1"},
    "accept_resolution": {"by": "c-1"},
    "reject_resolution": {"by": "c-1", "reason": "Not what I asked for."},
    "withdraw": {"by": "c-1"},
    "claim": {"by": "@offered"},
    "step_in": {"kind": "claim", "by": "eva"},
    "decline": {"by": "@offered", "reason": "not my field"},
    "owner_unavailable": {"by": "olga", "person": "@owner"},
    "transfer": {"by": "@owner", "to": {"team": "cards"}},
    "reply": {"by": "@owner", "text": "We look into it.", "asks": "Which order?"},
    "attempt": {"by": "@owner", "text": "Called the bank.", "outcome": "no answer"},
    "redirect": {"by": "@owner", "text": "I can do that for you."},
    "wait_for_customer": {"by": "@owner"},
    "resume": {"by": "@owner"},
    "escalate": {"by": "@owner", "reason": Reason.IRATE.value},
    "de_escalate": {"by": "eva", "reason": "yours to solve"},
    "angry": {"kind": "message", "by": "c-1", "text": "I will hurt you. You idiots! I want to speak to a manager."},
    "lawyer": {"kind": "message", "by": "c-1", "text": "I have called five times, and lost my job. I see my lawyer."},
    "manager_wanted": {
        "kind": "decide_suggestion",
        "by": "@owner",
        "suggestion_id": "asks_for_manager-1",
        "confirm": True,
    },
    "is_threat": {"kind": "decide_suggestion", "by": "@owner", "suggestion_id": "threat-2", "confirm": True},
    "no_threat": {"kind": "decide_suggestion", "by": "@owner", "suggestion_id": "threat-2", "confirm": False},
    "attention": {"kind": "escalate", "by": "@owner", "reason": Reason.NEEDS_ATTENTION.value},
    "set_priority": {"by": "@owner", "priority": "P1", "reason": "Money is being lost."},
    "recategorise": {"by": "@owner", "product": "Home loan", "reason": "It is about the loan."},
    "correct": {"by": "olga", "reason": "A holiday was missing."},
    "resend": {"by": "olga", "message_number": 2, "reason": "It never came."},
    "give_up": {"by": "olga", "message_number": 2, "reason": "There is no such address."},
    "resolve": {"by": "@owner", "text": "You have your money back."},
    "resolve_anyway": {"kind": "resolve", "by": "@owner", "text": "Done.", "despite": "nothing depends on it"},
    "learn": {"kind": "resolve", "by": "@owner", "text": "Done.", "warranted": True, "lesson": "Refund at once."},
    "hand_off": {"by": "@owner", "team": "cards", "question": "Was it a hold?"},
    "answer_back": {"by": "@owner", "handoff": 0, "text": "It is order 1042."},
    "cancel_hand_off": {"by": "@owner", "handoff": 0, "reason": "found it"},
    "propose_remedy": {"by": "@owner", "remedy": "refund", "amount": "49.90", "currency": "GBP"},
    "propose_more": {
        "kind": "propose_remedy",
        "by": "@owner",
        "remedy": "credit",
        "amount": "300",
        "currency": "GBP",
        "text": "For a month without a card.",
    },
    "propose_apology": {"kind": "propose_remedy", "by": "@owner", "remedy": "apology", "text": "We are sorry."},
    "decide_remedy": {"by": "@approver", "remedy_number": 0, "approve": True},
    "reject_remedy": {
        "kind": "decide_remedy",
        "by": "@approver",
        "remedy_number": 0,
        "approve": False,
        "reason": "It was put right within the day.",
    },
    "reopen": {"by": "@owner"},
    "close": {"by": "max", "reason": "settled in court"},
    "hold": {"by": "@owner"},
    "unhold": {"by": "@owner"},
    "by_phone": {"kind": "change_channel", "by": "c-1", "channel": "phone"},
    "by_letter": {"kind": "change_channel", "by": "c-1", "channel": "letter"},
    "promise": {"by": "@owner", "what": "callback", "in_s": 7200},
    "promise_update": {"kind": "promise", "by": "@owner", "what": "update", "in_s": 7200},
    "choose_contact": {"by": "c-1", "when": "now"},
    "warn": {"by": "@owner", "text": "Please do not shout."},
    "cover": {"kind": "assign", "by": "sue", "to": {"team": "cards"}, "reason": Reason.OWNER_UNAVAILABLE.value},
    "abuse": {"kind": "escalate", "by": "@owner", "reason": Reason.ABUSE.value},
    "end_contact": {"by": "@owner", "text": "They went on shouting."},
    "report_threat": {"by": "@owner", "text": "They know where we live."},
    "decide_safety": {"by": "max", "decision": "police", "text": "Reported on the phone."},
    "decide_end": {"kind": "decide_safety", "by": "max", "decision": "end", "text": "Nobody has to bear that."},
    "restrict_contact": {
        "by": "max",
        "how": "written_only",
        "review_in_s": 260_000,
        "text": "Please write to us.",
    },
    "lift": {"kind": "restrict_contact", "by": "max", "how": "unrestricted", "text": "Call us again."},
    "ask_review": {"by": "c-1", "text": "I raised my voice once."},
    "acknowledgement": {"kind": "reply", "by": "@owner", "text": "We have it.", "letter": "acknowledgement"},
    "holding": {"kind": "reply", "by": "@owner", "text": "The bank is slow.", "letter": "holding"},
    "final_response": {"kind": "reply", "by": "@owner", "text": "You are right.", "letter": "final_response"},
    "summary_resolution": {"kind": "reply", "by": "@owner", "text": "Settled.", "letter": "summary_resolution"},
}
CONSULTED: dict[str, dict[str, Any]] = {
    "accept": {},
    "decline": {"reason": "on holiday"},
    "answer": {"text": "The second charge was a hold."},
    "ask_back": {"text": "Which order?"},
}
_ASKED = ("hand_off", "?", "?", "?")
SCENES: tuple[tuple[str | int, ...], ...] = (
    ("claim",),
    ("claim", "attempt", "escalate"),
    ("attempt", "escalate", "claim"),
    ("claim", "reply", "wait_for_customer"),
    ("reply", "wait_for_customer", "message"),
    ("reply", "wait_for_customer", "resume"),
    ("ask_for_manager", "redirect", "ask_for_manager"),
    ("claim", "transfer", "decline"),
    ("claim", "de_escalate"),
    ("resolve", "message", "reply"),
    ("resolve", "reject_resolution", "claim"),
    ("resolve", "accept_resolution", "message"),
    ("close", "reopen", "close", "reopen"),
    ("ask_for_manager", 1800, "claim"),
    ("claim", "resolve", 345_600, 345_600, 1_300_000),
    ("close", 1_300_000, "message"),
    ("claim", *_ASKED, ">accept", ">answer", "?", "?", "resolve"),
    ("claim", *_ASKED, ">accept", ">ask_back", "?", "?", "?", "?", "answer_back", "?", "?", ">answer", "?", "?"),
    ("claim", "?", "?", "reply", *_ASKED, ">accept", "?", "?", ">ask_back", "?", "?", "answer_back", ">answer", "?"),
    ("claim", *_ASKED, ">decline", "?", "?", ">accept", "?", 20_000, "?", 20_000, "?", "?"),
    ("claim", *_ASKED, 7201, "?", "?", 7201, "?", "?", 7201, "?", "?", "?", "?", "?"),
    ("claim", *_ASKED, 7201, "-", "-", "-", 7201, "-", "-", "-"),
    ("claim", *_ASKED, ">accept", "?", "cancel_hand_off", "?"),
    ("claim", *_ASKED, "hand_off", "close"),
    ("claim", "promise", "promise_update", 7201, "attempt", "reply"),
    ("by_phone", "choose_contact", "claim", "attempt", "choose_contact", 7201),
    ("claim", "reply", "wait_for_customer", 200_000, "message"),
    ("claim", "reply", "wait_for_customer", 600_000, "message"),
    ("claim", "acknowledgement", "holding", 1_300_000, 1_300_000, "final_response"),
    ("claim", "resolve", "accept_resolution", "summary_resolution", 1_300_000),
    ("claim", "close", 1_300_000, 1_300_000, "final_response"),
    ("claim", *_ASKED, 260_000, "?", "?", 260_000, "?", "?", 260_000, "?", "?", "?", "?", "?"),
    ("claim", "angry", "manager_wanted", "no_threat", "redirect", "angry"),
    ("claim", "lawyer", "attention", "?", "claim", "learn", "reject_resolution"),
    ("claim", "set_priority", 7200, "resolve"),
    ("claim", "recategorise", "?", "?", "claim", "reply"),
    ("claim", 20_000, "correct", "?", 86_400, "reply", "resolve"),
    ("reply", "wait_for_customer", "correct", "?", 86_400, "message"),
    ("claim", "give_up", "close", "resend"),
    ("claim", "attempt", "escalate", "reject_resolution", "ask_for_manager", 1800, "ask_for_manager"),
    ("claim", "attempt", "escalate", "de_escalate"),
    ("claim", "resolve", "ask_for_manager", 1801, "claim"),
    ("claim", "cover", "?", "claim", "reply"),
    ("claim", "reply", "owner_unavailable", "?", "claim", "reply"),
    ("claim", "warn", "warn", "abuse", "?", "claim", "reply"),
    ("claim", "warn", "warn", "end_contact", "message", "claim", "end_contact"),
    ("claim", "report_threat", "?", "claim", "decide_safety", "resolve", "accept_resolution"),
    ("resolve", "report_threat", "decide_end", "report_threat", "reopen", "decide_safety"),
    ("by_phone", "claim", "choose_contact", "restrict_contact", "ask_review", 300_000, "restrict_contact", "lift"),
    ("claim", "restrict_contact", "close", 86_400, "message", 300_000, "ask_review", "lift"),
    ("by_phone", "claim", "hold", 400, "unhold", "hold", 400, "claim", "hold", "message"),
    ("by_phone", "claim", "hold", "unhold", "hold", "unhold", "hold", "?", "claim", "unhold", "resolve"),
    ("claim", "by_phone", "hold", "by_letter", "reply", "wait_for_customer", "by_phone", 20_000, "message"),
    ("claim", 15_000, "?", "claim", 15_000, "resolve"),
    ("claim", "propose_remedy", "?", "propose_apology", "resolve"),
    ("claim", "propose_more", "decide_remedy", "?", "resolve"),
    ("claim", "propose_more", "reject_remedy", "propose_more", 14_401, 14_401, "decide_remedy", "-"),
    ("claim", "propose_more", "close", 1_300_000, "decide_remedy", "?"),
    ("claim", "angry", "is_threat", 3601, "decide_safety"),
    ("claim", "attempt", "escalate", "warn", "warn", "abuse", "?", "claim", "report_threat", "decide_safety"),
    ("claim", "propose_remedy", "withdraw", "-", 1_300_000),
    ("claim", "propose_more", "resolve_anyway", "accept_resolution", "reject_remedy"),
    ("step_in", "resolve", "reject_resolution", 20_000, "reply"),
)
"""Deeds that make sense one after another; a number is seconds that pass between, `>` is before a specialist's deed.

`?` is where an errand is answered or a report heard, in worlds that do not do so by themselves; `-` is the same where
the directory finds nobody.
"""


def steps(scene: Sequence[str | int]) -> list[Step]:
    """A scene, spelled out."""
    return [step for it in scene for step in _step(it)]


def _step(it: str | int) -> list[Step]:
    if isinstance(it, int):
        return [Wait(it)]
    if it in ("?", "-"):
        return [Answer(found=it == "?")]
    if it.startswith(">"):
        return [Consult({"kind": it[1:], "by": "@specialist", **CONSULTED[it[1:]]})]
    return [Do({"kind": it, **SENSIBLE[it]})]
