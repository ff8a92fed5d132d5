"""What reaches a hand-off: what specialists do with a question, and what the case that asked it decides.

Who may, and what follows, is in `cases.handoff`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, RootModel

from cases.actions import Decline
from cases.complaint import HandoffId, Text
from cases.events import Event


class Accept(Event):
    """Takes the question on."""

    kind: Literal["accept"] = "accept"


class Answer(Event):
    """Answers the question; the hand-off is over. `handoff_id` may be left out where the address says it."""

    kind: Literal["answer"] = "answer"
    handoff_id: HandoffId | None = None
    text: Text


class AskBack(Event):
    """Asks the owner something first; the time to answer stands still until they have answered."""

    kind: Literal["ask_back"] = "ask_back"
    handoff_id: HandoffId | None = None
    text: Text


class AnsweredBack(Event):
    """The owner answered what the specialist asked back. Sent by the case."""

    kind: Literal["answered_back"] = "answered_back"
    text: Text


class CalledOff(Event):
    """Nobody needs the answer any more. Sent by the case."""

    kind: Literal["called_off"] = "called_off"
    reason: Text


SpecialistAction = Annotated[Accept | Decline | Answer | AskBack, Field(discriminator="kind")]
FromCase = Annotated[AnsweredBack | CalledOff, Field(discriminator="kind")]


class SpecialistAct(RootModel[SpecialistAction]):
    """Anything that specialists send to a hand-off."""


class Word(RootModel[FromCase]):
    """Anything that a case tells its hand-off."""
