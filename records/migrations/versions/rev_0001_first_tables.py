"""The first tables: cases, timeline, outbox, loads, policies, people."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_Moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "cases",
        sa.Column("case_id", sa.String(64), nullable=False),
        sa.Column("source", sa.String(32), nullable=False),
        sa.Column("reference", sa.String(200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
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
        sa.Column("due_at", _Moment),
        sa.Column("sort_due", _Moment, nullable=False),
        sa.Column("breached", sa.Boolean(), nullable=False),
        sa.Column("opened_at", _Moment, nullable=False),
        sa.Column("closed_at", _Moment),
        sa.Column("closed_as", sa.String(32)),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", _Moment, nullable=False),
        sa.Column("view", sa.JSON(), nullable=False),
        sa.Column("complaint", sa.JSON()),
        sa.PrimaryKeyConstraint("case_id", name="pk_cases"),
        sa.UniqueConstraint("source", "reference", name="uq_cases_source_reference"),
    )
    for columns in (
        ["sort_due", "case_id"],
        ["team", "sort_due", "case_id"],
        ["owner_person", "sort_due", "case_id"],
        ["offer_to", "sort_due", "case_id"],
        ["customer_id", "opened_at"],
    ):
        _index("cases", columns)
    op.create_table(
        "timeline",
        sa.Column("case_id", sa.String(64), nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", _Moment, nullable=False),
        sa.Column("by_id", sa.String(200), nullable=False),
        sa.Column("by_role", sa.String(32), nullable=False),
        sa.Column("via", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("event_id", sa.String(64)),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "n", name="pk_timeline"),
    )
    op.create_table(
        "outbox",
        sa.Column("effect_id", sa.String(128), nullable=False),
        sa.Column("case_id", sa.String(64), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("template", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(32)),
        sa.Column("language", sa.String(8)),
        sa.Column("to_person", sa.String(200)),
        sa.Column("team", sa.String(64)),
        sa.Column("rung", sa.String(32)),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("created_at", _Moment, nullable=False),
        sa.PrimaryKeyConstraint("effect_id", name="pk_outbox"),
    )
    _index("outbox", ["case_id", "n"])
    op.create_table(
        "loads",
        sa.Column("case_id", sa.String(64), nullable=False),
        sa.Column("person", sa.String(200), nullable=False),
        sa.Column("effect_id", sa.String(128)),
        sa.Column("reserved_at", _Moment, nullable=False),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "person", name="pk_loads"),
    )
    _index("loads", ["person"])
    _index("loads", ["effect_id"])
    op.create_table(
        "policies",
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("kept_at", _Moment, nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_policies"),
    )
    op.create_table(
        "people",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("rung", sa.String(32), nullable=False),
        sa.Column("teams", sa.JSON(), nullable=False),
        sa.Column("skills", sa.JSON(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("authority", sa.Integer()),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("available", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
    )
    _index("people", ["rung", "available"])


def downgrade() -> None:
    """Drops the tables, and all that they hold."""
    for table in ("people", "policies", "loads", "outbox", "timeline", "cases"):
        op.drop_table(table)


def _index(table: str, columns: list[str]) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, columns)
