"""What a case wants done in the world. A case only asks; `activities/` does, and the outcome comes back as an event.

Every effect has an id `<case id>:<n>`, its idempotency key for ever. Two kinds of delivery: an *errand* is run by an
activity and answered by an outcome; a *notice* is written to the outbox together with the timeline that explains it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from cases.calendars import Calendar
from cases.complaint import Complaint, Shape
from cases.money import Amount, CurrencyCode
from cases.people import Trusted
from cases.plan import Plan, SharedTerms
from cases.specialists import FromCase
from cases.view import EarlierCase
from cases.words import Channel, Priority, Remedy, Rung

_URGENT = {"threat_reported"}
"""The alerts of somebody in danger."""

Param = str | int | bool | datetime | None | tuple[str, ...]


class PlanCase(Shape):
    """Find out which policy, team, rung and person are right. Answered by `planned`."""

    kind: Literal["plan"] = "plan"
    id: str
    case_id: str
    complaint: Complaint
    now: datetime | None = Field(default=None, description="the case's time: its calendars are compiled for it")


class Planning(Shape):
    """What the activity `plan` answers: the plan, whom to offer the case to, and the customer's other cases."""

    plan: Plan
    person: str | None = None
    why: str | None = Field(default=None, description="why there is nobody to offer it to")
    earlier_cases: tuple[str, ...] = ()
    earlier: tuple[EarlierCase, ...] = ()
    trusted: tuple[Trusted, ...] = Field(
        default=(), description="who may grant more than any rung, the most trusted first"
    )
    granted_before: dict[str, Decimal] = Field(
        default={}, description="what the customer got in other cases, in the time that the policy limits, by currency"
    )


class ReplanCase(Shape):
    """Plan a complaint again, by the policy that its case is pinned to. Answered by `replanned`."""

    kind: Literal["replan"] = "replan"
    id: str
    case_id: str
    complaint: Complaint
    policy_hash: str


class Replanning(Shape):
    """What the activity `replan` answers: what that policy's triage chooses for the complaint."""

    team: str
    priority: Priority
    tier: str | None = None
    rule: str | None = None


class ExtendCalendar(Shape):
    """Compile what comes after `until` of a calendar of the pinned policy. Answered by `extended`."""

    kind: Literal["extend"] = "extend"
    id: str
    case_id: str
    calendar: str
    until: datetime
    policy_hash: str
    now: datetime


class Extension(Shape):
    """What the activity `extend` answers: the calendar over a later horizon, without a gap to the one before."""

    calendar: Calendar


class CorrectTerms(Shape):
    """Give the terms and the calendars of a corrected policy. Answered by `corrected`.

    `policy` is its content; without it, the policy that the worker runs with.
    """

    kind: Literal["correct"] = "correct"
    id: str
    case_id: str
    policy: str | None = None
    since: datetime = Field(description="the first moment that a clock of the case counts from")
    now: datetime


class Correction(Shape):
    """What the activity `correct` answers; without terms, what is wrong with the policy that it was sent."""

    terms: SharedTerms | None = None
    problem: str | None = None
    calendars: dict[str, Calendar] = Field(default={})


class ChoosePerson(Shape):
    """Find the least loaded qualified person for the open offer. Answered by `chosen`.

    `person` asks for that person and nobody else; `prefer` for that person if available; `never` lists who is out;
    whoever speaks the customer's `language` comes before the others.
    """

    kind: Literal["choose"] = "choose"
    id: str
    case_id: str
    team: str
    rung: Rung
    skill: str | None = None
    person: str | None = None
    prefer: str | None = None
    never: tuple[str, ...] = ()
    language: str | None = None


class Choice(Shape):
    """What the activities `choose` and `choose_specialist` answer: a person, or why nobody was chosen.

    `staffed` is False if the directory has nobody at all who could ever be chosen.
    """

    person: str | None = None
    why: str | None = None
    staffed: bool = True


