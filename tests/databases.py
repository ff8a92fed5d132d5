"""Databases for tests, of either kind: migrated once, and copied for each, which is quicker than to migrate."""

from __future__ import annotations

import tempfile
from functools import cache
from itertools import count
from pathlib import Path
from typing import LiteralString, Protocol

from psycopg import sql

from records import migrate, sqlite_url
from tests.postgres import Postgres


def migrated_file(path: Path) -> str:
    """The URL of a new SQLite file of the newest schema, with nothing in it."""
    path.write_bytes(_model())
    return sqlite_url(path)


@cache
def _model() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / "model.db"
        migrate(sqlite_url(model))
        assert [each.name for each in Path(folder).iterdir()] == [model.name], "there is more to it than one file"
        return model.read_bytes()


class Databases(Protocol):
    """Where a test's database comes from, and which kind it is."""

    def empty(self, folder: Path) -> str:
        """The URL of a database without a table."""
        ...

    def migrated(self, folder: Path) -> str:
        """The URL of an empty database of the newest schema: a copy, since that is quicker than to migrate."""
        ...


class SqliteFiles:
    """A file for each test."""

    def empty(self, folder: Path) -> str:
        """A file that is not there yet."""
        return sqlite_url(folder / "caseladder.db")

    def migrated(self, folder: Path) -> str:
        """A copy of the file that was migrated once."""
        return migrated_file(folder / "caseladder.db")


class PostgresDatabases:
    """A database for each test, on one server that is thrown away."""

    def __init__(self, server: Postgres) -> None:
        self._server = server
        self._numbers = count(1)
        self._make("model")
        migrate(server.url("model"))

    def empty(self, folder: Path) -> str:
        """A new database."""
        return self._make(f"test_{next(self._numbers)}")

    def migrated(self, folder: Path) -> str:
        """A copy of the one that was migrated once."""
        return self._make(f"test_{next(self._numbers)}", "TEMPLATE model")

    def _make(self, name: str, how: LiteralString = "") -> str:
        with self._server.connect() as connection:
            # Unless told, PostgreSQL copies page by page through its log, which takes longer.
            create = sql.SQL("CREATE DATABASE {} STRATEGY FILE_COPY " + how)
            connection.execute(create.format(sql.Identifier(name)))
        return self._server.url(name)
