"""`dev`, `worker`, `api`: what runs until it is stopped."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from starter.cli.place import HERE, Data, settle

API_PORT, TEMPORAL_PORT, UI_PORT = 8080, 7233, 8233
"""Temporal's are those of its own dev server, so that its CLI finds it too."""

Port = Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")]
AsJson = Annotated[
    bool, typer.Option("--json", help="Print one JSON object to stdout: api, temporal, ui, tokens, pids.")
]


def dev(
    data: Annotated[Path, typer.Option("--data", help="Folder for database, keys and logs; made if missing.")] = HERE,
    policy: Annotated[Path | None, typer.Option(help="Policy file.", show_default="the default one")] = None,
    directory: Annotated[Path | None, typer.Option(help="File of people.", show_default="the default one")] = None,
    api_port: Port = API_PORT,
    temporal_port: Port = TEMPORAL_PORT,
    ui_port: Port = UI_PORT,
    encrypt: Annotated[
        bool, typer.Option("--encrypt", help="Encrypt what Temporal stores of cases, from now on and at every start.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Run the whole stack on loopback: Temporal with its Web UI, a worker, the API. Ctrl-C stops it."""
    from starter.stack.dev import dev as run_stack

    raise typer.Exit(run_stack(data, policy, directory, api_port, temporal_port, ui_port, as_json, encrypt))


def worker(
    policy: Annotated[Path | None, typer.Option(help="Policy file.", show_default="$CASELADDER_POLICY")] = None,
    directory: Annotated[Path | None, typer.Option(help="People.", show_default="$CASELADDER_DIRECTORY")] = None,
    data: Data = None,
) -> None:
    """Run a worker, which works on cases. As many as you like may run at once.

    Messages go to CASELADDER_GATEWAY_URL, announcements to CASELADDER_WEBHOOK_URL: docs/deliveries.md has all of them.
    CASELADDER_TRUSTED_KEYS_FILE has the public keys of the API's signatures; docs/access.md says how they are made.
    """
    for name, file in (("CASELADDER_POLICY", policy), ("CASELADDER_DIRECTORY", directory)):
        if file is not None:
            os.environ[name] = str(file)
    _become("worker", data)


def api(
    data: Data = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port on 127.0.0.1.", show_default="8080")] = None,
) -> None:
    """Run the HTTP API.

    docs/access.md says which settings it takes in production: the issuer of tokens, the key that signs, rates.
    """
    if port is not None:
        os.environ["CASELADDER_API_PORT"] = str(port)
    _become("api", data)


def _become(module: str, data: Path | None) -> None:
    settle(data)
    sys.stdout.flush()
    # -P: a folder of that name where the user happens to stand is not ours.
    os.execv(sys.executable, [sys.executable, "-P", "-m", module])
