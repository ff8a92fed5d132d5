from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cases.people import Person, Shift
from policies import PolicyError, Shifts, check_people, load_people_file
from policies.shifts import content, ours

SHIFTS = Shifts(content(ours()))
OWN: dict[str, Any] = {
    "zone": "Europe/Madrid",
    "hours": {"mon": ["09:00-13:00", "14:00-17:30"], "fri": ["22:00-06:00"]},
}


def person(shift: Shift | None) -> Person:
    return Person.model_validate({"id": "ana", "name": "Ana", "rung": "agent", "shift": shift})


def on(shift: Shift | None, when: str) -> bool:
    return SHIFTS.on(person(shift), datetime.fromisoformat(when))


@pytest.mark.parametrize(
    ("shift", "when", "expected"),
    [
        (None, "2026-03-01T03:00:00Z", True),
        ("uk-office", "2026-03-02T09:00:00Z", True),
        ("uk-office", "2026-03-02T08:59:59Z", False),
        ("uk-office", "2026-03-02T17:29:59Z", True),
        ("uk-office", "2026-03-02T17:30:00Z", False),
        ("uk-office", "2026-03-01T12:00:00Z", False),  # a Sunday
        ("uk-office", "2026-12-25T12:00:00Z", False),  # a holiday
        ("uk-office", "2026-06-01T08:00:00Z", True),  # nine o'clock in summer
        ("night-desk", "2026-03-03T03:00:00Z", True),
        (OWN, "2026-03-02T08:00:00Z", True),  # nine in Madrid
        (OWN, "2026-03-02T12:30:00Z", False),
        (OWN, "2026-03-07T04:59:00Z", True),  # the night from Friday
        (OWN, "2026-03-07T05:00:00Z", False),
    ],
)
def test_who_is_on_shift(shift: Shift | None, when: str, expected: bool) -> None:
    assert on(shift, when) is expected


def test_the_asker_may_be_in_any_zone() -> None:
    assert on("uk-office", "2026-03-02T04:00:00-05:00")


def test_who_names_a_calendar_that_is_lost_is_asked_rather_than_forgotten() -> None:
    assert on("gone-office", "2026-03-01T03:00:00Z")


FILE = """
[[people]]
id = "ana"
name = "Ana Ruiz"
rung = "agent"
{more}
"""


def read(tmp_path: Path, more: str, end: str = "") -> Path:
    file = tmp_path / "people.toml"
    file.write_text(FILE.format(more=more) + end)
    return file


def test_a_file_names_shifts_writes_hours_and_absences(tmp_path: Path) -> None:
    desk = '[calendars.desk]\nzone = "UTC"\nhours = { mon = ["08:00-20:00"] }'
    away = "absences = [{ from = 2026-12-24T08:00:00Z, until = 2027-01-02T08:00:00Z }]"
    file = load_people_file(read(tmp_path, f'shift = "desk"\n{away}', desk))
    assert file.people[0].shift == "desk"
    assert file.away["ana"][0].begins == datetime(2026, 12, 24, 8, tzinfo=UTC)
    assert {"desk", "uk-office"} <= file.calendars.keys()
    assert Shifts(file.calendars).on(file.people[0], datetime(2026, 3, 2, 19, tzinfo=UTC))
    own = load_people_file(read(tmp_path, 'shift = { zone = "UTC", hours = { mon = ["08:00-20:00"] } }'))
    assert own.people[0].shift == {"zone": "UTC", "hours": {"mon": ["08:00-20:00"]}}


@pytest.mark.parametrize(
    ("more", "key", "remedy"),
    [
        ('shift = "uk-ofice"', "people[0].shift", "'uk-office'"),
        ("shift = 3", "people[0].shift", "uk-office"),
        ('shift = { zone = "Europe/Lodnon", hours = { mon = ["09:00-17:00"] } }', "people[0].shift.zone", "London"),
        ('shift = { zone = "UTC", hours = { mon = ["9-5"] } }', "people[0].shift.hours.mon[0]", "09:00-17:30"),
        ('shift = { zone = "UTC", hours = {} }', "people[0].shift.hours", "write some"),
        (
            "absences = [{ from = 2026-12-24T08:00:00Z, until = 2026-12-23T08:00:00Z }]",
            "people[0].absences[0]",
            "after",
        ),
    ],
)
def test_every_mistake_names_its_key_and_a_remedy(tmp_path: Path, more: str, key: str, remedy: str) -> None:
    (mistake,) = check_people(read(tmp_path, more))
    assert mistake.key == key
    assert remedy in str(mistake)


def test_mistakes_in_the_files_own_calendars_are_told(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"calendars\.desk"):
        load_people_file(read(tmp_path, 'shift = "uk-office"', '[calendars.desk]\nzone = "UTC"\nhours = {}'))


def test_comments_and_order_make_no_other_file(tmp_path: Path) -> None:
    ben = '[[people]]\nid = "ben"\nname = "Ben"\nrung = "agent"\n'
    one = load_people_file(read(tmp_path, "# on Mondays", ben)).digest
    other = tmp_path / "other.toml"
    other.write_text(ben + FILE.format(more=""))
    assert load_people_file(other).digest == one
    assert load_people_file(read(tmp_path, "capacity = 3", ben)).digest != one
