"""What the fields of a form can be filled with: people and teams of the directory, currencies of the policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from pydantic import BaseModel, ConfigDict

from api.desk.forms import Choice
from api.problems import Problem
from api.sources import Sources
from api.translating import attempted
from cases.ladder import ROUTES, VOLUNTARY
from cases.people import Person
from cases.view import CaseView
from policies import PolicyError, restore


class Choices(BaseModel):
    """By the name of the field. A field without any is typed into."""

    model_config = ConfigDict(frozen=True)

    teams: tuple[Choice, ...] = ()
    people: tuple[Choice, ...] = ()
    currencies: tuple[Choice, ...] = ()

    def of(self, kind: str) -> Mapping[str, Sequence[Choice]]:
        """Those of the form of that kind of event."""
        reasons = [Choice(value=reason, label=f"{ROUTES[reason].words}") for reason in VOLUNTARY]
        named = {"team": self.teams, "to.team": self.teams, "to.person": self.people, "currency": self.currencies}
        return named | ({"reason": tuple(reasons)} if kind == "escalate" else {})


async def choices(view: CaseView, at: Sources) -> Choices:
    """The choices for a case; while the records are away, none, and the fields are typed into."""
    people = await attempted(at.ask(lambda known: known.people()))
    if isinstance(people, Problem):
        return Choices()
    teams = sorted({team for person in people for team in person.teams})
    line = [person for person in people if person.in_line_of(view.team)]
    return Choices(
        teams=tuple(Choice(value=team, label=team) for team in teams),
        people=tuple(Choice(value=person.id, label=_named(person)) for person in line),
        currencies=tuple(Choice(value=each, label=each) for each in await _currencies(view.policy_hash, at)),
    )


def _named(person: Person) -> str:
    return f"{person.name}, {person.rung}" + ("" if person.available else " (not available)")


async def _currencies(policy_hash: str | None, at: Sources) -> tuple[str, ...]:
    content = await attempted(at.ask(lambda known: known.policy(policy_hash or "")))
    return _granted_in(content) if isinstance(content, str) else ()


@lru_cache(32)
def _granted_in(content: str) -> tuple[str, ...]:
    """The currencies that a policy grants in, its own first."""
    try:
        remedies = restore(content).form.remedies
    except PolicyError:
        return ()  # of another version: what is typed is checked by the case
    if remedies is None:
        return ()
    return (remedies.currency, *sorted(set(remedies.authority) - {remedies.currency}))
