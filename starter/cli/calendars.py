"""`calendar check`, `calendar show`: whether we come to what others have computed, and what is open when."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from starter.cli.boundary import FAILED, Failure

if TYPE_CHECKING:
    from policies.calendars import CalendarForm
    from policies.calendars.coming import Day, Opening

app = typer.Typer(help="Check calendars, and show when they are open.", no_args_is_help=True, rich_markup_mode=None)

YEARS = range(1970, 2200)

Vectors = Annotated[Path, typer.Argument(help="Expected values, JSON with `calendars` and `vectors`.", metavar="FILE")]
Where = Annotated[
    str,
    typer.Argument(
        help="A file with [calendars] tables, or a calendar of ours such as uk-office.", metavar="FILE|NAME"
    ),
]


@app.command("check")
def check(
    file: Vectors,
    as_json: Annotated[
        bool,
        typer.Option("--json", help="Print a JSON object: passed, failed, contested, vectors (those to be told of)."),
    ] = False,
) -> None:
    """Compute what others have computed about business hours, and name each miss. Exit code 1 if there is one.

    A contested vector, one that its own collection does not agree about, is shown and counted apart, and fails nothing.
    """
    from policies.calendars.vectors import VectorsError, Verdict, check_vectors

    try:
        checked = check_vectors(file)
    except VectorsError as error:
        raise Failure(str(error)) from error
    counts = {verdict: sum(one.verdict is verdict for one in checked) for verdict in Verdict}
    shown = [one for one in checked if one.verdict is not Verdict.PASSED]
    if as_json:
        print(json.dumps(counts | {"vectors": [one.model_dump(mode="json") for one in shown]}))
    else:
        for one in shown:
            print(f"{one.verdict:<9} {one.id}: {one.text}")
        contested = f", {counts[Verdict.CONTESTED]} contested" if counts[Verdict.CONTESTED] else ""
        print(f"{counts[Verdict.PASSED]} passed, {counts[Verdict.FAILED]} failed{contested}")
    raise typer.Exit(FAILED if counts[Verdict.FAILED] else 0)


@app.command("show")
def show(
    where: Where,
    name: Annotated[str | None, typer.Option(help="One calendar of the file.", show_default="all")] = None,
    days: Annotated[int, typer.Option(min=1, max=366, help="How many days.")] = 14,
    start: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First day.", show_default="today")
    ] = None,
    zone: Annotated[str | None, typer.Option(help="Your time zone.", show_default="this machine's")] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print a JSON list: name, zone, reader_zone, always, days.")
    ] = False,
) -> None:
    """Show the coming open hours, in the calendar's time zone and in yours."""
    from policies.calendars import of_form
    from policies.calendars.coming import coming

    reader = _reader(zone)
    if start and start.year not in YEARS:
        raise Failure(f"--start: write a year from {YEARS[0]} to {YEARS[-1]}")
    shown: list[Mapping[str, object]] = []
    for place, (title, form) in enumerate(_calendars(where, name).items()):
        schedule = of_form(form)
        first = start.date() if start else datetime.now(schedule.zone).date()
        dates = list(coming(schedule, first, days, reader))
        if as_json:
            about = {"name": title, "zone": form.zone, "reader_zone": zone, "always": schedule.never_closes}
            shown.append(about | {"days": [day.model_dump(mode="json") for day in dates]})
            continue
        print(("\n" if place else "") + f"{title}, {form.zone}" + (", never closed" if schedule.never_closes else ""))
        print("\n".join(_lines(dates, form.zone, zone or _here(first))))
    if as_json:
        print(json.dumps(shown))


def _calendars(where: str, name: str | None) -> dict[str, CalendarForm]:
    from policies.calendars import load_calendars, shipped

    if not (where.endswith(".toml") or "/" in where or Path(where).is_file()):
        return {where: shipped(where)}
    found = load_calendars(where)
    if name is None:
        return found
    if name not in found:
        raise Failure(f"{where} has no calendar {name!r}; there are {', '.join(found)}")
    return {name: found[name]}


def _reader(zone: str | None) -> ZoneInfo | None:
    from policies.calendars.form import zone_problem

    if zone is None:
        return None
    if problem := zone_problem(zone):
        raise Failure(f"--zone: {'; '.join(problem)}")
    return ZoneInfo(zone)


def _here(day: date) -> str:
    """What this machine calls its own time on that day."""
    return f"{datetime(day.year, day.month, day.day, 12, tzinfo=UTC).astimezone():%Z} (here)"


def _lines(days: Sequence[Day], zone: str, reader: str) -> Iterator[str]:
    from starter.cli.printing import table

    rows: list[list[str]] = []
    for day in days:
        date = f"{day.date:%a %Y-%m-%d}"
        if not day.windows:
            rows.append([date, "closed", "", "", day.note])
        for place, window in enumerate(day.windows):
            hours = f"{day.open_s / 3600:g} h" if not place else ""
            rows.append([*([date] if not place else [""]), *_window(window, day), hours, "" if place else day.note])
    yield table(["date", zone, reader, "open", ""], rows)


def _window(window: Opening, day: Day) -> tuple[str, str]:
    """In both zones; a date is named where it is not the row's."""
    return (
        _between(window.opens, window.closes, day.date),
        _between(window.reader_opens, window.reader_closes, day.date),
    )


def _between(opens: datetime, closes: datetime, day: date) -> str:
    begins = f"{opens:%H:%M}" if opens.date() == day else f"{opens:%a %H:%M}"
    if closes.time() == time() and closes.date() - day == timedelta(days=1):
        return f"{begins}-24:00"
    ends = f"{closes:%H:%M}" if closes.date() == day else f"{closes:%a %H:%M}"
    return f"{begins}-{ends}"
