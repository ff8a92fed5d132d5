"""What erasure and retention read and write in the records: requests, the cases that they are about, and the removal.

A case is erased in one transaction, and nothing is written to it afterwards: what comes late finds it closed. In
SQLite the old content is overwritten as well; PostgreSQL does that when it vacuums. In which order things are done,
and what Temporal is told before, is `records.erasure`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from cases.retention import Retention
from cases.view import CaseView
from cases.words import Role, Status
from records.alerting import drop_pages
from records.database import Database, insert_into, take_turns
from records.personal import ERASED, PERSONAL, emptied, figures
from records.tables import cases, erasures, handoffs, metadata, outbox, payments, policies, timeline

AT_ONCE = 500
"""How many cases are looked for, and how many payments changed, in one transaction."""


class Request(NamedTuple):
    """An erasure that was asked for and is not done."""

    customer_id: str
    requested_at: datetime


class Subject(NamedTuple):
    """A case that has not been erased."""

    case_id: str
    status: Status
    ended_at: datetime
    """When it was closed; of one that never was, when anything was last written about it."""


class Booked(NamedTuple):
    """A payment that still names its customer."""

    reference: str
    case_id: str
    booked_at: datetime


class Removed(NamedTuple):
    """How much was emptied."""

    entries: int = 0
    messages: int = 0
    handoffs: int = 0


class Eraser(Database):
    """What can be erased, and what there is to erase."""

    def request_erasure(self, customer_id: str, by: str, now: datetime) -> datetime:
        """Notes that a customer's data is to be erased, as of `now`; again, also what has come since."""
        row = {"customer_key": key_of(customer_id), "customer_id": customer_id, "requested_at": now}
        insert = insert_into(self.dialect, erasures).values(**row, requested_by=by, done_at=None)
        again = {name: insert.excluded[name] for name in ("customer_id", "requested_at", "requested_by", "done_at")}
        with self.writing() as connection:
            connection.execute(insert.on_conflict_do_update(index_elements=[erasures.c.customer_key], set_=again))
        return now

    def open_erasures(self) -> list[Request]:
        """The requests that are not done, oldest first."""
        query = sa.select(erasures.c.customer_id, erasures.c.requested_at).where(erasures.c.done_at.is_(None))
        with self.reading() as connection:
            rows = connection.execute(query.order_by(erasures.c.requested_at)).all()
        return [Request(row.customer_id, row.requested_at) for row in rows]

    def finish_erasure(self, request: Request, now: datetime) -> bool:
        """Nothing of the customer is left but the digest of their id; whether that is so.

        It is not if they have asked again meanwhile, or if a case of before has come into the records meanwhile.
        """
        mine = sa.and_(
            erasures.c.customer_key == key_of(request.customer_id), erasures.c.requested_at == request.requested_at
        )
        with self.writing() as connection:
            _take_turns(connection, request.customer_id)
            if connection.execute(_SUBJECTS.where(_about(request)).limit(1)).first() is not None:
                return False
            done = sa.update(erasures).where(mine).values(done_at=now, customer_id=None)
            return connection.execute(done).rowcount > 0

    def subjects(self, request: Request) -> list[Subject]:
        """The customer's cases that were opened before they asked, oldest first."""
        query = _SUBJECTS.where(_about(request))
        return self._subjects(query.order_by(cases.c.opened_at, cases.c.case_id))

    def expired_cases(self, retention: Retention, now: datetime, but: Sequence[str] = ()) -> list[Subject]:
        """Archived cases that may have been kept for long enough, oldest first, `AT_ONCE` at most."""
        query = _SUBJECTS.where(
            cases.c.status == sa.literal_column(f"'{Status.ARCHIVED}'"),
            cases.c.erased_at.is_(None),
            cases.c.closed_at < retention.oldest(now),
            cases.c.case_id.not_in(but),
        )
        return self._subjects(query.order_by(cases.c.closed_at, cases.c.case_id).limit(AT_ONCE))

    def _subjects(self, query: sa.Select[*tuple[Any, ...]]) -> list[Subject]:
        with self.reading() as connection:
            rows = connection.execute(query).all()
        return [Subject(row.case_id, Status(row.status), row.closed_at or row.written_at) for row in rows]

    def erase_case(self, case_id: str, now: datetime) -> Removed | None:
        """Removes all that is personal of a case and its hand-offs. None if there is no such case, or it is erased."""
        with self.writing() as connection:
            query = sa.select(cases.c.view).where(cases.c.case_id == case_id, cases.c.erased_at.is_(None))
            found = connection.execute(query.with_for_update()).scalar()
            if found is None:
                return None
            view = CaseView.model_validate(found)
            left = emptied(view, now).model_dump(mode="json")
            plain = {"reference": case_id, "customer_id": ERASED, "text": "", "view": left, "complaint": None}
            mine = cases.c.case_id == case_id
            connection.execute(sa.update(cases).where(mine).values(**plain, erased_at=now))
            entries = _empty_timeline(connection, case_id, view.customer.id)
            emptied_rows = {table.name: _empty(connection, table, case_id) for table in _BY_CASE}
            drop_pages(connection, case_id, now)
            return Removed(entries, emptied_rows[outbox.name], emptied_rows[handoffs.name])

    def payments_of(self, request: Request) -> list[Booked]:
        """Payments to the customer that were booked before they asked, oldest first."""
        about = sa.and_(payments.c.customer_id == request.customer_id, payments.c.booked_at <= request.requested_at)
        return self._payments(_BOOKED.where(about, payments.c.customer_id != ERASED))

    def expired_payments(self, retention: Retention, now: datetime) -> list[Booked]:
        """Payments that may have been kept for long enough, oldest first."""
        old = sa.and_(payments.c.booked_at < retention.oldest(now), payments.c.customer_id != ERASED)
        return self._payments(_BOOKED.where(old))

    def _payments(self, query: sa.Select[*tuple[Any, ...]]) -> list[Booked]:
        with self.reading() as connection:
            rows = connection.execute(query.order_by(payments.c.booked_at, payments.c.reference)).all()
        return [Booked(row.reference, row.case_id, row.booked_at) for row in rows]

    def erase_payments(self, references: Sequence[str]) -> int:
        """Nobody is named as who was paid; the figures stay. How many were changed."""
        count = 0
        for start in range(0, len(references), AT_ONCE):
            some = payments.c.reference.in_(references[start : start + AT_ONCE])
            changed = (
                sa.update(payments)
                .where(some, payments.c.customer_id != ERASED)
                .values(customer_id=ERASED, reason=None)
            )
            with self.writing() as connection:
                count += connection.execute(changed).rowcount
        return count

    def put_in_force(self, policy_hash: str, now: datetime) -> None:
        """Notes that a worker has started with this policy, which the records keep."""
        with self.writing() as connection:
            connection.execute(sa.update(policies).where(policies.c.hash == policy_hash).values(in_force_at=now))

    def policy_in_force(self) -> str | None:
        """The content of the policy that a worker last started with; None if none has since there is this column."""
        query = sa.select(policies.c.content).where(policies.c.in_force_at.is_not(None))
        with self.reading() as connection:
            return connection.execute(query.order_by(policies.c.in_force_at.desc()).limit(1)).scalar()

    def compact(self) -> None:
        """SQLite: what was overwritten leaves the log beside the file too, as soon as nobody reads it any more."""
        if self.dialect == "sqlite":
            with self._turn, self.engine.connect() as connection:
                connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").close()


