"""Shifts and absences: when people work, when they are away, and which calendars shifts are named by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_Moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Adds both to people, and the tables. Who was taken off the list before stays, as not available."""
    op.add_column("people", sa.Column("shift", sa.JSON()))
    op.add_column("people", sa.Column("left_at", _Moment))
    op.create_table(
        "calendars",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("kept_at", _Moment, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_calendars"),
    )
    op.create_table(
        "imports",
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("imported_at", _Moment, nullable=False),
        sa.PrimaryKeyConstraint("n", name="pk_imports"),
    )
    op.create_table(
        "absences",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("begins", _Moment, nullable=False),
        sa.Column("until", _Moment),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("recorded_by", sa.String(200), nullable=False),
        sa.Column("recorded_at", _Moment, nullable=False),
        sa.Column("looked_at", _Moment),
        sa.Column("offered_on_at", _Moment),
        sa.PrimaryKeyConstraint("id", name="pk_absences"),
    )
    op.create_index("ix_absences_person", "absences", ["person"])
    op.create_index("ix_absences_offered_on_at_begins", "absences", ["offered_on_at", "begins"])


def downgrade() -> None:
    """Drops all of it. Who has left stays, as not available."""
    op.drop_table("absences")
    op.drop_table("imports")
    op.drop_table("calendars")
    with op.batch_alter_table("people") as batch:
        batch.drop_column("left_at")
        batch.drop_column("shift")
