"""Alerts that people are to be paged for: which wait, in which group, and in which page they went out.

An alert is queued in the transaction that writes it to the outbox. Who queues the first that waits in a group calls
the group's digest, and everybody else need not; so of ten thousand alerts at once, one calls. It is the same one if its
transaction is tried again, so a call that was lost with its worker is made up for. What is queued and what is marked as
paged take turns within a group, so that numbers rise in the order in which they can be seen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from pydantic import AwareDatetime, Field

from cases.complaint import Shape
from cases.effects import AlertStaff
from cases.paging import Group
from cases.words import Rung
from records.database import Database, insert_new, take_turns
from records.tables import cases, outbox, pages_due

CALLED_AGAIN = timedelta(minutes=10)
"""After this the next alert calls again: an operator may have terminated the digest that was called."""

DROPPED = "erased"
"""Stands for the page of alerts that were erased before anybody was paged."""

_WAITS = pages_due.c.page_id.is_(None)


class Call(Shape):
    """A group whose digest must be told that alerts wait."""

    group: Group
    urgent: bool


class WaitingAlert(Shape):
    """An alert that waits to be paged, as the outbox has it; `due_at` is the case's next deadline."""

    n: int
    case_id: str
    template: str
    person: str | None
    subject: str
    params: dict[str, Any]
    rung: Rung | None = Field(description="where the case is now")
    due_at: AwareDatetime | None


class WaitingGroup(Shape):
    """A group in which alerts wait."""

    team: str
    rung: Rung
    alerts: int
    urgent: bool
    since: AwareDatetime


class SentPage(Shape):
    """A page, and how many alerts it carried. `page_id` is `nobody` if no target wanted them any more.

    It is `erased` if what they say was, before anybody was paged.
    """

    page_id: str
    team: str
    rung: Rung
    alerts: int
    since: AwareDatetime = Field(description="when the first of them was queued")
    paged_at: AwareDatetime


class AlertQueue(Database):
    """What can be asked about pages, and written."""

    def waiting_alerts(self, group: Group) -> list[WaitingAlert]:
        """Those of a group, in the order in which they came. Raises RecordsAway."""
        query = (
            sa.select(
                pages_due.c.n,
                outbox.c.case_id,
                outbox.c.template,
                outbox.c.to_person.label("person"),
                outbox.c.subject,
                outbox.c.params,
                cases.c.rung,
                cases.c.due_at,
            )
            .join(outbox, outbox.c.effect_id == pages_due.c.effect_id)
            .outerjoin(cases, cases.c.case_id == outbox.c.case_id)
            .where(_of(group), _WAITS)
            .order_by(pages_due.c.n)
        )
        with self.reading() as connection:
            return [WaitingAlert.model_validate(dict(row)) for row in connection.execute(query).mappings()]

    def alert_text(self, n: int) -> str:
        """All that one alert says. Raises RecordsAway."""
        query = sa.select(outbox.c.text).join(pages_due, outbox.c.effect_id == pages_due.c.effect_id)
        with self.reading() as connection:
            return connection.execute(query.where(pages_due.c.n == n)).scalar_one_or_none() or ""

    def mark_paged(self, group: Group, up_to: int, page_id: str, now: datetime) -> int:
        """Those of a group up to that number no longer wait; how many do. Raises RecordsAway."""
        marked = (
            sa.update(pages_due).where(_of(group), _WAITS, pages_due.c.n <= up_to).values(page_id=page_id, paged_at=now)
        )
        left = sa.select(sa.func.count()).select_from(pages_due).where(_of(group), _WAITS)
        with self.writing() as connection:
            _take_turns(connection, group)
            connection.execute(marked)
            return connection.execute(left).scalar_one()

    def waiting_groups(self) -> list[WaitingGroup]:
        """Every group in which alerts wait, those that have waited longest first. Raises RecordsAway."""
        table = pages_due.c
        query = (
            sa.select(
                table.team,
                table.rung,
                sa.func.count().label("alerts"),
                sa.func.max(sa.case((table.urgent, 1), else_=0)).label("urgent"),
                sa.func.min(table.queued_at).label("since"),
            )
            .where(_WAITS)
            .group_by(table.team, table.rung)
            .order_by(sa.func.min(table.queued_at), table.team, table.rung)
        )
        with self.reading() as connection:
            rows = connection.execute(query).mappings().all()
        return [WaitingGroup.model_validate({**row, "urgent": bool(row["urgent"])}) for row in rows]

    def sent_pages(self, limit: int = 20) -> list[SentPage]:
        """The newest pages, newest first. Raises RecordsAway."""
        table = pages_due.c
        query = (
            sa.select(
                table.page_id,
                table.team,
                table.rung,
                table.paged_at,
                sa.func.count().label("alerts"),
                sa.func.min(table.queued_at).label("since"),
            )
            .where(table.page_id.is_not(None))
            .group_by(table.paged_at, table.page_id, table.team, table.rung)
            .order_by(table.paged_at.desc(), table.page_id)
            .limit(limit)
        )
        with self.reading() as connection:
            return [SentPage.model_validate(dict(row)) for row in connection.execute(query).mappings()]


