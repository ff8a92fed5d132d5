"""Temporal's own JSON form of a history: how events and their payloads are read from it, as an auditor would.

Nothing of `cases` or `workflows` is used, but what decrypts: the facts are taken from raw events and the JSON of their
payloads.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from workflows.encryption import Encryption

Json = Mapping[str, Any]
"""An object of Temporal's own JSON form of a history, or of a payload in it."""

SCHEDULED = "EVENT_TYPE_ACTIVITY_TASK_SCHEDULED"
COMPLETED = "EVENT_TYPE_ACTIVITY_TASK_COMPLETED"
_SIGNALED = "EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED"
_ACCEPTED = "EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED"
_UPDATED = "EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED"
SENT = "EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED"
_ARRIVED = "EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_SIGNALED"


@dataclass(frozen=True, slots=True)
class Heard:
    """An event that a workflow took by update, or got by signal, which it may have refused."""

    event_id: str
    kind: str
    by: str
    signalled: bool = False


@dataclass(frozen=True, slots=True)
class Signal:
    """What one workflow sent to another. `arrived`: Temporal has said so."""

    content: Json
    arrived: bool

    @property
    def event_id(self) -> str:
        """The id of the event in it."""
        return str(self.content["id"])

    @property
    def kind(self) -> str:
        """The kind of the event in it."""
        return str(self.content["kind"])

    @property
    def by(self) -> str:
        """Who is said to have caused it."""
        return str(self.content["by"]["id"])


def heard(events: Sequence[Json]) -> Iterator[Heard]:
    """What reached the workflow from outside and was not refused at the door."""
    succeeded = {
        said(event, _UPDATED)["acceptedEventId"]
        for event in events
        if event["eventType"] == _UPDATED and "success" in said(event, _UPDATED)["outcome"]
    }
    for event in events:
        if event["eventType"] == _SIGNALED:
            yield _event(payload(said(event, _SIGNALED)["input"]), signalled=True)
        elif event["eventType"] == _ACCEPTED and event["eventId"] in succeeded:
            yield _event(payload(said(event, _ACCEPTED)["acceptedRequest"]["input"]["args"]), signalled=False)


def arrivals(events: Sequence[Json]) -> set[str]:
    """The ids of the history's events with which a signal was sent that has arrived."""
    return {said(event, _ARRIVED)["initiatedEventId"] for event in events if event["eventType"] == _ARRIVED}


def signal(event: Json, arrived: set[str]) -> Signal:
    """The signal that was sent with that event, which must be of the type SENT."""
    return Signal(payload(said(event, SENT)["input"]), event["eventId"] in arrived)


def said(event: Json, kind: str) -> Json:
    """The attributes of an event, which Temporal names after its type: `workflowExecutionStartedEventAttributes`."""
    first, *others = kind.removeprefix("EVENT_TYPE_").lower().split("_")
    attributes: Json = event["".join([first, *(word.capitalize() for word in others), "EventAttributes"])]
    return attributes


def payload(payloads: Json) -> Json:
    """The first of them, which must be an object of JSON."""
    content: Json = json.loads(base64.b64decode(payloads["payloads"][0]["data"]))
    return content


def opened(content: Any, codec: Encryption) -> Any:
    """The same with every encrypted payload in it decrypted. Raises what the codec raises."""
    if isinstance(content, list):
        return [opened(each, codec) for each in cast("list[Any]", content)]
    if not isinstance(content, dict):
        return content
    fields = cast("dict[str, Any]", content)
    if "encoding" in fields.get("metadata", ()):
        from google.protobuf.json_format import MessageToDict, ParseDict
        from temporalio.api.common.v1 import Payload

        return MessageToDict(codec.opened(ParseDict(fields, Payload())))
    return {name: opened(each, codec) for name, each in fields.items()}


def _event(content: Json, *, signalled: bool) -> Heard:
    return Heard(str(content["id"]), str(content["kind"]), str(content["by"]["id"]), signalled)
