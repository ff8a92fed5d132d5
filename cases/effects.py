"""What a case wants done in the world. A case only asks; `activities/` does, and the outcome comes back as an event.

Every effect has an id `<case id>:<n>`, its idempotency key for ever. Two kinds of delivery: an *errand* is run by an
activity and answered by an outcome; a *notice* is written to the outbox together with the timeline that explains it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from cases.complaint import Complaint, Shape
from cases.plan import Plan
from cases.words import Channel, Rung

Param = str | int | bool | datetime | None | tuple[str, ...]


class PlanCase(Shape):
    """Find out which policy, team, rung and person are right. Answered by `planned`."""

    kind: Literal["plan"] = "plan"
    id: str
    case_id: str
    complaint: Complaint


class Planning(Shape):
    """What the activity `plan` answers: the plan, whom to offer the case to, and the customer's other cases."""

    plan: Plan
    person: str | None = None
    earlier_cases: tuple[str, ...] = ()


class ChoosePerson(Shape):
    """Find the least loaded qualified person for the open offer. Answered by `chosen`.

    `person` asks for that person and nobody else; `prefer` for that person if available; `never` lists who is out.
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


class Choice(Shape):
    """What the activity `choose` answers: a person, or why nobody was chosen."""

    person: str | None = None
    why: str | None = None


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


Errand = PlanCase | ChoosePerson
Notice = Annotated[TellCustomer | AlertStaff, Field(discriminator="kind")]
Effect = PlanCase | ChoosePerson | TellCustomer | AlertStaff
