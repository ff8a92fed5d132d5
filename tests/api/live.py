"""The real stack (Temporal's dev server, a worker, the API), started once for all tests; and how to wait for it."""

from __future__ import annotations

import re
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from starter.stack import Stack

ROOT = Path(__file__).parents[2]
POLICY = Path(__file__).with_name("policy.toml")
PEOPLE = ROOT / "policies" / "demo-people.toml"

ROOM = 5000
"""How much each of its people can have: the cases and questions of all tests pile up, and who is full is not asked."""

_STACK = pytest.StashKey[Stack]()


def started(config: pytest.Config) -> Stack:
    """The running stack; whoever asks for it calls `stopped` when the session ends."""
    if _STACK not in config.stash:
        folder = Path(tempfile.mkdtemp(prefix="caseladder-"))
        people = folder / "people.toml"
        people.write_text(re.sub(r"(?m)^capacity = \d+$", f"capacity = {ROOM}", PEOPLE.read_text()))
        stack = Stack(folder, policy=POLICY, directory=people)
        config.stash[_STACK] = stack
        stack.__enter__()
        stack.folder.key()
        stack.start()
    return config.stash[_STACK]


def stopped(config: pytest.Config) -> None:
    """Ends the stack, if it runs."""
    stack = config.stash.get(_STACK, None)
    if stack is not None:
        del config.stash[_STACK]
        stack.__exit__(None, None, None)
        shutil.rmtree(stack.folder.path)


def eventually(ask: Callable[[], bool], within_s: float = 8) -> None:
    """The records lag a little, and a timer rings when it is due."""
    until = time.monotonic() + within_s
    while not ask():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.05)
