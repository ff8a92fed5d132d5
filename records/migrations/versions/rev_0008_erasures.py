"""Erasure: who asked for it, which cases were erased, the policy in force; and a timeline that nobody can change.

Two lists get an index as well: those of a queue, and of what is late.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_Moment = sa.DateTime(timezone=True)
_ARCHIVED = sa.text("status = 'archived' AND erased_at IS NULL")

_QUEUED = sa.text("owner_queue IS NOT NULL")
_LATE = {"sqlite": sa.text("breached IS 1"), "pg": sa.text("breached IS true")}

_REFUSED = "the timeline is append-only: an entry is never deleted, and can only be emptied"
_STAYING = ("case_id", "n", "at", "by_role", "via", "kind", "event_id", "late_s")
"""What of an entry stays when it is emptied. A later revision that makes the table anew makes the triggers anew too."""


def upgrade() -> None:
    """Adds the table and the columns, and what keeps the timeline."""
    op.create_table(
        "erasures",
        sa.Column("customer_key", sa.String(64), nullable=False),
        sa.Column("customer_id", sa.String(200)),
        sa.Column("requested_at", _Moment, nullable=False),
        sa.Column("requested_by", sa.String(200), nullable=False),
        sa.Column("done_at", _Moment),
        sa.PrimaryKeyConstraint("customer_key", name="pk_erasures"),
    )
    op.add_column("cases", sa.Column("erased_at", _Moment))
    op.create_index("ix_cases_closed_at", "cases", ["closed_at"], sqlite_where=_ARCHIVED, postgresql_where=_ARCHIVED)
    queue = ["owner_queue", "sort_due", "case_id"]
    op.create_index(
        "ix_cases_owner_queue_sort_due_case_id", "cases", queue, sqlite_where=_QUEUED, postgresql_where=_QUEUED
    )
    late = ["sort_due", "case_id"]
    op.create_index("ix_cases_breached", "cases", late, sqlite_where=_LATE["sqlite"], postgresql_where=_LATE["pg"])
    op.add_column("policies", sa.Column("in_force_at", _Moment))
    for statement in _POSTGRESQL if op.get_bind().dialect.name == "postgresql" else _SQLITE:
        op.execute(sa.text(statement))


def downgrade() -> None:
    """Drops them. What was erased stays so; requests that are not done yet are lost, and must be made again."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER timeline_append_only ON timeline")
        op.execute("DROP FUNCTION timeline_append_only()")
    else:
        op.execute("DROP TRIGGER timeline_no_delete")
        op.execute("DROP TRIGGER timeline_no_update")
    for index in ("ix_cases_closed_at", "ix_cases_owner_queue_sort_due_case_id", "ix_cases_breached"):
        op.drop_index(index, "cases")
    for table, column in (("policies", "in_force_at"), ("cases", "erased_at")):
        op.drop_column(table, column)
    op.drop_table("erasures")


def _changed(unequal: str) -> str:
    return " OR ".join([*(f"NEW.{name} {unequal} OLD.{name}" for name in _STAYING), "NEW.text <> ''"])


_SQLITE = (
    f"CREATE TRIGGER timeline_no_delete BEFORE DELETE ON timeline BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END",
    f"CREATE TRIGGER timeline_no_update BEFORE UPDATE ON timeline WHEN {_changed('IS NOT')} "
    f"BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END",
)

_POSTGRESQL = (
    f"""CREATE FUNCTION timeline_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' OR {_changed("IS DISTINCT FROM")} THEN
            RAISE EXCEPTION '{_REFUSED}';
        END IF;
        RETURN NEW;
    END $$""",
    "CREATE TRIGGER timeline_append_only BEFORE UPDATE OR DELETE ON timeline "
    "FOR EACH ROW EXECUTE FUNCTION timeline_append_only()",
)
