"""What came of an effect, and what the world did to the workflow. Sent by the driver, never by people."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from cases.complaint import Short, Text
from cases.events import Event
from cases.plan import Plan


class Answer(Event):
    """Base of the outcomes that answer an errand: `effect` is its id."""

    effect: Short


class Planned(Answer):
    """The plan, and the person to offer the case to, if one is available."""

    kind: Literal["planned"] = "planned"
    plan: Plan
    person: Short | None = None
    earlier_cases: tuple[Short, ...] = Field(default=(), description="ids of the customer's other cases, newest first")


class Chosen(Answer):
    """The person chosen for the offer, or why nobody was."""

    kind: Literal["chosen"] = "chosen"
    person: Short | None = None
    why: Short | None = None


class Delayed(Answer):
    """An errand, or the writing of records (`effect` is `records`), does not succeed. It is tried on, for ever."""

    kind: Literal["delayed"] = "delayed"
    error: Text


class Recovered(Answer):
    """What was delayed has succeeded after all."""

    kind: Literal["recovered"] = "recovered"


class CancelRequested(Event):
    """Somebody asked Temporal to cancel the workflow. A complaint does not go away by that."""

    kind: Literal["cancel_requested"] = "cancel_requested"


Outcome = Annotated[Planned | Chosen | Delayed | Recovered | CancelRequested, Field(discriminator="kind")]
