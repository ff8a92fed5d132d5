"""The words of what the first rung does beside answering: what each deed of a story is, as the API wants it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from cases.view import CaseView
from cases.words import Priority

_CALLED_WITHIN = timedelta(seconds=10)
_HEARS_WITHIN = timedelta(seconds=20)

TRIED = {"text": "Called them", "outcome": "they have heard what is being done"}

_TEAMS = ("cards", "general")


def _promise(view: CaseView) -> dict[str, Any]:
    return {"what": "callback", "by_when": (view.now + _CALLED_WITHIN).isoformat()}


def _update(view: CaseView) -> dict[str, Any]:
    return {"text": "I have asked the merchant.", "update_by": (view.now + _HEARS_WITHIN).isoformat()}


def _priority(view: CaseView) -> dict[str, Any]:
    other = Priority.P1 if view.priority is Priority.P2 else Priority.P2
    return {"priority": other.value, "reason": "Their rent depends on it"}


def _category(view: CaseView) -> dict[str, Any]:
    team = next(team for team in _TEAMS if team != view.team)
    return {"team": team, "issue": "Looked at more closely", "reason": "It is about something else than it says"}


_DEEDS: dict[str, dict[str, Any] | Callable[[CaseView], dict[str, Any]]] = {
    "hold": {},
    "unhold": {},
    "note": {"text": "They are calm, and want it in writing."},
    "attempt": TRIED,
    "promise": _promise,
    "reply": _update,
    "set_priority": _priority,
    "recategorise": _category,
    "warn": {"text": "I want to help you, and cannot while you call me names."},
    "end_contact": {"text": "Called names again after the second warning"},
    "report_threat": {"text": "They say that they will wait for us at the door."},
}

KINDS = frozenset(_DEEDS)


def deed(kind: str, view: CaseView) -> dict[str, Any]:
    """The action of that kind, for the case as it is now."""
    fields = _DEEDS[kind]
    return {"kind": kind, **(fields(view) if callable(fields) else fields)}
