"""Undecided: whether a case awaits a decision, on a remedy or on a threat, so that those who decide find it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_UNDECIDED = {"sqlite": sa.text("undecided IS 1"), "pg": sa.text("undecided IS true")}
_CASES = sa.table(
    "cases", sa.column("case_id"), sa.column("status"), sa.column("view", sa.JSON), sa.column("undecided")
)


def upgrade() -> None:
    """Adds the column and an index of those few that do; what awaits a decision by now is found in the views."""
    op.add_column("cases", sa.Column("undecided", sa.Boolean(), nullable=False, server_default=sa.false()))
    connection = op.get_bind()
    live = sa.select(_CASES.c.case_id, _CASES.c.view).where(_CASES.c.status != "archived")
    for case_id, view in connection.execute(live).all():
        if _awaits_decision(view):
            connection.execute(sa.update(_CASES).where(_CASES.c.case_id == case_id).values(undecided=True))
    op.create_index(
        "ix_cases_undecided",
        "cases",
        ["sort_due", "case_id"],
        sqlite_where=_UNDECIDED["sqlite"],
        postgresql_where=_UNDECIDED["pg"],
    )


def _awaits_decision(view: Any) -> bool:
    conduct: Any = view.get("conduct") or {}
    threats: Any = conduct.get("threats") or ()
    remedies: Any = view.get("remedies") or ()
    undecided = any(threat.get("decided_at") is None for threat in threats)
    return undecided or any(each["state"] == "pending" for each in remedies)


def downgrade() -> None:
    """Drops both."""
    op.drop_index("ix_cases_undecided", "cases")
    # In place: a table that is made anew would lose the indexes of a part of it.
    op.drop_column("cases", "undecided")
