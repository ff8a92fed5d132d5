"""How much each person has, beside what their fellows have: for a page, not for who is asked next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from records import PersonShown, Pressed

MORE, BY = 1.5, 3
"""Somebody has much more than their fellows: so many times as much, and so many things more."""


class Carrier(BaseModel):
    """Somebody and what they carry. `fellows`: what those of their rung and teams who are there have, on average."""

    model_config = ConfigDict(frozen=True)

    person: PersonShown
    late: int
    soon: int
    fellows: float | None

    @property
    def share(self) -> float:
        """Of what they can have at once, how much they have."""
        return self.person.load / max(self.person.capacity, 1)

    @property
    def is_full(self) -> bool:
        """Whether they are offered nothing more."""
        return self.person.load > 0 and self.person.load >= self.person.capacity

    @property
    def has_more(self) -> bool:
        """Whether they have much more than their fellows."""
        if self.fellows is None:
            return False
        return self.person.load >= MORE * self.fellows and self.person.load - self.fellows >= BY

    @property
    def is_away(self) -> bool:
        """Whether something is with them though they are not there."""
        return self.person.load > 0 and not self.person.on_shift

    @property
    def stands_out(self) -> bool:
        """Whether a supervisor should look."""
        return self.is_away or self.is_full or self.has_more or self.late > 0

    def back_at(self, now: datetime) -> datetime | None:
        """When their absence ends, if they are absent and somebody has said so."""
        return next((each.until for each in self.person.absences if each.begins <= now), None)


def carriers(people: Sequence[PersonShown], pressed: Mapping[str, Pressed]) -> list[Carrier]:
    """Everybody, those first who are away or have too much, then by how much of their room is taken."""
    nothing = Pressed()
    found = [
        Carrier(
            person=person,
            late=pressed.get(person.id, nothing).breached,
            soon=pressed.get(person.id, nothing).soon,
            fellows=_fellows(person, people),
        )
        for person in people
    ]
    return sorted(found, key=lambda it: (not it.is_away, not (it.is_full or it.has_more), -it.share, it.person.id))


def _fellows(person: PersonShown, people: Sequence[PersonShown]) -> float | None:
    """None if they have no fellow who is there."""
    theirs = [
        other.load
        for other in people
        if other.id != person.id
        and other.rung is person.rung
        and other.on_shift
        and (set(other.teams) & set(person.teams) or not (other.teams or person.teams))
    ]
    return sum(theirs) / len(theirs) if theirs else None
