"""`operator keys`: the key ring that payloads are encrypted with. docs/encryption.md says when to do what."""

from __future__ import annotations

import asyncio
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from starter.cli.boundary import Failure
from starter.cli.place import KEYS, Data, settle

if TYPE_CHECKING:
    from workflows.keyring import StoredKey, StoredRing

app = typer.Typer(
    help="Make, rotate and look after the keys that encrypt what Temporal stores of cases.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

File = Annotated[
    Path | None,
    typer.Option("--file", help="The key ring.", show_default=f"${KEYS}, or payload.keys of --data"),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print a JSON object: file, active, keys.")]
Id = Annotated[str, typer.Argument(metavar="KEY", help="The key's id, as `list` shows it.")]

COPIES_LAG = timedelta(days=1)
"""How long after `rotate` a process with a copy of the file may still encrypt with the key before."""

_LET_ALL_HAVE_IT = (
    "Let every worker and API have this file before anything is encrypted with the key; those that share it have it "
    "now, others need the new file in its place. None needs a restart."
)


@app.command("new")
def new(file: File = None, data: Data = None, as_json: AsJson = False) -> None:
    """Make a key ring; or add a key to one, which only reads until `rotate` turns to it."""
    from starter import keys
    from workflows.keyring import StoredRing

    path = _path(file, data)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        ring = keys.begun()
        ring.write(path)
        _tell(
            path,
            ring,
            as_json,
            f"Made {path} with the key {ring.active}. Keep a copy where the database's backups are not: without it "
            f"nobody can read a case. Name it with {KEYS} for every worker first, then for every API and client; that "
            "turns encryption on.",
        )
        return
    ring, key_id = keys.with_new(StoredRing.read(path))
    ring.write(path)
    _tell(
        path,
        ring,
        as_json,
        f"Added the key {key_id}, which only reads so far. {_LET_ALL_HAVE_IT} Then: caseladder operator keys rotate",
    )


@app.command("rotate")
def rotate(
    to: Annotated[
        str | None, typer.Option("--to", help="The key to turn to.", show_default="the newest that never was active")
    ] = None,
    file: File = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Encrypt with another key from now on. Every worker and API must have it already: first `new`, then this."""
    from starter import keys
    from workflows.keyring import StoredRing

    path = _path(file, data)
    before = StoredRing.read(path)
    ring = keys.rotated(before, to)
    ring.write(path)
    _tell(
        path,
        ring,
        as_json,
        f"New payloads are encrypted with {ring.active}; {before.active} reads what there is. Whoever has a copy of "
        f"this file needs the new one. `caseladder operator keys list` says when {before.active} may be dropped.",
    )


@app.command("list")
def list_keys(file: File = None, data: Data = None, as_json: AsJson = False) -> None:
    """Show the keys without what is secret: which is active, and how many workflow runs may still need each old one."""
    from workflows.keyring import StoredRing

    path = _path(file, data)
    ring = StoredRing.read(path)
    needed = asyncio.run(_needed({key_id: _until(each) for key_id, each in ring.keys.items()}))
    from starter.cli.printing import print_json, table

    if as_json:
        print_json({**_shown(path, ring), "needed_by": needed})
        return
    rows = [
        (
            key_id,
            _standing(ring, key_id),
            f"{each.made_at:%Y-%m-%d}",
            f"{each.retired_at:%Y-%m-%d %H:%M}" if each.retired_at else "",
            _said(needed[key_id]) if each.retired_at else "",
        )
        for key_id, each in ring.keys.items()
    ]
    print(table(("KEY", "STANDING", "MADE", "RETIRED", "NEEDED BY"), rows))


@app.command("drop")
def drop(
    key: Id,
    force: Annotated[bool, typer.Option("--force", help="Also if a run may need it, or Temporal cannot say.")] = False,
    file: File = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Take an old key out of the ring, once no run that Temporal still has began while it was active."""
    from starter import keys
    from workflows.keyring import StoredRing

    path = _path(file, data)
    before = StoredRing.read(path)
    ring = keys.without(before, key)
    stored = before.keys[key]
    if not force and stored.key and stored.active_from:
        runs = asyncio.run(_needed({key: _until(stored)}))[key]
        if runs is None:
            raise Failure("Temporal does not say whether a run still needs that key. Ask later, or use --force.")
        if runs:
            raise Failure(
                f"{_said(runs)} may need the key {key}: open cases, or ended ones that Temporal still keeps, which "
                "began while it was active or within a day after. Without it they could not be read. Try again when "
                "they are closed and their retention is over; --force drops it all the same."
            )
    ring.write(path)
    _tell(path, ring, as_json, f"Dropped the key {key}.")


@app.command("lost")
def lost(
    key: Id,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    file: File = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Give up a key that is lost for good, so that nobody waits for it.

    Signals that were encrypted with it become `unreadable` entries of their cases, updates are refused. A case that
    began under it cannot be read by anybody: terminate its workflow; the records have what was last known of it.
    """
    from starter import keys
    from workflows.keyring import StoredRing

    path = _path(file, data)
    ring = keys.given_up(StoredRing.read(path), key)
    if not yes:
        typer.confirm(f"Is there no copy of the key {key} anywhere?", abort=True, err=True)
    ring.write(path)
    _tell(path, ring, as_json, f"Gave up the key {key}. `caseladder operator keys drop {key}` takes that back.")


def _path(file: Path | None, data: Path | None) -> Path:
    """Raises Failure if nothing says where the ring is, or is to be."""
    settle(data)
    named = file or os.environ.get(KEYS) or (data / "payload.keys" if data else None)
    if named is None:
        raise Failure(f"where is the key ring? Name it with --file FILE, or set {KEYS}.")
    return Path(named).expanduser()


def _tell(path: Path, ring: StoredRing, as_json: bool, sentence: str) -> None:
    from starter.cli.printing import print_json

    if as_json:
        print_json(_shown(path, ring))
    else:
        print(sentence)


def _shown(path: Path, ring: StoredRing) -> dict[str, object]:
    keys = {
        key_id: {"standing": _standing(ring, key_id), **each.model_dump(mode="json", exclude={"key"})}
        for key_id, each in ring.keys.items()
    }
    return {"file": str(path), "active": ring.active, "keys": keys}


def _standing(ring: StoredRing, key_id: str) -> str:
    stored = ring.keys[key_id]
    if stored.lost_at:
        return "lost"
    if key_id == ring.active:
        return "active"
    return "reads" if stored.active_from else "new: reads, was never active"


def _until(stored: StoredKey) -> datetime | None:
    """The last moment at which a run can have begun that needs the key; None if there is no such moment yet."""
    return stored.retired_at + COPIES_LAG if stored.retired_at else None


def _said(runs: int | None) -> str:
    if runs is None:
        return "? (Temporal does not answer)"
    return f"{runs} run{'' if runs == 1 else 's'}" if runs else "nothing: may be dropped"


async def _needed(moments: dict[str, datetime | None]) -> dict[str, int | None]:
    """How many runs that Temporal has began before each moment; None where there is no moment, or it does not say."""
    from temporalio.service import RPCError

    from workflows.client import DoorError, connect
    from workflows.keyring import KeyRing

    found: dict[str, int | None] = dict.fromkeys(moments)
    try:
        client = await connect(keys=KeyRing())
        for key_id, moment in moments.items():
            if moment is not None:
                began = f"StartTime < '{moment.isoformat()}'"
                found[key_id] = (await client.count_workflows(f"WorkflowType IN ('Case', 'Handoff') AND {began}")).count
    except (DoorError, RPCError):
        pass
    return found
