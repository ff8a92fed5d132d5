"""A migrated SQLite file, and commits cut from cases that were really played."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from cases.commit import Commit
from cases.effects import AlertStaff, PlanCase, TellCustomer
from cases.people import Person
from cases.words import Rung
from records import Records, Rendered, migrate, sqlite_url
from records.tables import loads
from tests.samples import Played


@pytest.fixture
def url(tmp_path: Path) -> str:
    return sqlite_url(tmp_path / "caseladder.db")


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database of the newest schema, to be copied: that is quicker than to migrate for each test."""
    path = tmp_path_factory.mktemp("migrated") / "caseladder.db"
    migrate(sqlite_url(path))
    return path


@pytest.fixture
def records(url: str, tmp_path: Path, migrated: Path) -> Iterator[Records]:
    shutil.copy(migrated, tmp_path / "caseladder.db")
    with Records(url) as opened:
        yield opened


class Committed:
    """Cuts the commits of a played case, each with what came since the last, and writes them."""

    def __init__(self, played: Played) -> None:
        self.played = played
        self._entries = 0
        self._effects = 0

    def cut(self) -> Commit:
        """What has happened since the last cut."""
        entries = self.played.case.timeline()[self._entries :]
        fresh = self.played.effects[self._effects :]
        notices = [effect for effect in fresh if isinstance(effect, TellCustomer | AlertStaff)]
        first = next((effect.complaint for effect in fresh if isinstance(effect, PlanCase)), None)
        self._entries += len(entries)
        self._effects = len(self.played.effects)
        return Commit(view=self.played.view, entries=tuple(entries), notices=tuple(notices), complaint=first)

    def write(self, records: Records) -> Commit:
        """Writes what has happened since the last cut."""
        commit = self.cut()
        records.write(commit, words(commit))
        return commit


def words(commit: Commit) -> dict[str, Rendered]:
    """Words for every notice of a commit."""
    return {notice.id: Rendered(notice.template, f"words of {notice.template}") for notice in commit.notices}


def written(records: Records, played: Played) -> Played:
    """Writes all of a played case."""
    Committed(played).write(records)
    return played


def loads_in(records: Records) -> dict[str, int]:
    """How many cases each person owns, is offered or is reserved for; who has none is left out."""
    with records.reading() as connection:
        return dict(Counter(connection.execute(sa.select(loads.c.person)).scalars()))


def agent(name: str, rung: Rung = Rung.AGENT, **fields: object) -> Person:
    """A person of the team cards."""
    return Person.model_validate({"id": name, "name": name.title(), "rung": rung, "teams": ("cards",), **fields})
