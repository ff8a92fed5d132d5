"""Migrations with data in every table: down and up again, all is kept that the older schema had room for."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DatabaseError

from records import Records, downgrade, migrate
from records.database import Database
from records.tables import metadata
from tests.records.asking import asking
from tests.records.conftest import TEAM
from tests.records.test_erasing import archived
from tests.records.test_payments import errand
from tests.samples import NOON

Rows = dict[str, list[dict[str, Any]]]


def _revisions() -> list[str]:
    config = Config()
    config.set_main_option("script_location", "records:migrations")
    return [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]


REVISIONS = _revisions()
"""Newest first."""


def fill(url: str) -> None:
    """Puts something into every table: what really happens where we can play it, and made-up rows elsewhere."""
    with Records(url) as records:
        records.import_people(TEAM)
        records.keep_policy("abc", "small", "{}")
        archived(records)
        asked = asking()
        asked.asked(records)
        asked.write(records)
        assert records.book_payment(errand(), NOON).reference
        records.request_erasure("c-1", "op", NOON)
        with records.writing() as connection:
            for table in metadata.sorted_tables:
                if connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() == 0:
                    connection.execute(sa.insert(table), [_made_up(table, number) for number in range(2)])


def _made_up(table: sa.Table, number: int) -> dict[str, Any]:
    return {column.name: _value(column, number) for column in table.columns}


def _value(column: sa.Column[Any], number: int) -> Any:
    match column.type:
        case sa.JSON():
            return {"n": number}
        case sa.Boolean():
            return bool(number)
        case sa.Integer() | sa.Float():
            return number
        case sa.String() as text:
            return f"{column.name[: (text.length or 30) - 2]}-{number}"
        case _:
            return datetime(2026, 3, 2, 12, number, tzinfo=UTC)


def rows(url: str) -> Rows:
    """All that is there, by table, as the database has it now."""
    with Database(url) as database, database.reading() as connection:
        found = sa.MetaData()
        found.reflect(connection)
        return {
            name: sorted(
                (dict(row) for row in connection.execute(sa.select(table)).mappings()),
                key=lambda row: json.dumps(row, default=str, sort_keys=True),
            )
            for name, table in found.tables.items()
            if name != "alembic_version"
        }


def test_each_revision_down_and_up_again_keeps_what_the_older_schema_had_room_for(url: str) -> None:
    migrate(url)
    fill(url)
    newer = rows(url)
    assert all(newer.values()), f"there is nothing in {[name for name, some in newer.items() if not some]}"
    for revision, above in zip([*REVISIONS[1:], "base"], REVISIONS, strict=True):
        downgrade(url, revision)
        older = rows(url)
        _same(older, newer)
        migrate(url, above)
        again = rows(url)
        assert again.keys() == newer.keys()
        _same(older, again)
        downgrade(url, revision)
        newer = older  # What this way down has lost, the next one shows.
    assert newer == {}
    migrate(url)


def test_all_the_way_down_to_the_first_tables_and_up_again_the_cases_are_there(url: str) -> None:
    migrate(url)
    fill(url)
    downgrade(url, REVISIONS[-1])
    oldest = rows(url)
    migrate(url)
    _same(oldest, rows(url))
    with Database(url) as database, pytest.raises(DatabaseError, match="append-only"), database.writing() as connection:
        connection.execute(sa.text("DELETE FROM timeline"))


def _same(older: Rows, newer: Rows) -> None:
    """What the older schema has, the newer has too; of `loads`, a schema without hand-offs lets go of theirs."""
    for name, some in older.items():
        columns = set(some[0]) if some else set[str]()
        others = [{key: row[key] for key in columns} for row in newer[name]]
        if name == "loads" and "handoffs" not in older:
            assert all(row in others for row in some)
        else:
            assert _sorted(some) == _sorted(others), name


def _sorted(some: list[dict[str, Any]]) -> list[str]:
    return sorted(json.dumps(row, default=str, sort_keys=True) for row in some)
