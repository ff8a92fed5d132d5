"""docs/clocks.md says nothing about calendars that is not so."""

from __future__ import annotations

import doctest
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from policies import check
from policies.calendars import check_calendars, compile_calendar, load_calendars, of_form, shipped
from tests.policies.conftest import Spoil

PAGE = (Path(__file__).parents[2] / "docs" / "clocks.md").read_text("utf-8")
LONDON = ZoneInfo("Europe/London")
OFFICE = compile_calendar(
    "uk-office",
    of_form(shipped("uk-office")),
    datetime(2026, 1, 1, tzinfo=UTC),
    datetime(2027, 1, 1, tzinfo=UTC),
)


def fenced(language: str) -> str:
    """The first example in that language."""
    return fences(language)[0]


def fences(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def rows() -> list[list[str]]:
    """The days of the example."""
    lines = [line for line in PAGE.splitlines() if re.match(r"\| \w{3} \d{4}-", line)]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_the_example_in_python_runs_as_printed() -> None:
    example = doctest.DocTestParser().get_doctest(fenced("python"), {}, "clocks.md", "clocks.md", 0)
    assert len(example.examples) > 5
    said: list[str] = []
    assert doctest.DocTestRunner().run(example, out=said.append).failed == 0, "".join(said)


def test_the_example_calendar_is_right(tmp_path: Path) -> None:
    path = tmp_path / "office.toml"
    path.write_text(fenced("toml"))
    assert check_calendars(path) == []
    schedule = of_form(load_calendars(path)["office"])
    assert schedule.windows(datetime(2026, 12, 31, tzinfo=UTC).date()) == ()
    assert schedule.windows(datetime(2026, 5, 29, tzinfo=UTC).date()) == ()


def test_the_example_of_clocks_fits_into_a_policy(spoil: Spoil) -> None:
    calendars, clocks = fences("toml")
    head, _, tables = clocks.partition("[clocks.resolution]")
    resolution, _, confirm = tables.partition("[clocks.confirm]")
    path = spoil(
        *('name = "small"', f'name = "small"\n{head}'),
        *("[guards]", f"{calendars}\n[guards]"),
        *('[clocks.resolution]\ndefault = "3d"\npausable = true', f"[clocks.resolution]{resolution}"),
        *('[clocks.confirm]\ndefault = "5d"', f"[clocks.confirm]{confirm}"),
    )
    assert check(path) == []


def test_every_row_of_the_table_adds_up() -> None:
    start, due = datetime(2026, 3, 27, 16, tzinfo=UTC), datetime(2026, 4, 7, 12, 30, tzinfo=UTC)
    table, last = rows(), None
    for date, local, utc, hours, in_all in table:
        day = datetime.strptime(date, "%a %Y-%m-%d").replace(tzinfo=LONDON)
        assert last is None or day.date() - last.date() == timedelta(days=1)
        first, end = max(day.astimezone(UTC), start), min((day + timedelta(days=1)).astimezone(UTC), due)
        windows = [
            (f"{a.astimezone(LONDON):%H:%M}-{b.astimezone(LONDON):%H:%M}", f"{a:%H:%M}-{b:%H:%M}")
            for a, b in OFFICE.windows(first, end)
        ]
        assert windows == ([(local, utc)] if utc else []), date
        assert OFFICE.between(first, end) == timedelta(hours=float(hours)), date
        assert OFFICE.between(start, end) == timedelta(hours=float(in_all)), date
        last = day
    assert len(table) == 12
    assert OFFICE.add(start, timedelta(hours=float(table[-1][-1]))) == due
    assert "due on Tuesday 7 April at 13:30 in London, 12:30 UTC" in PAGE


def test_the_holidays_of_the_table_are_so_called() -> None:
    schedule = of_form(shipped("uk-office"))
    for date, said, utc, *_ in rows():
        day = datetime.strptime(date, "%a %Y-%m-%d").replace(tzinfo=UTC).date()
        if not utc and not said.startswith("weekend"):
            assert schedule.holiday(day) == said


def test_the_window_that_is_not_there_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "gap.toml"
    path.write_text('[calendars.gap]\nzone = "Europe/London"\nhours = { sun = ["01:30-02:15"] }\n')
    day = datetime(2026, 3, 29, tzinfo=UTC)
    gap = compile_calendar("gap", of_form(load_calendars(path)["gap"]), day, day + timedelta(days=8))
    assert [opens.date() for opens, _ in gap.windows(day, day + timedelta(days=8))] == [datetime(2026, 4, 5).date()]  # noqa: DTZ001
