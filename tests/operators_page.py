"""Writes the made parts of docs/operators.md: `python -m tests.operators_page`, or `make docs`.

The saved views are those that the command prints; the fields of an event are its model's, and its JSON is the example
of the API's own page, with somebody who may send it. What stands outside the marks is written by hand and stays.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

from api.examples import EVENTS
from cases import answering, authority, guards, relieving
from cases.actions import Action
from cases.events import Event
from cases.requests import Request
from cases.specialists import SpecialistAction
from cases.table import CUSTOMER_KINDS, TABLE
from starter.cli import saved
from tests.escalation_page import DOCS, made, said, table

PAGE: Path = DOCS / "operators.md"
UI = "http://localhost:8233"
_ENVELOPE = set(Event.model_fields)

_SHOP = {"id": "shop", "role": "service"}
_ANA = {"id": "ana", "role": "agent", "rung": "agent", "teams": ["cards"]}
_MARA = {"id": "mara", "role": "agent", "rung": "supervisor", "teams": ["cards"]}
_QUINN = {"id": "quinn", "role": "agent", "rung": "manager", "teams": ["cards"]}
_BEA = {"id": "bea", "role": "agent", "rung": "supervisor", "teams": ["billing"]}
_OPERATOR = {"id": "YOUR-ID", "role": "operator"}
_SENDERS: dict[Callable[..., None] | None, dict[str, Any]] = {
    guards.operator: _OPERATOR,
    relieving.directory: _OPERATOR,
    guards.supervisor: _MARA,
    guards.manager: _QUINN,
    authority.decider: _QUINN,
}


def views() -> str:
    """The saved views that hold at any time, with links to the Web UI of `make run`."""
    holding = [view for view in saved.views(datetime.now(UTC)) if not view.name.startswith(saved.DUE)]
    rows = [(f"[{v.name}]({saved.link(UI, 'default', v)})", v.shows, f"`{v.query}`") for v in holding]
    return table(("view", "shows", "query"), rows)


def requests() -> str:
    """What customers ask."""
    return _events(kind for kind in TABLE if kind in CUSTOMER_KINDS)


def actions() -> str:
    """What people do."""
    return _events(kind for kind, row in TABLE.items() if row.who and kind not in CUSTOMER_KINDS)


def answers() -> str:
    """What specialists do."""
    return _events(kind for kind, row in answering.TABLE.items() if row.who)


def _events(kinds: Iterator[str]) -> str:
    rows = [(f"`{kind}`", _does(kind), _fields(kind), f"`{json.dumps(event(kind))}`") for kind in kinds]
    return table(("kind", "what it does", "takes", "JSON"), rows)


def _does(kind: str) -> str:
    return said((TABLE.get(kind) or answering.TABLE[kind]).does)


def _fields(kind: str) -> str:
    own = {name: field for name, field in MODELS[kind].model_fields.items() if name not in _ENVELOPE}
    return ", ".join(f"`{name}`" if field.is_required() else f"`{name}?`" for name, field in own.items()) or "-"


def event(kind: str) -> dict[str, Any]:
    """An event of that kind as it is pasted: by somebody who might send it, and without an id."""
    example = next(each for each in EVENTS if each["kind"] == kind)
    return {"kind": kind, "by": _sender(kind), **{name: it for name, it in example.items() if name != "kind"}}


def _sender(kind: str) -> dict[str, Any]:
    if kind in CUSTOMER_KINDS:
        return _SHOP
    if kind not in TABLE:
        return _BEA
    return _SENDERS.get(TABLE[kind].who, _ANA)


def _models() -> dict[str, type[Event]]:
    unions = (Request, Action, SpecialistAction)
    members = (member for union in unions for member in get_args(get_args(union)[0]))
    return {get_args(member.model_fields["kind"].annotation)[0]: member for member in members}


MODELS = _models()
"""By the kind of event."""

PARTS: dict[str, Callable[[], str]] = {
    "views": views,
    "requests": requests,
    "actions": actions,
    "answers": answers,
}


if __name__ == "__main__":
    PAGE.write_text(made(PAGE.read_text(encoding="utf-8"), PARTS, PAGE), encoding="utf-8")
