"""`caseladder calendar check` and `calendar show`, run as a person does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.starter.conftest import Run

OPEN = {"id": "open", "calendar": "office", "op": "is_open", "start": "2026-03-02T12:00:00Z", "expected": True}
SHUT = OPEN | {"id": "shut", "expected": False}
CONTESTED = SHUT | {"id": "contested", "oracle_agrees": False}


@pytest.fixture
def vectors(tmp_path: Path) -> Path:
    return tmp_path / "vectors.json"


def write(path: Path, *facts: dict[str, Any]) -> str:
    office = {"timezone": "UTC", "weekly": {"mon": [["09:00", "17:00"]]}}
    path.write_text(json.dumps({"calendars": {"office": office}, "vectors": facts, "meta": {}}))
    return str(path)


def test_checking_ends_with_the_counts(here: Run, vectors: Path) -> None:
    ended = here("calendar", "check", write(vectors, OPEN, OPEN))
    assert ended.code == 0
    assert ended.out == "2 passed, 0 failed\n"


def test_a_miss_is_named_and_fails(here: Run, vectors: Path) -> None:
    ended = here("calendar", "check", write(vectors, OPEN, SHUT))
    assert ended.code == 1
    assert "failed    shut: is_open on office" in ended.out
    assert "expected closed, got open" in ended.out
    assert ended.out.endswith("1 passed, 1 failed\n")


def test_a_contested_vector_is_shown_and_counted_apart(here: Run, vectors: Path) -> None:
    ended = here("calendar", "check", write(vectors, OPEN, CONTESTED))
    assert ended.code == 0
    assert "contested contested: " in ended.out
    assert ended.out.endswith("1 passed, 0 failed, 1 contested\n")


def test_checking_prints_json(here: Run, vectors: Path) -> None:
    ended = here("calendar", "check", write(vectors, OPEN, SHUT, CONTESTED), "--json")
    assert ended.code == 1
    said = json.loads(ended.out)
    assert (said["passed"], said["failed"], said["contested"]) == (1, 1, 1)
    assert [one["id"] for one in said["vectors"]] == ["shut", "contested"]


@pytest.mark.parametrize(("text", "said"), [("no json", "is not JSON"), ("{}", "holds no vectors: calendars")])
def test_what_is_no_file_of_vectors_is_told(here: Run, vectors: Path, text: str, said: str) -> None:
    vectors.write_text(text)
    ended = here("calendar", "check", str(vectors))
    assert ended.code == 1
    assert said in ended.err
    assert str(vectors) in ended.err


def test_a_file_that_is_not_there_is_told(here: Run) -> None:
    ended = here("calendar", "check", "nowhere.json")
    assert (ended.code, ended.err) == (1, "caseladder: nowhere.json: No such file or directory\n")


def test_coming_hours_are_shown_in_both_zones(here: Run) -> None:
    ended = here("calendar", "show", "uk-office", "--start", "2026-03-27", "--days", "8", "--zone", "America/New_York")
    assert ended.out.splitlines() == [
        "uk-office, Europe/London",
        "date            Europe/London  America/New_York  open",
        "Fri 2026-03-27  09:00-17:30    05:00-13:30       8.5 h",
        "Sat 2026-03-28  closed",
        "Sun 2026-03-29  closed                                  the clocks change",
        "Mon 2026-03-30  09:00-17:30    04:00-12:30       8.5 h",
        "Tue 2026-03-31  09:00-17:30    04:00-12:30       8.5 h",
        "Wed 2026-04-01  09:00-17:30    04:00-12:30       8.5 h",
        "Thu 2026-04-02  09:00-17:30    04:00-12:30       8.5 h",
        "Fri 2026-04-03  closed                                  Good Friday",
    ]


def test_a_night_names_the_day_on_which_it_ends(here: Run) -> None:
    ended = here("calendar", "show", "night-desk", "--start", "2026-03-29", "--days", "2", "--zone", "Asia/Tokyo")
    assert ended.out.splitlines()[2:] == [
        "Sun 2026-03-29  00:00-24:00      09:00-Mon 08:00      23 h    the clocks change",
        "Mon 2026-03-30  00:00-09:00      08:00-17:00          24.5 h",
        "                17:30-Tue 09:00  Tue 01:30-Tue 17:00",
    ]


def test_every_calendar_of_a_file_is_shown(here: Run, tmp_path: Path) -> None:
    hours = (
        'zone = "UTC"\nhours = { mon = ["09:00-17:00"] }\ndates = { 2026-03-03 = ["09:00-10:00"], 2026-03-09 = [] }\n'
    )
    path = tmp_path / "two.toml"
    path.write_text(f"[calendars.one]\n{hours}[calendars.two]\n{hours}")
    ended = here("calendar", "show", str(path), "--start", "2026-03-02", "--days", "8", "--zone", "UTC", "--json")
    said = json.loads(ended.out)
    assert [calendar["name"] for calendar in said] == ["one", "two"]
    days = {day["date"]: day for day in said[0]["days"]}
    assert len(days) == 8
    assert days["2026-03-02"]["open_s"] == 8 * 3600
    assert days["2026-03-02"]["windows"][0]["reader_opens"] == "2026-03-02T09:00:00Z"
    assert days["2026-03-03"]["note"] == "hours of this date"
    assert days["2026-03-09"] == {"date": "2026-03-09", "windows": [], "open_s": 0, "note": "closed on this date"}
    one = here("calendar", "show", str(path), "--name", "two", "--days", "1", "--zone", "UTC")
    assert one.out.startswith("two, UTC\n")


def test_without_options_it_begins_today_in_this_machines_zone(here: Run) -> None:
    ended = here("calendar", "show", "uk-office")
    assert ended.code == 0
    assert "(here)" in ended.out
    assert len(ended.out.splitlines()) == 2 + 14


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("uk-ofice",), "did you mean 'uk-office'?"),
        (("uk-office", "--zone", "Europe/Lodon"), "--zone: unknown zone 'Europe/Lodon'; did you mean 'Europe/London'?"),
        (("uk-office", "--start", "9999-12-31"), "--start: write a year from 1970"),
        (("nowhere.toml",), "nowhere.toml: there is no such file"),
        (("wrong.toml",), "wrong.toml: calendars.office.hours.mon[0]: '25:00' is no time of day"),
        (("good.toml", "--name", "b"), "good.toml has no calendar 'b'; there are a"),
    ],
)
def test_what_cannot_be_shown_is_told(here: Run, tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    for name, calendar, closing in (("wrong", "office", "25:00"), ("good", "a", "17:00")):
        text = f'[calendars.{calendar}]\nzone = "UTC"\nhours = {{ mon = ["09:00-{closing}"] }}\n'
        (tmp_path / f"{name}.toml").write_text(text)
    ended = here("calendar", "show", *arguments)
    assert ended.code == 1
    assert said in ended.err
