"""`/v1/cases/{id}/messages`: what passed between customer and company, and what is done about what does not arrive."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from api import access, customers
from api.acting import perhaps_done
from api.auth import actor_with
from api.bodies import ACTIONS, Sent, deed
from api.documents import LINK_IN_QUERY, CaseId, takes_decision
from api.problems import Archived, TooLarge, TurnedDown, UnknownCase, Unprocessable, documented
from api.sources import Sources, sources
from cases.delivering import check_decision
from cases.events import Actor
from cases.redelivery import GiveUp, Resend
from cases.view import CaseView
from cases.words import Role
from records import Passed
from workflows.client import CaseUnknown, NoWorker

router = APIRouter(prefix="/v1/cases/{case_id}/messages", tags=["messages"])

Reader = Annotated[Actor, Depends(actor_with(Role.AGENT, Role.BOT, Role.OPERATOR, Role.CUSTOMER))]
Operator = Annotated[Actor, Depends(actor_with(Role.OPERATOR))]
Asked = Annotated[Sources, Depends(sources)]
MessageId = Annotated[
    str, Path(description="the effect's id, `id` in the list of messages", examples=["shop-7kq2m4xw5a:12"])
]

_RESPONSES = documented(UnknownCase, TurnedDown, Archived, TooLarge, Unprocessable)


class Messages(BaseModel):
    """What passed, oldest first."""

    model_config = ConfigDict(frozen=True)

    case_id: str
    messages: tuple[Passed, ...] = Field(
        description="beside the customer's own words, what they were told, and how far that has come"
    )


@router.get("", responses=documented(UnknownCase, Unprocessable), openapi_extra=LINK_IN_QUERY)
async def messages(
    by: Reader,
    case_id: CaseId,
    at: Asked,
    alerts: Annotated[bool, Query(description="with what colleagues were told")] = False,
    announcements: Annotated[bool, Query(description="with what backend services were told")] = False,
) -> Messages | customers.CustomersMessages:
    """What passed between customer and company, and how far it has come. From the records: it may lag by a second.

    A customer's link shows what they and the company said, and nothing else, whatever is asked for.
    """
    if by.role is Role.CUSTOMER:
        return customers.CustomersMessages(case_id=case_id, messages=await customers.messages(case_id, at))
    await access.checked(by, case_id, at)
    passed = await at.ask(lambda known: known.correspondence(case_id, alerts=alerts, announcements=announcements))
    if passed is None:
        await at.view(case_id)  # what nobody knows is an error; what was opened just now has nothing written yet
    return Messages(case_id=case_id, messages=tuple(passed or ()))


@router.post("/{message_id}/resend", responses=_RESPONSES, openapi_extra=takes_decision(Resend))
async def resend(by: Operator, case_id: CaseId, message_id: MessageId, body: Sent, at: Asked) -> CaseView:
    """Sends a message, or an announcement, again: at once, if it is being tried. Who and why is on the timeline.

    What was delivered goes out under a key of its own, since whoever has it would not take it twice.
    """
    return await _decided(by, case_id, body | {"kind": "resend", "message_id": message_id}, at)


@router.post("/{message_id}/give-up", responses=_RESPONSES, openapi_extra=takes_decision(GiveUp))
async def give_up(by: Operator, case_id: CaseId, message_id: MessageId, body: Sent, at: Asked) -> CaseView:
    """Gives up what could not be delivered; what waits behind it goes on. Who and why is on the timeline."""
    return await _decided(by, case_id, body | {"kind": "give_up", "message_id": message_id}, at)


async def _decided(by: Actor, case_id: str, raw: dict[str, Any], at: Sources) -> CaseView:
    event = deed(raw, ACTIONS, by, datetime.now(UTC))
    assert isinstance(event, Resend | GiveUp)
    deliveries = await at.ask(lambda known: known.deliveries(case_id))
    check_decision(event, {each.destination: each.state for each in deliveries if each.id == event.message_id})
    cases = await at.cases()
    try:
        return await cases.act(case_id, event)
    except NoWorker as error:
        raise perhaps_done(error, event) from error
    except CaseUnknown as unknown:
        raise await at.known_after_all(unknown) from None
