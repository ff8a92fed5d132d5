"""Lateness: of each deadline that passed, how long after it was due that was noticed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_LATE = sa.text("late_s IS NOT NULL")


def upgrade() -> None:
    """Adds the column, and an index of the few entries that have it."""
    op.add_column("timeline", sa.Column("late_s", sa.Float()))
    op.create_index("ix_timeline_late_s", "timeline", ["late_s"], sqlite_where=_LATE, postgresql_where=_LATE)


def downgrade() -> None:
    """Drops both."""
    op.drop_index("ix_timeline_late_s", "timeline")
    with op.batch_alter_table("timeline") as batch:
        batch.drop_column("late_s")