_SUBJECTS = sa.select(cases.c.case_id, cases.c.status, cases.c.closed_at, cases.c.written_at)
_BOOKED = sa.select(payments.c.reference, payments.c.case_id, payments.c.booked_at)


def key_of(customer_id: str) -> str:
    """What a request is known by when the customer is not."""
    return hashlib.sha256(customer_id.encode()).hexdigest()


def go_on_erasing(connection: sa.Connection, customer_id: str, opened_at: datetime) -> None:
    """An erasure that was done is not, if it meant a case that this transaction brings into the records only now."""
    _take_turns(connection, customer_id)
    meant = {"key": key_of(customer_id), "customer": customer_id, "opened": opened_at}
    connection.execute(_GO_ON, meant)


_GO_ON = (
    sa.update(erasures)
    .where(
        erasures.c.customer_key == sa.bindparam("key"),
        erasures.c.done_at.is_not(None),
        erasures.c.requested_at >= sa.bindparam("opened"),
    )
    .values(customer_id=sa.bindparam("customer"), done_at=None)
)


def _take_turns(connection: sa.Connection, customer_id: str) -> None:
    take_turns(connection, f"erasures {customer_id}")


def _about(request: Request) -> sa.ColumnElement[bool]:
    return sa.and_(
        cases.c.customer_id == request.customer_id,
        cases.c.opened_at <= request.requested_at,
        cases.c.erased_at.is_(None),
    )


_OWN_WAY = (cases, timeline, payments, erasures)
"""These are emptied in a way of their own; of every other table, what `PERSONAL` names, by its case."""

_BY_CASE = tuple(table for name, table in metadata.tables.items() if name in PERSONAL and table not in _OWN_WAY)


def _empty(connection: sa.Connection, table: sa.Table, case_id: str) -> int:
    values = {name: _nothing(table.c[name]) for name in PERSONAL[table.name]}
    return connection.execute(sa.update(table).where(table.c.case_id == case_id).values(values)).rowcount


def _nothing(column: sa.Column[Any]) -> Any:
    if column.nullable:
        return None
    return {} if isinstance(column.type, sa.JSON) else ""


def _empty_timeline(connection: sa.Connection, case_id: str, customer_id: str) -> int:
    entry = timeline.c
    query = sa.select(entry.n, entry.by_id, entry.by_role, entry.data).where(entry.case_id == case_id)
    rows = [
        {
            "of_n": row.n,
            "new_by": ERASED if row.by_role == Role.CUSTOMER or row.by_id == customer_id else row.by_id,
            "new_data": figures(row.data),
        }
        for row in connection.execute(query)
    ]
    emptying = (
        sa.update(timeline)
        .where(entry.case_id == case_id, entry.n == sa.bindparam("of_n"))
        .values(text="", by_id=sa.bindparam("new_by"), data=sa.bindparam("new_data"))
    )
    if rows:
        connection.execute(emptying, rows)
    return len(rows)
