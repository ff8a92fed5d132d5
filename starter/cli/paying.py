"""`payments`: the book of payments, from the records. A company's finance reads it here, or with its own tools."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from starter.cli import completing, consulting
from starter.cli.place import Data, open_records, settle

if TYPE_CHECKING:
    from records import PaymentPage


def payments(
    case_id: Annotated[
        str | None,
        typer.Argument(metavar="[CASE]", help="Those of one case.", autocompletion=completing.case_ids),
    ] = None,
    customer: Annotated[str | None, typer.Option(help="Those to a customer, by id.")] = None,
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"], help="Booked since then; in local time.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 50,
    cursor: Annotated[str | None, typer.Option(help="`next` of the page before.")] = None,
    data: Data = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON object: items (payments), next.")] = False,
) -> None:
    """List what customers were granted and is to be paid, each payment once, oldest first. From the records."""
    if case_id is not None:
        consulting.refuse(case_id, "payments")
    settle(data)
    from starter.cli.printing import print_json

    with open_records() as records:
        page = records.list_payments(case_id, customer, since.astimezone() if since else None, limit, cursor)
    print_json(page) if as_json else print(_table(page))


def _table(page: PaymentPage) -> str:
    from starter.cli.printing import moment, table

    if not page.items:
        return "no payments"
    header = ("BOOKED", "STATE", "REFERENCE", "AMOUNT", "CUSTOMER", "WHAT", "CASE", "GRANTED BY")
    rows = [
        (
            moment(item.booked_at),
            item.state,
            item.reference,
            f"{item.amount:f} {item.currency}",
            item.customer_id,
            item.remedy,
            item.case_id,
            item.granted_by,
        )
        for item in page.items
    ]
    return table(header, rows) + (f"\nmore: --cursor {page.next}" if page.next else "")
