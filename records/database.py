"""The connection to the database: how SQLite is set up, how a read and a write begin. Knows no table.

SQLite's own driver begins a write as a read and fails when another got in between (SQLITE_BUSY, no matter the timeout),
so writes here begin IMMEDIATE: they wait for their turn, up to BUSY_TIMEOUT_S.
"""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Mapping
from contextlib import contextmanager, nullcontext
from functools import cache
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as NoneFree

from records.errors import RecordsAway, RecordsError

BUSY_TIMEOUT_S = 30
"""How long a write waits for another to end. A commit takes a few milliseconds; a migration, a second."""

CONNECTION_WITHIN_S = 5
"""How long somebody waits for a connection: for one to be made, or to become free. Then the database is away."""

_POSTGRESQL: Mapping[str, int] = {
    # A server that is cut off answers neither yes nor no: without these, whoever asks it waits for hours.
    "connect_timeout": CONNECTION_WITHIN_S,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
"""What libpq is told, unless the URL says otherwise."""

_WRITES = "caseladder_writes"


def sqlite_url(path: Path | str) -> str:
    """The URL of an SQLite file."""
    return f"sqlite:///{Path(path).absolute()}"


class Database:
    """An engine with the two ways to use it. Safe to share between threads; `close` it when done."""

    def __init__(self, url: str) -> None:
        self.engine = make_engine(url)
        self.dialect = self.engine.dialect.name
        self._writer = self.engine.execution_options(**{_WRITES: True})
        # SQLite lets one write at a time and makes the others sleep and look again; threads that queue here do not.
        self._turn = Lock() if self.dialect == "sqlite" else nullcontext()

    def ping(self) -> None:
        """Raises RecordsAway if the database does not answer, or has not been migrated."""
        try:
            with self.reading() as connection:
                connection.execute(sa.text("SELECT 1 FROM cases LIMIT 1"))
        except ProgrammingError as error:  # What PostgreSQL says of a table that is not there.
            raise RecordsAway(self.engine.url.render_as_string(), str(error.orig)) from error

    def close(self) -> None:
        """Gives back every connection."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    @contextmanager
    def reading(self) -> Generator[sa.Connection]:
        """A transaction that sees one state of the database. Raises RecordsAway."""
        with _away(self.engine), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Generator[sa.Connection]:
        """A transaction; on SQLite nobody else writes beside it. All is written, or nothing. Raises RecordsAway."""
        with self._turn, _away(self.engine), self._writer.begin() as connection:
            yield connection


@contextmanager
def _away(engine: sa.Engine) -> Generator[None]:
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        raise RecordsAway(engine.url.render_as_string(), str(error.orig)) from error
    except NoneFree as error:  # Those who have the connections wait for the database.
        raise RecordsAway(engine.url.render_as_string(), str(error)) from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise RecordsAway(engine.url.render_as_string(), str(error.orig)) from error
        raise


def make_engine(url: str) -> sa.Engine:
    """An engine for `url`, with SQLite set up for several processes at once. Raises RecordsError without a driver."""
    parsed = sa.make_url(url)
    if parsed.drivername in ("postgresql", "postgres"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    try:
        # As many connections as a worker has threads, so that none waits for another's. Without parameters in errors:
        # they would take what customers said into logs and histories.
        engine = sa.create_engine(parsed, pool_size=20, hide_parameters=True, **_patience(parsed))
    except ModuleNotFoundError as error:
        raise RecordsError(
            f"The records at {parsed.render_as_string()} need the driver {error.name}, which is not installed. For "
            "PostgreSQL install caseladder with its extra `postgres`, and begin the URL with postgresql://."
        ) from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _patience(url: sa.URL) -> dict[str, Any]:
    """How long the database is waited for, and how it is noticed that it is gone. SQLite: see BUSY_TIMEOUT_S."""
    if url.get_backend_name() == "sqlite":
        return {}
    said = {name: value for name, value in _POSTGRESQL.items() if name not in url.query}
    return {"pool_pre_ping": True, "pool_timeout": CONNECTION_WITHIN_S, "connect_args": said}


def _set_up_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # We begin ourselves: see _begin_sqlite.
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_S * 1000}")
    cursor.execute("PRAGMA journal_mode = WAL")
    # In WAL mode a crash of the machine may undo the last commits, but never breaks the file; one of the process alone
    # undoes nothing.
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    # What is replaced is overwritten: a later erasure could not find the copies that lie about in the file by then.
    cursor.execute("PRAGMA secure_delete = ON")
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get(_WRITES) else "BEGIN")


def take_turns(connection: sa.Connection, what: str) -> None:
    """One transaction at a time about `what`, until it ends. On SQLite nobody else writes anyway."""
    if connection.dialect.name == "postgresql":
        key = int.from_bytes(hashlib.sha256(what.encode()).digest()[:8], signed=True)
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))


def insert_into(dialect: str, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
    """An insert that can say `on_conflict_…`: the same words in both dialects, but not in the standard.

    To build such a statement costs more than to run it, so those that every commit needs are built once for a dialect.
    """
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


@cache
def insert_new(dialect: str, table: sa.Table) -> sa.Insert:
    """An insert that leaves alone what is there."""
    return insert_into(dialect, table).on_conflict_do_nothing()


@cache
def insert_or_replace(dialect: str, table: sa.Table) -> sa.Insert:
    """An insert that replaces the row with the same primary key."""
    insert = insert_into(dialect, table)
    columns = [column.name for column in table.columns if not column.primary_key]
    return insert.on_conflict_do_update(
        index_elements=list(table.primary_key.columns), set_={name: insert.excluded[name] for name in columns}
    )
