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
from pydantic_core import from_json

from api.faults import checked
from api.problems import Fault, TooLarge, Unprocessable
from cases.actions import Action
from cases.events import Actor, Event
from cases.requests import Request as CustomerRequest
from cases.specialists import SpecialistAction
from cases.state import Deed
from cases.words import Via

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

_PATHS = (
    ("cases/{id}/actions", ACTIONS, "an agent's action"),
    ("cases/{id}/requests", REQUESTS, "a customer's request"),
    ("handoffs/{id}/actions", ANSWERS, "a specialist's action"),
)


async def sent(request: Request) -> dict[str, Any]:
    """The JSON object in the body. Raises TooLarge before all of a larger body is read, or Unprocessable."""
    declared = request.headers.get("content-length", "")
    body = bytearray()
    if not (declared.isdigit() and int(declared) > MAX_BODY):
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_BODY:
                break
        else:
            return _parsed(bytes(body))
    raise TooLarge(f"the body is larger than {MAX_BODY:,} bytes; send attachments as links", limit=MAX_BODY)


Sent = Annotated[dict[str, Any], Depends(sent)]


def _parsed(body: bytes) -> dict[str, Any]:
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
        raise Unprocessable(*faults)
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
