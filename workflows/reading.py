"""Reads what arrives from outside: raw payloads to complaints and events. Whatever cannot be read is kept as it came.

The SDK drops a signal that does not decode, and a typed handler wedges on a signal with no payload or two. So handlers
take the raw value, and this module decodes it.
"""

from __future__ import annotations

import json
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from pydantic import TypeAdapter, ValidationError
from temporalio import workflow
from temporalio.api.common.v1 import Payload
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

from cases.complaint import Complaint
from cases.deeds import Act
from cases.effects import Question
from cases.events import Event, Refused
from cases.outcomes import Reported
from cases.paging import Called, Gathering
from cases.specialists import SpecialistAct, Word
from cases.table import TABLE
from cases.wording import words
from cases.words import Via
from workflows.carrying import Carried, CarriedHandoff

Union = type[Act] | type[Reported] | type[SpecialistAct] | type[Word]
"""The unions of events that a workflow can be sent."""

NOTHING = RawValue(Payload())
"""What a handler gets when it is called without a payload."""

SEVERAL = b"caseladder/several"
"""Encoding of the stand-in for more than one payload; its data is the list of them."""

SKEW = timedelta(minutes=1)

BAD_SIGNATURE = "bad_signature"
"""Type of the error of an update whose signature does not hold."""

vouched_for: ContextVar[bool] = ContextVar("vouched_for", default=False)
"""Whether the update that is being handled carries the API's signature, which held when it was accepted."""

_SHOWN = 2_000
_JSON = (b"json/plain", b"json/protobuf")
_OBJECT: TypeAdapter[dict[str, Any]] = TypeAdapter(dict[str, Any])


class Unreadable(ValueError):
    """What arrived is not an event. `content` is what it was, cut to 2,000 characters."""

    def __init__(self, why: str, content: str) -> None:
        super().__init__(why)
        self.why = why
        self.content = content


def event(raw: RawValue, union: Union, via: Via, fresh_id: UUID) -> Event:
    """The event of a union in a payload, marked with how it came. Hand-made JSON may leave out `id`: it is `fresh_id`.

    Raises:
        Unreadable: naming each field and what is wrong with it.
    """
    fields = _object(raw)
    fields.setdefault("id", str(fresh_id))
    fields["via"] = via.value
    try:
        return union.model_validate_json(json.dumps(fields)).root
    except ValidationError as error:
        raise Unreadable(sentences(error), shown(raw)) from None


def update(raw: RawValue, union: Union) -> Event:
    """The event of the update that is being handled. Raises ApplicationError `unreadable`.

    Marked `api` if the API has signed it; else whatever it says of its sender is a claim.
    Its id may be left out: validator, handler and a retry then agree on one that is made of the update's.
    """
    info = workflow.current_update_info()
    fresh = uuid5(NAMESPACE_URL, info.id if info else "")
    try:
        return event(raw, union, Via.API if vouched_for.get() else Via.UPDATE, fresh)
    except Unreadable as error:
        raise ApplicationError(f"Cannot be read: {error.why}", type="unreadable", non_retryable=True) from None


def failure(refused: Refused) -> ApplicationError:
    """A refusal as Temporal carries it: type is the code, the details are what the sentence names."""
    return ApplicationError(refused.sentence, refused.details, type=refused.code.value, non_retryable=True)


def question(raw: RawValue) -> Question | CarriedHandoff:
    """What a hand-off is started with: a question, or what an earlier run carried over. Raises Unreadable."""
    fields = _object(raw)
    kind = CarriedHandoff if "continues" in fields else Question
    try:
        return kind.model_validate_json(json.dumps(fields))
    except ValidationError as error:
        raise Unreadable(sentences(error), shown(raw)) from None


def gathering(raw: RawValue) -> Gathering:
    """What a digest is started with, or takes along. Raises Unreadable."""
    try:
        return Gathering.model_validate_json(json.dumps(_object(raw)))
    except ValidationError as error:
        raise Unreadable(sentences(error), shown(raw)) from None


def called(raw: RawValue) -> Called:
    """That alerts wait; what cannot be read says only that."""
    try:
        return Called.model_validate(_object(raw))
    except (Unreadable, ValidationError):
        return Called()


def start(raw: RawValue, now: datetime) -> Complaint | Carried:
    """What a case is started with: a complaint, or what an earlier run carried over. Raises Unreadable.

    Two machines' clocks differ: what was received up to a minute after `now` was received now.
    """
    fields = _object(raw)
    try:
        if "continues" in fields:
            return Carried.model_validate(fields)
        said = Complaint.model_validate(fields, strict=False)
    except ValidationError as error:
        raise Unreadable(sentences(error), shown(raw)) from None
    if said.received_at and now < said.received_at <= now + SKEW:
        return said.model_copy(update={"received_at": now})
    return said


def sentences(error: ValidationError) -> str:
    """`field problem: remedy` for each mistake."""
    told: list[str] = []
    for mistake in error.errors(include_url=False, include_input=False):
        # The path to a field of an event leads through its kind, which its sender has said already.
        steps = [str(step) for step in mistake["loc"] if step not in TABLE]
        problem, remedy = words(mistake)
        told.append(f"{'.'.join(steps) or 'it'} {problem}: {remedy}")
    return "; ".join(told)


def shown(raw: RawValue) -> str:
    """The payload's content for a person to read, cut to 2,000 characters."""
    return raw.payload.data[:_SHOWN].decode("utf-8", "replace")


def _object(raw: RawValue) -> dict[str, Any]:
    encoding = raw.payload.metadata.get("encoding", b"")
    if not raw.payload.data:
        raise Unreadable("it has no payload; send one JSON object", "")
    if encoding == SEVERAL:
        raise Unreadable("it has several payloads; send one JSON object", shown(raw))
    if encoding not in _JSON:
        raise Unreadable(f"its encoding is {encoding.decode('utf-8', 'replace') or 'missing'}, not JSON", shown(raw))
    try:
        return _OBJECT.validate_json(raw.payload.data)
    except ValidationError as error:
        raise Unreadable(f"it is not a JSON object: {error.errors()[0]['msg']}", shown(raw)) from None
