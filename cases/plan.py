"""What applies to one case: the terms of the policy, pinned by its hash, and what planning chose from them.

Knows the terms; not where they were written (that is `policies/`), and not what the rules make of them.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated, NamedTuple, TypeVar
from weakref import WeakValueDictionary

from pydantic import AfterValidator, Field, model_validator

from cases.calendars import ALWAYS, BeyondHorizon, Calendar, CompiledCalendar
from cases.complaint import Name, Shape, Short
from cases.money import Amount, CurrencyCode
from cases.pathways import Pathway, pathway_of
from cases.regimes import Regime
from cases.words import Breach, Channel, ClockName, Priority, Reason, Rung, Suggested

Span = Annotated[timedelta, Field(gt=timedelta(0))]
Share = Annotated[float, Field(gt=0, lt=1)]


BusinessDay = Annotated[int, Field(ge=1, le=60)]
"""The n-th after the day on which a clock starts."""


class Limit(NamedTuple):
    """How long a clock may run: open time, or until the end of the n-th business day."""

    within: timedelta | None
    business_day: int | None = None

    def counted(self, calendar: CompiledCalendar, start: datetime) -> tuple[timedelta, datetime | None]:
        """As open time from `start`, and the business day's end if that is what is meant and known.

        Where the calendar is not known that far, all that is known; who extends it counts again.
        """
        if self.within is not None or self.business_day is None:
            return self.within or timedelta(0), None
        start = calendar.nearest(start)
        try:
            end = calendar.end_of_day(start, self.business_day)
            return calendar.between(start, end), end
        except BeyondHorizon as error:
            return calendar.between(start, error.until), None


UNWRITTEN = Limit(timedelta(days=1))
"""What a clock may run that the case's policy does not know."""


class Target(Shape):
    """How long a clock may run where all of the conditions hold; a condition left out always holds."""

    within: Span | None = None
    end_of_business_day: BusinessDay | None = None
    tier: tuple[Short, ...] = ()
    priority: tuple[Priority, ...] = ()
    channel: tuple[Channel, ...] = ()
    rung: tuple[Rung, ...] = ()

    @model_validator(mode="after")
    def _says_one(self) -> Target:
        _one_of(self.within, self.end_of_business_day)
        return self

    @property
    def limit(self) -> Limit:
        """What it promises."""
        return Limit(self.within, self.end_of_business_day)

    def fits(self, tier: str | None, priority: Priority, channel: Channel, rung: Rung) -> bool:
        """Whether every condition holds."""
        return (
            (not self.tier or tier in self.tier)
            and (not self.priority or priority in self.priority)
            and (not self.channel or channel in self.channel)
            and (not self.rung or rung in self.rung)
        )


class ClockTerms(Shape):
    """What a policy promises with one clock. Targets count in the order written: the first that fits applies.

    It counts on the plan's calendar of the name `calendar`; without one, around the clock.
    """

    default: Span | None = None
    end_of_business_day: BusinessDay | None = None
    calendar: Name | None = None
    targets: tuple[Target, ...] = ()
    pausable: bool = False
    warn_at: tuple[Share, ...] = Field(default=(), description="shares of the target at which to warn, rising")
    on_breach: Breach = Breach.UP

    @model_validator(mode="after")
    def _says_one(self) -> ClockTerms:
        _one_of(self.default, self.end_of_business_day)
        return self

    @property
    def limit(self) -> Limit:
        """What it promises where no target fits."""
        return Limit(self.default, self.end_of_business_day)


STRAIGHT_TO = {Reason.THREAT: Rung.MANAGER, Reason.ABUSE: Rung.MANAGER}
"""The reasons that skip rungs, and where they lead where a policy does not say otherwise."""

REFUSED_BY_SIGNAL = ("decide_remedy", "decide_safety")
"""What is not taken from whom nobody has verified where a policy does not say what."""


class Guards(Shape):
    """The limits that keep a ladder from being run up, or a person from being paged without end."""

    cool_down: timedelta = Field(default=timedelta(0), description="between two voluntary escalations")
    offers_beside: int = Field(default=1, ge=0, description="times an ignored offer goes to another before it climbs")
    alert_repeat: Span = Field(description="how often the top rung is alerted while it does not act")
    threat_repeat: Span | None = Field(
        default=None,
        description="how often whoever may decide on a threat is alerted until they do; none in terms of before",
    )
    stuck_after: Span = Field(description="age at which an effect that does not succeed makes the case `stuck`")
    no_cool_down: tuple[Reason, ...] = Field(
        default=(), description="voluntary reasons after which the next rung may escalate at once"
    )
    straight_to: dict[Reason, Rung] = Field(
        default=STRAIGHT_TO, description="reasons that skip rungs, and the rung they lead to"
    )


class Line(Shape):
    """A line of guidance for the people who act, in one situation: a reason, or a status."""

    situation: Short
    say: Short
    avoid: Short


