"""Destinations: what any worker has been told of, so that all of them write what is to be delivered there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the table. Workers fill it when they start."""
    op.create_table(
        "destinations",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("source", sa.String(64)),
        sa.Column("known_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_destinations"),
    )


def downgrade() -> None:
    """Drops it."""
    op.drop_table("destinations")
