"""Who may read which case. What may be done to one is the case's own to say."""

from __future__ import annotations

from api.problems import Forbidden
from api.sources import Sources
from cases.events import Actor
from cases.view import CaseView
from cases.words import Role, Rung, Status

SEES_ALL = Rung.SUPERVISOR
"""From this rung up, all cases may be read."""


def sees_all(actor: Actor) -> bool:
    """Whether every case is open to them. A service may see what it opened, and is trusted not to guess other ids."""
    if actor.role is Role.AGENT or actor.role is Role.BOT:
        return not actor.teams or (actor.rung is not None and actor.rung.height >= SEES_ALL.height)
    return True


def may_read(actor: Actor, view: CaseView) -> bool:
    """Whether the case is their team's, or theirs, or held out to them."""
    offer = view.offer
    mine = {view.owner.person, offer.to.person if offer else None}
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
        readable(actor, await at.view(case_id))


async def may_act(actor: Actor, case_id: str, at: Sources) -> None:
    """Raises Forbidden if the case is not even for them to read; what may be done to it, the case says itself.

    As `checked`, but a case that the records do not know yet, or that is being planned, so that nobody knows its team,
    is left to answer for itself.
    """
    if sees_all(actor):
        return
    recorded = await at.recorded(case_id)
    if recorded and recorded.status is not Status.OPENING and not may_read(actor, recorded):
        readable(actor, await at.view(case_id))


def readable(actor: Actor, view: CaseView) -> CaseView:
    """The same view. Raises Forbidden if it is not for them to read."""
    if not may_read(actor, view):
        raise Forbidden(
            f"this case is with the team {view.team}, and neither owned by {actor.id} nor offered to them; "
            "ask a supervisor to assign it",
            team=view.team,
        )
    return view