class SuggestionTerms(Shape):
    """What suggests a reason: phrases (`cases.phrases`), or so many earlier cases of the customer.

    A person confirms or dismisses it, unless the policy says that it `escalates` by itself.
    """

    reason: Suggested
    words: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    earlier_cases: int | None = None
    escalates: bool = False


class CurrencyTerms(Shape):
    """What may be granted in one currency. A rung that is not named may grant what the next one named below it may.

    `limit` is the most that a customer gets `within` that time, over all of their cases.
    """

    digits: int = Field(default=2, ge=0, description="how many there are after the point")
    authority: dict[Rung, Amount]
    limit: Amount | None = None
    within: Span | None = None

    def of_rung(self, rung: Rung) -> Decimal:
        """The most that somebody of that rung may grant."""
        named = [most for other, most in self.authority.items() if other.height <= rung.height]
        return max(named, default=Decimal(0))


class RemedyTerms(Shape):
    """What may be granted, by whom. Authority that the directory gives a person counts in `currency`."""

    currency: CurrencyCode
    currencies: dict[CurrencyCode, CurrencyTerms]


class Terms(Shape):
    """All that a policy says which the rules of a case read. One value for all cases of a policy."""

    policy: Short
    policy_hash: Short
    clocks: dict[ClockName, ClockTerms]
    guards: Guards
    pathways: tuple[Pathway, ...] = Field(
        default=(), description="one for each channel; none in terms of before there were any"
    )
    guidance: tuple[Line, ...] = ()
    suggestions: tuple[SuggestionTerms, ...] = Field(default=(), description="at most one for a reason")
    remedies: RemedyTerms | None = Field(default=None, description="without them, none can be proposed")
    refused_by_signal: tuple[str, ...] = Field(
        default=REFUSED_BY_SIGNAL, description="kinds of events that are not taken by signal: its sender is a claim"
    )


_KNOWN: WeakValueDictionary[str, Shape] = WeakValueDictionary()

_Part = TypeVar("_Part", bound=Shape)


def _shared(name: str, part: _Part) -> _Part:
    known = _KNOWN.get(name)
    if isinstance(known, type(part)) and known == part:
        return known
    _KNOWN[name] = part
    return part


def _shared_terms(terms: Terms) -> Terms:
    return _shared(terms.policy_hash, terms)


def _shared_regime(regime: Regime) -> Regime:
    return _shared(f"regime {regime.name}", regime)


SharedTerms = Annotated[Terms, AfterValidator(_shared_terms)]
"""The type of a field that holds terms: what is read is the object that this process has already for this content.

They are most of what a plan weighs, 50 KB of the default policy's, and as they are frozen, one does for all cases.
"""

SharedRegime = Annotated[Regime, AfterValidator(_shared_regime)]
"""The same for a regime."""


class Plan(Shape):
    """What planning chose for one case."""

    terms: SharedTerms
    team: Name
    rung: Rung
    priority: Priority
    tier: Short | None = None
    language: Short = "en"
    rule: Short | None = Field(default=None, description="name of the triage rule that chose, if one did")
    needs_attention: bool = Field(default=False, description="whether it starts higher than other complaints")
    regime: SharedRegime | None = Field(
        default=None, description="what a regulator demands beside the company's promises"
    )
    calendars: dict[Name, Calendar] = Field(default={}, description="those that its clocks count on, compiled")

    def hours(self, calendar: str | None) -> CompiledCalendar:
        """The calendar of that name; around the clock without one."""
        return self.calendars.get(calendar, ALWAYS) if calendar else ALWAYS

    def calendar_of(self, clock: ClockName) -> Name | None:
        """The name of the calendar that a clock counts on."""
        terms = self.terms.clocks.get(clock)
        return terms.calendar if terms else None

    def pathway(self, channel: Channel) -> Pathway:
        """What a case on that channel has of triggers, clocks and contact options."""
        return pathway_of(self.terms.pathways, channel)

    def has_clock(self, clock: ClockName, channel: Channel) -> bool:
        """Whether the policy has terms for a clock, and it runs on that channel."""
        return clock in self.terms.clocks and self.pathway(channel).has_clock(clock)

    def limit(self, clock: ClockName, channel: Channel, rung: Rung) -> tuple[Limit, bool]:
        """How long a clock may run here, and whether a target said so; False if the default had to step in."""
        terms = self.terms.clocks.get(clock)
        if terms is None:
            # A case is pinned to its policy, which may be older than the clock.
            return UNWRITTEN, False
        fit = next((target for target in terms.targets if target.fits(self.tier, self.priority, channel, rung)), None)
        return (fit.limit, True) if fit else (terms.limit, not terms.targets)


def _one_of(length: timedelta | None, business_day: int | None) -> None:
    if (length is None) == (business_day is None):
        raise ValueError("give a length of time or the end of a business day, and not both")
