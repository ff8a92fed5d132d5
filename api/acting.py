"""`POST /v1/cases/{id}/actions` and `/requests`: what agents do and customers ask, done by the case or refused."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Response
from pydantic import BaseModel, ConfigDict, Field

from api import access, customers
from api.auth import actor_with
from api.bodies import ACTIONS, LOOKED_UP, REQUESTS, Sent, deed
from api.conditions import IfMatch, told
from api.documents import CaseId, takes
from api.problems import (
    Archived,
    Claimed,
    Fault,
    MovedOn,
    TooLarge,
    TurnedDown,
    UnknownCase,
    Unprocessable,
    WorkerAway,
    documented,
)
from api.sources import Sources, sources
from cases.actions import HandOff, Reopen
from cases.deeds import Deed
from cases.events import Actor, Event, Refused
from cases.table import too_late
from cases.view import CaseView
from cases.words import ClosedAs, Role
from workflows.client import CaseOver, CaseUnknown, NoWorker

router = APIRouter(prefix="/v1/cases/{case_id}", tags=["events"])

Prefer = Annotated[
    str | None, Header(description="`respond-async`: answer 202 at once; what comes of it is on the timeline")
]


class Taken(BaseModel):
    """A signal that was sent: `id` is the event's, by which the timeline tells what came of it."""

    model_config = ConfigDict(frozen=True)

    case_id: str
    id: UUID = Field(description="the event's id")


_RESPONSES: dict[int | str, dict[str, Any]] = {
    202: {"model": Taken, "description": "sent as a signal, as `Prefer: respond-async` asked"},
    **documented(UnknownCase, TurnedDown, Archived, MovedOn, TooLarge, Unprocessable),
}


@router.post("/actions", response_model=CaseView, responses=_RESPONSES, openapi_extra=takes(ACTIONS))
async def act(
    by: Annotated[Actor, Depends(actor_with(Role.AGENT, Role.BOT))],
    case_id: CaseId,
    body: Sent,
    at: Annotated[Sources, Depends(sources)],
    response: Response,
    if_match: IfMatch,
    prefer: Prefer = None,
) -> Any:
    """Does an agent's action, and answers with the case after it. The same `id` again changes nothing."""
    await access.may_act(by, case_id, at)
    action = deed(await _known(case_id, body, at), ACTIONS, by, datetime.now(UTC), if_match)
    return await _done(case_id, action, at, prefer, response)


@router.post(
    "/requests",
    response_model=CaseView | customers.CustomersCase,
    responses=_RESPONSES,
    openapi_extra=takes(REQUESTS),
)
async def request(
    by: Annotated[Actor, Depends(actor_with(Role.SERVICE, Role.BOT, Role.CUSTOMER))],
    case_id: CaseId,
    body: Sent,
    at: Annotated[Sources, Depends(sources)],
    response: Response,
    if_match: IfMatch,
    prefer: Prefer = None,
) -> Any:
    """Passes on what a customer asks, and answers with the case after it. The same `id` again changes nothing.

    By a customer's link, the customer asks for themselves, and is answered with their part of the case.
    """
    event = deed(body, REQUESTS, by, datetime.now(UTC), if_match)
    if by.role is not Role.CUSTOMER:
        return await _done(case_id, event, at, prefer, response)
    try:
        answer = await _done(case_id, event, at, prefer)
    except Refused as refused:
        # The sentence is for who sent it; the facts behind it may be about who works on the case.
        raise Refused(refused.code, refused.sentence) from None
    return await customers.shown(answer, at) if isinstance(answer, CaseView) else answer


async def _done(
    case_id: str, event: Deed, at: Sources, prefer: str | None, response: Response | None = None
) -> CaseView | Response:
    """What came of it; its version is told in the headers of `response`. A customer is told none, and gives none."""
    try:
        after = await _sent(case_id, event, at, prefer)
    except (CaseUnknown, CaseOver) as error:
        over = await at.known_after_all(error) if isinstance(error, CaseUnknown) else error
        if isinstance(event, Reopen) and isinstance(over, CaseOver):
            raise too_late(case_id) from None
        raise over from None
    if isinstance(after, CaseView) and response is not None:
        told(response, after.version)
    return after


