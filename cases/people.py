"""A colleague as the directory knows them. Knows nothing of who is chosen for what: that is `records/`."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from cases.complaint import Name, Shape, Short
from cases.events import Actor
from cases.words import Role, Rung

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
    available: bool = Field(default=True, description="on shift and not absent")

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
