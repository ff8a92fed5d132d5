"""Child processes: started with a log and a tie to this process, known by pid and create time, ended by those alone."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

_TETHER = Path(__file__).with_name("tether.py")
# A process's create time is counted from boot, and what the clock says of the boot drifts a little as it is corrected.
# The kernel hands out all other pids before it hands out the same one again.
_DRIFT_S = 1.0
_OURS_ALONE = 0o077
"""The umask of children: databases, and what SQLite keeps beside them, are nobody else's to read."""
_LONGEST_LOG = 10 * 1024 * 1024


@dataclass(frozen=True)
class Mark:
    """Which process was meant, so that a later one with the same pid is never taken for it."""

    name: str
    pid: int
    created: float
    """Create time in seconds since the epoch, as psutil tells it."""

    @staticmethod
    def of(name: str, pid: int) -> Mark:
        """The mark of a process that is alive. Raises psutil.NoSuchProcess."""
        return Mark(name, pid, psutil.Process(pid).create_time())

    def process(self) -> psutil.Process | None:
        """The process itself, or None when it has ended, even if nobody has reaped it yet."""
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.created) < _DRIFT_S
            return process if same and process.status() != psutil.STATUS_ZOMBIE else None
        except psutil.NoSuchProcess:
            return None


def spawn(command: Sequence[str], environment: Mapping[str, str], log: Path) -> subprocess.Popen[bytes]:
    """Starts a child that appends what it prints to `log`. The calling thread must outlive it: see tether.py.

    It leads a session of its own, so that Ctrl-C at the terminal reaches this process alone, which then ends its
    children in order.
    """
    if log.exists() and log.stat().st_size > _LONGEST_LOG:
        log.replace(log.with_suffix(".log.1"))
    with os.fdopen(os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab") as output:
        return subprocess.Popen(
            [sys.executable, "-I", "-S", str(_TETHER), str(os.getpid()), *command],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            umask=_OURS_ALONE,
        )


def end(child: subprocess.Popen[bytes], patience_s: float) -> bool:
    """Asks a child to stop, kills it after `patience_s` seconds, and reaps it. Says whether it stopped by itself."""
    child.terminate()
    try:
        child.wait(patience_s)
        return True
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
        return False


def end_orphan(mark: Mark, patience_s: float) -> bool:
    """Ends a process that an earlier stack left behind, if it is still the one meant. Says whether it was there."""
    process = mark.process()
    if process is None:
        return False
    try:
        process.terminate()
        if not _gone_within(mark, patience_s):
            process.kill()
            _gone_within(mark, patience_s)
    except psutil.NoSuchProcess:
        pass  # it ended while we were about to end it
    return True


def _gone_within(mark: Mark, patience_s: float) -> bool:
    deadline = time.monotonic() + patience_s
    while mark.process() is not None:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
