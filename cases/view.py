"""The case as others see it: the shape of `GET /v1/cases/{id}`, of the update's answer and of the records."""

from __future__ import annotations

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from cases.conduct import Conduct
from cases.ledger import LedgerEntry
from cases.money import Amount
from cases.words import (
    Channel,
    ClockName,
    ClockState,
    ClosedAs,
    ContactOption,
    HandoffStatus,
    Priority,
    Reason,
    Remedy,
    RemedyState,
    Rung,
    Status,
    Suggested,
    SuggestionState,
    WaitingOn,
)


class Seen(BaseModel):
    """Base of what is shown. Unknown fields are let pass: an older reader can read a newer view."""

    model_config = ConfigDict(frozen=True)


class OwnerView(Seen):
    """Either `person` or `queue` (a team's name) is set."""

    person: str | None = None
    queue: str | None = None


class OfferView(Seen):
    """The open offer. `expires_at` is the deadline of its acknowledge clock."""

    to: OwnerView
    team: str
    rung: Rung
    reasons: tuple[Reason, ...]
    made_at: AwareDatetime
    expires_at: AwareDatetime | None
    declined_by: tuple[str, ...]


class ClockView(Seen):
    """A clock at the moment of the view. Seconds are of the clock's own time; `remaining_s` is negative when late."""

    id: str
    name: ClockName
    state: ClockState
    target_s: float
    elapsed_s: float
    remaining_s: float
    due_at: AwareDatetime | None
    breached_at: AwareDatetime | None
    warned: bool
    pausable: bool
    label: str | None = Field(default=None, description="which of several of its name, such as a statutory stage")
    calendar: str | None = Field(default=None, description="on which it counts; null: around the clock")
    zone: str = Field(default="UTC", description="the calendar's zone, for a reader")
    late_s: float | None = Field(
        default=None,
        description="seconds on the wall from the deadline to when its breach was noticed; null: no breach",
    )
    ledger: tuple[LedgerEntry, ...]

    @property
    def title(self) -> str:
        """Its name, and which of several it is."""
        return f"{self.name} {self.label}" if self.label else self.name.value


class CustomerView(Seen):
    """Who complained."""

    id: str
    name: str | None
    contact: str | None
    zone: str | None


class HandedOff(Seen):
    """A hand-off as its case knows it: what the specialists report. Long texts are cut; the timeline has the whole.

    `specialist` is who accepted it, `asks` the counter-question that the owner has not answered yet, `due_at` when the
    answer is owed to the owner, `version` that of the hand-off when it last reported.
    """

    handoff_id: str
    team: str
    question: str
    asked_by: str
    asked_at: AwareDatetime
    status: HandoffStatus = HandoffStatus.OFFERED
    specialist: str | None = None
    asks: str | None = None
    answer: str | None = None
    clock: str = Field(description="id of its clock in `clocks`")
    due_at: AwareDatetime | None = None
    ended_at: AwareDatetime | None = None
    version: int = 0


class GuidanceView(Seen):
    """A line for whoever acts on the case. `for` is its situation: a reason, or the status."""

    model_config = ConfigDict(frozen=True, serialize_by_alias=True, validate_by_name=True, validate_by_alias=True)

    for_: str = Field(validation_alias="for", serialization_alias="for", examples=["asked_for_manager"])
    say: str
    avoid: str


class HoldsView(Seen):
    """How often and how long the customer was put on hold in all; `since` is set while they are."""

    count: int = 0
    held_s: float = 0.0
    since: AwareDatetime | None = None


class Suggestion(Seen):
    """What the customer's words, or their earlier cases, may mean: for a person to confirm or to dismiss.

    `why` has the words that were found. `decided_by` is who decided it, or who acted on it; `next_step` what a person
    can do about it now, in words.
    """

    id: str
    reason: Suggested
    why: str
    state: SuggestionState = SuggestionState.OPEN
    at: AwareDatetime
    decided_by: str | None = None
    next_step: str | None = Field(default=None, description="null: nothing is left to be done about it")


class Satisfaction(Seen):
    """What the customer said of the resolution that they accepted: `score` from 1 to 5."""

    at: AwareDatetime
    score: int | None = None
    comment: str | None = None


class Lesson(Seen):
    """What came back to somebody who sent the case up: whether that was right, and what to take from it."""

    at: AwareDatetime
    to: str
    by: str
    reason: Reason
    warranted: bool | None = None
    lesson: str | None = None


class EarlierCase(Seen):
    """Another case of the same customer, as the records had it when this one was planned."""

    case_id: str
    product: str
    issue: str | None = None
    status: Status
    closed_as: ClosedAs | None = None
    opened_at: AwareDatetime
    closed_at: AwareDatetime | None = None
    resolution: str | None = Field(default=None, description="the beginning of what the customer was told")


class ProposedRemedy(Seen):
    """A remedy, and what has become of it. Long texts are cut; the timeline has the whole.

    `asked` is the rung that was asked to decide, `due_at` when it is to have decided; `payment` is the effect that pays
    it, `reference` what finance, and the customer's statement, know the payment by.
    """

    remedy_id: str = Field(description="`r<n>`: the n-th of its case")
    remedy: Remedy
    amount: Amount | None = Field(default=None, description="exact; null: an apology")
    currency: str | None = None
    text: str | None = None
    state: RemedyState = RemedyState.PENDING
    proposed_by: str
    proposed_at: AwareDatetime
    asked: Rung | None = None
    decided_by: str | None = None
    decided_at: AwareDatetime | None = None
    reason: str | None = Field(default=None, description="why it was decided so, or why it could not be paid")
    clock: str | None = Field(default=None, description="id of its approval clock in `clocks`")
    due_at: AwareDatetime | None = None
    payment: str | None = None
    reference: str | None = None


