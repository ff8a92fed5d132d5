"""`list`: cases from the records, by deadline; with `--handoffs` the questions to specialists."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cases.words import HandoffStatus, Status
from starter.cli import consulting
from starter.cli.filtering import (
    Breached,
    Customer,
    DueBefore,
    OfferedTo,
    OfPriority,
    OfRung,
    Owner,
    StatusWords,
    Team,
    Waiting,
    Words,
    filters,
    for_cases_only,
    statuses,
    warn_of_unknown_names,
)
from starter.cli.place import Data, open_records, settle


def list_cases(
    status: StatusWords = None,
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
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 50,
    cursor: Annotated[str | None, typer.Option(help="`next` of the page before.")] = None,
    handoffs: Annotated[
        bool,
        typer.Option(
            "--handoffs",
            help="Hand-offs instead: those that are not over, or of a --status; takes --team and --offered-to too.",
        ),
    ] = False,
    data: Data = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print a JSON object: items (cases, or hand-offs), next.")
    ] = False,
) -> None:
    """List cases, what is due first at the top. From the records (CASELADDER_DATABASE_URL): it may lag by a second."""
    said = {
        "rung": rung,
        "owner": owner,
        "waiting_on": waiting_on,
        "priority": priority,
        "customer": customer,
        "breached": breached,
        "text": text,
    }
    if handoffs:
        for_cases_only({**said, "due_before": due_before})
        asked = consulting.narrowed(statuses(status, HandoffStatus), team, offered_to)
        settle(data)
        with open_records() as records:
            consulting.listed(records, asked, limit, cursor, as_json)
        return
    from starter.cli.printing import print_json

    narrowed = filters(statuses(status, Status), due_before, team=team, offered_to=offered_to, **said)
    settle(data)
    with open_records() as records:
        page = records.list_cases(narrowed, limit, cursor)
        if not page.items:
            warn_of_unknown_names(records, narrowed)
    if as_json:
        print_json(page)
    else:
        print(_listed(page))


def _listed(page: Any) -> str:
    from starter.cli.printing import moment, named, table

    if not page.items:
        return "no cases"
    header = ("CASE", "STATUS", "RUNG", "PRIO", "OWNER", "WAITING ON", "DUE", "PRODUCT")
    rows = [
        (
            view.case_id,
            view.status,
            view.rung,
            view.priority,
            named(view.owner),
            view.waiting_on,
            moment(view.next_due) + ("!" if view.breached else ""),
            view.product,
        )
        for view in page.items
    ]
    more = f"\nmore: --cursor {page.next}" if page.next else ""
    return table(header, rows) + more
