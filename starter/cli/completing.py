"""Shell completion: the words that a shell may offer, and the options that switch it on.

Nothing is asked of Temporal here: a shell waits for the answer at every Tab. What the records know comes from them if
they can be reached at once, and is left out in silence if not.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

# What typer's own completion options are made of; ours take the name of a shell too.
from typer.completion import (
    completion_init,  # pyright: ignore[reportPrivateImportUsage]
    get_completion_script,  # pyright: ignore[reportPrivateImportUsage]
    install,  # pyright: ignore[reportPrivateImportUsage]
)

from starter.cli import place
from starter.cli.boundary import Failure
from starter.cli.consulting import is_handoff

if TYPE_CHECKING:
    from records import Records

PROGRAM = "caseladder"
_ASKS = "_CASELADDER_COMPLETE"
"""The variable by which a shell says that it asks."""

SHELLS = ("bash", "zsh", "fish", "powershell", "pwsh")

_FIRST = 200
"""How many cases are offered."""


def answer_shells() -> None:
    """Knows how each shell asks, and how it wants to be answered."""
    completion_init()


def kinds(ctx: typer.Context, incomplete: str) -> list[str]:
    """The kinds of events that people send to a case, or to a hand-off."""
    from cases import answering, table

    taken = answering.TABLE if is_handoff(ctx.params.get("case_id") or "") else table.TABLE
    return _beginning(incomplete, (kind for kind, row in taken.items() if row.who))


def fields(ctx: typer.Context, incomplete: str) -> list[str]:
    """`text=` and the others that the kind on this command line has."""
    from typing import get_args

    from cases.actions import Action
    from cases.events import Event
    from cases.requests import Request
    from cases.specialists import SpecialistAction

    models: tuple[type[Event], ...] = tuple(
        model for union in (Action, Request, SpecialistAction) for model in get_args(get_args(union)[0])
    )
    for model in models:
        if model.model_fields["kind"].default == ctx.params.get("what"):
            own = (name for name in model.model_fields if name not in Event.model_fields)
            return _beginning(incomplete, (f"{name}=" for name in own))
    return []


def case_ids(ctx: typer.Context, incomplete: str) -> list[str]:
    """The ids of cases that the records know, what is due first at the top."""
    return _beginning(
        incomplete, _known(ctx, lambda records: [v.case_id for v in records.list_cases(None, _FIRST).items])
    )


def statuses(ctx: typer.Context, incomplete: str) -> list[str]:
    """Those of cases, or of hand-offs if the line asks for these."""
    from cases.words import HandoffStatus, Status

    return _beginning(incomplete, HandoffStatus if ctx.params.get("handoffs") else Status)


def teams(ctx: typer.Context, incomplete: str) -> list[str]:
    """The teams of the directory."""
    return _beginning(incomplete, _known(ctx, lambda records: sorted({t for p in records.people() for t in p.teams})))


def people(ctx: typer.Context, incomplete: str) -> list[str]:
    """The people of the directory. Not `queue:TEAM`: bash takes a colon for the end of a word."""
    return _beginning(incomplete, _known(ctx, lambda records: [person.id for person in records.people()]))


def _known(ctx: typer.Context, ask: Callable[[Records], list[str]]) -> list[str]:
    """What the records answer; nothing, if they do not: an error has no place on a half-written command line."""
    from records import RecordsError

    with contextlib.suppress(Failure, RecordsError):
        place.settle(ctx.params.get("data"))
        records = place.known_records()
        if records is not None:
            with records:
                return ask(records)
    return []


def _beginning(incomplete: str, words: Iterable[str]) -> list[str]:
    return [word for word in words if word.startswith(incomplete)]


def _show(asked: bool) -> None:
    if asked:
        print(get_completion_script(prog_name=PROGRAM, complete_var=_ASKS, shell=_shell()))
        raise typer.Exit


def _install(asked: bool) -> None:
    if asked:
        shell, file = install(shell=_shell(), prog_name=PROGRAM, complete_var=_ASKS)
        print(f"completion for {shell} is in {file}; it works in the next shell that you open")
        raise typer.Exit


def _shell() -> str:
    """The shell that stands after the option, or the one of this user."""
    named = next((word for word in sys.argv[1:] if not word.startswith("-")), None)
    named = named or Path(os.environ.get("SHELL", "")).name
    if named not in SHELLS:
        problem = f"{named} is not a shell that is known here" if named else "no shell is named"
        raise Failure(f"{problem}: put one of {', '.join(SHELLS)} after the option.")
    return named


Show = Annotated[
    bool,
    typer.Option(
        "--show-completion",
        callback=_show,
        is_eager=True,
        help="Print what makes a shell complete, for this shell or the one named after it: bash, zsh, fish, pwsh.",
    ),
]
Install = Annotated[
    bool,
    typer.Option(
        "--install-completion",
        callback=_install,
        is_eager=True,
        help="Switch completion on for this shell, or the one named after it.",
    ),
]
