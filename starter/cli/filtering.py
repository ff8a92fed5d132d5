"""The filters that `list` and `watch` share: the options, and the question to the records that they make."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from cases.words import HandoffStatus, Priority, Rung, Status, WaitingOn
from starter.cli import completing

if TYPE_CHECKING:
    from records import Filters, Records


def _moment(text: str | datetime) -> datetime:
    try:
        return datetime.fromisoformat(str(text))
    except ValueError as error:
        raise typer.BadParameter(
            f"{text!r} is no time: write it like 2026-03-01, 2026-03-01T09:30 or 2026-03-01T09:30+01:00"
        ) from error


AnyStatus = TypeVar("AnyStatus", Status, HandoffStatus)

_OF_HANDOFFS = ("--status", "--team", "--offered-to")
"""What `list --handoffs` can be narrowed by."""

Statuses = Annotated[list[Status] | None, typer.Option("--status", help="May be given several times.")]
StatusWords = Annotated[
    list[str] | None,
    typer.Option(
        "--status",
        metavar="STATUS",
        help=f"One of {', '.join(Status)}; with --handoffs one of {', '.join(HandoffStatus)}. "
        "May be given several times.",
        autocompletion=completing.statuses,
    ),
]
OfRung = Annotated[Rung | None, typer.Option("--rung")]
Team = Annotated[str | None, typer.Option("--team", autocompletion=completing.teams)]
Owner = Annotated[
    str | None, typer.Option("--owner", help="A person's id, or queue:TEAM.", autocompletion=completing.people)
]
OfferedTo = Annotated[
    str | None, typer.Option("--offered-to", help="A person's id, or queue:TEAM.", autocompletion=completing.people)
]
Waiting = Annotated[WaitingOn | None, typer.Option("--waiting-on")]
OfPriority = Annotated[Priority | None, typer.Option("--priority")]
Customer = Annotated[str | None, typer.Option("--customer", help="The customer's id.")]
DueBefore = Annotated[
    datetime | None,
    typer.Option(
        "--due-before",
        parser=_moment,
        metavar="TIME",
        help="With a deadline before this, such as 2026-03-01 or 2026-03-01T09:30; in local time.",
    ),
]
Breached = Annotated[bool | None, typer.Option("--breached/--not-breached", help="Past a deadline.")]
Words = Annotated[str | None, typer.Option("--text", help="Words in the complaint.")]


def statuses(given: list[str] | None, of: type[AnyStatus]) -> list[AnyStatus]:
    """Those words as statuses of cases, or of hand-offs. Raises typer.BadParameter."""
    known = [status.value for status in of]
    for word in given or ():
        if word not in known:
            raise typer.BadParameter(f"{_no_status(word, of)}; one of {', '.join(known)}", param_hint="--status")
    return [of(word) for word in given or ()]


def _no_status(word: str, of: type[Status] | type[HandoffStatus]) -> str:
    if of is Status:
        elsewhere = word in list(HandoffStatus)
        return f"{word!r} is no status of a case" + (", but of a hand-off: add --handoffs" if elsewhere else "")
    elsewhere = word in list(Status)
    return f"{word!r} is no status of a hand-off" + (", but of a case: leave out --handoffs" if elsewhere else "")


def for_cases_only(said: Mapping[str, object]) -> None:
    """Raises typer.BadParameter if one of these filters is given: hand-offs cannot be narrowed by them."""
    given = [f"--{name.replace('_', '-')}" for name, value in said.items() if value is not None]
    if said.get("breached") is False:
        given[given.index("--breached")] = "--not-breached"
    if given:
        narrowing = f"narrow them by {', '.join(_OF_HANDOFFS)}"
        raise typer.BadParameter(f"hand-offs cannot be narrowed by {', '.join(given)}: {narrowing}")


def filters(status: list[Status] | None, due_before: datetime | None, **said: Any) -> Filters:
    """The options as the records ask for them; `said` are those that go on as they are."""
    from records import Filters

    local = due_before.astimezone() if due_before else None
    return Filters(status=tuple(status or ()), due_before=local, **said)


def warn_of_unknown_names(records: Records, asked: Filters) -> None:
    """Says on stderr why no case may fit: teams and people that the directory does not know."""
    for unknown in _unknown_names(records, asked):
        sys.stderr.write(f"caseladder: {unknown}\n")


def _unknown_names(records: Records, asked: Filters) -> list[str]:
    people = records.people()
    teams = sorted({team for person in people for team in person.teams})
    ids = [person.id for person in people]
    said: list[str] = []
    if asked.team and asked.team not in teams:
        said.append(f"the directory knows no team {asked.team}: it has {', '.join(teams) or 'none'}")
    for name in filter(None, (asked.owner, asked.offered_to)):
        team = name.removeprefix("queue:")
        if team == name and name not in ids:
            said.append(f"the directory knows no person {name}: for the queue of a team, write queue:{name}")
        elif team != name and team not in teams:
            said.append(f"the directory knows no team {team}: it has {', '.join(teams) or 'none'}")
    return said
