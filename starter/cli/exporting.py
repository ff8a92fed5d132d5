"""`export`: cases with all that is known of them, from the records; also of one customer, who may ask for it by law."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from cases.words import HandoffStatus
from starter.cli.boundary import Failure
from starter.cli.filtering import (
    Breached,
    Customer,
    DueBefore,
    OfferedTo,
    OfPriority,
    OfRung,
    Owner,
    Statuses,
    Team,
    Waiting,
    Words,
    filters,
)
from starter.cli.place import Data, open_records, settle

if TYPE_CHECKING:
    from cases.complaint import Complaint
    from cases.view import CaseView
    from records import Records

_PAGE = 1000

_COLUMNS = (
    *("case_id", "source", "status", "rung", "priority", "tier", "team", "channel", "product", "issue"),
    *("received_at", "opened_at", "closed_at", "closed_as", "escalations", "reopened", "breached", "policy"),
)
"""The figures of a case, one line each: what a spreadsheet counts, and nothing that anybody said."""


def export(
    status: Statuses = None,
    rung: OfRung = None,
    team: Team = None,
    owner: Owner = None,
    offered_to: OfferedTo = None,
    waiting_on: Waiting = None,
    priority: OfPriority = None,
    customer: Customer = None,
    due_before: DueBefore = None,
    breached: Breached = None,
    text: Words = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="A new file, instead of the terminal.")] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Figures only, a line for each case.")] = False,
    data: Data = None,
    as_json: Annotated[
        bool,
        typer.Option("--json", help="The default: a line of JSON for each case, with timeline, messages and the rest."),
    ] = False,
) -> None:
    """Export cases from the records, as JSON lines: complaint, view, timeline, messages, hand-offs, payments.

    With --customer it is all that is known of them, as they may ask for: notes and conduct among it. Read it before
    you send it; it may speak of others.
    """
    if as_csv and as_json:
        raise Failure("give --csv or --json, not both.")
    asked = filters(
        status,
        due_before,
        rung=rung,
        team=team,
        owner=owner,
        offered_to=offered_to,
        waiting_on=waiting_on,
        priority=priority,
        customer=customer,
        breached=breached,
        text=text,
    )
    settle(data)
    with open_records() as records:
        found = records.every_case(asked)
        write = _write_csv if as_csv else _write_json
        if output is None:
            count = write(records, found, sys.stdout)
        else:
            # Not over a file that is there, and for nobody else to read.
            output.touch(mode=0o600, exist_ok=False)
            with output.open("w", encoding="utf-8", newline="") as file:
                count = write(records, found, file)
    sys.stderr.write(f"{count} cases\n")


_Found = Iterator[tuple["CaseView", "Complaint | None"]]


def _write_json(records: Records, found: _Found, file: TextIO) -> int:
    count = 0
    for view, complaint in found:
        file.write(json.dumps(_whole(records, view, complaint), ensure_ascii=False) + "\n")
        count += 1
    return count


def _write_csv(_records: Records, found: _Found, file: TextIO) -> int:
    rows = csv.writer(file)
    rows.writerow(_COLUMNS)
    count = 0
    for view, _ in found:
        fields = view.model_dump(mode="json")
        rows.writerow([_safe(fields[name]) for name in _COLUMNS])
        count += 1
    return count


def _safe(value: Any) -> Any:
    """As it is, but for text that a spreadsheet would take for a formula: sources write product and issue."""
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value


def _whole(records: Records, view: CaseView, complaint: Complaint | None) -> dict[str, Any]:
    from records import HandoffFilters

    case_id = view.case_id
    handoffs = records.list_handoffs(HandoffFilters(case_id=case_id, status=tuple(HandoffStatus)), _PAGE).items
    return {
        "case": view.model_dump(mode="json"),
        "complaint": complaint.model_dump(mode="json") if complaint else None,
        "timeline": [entry.model_dump(mode="json") for entry in _entries(records, case_id)],
        "messages": [sent.model_dump(mode="json") for sent in records.outbox(case_id)],
        "handoffs": [handoff.model_dump(mode="json") for handoff in handoffs],
        "payments": [payment.model_dump(mode="json") for payment in records.list_payments(case_id, limit=_PAGE).items],
    }


def _entries(records: Records, case_id: str) -> Iterator[Any]:
    last = 0
    while entries := records.entries(case_id, last, _PAGE):
        yield from entries
        last = entries[-1].n
