"""`destinations`: where deliveries go, how much waits for each, and taking one away for good. From the records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from starter.cli.place import Data, open_records, settle

if TYPE_CHECKING:
    from records import KnownDestination


def destinations(
    forget: Annotated[
        str | None, typer.Option("--forget", metavar="NAME", help="Nothing new is to go there any more.")
    ] = None,
    data: Data = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON object: destinations.")] = False,
) -> None:
    """List where deliveries go, and how much waits for each.

    A worker that starts with a destination makes it known to all. To take one away for good: start every worker without
    its variables, `--forget` it, and give up what still waits for it (`caseladder messages CASE --give-up`).
    """
    settle(data)
    from starter.cli.printing import print_json

    with open_records() as records:
        if forget and not records.forget_destination(forget):
            known = ", ".join(records.destinations()) or "none"
            raise typer.BadParameter(f"{forget} is not known; known are: {known}", param_hint="--forget")
        found = records.list_destinations()
    if as_json:
        print_json({"destinations": [each.model_dump(mode="json") for each in found]})
    else:
        print(_shown(found))


def _shown(found: Sequence[KnownDestination]) -> str:
    from starter.cli.printing import moment, table

    if not found:
        return "no destinations: no worker was ever started with one"
    rows = [
        (each.name, each.source or "", moment(each.known_at) if each.known_at else "taken away", str(each.waiting))
        for each in found
    ]
    return table(("DESTINATION", "SOURCE", "SINCE", "WAITING"), rows)
