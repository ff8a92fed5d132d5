"""For backend services: typed client, intake formats, the `caseladder` CLI, the embedded stack.

Nothing here decides anything about a case, and nothing here imports the API or the worker: the stack starts those as
processes of their own. What a service needs is exported here, and loaded when first used: the CLI must answer at once.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cases.complaint import Attachment, Complaint, Customer
    from cases.events import Actor, Code, Refused
    from cases.view import CaseView, HandoffView
    from cases.words import Channel, Role
    from starter.client import Caseladder, ReferenceTaken
    from workflows.client import (
        CaseOver,
        CaseUnknown,
        HandoffOver,
        HandoffUnknown,
        NoWorker,
        Opened,
        Unreachable,
    )

__all__ = [
    "Actor",
    "Attachment",
    "CaseOver",
    "CaseUnknown",
    "CaseView",
    "Caseladder",
    "Channel",
    "Code",
    "Complaint",
    "Customer",
    "HandoffOver",
    "HandoffUnknown",
    "HandoffView",
    "NoWorker",
    "Opened",
    "ReferenceTaken",
    "Refused",
    "Role",
    "Unreachable",
]

_HOMES = {
    "cases.complaint": ("Attachment", "Complaint", "Customer"),
    "cases.events": ("Actor", "Code", "Refused"),
    "cases.view": ("CaseView", "HandoffView"),
    "cases.words": ("Channel", "Role"),
    "starter.client": ("Caseladder", "ReferenceTaken"),
    "workflows.client": (
        "CaseOver",
        "CaseUnknown",
        "HandoffOver",
        "HandoffUnknown",
        "NoWorker",
        "Opened",
        "Unreachable",
    ),
}


def __getattr__(name: str) -> Any:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(home), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