class CaseView(Seen):
    """Everything that a reader of the case needs now. `version` is the number of the last timeline entry.

    The complaint's words are in the brief: a view travels in every answer and every commit, and they may be long.
    """

    case_id: str
    source: str
    reference: str
    fingerprint: str = Field(description="digest of the complaint's content")
    version: int
    status: Status
    rung: Rung
    owner: OwnerView
    offer: OfferView | None
    waiting_on: WaitingOn
    priority: Priority
    tier: str | None
    team: str
    channel: Channel
    product: str
    issue: str | None
    language: str
    customer: CustomerView
    received_at: AwareDatetime
    opened_at: AwareDatetime
    closed_at: AwareDatetime | None
    closed_as: ClosedAs | None
    duplicate_of: str | None
    resolution: str | None
    clocks: tuple[ClockView, ...]
    pathway: str | None = Field(
        default=None, description="what its channel has of triggers, clocks and contact options"
    )
    live: bool = Field(default=False, description="whether the customer can be put on hold on this channel")
    contact: tuple[ContactOption, ...] = Field(
        default=(), description="what the customer may choose with `choose_contact`"
    )
    holds: HoldsView = HoldsView()
    handoffs: tuple[HandedOff, ...] = Field(
        default=(), description="questions to specialists: all that are open, and the newest of those that are over"
    )
    conduct: Conduct | None = Field(
        default=None, description="how the customer behaved and what was done about it, for staff; null: nothing"
    )
    remedies: tuple[ProposedRemedy, ...] = Field(
        default=(), description="all that are pending or being paid, and the newest of the others"
    )
    breached: bool = Field(description="whether any live clock is past its deadline")
    next_due: AwareDatetime | None = Field(description="the earliest deadline of a running clock")
    escalations: int
    reopened: int
    follows: str | None
    earlier_cases: tuple[str, ...]
    suggestions: tuple[Suggestion, ...] = Field(
        default=(), description="what the customer's words may mean: all that are open, and the newest decided ones"
    )
    satisfaction: Satisfaction | None = Field(default=None, description="of an accepted resolution that stands")
    lessons: tuple[Lesson, ...] = Field(default=(), description="what those who sent the case up were told of it")
    queued: int = Field(description="events that wait for the plan")
    stuck: tuple[str, ...] = Field(description="what does not succeed, in words")
    policy: str | None
    policy_hash: str | None
    allowed: tuple[str, ...] = Field(default=(), description="kinds of events open to the asking actor now")
    guidance: tuple[GuidanceView, ...] = Field(
        default=(), description="what to say and what to avoid now; for staff, never for customers or services"
    )
    now: AwareDatetime = Field(description="the moment that elapsed and remaining times are of")
    as_of: AwareDatetime | None = Field(default=None, description="set when the answer comes from the records")
    erased_at: AwareDatetime | None = Field(
        default=None, description="since when nothing of it is personal any more: only figures are left"
    )

    @property
    def undecided(self) -> bool:
        """Whether a remedy, or a threat, awaits somebody's decision."""
        threats = self.conduct.undecided if self.conduct else ()
        return bool(threats) or any(each.state is RemedyState.PENDING for each in self.remedies)


class Happened(Seen):
    """A line of the brief: when, who, what."""

    at: AwareDatetime
    by: str
    text: str


class Brief(Seen):
    """The page a new owner reads, so that the customer need not repeat anything."""

    case_id: str
    version: int
    headline: str
    customer: CustomerView
    complaint: str
    remedy_sought: str | None
    received_at: AwareDatetime
    transcript: str | None
    why_it_climbed: tuple[Happened, ...]
    tried: tuple[Happened, ...]
    said: tuple[Happened, ...]
    open_question: str | None
    specialists: tuple[Happened, ...] = Field(default=(), description="what specialists were asked and answered")
    conduct: tuple[Happened, ...] = Field(
        default=(), description="warnings in their words, threats, what was decided, how contact is restricted"
    )
    guidance: tuple[GuidanceView, ...] = Field(default=(), description="what to say and what to avoid now")
    remedies: tuple[Happened, ...] = Field(default=(), description="what was proposed, and what became of it")
    due: dict[str, AwareDatetime]
    earlier_cases: tuple[str, ...]
    earlier: tuple[EarlierCase, ...] = Field(default=(), description="the newest of them, and how they ended")
    follows: str | None = Field(default=None, description="id of the archived case that this one goes on from")
    duplicates: tuple[EarlierCase, ...] = Field(default=(), description="cases that were closed because this goes on")
    suggested: tuple[Happened, ...] = Field(default=(), description="what the customer's words may mean")


class HandoffView(Seen):
    """A hand-off by itself: what a specialist works on. `offered_to` is set until somebody accepts it.

    `newest` are its last changes; what came of it for the customer is on the timeline of its case.
    """

    handoff_id: str
    case_id: str
    version: int
    status: HandoffStatus
    team: str
    question: str
    asked_by: str
    asked_at: AwareDatetime
    product: str
    channel: Channel
    priority: Priority
    offered_to: OwnerView | None
    specialist: str | None
    asks: str | None = Field(description="what the owner was asked back and has not answered")
    answer: str | None
    ended_by: str | None = Field(default=None, description="id and digest of the event that ended it")
    not_again: tuple[str, ...] = Field(description="who declined it or let it pass; it is not offered to them again")
    clocks: tuple[ClockView, ...]
    due_at: AwareDatetime | None = Field(description="when the owner is promised the answer")
    newest: tuple[Happened, ...]
    unreported: int = Field(description="reports that have not reached the case yet")
    stuck: str | None = Field(default=None, description="what does not succeed, in words")
    allowed: tuple[str, ...] = Field(default=(), description="kinds of events open to the asking actor now")
    now: AwareDatetime
