"""What people and services send: read within a limit, and made an event by adding who, when and how it came.

Bodies are the events of `cases.actions`, `cases.requests` and `cases.specialists` without their envelope, so a new
event is taken, checked and documented here without a line of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, get_args
from uuid import uuid4

from fastapi import Depends, Request
from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import from_json

from api.faults import checked
from api.problems import Claimed, Fault, TooLarge, Unprocessable
from cases.actions import Action
from cases.complaint import Attachment, CaseId, Moment, Short, Source, Text
from cases.deeds import Deed
from cases.events import Actor, Event
from cases.requests import Request as CustomerRequest
from cases.specialists import SpecialistAction
from cases.words import Channel, Via

MAX_BODY = 1024 * 1024
"""In bytes. Three texts of the greatest length, in a script of four bytes a character, and their envelope fit."""

STAMPED = ("by", "at", "via", "if_version")
"""The fields of an event that the API alone fills."""

LOOKED_UP = ("rung", "teams", "skills")
"""The fields of a recipient that the directory alone fills."""

Kinds = Mapping[str, type[Event]]


def _kinds(union: Any) -> Kinds:
    return {model.model_fields["kind"].default: model for model in get_args(get_args(union)[0])}


ACTIONS: Kinds = _kinds(Action)
REQUESTS: Kinds = _kinds(CustomerRequest)
ANSWERS: Kinds = _kinds(SpecialistAction)
"""What specialists do with a question."""


class Inbound(BaseModel):
    """What the gateway of mail or chat passes on: words of a customer about a case that there is.

    The case is named by `case_id`, or by `source` and `reference`, under which it was opened. Fields that are not named
    here are not read.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    case_id: CaseId | None = Field(default=None, examples=["shop-7kq2m4xw5a"])
    source: Source | None = Field(default=None, examples=["shop"])
    reference: Short | None = Field(default=None, examples=["order-1042"])
    text: Text
    channel: Channel | None = None
    sender: Short | None = Field(
        default=None, alias="from", description="stands before the text", examples=["mary@example.com"]
    )
    attachments: tuple[Attachment, ...] = Field(default=(), max_length=20)
    at: Moment | None = Field(default=None, description="when the customer sent it; now, without it")


_PATHS = (
    ("cases/{id}/actions", ACTIONS, "an agent's action"),
    ("cases/{id}/requests", REQUESTS, "a customer's request"),
    ("handoffs/{id}/actions", ANSWERS, "a specialist's action"),
)


async def sent(request: Request) -> dict[str, Any]:
    """The JSON object in the body. Raises TooLarge before all of a larger body is read, or Unprocessable."""
    return parsed(await whole(request))


async def sent_within(request: Request, limit: int, remedy: str) -> dict[str, Any]:
    """The JSON object in a body of so many bytes at most. Raises as `sent`, with what to do instead."""
    return parsed(await whole(request, limit, remedy))


async def whole(request: Request, limit: int = MAX_BODY, remedy: str = "send attachments as links") -> bytes:
    """The body as it came. Raises TooLarge, with what to do instead, before all of a larger one is read."""
    declared = request.headers.get("content-length", "")
    body = bytearray()
    if not (declared.isdigit() and int(declared) > limit):
        async for chunk in request.stream():
            body += chunk
            if len(body) > limit:
                break
        else:
            return bytes(body)
    raise TooLarge(f"the body is larger than {limit:,} bytes; {remedy}", limit=limit)


Sent = Annotated[dict[str, Any], Depends(sent)]


def parsed(body: bytes) -> dict[str, Any]:
    """The JSON object in a body. Raises Unprocessable."""
    try:
        raw = from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise Unprocessable(
            Fault(field="body", problem=f"is not JSON ({error})", remedy="send a JSON object")
        ) from error
    if not isinstance(raw, dict):
        raise Unprocessable(Fault(field="body", problem="is not a JSON object", remedy="send an object, in braces"))
    return raw  # pyright: ignore[reportUnknownVariableType] the keys of a JSON object are strings


def deed(raw: dict[str, Any], taken: Kinds, by: Actor, now: datetime, if_version: int | None = None) -> Deed:
    """The event that `raw` describes, one of the kinds in `taken`, stamped with its sender and the time.

    Raises Unprocessable: naming the right path for a kind that is sent to another, and every field that is wrong.
    """
    return _stamped(raw, taken, by, now, if_version)  # pyright: ignore[reportReturnType] the kinds are those of the union


def answer(raw: dict[str, Any], by: Actor, now: datetime, if_version: int | None = None) -> SpecialistAction:
    """The same for what a specialist does."""
    return _stamped(raw, ANSWERS, by, now, if_version)  # pyright: ignore[reportReturnType] the kinds are those of the union


def _stamped(raw: dict[str, Any], taken: Kinds, by: Actor, now: datetime, if_version: int | None) -> Event:
    model = _model(raw.get("kind"), taken)
    faults = [_not_theirs(field) for field in STAMPED if field in raw]
    if faults:
        raise Claimed(*faults)
    return checked(model, {"id": str(uuid4())} | raw | {"by": by, "at": now, "via": Via.API, "if_version": if_version})


def _model(kind: Any, taken: Kinds) -> type[Event]:
    if isinstance(kind, str) and kind in taken:
        return taken[kind]
    for path, kinds, name in _PATHS:
        if isinstance(kind, str) and kind in kinds:
            raise Unprocessable(Fault(field="kind", problem=f"`{kind}` is {name}", remedy=f"send it to /v1/{path}"))
    problem = "is missing" if kind is None else "is not known"
    raise Unprocessable(Fault(field="kind", problem=problem, remedy="one of " + ", ".join(sorted(taken))))


def _not_theirs(field: str) -> Fault:
    if field == "if_version":
        return Fault(field=field, problem="is a header over HTTP", remedy="send it as `If-Match`, in quotes")
    return Fault(field=field, problem="is filled by the API, from the token and the clock", remedy="leave it out")
