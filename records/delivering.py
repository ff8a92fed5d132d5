"""What is to be delivered outside, how far that has come, and what operators decide about it.

A delivery is one message, or one announcement, to one destination. It waits until it is delivered or given up. Those of
a case and a destination go out in order: `next_delivery` is always the oldest that waits. Two that send at once, since
one of them is thought to be dead, send the same first: nobody gets past a delivery that has not been accepted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple

import sqlalchemy as sa
from pydantic import AwareDatetime, Field

from cases.complaint import Shape
from cases.delivering import Decision
from records.database import Database, insert_new
from records.tables import Utc, cases, deliveries, outbox

State = Literal["waiting", "failing", "delivered", "given_up"]

_WAITING = (deliveries.c.delivered_at.is_(None), deliveries.c.given_up_at.is_(None))
_ANEW: dict[str, Any] = {
    "attempts": 0,
    "failing_since": None,
    "error": None,
    "given_up_at": None,
    "given_up_by": None,
    "given_up_why": None,
}


class Outgoing(NamedTuple):
    """Something that is to be delivered: `announced` is what is said, or None for a message of the outbox."""

    effect_id: str
    destination: str
    n: int
    created_at: datetime
    announced: dict[str, Any] | None = None


class Waiting(Shape):
    """A delivery that waits, with all that is to be said. Of a message, the words are those of the outbox."""

    effect_id: str
    destination: str
    case_id: str
    resent: int
    attempts: int
    created_at: AwareDatetime
    announced: dict[str, Any] | None
    source: str
    reference: str
    customer: dict[str, Any]
    channel: str | None
    language: str | None
    template: str | None
    subject: str | None
    text: str | None
    params: dict[str, Any] | None

    @property
    def key(self) -> str:
        """What it is known by where it goes: whoever gets the same twice takes it once."""
        return f"{self.effect_id}:r{self.resent}" if self.resent else self.effect_id


class Delivery(Shape):
    """How far something has come on its way outside."""

    id: str = Field(description="the effect's id", examples=["shop-7kq2m4xw5a:12"])
    destination: str = Field(examples=["gateway", "webhook", "webhook-shop"])
    state: State
    announced: str | None = Field(default=None, description="the event of an announcement; null for a message")
    created_at: AwareDatetime
    delivered_at: AwareDatetime | None = None
    attempts: int = Field(default=0, description="that failed, since it was last sent again")
    failing_since: AwareDatetime | None = None
    error: str | None = Field(default=None, description="what the last attempt failed with")
    resent: int = Field(default=0, description="how often it was sent again after it had been delivered")
    given_up_at: AwareDatetime | None = None
    given_up_by: str | None = None
    given_up_why: str | None = None


class Deliveries(Database):
    """What can be asked and written about deliveries, beside the commit that makes them."""

    def next_delivery(self, case_id: str, destination: str) -> Waiting | None:
        """The oldest that waits for a destination. Raises RecordsAway."""
        columns = [
            *(deliveries.c[name] for name in ("effect_id", "destination", "case_id", "resent", "attempts")),
            *(deliveries.c[name] for name in ("created_at", "announced")),
            *(cases.c[name] for name in ("source", "reference")),
            cases.c.view["customer"].label("customer"),
            *(outbox.c[name] for name in ("channel", "language", "template", "subject", "text", "params")),
        ]
        query = (
            sa.select(*columns)
            .join(cases, cases.c.case_id == deliveries.c.case_id)
            .outerjoin(outbox, outbox.c.effect_id == deliveries.c.effect_id)
            .where(deliveries.c.case_id == case_id, deliveries.c.destination == destination, *_WAITING)
            .order_by(deliveries.c.n, deliveries.c.effect_id)
            .limit(1)
        )
        with self.reading() as connection:
            row = connection.execute(query).mappings().first()
        return Waiting.model_validate(dict(row)) if row else None

    def mark_delivered(self, sent: Waiting, now: datetime) -> None:
        """It was accepted. Raises RecordsAway."""
        with self.writing() as connection:
            connection.execute(_of(sent).values(delivered_at=now, failing_since=None, error=None))

    def mark_failed(self, sent: Waiting, error: str, now: datetime) -> int:
        """It was not; how often that has happened. Raises RecordsAway."""
        table = deliveries.c
        values = {
            "attempts": table.attempts + 1,
            "failing_since": sa.func.coalesce(table.failing_since, sa.literal(now, Utc)),
            "error": error,
        }
        with self.writing() as connection:
            failed = connection.execute(_of(sent).values(values).returning(table.attempts)).scalar()
        return failed or 1

    def give_up_all(self, case_id: str, by: str, why: str, now: datetime) -> None:
        """Gives up whatever of a case waits, for there is nobody left to deliver it. Raises RecordsAway."""
        mine = sa.update(deliveries).where(deliveries.c.case_id == case_id, *_WAITING)
        with self.writing() as connection:
            connection.execute(mine.values(given_up_at=now, given_up_by=by, given_up_why=why))

    def deliveries(self, case_id: str) -> list[Delivery]:
        """All of a case, in the order in which they go out."""
        query = (
            sa.select(deliveries)
            .where(deliveries.c.case_id == case_id)
            .order_by(deliveries.c.created_at, deliveries.c.n, deliveries.c.effect_id, deliveries.c.destination)
        )
        with self.reading() as connection:
            return [_delivery(row) for row in connection.execute(query).mappings()]


def write_outgoing(connection: sa.Connection, case_id: str, outgoing: Sequence[Outgoing]) -> None:
    """Writes what is to be delivered; what is there already stays as it is."""
    rows = [{**leaving._asdict(), "case_id": case_id, "attempts": 0, "resent": 0} for leaving in outgoing]
    if rows:
        connection.execute(insert_new(connection.dialect.name, deliveries), rows)


def decide(connection: sa.Connection, decision: Decision) -> None:
    """Does what an operator decided. To be called once for a decision: what is sent again twice, is sent twice."""
    table = deliveries.c
    query = sa.select(table.destination, table.delivered_at).where(table.effect_id == decision.message_id)
    if decision.destination:
        query = query.where(table.destination == decision.destination)
    found = connection.execute(query).all()
    open_at = [row.destination for row in found if row.delivered_at is None]
    chosen = open_at or [row.destination for row in found if decision.again]
    update = sa.update(deliveries).where(table.effect_id == decision.message_id, table.destination.in_(chosen))
    if not decision.again:
        given_up = {"given_up_at": decision.at, "given_up_by": decision.by, "given_up_why": decision.why}
        connection.execute(update.where(*_WAITING).values(given_up))
        return
    resent = sa.case((table.delivered_at.is_not(None), table.resent + 1), else_=table.resent)
    connection.execute(update.values({**_ANEW, "resent": resent, "delivered_at": None}))


def waiting_at(connection: sa.Connection, case_id: str) -> tuple[str, ...]:
    """The destinations that something of a case waits for."""
    query = sa.select(deliveries.c.destination).distinct().where(deliveries.c.case_id == case_id, *_WAITING)
    return tuple(sorted(connection.execute(query).scalars()))


def state_of(row: sa.RowMapping) -> State:
    """How far it has come: what was delivered after all is delivered, whatever was decided meanwhile."""
    if row["delivered_at"] is not None:
        return "delivered"
    if row["given_up_at"] is not None:
        return "given_up"
    return "failing" if row["failing_since"] is not None else "waiting"


def _of(sent: Waiting) -> sa.Update:
    """The same, unless it has been sent again under another key meanwhile, or is delivered already."""
    table = deliveries.c
    return sa.update(deliveries).where(
        table.effect_id == sent.effect_id,
        table.destination == sent.destination,
        table.resent == sent.resent,
        table.delivered_at.is_(None),
    )


def _delivery(row: sa.RowMapping) -> Delivery:
    kept: Iterable[str] = Delivery.model_fields.keys() - {"id", "state", "announced"}
    announced: dict[str, Any] | None = row["announced"]
    return Delivery(
        id=row["effect_id"],
        state=state_of(row),
        announced=announced["event"] if announced else None,
        **{name: row[name] for name in kept},
    )
