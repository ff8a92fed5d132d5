"""The case's numbered, append-only account: what, who, when, why."""

from __future__ import annotations

from typing import Any

from pydantic import AwareDatetime, Field

from cases.complaint import Shape
from cases.words import Role, Via


class By(Shape):
    """Who an entry is by."""

    id: str
    role: Role


class Entry(Shape):
    """One entry. `n` counts from 1 without a gap; `at` is when it happened; `data.clocks` lists the clock changes."""

    n: int
    at: AwareDatetime
    by: By
    via: Via
    kind: str
    text: str
    event_id: str | None = None
    data: dict[str, Any] = Field(default_factory=dict[str, Any])
