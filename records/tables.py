"""The tables. `records.migrations` makes them; a test holds the two to each other."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator


class Utc(TypeDecorator[datetime]):
    """A moment: aware on both sides, UTC inside. SQLite keeps no zone, so it is given UTC and read as UTC."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002
        """To the database; a naive time is a mistake of the caller."""
        if value is not None and value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002
        """From the database."""
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""Stands in `sort_due` for no deadline, because the dialects disagree about where NULL sorts."""

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_QUEUED = sa.text("owner_queue IS NOT NULL")
_LATE = {"sqlite": sa.text("breached IS 1"), "pg": sa.text("breached IS true")}
_UNDECIDED = {"sqlite": sa.text("undecided IS 1"), "pg": sa.text("undecided IS true")}
_ARCHIVED = sa.text("status = 'archived' AND erased_at IS NULL")

# What `records.standing` counts. Literally the same in a query as in its index, or SQLite would not see that they fit.
NOT_ARCHIVED = sa.text("status <> 'archived'")
HANDOFF_OPEN = sa.text("status IN ('offered', 'accepted', 'asked_back')")
PAYMENT_ASKED = sa.text("state = 'asked'")

cases = sa.Table(
    "cases",
    metadata,
    sa.Column("case_id", sa.String(64), primary_key=True),
    sa.Column("source", sa.String(32), nullable=False),
    sa.Column("reference", sa.String(200), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("status", sa.String(32), nullable=False),
    sa.Column("rung", sa.String(32), nullable=False),
    sa.Column("owner_person", sa.String(200)),
    sa.Column("owner_queue", sa.String(64)),
    sa.Column("offer_to", sa.String(200)),
    sa.Column("offer_rung", sa.String(32)),
    sa.Column("priority", sa.String(8), nullable=False),
    sa.Column("tier", sa.String(200)),
    sa.Column("team", sa.String(64), nullable=False),
    sa.Column("channel", sa.String(32), nullable=False),
    sa.Column("product", sa.String(200), nullable=False),
    sa.Column("waiting_on", sa.String(32), nullable=False),
    sa.Column("customer_id", sa.String(200), nullable=False),
    sa.Column("due_at", Utc),
    sa.Column("sort_due", Utc, nullable=False),
    sa.Column("breached", sa.Boolean, nullable=False),
    # Whether a remedy, or a threat, awaits somebody's decision.
    sa.Column("undecided", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("opened_at", Utc, nullable=False),
    sa.Column("closed_at", Utc),
    sa.Column("closed_as", sa.String(32)),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("written_at", Utc, nullable=False),
    sa.Column("view", sa.JSON, nullable=False),
    # As it arrived, with what the view leaves out: transcript, attachments.
    sa.Column("complaint", sa.JSON(none_as_null=True)),
    # Since when nothing of it is personal any more: see `records.personal`. Nothing is written to such a case again.
    sa.Column("erased_at", Utc),
    sa.UniqueConstraint("source", "reference"),
    # By status there is no index: cases that are over have no deadline and sort last, so a list of open ones never
    # gets to them. Each index is paid for by every commit.
    sa.Index(None, "sort_due", "case_id"),
    sa.Index(None, "team", "sort_due", "case_id"),
    sa.Index(None, "owner_person", "sort_due", "case_id"),
    sa.Index(None, "offer_to", "sort_due", "case_id"),
    sa.Index(None, "customer_id", "opened_at"),
    # Few cases wait in a queue, are late, or await a decision, so these three are small.
    sa.Index(None, "owner_queue", "sort_due", "case_id", sqlite_where=_QUEUED, postgresql_where=_QUEUED),
    sa.Index("ix_cases_breached", "sort_due", "case_id", sqlite_where=_LATE["sqlite"], postgresql_where=_LATE["pg"]),
    sa.Index(
        "ix_cases_undecided",
        "sort_due",
        "case_id",
        sqlite_where=_UNDECIDED["sqlite"],
        postgresql_where=_UNDECIDED["pg"],
    ),
    # For what a policy's retention ends; only archived cases are in it, and those not erased yet.
    sa.Index(None, "closed_at", sqlite_where=_ARCHIVED, postgresql_where=_ARCHIVED),
    # All that is counted of cases under way, so that their views are not read for it.
    sa.Index(
        "ix_cases_standing",
        "status",
        "rung",
        "team",
        "waiting_on",
        "breached",
        sqlite_where=NOT_ARCHIVED,
        postgresql_where=NOT_ARCHIVED,
    ),
)

# Append-only, and the database holds it: an entry is never deleted, and can only be emptied. See revision 0008.
timeline = sa.Table(
    "timeline",
    metadata,
    sa.Column("case_id", sa.String(64), primary_key=True),
    sa.Column("n", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", Utc, nullable=False),
    sa.Column("by_id", sa.String(200), nullable=False),
    sa.Column("by_role", sa.String(32), nullable=False),
    sa.Column("via", sa.String(32), nullable=False),
    sa.Column("kind", sa.String(64), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("event_id", sa.String(64)),
    sa.Column("data", sa.JSON, nullable=False),
    # Of a deadline that passed: seconds from when it was due to when that was noticed.
    sa.Column("late_s", sa.Float),
    # The transaction that wrote it, to follow what is new: see `records.changing`.
    sa.Column("written", sa.BigInteger),
    sa.Index("ix_timeline_written", "written", "case_id", "n"),
    sa.Index(
        None, "late_s", sqlite_where=sa.text("late_s IS NOT NULL"), postgresql_where=sa.text("late_s IS NOT NULL")
    ),
)

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("effect_id", sa.String(128), primary_key=True),
    sa.Column("case_id", sa.String(64), nullable=False),
    sa.Column("n", sa.Integer, nullable=False),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("template", sa.String(64), nullable=False),
    sa.Column("channel", sa.String(32)),
    sa.Column("language", sa.String(8)),
    sa.Column("to_person", sa.String(200)),
    sa.Column("team", sa.String(64)),
    sa.Column("rung", sa.String(32)),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("params", sa.JSON, nullable=False),
    sa.Column("created_at", Utc, nullable=False),
    sa.Index(None, "case_id", "n"),
)

_WAITING = sa.text("delivered_at IS NULL AND given_up_at IS NULL")

deliveries = sa.Table(
    "deliveries",
    metadata,
    # Of a message, its row in the outbox; of an announcement, `<case id>:<n>:<event>`, with `n` from the timeline.
    sa.Column("effect_id", sa.String(160), primary_key=True),
    sa.Column("destination", sa.String(64), primary_key=True),
    sa.Column("case_id", sa.String(64), nullable=False),
    sa.Column("n", sa.Integer, nullable=False),
    # What is announced; null for a message. No words of anybody, and no name: those are in `outbox` and `cases`.
    sa.Column("announced", sa.JSON(none_as_null=True)),
    sa.Column("created_at", Utc, nullable=False),
    sa.Column("delivered_at", Utc),
    # Since the last success, and since an operator had it sent again.
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("failing_since", Utc),
    sa.Column("error", sa.Text),
    # How often it was sent again after it had been delivered: each time under a key of its own.
    sa.Column("resent", sa.Integer, nullable=False),
    sa.Column("given_up_at", Utc),
    sa.Column("given_up_by", sa.String(200)),
    sa.Column("given_up_why", sa.Text),
    sa.Index(None, "case_id"),
    # Few wait at any time: every commit asks for those of its case, and must not look at all the others.
    sa.Index(None, "case_id", "destination", "n", sqlite_where=_WAITING, postgresql_where=_WAITING),
)

destinations = sa.Table(
    "destinations",
    metadata,
    # What any worker has been told of at its start: see `records.destinations`.
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("source", sa.String(64)),
    sa.Column("known_at", Utc, nullable=False),
)

pages_due = sa.Table(
    "pages_due",
    metadata,
    # In the order in which they came, within a group: see `records.alerting`.
    sa.Column("n", sa.Integer, primary_key=True),
    # The alert in the outbox. Only alerts that somebody is to be paged for are here.
    sa.Column("effect_id", sa.String(128), nullable=False, unique=True),
    sa.Column("team", sa.String(64), nullable=False),
    sa.Column("rung", sa.String(32), nullable=False),
    sa.Column("urgent", sa.Boolean, nullable=False),
    sa.Column("queued_at", Utc, nullable=False),
    # When the digest of its group was last called for it.
    sa.Column("called_at", Utc),
    # Null as long as it waits.
    sa.Column("page_id", sa.String(64)),
    sa.Column("paged_at", Utc),
    sa.Index(
        None,
        "team",
        "rung",
        "n",
        sqlite_where=sa.text("page_id IS NULL"),
        postgresql_where=sa.text("page_id IS NULL"),
    ),
    sa.Index(None, "paged_at", "page_id"),
)

loads = sa.Table(
    "loads",
    metadata,
    sa.Column("case_id", sa.String(64), primary_key=True),
    sa.Column("person", sa.String(200), primary_key=True),
    # The errand that reserved it, so that the same errand asked again is given the same person.
    sa.Column("effect_id", sa.String(128)),
    sa.Column("reserved_at", Utc, nullable=False),
    # Whether a view has shown the person as owner or as the one offered; until then it is a reservation. A hand-off has
    # a load too, by its own id; it is nobody's reservation.
    sa.Column("settled", sa.Boolean, nullable=False),
    sa.Index(None, "person"),
    sa.Index(None, "effect_id"),
)

handoffs = sa.Table(
    "handoffs",
    metadata,
    sa.Column("handoff_id", sa.String(80), primary_key=True),
    sa.Column("case_id", sa.String(64), nullable=False),
    # The hand-off's own, not the case's; the two that write here are put in order by it: see `records.consulting`.
    sa.Column("version", sa.Integer, nullable=False),
    # As of which version `person` was settled: by the directory, or by the specialist who accepted.
    sa.Column("settled", sa.Integer, nullable=False),
    sa.Column("status", sa.String(32), nullable=False),
    sa.Column("team", sa.String(64), nullable=False),
    # To whom it is offered, or who has it; null: the team's queue.
    sa.Column("person", sa.String(200)),
    sa.Column("question", sa.Text, nullable=False),
    # What the specialist asked back, and the owner has not answered.
    sa.Column("asks", sa.Text),
    sa.Column("answer", sa.Text),
    sa.Column("asked_by", sa.String(200), nullable=False),
    sa.Column("asked_at", Utc, nullable=False),
    sa.Column("product", sa.String(200), nullable=False),
    sa.Column("channel", sa.String(32), nullable=False),
    sa.Column("priority", sa.String(8), nullable=False),
    sa.Column("due_at", Utc),
    sa.Column("sort_due", Utc, nullable=False),
    sa.Column("ended_at", Utc),
    sa.Column("written_at", Utc, nullable=False),
    sa.Index(None, "sort_due", "handoff_id"),
    sa.Index(None, "team", "sort_due", "handoff_id"),
    sa.Index(None, "person", "sort_due", "handoff_id"),
    sa.Index(None, "case_id"),
    sa.Index("ix_handoffs_standing", "status", "team", sqlite_where=HANDOFF_OPEN, postgresql_where=HANDOFF_OPEN),
)

payments = sa.Table(
    "payments",
    metadata,
    # The effect that asks for it, so that it is there once.
    sa.Column("effect_id", sa.String(128), primary_key=True),
    # What it is known by: ours, until an endpoint that paid it has named its own.
    sa.Column("reference", sa.String(200), nullable=False),
    # `asked`: an endpoint is to pay it, and has not answered; `paid`; or `refused` for good.
    sa.Column("state", sa.String(16), nullable=False, server_default="paid"),
    sa.Column("settled_at", Utc),
    # Why it was refused.
    sa.Column("reason", sa.Text),
    sa.Column("case_id", sa.String(64), nullable=False),
    sa.Column("remedy_id", sa.String(16), nullable=False),
    sa.Column("remedy", sa.String(32), nullable=False),
    # As text, and exact: SQLite has no decimals.
    sa.Column("amount", sa.String(24), nullable=False),
    sa.Column("currency", sa.String(3), nullable=False),
    sa.Column("customer_id", sa.String(200), nullable=False),
    sa.Column("proposed_by", sa.String(200), nullable=False),
    sa.Column("granted_by", sa.String(200), nullable=False),
    sa.Column("granted_at", Utc, nullable=False),
    sa.Column("booked_at", Utc, nullable=False),
    sa.Index(None, "customer_id", "granted_at"),
    sa.Index(None, "booked_at", "effect_id"),
    sa.Index(None, "case_id"),
    sa.Index("ix_payments_asked", "booked_at", sqlite_where=PAYMENT_ASKED, postgresql_where=PAYMENT_ASKED),
)

policies = sa.Table(
    "policies",
    metadata,
    sa.Column("hash", sa.String(64), primary_key=True),
    sa.Column("name", sa.String(64), nullable=False),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("kept_at", Utc, nullable=False),
    # When a worker last started with it: the newest is the policy in force.
    sa.Column("in_force_at", Utc),
)

erasures = sa.Table(
    "erasures",
    metadata,
    # SHA-256 of the customer's id: what stays to show that it was asked for and done.
    sa.Column("customer_key", sa.String(64), primary_key=True),
    # Until all is done.
    sa.Column("customer_id", sa.String(200)),
    sa.Column("requested_at", Utc, nullable=False),
    sa.Column("requested_by", sa.String(200), nullable=False),
    sa.Column("done_at", Utc),
)

calendars = sa.Table(
    "calendars",
    metadata,
    # Those that shifts are named by: a worker keeps those of its policy and ours when it starts, an import its file's.
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("kept_at", Utc, nullable=False),
)

imports = sa.Table(
    "imports",
    metadata,
    sa.Column("n", sa.Integer, primary_key=True),
    # What was in the file, and whether a worker found it at its start or somebody imported it.
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("source", sa.String(16), nullable=False),
    sa.Column("imported_at", Utc, nullable=False),
)

absences = sa.Table(
    "absences",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("person", sa.String(64), nullable=False),
    sa.Column("begins", Utc, nullable=False),
    # Null: until further notice.
    sa.Column("until", Utc),
    # `recorded`, from the people `file`, or `gone`: not available any more, or no longer in the directory.
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("recorded_by", sa.String(200), nullable=False),
    sa.Column("recorded_at", Utc, nullable=False),
    # When a worker last took it on to tell the person's cases, and when all of them had been told.
    sa.Column("looked_at", Utc),
    sa.Column("offered_on_at", Utc),
    sa.Index(None, "person"),
    sa.Index(None, "offered_on_at", "begins"),
)

people = sa.Table(
    "people",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("rung", sa.String(32), nullable=False),
    sa.Column("teams", sa.JSON, nullable=False),
    sa.Column("skills", sa.JSON, nullable=False),
    sa.Column("languages", sa.JSON, nullable=False),
    sa.Column("authority", sa.Integer),
    sa.Column("capacity", sa.Integer, nullable=False),
    sa.Column("available", sa.Boolean, nullable=False),
    sa.Column("shift", sa.JSON(none_as_null=True)),
    # Of who is no longer in the directory: since when.
    sa.Column("left_at", Utc),
    sa.Index(None, "rung", "available"),
)
