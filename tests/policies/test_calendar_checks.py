"""What is wrong with a calendar file: each mistake with its key and what to do."""

from __future__ import annotations

import pytest

from policies import Mistake, PolicyError
from policies.calendars import check_calendars, shipped
from tests.policies.conftest import Write


def only(mistakes: list[Mistake]) -> Mistake:
    assert len(mistakes) == 1, [str(mistake) for mistake in mistakes]
    return mistakes[0]


def test_a_good_file_has_no_mistakes(write: Write) -> None:
    assert check_calendars(write()) == []


@pytest.mark.parametrize(
    ("old", "new", "key", "problem", "remedy"),
    [
        ('zone = "Europe/London"', "", "zone", "missing", 'such as zone = "Europe/London"'),
        ('"Europe/London"', '"Europe/Lodon"', "zone", "unknown zone 'Europe/Lodon'", "'Europe/London'"),
        ('"Europe/London"', '"Europe/Lodnon"', "zone", "unknown zone 'Europe/Lodnon'", "'Europe/London'"),
        ('"Europe/London"', '"Mars"', "zone", "unknown zone", ""),
        ('"Europe/London"', '"../passwd"', "zone", "unknown zone", "IANA"),
        ("tue = [", "tues = [", "hours.tues", "unknown key", "'tue'"),
        ("[calendars.office.breaks]", "[calendars.office.braeks]", "braeks", "unknown key", "'breaks'"),
        ('"09:00-17:30"', '"09:00-25:00"', "hours.mon[0]", "'25:00' is no time of day", "00:00 to 24:00"),
        ("fri = [", "fir = [", "hours.fir", "unknown key", "'fri'"),
        ('"09:00-17:30"', '"09:60-17:00"', "hours.mon[0]", "'09:60' is no time of day", "00:00 to 24:00"),
        ('"09:00-17:30"', '"24:00-06:00"', "hours.mon[0]", "'24:00' is the end of a day", "00:00 to 24:00"),
        ('"09:00-17:30"', '"9 to 5"', "hours.mon[0]", "'9 to 5' is no part of a day", '"09:00-17:30"'),
        ('"09:00-17:30"', "9", "hours.mon[0]", "9 is no part of a day", '"09:00-17:30"'),
        ('"09:00-17:30"', '"09:00-09:00"', "hours.mon[0]", "ends when it begins", "00:00-24:00"),
        ('["09:00-17:30"]', '"09:00-17:30"', "hours.mon", "not a list", 'mon = ["09:00-17:30"]'),
        (
            '["09:00-17:30"]', '["09:00-12:00", "11:30-17:00"]', "hours.mon[1]",
            "overlaps hours.mon[0], 09:00-12:00", "12:00 or later",
        ),
        (
            '["09:00-17:30"]', '["13:00-17:00", "09:00-13:30"]', "hours.mon[0]",
            "overlaps hours.mon[1]", "13:30 or later",
        ),
        ('["09:00-17:30"]', '["22:00-09:30"]', "hours.tue[0]", "overlaps hours.mon[0], 22:00-09:30", "09:30 or later"),
        (
            '["09:00-17:30"]', '["01:00-09:00"]\nsun = ["20:00-02:00"]', "hours.mon[0]",
            "overlaps hours.sun[0]", "02:00 or later",
        ),
        (
            '["12:00-13:00"]', '["12:00-13:00", "12:30-13:30"]', "breaks.tue[1]",
            "overlaps breaks.tue[0]", "13:00 or later",
        ),
        (
            'tue = ["12:00-13:00"]', 'tue = ["18:00-18:30"]', "breaks.tue[0]",
            "outside of the hours", "move it into hours.tue",
        ),
        ('tue = ["12:00-13:00"]', 'sun = ["12:00-13:00"]', "breaks.sun[0]", "outside of the hours", "hours.sun"),
        ('"GB"', '"XX"', "holidays.country", "unknown country 'XX'", "ISO 3166"),
        ('"GB"', '"gb"', "holidays.country", "unknown country 'gb'", "did you mean 'GB'?"),
        ('"ENG"', '"ENGLAND"', "holidays.subdivision", "unknown subdivision 'ENGLAND' of GB", ""),
        ('"ENG"', '"eng"', "holidays.subdivision", "unknown subdivision 'eng' of GB", "did you mean 'ENG'?"),
        ('"ENG"', '"BY"', "holidays.subdivision", "unknown subdivision 'BY' of GB", "one of: ENG, NIR, SCT, WLS"),
        ('country = "GB", ', "", "holidays.subdivision", "no country", 'country = "GB"'),
        ("[2026-07-01]", '["2026-02-30"]', "holidays.dates[0]", "no 2026-02-30", "date that exists"),
        ("[2026-07-01]", '["1 July"]', "holidays.dates[0]", "'1 July' is not a date", "2026-12-24"),
        ("[2026-07-01]", "[2026-07-01T00:00:00]", "holidays.dates[0]", "not a date", "2026-12-24"),
        ("[2026-07-01]", "[2026-06-30]", "holidays.dates[0]", "hours of its own", "delete one"),
        ("2026-06-30 = []", "30-06-2026 = []", "dates.30-06-2026", "not a date", "2026-12-24"),
        ("2026-06-30 = []", "2026-06-31 = []", "dates.2026-06-31", "no 2026-06-31", "exists"),
        (
            '["09:00-12:00"]', '["09:00-12:00", "11:00-13:00"]', "dates.2026-12-24[1]",
            "overlaps dates.2026-12-24[0]", "12:00 or later",
        ),
        (
            "2026-06-30 = []", '2026-07-06 = ["22:00-09:30"]\n2026-07-07 = ["08:00-12:00"]', "dates.2026-07-07[0]",
            "overlaps dates.2026-07-06, 22:00-09:30", "09:30 or later",
        ),
        (
            "2026-06-30 = []", '2026-07-02 = ["22:00-09:30"]', "dates.2026-07-02[0]",
            "overlaps hours.fri, 09:00-17:00", "09:00 or earlier",
        ),
        (
            "2026-06-30 = []", '2026-06-27 = ["01:00-12:00"]', "dates.2026-06-27[0]",
            "overlaps hours.fri, 20:00-02:00", "02:00 or later",
        ),
    ],
)  # fmt: skip
def test_each_mistake_names_file_key_and_remedy(
    write: Write, old: str, new: str, key: str, problem: str, remedy: str
) -> None:
    path = write(old, new)
    found = check_calendars(path)
    mistake = only(found)
    assert mistake.file == str(path)
    assert mistake.key == f"calendars.office.{key}"
    assert problem in mistake.problem
    assert remedy in mistake.remedy


