"""The schema of a policy TOML file: what may be written where. What follows from it is in `policies.policy`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Annotated

from pydantic import Field, StrictBool, StrictInt, model_validator
from pydantic_core import PydanticCustomError

from cases.complaint import Complaint, Language, Name, Shape, Short
from cases.phrases import found_in
from cases.retention import Retention
from cases.words import Breach, Channel, ClockName, Priority, Reason, Rung
from policies.calendars.form import CalendarForm
from policies.pathways import PathwayForm
from policies.regimes import RegimeForm
from policies.remedies import RemediesForm
from policies.spans import Span, SpanOrNone
from policies.suggestions import MOST, Phrase, SuggestionsForm
from policies.written import Written

AROUND_THE_CLOCK = "always"
"""What a clock names that counts on no calendar although the policy names one for all."""

BusinessDay = Annotated[StrictInt, Field(ge=1, le=60)]

_DAY = "the n-th business day after the day on which the clock starts, at its close of business"


Share = Annotated[float, Field(gt=0, lt=1, strict=True)]


class TargetForm(Written):
    """`[[clocks.<name>.targets]]`: how long the clock may run where all of the conditions hold; without any, always."""

    LATER = ("within", "end_of_business_day")

    within: Span | None = Field(default=None, examples=["6h"])
    end_of_business_day: BusinessDay | None = Field(default=None, description=_DAY)
    tier: tuple[Short, ...] = ()
    priority: tuple[Priority, ...] = ()
    channel: tuple[Channel, ...] = ()
    rung: tuple[Rung, ...] = ()

    @model_validator(mode="after")
    def _says_how_long(self) -> TargetForm:
        _one_of("within", self.within, self.end_of_business_day)
        return self


class ClockForm(Written):
    """`[clocks.<name>]`: what is promised. The first target that fits counts.

    The default applies where there are no targets, and catches what none of them fits: no case is ever without a clock,
    but its timeline then says that the policy has a gap. A last target without conditions closes it.
    """

    LATER = ("default", "end_of_business_day", "calendar")

    default: Span | None = Field(default=None, examples=["6h"])
    end_of_business_day: BusinessDay | None = Field(default=None, description=f"instead of default: {_DAY}")
    calendar: Name | None = Field(
        default=None,
        description=f"name of a calendar of this file on which it counts; {AROUND_THE_CLOCK!r}, or left out and no "
        "calendar named for all clocks: around the clock",
        examples=["office"],
    )
    pausable: StrictBool = Field(
        default=False,
        description="first_response, next_response, resolution, update: whether waiting for the customer pauses it",
    )
    warn_at: tuple[Share, ...] = Field(
        default=(), description="shares of the time at which to warn, rising; for confirm only one", examples=[[0.75]]
    )
    on_breach: Breach = Field(
        default=Breach.UP,
        description="first_response, next_response, resolution, hand_off, hold, handle_time, approval: up, beside, "
        "alert",
    )
    targets: tuple[TargetForm, ...] = ()

    @model_validator(mode="after")
    def _says_how_long(self) -> ClockForm:
        _one_of("default", self.default, self.end_of_business_day)
        return self


class ClocksForm(Shape):
    """`[clocks]`: every clock that a case can have; how often the top rung is alerted is a guard."""

    acknowledge: ClockForm = Field(description="an offer waits to be claimed")
    first_response: ClockForm = Field(description="from opening to the first reply")
    next_response: ClockForm = Field(description="from the customer's first unanswered message to the reply")
    resolution: ClockForm = Field(description="from opening to `resolve`")
    redirect: ClockForm = Field(description="a customer who asked for a manager waits for an answer")
    confirm: ClockForm = Field(description="the customer has to confirm a resolution; the warning point reminds them")
    reopen_window: ClockForm = Field(description="a closed case can be taken up again")
    hand_off: ClockForm = Field(description="from the owner's question to the specialists' answer")
    accept: ClockForm = Field(description="a specialist accepts a question, or it is offered on")
    answer: ClockForm = Field(description="a specialist answers what they accepted, or it is offered on")
    update: ClockForm | None = Field(
        default=None, description="the customer hears at least this often; may be left out"
    )
    callback: ClockForm | None = Field(
        default=None, description="a customer who wants a call now gets it; without it, callbacks cannot be chosen"
    )
    customer_silence: ClockForm | None = Field(
        default=None,
        description="a customer who is waited for is chased at the warning points, then the case is closed",
    )
    review: ClockForm | None = Field(
        default=None,
        description="a restriction of contact is reviewed after the customer asks; one with a date is due then",
    )
    hold: ClockForm | None = Field(
        default=None, description="all holds of a customer together, at one rung; may be left out"
    )
    handle_time: ClockForm | None = Field(
        default=None,
        description="an owner has the case; the time in which the customer is waited for never counts; may be left out",
    )
    approval: ClockForm | None = Field(
        default=None, description="somebody decides on a remedy that is beyond its proposer; goes with [remedies]"
    )


PROMISED = tuple(ClockName(name) for name in ClocksForm.model_fields)
"""The clocks that a policy gives terms for."""


class GuardsForm(Shape):
    """`[guards]`: the limits that keep a ladder from being run up, or a person from being paged without end."""

    cool_down: SpanOrNone = Field(description="between two voluntary escalations; 0s for none", examples=["2h"])
    offers_beside: Annotated[StrictInt, Field(ge=0, le=10)] = Field(
        default=1, description="times an ignored offer goes to another person before it climbs"
    )
    alert_repeat: Span = Field(description="how often the top rung is alerted while it does not act", examples=["4h"])
    threat_repeat: Span | None = Field(
        default=None,
        description="how often everybody who may decide on a threat is alerted until somebody does; without it, as "
        "often as alert_repeat",
        examples=["1h"],
    )
    straight_to: dict[Reason, Rung] | None = Field(
        default=None,
        description="reasons for which a case skips rungs, and where it goes; all others go up one rung at a time; "
        "threat and abuse go to a manager unless another rung is named here",
        examples=[{"threat": "manager", "abuse": "manager"}],
    )
    stuck_after: Span = Field(description="age at which what does not succeed makes the case stuck", examples=["15m"])


class SignalsForm(Shape):
    """`[signals]`: what is not taken by signal, because whoever can reach the namespace can send one in any name."""

    refused: tuple[Short, ...] = Field(
        description="kinds of requests and actions; without this table: decide_remedy and decide_safety",
        examples=[["decide_remedy", "decide_safety"]],
    )


class When(Written):
    """Conditions of a triage rule; all that are written must hold. `*` in product and issue stands for anything.

    `words` are phrases (`cases.phrases`) of which the complaint, or the remedy that it seeks, must have one.
    """

    LATER = ("words",)

    source: tuple[Short, ...] = ()
    product: tuple[Short, ...] = Field(default=(), examples=[["*credit card*"]])
    issue: tuple[Short, ...] = ()
    channel: tuple[Channel, ...] = ()
    tier: tuple[Short, ...] = ()
    words: tuple[Phrase, ...] = Field(default=(), max_length=MOST, examples=[["power of attorney"]])

    def misfits(self, complaint: Complaint) -> list[str]:
        """Why the rule does not apply, one sentence for each condition that fails; empty if it applies."""
        failed = [
            _misfit("source", complaint.source, self.source, not self.source or complaint.source in self.source),
            _misfit("product", complaint.product, self.product, self._like(complaint.product, self.product)),
            _misfit("issue", complaint.issue, self.issue, self._like(complaint.issue, self.issue)),
            _misfit("channel", complaint.channel, self.channel, not self.channel or complaint.channel in self.channel),
            _misfit("tier", complaint.tier, self.tier, not self.tier or complaint.tier in self.tier),
            None if self._said(complaint) else f"the customer does not say {' or '.join(map(repr, self.words))}",
        ]
        return [sentence for sentence in failed if sentence]

    def _said(self, complaint: Complaint) -> bool:
        return not self.words or bool(found_in(complaint.said, self.words))

    @staticmethod
    def _like(text: str | None, patterns: Iterable[str]) -> bool:
        patterns = tuple(patterns)
        return not patterns or (text is not None and any(like(text, pattern) for pattern in patterns))


class Assignment(Shape):
    """`[triage_default]`: who gets what no rule fits."""

    team: Name
    rung: Rung = Rung.AGENT
    priority: Priority = Priority.P3


class TriageForm(Assignment):
    """`[[triage]]`: the first rule that fits, in the order written, chooses team, rung and priority."""

    name: Name
    when: When


class GuidanceForm(Shape):
    """`[guidance.<reason or status>]`: a line for the people who act, shown to them beside the case."""

    say: Short = Field(examples=["Let me see what I can do for you today."])
    avoid: Short = Field(examples=["That is our policy."])


class PolicyForm(Written):
    """A policy file as it is written."""

    LATER = ("calendar", "calendars", "guidance", "pathways", "suggestions")

    name: Name = Field(examples=["default"])
    extends: Short | None = Field(
        default=None,
        exclude=True,  # Its content is the whole: what another file says tomorrow changes no policy of today.
        description="a policy that comes with caseladder, or a file as seen from this one (.toml): what is left out "
        "here is its; of a table's first level entry by entry, such as one clock, all else whole",
        examples=["default", "ours.toml"],
    )
    language: Language = Field(default="en", description="for complaints that do not say theirs")
    tiers: tuple[Short, ...] = Field(default=(), description="the service tiers that targets and rules may name")
    calendar: Name | None = Field(
        default=None, description="on which a clock counts that names none itself", examples=["office"]
    )
    calendars: dict[Name, CalendarForm] = Field(default={}, description="those that clocks may count on")
    guards: GuardsForm
    signals: SignalsForm | None = Field(default=None, description="what is not taken from whom nobody has verified")
    pathways: tuple[PathwayForm, ...] = Field(
        default=(),
        description="what each channel has of triggers, clocks and contact options; without any, all channels have "
        "all, and customers can be put on hold by phone and chat",
    )
    clocks: ClocksForm
    triage: tuple[TriageForm, ...] = ()
    triage_default: Assignment
    guidance: dict[Short, GuidanceForm] = Field(
        default={}, description="by reason or status: what to say to the customer then, and what to avoid"
    )
    remedies: RemediesForm | None = Field(default=None, description="what may be granted, by whom, and how much in all")
    regime: RegimeForm | None = Field(default=None, description="what a regulator demands of the answer, and by when")
    suggestions: SuggestionsForm | None = Field(default=None, description="what customers' words may mean")
    retention: Retention | None = Field(
        default=None, description="how long what is known about people is kept; without it, nothing is ever removed"
    )

    def clock(self, name: ClockName) -> ClockForm | None:
        """The terms of one clock; None of one that is left out."""
        return getattr(self.clocks, name.value)

    def calendar_of(self, name: ClockName) -> str | None:
        """The calendar that a clock counts on; None for around the clock."""
        written = self.clock(name)
        named = (written.calendar if written else None) or self.calendar
        return None if named == AROUND_THE_CLOCK else named


def _one_of(key: str, length: timedelta | None, business_day: int | None) -> None:
    """Raises PydanticCustomError unless one of the two is there."""
    if (length is None) != (business_day is None):
        return
    both = "delete one of them" if length else f'add {key} = "6h", or end_of_business_day = 1'
    problem = f"has {key} and end_of_business_day" if length else f"has no {key}"
    raise PydanticCustomError("limit", "{problem}", {"problem": problem, "remedy": both})


def like(text: str, pattern: str) -> bool:
    """Whether `text` fits `pattern`, where `*` stands for any text; upper and lower case are the same."""
    parts = (re.escape(part) for part in pattern.casefold().split("*"))
    return re.fullmatch(".*".join(parts), text.casefold(), re.DOTALL) is not None


def _misfit(what: str, value: str | None, wanted: Iterable[str], fits: bool) -> str | None:
    if fits:
        return None
    return f"{what} is {value!r}, not {' or '.join(map(repr, wanted))}" if value else f"no {what} was given"
