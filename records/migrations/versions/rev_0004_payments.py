"""Payments: what customers were granted, for a company's finance to pay from, each once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_Moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Adds the table."""
    op.create_table(
        "payments",
        sa.Column("effect_id", sa.String(128), nullable=False),
        sa.Column("reference", sa.String(64), nullable=False),
        sa.Column("case_id", sa.String(64), nullable=False),
        sa.Column("remedy_id", sa.String(16), nullable=False),
        sa.Column("remedy", sa.String(32), nullable=False),
        sa.Column("amount", sa.String(24), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("customer_id", sa.String(200), nullable=False),
        sa.Column("proposed_by", sa.String(200), nullable=False),
        sa.Column("granted_by", sa.String(200), nullable=False),
        sa.Column("granted_at", _Moment, nullable=False),
        sa.Column("booked_at", _Moment, nullable=False),
        sa.PrimaryKeyConstraint("effect_id", name="pk_payments"),
    )
    op.create_index("ix_payments_customer_id_granted_at", "payments", ["customer_id", "granted_at"])
    op.create_index("ix_payments_booked_at_effect_id", "payments", ["booked_at", "effect_id"])
    op.create_index("ix_payments_case_id", "payments", ["case_id"])


def downgrade() -> None:
    """Drops it."""
    op.drop_table("payments")
