"""What the simulated people sent and were answered: one of the three witnesses that the audit hears."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any

ACCEPTED = (HTTPStatus.OK, HTTPStatus.ACCEPTED)


@dataclass(frozen=True, slots=True)
class Posted:
    """A complaint that was sent. `case_id` is what was answered, None if nothing ever was."""

    source: str
    reference: str
    case_id: str | None


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer to an action or a request. `code` is that of the problem, if it was one.

    `handoff_id` is set for what specialists do: it went to that hand-off, and not to the case.
    """

    case_id: str
    event_id: str
    kind: str
    by: str
    status: int
    code: str | None = None
    handoff_id: str | None = None

    @property
    def on(self) -> str:
        """What it was sent to."""
        return self.handoff_id or self.case_id

    @property
    def taken(self) -> bool:
        """Whether it was answered as done, or as received."""
        return self.status in ACCEPTED


@dataclass(slots=True)
class Diary:
    """All of it, in the order of the answers. A repeated event has a line for each time."""

    posted: list[Posted] = field(default_factory=list[Posted])
    answered: list[Answered] = field(default_factory=list[Answered])

    @property
    def refused(self) -> int:
        """How many events a case turned down to their sender's face."""
        return sum(answer.status == HTTPStatus.CONFLICT for answer in self.answered)

    @property
    def troubles(self) -> list[str]:
        """Answers that are nobody's decision: calls that failed."""
        return [
            f"{answer.kind} of {answer.by} on {answer.on} was answered {answer.status} {answer.code}"
            for answer in self.answered
            if not answer.taken and answer.status != HTTPStatus.CONFLICT
        ]

    def save(self, file: Path) -> None:
        """Writes it as JSON."""
        file.write_text(json.dumps(asdict(self)), "utf-8")

    @classmethod
    def load(cls, file: Path) -> Diary:
        """Reads what `save` wrote."""
        told: dict[str, list[dict[str, Any]]] = json.loads(file.read_text("utf-8"))
        return cls([Posted(**each) for each in told["posted"]], [Answered(**each) for each in told["answered"]])
