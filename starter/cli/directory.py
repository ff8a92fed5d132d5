"""`directory`: who works here, when, and who is away. Straight to the records: whoever may reach these is trusted."""

from __future__ import annotations

import getpass
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cases.words import Rung
from starter.cli import completing
from starter.cli.boundary import Failure
from starter.cli.place import Data, open_records, settle
from starter.cli.reading import fields

if TYPE_CHECKING:
    from cases.people import Person
    from records import Change, PersonShown, Records

app = typer.Typer(
    help="See and change who works here, when, and who is away.", no_args_is_help=True, rich_markup_mode=None
)

_LISTS = ("teams", "skills", "languages")
_FORMATS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M"]

Who = Annotated[str, typer.Argument(metavar="PERSON", help="A person's id.", autocompletion=completing.people)]
AsPerson = Annotated[bool, typer.Option("--json", help="Print a JSON object: the person, load, on_shift, absences.")]


@app.command("list")
def list_people(
    team: Annotated[str | None, typer.Option(help="Of a team.", autocompletion=completing.teams)] = None,
    rung: Annotated[Rung | None, typer.Option(help="At a rung.")] = None,
    on_shift: Annotated[bool | None, typer.Option("--on-shift/--off-shift", help="There now, or not.")] = None,
    data: Data = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list of people.")] = False,
) -> None:
    """List people: their shifts, how much they have to do, and whether they are there now."""
    settle(data)
    from starter.cli.printing import print_json, table

    with open_records() as records:
        found = [
            person
            for person in _staff(records)
            if (team is None or team in person.teams)
            and rung in (None, person.rung)
            and on_shift in (None, person.on_shift)
        ]
    if as_json:
        print_json([person.model_dump(mode="json") for person in found])
    elif not found:
        print("nobody")
    else:
        rows = [
            (
                each.id,
                each.name,
                each.rung,
                ",".join(each.teams),
                f"{each.load}/{each.capacity}",
                _hours(each),
                _now(each),
            )
            for each in found
        ]
        print(table(("PERSON", "NAME", "RUNG", "TEAMS", "LOAD", "SHIFT", "NOW"), rows))


@app.command("show")
def show(person: Who, data: Data = None, as_json: AsPerson = False) -> None:
    """Show one person."""
    settle(data)
    with open_records() as records:
        _print(_one(records, person), as_json)


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="A people file: [[people]] tables, perhaps [calendars] for shifts.")],
    policy: Annotated[
        Path | None, typer.Option(help="Ask that each team of this policy has somebody at every rung.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
    data: Data = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON object: dry_run, changes.")] = False,
) -> None:
    """Make the directory what a file says. Whoever is not in it leaves, and what they have is offered to others."""
    import policies
    from policies.calendars import CalendarForm

    promised = policies.load(policy) if policy else None
    settle(data)
    from starter.cli.printing import print_json

    with open_records() as records:
        known = {name: CalendarForm.model_validate_json(text) for name, text in records.calendars().items()}
        calendars = {**known, **(promised.form.calendars if promised else {})}
        read = policies.load_people_file(file, promised.teams if promised else (), calendars)
        if not dry_run:
            records.keep_calendars(read.calendars)
        changes = records.import_people(read.people, read.away, digest=read.digest, dry_run=dry_run)
    if as_json:
        print_json({"dry_run": dry_run, "changes": [change.model_dump(mode="json") for change in changes]})
    else:
        print("\n".join(map(_line, changes)) or "nothing changes")


@app.command("set")
def set_fields(
    person: Who,
    said: Annotated[
        list[str],
        typer.Argument(metavar="KEY=VALUE", help="Such as capacity=10, teams=cards,billing, shift=uk-office, shift="),
    ],
    data: Data = None,
    as_json: AsPerson = False,
) -> None:
    """Change somebody, or add them (name= and rung= are needed then). An empty value is as for somebody new.

    Hours of one's own are JSON: shift='{"zone": "Europe/Madrid", "hours": {"mon": ["09:00-17:30"]}}'
    """
    given = {key: _value(key, value) for key, value in fields(said).items()}
    settle(data)
    with open_records() as records:
        _saved(records, person, given)
        _print(_one(records, person), as_json)


@app.command("absent")
def absent(
    person: Who,
    begins: Annotated[
        datetime | None, typer.Option("--from", formats=_FORMATS, help="In local time.", show_default="now")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=_FORMATS, help="In local time.", show_default="further notice")
    ] = None,
    data: Data = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON object: id, person, from, until.")] = False,
) -> None:
    """Record that somebody is away. Once that begins, the cases that they own are offered to others."""
    settle(data)
    from cases.people import Away
    from starter.cli.printing import moment, print_json

    now = datetime.now(UTC)
    away = Away(begins=begins.astimezone() if begins else now, until=until.astimezone() if until else None)
    with open_records() as records:
        absence = records.record_absence(person, away, getpass.getuser(), now)
    if absence is None:
        raise _unknown(person)
    end = moment(away.until) if away.until else "further notice"
    print_json(absence) if as_json else print(f"{person} is away from {moment(away.begins)} until {end}")


