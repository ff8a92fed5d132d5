"""`operator register`, `views`, `check`: what makes a Temporal namespace fit for cases.

`replan` is in `correcting`, `keys` in `keyring`.
"""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from starter.cli import completing, correcting, keyring
from starter.cli.boundary import FAILED, Failure
from starter.cli.place import UI, Data, known_records, settle

if TYPE_CHECKING:
    from starter.cli.registering import Standing

app = typer.Typer(
    help="Make a Temporal namespace fit for cases, and find them in its Web UI.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command("register")
def register(
    data: Data = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON object: namespace, attributes.")] = False,
) -> None:
    """Register the search attributes of cases in the namespace. Again, it changes nothing.

    Exit code 1 if one of them could not be: the others are registered all the same.
    """
    settle(data)
    namespace, attributes = asyncio.run(_registered())
    from starter.cli.printing import print_json, table

    if as_json:
        print_json({"namespace": namespace, "attributes": [each._asdict() for each in attributes]})
    else:
        rows = [(each.name, each.type, each.standing) for each in attributes]
        print(table(("ATTRIBUTE", "TYPE", f"IN {namespace}"), rows))
    problems = dict.fromkeys(each.problem for each in attributes if each.problem)
    if problems:
        raise Failure("\n".join(problems))


@app.command("views")
def views(
    ui: Annotated[
        str | None,
        typer.Option(help="The Web UI's address.", show_default="of --data, $CASELADDER_UI_URL or localhost:8233"),
    ] = None,
    team: Annotated[
        list[str] | None,
        typer.Option(
            help="A view of a team's cases; may be repeated.",
            show_default="all of the directory",
            autocompletion=completing.teams,
        ),
    ] = None,
    owner: Annotated[
        list[str] | None,
        typer.Option(help="A view of a person's cases; may be repeated.", autocompletion=completing.people),
    ] = None,
    console: Annotated[
        bool,
        typer.Option("--console", help="A script instead, for the console of a browser that shows the Web UI."),
    ] = False,
    data: Data = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print a JSON list: name, query, shows, link; an object: script.")
    ] = False,
) -> None:
    """Print links that install saved views in the Web UI: what is late, stuck, offered, each team's.

    Saved queries cannot say "within the hour": that one is made for the hour after now, and has the time in its name.
    The script of --console installs all of them at once, in the place of older ones.
    """
    settle(data)
    from starter.cli import saved
    from starter.cli.printing import print_json

    address = ui or os.environ.get(UI) or "http://localhost:8233"
    namespace = _namespace()
    asked = saved.views(datetime.now(UTC), _teams() if team is None else team, owner or ())
    links = [(view, saved.link(address, namespace, view)) for view in asked]
    if console:
        text = saved.script(namespace, asked)
        print_json({"script": text}) if as_json else print(text)
    elif as_json:
        print_json([{**view._asdict(), "link": url} for view, url in links])
    else:
        print("\n\n".join(f"{view.name}: {view.shows}\n  {view.query}\n  {url}" for view, url in links))


@app.command("check")
def check(
    data: Data = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list: what, good, said.")] = False,
) -> None:
    """Say whether Temporal answers, knows the search attributes, has a worker, and whether the records answer."""
    settle(data)
    found = asyncio.run(_checked())
    from starter.cli.printing import print_json

    if as_json:
        print_json([{"what": what, "good": problem is None, "said": problem} for what, problem in found])
    else:
        print("\n".join(f"{what:<18} {problem or 'good'}" for what, problem in found))
    raise typer.Exit(FAILED if any(problem for _, problem in found) else 0)


app.command("replan")(correcting.replan)
app.add_typer(keyring.app, name="keys")


async def _registered() -> tuple[str, list[Standing]]:
    from starter.cli import registering
    from workflows.client import connect

    client = await connect()
    return client.namespace, await registering.register(client)


async def _checked() -> list[tuple[str, str | None]]:
    """Each thing that cases need, and what is wrong with it."""
    from starter.cli import registering
    from workflows.client import CaseClient, DoorError, connect

    try:
        client = await connect()
        attributes = await registering.standing(client)
    except (DoorError, Failure) as error:
        return [("temporal", str(error)), ("records", _records_problem())]
    lacking = [each.problem or f"{each.name} is missing." for each in attributes if each.standing != "existed"]
    problem = f"{' '.join(lacking)} Register them with: caseladder operator register" if lacking else None
    found: list[tuple[str, str | None]] = [("temporal", None), ("search attributes", problem)]
    try:
        await CaseClient(client).ready()
        found.append(("worker", None))
    except DoorError as error:
        found.append(("worker", str(error)))
    return [*found, ("records", _records_problem())]


def _records_problem() -> str | None:
    from records import RecordsError
    from starter.cli.place import open_records

    try:
        with open_records() as records:
            records.ping()
    except (Failure, RecordsError) as error:
        return str(error)
    return None


def _namespace() -> str:
    from temporalio.envconfig import ClientConfigProfile

    return ClientConfigProfile.load().namespace or "default"


def _teams() -> list[str]:
    """Those of the directory, if the records are known and answer."""
    from records import RecordsError

    records = known_records()
    if records is None:
        return []
    try:
        with records:
            return sorted({team for person in records.people() for team in person.teams})
    except RecordsError:
        return []
