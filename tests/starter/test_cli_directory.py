"""`caseladder directory`: people, their shifts and absences, straight in the records."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from policies.shifts import content, ours
from records import Records, migrate, sqlite_url
from tests.starter.conftest import Ended, Run

FILE = """
[calendars.desk]
zone = "Europe/London"
hours = { mon = ["09:00-17:30"] }

[[people]]
id = "ana"
name = "Ana Ruiz"
rung = "agent"
teams = ["cards"]
shift = "desk"

[[people]]
id = "max"
name = "Max Power"
rung = "manager"
absences = [{ from = 2126-12-24T08:00:00Z }]
"""


@pytest.fixture
def url(tmp_path: Path) -> str:
    url = sqlite_url(tmp_path / "records.db")
    migrate(url)
    return url


@pytest.fixture
def records(url: str) -> Iterator[Records]:
    with Records(url) as records:
        records.keep_calendars(content(ours()))
        yield records


@pytest.fixture
def directory(here: Run, url: str, records: Records, tmp_path: Path) -> Run:
    (tmp_path / "people.toml").write_text(FILE)

    def directory(*arguments: str) -> Ended:
        return here("directory", *arguments, env={"CASELADDER_DATABASE_URL": url})

    return directory


def said(ended: Ended) -> Any:
    assert ended.code == 0, ended.err
    return json.loads(ended.out)


def test_a_dry_run_says_what_an_import_then_does(directory: Run, records: Records) -> None:
    records.import_people([])
    dry = said(directory("import", "people.toml", "--dry-run", "--json"))
    assert (dry["dry_run"], [change["what"] for change in dry["changes"]]) == (True, ["joins", "joins"])
    assert records.people() == []
    assert directory("import", "people.toml").out == "ana  joins\nmax  joins\n"
    assert directory("import", "people.toml").out == "nothing changes\n"
    assert "desk" in records.calendars()
    assert [each["id"] for each in said(directory("list", "--json"))] == ["ana", "max"]


def test_an_import_says_which_fields_change_and_who_leaves(directory: Run, tmp_path: Path) -> None:
    directory("import", "people.toml")
    (tmp_path / "people.toml").write_text(FILE.partition('[[people]]\nid = "max"')[0].replace('"desk"', '"uk-office"'))
    assert directory("import", "people.toml", "--dry-run").out == (
        "ana  changes: shift 'desk' -> 'uk-office'\nmax  leaves\n"
    )


def test_a_file_with_mistakes_imports_nothing_and_names_each(directory: Run, records: Records, tmp_path: Path) -> None:
    (tmp_path / "people.toml").write_text(
        FILE.replace('shift = "desk"', 'shift = "dsek"').replace('"manager"', '"boss"')
    )
    failed = directory("import", "people.toml")
    assert (failed.code, records.people()) == (1, [])
    assert "people[0].shift" in failed.err
    assert "did you mean 'desk'?" in failed.err
    assert "people[1].rung" in failed.err


def test_people_are_listed_for_a_person_and_narrowed(directory: Run) -> None:
    directory("import", "people.toml")
    assert directory("absent", "max").code == 0
    lines = directory("list").out.splitlines()
    assert lines[0].split() == ["PERSON", "NAME", "RUNG", "TEAMS", "LOAD", "SHIFT", "NOW"]
    assert lines[1].split()[:6] == ["ana", "Ana", "Ruiz", "agent", "cards", "0/20"]
    assert lines[2].endswith("absent")
    assert [each["id"] for each in said(directory("list", "--team", "cards", "--json"))] == ["ana"]
    assert directory("list", "--rung", "manager", "--on-shift").out == "nobody\n"
    assert [each["id"] for each in said(directory("list", "--rung", "manager", "--off-shift", "--json"))] == ["max"]


def test_somebody_is_added_changed_and_removed(directory: Run) -> None:
    new = said(directory("set", "nina", "name=Nina", "rung=agent", "teams=cards,billing", "authority=5000", "--json"))
    assert (new["teams"], new["capacity"], new["authority"]) == (["cards", "billing"], 20, 5000)
    own = '{"zone": "UTC", "hours": {"mon": ["09:00-17:30"]}}'
    changed = said(directory("set", "nina", "capacity=3", f"shift={own}", "authority=", "--json"))
    assert (changed["capacity"], changed["shift"], changed["authority"]) == (3, json.loads(own), None)
    assert "own hours, UTC" in directory("list").out
    assert said(directory("set", "nina", "shift=", "--json"))["shift"] is None
    assert directory("remove", "nina").out == "nina has left\n"
    assert "knows no person nina" in directory("show", "nina").err


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("capacity=many", "capacity"),
        ("shift=uk-ofice", "did you mean 'uk-office'?"),
        ("shift={", "shift is not JSON"),
        ("shift.zone=UTC", "as JSON"),
        ("nickname=A", "nickname"),
    ],
)
def test_what_cannot_be_set_is_said_with_its_remedy(directory: Run, given: str, expected: str) -> None:
    directory("import", "people.toml")
    failed = directory("set", "ana", given)
    assert failed.code == 1
    assert expected in failed.err


def test_an_absence_is_recorded_and_ends(directory: Run) -> None:
    directory("import", "people.toml")
    away = said(directory("absent", "ana", "--until", "2126-01-02", "--json"))
    assert away["person"] == "ana"
    shown = directory("show", "ana").out
    assert "absent until 2126-01-02" in shown
    assert away["id"] in shown
    assert said(directory("back", "ana", "--json"))["ended"] == [away["id"]]
    assert directory("back", "ana").out == "ana was not away\n"
    assert directory("back", "max", "--planned").out == "max is back\n"
    assert "after" in directory("absent", "ana", "--until", "2020-01-01").err
    assert "knows no person eve" in directory("absent", "eve").err
