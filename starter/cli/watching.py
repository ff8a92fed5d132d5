"""`watch`: a case, or the open ones, as they change, with the time that is left."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from starter.cli import completing, consulting
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
    warn_of_unknown_names,
)
from starter.cli.place import Data, open_records, settle

if TYPE_CHECKING:
    from records import Filters
    from starter.cli.looking import Change, Look
    from starter.cli.screens import Screen


def watch(
    case_id: Annotated[
        str | None,
        typer.Argument(
            metavar="CASE", help="A case id; without one, all open cases.", autocompletion=completing.case_ids
        ),
    ] = None,
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
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Watch only that many cases.")] = 50,
    interval: Annotated[float, typer.Option(min=0.2, max=3600, help="Seconds between two looks.")] = 1.0,
    once: Annotated[bool, typer.Option("--once", help="Look once, and end.")] = False,
    data: Data = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print a JSON object a line: change, at, case_id, case, timeline.")
    ] = False,
) -> None:
    """Watch a case until it is archived, or the open cases until Ctrl-C: what is due, and what happens.

    On a terminal the countdowns run; elsewhere each change is a line. Late cases come first, then what is due next.
    One case is asked of its workflow: each look is a query, which Temporal Cloud bills as an action. All cases
    are looked up in the records. Whoever does not answer is asked again until they do.
    """
    narrowed = {
        "rung": rung,
        "team": team,
        "owner": owner,
        "offered_to": offered_to,
        "waiting_on": waiting_on,
        "priority": priority,
        "customer": customer,
        "breached": breached,
        "text": text,
    }
    if case_id is not None:
        consulting.refuse(case_id, "watch")
    settle(data)
    if case_id is None:
        asked = filters(status, due_before, **narrowed)
        asyncio.run(_watch_all(asked, limit, interval, once, as_json))
    elif status or due_before or any(value is not None for value in narrowed.values()):
        raise Failure("a case id and filters: leave out one of the two.")
    else:
        asyncio.run(_watch_one(case_id, interval, once, as_json))


async def _watch_one(case_id: str, interval_s: float, once: bool, as_json: bool) -> None:
    from datetime import UTC, datetime

    from starter.cli.looking import OneCase
    from starter.cli.screens import CasePage, Json, Lines, Terminal, case_page
    from workflows.client import connect

    look = OneCase(await connect(), case_id)
    if once and not as_json:
        for change in await look.changes():
            if change.view:
                print("\n".join(case_page(change.view, datetime.now(UTC))))
        return
    page = CasePage()
    screen = Json() if as_json else Terminal(page.lines, page.keep) if sys.stdout.isatty() else Lines()
    await _follow(look, screen, interval_s, once)


async def _watch_all(asked: Filters, limit: int, interval_s: float, once: bool, as_json: bool) -> None:
    from datetime import UTC, datetime

    from starter.cli.looking import OpenCases
    from starter.cli.screens import Json, Lines, Terminal, case_table

    with open_records() as records:
        look = OpenCases(records, asked, limit)
        warn_of_unknown_names(records, asked)
        if once and not as_json:
            await look.changes()
            print("\n".join(case_table(look.views, datetime.now(UTC))))
            return
        if as_json:
            screen = Json()
        elif sys.stdout.isatty():
            screen = Terminal(lambda now: case_table(look.views, now))
        else:
            screen = Lines()
        await _follow(look, screen, interval_s, once)


async def _follow(look: Look, screen: Screen, interval_s: float, once: bool) -> None:
    """Looks until there is nothing more to come. Silence is said once, and ends nothing but a single look."""
    from starter.cli.looking import SILENCE

    silence: str | None = None
    at_first = True
    with screen:
        while True:
            try:
                changes = await look.changes()
            except SILENCE as error:
                if once:
                    raise
                changes = _known(look) if at_first else []
                if silence != str(error):
                    screen.away(str(error))
                silence = str(error)
            else:
                if silence:
                    screen.back()
                silence = None
            at_first = False
            for change in changes:
                screen.show(change)
            if once or look.over:
                return
            await asyncio.sleep(interval_s)


def _known(look: Look) -> list[Change]:
    """What the records know, if they can be asked: that somebody else does not answer is being said already."""
    from records import RecordsAway

    try:
        return look.known()
    except RecordsAway:
        return []
