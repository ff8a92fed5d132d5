"""All that a case remembers, as plain data. Rules change it through `cases.turn.Turn`; nothing here decides."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from pydantic import AwareDatetime

from cases.clocks import Clock
from cases.complaint import Complaint, Shape
from cases.conduct import Conduct
from cases.deeds import Deed
from cases.effects import Errand
from cases.people import Trusted
from cases.plan import Plan
from cases.timeline import Entry
from cases.view import EarlierCase, HandedOff, Lesson, ProposedRemedy, Satisfaction, Suggestion
from cases.words import Channel, ClockName, ClosedAs, Priority, Reason, Rung, Status

INTAKE = "intake"
"""The queue that owns a case until it is planned."""

OPEN_HANDOFFS = 10
"""How many hand-offs of a case may be open at once."""


class Owner(Shape):
    """Who answers for the case: a person, or the queue of a team when `person` is None."""

    team: str
    rung: Rung
    person: str | None = None

    @property
    def label(self) -> str:
        """`ana` or `queue:cards`, as in the search attribute CaseOwner."""
        return self.person or f"queue:{self.team}"


class Offer(Shape):
    """The case held out to a person, or to a team's queue when `person` is None."""

    team: str
    rung: Rung
    reasons: tuple[Reason, ...]
    made_at: AwareDatetime
    by: str
    person: str | None = None
    skill: str | None = None
    tried: tuple[str, ...] = ()
    beside: int = 0
    choosing: str | None = None
    """Id of the `choose` errand whose answer this offer awaits."""

    @property
    def label(self) -> str:
        """To whom, in a form to read."""
        return self.person or f"queue:{self.team}"


class Climb(Shape):
    """One escalation, as the brief tells it."""

    at: AwareDatetime
    reason: Reason
    from_rung: Rung
    to_rung: Rung
    by: str
    text: str | None = None
    owner: str | None = None
    """The person from whom it went up; None if a queue had it, or if it went on up from an offer that nobody took."""


class Tried(Shape):
    """One attempt at solving."""

    at: AwareDatetime
    by: str
    rung: Rung
    text: str
    outcome: str


class Said(Shape):
    """Something that passed between customer and company."""

    at: AwareDatetime
    by: str
    to_customer: bool
    text: str


class Category(Shape):
    """What a complaint was found to be about, where that is not what it said itself. `team` was named with it."""

    product: str
    issue: str | None = None
    tier: str | None = None
    team: str | None = None
    errand: str
    """Id of the `replan` errand whose answer this awaits, or had."""


class Insistence(Shape):
    """A customer's wish for a manager: when first asked, and whether it was answered."""

    asked_at: AwareDatetime
    answered: bool = False


class Holds(Shape):
    """How often and how long the customer was put on hold: in all, and since when they are on hold now.

    `counted` are those that count against the policy's number: it begins anew at another rung, and once it has led up.
    """

    count: int = 0
    counted: int = 0
    total: timedelta = timedelta(0)
    since: AwareDatetime | None = None

    def held(self, now: datetime) -> timedelta:
        """All holds together, the one that lasts until `now` among them."""
        return self.total + (max(now - self.since, timedelta(0)) if self.since else timedelta(0))


class Stuck(Shape):
    """What does not succeed, since when, and what it says."""

    effect: str
    since: AwareDatetime
    error: str


