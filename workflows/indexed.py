"""What operators can filter cases by: the names and types that a Temporal namespace must know. Loads no SDK."""

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
