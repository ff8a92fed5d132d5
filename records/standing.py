"""How things stand now, in counts: what is open and late, and what waits to be delivered. For whoever watches.

Counts alone, by words that are few: rungs, teams, clocks, destinations. Nothing here says anything of one case or one
person. Each question is answered from an index of what is still going on, so that it costs the same however many cases
are over.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import sqlalchemy as sa
from pydantic import AwareDatetime

from cases.complaint import Shape
from cases.words import Status, WaitingOn
from records.database import Database
from records.tables import (
    HANDOFF_OPEN,
    NOT_ARCHIVED,
    PAYMENT_ASKED,
    cases,
    deliveries,
    destinations,
    pages_due,
    payments,
)
from records.tables import handoffs as handoffs_table

ALERTS, PAYMENTS = "alerts", "payments"
"""What stands beside the destinations: alerts that nobody was paged for yet, and payments that nobody answered yet."""


class Backlog(Shape):
    """What waits for a destination. `failing`: how much of it has been tried in vain."""

    waiting: int = 0
    failing: int = 0
    oldest_at: AwareDatetime | None = None

    def age_s(self, now: datetime) -> float:
        """Seconds that the oldest has waited; 0 if nothing waits."""
        return max((now - self.oldest_at).total_seconds(), 0.0) if self.oldest_at else 0.0


class Standing(Shape):
    """The counts. Of what is not there, there is no key, except that every known destination has its backlog."""

    open: dict[tuple[str, ...], int]
    """Cases that are neither closed nor archived, by rung and team."""
    late: dict[tuple[str, ...], int]
    """Cases with a live clock past its deadline, by rung and team."""
    by_status: dict[str, int]
    """Cases that are not archived."""
    waiting_on: dict[str, int]
    """Cases that are not archived, by whose move it is."""
    stuck: int
    breached: dict[str, int]
    """Live clocks past their deadline, by the clock's name."""
    handoffs: dict[tuple[str, ...], int]
    """Questions to specialists that are not over, by status and team."""
    backlogs: dict[str, Backlog]


class StandingQueries(Database):
    """What can be asked about all that goes on."""

    def standing(self) -> Standing:
        """The counts, of one state of the database. Raises RecordsAway."""
        by_status, waiting_on, opened, late = (
            Counter[str](),
            Counter[str](),
            Counter[tuple[str, ...]](),
            Counter[tuple[str, ...]](),
        )
        with self.reading() as connection:
            for status, rung, team, move, breached, count in connection.execute(_LIVE_CASES):
                by_status[status] += count
                waiting_on[move] += count
                if status != Status.CLOSED:
                    opened[rung, team] += count
                if breached:
                    late[rung, team] += count
            clocks = {str(name): int(count) for name, count in connection.execute(_LATE_CLOCKS[self.dialect])}
            handoffs = {(status, team): count for status, team, count in connection.execute(_OPEN_HANDOFFS)}
            backlogs = {str(name): Backlog() for name in connection.execute(sa.select(destinations.c.name)).scalars()}
            for query in (_DELIVERIES, _ALERTS, _PAYMENTS):
                for name, waiting, failing, oldest in connection.execute(query):
                    backlogs[name] = Backlog(waiting=waiting, failing=failing or 0, oldest_at=oldest)
        return Standing(
            open=opened,
            late=late,
            by_status=by_status,
            waiting_on=waiting_on,
            stuck=waiting_on[WaitingOn.STUCK],
            breached=clocks,
            handoffs=handoffs,
            backlogs=backlogs,
        )


_BY = (cases.c.status, cases.c.rung, cases.c.team, cases.c.waiting_on, cases.c.breached)
_LIVE_CASES = sa.select(*_BY, sa.func.count()).where(NOT_ARCHIVED).group_by(*_BY)

_BY_STATUS = (handoffs_table.c.status, handoffs_table.c.team)
_OPEN_HANDOFFS = sa.select(*_BY_STATUS, sa.func.count()).where(HANDOFF_OPEN).group_by(*_BY_STATUS)

# The clocks are in the view, and only those of late cases are looked at: `cases.breached` has an index of its own.
_LATE_CLOCKS = {
    "sqlite": sa.text("""
        SELECT json_extract(clock.value, '$.name'), count(*)
        FROM cases, json_each(cases.view, '$.clocks') AS clock
        WHERE cases.breached IS 1 AND json_extract(clock.value, '$.breached_at') IS NOT NULL
            AND json_extract(clock.value, '$.state') IN ('running', 'paused')
        GROUP BY 1"""),
    "postgresql": sa.text("""
        SELECT clock ->> 'name', count(*)
        FROM cases, json_array_elements(cases.view -> 'clocks') AS clock
        WHERE cases.breached IS true AND clock ->> 'breached_at' IS NOT NULL
            AND clock ->> 'state' IN ('running', 'paused')
        GROUP BY 1"""),
}


def _oldest(moment: sa.Column[datetime]) -> sa.ColumnElement[datetime]:
    return sa.func.min(moment, type_=moment.type)


_DELIVERIES = (
    sa.select(
        deliveries.c.destination,
        sa.func.count(),
        sa.func.count(deliveries.c.failing_since),
        _oldest(deliveries.c.created_at),
    )
    .where(deliveries.c.delivered_at.is_(None), deliveries.c.given_up_at.is_(None))
    .group_by(deliveries.c.destination)
)
_ALERTS = sa.select(sa.literal(ALERTS), sa.func.count(), sa.literal(0), _oldest(pages_due.c.queued_at)).where(
    pages_due.c.page_id.is_(None)
)
_PAYMENTS = sa.select(sa.literal(PAYMENTS), sa.func.count(), sa.literal(0), _oldest(payments.c.booked_at)).where(
    PAYMENT_ASKED
)
