"""The queries: one case, its timeline and messages, and lists of cases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from pydantic import AwareDatetime

from cases.complaint import Complaint, Shape
from cases.timeline import By, Entry
from cases.view import CaseView, EarlierCase
from cases.words import ClosedAs, Priority, Rung, Status, WaitingOn
from records.database import Database
from records.paging import opened, sealed
from records.readers import Reader, readable_cases
from records.tables import NEVER, cases, outbox, timeline

SHOWN = 5
"""How many of a customer's other cases are told of; all of their ids are known."""

OVER_STATUSES = {Status.CLOSED, Status.ARCHIVED}
"""Of these no deadline is worth sorting by: `records.writing` gives them none."""

EXPORTED_AT_ONCE = 500

RESOLUTION = 300
"""How much of what a customer was told then is told again, in characters."""


class Filters(Shape):
    """What a list is narrowed to; whatever is left out is not asked. `owner` and `offered_to`: `ana`, `queue:cards`."""

    status: tuple[Status, ...] = ()
    rung: Rung | None = None
    team: str | None = None
    owner: str | None = None
    offered_to: str | None = None
    offered_to_any: tuple[str, ...] | None = None
    """To one of these; to nobody, if there is none."""
    waiting_on: WaitingOn | None = None
    priority: Priority | None = None
    customer: str | None = None
    due_before: AwareDatetime | None = None
    breached: bool | None = None
    undecided: bool | None = None
    text: str | None = None
    readable_by: Reader | None = None


class Page(Shape):
    """A piece of a list, earliest deadline first, cases without one last. `next` is the cursor to the rest, if any."""

    items: tuple[CaseView, ...]
    next: str | None


class Sent(Shape):
    """A message to the customer, or an alert to staff, as the outbox holds it."""

    effect_id: str
    case_id: str
    kind: str
    template: str
    channel: str | None
    language: str | None
    to_person: str | None
    team: str | None
    rung: str | None
    subject: str
    text: str
    params: dict[str, Any]
    created_at: AwareDatetime


class CaseQueries(Database):
    """What can be asked about cases. Every answer is as of the last commit that was written."""

    def find(self, case_id: str) -> tuple[CaseView, datetime] | None:
        """A case's last written view, and when it was written."""
        query = sa.select(cases.c.view, cases.c.written_at).where(cases.c.case_id == case_id)
        with self.reading() as connection:
            row = connection.execute(query).one_or_none()
        return (CaseView.model_validate(row.view), row.written_at) if row else None

    def is_erased(self, case_id: str) -> bool:
        """Whether of a case only figures are left."""
        query = sa.select(cases.c.case_id).where(cases.c.case_id == case_id, cases.c.erased_at.is_not(None))
        with self.reading() as connection:
            return connection.execute(query).first() is not None

    def complaint(self, case_id: str) -> Complaint | None:
        """What the customer said, as it arrived."""
        with self.reading() as connection:
            said = connection.execute(sa.select(cases.c.complaint).where(cases.c.case_id == case_id)).scalar()
        return Complaint.model_validate(said) if said else None

    def entries(self, case_id: str, after: int = 0, limit: int = 100) -> list[Entry]:
        """Timeline entries with a number above `after`, in order."""
        query = (
            sa.select(timeline)
            .where(timeline.c.case_id == case_id, timeline.c.n > after)
            .order_by(timeline.c.n)
            .limit(limit)
        )
        with self.reading() as connection:
            return [entry_of(row) for row in connection.execute(query).mappings()]

    def lateness(self, since: datetime | None = None) -> list[float]:
        """How late, in seconds, each deadline that passed since then was noticed, the latest first."""
        query = sa.select(timeline.c.late_s).where(timeline.c.late_s.is_not(None))
        if since is not None:
            query = query.where(timeline.c.at >= since)
        with self.reading() as connection:
            return list(connection.execute(query.order_by(timeline.c.late_s.desc())).scalars())

    def list_cases(self, filters: Filters | None = None, limit: int = 50, cursor: str | None = None) -> Page:
        """Cases by deadline. A case whose deadline moves while somebody pages may be seen twice or not at all.

        Raises InvalidCursor.
        """
        query = sa.select(cases.c.view, cases.c.sort_due, cases.c.case_id)
        query = query.where(*_conditions(filters or Filters()))
        if cursor is not None:
            due, case_id = opened(cursor)
            # The first condition alone would do; with it the index is used.
            query = query.where(cases.c.sort_due >= due, sa.or_(cases.c.sort_due > due, cases.c.case_id > case_id))
        query = query.order_by(cases.c.sort_due, cases.c.case_id).limit(limit + 1)
        with self.reading() as connection:
            rows = connection.execute(query).all()
        more = len(rows) > limit
        rows = rows[:limit]
        items = tuple(CaseView.model_validate(row.view) for row in rows)
        return Page(items=items, next=sealed(rows[-1].sort_due, rows[-1].case_id) if more and rows else None)

    def count_cases(self, filters: Filters, at_most: int = 1000) -> int:
        """How many there are; where there are more than `at_most`, one more than that, and no longer walk."""
        found = sa.select(cases.c.case_id).where(*_conditions(filters)).limit(at_most + 1).subquery()
        with self.reading() as connection:
            return connection.execute(sa.select(sa.func.count()).select_from(found)).scalar_one()

    def every_case(
        self, filters: Filters, at_once: int = EXPORTED_AT_ONCE
    ) -> Iterator[tuple[CaseView, Complaint | None]]:
        """All of them with their complaints, by id: each once, however many change meanwhile."""
        last = ""
        while True:
            query = sa.select(cases.c.view, cases.c.complaint).where(*_conditions(filters), cases.c.case_id > last)
            with self.reading() as connection:
                rows = connection.execute(query.order_by(cases.c.case_id).limit(at_once)).all()
            for row in rows:
                view = CaseView.model_validate(row.view)
                last = view.case_id
                yield view, Complaint.model_validate(row.complaint) if row.complaint else None
            if len(rows) < at_once:
                return

    def cases_of(self, customer_id: str, but: str | None = None, limit: int = 20) -> list[str]:
        """The ids of a customer's cases, newest first, without `but`."""
        query = (
            sa.select(cases.c.case_id)
            .where(cases.c.customer_id == customer_id, cases.c.case_id != (but or ""))
            .order_by(cases.c.opened_at.desc(), cases.c.case_id)
            .limit(limit)
        )
        with self.reading() as connection:
            return list(connection.execute(query).scalars())

    def earlier_cases(self, customer_id: str, but: str, followed: str | None = None) -> list[EarlierCase]:
        """What became of a customer's newest other cases; the one that `but` follows is always among them."""
        ids = self.cases_of(customer_id, but, SHOWN)
        if followed and followed not in ids:
            ids = [*ids[: SHOWN - 1], followed]
        query = sa.select(cases.c.view).where(cases.c.case_id.in_(ids), cases.c.customer_id == customer_id)
        return self._earlier(query)

    def duplicates_of(self, case_id: str, customer_id: str) -> list[EarlierCase]:
        """The customer's cases that were closed because this one goes on, newest first."""
        query = sa.select(cases.c.view).where(
            cases.c.customer_id == customer_id,
            cases.c.closed_as == ClosedAs.DUPLICATE,
            cases.c.view["duplicate_of"].as_string() == case_id,
        )
        return self._earlier(query)

    def _earlier(self, query: sa.Select[Any]) -> list[EarlierCase]:
        query = query.order_by(cases.c.opened_at.desc(), cases.c.case_id).limit(SHOWN)
        with self.reading() as connection:
            return [_earlier(CaseView.model_validate(view)) for view in connection.execute(query).scalars()]

    def outbox(self, case_id: str) -> list[Sent]:
        """Everything that a case and its hand-offs told anybody, in the order it was told."""
        columns = [outbox.c[name] for name in Sent.model_fields]
        query = sa.select(*columns).where(outbox.c.case_id == case_id).order_by(outbox.c.created_at, outbox.c.n)
        with self.reading() as connection:
            return [Sent.model_validate(dict(row)) for row in connection.execute(query).mappings()]


