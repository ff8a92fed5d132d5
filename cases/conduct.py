"""How a customer behaved, and what was done about it: the record that staff read and customers never do.

Knows what is on record; not when a warning may be given (`cases.conducting`) nor what a restriction does
(`cases.restricting`). It is as bounded as all that a case carries: two warnings, the newest threats and decisions.
"""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from cases.words import Contact, SafetyDecision

WARNINGS = 2
"""The second names the consequence."""

KEPT = 5
"""How many of the newest threats and decisions a case keeps at hand; the records have all."""


class Recorded(BaseModel):
    """Base of what is on record. Unknown fields are let pass: an older reader can read a newer record."""

    model_config = ConfigDict(frozen=True)

    at: AwareDatetime
    by: str
    text: str = Field(description="cut to 2,000 characters; the timeline has the whole")


class Warned(Recorded):
    """A warning, in the words that the customer got."""


class Threat(Recorded):
    """A threat as it was reported. Without `decided_at`, it awaits a manager's decision."""

    decided_at: AwareDatetime | None = None


class Decided(Recorded):
    """What a manager decided."""

    decision: SafetyDecision


class Restriction(Recorded):
    """How the customer may be in contact until it is reviewed; `text` is what they were told.

    `named` is who speaks to them, if it is one person; `asked_at` when the customer asked for a review, which is once.
    """

    how: Contact
    review_at: AwareDatetime
    named: str | None = None
    asked_at: AwareDatetime | None = None

    @property
    def words(self) -> str:
        """The rule, for a reader."""
        return "in writing only" if self.how is Contact.WRITTEN_ONLY else f"with one person only, {self.named}"


class Conduct(BaseModel):
    """The whole record."""

    model_config = ConfigDict(frozen=True)

    warnings: tuple[Warned, ...] = ()
    threats: tuple[Threat, ...] = ()
    decisions: tuple[Decided, ...] = ()
    restriction: Restriction | None = None

    @property
    def warned_twice(self) -> bool:
        """Whether the consequence was named, so that it may follow."""
        return len(self.warnings) >= WARNINGS

    @property
    def undecided(self) -> tuple[Threat, ...]:
        """The threats that await a decision."""
        return tuple(threat for threat in self.threats if threat.decided_at is None)

    @property
    def written_only(self) -> bool:
        """Whether nobody is to call or chat."""
        return self.restriction is not None and self.restriction.how is Contact.WRITTEN_ONLY

    def lines(self) -> Iterator[tuple[Recorded, str]]:
        """Each thing on record with its sentence, oldest first within its kind."""
        for number, warned in enumerate(self.warnings, start=1):
            yield warned, f"Warning {number} of {WARNINGS}: {warned.text}"
        for threat in self.threats:
            yield threat, f"Threat{'' if threat.decided_at else ', not decided on yet'}: {threat.text}"
        for decided in self.decisions:
            yield decided, f"Decided after the threat: {decided.decision}. {decided.text}"
        if self.restriction:
            until = f"{self.restriction.review_at:%Y-%m-%d %H:%M} UTC"
            yield self.restriction, f"Contact {self.restriction.words}, to be reviewed by {until}"
