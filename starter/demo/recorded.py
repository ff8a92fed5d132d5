"""What the records say of the cases, read with plain SQL and not through our own `records`."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class CaseRow:
    """The row of a case."""

    case_id: str
    source: str
    reference: str
    version: int
    status: str
    closed_as: str | None


@dataclass(frozen=True, slots=True)
class EntryRow:
    """The row of a timeline entry."""

    case_id: str
    n: int
    kind: str
    text: str
    event_id: str | None
    data: Mapping[str, Any]

    @property
    def reason(self) -> str:
        """Why, where the entry says so."""
        return str(self.data.get("reason", ""))


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """The row of a message to the customer, or of an alert to staff."""

    effect_id: str
    case_id: str
    kind: str
    template: str
    params: str
    created_at: str


@dataclass(frozen=True, slots=True)
class HandoffRow:
    """The row of a hand-off. `person` is whom it is offered to, or who has accepted it."""

    handoff_id: str
    case_id: str
    status: str
    person: str | None
    answer: str | None


@dataclass(frozen=True, slots=True)
class Recorded:
    """All four tables; entries by case and number."""

    cases: tuple[CaseRow, ...] = ()
    entries: tuple[EntryRow, ...] = ()
    outbox: tuple[OutboxRow, ...] = ()
    handoffs: tuple[HandoffRow, ...] = ()


def read(database: Path) -> Recorded:
    """Everything that the database has about cases."""
    with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as records:
        cases = records.execute("SELECT case_id, source, reference, version, status, closed_as FROM cases")
        case_rows = tuple(CaseRow(*row) for row in cases)
        entries = records.execute("SELECT case_id, n, kind, text, event_id, data FROM timeline ORDER BY case_id, n")
        entry_rows = tuple(
            EntryRow(case_id, n, kind, text, event_id, json.loads(data))
            for case_id, n, kind, text, event_id, data in entries
        )
        outbox = records.execute(
            "SELECT effect_id, case_id, kind, template, params, created_at FROM outbox ORDER BY case_id, n"
        )
        handoffs = records.execute("SELECT handoff_id, case_id, status, person, answer FROM handoffs")
        return Recorded(
            case_rows,
            entry_rows,
            tuple(OutboxRow(*row) for row in outbox),
            tuple(HandoffRow(*row) for row in handoffs),
        )
