"""The verbs, as the command line names them."""

from __future__ import annotations

import typer

from starter.cli import (
    calendars,
    casework,
    completing,
    delivering,
    digesting,
    directory,
    erasing,
    exporting,
    feeding,
    insights,
    listing,
    messaging,
    operating,
    paying,
    policies,
    running,
    tokens,
    watching,
)
from starter.cli.boundary import wants_json

app = typer.Typer(
    help="Every customer complaint climbs the ladder that it should, on time, exactly once.",
    add_completion=False,  # ours takes the name of a shell too, and works where none can be detected
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
completing.answer_shells()


@app.callback()
def caseladder(show_completion: completing.Show = False, install_completion: completing.Install = False) -> None:
    """Every customer complaint climbs the ladder that it should, on time, exactly once."""


app.command("dev")(running.dev)
app.command("worker")(running.worker)
app.command("api")(running.api)
app.command("open")(casework.open_case)
app.command("act")(casework.act)
app.command("show")(casework.show)
app.command("messages")(messaging.messages)
app.command("payments")(paying.payments)
app.command("digest")(digesting.digest)
app.command("destinations")(delivering.destinations)
app.command("list")(listing.list_cases)
app.command("watch")(watching.watch)
app.command("insights")(insights.insights)
app.command("feed")(feeding.feed)
app.command("export")(exporting.export)
app.command("erase")(erasing.erase)
app.command("token")(tokens.token)
app.add_typer(policies.app, name="policy")
app.add_typer(calendars.app, name="calendar")
app.add_typer(directory.app, name="directory")
app.add_typer(operating.app, name="operator")


def run_line() -> None:
    """Runs the command line of this process. Raises SystemExit; with --json, what is mistyped as an error too."""
    code: object = app(prog_name=completing.PROGRAM, standalone_mode=not wants_json())
    if isinstance(code, int):
        raise SystemExit(code)
