"""A statutory regime as a case's plan carries it: stages, their deadlines, and the letters that satisfy them.

Knows when a stage is due and what a letter leads to. What a case does about it is in `cases.statutory`; where a regime
is written, and which paragraph says so, in `policies/`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from pydantic import Field

from cases.calendars import BeyondHorizon, Calendar
from cases.complaint import Name, Shape, Short
from cases.words import Breach, Letter


class Stage(Shape):
    """One deadline of a regime: `within` as elapsed time, or the close of the n-th business day after the day.

    `letters` satisfy it. `then` says which stage a letter opens when it satisfies this one. An `optional` stage is no
    duty: its letters are open for complaints whose resolution the customer accepted by its deadline, and that it passes
    breaks nothing.
    """

    name: Name
    letters: tuple[Letter, ...]
    within: timedelta | None = None
    business_days: int | None = None
    then: dict[Letter, Name] = Field(default={})
    optional: bool = False
    warn_at: tuple[Annotated[float, Field(gt=0, lt=1)], ...] = ()
    on_breach: Breach = Breach.UP
    rule: Short | None = Field(default=None, description="the paragraph that it comes from")

    @property
    def label(self) -> str:
        """Its name and paragraph, to read."""
        return f"{self.name} ({self.rule})" if self.rule else self.name


class Regime(Shape):
    """What a regulator demands of the answer to a complaint. All of its deadlines count from one moment."""

    name: Name
    stages: tuple[Stage, ...]
    from_opening: bool = Field(default=False, description="counts from the opening, instead of from the receipt")
    calendar: Calendar | None = Field(default=None, description="whose business days count; None if no stage asks")

    @property
    def first(self) -> tuple[Stage, ...]:
        """The stages that are open from the beginning: those that no letter opens."""
        later = {name for stage in self.stages for name in stage.then.values()}
        return tuple(stage for stage in self.stages if stage.name not in later)

    @property
    def letters(self) -> tuple[Letter, ...]:
        """Every letter that some stage knows."""
        return tuple(letter for letter in Letter if any(letter in stage.letters for stage in self.stages))

    def stage(self, name: str | None) -> Stage | None:
        """The stage of that name."""
        return next((stage for stage in self.stages if stage.name == name), None)

    def ways_out(self, letter: Letter) -> tuple[Stage, ...]:
        """The optional stages that this letter belongs to."""
        return tuple(stage for stage in self.stages if stage.optional and letter in stage.letters)

    def due(self, stage: Stage, since: datetime) -> datetime:
        """When a stage must be satisfied, counted from `since`.

        What the calendar does not know is counted in calendar days, which come earlier: only a complaint that was
        received before its horizon asks for that, and its deadline is years past.
        """
        if stage.business_days is None or self.calendar is None:
            return since + (stage.within or timedelta(0))
        try:
            return self.calendar.end_of_day(since, stage.business_days)
        except BeyondHorizon:
            return since + timedelta(days=stage.business_days)
