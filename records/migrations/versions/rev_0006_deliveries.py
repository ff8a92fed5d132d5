"""Deliveries: what of the outbox and of a case's account leaves the house, where to, and how far that has come."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_Moment = sa.DateTime(timezone=True)
_WAITING = sa.text("delivered_at IS NULL AND given_up_at IS NULL")


def upgrade() -> None:
    """Adds the table. What was written before stays where it is: nobody wants to hear of it weeks later."""
    op.create_table(
        "deliveries",
        sa.Column("effect_id", sa.String(160), nullable=False),
        sa.Column("destination", sa.String(64), nullable=False),
        sa.Column("case_id", sa.String(64), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("announced", sa.JSON(none_as_null=True)),
        sa.Column("created_at", _Moment, nullable=False),
        sa.Column("delivered_at", _Moment),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("failing_since", _Moment),
        sa.Column("error", sa.Text()),
        sa.Column("resent", sa.Integer(), nullable=False),
        sa.Column("given_up_at", _Moment),
        sa.Column("given_up_by", sa.String(200)),
        sa.Column("given_up_why", sa.Text()),
        sa.PrimaryKeyConstraint("effect_id", "destination", name="pk_deliveries"),
    )
    op.create_index("ix_deliveries_case_id", "deliveries", ["case_id"])
    op.create_index(
        "ix_deliveries_case_id_destination_n",
        "deliveries",
        ["case_id", "destination", "n"],
        sqlite_where=_WAITING,
        postgresql_where=_WAITING,
    )


def downgrade() -> None:
    """Drops it."""
    op.drop_table("deliveries")
