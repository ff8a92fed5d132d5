"""Examples for the OpenAPI document: one complaint, and one body for each kind of event."""

from __future__ import annotations

from typing import Any

COMPLAINT: dict[str, Any] = {
    "source": "shop",
    "reference": "order-1042",
    "channel": "email",
    "product": "Credit card",
    "issue": "Charged twice",
    "text": "You charged my card twice for one order, and nobody has answered me for a week.",
    "remedy_sought": "The second charge back, and a word of apology",
    "received_at": "2026-03-02T08:15:00Z",
    "language": "en",
    "tier": "gold",
    "customer": {"id": "c-1881", "name": "Mary Poole", "contact": "mary@example.com", "zone": "Europe/London"},
}

PERSON: dict[str, Any] = {
    "name": "Ana Ruiz",
    "rung": "agent",
    "teams": ["cards"],
    "skills": ["chargebacks"],
    "languages": ["en", "es"],
    "authority": 5000,
    "capacity": 30,
    "shift": {"zone": "Europe/Madrid", "hours": {"mon": ["09:00-17:30"], "tue": ["09:00-17:30"]}},
}

CHANGE: dict[str, Any] = {"capacity": 10, "shift": "uk-office"}

AWAY: dict[str, Any] = {"from": "2026-12-24T08:00:00Z", "until": "2027-01-02T08:00:00Z"}

INBOUND: dict[str, Any] = {
    "source": "shop",
    "reference": "order-1042",
    "text": "It is order 1042, of 2 March. Here is the statement.",
    "channel": "email",
    "from": "mary@example.com",
    "attachments": [{"name": "statement.pdf", "type": "application/pdf", "url": "https://mail.example/a/8f2"}],
    "at": "2026-03-02T08:15:00Z",
}

EVENTS: tuple[dict[str, Any], ...] = (
    {"kind": "claim"},
    {"kind": "decline", "reason": "I know this customer privately"},
    {"kind": "assign", "to": {"person": "ana"}, "text": "She settled the earlier case"},
    {"kind": "owner_unavailable", "person": "ana", "until": "2026-03-16T08:00:00Z"},
    {"kind": "transfer", "to": {"team": "cards"}},
    {
        "kind": "reply",
        "text": "I am sorry. I have found both charges.",
        "asks": "Which card did you use, last four digits?",
    },
    {
        "kind": "reply",
        "text": "The shop has three weeks to answer, and has not done so yet.",
        "letter": "holding",
        "update_by": "2026-05-11T12:00:00Z",
    },
    {"kind": "hold"},
    {"kind": "unhold"},
    {"kind": "promise", "what": "callback", "by_when": "2026-03-03T15:00:00Z"},
    {"kind": "note", "text": "The second charge is from our retry job"},
    {"kind": "attempt", "text": "Reversed the second charge", "outcome": "The bank confirms it for tomorrow"},
    {"kind": "redirect", "text": "I can settle this with you today; may I try first?"},
    {"kind": "wait_for_customer"},
    {"kind": "resume"},
    {"kind": "escalate", "reason": "no_common_ground", "text": "Wants a compensation that I cannot grant"},
    {"kind": "warn", "text": "Please do not call my colleagues names.", "number": 1},
    {"kind": "report_threat", "text": "He says that he knows where our people park."},
    {"kind": "decide_safety", "decision": "police", "text": "Reported; the car park is watched."},
    {"kind": "end_contact", "text": "Called names again after the second warning; I have hung up."},
    {
        "kind": "restrict_contact",
        "how": "written_only",
        "review_at": "2026-06-02T12:00:00Z",
        "text": "Please write to us; we will answer within a day.",
    },
    {"kind": "de_escalate", "reason": "Settled on the telephone"},
    {"kind": "hand_off", "team": "billing", "question": "Was the second charge settled with the shop, and when?"},
    {"kind": "answer_back", "handoff_id": "shop-7kq2m4xw5a-1", "text": "The one of 2 March, at 14:05."},
    {"kind": "cancel_hand_off", "handoff_id": "shop-7kq2m4xw5a-1", "reason": "The shop has confirmed it itself"},
    {"kind": "accept"},
    {"kind": "ask_back", "text": "Which of the two charges is it?"},
    {"kind": "answer", "text": "It was settled on 3 March and can be returned."},
    {"kind": "decide_suggestion", "suggestion_id": "legal_step-1", "confirm": True, "text": "Their lawyer wrote too"},
    {"kind": "propose_remedy", "remedy": "refund", "amount": "49.90", "currency": "GBP", "text": "The second charge."},
    {"kind": "decide_remedy", "remedy_id": "r1", "approve": True},
    {"kind": "decide_remedy", "remedy_id": "r2", "approve": False, "reason": "The bank has paid it back already."},
    {"kind": "set_priority", "priority": "P1", "reason": "The card is still being charged"},
    {"kind": "recategorise", "product": "Mortgage", "team": "lending", "reason": "It is about the loan account"},
    {"kind": "correct", "reason": "A bank holiday was missing in the calendar"},
    {"kind": "resend", "message_id": "shop-7kq2m4xw5a:12", "reason": "The gateway lost it"},
    {"kind": "give_up", "message_id": "shop-7kq2m4xw5a:12", "reason": "There is no such address"},
    {"kind": "resolve", "text": "The second charge was returned on 3 March.", "warranted": True},
    {"kind": "reopen", "text": "The charge is back"},
    {"kind": "close", "reason": "The same complaint came by letter", "duplicate_of": "shop-7kq2m4xw5a"},
    {"kind": "message", "text": "Any news?", "channel": "email"},
    {"kind": "ask_for_manager", "text": "Let me speak to your manager"},
    {"kind": "choose_contact", "when": "2026-03-03T15:00:00Z"},
    {"kind": "change_channel", "channel": "phone"},
    {"kind": "accept_resolution", "score": 5, "comment": "Thank you"},
    {"kind": "reject_resolution", "reason": "Only one of the two charges came back"},
    {"kind": "ask_review", "text": "I raised my voice once, and have said that I am sorry"},
    {"kind": "withdraw", "reason": "The bank has solved it"},
)

ERASURE: dict[str, Any] = {
    "customer_id": "c-1881",
    "requested_at": "2026-03-09T10:00:00Z",
    "done": False,
    "known": True,
    "erased": [{"case_id": "shop-7kq2m4xw5a", "entries": 12, "messages": 9, "handoffs": 1, "runs": 2}],
    "payments": 0,
    "kept": [
        {
            "what": "payment",
            "id": "CL-7Q2M4XW5A3JK",
            "until": "2033-03-03T12:00:00Z",
            "because": "Finance Act 1998, Sch. 18, para. 21: six years from the end of the accounting period",
        }
    ],
    "waiting": [
        {"case_id": "shop-3jb5x7q2ab", "why": "it is open, and keeps its text until it is archived"},
    ],
}
"""What comes of an erasure that is not done yet."""
