"""One demo of six complaints, played once for all tests that ask what it left behind."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COMPLAINTS = 6
WITHIN_S = 120
"""It takes about 35 s on idle cores."""


@dataclass(frozen=True)
class Played:
    """What the command said, and the folder that it was told to keep."""

    run: subprocess.CompletedProcess[str]
    folder: Path


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-P", "-m", "starter.demo", *arguments]


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    folder = tmp_path_factory.mktemp("demo") / "kept"
    run = subprocess.run(
        command("--limit", str(COMPLAINTS), "--keep", str(folder)),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
        check=False,
    )
    return Played(run, folder)
