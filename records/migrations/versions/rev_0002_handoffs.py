"""Hand-offs: what is asked of specialists, and who has it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_Moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Makes the table."""
    op.create_table(
        "handoffs",
        sa.Column("handoff_id", sa.String(80), nullable=False),
        sa.Column("case_id", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("settled", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("team", sa.String(64), nullable=False),
        sa.Column("person", sa.String(200)),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("asks", sa.Text()),
        sa.Column("answer", sa.Text()),
        sa.Column("asked_by", sa.String(200), nullable=False),
        sa.Column("asked_at", _Moment, nullable=False),
        sa.Column("product", sa.String(200), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("priority", sa.String(8), nullable=False),
        sa.Column("due_at", _Moment),
        sa.Column("sort_due", _Moment, nullable=False),
        sa.Column("ended_at", _Moment),
        sa.Column("written_at", _Moment, nullable=False),
        sa.PrimaryKeyConstraint("handoff_id", name="pk_handoffs"),
    )
    for columns in (
        ["sort_due", "handoff_id"],
        ["team", "sort_due", "handoff_id"],
        ["person", "sort_due", "handoff_id"],
        ["case_id"],
    ):
        op.create_index(f"ix_handoffs_{'_'.join(columns)}", "handoffs", columns)


def downgrade() -> None:
    """Drops the table. The people whom hand-offs have to do are free again."""
    op.execute(sa.text("DELETE FROM loads WHERE case_id IN (SELECT handoff_id FROM handoffs)"))
    op.drop_table("handoffs")
