"""What an agent can do to a case. Who may, and when, is in `cases.table`."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator

from cases.complaint import CaseId, HandoffId, Moment, Name, Shape, Short, Text
from cases.events import Attachment, Event
from cases.money import Amount, CurrencyCode
from cases.redelivery import GiveUp, Resend
from cases.words import Contact, Letter, Priority, Promised, Reason, Remedy, Rung, SafetyDecision


class Claim(Event):
    """Takes the offer, or a case in a queue."""

    kind: Literal["claim"] = "claim"


class Decline(Event):
    """Not me: the case is offered on, and never again to this person."""

    kind: Literal["decline"] = "decline"
    reason: Text
    text: Text | None = None


class Recipient(Shape):
    """To whom a case is to be offered: a person, a team, or whoever has a skill.

    `rung`, `teams` and `skills` describe the person as the directory knows them. The API adds them, so that somebody
    unqualified is refused at once; without them the directory is asked after the event.
    """

    person: Short | None = None
    team: Name | None = None
    skill: Name | None = None
    rung: Rung | None = None
    teams: tuple[Name, ...] = ()
    skills: tuple[Name, ...] = ()

    @model_validator(mode="after")
    def _names_somebody(self) -> Recipient:
        if not (self.person or self.team or self.skill):
            raise ValueError("name a person, a team or a skill")
        return self


class Assign(Event):
    """A supervisor offers the case to a named person or team."""

    kind: Literal["assign"] = "assign"
    to: Recipient
    text: Text | None = None
    reason: Literal[Reason.OWNER_UNAVAILABLE] | None = Field(
        default=None, description="owner_unavailable: whoever has it is not there; the customer is told of it"
    )


class OwnerUnavailable(Event):
    """Whoever has the case is absent, or has left: it is offered to somebody else. Sent by the directory."""

    kind: Literal["owner_unavailable"] = "owner_unavailable"
    person: Short = Field(description="who is away; if somebody else has the case by now, nothing is done")
    until: Moment | None = Field(default=None, description="when they are expected back")


class Transfer(Event):
    """The owner offers the case to a peer or a team at the same rung."""

    kind: Literal["transfer"] = "transfer"
    to: Recipient
    text: Text | None = None


class Reply(Event):
    """A message to the customer. `asks` is the question in it, if it asks one; `update_by` promises the next word."""

    kind: Literal["reply"] = "reply"
    text: Text
    asks: Text | None = None
    update_by: Moment | None = Field(default=None, description="when the customer hears again at the latest")
    letter: Letter | None = Field(default=None, description="what the statutory regime of the case asks for")
    attachments: tuple[Attachment, ...] = Field(default=(), max_length=20)


class Note(Event):
    """For colleagues only."""

    kind: Literal["note"] = "note"
    text: Text


class Attempt(Event):
    """A try at solving, and how it went."""

    kind: Literal["attempt"] = "attempt"
    text: Text
    outcome: Text


class Redirect(Event):
    """The answer given to a customer who asked for a manager."""

    kind: Literal["redirect"] = "redirect"
    text: Text


class WaitForCustomer(Event):
    """The pausable clocks pause until the customer answers what was asked."""

    kind: Literal["wait_for_customer"] = "wait_for_customer"


class Resume(Event):
    """Ends the waiting without an answer of the customer."""

    kind: Literal["resume"] = "resume"


class Hold(Event):
    """The customer is put on hold, on a live channel. Counted and summed; it pauses nothing."""

    kind: Literal["hold"] = "hold"


class Unhold(Event):
    """The customer is spoken to again."""

    kind: Literal["unhold"] = "unhold"


class Promise(Event):
    """A callback or an update by a time: a clock of its own."""

    kind: Literal["promise"] = "promise"
    what: Promised
    by_when: Moment


class Warn(Event):
    """A warning about how the customer behaves: the first, then the second, which names the consequence."""

    kind: Literal["warn"] = "warn"
    text: Text = Field(description="in the words that the customer gets")
    number: Literal[1, 2] | None = Field(
        default=None, description="which one it is meant to be, so that two people do not give both; without: the next"
    )


class ReportThreat(Event):
    """Somebody is threatened: to a manager at once, without warnings or attempts, and everybody there is alerted."""

    kind: Literal["report_threat"] = "report_threat"
    text: Text = Field(description="what was said or done, for colleagues; the customer does not get it")


class DecideSafety(Event):
    """What a manager decides after a threat."""

    kind: Literal["decide_safety"] = "decide_safety"
    decision: SafetyDecision
    text: Text = Field(description="why, and what was arranged, for colleagues")


class EndContact(Event):
    """Ends the contact with a customer who was warned twice, and tells the managers."""

    kind: Literal["end_contact"] = "end_contact"
    text: Text = Field(description="what happened, for the managers; the customer gets the company's words")


class RestrictContact(Event):
    """How the customer may be in contact until a date on which that is looked at again; `unrestricted` lifts it."""

    kind: Literal["restrict_contact"] = "restrict_contact"
    how: Contact
    review_at: Moment | None = Field(
        default=None, description="when it is looked at again; not needed for `unrestricted`"
    )
    text: Text = Field(description="why, and whom a named contact is, in the words that the customer gets")

    @model_validator(mode="after")
    def _comes_back(self) -> RestrictContact:
        if self.how is not Contact.UNRESTRICTED and self.review_at is None:
            raise ValueError("give `review_at`: no restriction is for ever")
        return self


class Escalate(Event):
    """Offers the case one rung up."""

    kind: Literal["escalate"] = "escalate"
    reason: Reason
    text: Text | None = None


class DeEscalate(Event):
    """Back down: withdraws an offer upwards, or offers the case one rung down."""

    kind: Literal["de_escalate"] = "de_escalate"
    reason: Text
    text: Text | None = None


class HandOff(Event):
    """A question to a team of specialists; the owner stays."""

    kind: Literal["hand_off"] = "hand_off"
    team: Name = Field(description="whose question it is", examples=["billing"])
    question: Text


class AnswerBack(Event):
    """Answers what a specialist asked back."""

    kind: Literal["answer_back"] = "answer_back"
    handoff_id: HandoffId
    text: Text


class CancelHandOff(Event):
    """Calls a hand-off off."""

    kind: Literal["cancel_hand_off"] = "cancel_hand_off"
    handoff_id: HandoffId
    reason: Text
    text: Text | None = None


class DecideSuggestion(Event):
    """What the case suggested is so, or it is not. To act on it confirms it as well."""

    kind: Literal["decide_suggestion"] = "decide_suggestion"
    suggestion_id: Short
    confirm: bool
    text: Text | None = None


class ProposeRemedy(Event):
    """What is to put it right. Granted at once within the authority of who proposes it; above, somebody decides.

    Only an apology is without an amount. Of a replacement, or something other, it is what that costs the company.
    """

    kind: Literal["propose_remedy"] = "propose_remedy"
    remedy: Remedy
    amount: Amount | None = Field(default=None, description="exact, in quotes", examples=["49.90"])
    currency: CurrencyCode | None = Field(default=None, description="ISO 4217", examples=["GBP"])
    text: Text | None = Field(
        default=None, description="what exactly, in words that the customer gets once it is granted"
    )

    @model_validator(mode="after")
    def _says_how_much(self) -> ProposeRemedy:
        if (self.amount is None) != (self.currency is None):
            raise ValueError("give `amount` and `currency` together")
        if self.remedy is Remedy.APOLOGY:
            if self.amount:
                raise ValueError("an apology has no `amount`: propose a credit beside it")
        elif self.amount is None:
            raise ValueError(f"give `amount` and `currency` of the {self.remedy}")
        if self.remedy.is_money and not self.amount:
            raise ValueError("give an `amount` above 0")
        return self

    @property
    def price(self) -> tuple[Decimal | None, str | None]:
        """What it costs, and in which currency; an apology costs nothing in none."""
        return (None, None) if self.remedy is Remedy.APOLOGY else (self.amount, self.currency)


class DecideRemedy(Event):
    """Approves a remedy that somebody else proposed, or rejects it with a reason that the customer is told."""

    kind: Literal["decide_remedy"] = "decide_remedy"
    remedy_id: Short = Field(description="as in the view's `remedies`", examples=["r1"])
    approve: bool
    reason: Text | None = Field(default=None, description="why; the customer is told why something is rejected")

    @model_validator(mode="after")
    def _says_why_not(self) -> DecideRemedy:
        if not self.approve and self.reason is None:
            raise ValueError("give the `reason`: the customer is told why")
        return self


class SetPriority(Event):
    """Another priority: the deadlines that depend on it are counted anew, from where their clocks started."""

    kind: Literal["set_priority"] = "set_priority"
    priority: Priority
    reason: Text


class Recategorise(Event):
    """What the complaint is about, or whose: the case is planned again by its own policy. `team` names the team."""

    kind: Literal["recategorise"] = "recategorise"
    product: Short | None = None
    issue: Short | None = None
    tier: Short | None = None
    team: Name | None = None
    reason: Text

    @model_validator(mode="after")
    def _changes_something(self) -> Recategorise:
        if not (self.product or self.issue or self.tier or self.team):
            raise ValueError("give product, issue, tier or team")
        return self


class Correct(Event):
    """A corrected policy or calendar, from now on. Sent by an operator.

    `policy` is its content, as `Policy.content` has it; without it, the policy that the workers run with counts.
    """

    kind: Literal["correct"] = "correct"
    policy: Text | None = None
    reason: Text


class Resolve(Event):
    """The resolution, in the words that the customer gets.

    On a climbed case `warranted` says whether the climb was right, and `lesson` what the rep can take from it.
    `despite` says why it is resolved although a specialist's answer, or the decision on a remedy, is still awaited.
    """

    kind: Literal["resolve"] = "resolve"
    text: Text
    warranted: bool | None = None
    lesson: Text | None = None
    despite: Text | None = None


class Reopen(Event):
    """Takes a closed case up again, within the window."""

    kind: Literal["reopen"] = "reopen"
    text: Text | None = None


class Close(Event):
    """Closes without the customer's confirmation."""

    kind: Literal["close"] = "close"
    reason: Text
    text: Text | None = None
    duplicate_of: CaseId | None = Field(default=None, description="case id of the case that this one repeats")


Action = Annotated[
    Claim
    | Decline
    | Assign
    | OwnerUnavailable
    | Transfer
    | Reply
    | Note
    | Attempt
    | Redirect
    | WaitForCustomer
    | Resume
    | Hold
    | Unhold
    | Promise
    | Warn
    | ReportThreat
    | DecideSafety
    | EndContact
    | RestrictContact
    | Escalate
    | DeEscalate
    | HandOff
    | AnswerBack
    | CancelHandOff
    | DecideSuggestion
    | ProposeRemedy
    | DecideRemedy
    | SetPriority
    | Recategorise
    | Correct
    | Resend
    | GiveUp
    | Resolve
    | Reopen
    | Close,
    Field(discriminator="kind"),
]
