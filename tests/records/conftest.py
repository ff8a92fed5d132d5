"""A migrated database of either kind, and commits cut from cases that were really played."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from cases.commit import Commit
from cases.effects import AlertStaff, PlanCase, TellCustomer
from cases.people import Person
from cases.words import Rung
from records import Records, Rendered
from records.tables import loads
from tests.databases import Databases, PostgresDatabases, SqliteFiles
from tests.postgres import postgres
from tests.samples import Played


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest) -> Iterator[Databases]:
    if request.param == "sqlite":
        yield SqliteFiles()
    else:
        with postgres() as server:
            yield PostgresDatabases(server)


@pytest.fixture
def url(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> str:
    """A database for the test alone: empty, or migrated if the test asks for the records too."""
    return databases.migrated(tmp_path) if "records" in request.fixturenames else databases.empty(tmp_path)


@pytest.fixture
def records(url: str) -> Iterator[Records]:
    with Records(url) as opened:
        yield opened


@pytest.fixture
def staffed(records: Records) -> Records:
    """Records of a directory with three specialists."""
    records.import_people(TEAM)
    return records


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


def unguarded(records: Records) -> None:
    """Lets a test take away what was written, to begin anew."""
    with records.writing() as connection:
        if records.dialect == "postgresql":
            connection.execute(sa.text("ALTER TABLE timeline DISABLE TRIGGER USER"))
        else:
            connection.execute(sa.text("DROP TRIGGER timeline_no_delete"))


def agent(name: str, rung: Rung = Rung.AGENT, **fields: object) -> Person:
    """A person of the team cards."""
    return Person.model_validate({"id": name, "name": name.title(), "rung": rung, "teams": ("cards",), **fields})


def specialist(name: str, rung: Rung = Rung.AGENT, **fields: object) -> Person:
    """Somebody of the team billing."""
    return agent(name, rung, **{"teams": ("billing",), **fields})


TEAM = (specialist("vera"), specialist("wale"), specialist("xenia"))
