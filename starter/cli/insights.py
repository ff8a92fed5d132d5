"""`insights`: the figures of a period, from the records."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from starter.cli.boundary import Failure
from starter.cli.place import Data, open_records, settle

if TYPE_CHECKING:
    from records import Figures, Insights, Spread

_FORMATS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M"]


class By(StrEnum):
    """What figures can be told apart by."""

    TEAM = "team"
    PRODUCT = "product"


def insights(
    since: Annotated[
        datetime | None, typer.Option(formats=_FORMATS, help="From then on; in local time. Default: a week before.")
    ] = None,
    until: Annotated[datetime | None, typer.Option(formats=_FORMATS, help="Up to then. Default: now.")] = None,
    by: Annotated[By | None, typer.Option(help="With the figures of each team, or of each product.")] = None,
    team: Annotated[str | None, typer.Option(help="Only of cases that are with this team.")] = None,
    product: Annotated[str | None, typer.Option(help="Only of cases about this product.")] = None,
    data: Data = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print a JSON object, as GET /v1/insights does: since, until, all, groups.")
    ] = False,
) -> None:
    """Show what happened in a period: opened, closed, escalated, late, paid. From the records."""
    settle(data)
    from starter.cli.printing import print_json

    end = until.astimezone(UTC) if until else datetime.now(UTC)
    start = since.astimezone(UTC) if since else end - timedelta(days=7)
    if start >= end:
        raise Failure("--since is not before --until. Give an earlier time.")
    with open_records() as records:
        found = records.insights(start, end, by.value if by else None, team, product)
    print_json(found) if as_json else print(_page(found))


def _page(found: Insights) -> str:
    from starter.cli.printing import moment

    head = f"{moment(found.since)} to {moment(found.until)}"
    parts = [(head, found.all), *((f"{found.by} {name}", figures) for name, figures in found.groups.items())]
    return "\n\n".join("\n".join([title, *(f"  {line}" for line in _lines(figures))]) for title, figures in parts)


def _lines(figures: Figures) -> list[str]:
    climbed = {f"{each.reason} to {each.to}": each.count for each in figures.escalations}
    paid = {f"{each.remedy} {each.currency}": f"{each.count}, {each.amount:f} in all" for each in figures.remedies}
    return [
        f"opened          {figures.opened}",
        *_table("closed as", figures.closed_as),
        *_table("escalated", climbed),
        *_table("breached", figures.breaches),
        f"lateness        {_spread(figures.lateness)}",
        f"first response  {_spread(figures.first_response)}",
        *_table("paid", paid),
    ]


def _table(name: str, counts: dict[str, int] | dict[str, str]) -> list[str]:
    rows = [f"{key}: {value}" for key, value in counts.items()] or ["none"]
    return [f"{name if n == 0 else '':<16}{row}" for n, row in enumerate(rows)]


def _spread(spread: Spread | None) -> str:
    return f"half within {spread.p50_s:g} s, 99 % within {spread.p99_s:g} s, of {spread.count}" if spread else "none"