def queue_pages(connection: sa.Connection, alerts: Iterable[AlertStaff], now: datetime) -> tuple[Call, ...]:
    """Queues alerts in the transaction that writes them; the groups that must be called for them.

    The last that a transaction does: groups are locked in their order, and until it ends.
    """
    groups: defaultdict[tuple[str, Rung], list[AlertStaff]] = defaultdict(list)
    for alert in alerts:
        groups[alert.team, alert.rung].append(alert)
    calls = (_queue(connection, Group(team=team, rung=rung), groups[team, rung], now) for team, rung in sorted(groups))
    return tuple(call for call in calls if call is not None)


def drop_pages(connection: sa.Connection, case_id: str, now: datetime) -> None:
    """Nobody is paged any more for what waits of a case that is erased in this transaction: it says nothing now.

    The last that a transaction does, as `queue_pages`.
    """
    of_case = pages_due.c.effect_id.in_(sa.select(outbox.c.effect_id).where(outbox.c.case_id == case_id))
    groups = sa.select(pages_due.c.team, pages_due.c.rung).where(of_case, _WAITS).distinct()
    for team, rung in sorted((row.team, row.rung) for row in connection.execute(groups)):
        _take_turns(connection, Group(team=team, rung=rung))
    connection.execute(sa.update(pages_due).where(of_case, _WAITS).values(page_id=DROPPED, paged_at=now))


def _take_turns(connection: sa.Connection, group: Group) -> None:
    take_turns(connection, f"pages {group.team} {group.rung}")


def _queue(connection: sa.Connection, group: Group, alerts: Sequence[AlertStaff], now: datetime) -> Call | None:
    rows = [
        {"effect_id": it.id, "team": it.team, "rung": it.rung, "urgent": it.urgent, "queued_at": now} for it in alerts
    ]
    _take_turns(connection, group)
    connection.execute(insert_new(connection.dialect.name, pages_due), rows)
    ours = {alert.id for alert in alerts}
    urgent = _calls(connection, group, ours, now, pages_due.c.urgent)
    # Somebody has called for the others; what is urgent does not wait for what they wait for.
    called = _calls(connection, group, ours, now)
    return Call(group=group, urgent=urgent) if urgent or called else None


def _calls(
    connection: sa.Connection, group: Group, ours: set[str], now: datetime, *which: sa.ColumnElement[bool]
) -> bool:
    """Whether this transaction calls for the first that waits: if it is ours, or nobody has come for it for long."""
    table = pages_due.c
    query = sa.select(table.n, table.effect_id, table.queued_at, table.called_at).where(_of(group), _WAITS, *which)
    first = connection.execute(query.order_by(table.n).limit(1)).first()
    if first is None:
        return False
    if first.effect_id not in ours and now - (first.called_at or first.queued_at) < CALLED_AGAIN:
        return False
    connection.execute(sa.update(pages_due).where(table.n == first.n).values(called_at=now))
    return True


def _of(group: Group) -> sa.ColumnElement[bool]:
    return sa.and_(pages_due.c.team == group.team, pages_due.c.rung == group.rung)
