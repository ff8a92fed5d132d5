"""The three parts that a case lives on, each a real process that can be killed: worker, Temporal server, records.

Knows how each is started, killed and known to be up. Must not know when that happens, nor what they are used for.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cases.people import Person
from policies import load_people
from starter.stack import Ended, Stack
from tests.faults.chaos import Part
from tests.postgres import Postgres, postgres

_POLICY, _PEOPLE = Path(__file__).with_name("policy.toml"), Path(__file__).with_name("people.toml")
_UP_WITHIN_S = 60.0


class Server:
    """Temporal's dev server over its file, and so with all that it has acknowledged."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack

    def kill(self) -> None:
        """SIGKILL."""
        self._stack.kill("server")

    def start(self) -> None:
        """Up when it serves."""
        self._stack.start_server()


class Worker:
    """`python -m worker`. It ends when the server or the records are away as it starts, and is then started again."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack

    def kill(self) -> None:
        """SIGKILL."""
        self._stack.kill("worker")

    def start(self) -> None:
        """Up when it polls."""
        deadline = time.monotonic() + _UP_WITHIN_S
        while True:
            try:
                self._stack.start_worker()
                return
            except Ended:
                self._stack.kill("worker")
                if time.monotonic() > deadline:
                    raise


@dataclass(frozen=True)
class House:
    """All three, running, and where they are."""

    parts: Mapping[str, Part]
    temporal: str
    records: Postgres
    people: Mapping[str, Person]


@contextmanager
def house(folder: Path) -> Generator[House]:
    """Starts them over an empty folder, and ends them."""
    with (
        postgres() as records,
        Stack(folder, policy=_POLICY, directory=_PEOPLE, records_url=records.url()) as stack,
    ):
        stack.start_server()
        stack.start_worker()
        people = {person.id: person for person in load_people(_PEOPLE)}
        parts: dict[str, Part] = {"worker": Worker(stack), "server": Server(stack), "records": records}
        yield House(parts, stack.addresses.temporal, records, people)
