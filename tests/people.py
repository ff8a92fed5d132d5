"""The people whom steps of a life name, and whom a directory without load or shifts would choose."""

from __future__ import annotations

from collections.abc import Sequence

from cases.effects import ChoosePerson, ChooseSpecialist
from tests.samples import EVERYBODY

PEOPLE = {actor.id: actor for actor in EVERYBODY}


def directory(errand: ChoosePerson) -> str | None:
    """The first qualified person, the one asked for before others."""
    if errand.person:
        names: Sequence[str] = (errand.person,)
    else:
        names = ((errand.prefer,) if errand.prefer else ()) + tuple(PEOPLE)
    for name in names:
        actor = PEOPLE.get(name)
        if (
            actor is not None
            and name not in errand.never
            and actor.rung is errand.rung
            and actor.in_line_of(errand.team)
            and (errand.skill is None or errand.skill in actor.skills)
        ):
            return name
    return None


def specialists(errand: ChooseSpecialist) -> str | None:
    """Whom that directory knows in a team, the lowest rung first."""
    team = [a for a in PEOPLE.values() if errand.question.team in a.teams and a.id not in errand.never and a.rung]
    return min(team, key=lambda actor: actor.rung.height if actor.rung else 0).id if team else None