@dataclass(slots=True)
class State:
    """The memory of a case. Lists named in BOUNDS keep only their newest items; the records keep all."""

    case_id: str
    complaint: Complaint
    opened_at: datetime
    now: datetime
    last_event_at: datetime
    owner: Owner
    status: Status = Status.OPENING
    plan: Plan | None = None
    offer: Offer | None = None
    category: Category | None = None
    closed_as: ClosedAs | None = None
    closed_at: datetime | None = None
    asks: str | None = None
    insistence: Insistence | None = None
    moved_to: Channel | None = None
    """The channel that the customer chose since, where that is not the complaint's."""
    wrote_by: Channel | None = None
    """The channel on which the customer last wrote, where that is not the one that the case is on."""
    holds: Holds = field(default_factory=Holds)
    last_voluntary: datetime | None = None
    reopened: int = 0
    escalations: int = 0
    duplicate_of: str | None = None
    resolution: str | None = None
    version: int = 0
    effects: int = 0
    clocks_made: int = 0
    clocks: list[Clock] = field(default_factory=list[Clock])
    timeline: list[Entry] = field(default_factory=list[Entry])
    seen: dict[str, str] = field(default_factory=dict[str, str])
    errands: dict[str, Errand] = field(default_factory=dict[str, Errand])
    correcting: dict[str, str] = field(default_factory=dict[str, str])
    """Who asked for corrected terms that have not come yet, by the id of the errand."""
    queued: list[Deed] = field(default_factory=list[Deed])
    declined_by: list[str] = field(default_factory=list[str])
    owners: dict[Rung, str] = field(default_factory=dict[Rung, str])
    """The person who last owned the case at each rung."""
    earlier_cases: tuple[str, ...] = ()
    climbs: list[Climb] = field(default_factory=list[Climb])
    attempts: list[Tried] = field(default_factory=list[Tried])
    said: list[Said] = field(default_factory=list[Said])
    stuck: list[Stuck] = field(default_factory=list[Stuck])
    handoffs: list[HandedOff] = field(default_factory=list[HandedOff])
    handoffs_made: int = 0
    conduct: Conduct = field(default_factory=Conduct)
    """How the customer behaved, and what was done about it. It stays when the case is closed and reopened."""
    earlier: tuple[EarlierCase, ...] = ()
    suggestions: list[Suggestion] = field(default_factory=list[Suggestion])
    suggestions_made: int = 0
    satisfaction: Satisfaction | None = None
    lessons: list[Lesson] = field(default_factory=list[Lesson])
    remedies: list[ProposedRemedy] = field(default_factory=list[ProposedRemedy])
    remedies_made: int = 0
    granted: dict[str, Decimal] = field(default_factory=dict[str, Decimal])
    """The money that this case has granted, by currency; what could not be paid is taken off again."""
    granted_before: dict[str, Decimal] = field(default_factory=dict[str, Decimal])
    """What the customer had got in other cases, by currency, when this one was planned."""
    trusted: tuple[Trusted, ...] = ()
    """Who may grant more than any rung, as the directory had it when the case was planned."""

    @property
    def open_handoffs(self) -> list[HandedOff]:
        """The hand-offs that somebody still works on, oldest first."""
        return [handoff for handoff in self.handoffs if not handoff.status.over]

    def handoff(self, handoff_id: str) -> HandedOff | None:
        """What the case knows of a hand-off; None if there is none, or it was over long ago."""
        return next((handoff for handoff in self.handoffs if handoff.handoff_id == handoff_id), None)

    @property
    def priority(self) -> Priority:
        """As planned; P3 until then."""
        return self.plan.priority if self.plan else Priority.P3

    @property
    def channel(self) -> Channel:
        """Where the customer speaks and is answered now."""
        return self.moved_to or self.complaint.channel

    @property
    def product(self) -> str:
        """As the complaint said, or as it was recategorised."""
        return self.category.product if self.category else self.complaint.product

    @property
    def issue(self) -> str | None:
        """As the complaint said, or as it was recategorised."""
        return self.category.issue if self.category else self.complaint.issue

    @property
    def tier(self) -> str | None:
        """As planned; as the complaint said until then."""
        return self.plan.tier if self.plan else self.complaint.tier

    def clock(self, name: ClockName) -> Clock | None:
        """The newest clock of that name, also when it is over."""
        return next((clock for clock in reversed(self.clocks) if clock.name is name), None)

    def copy(self) -> State:
        """An independent copy: what is frozen is shared."""
        twin = copy.copy(self)
        for name in (
            "timeline",
            "queued",
            "declined_by",
            "climbs",
            "attempts",
            "said",
            "stuck",
            "handoffs",
            "suggestions",
            "lessons",
            "remedies",
        ):
            setattr(twin, name, list(getattr(self, name)))
        for name in ("seen", "errands", "correcting", "owners", "granted"):
            setattr(twin, name, dict(getattr(self, name)))
        twin.clocks = [clock.copy() for clock in self.clocks]
        return twin