async def _sent(case_id: str, event: Deed, at: Sources, prefer: str | None) -> CaseView | Response:
    cases = await at.cases()
    if respond_async(prefer):
        await cases.signal(case_id, event)
        return accepted(Taken(case_id=case_id, id=event.id))
    try:
        return await cases.act(case_id, event)
    except NoWorker as error:
        raise perhaps_done(error, event) from error


def respond_async(prefer: str | None) -> bool:
    """Whether the caller would rather not wait (RFC 7240)."""
    return prefer is not None and "respond-async" in re.split(r"[\s,;]+", prefer.lower())


def accepted(taken: BaseModel) -> Response:
    """The answer to a caller who does not wait."""
    headers = {"Preference-Applied": "respond-async"}
    return Response(taken.model_dump_json(), 202, headers, media_type="application/json")


def perhaps_done(silence: NoWorker, event: Event) -> WorkerAway:
    """What is said of an update that nobody has answered."""
    return WorkerAway(
        f"{silence} It may still be done: send it again with the same id, and it is done once.", id=str(event.id)
    )


async def _known(case_id: str, body: dict[str, Any], at: Sources) -> dict[str, Any]:
    """The body, if the directory knows whom it names. Raises Unprocessable."""
    if body.get("kind") == HandOff.model_fields["kind"].default:
        await _team_known(body.get("team"), "team", at)
        return body
    await _same_customers(case_id, body.get("duplicate_of"), at)
    return await _recipient_known(body, at)


async def _same_customers(case_id: str, named: Any, at: Sources) -> None:
    """Raises Unprocessable if no case has that id, or it is another customer's, or not the one that goes on.

    What a regulator demands of a duplicate is owed in the case that goes on, and its customer is told which that is.
    """
    if not isinstance(named, str) or named == case_id:  # The case itself refuses to be its own duplicate.
        return
    goes_on = await at.recorded(named)
    if goes_on is None:
        problem = f"no case has the id {named[:80]!r}"
    elif goes_on.customer.id != (await at.recorded(case_id) or await at.view(case_id)).customer.id:
        problem = f"{named} is another customer's case"
    elif goes_on.closed_as is ClosedAs.DUPLICATE:
        problem = f"{named} is closed as a duplicate itself, of {goes_on.duplicate_of}"
    else:
        return
    remedy = "name the case that goes on; GET /v1/cases?customer= lists a customer's"
    raise Unprocessable(Fault(field="duplicate_of", problem=problem, remedy=remedy))


async def _recipient_known(body: dict[str, Any], at: Sources) -> dict[str, Any]:
    """The body, with the person in `to` described as the directory knows them.

    Raises Unprocessable if the directory does not know that person, or nobody in that team.
    """
    if not isinstance(body.get("to"), dict):
        return body
    given: dict[str, Any] = body["to"]
    for field in LOOKED_UP:
        if field in given:
            raise Claimed(
                Fault(field=f"to.{field}", problem="is filled by the API, from the directory", remedy="leave it out")
            )
    await _team_known(given.get("team"), "to.team", at)
    name = given.get("person")
    if not isinstance(name, str):
        return body
    person = await at.person(name)
    if person is None:
        raise Unprocessable(
            Fault(
                field="to.person", problem=f"{name!r} is not in the directory", remedy="name somebody who is, or a team"
            )
        )
    return body | {"to": given | {"rung": person.rung, "teams": person.teams, "skills": person.skills}}


async def _team_known(team: Any, field: str, at: Sources) -> None:
    """Raises Unprocessable if it is the name of a team that nobody belongs to: nobody would ever take it up there.

    The command line says the same in the same words (`starter.cli.casework`).
    """
    if not isinstance(team, str):
        return
    known = await at.teams()
    if team not in known:
        remedy = f"one of {', '.join(known)}" if known else "add people with teams to the directory first"
        problem = f"{team[:80]!r} has nobody in the directory"
        raise Unprocessable(Fault(field=field, problem=problem, remedy=remedy))
