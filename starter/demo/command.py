"""The command: reads the complaints, sets the stage, lets it happen, and says what the audit found."""

from __future__ import annotations

import asyncio
import json
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from importlib import resources
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from cases.complaint import Complaint
from policies import load, load_people
from starter.cli.boundary import FAILED, Failure
from starter.demo import histories, recorded
from starter.demo.audit import Audit, audit
from starter.demo.bars import Bars
from starter.demo.complaints import invented
from starter.demo.diary import Diary
from starter.demo.findings import Fault
from starter.demo.stage import House, perform
from starter.demo.summary import table
from starter.intake import Format, Unreadable, read
from starter.stack import Stack

COMPLAINTS, SEED = 60, 7
_SHOWN = 20

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)


@app.command()
def demo(
    file: Annotated[Path | None, typer.Option(help="Complaints, plain or .gz.", show_default="invented ones")] = None,
    form: Annotated[str | None, typer.Option("--format", help="cfpb or jsonl.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many complaints.")] = COMPLAINTS,
    seed: Annotated[int, typer.Option(help="Another one, and other things happen.")] = SEED,
    keep: Annotated[Path | None, typer.Option(help="A folder to keep: records, histories, logs.")] = None,
    encrypt: Annotated[bool, typer.Option("--encrypt", help="Encrypt what Temporal stores of the cases.")] = False,
) -> None:
    """Complaints worked by simulated people, some of whom neglect their cases, and an audit of what came of it."""
    complaints = _complaints(file, form, limit, seed)
    began = time.monotonic()
    with _folder(keep) as folder, Bars(len(complaints)) as bars:
        diary = _happen(complaints, folder, seed, bars, encrypt)
        found = audit(diary, histories.read(folder / "histories"), recorded.read(folder / "records.db"))
        took_s = time.monotonic() - began
        good = found.opened == len(complaints) and not found.findings
        if not good and keep is None:
            kept = Path(tempfile.mkdtemp(prefix="caseladder-demo-kept-"))
            shutil.copytree(folder, kept, dirs_exist_ok=True)
            bars.say(f"what was found wrong can be looked at in {kept}")
    _tell(found, diary, len(complaints))
    Console().print(table(found, took_s))
    print(json.dumps(found.summary()), flush=True)
    raise typer.Exit(0 if good else FAILED)


def _complaints(file: Path | None, form: str | None, limit: int, seed: int) -> list[Complaint]:
    """The first `limit` that can be read, each reference once. Raises Failure or IntakeError."""
    if file is None:
        if form is not None:
            raise Failure("a format without a file: name one with FILE=… (--file).")
        return list(islice(invented(seed), limit))
    if form not in set(Format):
        known = " or ".join(Format)
        raise Failure(
            f"the format {form!r} is not known: {file} may be {known}."
            if form
            else f"say what format {file} has, with FORMAT=… (--format): {known}."
        )
    found: dict[tuple[str, str], Complaint] = {}
    unreadable: list[str] = []
    for row in read(file, Format(form)):
        if isinstance(row, Unreadable):
            unreadable.append(f"line {row.line}: {row.reason}")
            continue
        found.setdefault((row.source, row.reference), row)
        if len(found) == limit:
            break
    if not found:
        raise Failure(f"{file} holds no complaint in the format {form}. {(unreadable or ['It is empty.'])[0]}")
    _say_some(unreadable)
    return list(found.values())


@contextmanager
def _folder(keep: Path | None) -> Generator[Path]:
    """A folder for the stack. One that is to be kept must be new or empty: the audit is of this demo alone."""
    if keep is not None:
        if keep.exists() and (not keep.is_dir() or any(keep.iterdir())):
            raise Failure(f"{keep} is there already, and not empty. Name a new folder with --keep.")
        yield keep
        return
    with tempfile.TemporaryDirectory(prefix="caseladder-demo-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def _happen(complaints: list[Complaint], folder: Path, seed: int, bars: Bars, encrypt: bool) -> Diary:
    """Runs the stack over `folder` while the people work. Leaves there the records, the histories and the diary."""
    files = resources.files("policies")
    policy, directory = (Path(str(files.joinpath(name))) for name in ("demo.toml", "demo-people.toml"))
    terms = load(policy)
    people = load_people(directory, terms.teams)
    # Ended from outside, the children must be ended too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with Stack(folder, policy=policy, directory=directory, encrypt=encrypt, say=bars.say) as stack:
        try:
            stack.start()
            bars.say(f"watch the cases climb: {stack.addresses.ui}/namespaces/default/workflows")
            house = House(stack.addresses.api, stack.folder.key(), people, terms.teams)
            diary = asyncio.run(perform(house, complaints, seed, bars))
            bars.say("auditing ...")
            # Nothing may change any more between one witness and the next.
            stack.end("api")
            stack.end("worker")
            kept = folder / "histories"
            kept.mkdir()
            ring = stack.folder.key_ring if encrypt else None
            asyncio.run(histories.fetch(stack.addresses.temporal, len(complaints), kept, ring))
        finally:
            # The end takes a bounded time; an impatient second Ctrl-C must not leave half of it.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
    diary.save(folder / "diary.json")
    return diary


def _tell(found: Audit, diary: Diary, expected: int) -> None:
    """What went wrong, if anything did, on stderr."""
    if found.opened != expected:
        _say_some([f"{expected} complaints were sent, and {found.opened} cases opened"])
    _say_some(diary.troubles)
    for fault in Fault:
        _say_some([f"{fault}: {finding.sentence}" for finding in found.findings if finding.fault is fault])


def _say_some(lines: list[str]) -> None:
    """The first of them, and how many more there are."""
    more = len(lines) - _SHOWN
    for line in [*lines[:_SHOWN], *([f"... and {more} more like these"] if more > 0 else [])]:
        sys.stderr.write(f"caseladder demo: {line}\n")
