"""The names by which Temporal knows cases: workflow ids, and what operators can filter by. Loads no SDK."""

from __future__ import annotations

from typing import Final

KEYWORDS: Final = (
    "CaseStatus",
    "CaseRung",
    "CasePriority",
    "CaseTeam",
    "CaseOwner",
    "CaseChannel",
    "CaseWaitingOn",
    "CaseProduct",
    "CaseTier",
)
DUE_AT: Final = "CaseDueAt"
BREACHED: Final = "CaseBreached"

SEARCH_ATTRIBUTES: Final = {**dict.fromkeys(KEYWORDS, "Keyword"), DUE_AT: "Datetime", BREACHED: "Bool"}
"""Name and type of each. SQL visibility allows 10 Keyword attributes and 3 of each other type in a namespace."""


def case_workflow_id(case_id: str) -> str:
    """`case-<case id>`."""
    return f"case-{case_id}"


def delivery_queue(destination: str) -> str:
    """The task queue of what is delivered there."""
    return f"caseladder-{destination}"


def handoff_workflow_id(handoff_id: str) -> str:
    """`handoff-<case id>-<n>`."""
    return f"handoff-{handoff_id}"


def digest_workflow_id(team: str, rung: str) -> str:
    """`digest-<team>-<rung>`."""
    return f"digest-{team}-{rung}"
