"""`operator replan`: a corrected policy, or corrected calendars, sent to open cases; they count from then on."""

from __future__ import annotations

import asyncio
import getpass
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from cases.words import Role, Status
from starter.cli import completing
from starter.cli.boundary import FAILED, Failure, said
from starter.cli.place import Data, open_records, settle

_OPEN = (Status.OPEN, Status.WAITING_CUSTOMER, Status.RESOLVED)
_PAGE = 500


class Told(NamedTuple):
    """What a case said to it; `problem` is None if it has taken it."""

    case_id: str
    problem: str | None


def replan(
    reason: Annotated[str, typer.Option(help="Why, for the timelines: such as 'a bank holiday was missing'.")],
    policy: Annotated[
        Path | None,
        typer.Option(help="The corrected policy, TOML.", show_default="the one that the workers run with"),
    ] = None,
    case: Annotated[
        list[str] | None, typer.Option(help="A case; may be repeated.", autocompletion=completing.case_ids)
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Every open case that the records know.")] = False,
    who: Annotated[str | None, typer.Option("--as", help="By whom.", show_default="who runs this")] = None,
    data: Data = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list: case_id, problem.")] = False,
) -> None:
    """Send open cases a corrected policy. What has run so far stays counted; the rest counts by it from now on.

    Each case's timeline says by whose order, and which deadlines moved. Exit code 1 if a case did not take it.
    """
    if bool(case) == every:
        raise Failure("to which cases? Name some with --case, or say --all")
    settle(data)
    content = _content(policy) if policy else None
    by = {"id": who or getpass.getuser(), "role": Role.OPERATOR}
    event = {"kind": "correct", "by": by, "reason": reason, **({"policy": content} if content else {})}
    told = asyncio.run(_told(list(case or _open_cases()), event))
    from starter.cli.printing import print_json

    if as_json:
        print_json([each._asdict() for each in told])
    else:
        print("\n".join(f"{each.case_id}  {each.problem or 'has it'}" for each in told) or "no case is open")
    raise typer.Exit(FAILED if any(each.problem for each in told) else 0)


def _content(policy: Path) -> str:
    """The policy as a case takes it. Raises PolicyError with every mistake of the file."""
    import policies

    return policies.load(policy).content


def _open_cases() -> Iterator[str]:
    from records import Filters

    cursor: str | None = None
    with open_records() as records:
        while True:
            page = records.list_cases(Filters(status=_OPEN), _PAGE, cursor)
            yield from (view.case_id for view in page.items)
            cursor = page.next
            if cursor is None:
                return


async def _told(cases: list[str], event: dict[str, Any]) -> list[Told]:
    """One after the other: nobody waits for this, and Temporal has other work."""
    from cases.events import Refused
    from starter.client import Caseladder
    from workflows.client import DoorError

    caseladder = await Caseladder.connect()
    told: list[Told] = []
    for case_id in dict.fromkeys(cases):
        try:
            await caseladder.act(case_id, event)
        except (DoorError, Refused) as error:
            told.append(Told(case_id, said(error)))
        else:
            told.append(Told(case_id, None))
    return told
