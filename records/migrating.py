"""Brings a database to the newest schema, or back. Nothing to set up: Alembic runs from here, without an ini file."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import sqlalchemy as sa

from records.database import Database

_LOCK = 0x6361_7365
"""The advisory lock of PostgreSQL that a migration holds: "case" in ASCII."""


def migrate(url: str, revision: str = "head") -> None:
    """Upgrades the database. Nothing, if it is there already; of several that start at once, one does the work.

    Raises RecordsAway if the database does not answer.
    """
    _run(url, "upgrade", revision)


def downgrade(url: str, revision: str) -> None:
    """Takes the database back to `revision`, or to nothing with `base`. What the newer schema kept is lost."""
    _run(url, "downgrade", revision)


def _run(url: str, direction: Literal["upgrade", "downgrade"], revision: str) -> None:
    # Loaded here: whoever only reads the records should not wait for Alembic.
    from alembic import command
    from alembic.config import Config

    # One transaction from the look at the version to the last table: whoever comes second waits, looks, and has
    # nothing to do. DDL is transactional in both databases.
    with Database(url) as database, database.writing() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
        config.attributes["connection"] = connection
        step = command.upgrade if direction == "upgrade" else command.downgrade
        step(config, revision)
