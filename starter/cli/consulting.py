"""Hand-offs on the command line: `act`, `show` and `list` come here for them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from uuid import uuid4

if TYPE_CHECKING:
    from cases.view import HandoffView
    from records import HandoffPage, Records


def is_handoff(given: str) -> bool:
    """Whether it is the id of a hand-off: that of its case, and a number."""
    return re.search(r"-[a-z2-7]{10}-[1-9][0-9]*$", given) is not None


async def act(handoff_id: str, event: dict[str, Any], wait: bool, as_json: bool) -> None:
    """Does what a specialist does. Raises pydantic.ValidationError, and what the client raises."""
    from cases.specialists import SpecialistAct

    SpecialistAct.model_validate({"id": uuid4()} | event)
    from starter.cli.printing import print_json
    from starter.client import Caseladder

    caseladder = await Caseladder.connect()
    if not wait:
        await caseladder.act_on_handoff(handoff_id, event, wait=False)
        print_json({"handoff_id": handoff_id, "sent": True}) if as_json else print(f"sent to {handoff_id}")
        return
    view = await caseladder.act_on_handoff(handoff_id, event)
    print_json(view) if as_json else print("\n".join(_lines(view)))


async def show(handoff_id: str, as_json: bool) -> None:
    """Shows one. Only its workflow knows all of it."""
    from starter.cli.printing import print_json
    from starter.client import Caseladder

    view = await (await Caseladder.connect()).handoff(handoff_id)
    print_json(view) if as_json else print("\n".join(_lines(view)))


def listed(records: Records, team: str | None, to: str | None, limit: int, cursor: str | None, as_json: bool) -> None:
    """Lists those that are not over. `to` is a person whom they wait for, or `queue:` and a team."""
    from records import HandoffFilters, Reader
    from starter.cli.printing import print_json

    queue = (to or "").removeprefix("queue:")
    waiting = Reader(person="", teams=(queue,)) if to and queue != to else None
    page = records.list_handoffs(
        HandoffFilters(team=team, person=None if waiting else to, waiting_for=waiting), limit, cursor
    )
    print_json(page) if as_json else print(_table(page))


def _table(page: HandoffPage) -> str:
    from starter.cli.printing import moment, table

    if not page.items:
        return "no hand-offs"
    header = ("HAND-OFF", "STATUS", "PRIO", "TEAM", "PERSON", "DUE", "QUESTION")
    rows = [
        (
            item.handoff_id,
            item.status,
            item.priority,
            item.team,
            item.person or f"queue:{item.team}",
            moment(item.due_at),
            " ".join(item.question.split()),
        )
        for item in page.items
    ]
    return table(header, rows) + (f"\nmore: --cursor {page.next}" if page.next else "")


def _lines(view: HandoffView) -> Iterator[str]:
    from starter.cli.printing import clock_lines, happened_lines, moment, named

    yield f"{view.handoff_id}  {view.product} · {view.channel}  {view.priority}  {view.status}, team {view.team}"
    yield f"asked    by {view.asked_by} at {moment(view.asked_at)}: {view.question}"
    if view.offered_to:
        yield f"offered  to {named(view.offered_to)}"
    if view.specialist:
        yield f"with     {view.specialist}"
    if view.asks:
        yield f"asks     the owner: {view.asks}"
    if view.answer:
        yield f"answer   {view.answer}"
    if view.due_at:
        yield f"promised to the owner by {moment(view.due_at)}"
    if view.stuck:
        yield f"stuck    {view.stuck}"
    yield from clock_lines(view.clocks)
    yield from happened_lines("newest", view.newest)
