"""One demo in which people do everything that they can do, encrypted, played once for all that ask what it left."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from starter.demo import histories, recorded
from starter.demo.audit import Audit, audit
from starter.demo.diary import Diary
from starter.demo.stories import EVERY_KIND, STORIES

ROOT = Path(__file__).parents[2]
COMPLAINTS = EVERY_KIND
HANDOFFS = sum(len(story.consults) for story in STORIES[:EVERY_KIND])
WITHIN_S = 180
"""It takes about 65 s on idle cores."""


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
        command("--limit", str(COMPLAINTS), "--keep", str(folder), "--encrypt"),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
        check=False,
    )
    return Played(run, folder)


@pytest.fixture
def folder(played: Played, tmp_path: Path) -> Path:
    """A copy of what the demo left, to be spoiled."""
    copy = tmp_path / "copy"
    shutil.copytree(played.folder, copy, ignore=shutil.ignore_patterns("run", "logs", "temporal.db*"))
    return copy


def audited(folder: Path, diary: Callable[[Diary], Diary] = lambda diary: diary) -> Audit:
    seen = diary(Diary.load(folder / "diary.json"))
    return audit(seen, histories.read(folder / "histories"), recorded.read(folder / "records.db"))


def spoil(folder: Path, statement: str) -> None:
    """Changes the records behind everybody's back. The statement must change something, or it plants nothing."""
    with closing(sqlite3.connect(folder / "records.db")) as records, records:
        for guard in ("timeline_no_delete", "timeline_no_update"):
            records.execute(f"DROP TRIGGER IF EXISTS {guard}")
        assert records.execute(statement).rowcount > 0


def query(folder: Path, statement: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(folder / "records.db")) as records:
        return records.execute(statement).fetchall()
