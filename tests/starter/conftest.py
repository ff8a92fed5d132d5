"""The command as a person runs it, the same without starting a process each time, and the stack that it talks to."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import pytest

from starter import Actor, Caseladder, Role
from starter.cli import boundary
from starter.cli.verbs import run_line
from starter.stack import Stack
from tests.api.live import ROOT, started, stopped

OURS = ("TEMPORAL_", "CASELADDER_")
NOWHERE = {"TEMPORAL_ADDRESS": "127.0.0.1:1"}
SHOP = Actor(id="shop", role=Role.SERVICE)
QUINN: dict[str, Any] = {"id": "quinn", "role": "agent", "rung": "manager", "teams": ["cards"]}


class Ended(NamedTuple):
    """What a command came to."""

    code: int
    out: str
    err: str


Run = Callable[..., Ended]


@pytest.fixture(scope="session")
def stack(request: pytest.FixtureRequest) -> Iterator[Stack]:
    yield started(request.config)
    stopped(request.config)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs `caseladder` with these arguments in an empty folder, with no environment but what is given."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}

    def run(*arguments: str, stdin: str = "", env: Mapping[str, str] | None = None) -> Ended:
        ended = subprocess.run(
            [sys.executable, "-P", "-m", "starter.cli", *arguments],
            input=stdin,
            env=plain | {"PYTHONPATH": str(ROOT)} | dict(env or {}),
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return Ended(ended.returncode, ended.stdout, ended.stderr)

    return run


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The same within this process, which has loaded already what each new one would need a second or two for."""

    def here(*arguments: str, stdin: str = "", env: Mapping[str, str] | None = None) -> Ended:
        for name in tuple(os.environ):
            if name.startswith(OURS):
                monkeypatch.delenv(name)
        for name, value in (env or {}).items():
            monkeypatch.setenv(name, value)
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "argv", ["caseladder", *arguments])
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        capsys.readouterr()
        code = boundary.run(run_line)
        said = capsys.readouterr()
        return Ended(code, said.out, said.err)

    return here


@pytest.fixture
async def caseladder(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Caseladder:
    """The typed client of the running stack, used by a shop."""
    for name, value in stack.settings.items():
        monkeypatch.setenv(name, value)
    return await Caseladder.connect(by=SHOP)


def complaint(**fields: Any) -> dict[str, Any]:
    """What `open` takes; each a complaint of its own."""
    said = {"source": "cli", "reference": str(uuid4()), "channel": "email", "product": "Credit card", "text": "Twice"}
    return said | {"customer": {"id": "c-1"}} | fields


def opened(here: Run, stack: Stack, **fields: Any) -> str:
    """A new case, planned: its id."""
    done = here("open", "-", "--json", stdin=json.dumps(complaint(**fields)), env=stack.settings)
    assert done.code == 0, done.err
    case_id = json.loads(done.out)["case_id"]
    until = time.monotonic() + 8
    while json.loads(here("show", case_id, "--json", env=stack.settings).out)["status"] == "opening":
        assert time.monotonic() < until, "it was not planned in time"
    return case_id
