"""What the fields of a form can be filled with: people and teams of the directory, currencies of the policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from pydantic import BaseModel, ConfigDict

from api.desk.forms import Choice
from api.problems import Problem
from api.sources import Sources
from api.translating import attempted
from cases.guards import suggests_attention
from cases.ladder import ROUTES, VOLUNTARY, Needs
from cases.pathways import STANDARD, Pathway, pathway_of
from cases.people import Person
from cases.view import CaseView
from cases.words import Reason, Rung
from policies import Policy, PolicyError, restore
from policies.pathways import pathways_of


class Choices(BaseModel):
    """By the name of the field. A field without any is typed into. `names`: what people are called, by their ids."""

    model_config = ConfigDict(frozen=True)

    teams: tuple[Choice, ...] = ()
    people: tuple[Choice, ...] = ()
    currencies: tuple[Choice, ...] = ()
    reasons: tuple[Choice, ...] = ()
    names: Mapping[str, str] = {}

    def of(self, kind: str) -> Mapping[str, Sequence[Choice]]:
        """Those of the form of that kind of event."""
        named = {"team": self.teams, "to.team": self.teams, "to.person": self.people, "currency": self.currencies}
        return named | ({"reason": self.reasons} if kind == "escalate" else {})


async def choices(view: CaseView, at: Sources) -> Choices:
    """The choices for a case; while the records are away, hardly any, and the fields are typed into."""
    policy = await _policy(view.policy_hash, at)
    reasons = tuple(Choice(value=each, label=ROUTES[each].words) for each in _counting(view, policy))
    people = await attempted(at.ask(lambda known: known.people()))
    if isinstance(people, Problem):
        return Choices(reasons=reasons)
    teams = sorted({team for person in people for team in person.teams})
    line = [person for person in people if person.in_line_of(view.team)]
    return Choices(
        teams=tuple(Choice(value=team, label=team) for team in teams),
        people=tuple(Choice(value=person.id, label=_named(person)) for person in line),
        currencies=tuple(Choice(value=each, label=each) for each in _currencies(policy)),
        reasons=reasons,
        names={person.id: person.name for person in people},
    )


def _named(person: Person) -> str:
    return f"{person.name}, {person.rung}" + ("" if person.available else " (not available)")


def _counting(view: CaseView, policy: Policy | None) -> tuple[Reason, ...]:
    """The reasons to escalate that count in this case. An attempt that one needs may still be made: it is offered."""
    ways = pathways_of(policy.form.pathways) if policy else STANDARD
    way = pathway_of(ways, view.channel)
    found = tuple(reason for reason in VOLUNTARY if _counts(reason, view, way))
    return found or VOLUNTARY  # the case itself says why none is taken


def _counts(reason: Reason, view: CaseView, way: Pathway) -> bool:
    if not way.has_trigger(reason):
        return False
    match ROUTES[reason].needs:
        case Needs.TRANSCRIPT:
            return view.rung is Rung.BOT
        case Needs.SUGGESTION:
            return any(suggests_attention(each) for each in view.suggestions)
        case Needs.WARNINGS:
            return view.conduct is not None and view.conduct.warned_twice
        case _:
            return True


async def _policy(policy_hash: str | None, at: Sources) -> Policy | None:
    content = await attempted(at.ask(lambda known: known.policy(policy_hash or "")))
    return _restored(content) if isinstance(content, str) else None


@lru_cache(32)
def _restored(content: str) -> Policy | None:
    try:
        return restore(content)
    except PolicyError:
        return None  # of another version: what is chosen is checked by the case


def _currencies(policy: Policy | None) -> tuple[str, ...]:
    """The currencies that a policy grants in, its own first."""
    remedies = policy.form.remedies if policy else None
    if remedies is None:
        return ()
    return (remedies.currency, *sorted(set(remedies.authority) - {remedies.currency}))