class Question(Shape):
    """What a hand-off is started with: the question, and the promises that its case makes for it.

    `accept_within` and `answer_within` are for one specialist each; `due_at` is when the owner is promised the answer.
    """

    handoff_id: str
    case_id: str
    team: str
    question: str
    asked_by: str
    asked_at: datetime
    product: str
    channel: Channel
    priority: Priority
    tier: str | None = None
    accept_within: timedelta
    answer_within: timedelta
    accept_calendar: str | None = None
    answer_calendar: str | None = None
    calendars: dict[str, Calendar] = Field(default={}, description="those that its clocks count on")
    accept_warn_at: tuple[float, ...] = ()
    answer_warn_at: tuple[float, ...] = ()
    stuck_after: timedelta
    due_at: datetime | None = None


class StartHandoff(Shape):
    """Start the workflow of a hand-off. Answered by `sent`; started already is as good as started."""

    kind: Literal["start_handoff"] = "start_handoff"
    id: str
    question: Question

    @property
    def handoff_id(self) -> str:
        """`<case id>-<n>`."""
        return self.question.handoff_id


class TellHandoff(Shape):
    """Tell a hand-off what its case decided. Answered by `sent`; a hand-off that is over needs no telling."""

    kind: Literal["tell_handoff"] = "tell_handoff"
    id: str
    handoff_id: str
    word: FromCase


class ChooseSpecialist(Shape):
    """Find the least loaded specialist for a hand-off, and tell them. Answered by `chosen`.

    `never` lists who asked it, declined it or let it pass; `version` is the hand-off's when it asked, `expires_at` when
    somebody must have accepted it.
    """

    kind: Literal["choose_specialist"] = "choose_specialist"
    id: str
    question: Question
    never: tuple[str, ...] = ()
    version: int
    expires_at: datetime | None = None


class PayRemedy(Shape):
    """Pay a customer what was granted. Answered by `paid`, or by `failed`.

    `limit` is the most that the customer may have got since `since`, this payment included: what another case granted
    meanwhile, only who pays can know.
    """

    kind: Literal["pay"] = "pay"
    id: str
    case_id: str
    remedy_id: str
    remedy: Remedy
    amount: Amount
    currency: CurrencyCode
    customer_id: str
    proposed_by: str
    granted_by: str
    granted_at: datetime
    limit: Amount | None = None
    since: datetime | None = None


class Payment(Shape):
    """What the activity `pay` answers: the reference that the payment is known by, or why it is refused for good."""

    reference: str | None = None
    refused: str | None = None


class Deliver(Shape):
    """Deliver what waits for a destination, of one case, in order. `stuck`: it was said that this does not succeed."""

    case_id: str
    destination: str
    stuck: bool = False


class Delivered(Shape):
    """What the activity `deliver` answers; with `more`, there is more to deliver."""

    more: bool = False


class TellCustomer(Shape):
    """A message to the customer. `template` names the words, `params` fills them; times are UTC."""

    kind: Literal["message"] = "message"
    id: str
    at: datetime
    template: str = Field(description="such as `escalated.asked_for_manager`; the part after the dot may fall back")
    channel: Channel
    language: str
    params: dict[str, Param]


class AlertStaff(Shape):
    """Word to a colleague, or to a whole queue when `person` is None."""

    kind: Literal["alert"] = "alert"
    id: str
    at: datetime
    template: str
    team: str
    rung: Rung
    person: str | None = None
    params: dict[str, Param]

    @property
    def urgent(self) -> bool:
        """Whether somebody may be in danger: such an alert is not gathered with others before people are paged."""
        return self.template in _URGENT


Errand = PlanCase | ChoosePerson | StartHandoff | TellHandoff | ReplanCase | ExtendCalendar | CorrectTerms | PayRemedy
Notice = Annotated[TellCustomer | AlertStaff, Field(discriminator="kind")]
Effect = Errand | TellCustomer | AlertStaff
