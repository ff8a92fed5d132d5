"""A colleague as the directory knows them. Knows nothing of who is chosen for what: that is `records/`.

Nor of when a shift is: that takes time zones, and is worked out by `policies.shifts`.
"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field, JsonValue, model_validator

from cases.complaint import Moment, Name, Shape, Short
from cases.events import Actor
from cases.words import Role, Rung

Shift = Name | dict[str, JsonValue]
"""A calendar by its name, or hours of one's own, written as a calendar is: `zone`, `hours`, `breaks`, `holidays`."""

LanguageCode = Annotated[str, Field(pattern=r"^[a-z]{2}$")]


class Person(Shape):
    """Somebody who can own cases. Without teams they belong to every line."""

    id: Name = Field(examples=["ana"])
    name: Short = Field(examples=["Ana Ruiz"])
    rung: Rung
    teams: tuple[Name, ...] = ()
    skills: tuple[Name, ...] = ()
    languages: tuple[LanguageCode, ...] = ("en",)
    authority: int | None = Field(
        default=None,
        ge=0,
        description="what they may grant, in minor units of the policy's own currency; without it, what their rung may",
    )
    capacity: int = Field(default=20, ge=0, description="cases they can have at once before no more are offered")
    available: bool = Field(
        default=True, description="without it they are offered nothing, and what they have is offered to others"
    )
    shift: Shift | None = Field(
        default=None,
        description="when they work: the name of a calendar, or hours of their own; without one, at any time",
        examples=["uk-office"],
    )

    @property
    def actor(self) -> Actor:
        """This person as the sender of an event."""
        return Actor(
            id=self.id,
            role=Role.BOT if self.rung is Rung.BOT else Role.AGENT,
            rung=self.rung,
            teams=self.teams,
            skills=self.skills,
            authority=self.authority,
        )

    def in_line_of(self, team: str) -> bool:
        """Whether this person belongs to the line of `team`."""
        return not self.teams or team in self.teams


class Trusted(Shape):
    """Somebody whom the directory lets grant more than any rung may, in minor units of the policy's own currency."""

    person: Name
    rung: Rung
    teams: tuple[Name, ...] = ()
    authority: int = Field(ge=0)

    def in_line_of(self, team: str) -> bool:
        """Whether this person belongs to the line of `team`."""
        return not self.teams or team in self.teams


class Away(Shape):
    """A time in which somebody is not there, from `from` on and before `until`. The reason is nobody's business."""

    model_config = ConfigDict(serialize_by_alias=True, validate_by_name=True, validate_by_alias=True)

    begins: Moment = Field(
        validation_alias="from",
        serialization_alias="from",
        description="when it begins",
        examples=["2026-12-24T08:00:00Z"],
    )
    until: Moment | None = Field(
        default=None, description="when they are expected back; without it, until further notice"
    )

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Away:
        if self.until is not None and self.until <= self.begins:
            raise ValueError("give an `until` that is after `from`")
        return self


class Absence(Away):
    """An absence as the directory keeps it."""

    id: UUID
    person: Name
    recorded_by: str
