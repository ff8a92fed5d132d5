"""The queries for hand-offs: one, and lists by deadline; and one as it is shown when its workflow does not answer."""

from __future__ import annotations

import sqlalchemy as sa
from pydantic import AwareDatetime, Field

from cases.complaint import Shape
from cases.view import HandoffView, OwnerView
from cases.words import Channel, HandoffStatus, Priority
from records.database import Database
from records.paging import opened, sealed
from records.readers import OVER, Reader, readable_handoffs, waiting_for
from records.tables import handoffs


class RecordedHandoff(Shape):
    """A hand-off as the records have it. `question` and `answer` are cut if they are long; its view has the whole."""

    handoff_id: str
    case_id: str
    version: int
    status: HandoffStatus
    team: str
    person: str | None = Field(description="to whom it is offered, or who has accepted it; null: the team's queue")
    question: str
    asks: str | None = Field(description="what the owner was asked back and has not answered")
    answer: str | None
    asked_by: str
    asked_at: AwareDatetime
    product: str
    channel: Channel
    priority: Priority
    due_at: AwareDatetime | None = Field(description="when the owner of the case is promised the answer")
    ended_at: AwareDatetime | None
    written_at: AwareDatetime


class HandoffShown(HandoffView):
    """A hand-off as it is shown: by its workflow, or by the records, which know no clocks and only its newest state."""

    as_of: AwareDatetime | None = Field(default=None, description="set when the answer comes from the records")


class HandoffFilters(Shape):
    """What a list is narrowed to; whatever is left out is not asked. Without a status: all that are not over."""

    status: tuple[HandoffStatus, ...] = ()
    team: str | None = None
    person: str | None = None
    case_id: str | None = None
    waiting_for: Reader | None = None
    readable_by: Reader | None = None


class HandoffPage(Shape):
    """A piece of a list, earliest deadline first, those without one last. `next` is the cursor to the rest, if any."""

    items: tuple[RecordedHandoff, ...]
    next: str | None


class HandoffQueries(Database):
    """What can be asked about hand-offs. Every answer is as of the last commit, or choice, that was written."""

    def handoff(self, handoff_id: str) -> RecordedHandoff | None:
        """One hand-off, over or not."""
        query = sa.select(*_COLUMNS).where(handoffs.c.handoff_id == handoff_id)
        with self.reading() as connection:
            row = connection.execute(query).mappings().one_or_none()
        return RecordedHandoff.model_validate(dict(row)) if row else None

    def list_handoffs(
        self, filters: HandoffFilters | None = None, limit: int = 50, cursor: str | None = None
    ) -> HandoffPage:
        """Hand-offs by deadline, as `list_cases` lists cases. Raises InvalidCursor."""
        table = handoffs.c
        query = sa.select(*_COLUMNS, table.sort_due).where(*_conditions(filters or HandoffFilters()))
        if cursor is not None:
            due, last = opened(cursor)
            query = query.where(table.sort_due >= due, sa.or_(table.sort_due > due, table.handoff_id > last))
        query = query.order_by(table.sort_due, table.handoff_id).limit(limit + 1)
        with self.reading() as connection:
            rows = [dict(row) for row in connection.execute(query).mappings()]
        dues = [row.pop("sort_due") for row in rows]
        items = tuple(RecordedHandoff.model_validate(row) for row in rows[:limit])
        return HandoffPage(items=items, next=sealed(dues[limit - 1], items[-1].handoff_id) if dues[limit:] else None)


def handoff_view(known: RecordedHandoff) -> HandoffShown:
    """What the records can show of it: no clocks, and only its newest state, `as_of` when it was written."""
    offered = known.status is HandoffStatus.OFFERED
    to = OwnerView(person=known.person, queue=None if known.person else known.team)
    return HandoffShown(
        **known.model_dump(exclude={"person", "ended_at", "written_at"}),
        offered_to=to if offered else None,
        specialist=None if offered else known.person,
        not_again=(),
        clocks=(),
        newest=(),
        unreported=0,
        now=known.written_at,
        as_of=known.written_at,
    )


_COLUMNS = [handoffs.c[name] for name in RecordedHandoff.model_fields]


def _conditions(filters: HandoffFilters) -> list[sa.ColumnElement[bool]]:
    wanted = {
        handoffs.c.team: filters.team,
        handoffs.c.person: filters.person,
        handoffs.c.case_id: filters.case_id,
    }
    conditions = [column == value for column, value in wanted.items() if value is not None]
    conditions.append(handoffs.c.status.in_(filters.status) if filters.status else handoffs.c.status.not_in(OVER))
    if filters.waiting_for:
        conditions.append(waiting_for(filters.waiting_for))
    if filters.readable_by and filters.readable_by.teams:
        conditions.append(readable_handoffs(filters.readable_by))
    return conditions
