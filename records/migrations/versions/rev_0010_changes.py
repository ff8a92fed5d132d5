"""Changes: by which transaction each entry of the account was written, so that what is new can be followed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the column, and an index to follow it by. What was written before has none: it is no news."""
    op.add_column("timeline", sa.Column("written", sa.BigInteger()))
    op.create_index("ix_timeline_written", "timeline", ["written", "case_id", "n"])


def downgrade() -> None:
    """Drops both."""
    op.drop_index("ix_timeline_written", "timeline")
    # In place: a table that is made anew would lose the triggers that keep it.
    op.drop_column("timeline", "written")
