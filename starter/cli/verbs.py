"""The verbs, as the command line names them."""

from __future__ import annotations

import typer

from starter.cli import calendars, casework, feeding, listing, policies, running, tokens

app = typer.Typer(
    help="Every customer complaint climbs the ladder that it should, on time, exactly once.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("dev")(running.dev)
app.command("worker")(running.worker)
app.command("api")(running.api)
app.command("open")(casework.open_case)
app.command("act")(casework.act)
app.command("show")(casework.show)
app.command("list")(listing.list_cases)
app.command("feed")(feeding.feed)
app.command("token")(tokens.token)
app.add_typer(policies.app, name="policy")
app.add_typer(calendars.app, name="calendar")
