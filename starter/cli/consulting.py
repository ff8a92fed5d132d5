"""Hand-offs on the command line: `act`, `show` and `list` come here for them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from starter.cli.boundary import Failure

if TYPE_CHECKING:
    from cases.view import HandoffView
    from cases.words import HandoffStatus
    from records import HandoffFilters, HandoffPage, RecordedHandoff, Records


def is_handoff(given: str) -> bool:
    """Whether it is the id of a hand-off: that of its case, and a number."""
    return re.search(r"-[a-z2-7]{10}-[1-9][0-9]{0,8}$", given) is not None


def refuse(given: str, verb: str) -> None:
    """Raises Failure if it is the id of a hand-off: that verb takes cases only."""
    if is_handoff(given):
        case_id = given.rpartition("-")[0]
        raise Failure(
            f"{given} is a hand-off, and {verb} takes a case. See the hand-off with: caseladder show {given}; "
            f"or its case with: caseladder {verb} {case_id}"
        )


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
    """Shows one. Only its workflow knows all of it; when that does not answer, or is gone, the records are asked."""
    from starter.cli.finding import Finder
    from starter.cli.printing import print_json

    shown = await (await Finder.connect()).handoff(handoff_id)
    print_json(shown) if as_json else print("\n".join(_lines(shown, shown.as_of)))


def narrowed(status: list[HandoffStatus], team: str | None, to: str | None) -> HandoffFilters:
    """What to list. `to` is a person whom they wait for, or waited for, or `queue:` and a team."""
    from records import HandoffFilters, Reader

    queue = (to or "").removeprefix("queue:")
    waiting = Reader(person="", teams=(queue,)) if to and queue != to else None
    return HandoffFilters(status=tuple(status), team=team, person=None if waiting else to, waiting_for=waiting)


def listed(records: Records, asked: HandoffFilters, limit: int, cursor: str | None, as_json: bool) -> None:
    """Lists those that fit; without a status, those that are not over."""
    from starter.cli.printing import print_json

    page = records.list_handoffs(asked, limit, cursor)
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
            _with(item),
            moment(item.due_at),
            " ".join(item.question.split()),
        )
        for item in page.items
    ]
    return table(header, rows) + (f"\nmore: --cursor {page.next}" if page.next else "")


def _with(item: RecordedHandoff) -> str:
    """Whom it waits for, or who had it last."""
    return item.person or ("-" if item.status.over else f"queue:{item.team}")


def _lines(view: HandoffView, as_of: datetime | None = None) -> Iterator[str]:
    from starter.cli.printing import clock_lines, happened_lines, moment, named

    yield f"{view.handoff_id}  {view.product} · {view.channel}  {view.priority}  {view.status}, team {view.team}"
    if as_of:
        yield f"from the records, as of {moment(as_of)}: its workflow does not answer, or is gone"
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
