"""`POST /v1/inbound`: what a customer answers by mail or chat, passed on by the company's gateway, signed.

The gateway signs as Standard Webhooks say, with CASELADDER_INBOUND_SECRET, and sends again whatever was not answered
2xx. Its `webhook-id` makes the event's id, so what comes again is said once. What is refused for good says what to do.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated
from uuid import NAMESPACE_URL, UUID, uuid5

from fastapi import APIRouter, Depends, Request, Security
from fastapi.security import APIKeyHeader
from pydantic import BaseModel, ConfigDict, Field
from standardwebhooks import Webhook, WebhookVerificationError

from api.acting import perhaps_done
from api.bodies import Inbound, parsed, whole
from api.documents import takes_inbound
from api.faults import checked
from api.problems import (
    Archived,
    BadSignature,
    Fault,
    InboundClosed,
    TooLarge,
    TurnedDown,
    UnknownCase,
    Unprocessable,
    documented,
)
from api.sources import Sources, sources
from api.throttling import count_bad
from cases.complaint import case_id
from cases.events import Actor
from cases.requests import Message
from cases.words import Role, Status, Via
from workflows.client import CaseOver, CaseUnknown, NoWorker

router = APIRouter(prefix="/v1", tags=["events"])

GATEWAY = Actor(id="inbound", role=Role.SERVICE)

_SIGN = "sign with CASELADDER_INBOUND_SECRET, as Standard Webhooks say, at each try anew"

_NAMES = uuid5(NAMESPACE_URL, "urn:caseladder:inbound")

signature = APIKeyHeader(
    name="webhook-signature",
    scheme_name="Webhook",
    auto_error=False,
    description="Standard Webhooks: `webhook-id`, `webhook-timestamp` and `webhook-signature`, made with "
    "CASELADDER_INBOUND_SECRET.",
)


class Received(BaseModel):
    """The message is on the case's timeline, once."""

    model_config = ConfigDict(frozen=True)

    case_id: str = Field(examples=["shop-7kq2m4xw5a"])
    id: UUID = Field(description="the event's id, made of `webhook-id`")
    status: Status = Field(description="of the case, after the message: a closed case is open again")


async def signed(request: Request, given: Annotated[str | None, Security(signature)]) -> Inbound:
    """Dependency: what the gateway sent. Raises InboundClosed, BadSignature, RateLimited, TooLarge or Unprocessable."""
    if given is None:
        count_bad(request)
        raise BadSignature(f"there is no signature; {_SIGN}")
    verifiers: Sequence[Webhook] = request.app.state.inbound
    if not verifiers:
        raise InboundClosed("set CASELADDER_INBOUND_SECRET for the API, and sign with the same secret")
    body = await whole(request)
    headers = dict(request.headers)
    why = [_unsigned(verifier, body, headers) for verifier in verifiers]
    if all(why):
        count_bad(request)
        raise BadSignature(f"{why[0]}; {_SIGN}")
    return checked(Inbound, parsed(body))


@router.post(
    "/inbound",
    responses=documented(BadSignature, InboundClosed, UnknownCase, TurnedDown, Archived, TooLarge, Unprocessable),
    openapi_extra=takes_inbound(),
)
async def inbound(
    request: Request, said: Annotated[Inbound, Depends(signed)], at: Annotated[Sources, Depends(sources)]
) -> Received:
    """Takes a customer's words from the company's gateway as a `message` of their case. The same `webhook-id`: once.

    401, 409, 413 and 422 stay so however often it is sent; 404 may be too early, and 503 is worth another try.
    """
    named, now = _case(said), datetime.now(UTC)
    message = checked(
        Message,
        {
            "id": uuid5(_NAMES, request.headers["webhook-id"]),
            "by": GATEWAY,
            "at": min(said.at or now, now),
            "via": Via.API,
            "text": f"From {said.sender}:\n{said.text}" if said.sender else said.text,
            "channel": said.channel,
            "attachments": said.attachments,
        },
    )
    try:
        view = await (await at.cases()).act(named, message)
    except CaseUnknown as unknown:
        over = await at.known_after_all(unknown)
        if isinstance(over, CaseOver):
            raise over from None
        raise UnknownCase(
            f"no case has the id {named}; what is no answer to a case is opened with POST /v1/cases", case_id=named
        ) from None
    except NoWorker as silence:
        raise perhaps_done(silence, message) from silence
    return Received(case_id=named, id=message.id, status=view.status)


def _unsigned(verifier: Webhook, body: bytes, headers: dict[str, str]) -> str | None:
    """What is wrong with the signature; None if it is good."""
    try:
        verifier.verify(body, headers, json_parse=False)
    except WebhookVerificationError as error:
        return str(error)
    except ValueError:  # What the library makes of a header, or a body, that has not even the form.
        return "Malformed signature"
    return None


def _case(said: Inbound) -> str:
    if said.case_id and not (said.source or said.reference):
        return said.case_id
    if said.source and said.reference and not said.case_id:
        return case_id(said.source, said.reference)
    raise Unprocessable(
        Fault(
            field="case_id",
            problem="does not name one case",
            remedy="send `case_id`, or both `source` and `reference` that it was opened under",
        )
    )
