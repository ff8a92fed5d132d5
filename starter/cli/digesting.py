"""`digest`: which alerts wait to be paged, which were, and paging now. From the records; a worker sends the pages."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from starter.cli import completing
from starter.cli.place import Data, open_records, settle

if TYPE_CHECKING:
    from records import SentPage, WaitingGroup


def digest(
    flush: Annotated[bool, typer.Option("--flush", help="Page what waits now, without gathering more.")] = False,
    team: Annotated[str | None, typer.Option(help="That team's alerts only.", autocompletion=completing.teams)] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many pages, newest first.")] = 20,
    data: Data = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print a JSON object: waiting (groups), pages, called (groups).")
    ] = False,
) -> None:
    """List the alerts that wait to be paged, by team and rung, and the last pages.

    Alerts are paged where a worker has CASELADDER_ALERTS, an Apprise configuration file. Without, they are in the
    outbox only, and nothing waits here.
    """
    settle(data)
    from starter.cli.printing import print_json

    with open_records() as records:
        waiting = [group for group in records.waiting_groups() if team in (None, group.team)]
        pages = [page for page in records.sent_pages(limit) if team in (None, page.team)]
    called = asyncio.run(_called(waiting)) if flush and waiting else []
    if as_json:
        print_json(
            {
                "waiting": [group.model_dump(mode="json") for group in waiting],
                "pages": [page.model_dump(mode="json") for page in pages],
                "called": called,
            }
        )
    else:
        print("\n\n".join((_waiting(waiting, called), _pages(pages))))


async def _called(waiting: Sequence[WaitingGroup]) -> list[str]:
    """Tells the digest of each group to page at once; the groups."""
    from cases.paging import Gathering, Group
    from workflows.calling import call_digest
    from workflows.client import connect

    client = await connect()
    for each in waiting:
        await call_digest(client, Gathering(group=Group(team=each.team, rung=each.rung)), urgent=True)
    return [f"{each.team}:{each.rung}" for each in waiting]


def _waiting(groups: Sequence[WaitingGroup], called: Sequence[str]) -> str:
    from starter.cli.printing import moment, table

    if not groups:
        return "no alerts wait to be paged"
    header = ("WAITING", "TEAM", "RUNG", "SINCE", "")
    rows = [
        (
            str(it.alerts),
            it.team,
            it.rung.value,
            moment(it.since),
            "is paged now" if f"{it.team}:{it.rung}" in called else "urgent" if it.urgent else "",
        )
        for it in groups
    ]
    return table(header, rows)


def _pages(pages: Sequence[SentPage]) -> str:
    from starter.cli.printing import moment, table

    if not pages:
        return "no pages"
    header = ("PAGED", "ALERTS", "TEAM", "RUNG", "SINCE", "PAGE")
    rows = [
        (moment(it.paged_at), str(it.alerts), it.team, it.rung.value, moment(it.since), it.page_id[:8]) for it in pages
    ]
    return table(header, rows)