@app.command("back")
def back(
    person: Who,
    planned: Annotated[bool, typer.Option("--planned", help="Forget what has not begun as well.")] = False,
    data: Data = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON object: person, ended.")] = False,
) -> None:
    """Somebody is back: their absence ends now. What was offered to others meanwhile stays offered."""
    settle(data)
    from starter.cli.printing import print_json

    now = datetime.now(UTC)
    with open_records() as records:
        _one(records, person)
        over = [each for each in records.absences(now, person) if planned or each.begins <= now]
        ended = [str(each.id) for each in over if records.end_absence(person, each.id, now)]
    if not ended and not as_json:
        print(f"{person} was not away")
    else:
        print_json({"person": person, "ended": ended}) if as_json else print(f"{person} is back")


@app.command("remove")
def remove(
    person: Who,
    data: Data = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON object: person, removed.")] = False,
) -> None:
    """Take somebody out of the directory. The cases that they own are offered to others."""
    settle(data)
    from starter.cli.printing import print_json

    with open_records() as records:
        if not records.remove_person(person, datetime.now(UTC)):
            raise _unknown(person)
    print_json({"person": person, "removed": True}) if as_json else print(f"{person} has left")


def _staff(records: Records, person: str | None = None) -> list[PersonShown]:
    from policies import Shifts

    return records.staff(datetime.now(UTC), Shifts(records.calendars()).on, person)


def _one(records: Records, person: str) -> PersonShown:
    found = _staff(records, person)
    if not found:
        raise _unknown(person)
    return found[0]


def _unknown(person: str) -> Failure:
    return Failure(f"the directory knows no person {person}: caseladder directory list shows everybody")


def _saved(records: Records, name: str, given: dict[str, Any]) -> None:
    """Raises Failure for a shift that is none, pydantic.ValidationError for the rest."""
    from cases.people import Person
    from policies.shifts import mistakes_in

    shift = given.get("shift")
    if shift is not None and (found := mistakes_in(shift, records.calendars())):
        raise Failure("; ".join(f"{one.key}: {one.problem}; {one.remedy}" for one in found))
    new = {key: value for key, value in given.items() if value is not None}
    empty = {
        key: Person.model_fields[key].get_default() for key in given.keys() - new.keys() & set(Person.model_fields)
    }

    def change(before: Person) -> Person:
        return Person.model_validate({**before.model_dump(), **empty, **new})

    now = datetime.now(UTC)
    if records.change_person(name, change, now) is None:
        records.save_person(Person.model_validate({"id": name, **new}), now)


def _value(key: str, value: Any) -> Any:
    """`a,b` of what is a list, JSON where it looks like that, and None for nothing."""
    if not isinstance(value, str):
        raise Failure(f'{key}: write it as JSON, such as {key}=\'{{"zone": "Europe/London", ...}}\'')
    if not value:
        return None
    if value[0] in "{[":
        try:
            return json.loads(value)
        except ValueError as error:
            raise Failure(f"{key} is not JSON: {error}") from error
    return [part.strip() for part in value.split(",")] if key in _LISTS else value


def _print(person: PersonShown, as_json: bool) -> None:
    from starter.cli.printing import moment, print_json

    if as_json:
        print_json(person)
        return
    print(f"{person.id}  {person.name}  {person.rung}  {', '.join(person.teams) or 'every team'}  {_now(person)}")
    print(f"shift     {json.dumps(person.shift) if isinstance(person.shift, dict) else _hours(person)}")
    print(f"load      {person.load} of {person.capacity}")
    print(f"speaks    {', '.join(person.languages)}; skills {', '.join(person.skills) or 'none'}")
    for absence in person.absences:
        until = moment(absence.until) if absence.until else "further notice"
        print(f"absent    from {moment(absence.begins)} until {until}: {absence.id}")


def _hours(person: Person) -> str:
    if person.shift is None:
        return "always"
    return person.shift if isinstance(person.shift, str) else f"own hours, {person.shift.get('zone')}"


def _now(person: PersonShown) -> str:
    from starter.cli.printing import moment

    if person.on_shift:
        return "on shift"
    if not person.available:
        return "not available"
    running = [absence for absence in person.absences if absence.begins <= datetime.now(UTC)]
    if not running:
        return "off shift"
    until = max((absence.until for absence in running if absence.until), default=None)
    return f"absent until {moment(until)}" if until and all(each.until for each in running) else "absent"


def _line(change: Change) -> str:
    changed = ", ".join(f"{name} {before!r} -> {after!r}" for name, (before, after) in change.fields.items())
    return f"{change.person}  {change.what}" + (f": {changed}" if changed else "")
