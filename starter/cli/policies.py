"""`policy check`, `policy schema`, `policy explain`: what a policy file promises, and what is wrong with it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from starter.cli.boundary import FAILED

app = typer.Typer(help="Check, describe and explain policy files.", no_args_is_help=True, rich_markup_mode=None)

PolicyFile = Annotated[Path, typer.Argument(help="A policy, TOML.", metavar="FILE")]


@app.command("check")
def check(
    file: PolicyFile,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list: file, key, problem, remedy.")] = False,
) -> None:
    """Name every mistake in a policy file: file, key, problem, remedy. Exit code 1 if there is one."""
    import policies

    mistakes = policies.check(file)
    if as_json:
        print(json.dumps([mistake.model_dump() for mistake in mistakes]))
    else:
        print("\n".join(map(str, mistakes)) or f"{file}: good")
    raise typer.Exit(FAILED if mistakes else 0)


@app.command("schema")
def schema(as_json: Annotated[bool, typer.Option("--json", help="Print it on one line.")] = False) -> None:
    """Print the JSON schema of policy files, for editors."""
    import policies

    print(json.dumps(policies.schema(), indent=None if as_json else 2))


@app.command("explain")
def explain(
    file: PolicyFile,
    complaint: Annotated[str, typer.Argument(help="A complaint as JSON: a file, or - for stdin.")],
    as_json: Annotated[
        bool, typer.Option("--json", help="Print a JSON object: chosen_by, plan, tried (rules), clocks.")
    ] = False,
) -> None:
    """Say how a policy treats a complaint: which rule chose, and which deadline each clock gets."""
    import policies
    from cases.complaint import Complaint
    from starter.cli.reading import json_object

    now = datetime.now(UTC)
    explained = policies.explain(policies.load(file), Complaint.model_validate(json_object(complaint)), now)
    print(explained.model_dump_json() if as_json else "\n".join(explained.lines()))
