"""Figures over a period: what was opened, how it ended, why it climbed, what was late, what it took and what it cost.

An event counts in the period in which it happened, whatever becomes of its case later; it counts for the team and the
product that the case has now. Times are on the wall: a night counts, for it did so for the customer.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from math import ceil
from typing import Any, Literal

import sqlalchemy as sa
from pydantic import AwareDatetime, Field

from cases.complaint import Shape
from cases.money import Amount
from records.database import Database
from records.tables import cases, payments, timeline

Grouping = Literal["team", "product"]

_PAID_AT = sa.func.coalesce(payments.c.settled_at, payments.c.booked_at, type_=payments.c.booked_at.type)
"""Of what an endpoint was asked for, when it answered."""

_GROUPS = {"team": cases.c.team, "product": cases.c.product}


class Escalated(Shape):
    """How often cases were offered up for a reason to a rung."""

    reason: str = Field(examples=["asked_for_manager"])
    to: str = Field(examples=["supervisor"])
    count: int


class Granted(Shape):
    """What was paid of a kind of remedy in a currency."""

    remedy: str = Field(examples=["refund"])
    currency: str = Field(examples=["GBP"])
    count: int
    amount: Amount


class Spread(Shape):
    """Of some durations: how many, and what half of them, and 99 of a hundred, did not exceed; in seconds."""

    count: int
    p50_s: float
    p99_s: float


class Figures(Shape):
    """What happened in the period."""

    opened: int = 0
    closed_as: dict[str, int] = Field(default={}, description="how cases ended that were closed in the period")
    escalations: tuple[Escalated, ...] = ()
    breaches: dict[str, int] = Field(default={}, description="deadlines passed, by clock")
    lateness: Spread | None = Field(default=None, description="how late deadlines that passed were noticed")
    first_response: Spread | None = Field(default=None, description="from opening to the first reply, on the wall")
    remedies: tuple[Granted, ...] = Field(default=(), description="what was paid")


class Insights(Shape):
    """The figures of all cases, and of each team or product, if they are wanted."""

    since: AwareDatetime
    until: AwareDatetime
    all: Figures
    by: Grouping | None = None
    groups: dict[str, Figures] = Field(default={}, description="by name, if `by` was asked for")


@dataclass
class _Tally:
    opened: int = 0
    closed_as: Counter[str] = field(default_factory=Counter[str])
    escalations: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    breaches: Counter[str] = field(default_factory=Counter[str])
    late: list[float] = field(default_factory=list[float])
    responses: list[float] = field(default_factory=list[float])
    paid: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    amounts: defaultdict[tuple[str, str], Decimal] = field(default_factory=lambda: defaultdict[Any, Decimal](Decimal))

    def figures(self) -> Figures:
        return Figures(
            opened=self.opened,
            closed_as=dict(sorted(self.closed_as.items())),
            escalations=tuple(
                Escalated(reason=reason, to=to, count=count) for (reason, to), count in sorted(self.escalations.items())
            ),
            breaches=dict(sorted(self.breaches.items())),
            lateness=_spread(self.late),
            first_response=_spread(self.responses),
            remedies=tuple(
                Granted(remedy=key[0], currency=key[1], count=count, amount=self.amounts[key])
                for key, count in sorted(self.paid.items())
            ),
        )


class InsightQueries(Database):
    """What can be asked about a period."""

    def insights(
        self,
        since: datetime,
        until: datetime,
        by: Grouping | None = None,
        team: str | None = None,
        product: str | None = None,
    ) -> Insights:
        """The figures from `since` up to `until`; of the cases of one team or product, if named. Reads one state."""
        group = _GROUPS[by or "team"]
        narrowed = [cases.c.team == team] if team else []
        narrowed += [cases.c.product == product] if product else []
        tallies: defaultdict[str, _Tally] = defaultdict(_Tally)
        whole = _Tally()

        def within(moment: sa.ColumnElement[Any]) -> list[sa.ColumnElement[bool]]:
            return [moment >= since, moment < until, *narrowed]

        def both(name: str) -> tuple[_Tally, _Tally]:
            return whole, tallies[name]

        with self.reading() as connection:
            opened = sa.select(group, sa.func.count()).select_from(cases).where(*within(cases.c.opened_at))
            for name, count in connection.execute(opened.group_by(group)):
                for tally in both(name):
                    tally.opened += count
            ended = sa.select(group, cases.c.closed_as, sa.func.count()).where(*within(cases.c.closed_at))
            for name, closed_as, count in connection.execute(ended.group_by(group, cases.c.closed_as)):
                for tally in both(name):
                    tally.closed_as[str(closed_as)] += count
            for name, kind, data, late_s in connection.execute(_account(group, within(timeline.c.at))):
                for tally in both(name):
                    _enter(tally, kind, data, late_s)
            for name, opened_at, replied_at in connection.execute(_first_replies(group, narrowed, since, until)):
                for tally in both(name):
                    tally.responses.append((replied_at - opened_at).total_seconds())
            for name, remedy, currency, amount in connection.execute(_paid(group, within(_PAID_AT))):
                for tally in both(name):
                    tally.paid[remedy, currency] += 1
                    tally.amounts[remedy, currency] += Decimal(amount)
        groups = {name: tally.figures() for name, tally in sorted(tallies.items())} if by else {}
        return Insights(since=since, until=until, all=whole.figures(), by=by, groups=groups)


def _enter(tally: _Tally, kind: str, data: dict[str, Any], late_s: float | None) -> None:
    if kind == "escalated":
        tally.escalations[str(data.get("reason")), str(data.get("to"))] += 1
    if kind == "clock_breached":
        tally.breaches[str(data.get("clock")).rpartition("-")[0]] += 1
    if late_s is not None:
        tally.late.append(late_s)


def _account(group: sa.ColumnElement[str], within: Sequence[sa.ColumnElement[bool]]) -> sa.Select[*tuple[Any, ...]]:
    told = sa.or_(timeline.c.kind.in_(("escalated", "clock_breached")), timeline.c.late_s.is_not(None))
    query = sa.select(group, timeline.c.kind, timeline.c.data, timeline.c.late_s)
    return query.join_from(timeline, cases, cases.c.case_id == timeline.c.case_id).where(told, *within)


def _first_replies(
    group: sa.ColumnElement[str], narrowed: Sequence[sa.ColumnElement[bool]], since: datetime, until: datetime
) -> sa.Select[*tuple[Any, ...]]:
    first = sa.func.min(timeline.c.at, type_=timeline.c.at.type)
    query = sa.select(group, cases.c.opened_at, first).join_from(timeline, cases, cases.c.case_id == timeline.c.case_id)
    query = query.where(timeline.c.kind == "reply", timeline.c.at < until, *narrowed)
    return query.group_by(group, cases.c.case_id, cases.c.opened_at).having(first >= since)


def _paid(group: sa.ColumnElement[str], within: Sequence[sa.ColumnElement[bool]]) -> sa.Select[*tuple[Any, ...]]:
    query = sa.select(group, payments.c.remedy, payments.c.currency, payments.c.amount)
    return query.join_from(payments, cases, cases.c.case_id == payments.c.case_id).where(
        payments.c.state == "paid", *within
    )


def _spread(durations: list[float]) -> Spread | None:
    if not durations:
        return None
    ordered = sorted(durations)
    at = {share: round(ordered[ceil(share * len(ordered)) - 1], 3) for share in (0.5, 0.99)}
    return Spread(count=len(ordered), p50_s=at[0.5], p99_s=at[0.99])
