"""`list`: cases from the records, by deadline."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer

from cases.words import Priority, Rung, Status, WaitingOn
from starter.cli.place import Data, open_records, settle


def list_cases(
    status: Annotated[list[Status] | None, typer.Option(help="May be given several times.")] = None,
    rung: Annotated[Rung | None, typer.Option()] = None,
    team: Annotated[str | None, typer.Option()] = None,
    owner: Annotated[str | None, typer.Option(help="A person's id, or queue:TEAM.")] = None,
    offered_to: Annotated[str | None, typer.Option(help="A person's id, or queue:TEAM.")] = None,
    waiting_on: Annotated[WaitingOn | None, typer.Option()] = None,
    priority: Annotated[Priority | None, typer.Option()] = None,
    customer: Annotated[str | None, typer.Option(help="The customer's id.")] = None,
    due_before: Annotated[datetime | None, typer.Option(help="With a deadline before this; in local time.")] = None,
    breached: Annotated[bool | None, typer.Option("--breached/--not-breached", help="Past a deadline.")] = None,
    text: Annotated[str | None, typer.Option(help="Words in the complaint.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 50,
    cursor: Annotated[str | None, typer.Option(help="`next` of the page before.")] = None,
    data: Data = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON object: items, next.")] = False,
) -> None:
    """List cases, what is due first at the top. From the records (CASELADDER_DATABASE_URL): it may lag by a second."""
    settle(data)
    found_in = open_records()
    from records import Filters
    from starter.cli.printing import print_json

    filters = Filters(
        status=tuple(status or ()),
        rung=rung,
        team=team,
        owner=owner,
        offered_to=offered_to,
        waiting_on=waiting_on,
        priority=priority,
        customer=customer,
        due_before=due_before.astimezone() if due_before else None,
        breached=breached,
        text=text,
    )
    with found_in as records:
        page = records.list_cases(filters, limit, cursor)
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
