"""Which caseladder a verb talks to: the folder of `caseladder dev`, or what the environment says.

A folder given with --data counts before everything else; then the environment, if it says anything of this; then
`.caseladder` here, if there is one; then Temporal's own defaults.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from starter.cli.boundary import Failure

if TYPE_CHECKING:
    from records import Records

HERE = Path(".caseladder")
DATABASE, KEY = "CASELADDER_DATABASE_URL", "CASELADDER_KEY_FILE"
KEYS = "CASELADDER_PAYLOAD_KEYS"
UI = "CASELADDER_UI_URL"
"""Where Temporal's Web UI is; only links are made of it."""
_SAID = ("TEMPORAL_ADDRESS", "TEMPORAL_PROFILE", "TEMPORAL_CONFIG_FILE", DATABASE, KEY)

Data = Annotated[
    Path | None,
    typer.Option(
        "--data",
        help="Folder of a running `caseladder dev`. Default: what TEMPORAL_ADDRESS and CASELADDER_DATABASE_URL say, "
        "or .caseladder here.",
        show_default=False,
    ),
]


def settle(data: Path | None) -> None:
    """Lets the environment of this process say where everything is. Raises Failure if `data` is no such folder."""
    if data is None and (not HERE.is_dir() or any(os.environ.get(name) for name in _SAID)):
        return
    folder = (data or HERE).expanduser().resolve()
    if not folder.is_dir():
        raise Failure(f"there is no folder {folder}. Start one with: caseladder dev --data {data}")
    addresses = _addresses(folder)
    os.environ[DATABASE] = f"sqlite:///{folder / 'records.db'}"
    os.environ[KEY] = str(folder / "token.key")
    if (folder / "payload.keys").exists():
        os.environ[KEYS] = str(folder / "payload.keys")
    else:
        os.environ.pop(KEYS, None)
    if (folder / "signing.key").exists():
        os.environ["CASELADDER_SIGNING_KEY_FILE"] = str(folder / "signing.key")
        os.environ["CASELADDER_TRUSTED_KEYS_FILE"] = str(folder / "signing.pub")
    os.environ["TEMPORAL_ADDRESS"] = str(addresses.get("temporal", "127.0.0.1:7233"))
    os.environ["TEMPORAL_NAMESPACE"] = "default"
    if "ui" in addresses:
        os.environ[UI] = str(addresses["ui"])
    os.environ["TEMPORAL_CONFIG_FILE"] = os.devnull


def database_url() -> str:
    """The URL of the records. Raises Failure if nothing says it."""
    url = os.environ.get(DATABASE)
    if not url:
        raise Failure(f"where are the records? Set {DATABASE}, or name the folder of `caseladder dev` with --data DIR.")
    return url


def open_records() -> Records:
    """The records. Raises Failure if nothing says where they are, or what does names no database."""
    url = database_url()
    # Here, because most verbs need no database.
    from sqlalchemy.exc import ArgumentError

    from records import Records

    try:
        return Records(url)
    except (ArgumentError, ImportError, ValueError) as error:
        raise Failure(
            f"{DATABASE} names no database that can be used: {error}. Set a URL such as sqlite:////data/records.db or "
            "postgresql://..., or name the folder of `caseladder dev` with --data DIR."
        ) from error


def known_records() -> Records | None:
    """The records, or None if nothing says where they are. Raises Failure if what does names no database."""
    return open_records() if os.environ.get(DATABASE) else None


def key() -> str:
    """The text that signs tokens. Raises Failure if nothing says where it is."""
    named = os.environ.get(KEY)
    if not named:
        raise Failure(f"where is the key? Set {KEY}, or name the folder of `caseladder dev` with --data DIR.")
    return Path(named).read_text("utf-8").strip()


def _addresses(folder: Path) -> dict[str, Any]:
    """Where the stack of this folder listens, as it has noted it; empty if it has not."""
    try:
        noted = json.loads((folder / "stack.json").read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return noted if isinstance(noted, dict) else {}  # pyright: ignore[reportUnknownVariableType] checked by its use
