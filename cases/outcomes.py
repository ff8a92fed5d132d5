"""What came of an effect, and what the world did to the workflow. Sent by the driver, never by people."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, RootModel

from cases.calendars import Calendar
from cases.complaint import HandoffId, Name, Short, Text
from cases.events import Event
from cases.people import Trusted
from cases.plan import Plan, SharedTerms
from cases.view import EarlierCase
from cases.words import ClockName, Priority


class Answer(Event):
    """Base of the outcomes that answer an errand: `effect` is its id."""

    effect: Short


class Planned(Answer):
    """The plan, and the person to offer the case to, if one is available."""

    kind: Literal["planned"] = "planned"
    plan: Plan
    person: Short | None = None
    why: Short | None = Field(default=None, description="why there is nobody to offer it to")
    earlier_cases: tuple[Short, ...] = Field(default=(), description="ids of the customer's other cases, newest first")
    earlier: tuple[EarlierCase, ...] = Field(default=(), description="the newest of them, and how they ended")
    granted_before: dict[str, Decimal] = Field(default={}, description="what they got in those, by currency")
    trusted: tuple[Trusted, ...] = Field(default=(), description="who may grant more than any rung, most trusted first")


class Chosen(Answer):
    """The person chosen for the offer, or why nobody was."""

    kind: Literal["chosen"] = "chosen"
    person: Short | None = None
    why: Short | None = None
    staffed: bool = True


class Replanned(Answer):
    """What the pinned policy's triage chooses for the complaint as it is categorised now."""

    kind: Literal["replanned"] = "replanned"
    team: Name
    priority: Priority
    tier: Short | None = None
    rule: Short | None = None


class Extended(Answer):
    """More of a calendar, from where what is known of it ends."""

    kind: Literal["extended"] = "extended"
    calendar: Calendar


class Corrected(Answer):
    """The terms and calendars that count from now on; without terms, what is wrong with the policy that was sent."""

    kind: Literal["corrected"] = "corrected"
    terms: SharedTerms | None = None
    problem: Text | None = None
    calendars: dict[Name, Calendar] = Field(default={})


class Delayed(Answer):
    """An errand, or the writing of records (`effect` is `records`), does not succeed. It is tried on, for ever."""

    kind: Literal["delayed"] = "delayed"
    error: Text


class Recovered(Answer):
    """What was delayed has succeeded after all."""

    kind: Literal["recovered"] = "recovered"


class Sent(Answer):
    """What was to be started or told has been."""

    kind: Literal["sent"] = "sent"


class Paid(Answer):
    """The payment is made, or in the books from which it is made."""

    kind: Literal["paid"] = "paid"
    reference: Short


class Failed(Answer):
    """An effect that will not succeed, however often it is tried: what it was for must be made good otherwise."""

    kind: Literal["failed"] = "failed"
    reason: Text


class Unheard(Answer):
    """A hand-off that was to be told something had ended already, perhaps because an operator ended it."""

    kind: Literal["unheard"] = "unheard"
    handoff_id: HandoffId


class Report(Event):
    """Base of what a hand-off reports to its case. `by` is the specialist; `version` is the hand-off's own."""

    handoff_id: HandoffId
    version: int


class HandOffAccepted(Report):
    """A specialist has taken the question on."""

    kind: Literal["hand_off_accepted"] = "hand_off_accepted"


class HandOffDeclined(Report):
    """A specialist will not answer; the question is offered on."""

    kind: Literal["hand_off_declined"] = "hand_off_declined"
    reason: Text


class HandOffNeglected(Report):
    """Time ran out that `person`, or the team's queue, was given; the question is offered on."""

    kind: Literal["hand_off_neglected"] = "hand_off_neglected"
    person: Short | None = None
    clock: ClockName
    due: AwareDatetime


class HandOffWarned(Report):
    """Much of the time is over that `person`, or the team's queue, was given."""

    kind: Literal["hand_off_warned"] = "hand_off_warned"
    person: Short | None = None
    clock: ClockName
    due: AwareDatetime


class HandOffAskedBack(Report):
    """A specialist asks the owner something first."""

    kind: Literal["hand_off_asked_back"] = "hand_off_asked_back"
    text: Text


class HandOffAnswered(Report):
    """The answer."""

    kind: Literal["hand_off_answered"] = "hand_off_answered"
    text: Text


class HandOffRefused(Report):
    """Something that was signalled to the hand-off was refused, or could not be read: nobody was there to be told."""

    kind: Literal["hand_off_refused"] = "hand_off_refused"
    text: Text


class HandOffReturned(Report):
    """Nobody of the team took the question, or answered it."""

    kind: Literal["hand_off_returned"] = "hand_off_returned"
    why: Text


class CancelRequested(Event):
    """Somebody asked Temporal to cancel the workflow. A complaint does not go away by that."""

    kind: Literal["cancel_requested"] = "cancel_requested"


HandOffReport = (
    HandOffAccepted
    | HandOffDeclined
    | HandOffNeglected
    | HandOffWarned
    | HandOffAskedBack
    | HandOffAnswered
    | HandOffRefused
    | HandOffReturned
)
"""What became of a question. `Delayed` and `Recovered` tell of the errands instead, of a case as of a hand-off."""

AnyReport = Annotated[HandOffReport | Delayed | Recovered, Field(discriminator="kind")]


class Reported(RootModel[AnyReport]):
    """Anything that a hand-off reports."""


Outcome = Annotated[
    Planned
    | Replanned
    | Extended
    | Corrected
    | Chosen
    | Delayed
    | Recovered
    | Sent
    | Paid
    | Failed
    | Unheard
    | HandOffReport
    | CancelRequested,
    Field(discriminator="kind"),
]
