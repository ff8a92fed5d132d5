"""`/v1/handoffs`: the questions to specialists, and what they do with them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from api import access
from api.acting import Prefer, accepted, perhaps_done, respond_async
from api.auth import actor_with
from api.bodies import ANSWERS, Sent, answer
from api.conditions import NOT_MODIFIED, IfMatch, IfNoneMatch, not_modified, told
from api.documents import HandoffId, takes
from api.problems import HandoffIsOver, MovedOn, TooLarge, TurnedDown, UnknownHandoff, Unprocessable, documented
from api.sources import Sources, sources
from cases.events import Actor
from cases.specialists import SpecialistAction
from cases.view import HandoffView
from cases.words import HandoffStatus, Role
from records import HandoffFilters, HandoffShown, RecordedHandoff, handoff_view
from records import Reader as RecordsReader
from workflows.client import HandoffOver, HandoffUnknown, KeyMissing, NoWorker, Unreachable

router = APIRouter(prefix="/v1/handoffs", tags=["hand-offs"])

Reader = Annotated[Actor, Depends(actor_with(Role.AGENT, Role.BOT, Role.OPERATOR))]
Asked = Annotated[Sources, Depends(sources)]


class HandoffList(BaseModel):
    """A page of hand-offs, the one whose answer is due first at the top."""

    model_config = ConfigDict(frozen=True)

    items: tuple[RecordedHandoff, ...]
    next: str | None = Field(description="`cursor` of the next page; null on the last")


class HandoffTaken(BaseModel):
    """A signal that was sent: `id` is the event's."""

    model_config = ConfigDict(frozen=True)

    handoff_id: str
    id: UUID = Field(description="the event's id")


class HandoffsSought(BaseModel):
    """What a list is narrowed to, and which part of it is wanted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    status: tuple[HandoffStatus, ...] = Field(
        default=(), description="may be given several times; all that are not over, if it is left out"
    )
    team: str | None = Field(default=None, description="whose question it is", examples=["billing"])
    person: str | None = Field(default=None, description="to whom it is offered, or who has accepted it")
    case_id: str | None = Field(default=None, description="of that case")
    mine: bool = Field(
        default=False, description="offered to the caller, accepted by them, or in the queue of one of their teams"
    )
    limit: int = Field(default=50, ge=1, le=200)
    cursor: str | None = Field(default=None, description="`next` of the page before")


@router.get("", responses=documented(Unprocessable))
async def handoffs(by: Reader, sought: Annotated[HandoffsSought, Query()], at: Asked) -> HandoffList:
    """Hand-offs that the caller may read, by deadline. From the records: it may lag by a second."""
    filters = HandoffFilters(
        **sought.model_dump(exclude={"mine", "limit", "cursor"}),
        waiting_for=RecordsReader(person=by.id, teams=by.teams) if sought.mine else None,
        readable_by=access.reader(by),
    )
    page = await at.ask(lambda known: known.list_handoffs(filters, sought.limit, sought.cursor))
    return HandoffList(items=page.items, next=page.next)


@router.get("/{handoff_id}", response_model=HandoffShown, responses=NOT_MODIFIED | documented(UnknownHandoff))
async def handoff(
    by: Reader, handoff_id: HandoffId, at: Asked, response: Response, if_none_match: IfNoneMatch = None
) -> Any:
    """The hand-off now, and in `allowed` what is open to the caller.

    Asks the workflow. When no worker answers, or the hand-off has left Temporal, the records answer, with `as_of`.
    """
    shown = await _shown(handoff_id, by, at)
    offered = shown.offered_to.person if shown.offered_to else None
    await access.may_consult(by, shown.team, {offered, shown.specialist}, shown.case_id, at)
    return not_modified(response, shown.version, if_none_match) or shown


@router.post(
    "/{handoff_id}/actions",
    response_model=HandoffShown,
    responses={
        202: {"model": HandoffTaken, "description": "sent as a signal, as `Prefer: respond-async` asked"},
        **documented(UnknownHandoff, TurnedDown, HandoffIsOver, MovedOn, TooLarge, Unprocessable),
    },
    openapi_extra=takes(ANSWERS),
)
async def act(
    by: Annotated[Actor, Depends(actor_with(Role.AGENT))],
    handoff_id: HandoffId,
    body: Sent,
    at: Asked,
    response: Response,
    if_match: IfMatch,
    prefer: Prefer = None,
) -> Any:
    """Does a specialist's action, and answers with the hand-off after it. The same `id` again changes nothing."""
    action = answer(body, by, datetime.now(UTC), if_match)
    recorded = await _recorded(handoff_id, at)
    # One that the records do not know yet is left to answer for itself: whose question it is, it knows.
    if recorded:
        await access.may_consult(by, recorded.team, {recorded.person}, recorded.case_id, at)
    try:
        after = await _sent(handoff_id, action, at, prefer)
    except HandoffUnknown:
        # Temporal forgets what is over, the records never do.
        raise HandoffOver(handoff_id) if recorded else HandoffUnknown(handoff_id) from None
    if isinstance(after, HandoffView):
        told(response, after.version)
    return after


async def _sent(handoff_id: str, event: SpecialistAction, at: Sources, prefer: str | None) -> HandoffView | Response:
    cases = await at.cases()
    if respond_async(prefer):
        await cases.handoff_signal(handoff_id, event)
        return accepted(HandoffTaken(handoff_id=handoff_id, id=event.id))
    try:
        return await cases.handoff_act(handoff_id, event)
    except NoWorker as error:
        raise perhaps_done(error, event) from error


async def _shown(handoff_id: str, by: Actor, at: Sources) -> HandoffShown:
    """Raises what the workflow's silence was when the records do not know the hand-off either."""
    actor = None if by.role is Role.OPERATOR else by
    try:
        view = await at.within_patience((await at.cases()).handoff_view(handoff_id, actor))
    except (HandoffUnknown, NoWorker, Unreachable, KeyMissing):
        recorded = await _recorded(handoff_id, at)
        if recorded is None:
            raise
        return handoff_view(recorded)
    return HandoffShown.model_validate(view.model_dump())


async def _recorded(handoff_id: str, at: Sources) -> RecordedHandoff | None:
    return await at.ask(lambda known: known.handoff(handoff_id))