def _earlier(view: CaseView) -> EarlierCase:
    return EarlierCase(
        case_id=view.case_id,
        product=view.product,
        issue=view.issue,
        status=view.status,
        closed_as=view.closed_as,
        opened_at=view.opened_at,
        closed_at=view.closed_at,
        resolution=view.resolution[:RESOLUTION] if view.resolution else None,
    )


def _conditions(filters: Filters) -> list[sa.ColumnElement[bool]]:
    wanted = {
        cases.c.rung: filters.rung,
        cases.c.team: filters.team,
        cases.c.offer_to: filters.offered_to,
        cases.c.waiting_on: filters.waiting_on,
        cases.c.priority: filters.priority,
        cases.c.customer_id: filters.customer,
    }
    conditions = [column == value for column, value in wanted.items() if value is not None]
    if filters.offered_to_any is not None:
        conditions.append(cases.c.offer_to.in_(filters.offered_to_any))
    if filters.breached is not None:
        # In the words of the index of those that are: neither database would find it by a parameter.
        conditions.append(cases.c.breached.is_(filters.breached))
    if filters.undecided is not None:
        conditions.append(cases.c.undecided.is_(filters.undecided))
    if filters.status:
        conditions.append(cases.c.status.in_(filters.status))
        if set(filters.status) <= OVER_STATUSES:
            # They sort last: this leaps over all that are open, instead of reading them.
            conditions.append(cases.c.sort_due == NEVER)
    if filters.owner is not None:
        queue = filters.owner.removeprefix("queue:")
        owned = cases.c.owner_person == filters.owner if queue == filters.owner else cases.c.owner_queue == queue
        conditions.append(owned)
    if filters.due_before is not None:
        conditions.append(cases.c.sort_due < filters.due_before)
    if filters.text:
        conditions.append(cases.c.text.icontains(filters.text, autoescape=True))
    reader = filters.readable_by
    if reader is not None and reader.teams:
        conditions.append(readable_cases(reader))
    return conditions


def entry_of(row: sa.RowMapping) -> Entry:
    """The entry that a row of the timeline is."""
    return Entry(
        n=row["n"],
        at=row["at"],
        by=By(id=row["by_id"], role=row["by_role"]),
        via=row["via"],
        kind=row["kind"],
        text=row["text"],
        event_id=row["event_id"],
        data=row["data"],
    )
