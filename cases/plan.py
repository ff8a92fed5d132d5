"""What applies to one case: the terms of the policy, pinned by its hash, and what planning chose from them.

Knows the terms; not where they were written (that is `policies/`), and not what the rules make of them.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from cases.complaint import Name, Shape, Short
from cases.regimes import Regime
from cases.words import Breach, Channel, ClockName, Priority, Rung

Span = Annotated[timedelta, Field(gt=timedelta(0))]
Share = Annotated[float, Field(gt=0, lt=1)]


UNWRITTEN = timedelta(days=1)
"""What a clock may run that the case's policy does not know."""


class Target(Shape):
    """How long a clock may run where all of the conditions hold; a condition left out always holds."""

    within: Span
    tier: tuple[Short, ...] = ()
    priority: tuple[Priority, ...] = ()
    channel: tuple[Channel, ...] = ()
    rung: tuple[Rung, ...] = ()

    def fits(self, tier: str | None, priority: Priority, channel: Channel, rung: Rung) -> bool:
        """Whether every condition holds."""
        return (
            (not self.tier or tier in self.tier)
            and (not self.priority or priority in self.priority)
            and (not self.channel or channel in self.channel)
            and (not self.rung or rung in self.rung)
        )


class ClockTerms(Shape):
    """What a policy promises with one clock. Targets count in the order written: the first that fits applies."""

    default: Span
    targets: tuple[Target, ...] = ()
    pausable: bool = False
    warn_at: tuple[Share, ...] = Field(default=(), description="shares of the target at which to warn, rising")
    on_breach: Breach = Breach.UP


class Guards(Shape):
    """The limits that keep a ladder from being run up, or a person from being paged without end."""

    cool_down: timedelta = Field(default=timedelta(0), description="between two voluntary escalations")
    offers_beside: int = Field(default=1, ge=0, description="times an ignored offer goes to another before it climbs")
    alert_repeat: Span = Field(description="how often the top rung is alerted while it does not act")
    stuck_after: Span = Field(description="age at which an effect that does not succeed makes the case `stuck`")


class Terms(Shape):
    """All that a policy says which the rules of a case read. One value for all cases of a policy."""

    policy: Short
    policy_hash: Short
    clocks: dict[ClockName, ClockTerms]
    guards: Guards


class Plan(Shape):
    """What planning chose for one case."""

    terms: Terms
    team: Name
    rung: Rung
    priority: Priority
    tier: Short | None = None
    language: Short = "en"
    rule: Short | None = Field(default=None, description="name of the triage rule that chose, if one did")
    regime: Regime | None = Field(default=None, description="what a regulator demands beside the company's promises")

    def within(self, clock: ClockName, channel: Channel, rung: Rung) -> tuple[timedelta, bool]:
        """How long a clock may run here, and whether a target said so; False if the default had to step in."""
        terms = self.terms.clocks.get(clock)
        if terms is None:
            # A case is pinned to its policy, which may be older than the clock.
            return UNWRITTEN, False
        fit = next((target for target in terms.targets if target.fits(self.tier, self.priority, channel, rung)), None)
        return (fit.within, True) if fit else (terms.default, not terms.targets)
