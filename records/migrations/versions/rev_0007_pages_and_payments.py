"""Pages: alerts that people are to be paged for. Payments by an endpoint: asked first, then paid or refused."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_Moment = sa.DateTime(timezone=True)
_WAITS = sa.text("page_id IS NULL")


def upgrade() -> None:
    """What was booked before counts as paid, as it did."""
    op.create_table(
        "pages_due",
        sa.Column("n", sa.Integer, nullable=False),
        sa.Column("effect_id", sa.String(128), nullable=False),
        sa.Column("team", sa.String(64), nullable=False),
        sa.Column("rung", sa.String(32), nullable=False),
        sa.Column("urgent", sa.Boolean, nullable=False),
        sa.Column("queued_at", _Moment, nullable=False),
        sa.Column("called_at", _Moment),
        sa.Column("page_id", sa.String(64)),
        sa.Column("paged_at", _Moment),
        sa.PrimaryKeyConstraint("n", name="pk_pages_due"),
        sa.UniqueConstraint("effect_id", name="uq_pages_due_effect_id"),
    )
    op.create_index(
        "ix_pages_due_team_rung_n", "pages_due", ["team", "rung", "n"], sqlite_where=_WAITS, postgresql_where=_WAITS
    )
    op.create_index("ix_pages_due_paged_at_page_id", "pages_due", ["paged_at", "page_id"])
    with op.batch_alter_table("payments") as payments:
        payments.add_column(sa.Column("state", sa.String(16), nullable=False, server_default="paid"))
        payments.add_column(sa.Column("settled_at", _Moment))
        payments.add_column(sa.Column("reason", sa.Text))
        payments.alter_column("reference", existing_type=sa.String(64), type_=sa.String(200), existing_nullable=False)


def downgrade() -> None:
    """Only what was paid is a payment to the older schema, and a longer reference is cut to what it has room for."""
    op.execute("DELETE FROM payments WHERE state <> 'paid'")
    op.execute("UPDATE payments SET reference = substr(reference, 1, 64)")
    with op.batch_alter_table("payments") as payments:
        payments.alter_column("reference", existing_type=sa.String(200), type_=sa.String(64), existing_nullable=False)
        payments.drop_column("reason")
        payments.drop_column("settled_at")
        payments.drop_column("state")
    op.drop_table("pages_due")
