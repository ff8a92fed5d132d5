"""Standing: indexes of what is under way, so that it can be counted without reading what is over."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_INDEXES = (
    ("ix_cases_standing", "cases", ["status", "rung", "team", "waiting_on", "breached"], "status <> 'archived'"),
    ("ix_handoffs_standing", "handoffs", ["status", "team"], "status IN ('offered', 'accepted', 'asked_back')"),
    ("ix_payments_asked", "payments", ["booked_at"], "state = 'asked'"),
)


def upgrade() -> None:
    """Makes the three. Each has what is under way alone, and that is little."""
    for name, table, columns, where in _INDEXES:
        op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def downgrade() -> None:
    """Drops them."""
    for name, table, _columns, _where in _INDEXES:
        op.drop_index(name, table)