def test_a_name_that_no_rule_could_use_is_refused(write: Write) -> None:
    path = write()
    path.write_text(path.read_text().replace("calendars.office", "calendars.Office"))
    assert only(check_calendars(path)).key == "calendars.Office"


def test_hours_that_cannot_be_read_are_not_missed_as_well(write: Write) -> None:
    path = write()
    path.write_text('[calendars.office]\nzone = "UTC"\n[calendars.office.hours]\nmon = ["9"]\n')
    assert only(check_calendars(path)).key == "calendars.office.hours.mon[0]"


def test_a_calendar_that_is_never_open_is_refused(write: Write) -> None:
    path = write()
    path.write_text('[calendars.office]\nzone = "UTC"\n[calendars.office.hours]\nmon = []\n')
    mistake = only(check_calendars(path))
    assert mistake.key == "calendars.office.hours"
    assert "no hours on any weekday" in mistake.problem
    assert 'mon = ["09:00-17:30"]' in mistake.remedy


def test_breaks_that_leave_nothing_are_refused(write: Write) -> None:
    path = write()
    path.write_text(
        '[calendars.office]\nzone = "UTC"\n[calendars.office.hours]\nmon = ["22:00-02:00"]\n'
        '[calendars.office.breaks]\nmon = ["21:00-24:00"]\ntue = ["00:00-02:00"]'
    )
    mistake = only(check_calendars(path))
    assert mistake.key == "calendars.office.breaks"
    assert "never open" in mistake.problem


def test_mistakes_of_every_kind_show_at_once(write: Write) -> None:
    path = write(
        '"Europe/London"', '"Europe/Lodon"', '"09:00-17:30"', '"09:00-25:00", "08:00-12:00", "11:00-13:00"',
        '"ENG"', '"BY"', '["12:00-13:00"]', '["12:00-13:00", "12:30-13:30"]',
    )  # fmt: skip
    keys = [mistake.key.removeprefix("calendars.office.") for mistake in check_calendars(path)]
    assert sorted(keys) == ["breaks.tue[1]", "holidays.subdivision", "hours.mon[0]", "hours.mon[1]", "zone"]


def test_a_file_without_calendars_says_what_to_write(write: Write) -> None:
    path = write()
    path.write_text("")
    mistake = only(check_calendars(path))
    assert mistake.key == "calendars"
    assert "[calendars.office]" in mistake.remedy


@pytest.mark.parametrize("text", ["calendars = 3", "calendars.office = 3", "[[calendars]]\nzone = 'UTC'"])
def test_calendars_that_are_no_tables_are_told(write: Write, text: str) -> None:
    path = write()
    path.write_text(text)
    assert only(check_calendars(path)).problem.endswith("is not a table")


def test_what_is_not_ours_is_told_with_what_is() -> None:
    with pytest.raises(PolicyError, match="did you mean 'uk-office'"):
        shipped("uk-ofice")
    with pytest.raises(PolicyError, match="one of ours: uk-office, us-office"):
        shipped("zzz")
