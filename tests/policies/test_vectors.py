"""Facts that others have computed: all of the shared ones hold, and a file that is wrong is found out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from policies.calendars.vectors import Checked, VectorsError, Verdict, check_vectors

SHARED = Path(__file__).parents[3] / "shared/data/business_hours/vectors_dev.json"

CALENDARS: dict[str, Any] = {
    "office": {
        "timezone": "Europe/London",
        "weekly": {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")},
        "holidays": ["2026-04-03", "2026-04-06"],
        "date_overrides": {"2026-04-03": [["10:00", "12:00"]], "2026-04-04": [["10:00", "12:00"]]},
        "date_breaks": {"2026-04-02": [["12:00", "13:00"]]},
        "note": "for readers",
    },
    "nights": {"timezone": "Europe/London", "weekly": {"sat": [["22:00", "06:00"]], "sun": [["22:00", "22:00"]]}},
    "never": {"timezone": "UTC"},
    "odd": {"timezone": "UTC", "weekly": {"mon": [["09:00", "25:00"]]}},
    "nowhere": {"timezone": "Mars/Olympus"},
}


def checked(path: Path, *vectors: dict[str, Any], calendars: Any = CALENDARS) -> list[Checked]:
    path = path / "vectors.json"
    path.write_text(json.dumps({"calendars": calendars, "vectors": vectors}))
    return check_vectors(path)


def vector(op: str, start: str, calendar: str = "office", **fields: Any) -> dict[str, Any]:
    return {"id": f"a-{op}", "calendar": calendar, "op": op, "start": start, "oracle_agrees": True, **fields}


@pytest.mark.skipif(not SHARED.exists(), reason="the shared vectors are not on this machine")
def test_every_shared_vector_holds_but_the_contested_one() -> None:
    found = check_vectors(SHARED)
    assert [one for one in found if one.verdict is Verdict.FAILED] == []
    contested = [one for one in found if one.verdict is Verdict.CONTESTED]
    assert [one.id for one in contested] == ["Intrepidd_working_hours-fcc05c2c"]
    assert "expected 86400 s, got 90000 s" in contested[0].text
    assert len(found) == 171


HOLD = [
    vector("add", "2026-04-02T15:30:00Z", seconds=3600, expected="2026-04-04T09:30:00Z"),
    vector("add", "2026-04-02T15:30:00Z", seconds=1800, expected="2026-04-02T16:00:00Z"),
    vector("add", "2026-04-02T18:00:00+02:00", seconds=0, expected="2026-04-04T09:00:00Z"),
    vector("add", "2026-04-02T08:00:00.5Z", seconds=0.25, expected="2026-04-02T08:00:00.750Z"),
    vector("subtract", "2026-04-02T13:00:00Z", seconds=7200, expected="2026-04-02T10:00:00Z"),
    vector("subtract", "2026-04-02T12:00:00Z", seconds=0, expected="2026-04-02T11:00:00Z"),
    vector("between", "2026-04-01T00:00:00Z", end="2026-04-08T00:00:00Z", expected_seconds=(8 + 7 + 2 + 8) * 3600),
    vector("between", "2026-04-02T09:00:00Z", end="2026-04-02T08:00:00Z", expected_seconds=-3600),
    vector("is_open", "2026-04-02T11:30:00Z", expected=False),
    vector("is_open", "2026-04-02T12:00:00Z", expected=True),
    vector("is_open", "2026-04-02T15:00:00Z", expected=False,
           pauses=[["2026-04-02T14:59:00Z", "2026-04-02T15:30:00Z"]]),
    vector("add", "2026-04-02T14:00:00Z", seconds=3600, expected="2026-04-02T15:30:00Z",
           pauses=[["2026-04-02T14:10:00Z", "2026-04-02T14:30:00Z"], ["2026-04-02T14:20:00Z", "2026-04-02T14:40:00Z"]]),
    vector("windows_after", "2026-04-02T10:00:00Z", expected=[
        ["2026-04-02T10:00:00Z", "2026-04-02T11:00:00Z"], ["2026-04-02T12:00:00Z", "2026-04-02T16:00:00Z"],
        ["2026-04-04T09:00:00Z", "2026-04-04T11:00:00Z"]]),
    vector("windows_after", "2026-03-28T12:00:00Z", "nights", expected=[
        ["2026-03-28T22:00:00Z", "2026-03-29T05:00:00Z"]]),
    vector("windows_after", "2026-03-29T12:00:00Z", "nights", expected=[
        ["2026-03-29T21:00:00Z", "2026-03-30T21:00:00Z"]]),
    vector("windows_after", "2026-03-29T12:00:00Z", "never", expected=[]),
    vector("add_days", "2026-04-01T09:00:00Z", days=2, expected="2026-04-04T09:00:00Z"),
    vector("add_days", "2026-04-04T20:00:00Z", days=-1, expected="2026-04-02T16:00:00Z"),  # back to the closing
    vector("add_days", "2026-04-04T20:00:00Z", days=-1, expected="2026-04-02T20:00:00Z"),  # the time of day kept
    vector("add_days", "2026-04-05T10:00:00Z", days=1, expected="2026-04-07T10:00:00Z"),  # from Sunday itself
    vector("add_days", "2026-04-05T10:00:00Z", days=1, expected="2026-04-08T10:00:00Z"),  # from the nearest working day
    vector("add_days", "2026-04-01T10:00:00Z", days=0, expected="2026-04-01T10:00:00Z"),
]  # fmt: skip


@pytest.mark.parametrize("fact", HOLD)
def test_a_fact_holds(tmp_path: Path, fact: dict[str, Any]) -> None:
    (one,) = checked(tmp_path, fact)
    assert one.verdict is Verdict.PASSED, one.text


MISSES: list[tuple[dict[str, Any], str]] = [
    (vector("add", "2026-04-02T15:30:00Z", seconds=3600, expected="2026-04-04T09:31:00Z"), "got 2026-04-04T09:30:00Z"),
    (vector("between", "2026-04-02T08:00:00Z", end="2026-04-02T09:00:00Z", expected_seconds=3599), "got 3600 s"),
    (vector("is_open", "2026-04-02T12:00:00Z", expected=False), "expected closed, got open"),
    (vector("windows_after", "2026-04-02T10:00:00Z", expected=[["2026-04-02T10:00:00Z", "2026-04-02T16:00:00Z"]]),
     "got 2026-04-02T10:00:00Z/2026-04-02T11:00:00Z, 2026-04-02T12:00:00Z/2026-04-02T16:00:00Z"),
    (vector("windows_after", "2026-04-02T10:00:00Z", expected=[]), "expected nothing"),
    (vector("add_days", "2026-04-01T10:00:00Z", days=1, expected="2026-04-03T10:00:00Z"), "got 2026-04-02T10:00:00Z"),
    (vector("add", "2026-04-02T15:30:00Z", "never", seconds=1, expected="2026-04-07T08:30:00Z"), "no answer within 40"),
    (vector("add", "2026-04-02T15:30:00Z", "odd", seconds=1, expected="2026-04-07T08:30:00Z"), "weekly.mon[0]: "),
    (vector("is_open", "2026-04-02T15:30:00Z", "nowhere", expected=True), "timezone: unknown zone"),
    (vector("is_open", "2026-04-02T15:30:00Z", "elsewhere", expected=True), "no such calendar"),
    (vector("add", "2026-04-02T15:30:00Z", expected="2026-04-07T08:30:00Z"), "add.seconds: Field required"),
    (vector("add", "2026-04-02T15:30:00", seconds=1, expected="2026-04-07T08:30:00Z"), "cannot be read: add.start"),
    (vector("is_open", "9999-12-31T23:00:00Z", expected=True), "no answer within 40"),
    (vector("multiply", "2026-04-02T15:30:00Z"), "cannot be read: Input tag 'multiply'"),
]  # fmt: skip


@pytest.mark.parametrize(("fact", "said"), MISSES)
def test_a_miss_says_what_was_expected_and_what_we_get(tmp_path: Path, fact: dict[str, Any], said: str) -> None:
    (one,) = checked(tmp_path, fact)
    assert one.verdict is Verdict.FAILED
    assert said in one.text


def test_a_contested_vector_fails_nothing(tmp_path: Path) -> None:
    miss = vector("is_open", "2026-04-02T12:00:00Z", expected=False, oracle_agrees=False, note="they differ")
    hit = vector("is_open", "2026-04-02T12:00:00Z", expected=True, oracle_agrees=False)
    unchecked = vector("is_open", "2026-04-02T12:00:00Z", expected=False, oracle_agrees="not_checked")
    found = checked(tmp_path, miss, hit, unchecked)
    assert [one.verdict for one in found] == [Verdict.CONTESTED, Verdict.CONTESTED, Verdict.FAILED]
    assert "(they differ)" in found[0].text


def test_a_fact_years_away_is_reached(tmp_path: Path) -> None:
    yearly = {
        "timezone": "UTC",
        "date_overrides": {"2026-04-01": [["09:00", "10:00"]], "2035-04-01": [["09:00", "10:00"]]},
    }
    fact = vector("add", "2026-04-01T09:30:00Z", "yearly", seconds=3600, expected="2035-04-01T09:30:00Z")
    (one,) = checked(tmp_path, fact, calendars={"yearly": yearly})
    assert one.verdict is Verdict.PASSED, one.text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is not JSON"),
        ("{", "is not JSON"),
        ("[]", "holds no vectors"),
        ('{"calendars": {}}', "vectors: Field required"),
        ('{"calendars": [], "vectors": []}', "calendars: Input should be"),
        ('{"calendars": {}, "vectors": [3]}', "vectors[0]: Input should be"),
    ],
)
def test_a_file_of_something_else_is_told(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "other.json"
    path.write_text(text)
    with pytest.raises(VectorsError, match=r"other\.json") as caught:
        check_vectors(path)
    assert said in str(caught.value)
