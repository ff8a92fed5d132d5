"""`feed`: a file of complaints becomes cases."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from starter.cli.boundary import FAILED
from starter.cli.place import Data, settle
from starter.intake import Format, IntakeError, Unreadable, read

if TYPE_CHECKING:
    from rich.progress import Progress

    from cases.complaint import Complaint
    from starter.client import Caseladder

IN_FLIGHT = 20
"""Cases opened at once: about what a dev server on two cores keeps up with."""


def feed(
    file: Annotated[Path, typer.Argument(help="The complaints, plain or .gz.")],
    form: Annotated[Format, typer.Option("--format", help="cfpb: CSV of the US CFPB. jsonl: one complaint a line.")],
    limit: Annotated[int | None, typer.Option(min=1, help="Read only that many rows.")] = None,
    now: Annotated[bool, typer.Option("--now", help="Count every complaint as received now.")] = False,
    data: Data = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print a JSON object: opened, existed, conflicting, unreadable.")
    ] = False,
) -> None:
    """Open a case for each complaint in a file. A row that cannot be read is reported, and the rest go on.

    Feed the same file again after a failure: what is open already is left as it is. Exit code 1 if a complaint
    conflicts with an earlier one, or no row could be read at all.
    """
    settle(data)
    rows = _Rows(islice(read(file, form, datetime.now(UTC) if now else None), limit))
    counts = asyncio.run(_feed(rows, limit))
    if any(counts.values()) or not rows.broken:
        print(json.dumps(counts) if as_json else ", ".join(f"{count} {name}" for name, count in counts.items()))
    if rows.broken:
        raise rows.broken
    nothing_read = counts["unreadable"] and not (counts["opened"] or counts["existed"])
    raise typer.Exit(FAILED if counts["conflicting"] or nothing_read else 0)


class _Rows:
    """The rows of a file up to its end, or up to where it is broken: what was read is finished before that is said."""

    def __init__(self, rows: Iterator[Complaint | Unreadable]) -> None:
        self._rows = rows
        self.broken: IntakeError | None = None

    def __iter__(self) -> Iterator[Complaint | Unreadable]:
        try:
            yield from self._rows
        except IntakeError as error:
            self.broken = error


async def _feed(rows: _Rows, limit: int | None) -> dict[str, int]:
    """Opens the cases, some at once, and counts what came of each row."""
    counts: dict[str, int] = dict.fromkeys(("opened", "existed", "conflicting", "unreadable"), 0)
    waiting = iter(rows)
    first = next(waiting, None)  # a file that is none should be said before anybody is connected to
    if first is None:
        return counts
    from starter.client import Caseladder

    caseladder = await Caseladder.connect()
    places = asyncio.Semaphore(IN_FLIGHT)

    async def work(row: Complaint | Unreadable) -> None:
        try:
            counts[await _opened(caseladder, row)] += 1
        finally:
            places.release()
            bar.advance(task)

    with _bar() as bar:
        task = bar.add_task("opening cases", total=limit)
        async with asyncio.TaskGroup() as group:
            for row in chain((first,), waiting):
                await places.acquire()
                group.create_task(work(row))
    return counts


async def _opened(caseladder: Caseladder, row: Complaint | Unreadable) -> str:
    """Opens the case of a row, and says how that is counted."""
    from cases.events import Refused
    from starter.client import ReferenceTaken

    if isinstance(row, Unreadable):
        sys.stderr.write(f"line {row.line}: {row.reason}\n")
        return "unreadable"
    try:
        opened = await caseladder.open_case(row)
    except ReferenceTaken as taken:
        sys.stderr.write(f"{row.source} {row.reference}: {taken}\n")
        return "conflicting"
    except Refused as refused:
        sys.stderr.write(f"{row.source} {row.reference}: {refused.sentence}\n")
        return "unreadable"
    return "opened" if opened.created else "existed"


def _bar() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    # Not on a log file: there, nobody watches it move.
    return Progress(*columns, console=console, disable=not console.is_terminal)
