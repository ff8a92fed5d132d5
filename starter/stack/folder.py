"""The folder of one embedded stack: what lies where in it, and whose it is.

token.key      signs the bearer tokens; 0600
payload.keys   the key ring, if payloads are encrypted; 0600          codec.ticket   opens /codec to the Web UI; 0600
signing.key    signs the API's updates; 0600      signing.pub    what the worker checks them with
temporal.db    Temporal's state          records.db    the records
logs/          one log a child           run/          the lock, and a pid file a child
stack.json     where the stack listens, for the other verbs of the CLI

What customers said is in it. A folder that we make is 0700; in one that was there, perhaps with things of others, all
that is ours is kept from others, file by file: by us, and for what children write by their umask (processes.py).
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from starter.stack.errors import AlreadyRunning, StackError
from starter.stack.ports import Addresses
from starter.stack.processes import Mark

KEY_RING = "payload.keys"
_KEY_BYTES = 32


class Folder:
    """Paths in a stack's folder, its key, and the lock that makes one process its holder."""

    def __init__(self, path: Path) -> None:
        self.path = path.expanduser().resolve()
        self.temporal_database = self.path / "temporal.db"
        self.records_database = self.path / "records.db"
        self.key_file = self.path / "token.key"
        self.key_ring = self.path / KEY_RING
        self.codec_ticket_file = self.path / "codec.ticket"
        self.signing_key_file = self.path / "signing.key"
        self.trusted_keys_file = self.path / "signing.pub"
        self.samples_mark = self.path / "samples-opened"
        self._logs = self.path / "logs"
        self._run = self.path / "run"
        self._lock: IO[str] | None = None

    def hold(self) -> None:
        """Makes this process the folder's only holder, until `release` or its death. Raises AlreadyRunning."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._logs.mkdir(mode=0o700, exist_ok=True)
            self._run.mkdir(mode=0o700, exist_ok=True)
            lock = (self._run / "stack.lock").open("a+", encoding="utf-8")
        except OSError as error:
            raise StackError(
                f"{self.path} cannot be used as the stack's folder ({error.strerror}). Choose another with --data DIR."
            ) from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            with lock:
                lock.seek(0)
                holder = lock.read().strip()
            raise AlreadyRunning(
                f"a stack already runs on {self.path}, as process {holder or 'unknown'}. Stop it with Ctrl-C where it "
                f"runs{f' or with: kill {holder}' if holder else ''}, or choose another folder with --data DIR."
            ) from error
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        self._lock = lock
        self._keep_others_out()

    def release(self) -> None:
        """Lets another process hold the folder."""
        if self._lock is not None:
            # The file stays: removing it would let two processes lock two files of the same name.
            self._lock.truncate(0)
            self._lock.close()
            self._lock = None

    def key(self) -> str:
        """The text that signs tokens: 32 random bytes in hex, made at the first call."""
        return _secret(self.key_file)

    def codec_ticket(self) -> str:
        """The secret in the Web UI's path of /codec, made in the same way."""
        return _secret(self.codec_ticket_file)

    def signing_keys(self) -> None:
        """Makes the pair of keys for the API's updates, if there is none. The public one is written first.

        To change keys by hand, put the new public one into signing.pub beside the old one before the private one.
        """
        if self.signing_key_file.exists() and self.trusted_keys_file.exists():
            return
        # Here, because most verbs need no cryptography.
        from workflows.signing import generated

        signer = generated()
        _keep_secret(self.trusted_keys_file, signer.public)
        _keep_secret(self.signing_key_file, signer.private)

    def log(self, name: str) -> Path:
        """The log of a child."""
        return self._logs / f"{name}.log"

    def ready_file(self, name: str) -> Path:
        """The file that a child creates when it is ready to work."""
        return self._run / f"{name}.ready"

    def remember(self, mark: Mark) -> None:
        """Writes a child's pid file, whole or not at all."""
        draft = self._run / f"{mark.name}.pid.new"
        draft.write_text(json.dumps(asdict(mark)) + "\n", "utf-8")
        draft.replace(self._pid_file(mark.name))

    def note_addresses(self, addresses: Addresses) -> None:
        """Writes where the stack listens."""
        noted = {"api": addresses.api, "temporal": addresses.temporal, "ui": addresses.ui}
        _keep_secret(self.path / "stack.json", json.dumps(noted) + "\n")

    def forget(self, name: str) -> None:
        """Removes what says that a child runs."""
        self._pid_file(name).unlink(missing_ok=True)
        self.ready_file(name).unlink(missing_ok=True)

    def remembered(self) -> Iterator[Mark]:
        """The children that pid files name, alive or not."""
        for file in sorted(self._run.glob("*.pid")):
            # A pid file that is none names no process that we could be sure of.
            with contextlib.suppress(ValueError, KeyError, TypeError):
                record: dict[str, Any] = json.loads(file.read_text("utf-8"))
                yield Mark(str(record["name"]), int(record["pid"]), float(record["created"]))

    def _keep_others_out(self) -> None:
        """Whatever was made by a version that left it to the umask of whoever started it."""
        for folder in (self._logs, self._run):
            _make_private(folder, 0o700)
        for database in (self.temporal_database, self.records_database):
            for file in self.path.glob(f"{database.name}*"):  # with what SQLite keeps beside it
                _make_private(file, 0o600)

    def _pid_file(self, name: str) -> Path:
        return self._run / f"{name}.pid"


def _make_private(path: Path, mode: int) -> None:
    # What belongs to another user is theirs to say; whoever can write it at all was let in by them.
    with contextlib.suppress(PermissionError):
        path.chmod(mode)


def _secret(path: Path) -> str:
    # A start that died between making the file and writing it left an empty one.
    if not path.exists() or not path.read_text("utf-8").strip():
        _keep_secret(path, secrets.token_hex(_KEY_BYTES) + "\n")
    return path.read_text("utf-8").strip()


def _keep_secret(path: Path, text: str) -> None:
    """Writes a file, whole or not at all, that its owner alone may read."""
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    draft.replace(path)
