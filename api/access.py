"""Who may read which case and which hand-off, and who may change the directory.

What may be done to a case is its own to say.
"""

from __future__ import annotations

from api.problems import Forbidden
from api.sources import Sources
from cases.events import Actor
from cases.people import Person
from cases.view import CaseView
from cases.words import STAFF, STAFF_CLOCKS, Role, Rung, Status
from records import HandoffFilters, Reader

SEES_ALL = Rung.SUPERVISOR
"""From this rung up, all cases may be read."""

CHANGES_PEOPLE = Rung.MANAGER
"""From this rung up, people of one's line may be changed."""


def sees_all(actor: Actor) -> bool:
    """Whether every case is open to them. A service may see what it opened, and is trusted not to guess other ids."""
    if actor.role is Role.AGENT or actor.role is Role.BOT:
        return not actor.teams or (actor.rung is not None and actor.rung.height >= SEES_ALL.height)
    return True


def reader(actor: Actor) -> Reader | None:
    """What a list is narrowed to for them; None if nothing is kept from them."""
    return None if sees_all(actor) else Reader(person=actor.id, teams=actor.teams)


def for_reader(actor: Actor, view: CaseView) -> CaseView:
    """The same view without what is for staff only; the case does so itself where it is asked, the records do not."""
    if actor.role in STAFF:
        return view
    clocks = tuple(clock for clock in view.clocks if clock.name not in STAFF_CLOCKS)
    hidden = {"conduct": None, "guidance": (), "suggestions": (), "lessons": (), "clocks": clocks}
    return view.model_copy(update=hidden)


def may_read(actor: Actor, view: CaseView) -> bool:
    """Whether the case is their team's, or theirs, or held out to them, or they answer a question of it."""
    offer = view.offer
    mine = {view.owner.person, offer.to.person if offer else None}
    mine |= {handed.specialist for handed in view.handoffs if not handed.status.over}
    teams = {view.team, offer.team if offer else view.team}
    return sees_all(actor) or actor.id in mine or not teams.isdisjoint(actor.teams)


async def checked(actor: Actor, case_id: str, at: Sources) -> None:
    """Raises Forbidden if the case is not for them to read.

    The records are asked first, for they cost nothing; they lag a little, so only the workflow's word is a no.
    """
    if sees_all(actor):
        return
    recorded = await at.recorded(case_id)
    if not (recorded and may_read(actor, recorded)):
        await readable(actor, await at.view(case_id, older=True), at)


async def may_act(actor: Actor, case_id: str, at: Sources) -> None:
    """Raises Forbidden if the case is not even for them to read; what may be done to it, the case says itself.

    As `checked`, but a case that the records do not know yet, or that is being planned, so that nobody knows its team,
    is left to answer for itself.
    """
    if sees_all(actor):
        return
    recorded = await at.recorded(case_id)
    if recorded and recorded.status is not Status.OPENING and not may_read(actor, recorded):
        await readable(actor, await at.view(case_id, older=True), at)


async def readable(actor: Actor, view: CaseView, at: Sources) -> CaseView:
    """The same view. Raises Forbidden if it is not for them to read."""
    if not may_read(actor, view) and not await _asked(actor, view.case_id, at):
        raise Forbidden(
            f"this case is with the team {view.team}, and neither owned by {actor.id} nor offered to them; "
            "ask a supervisor to assign it",
            team=view.team,
        )
    return view


async def may_consult(actor: Actor, team: str, people: set[str | None], case_id: str, at: Sources) -> None:
    """Raises Forbidden if a hand-off is neither theirs, nor their team's, nor of a case that they may read.

    `people` are those that it is offered to, or who have it.
    """
    if sees_all(actor) or team in actor.teams or actor.id in people:
        return
    try:
        await checked(actor, case_id, at)
    except Forbidden:
        raise Forbidden(
            f"this question is the team {team}'s, and of a case that is not for {actor.id} to read", team=team
        ) from None


async def _asked(actor: Actor, case_id: str, at: Sources) -> bool:
    """Whether a question of the case is offered to them, or lies in the queue of one of their teams.

    The case itself is not told to whom its questions are offered; the records are.
    """
    them = Reader(person=actor.id, teams=actor.teams)
    wanted = HandoffFilters(case_id=case_id, waiting_for=them)
    return bool((await at.ask(lambda known: known.list_handoffs(wanted, limit=1))).items)


def may_staff(actor: Actor, *people: Person) -> None:
    """Raises Forbidden unless they may change these people: operators everybody; managers their line, up to their rung.

    Managers change neither themselves nor give anybody more than they have: no higher rung, no greater authority.
    """
    if actor.role is Role.OPERATOR:
        return
    if actor.rung is None or actor.rung.height < CHANGES_PEOPLE.height:
        raise Forbidden(
            f"only operators and a {CHANGES_PEOPLE} or above change the directory; your own absence you may record",
            rung=CHANGES_PEOPLE,
        )
    for person in people:
        if person.id == actor.id:
            raise Forbidden("nobody changes their own entry, other than absences; ask an operator", person=person.id)
        if person.rung.height > actor.rung.height:
            raise Forbidden(f"{person.id} is {person.rung}, above you; ask an operator", person=person.id)
        if actor.teams and not set(person.teams) & set(actor.teams):
            raise Forbidden(f"{person.id} is in none of your teams; ask an operator", person=person.id)


def may_record_absence(actor: Actor, person: Person) -> None:
    """Raises Forbidden unless it is their own, or they may change that person."""
    if person.id != actor.id:
        may_staff(actor, person)


def may_give_authority(actor: Actor, before: Person | None, after: Person) -> None:
    """Raises Forbidden if a manager changes an authority to more than theirs. By their rung alone, nobody knows it."""
    was = before.authority if before else None
    if actor.role is Role.OPERATOR or after.authority == was:
        return
    if after.authority is None or actor.authority is None or after.authority > actor.authority:
        raise Forbidden("nobody gives an authority beyond their own; ask an operator", person=after.id)
