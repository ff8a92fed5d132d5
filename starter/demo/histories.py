"""What Temporal says of the cases: histories fetched as they are, kept as JSON, and read as an auditor would.

Nothing of `cases` or `workflows` is used: the facts are taken from raw events and the JSON of their payloads.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Json = Mapping[str, Any]
"""An object of Temporal's own JSON form of a history, or of a payload in it."""

_STARTED = "EVENT_TYPE_WORKFLOW_EXECUTION_STARTED"
_SCHEDULED = "EVENT_TYPE_ACTIVITY_TASK_SCHEDULED"
_COMPLETED = "EVENT_TYPE_ACTIVITY_TASK_COMPLETED"
_SIGNALED = "EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED"
_ACCEPTED = "EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED"
_UPDATED = "EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED"


@dataclass(frozen=True, slots=True)
class Commit:
    """What a case asked to be written. `done`: Temporal was told that it has been."""

    version: int
    entries: tuple[Json, ...]
    notices: tuple[Json, ...]
    done: bool


@dataclass(frozen=True, slots=True)
class Heard:
    """An event that a case took by update, or got by signal, which it may have refused."""

    event_id: str
    kind: str
    by: str


@dataclass(frozen=True, slots=True)
class Told:
    """What the history of one run says."""

    workflow_id: str
    source: str
    reference: str
    commits: tuple[Commit, ...]
    heard: tuple[Heard, ...]

    @property
    def case_id(self) -> str:
        """As the workflow's id says."""
        return self.workflow_id.removeprefix("case-")


async def fetch(address: str, expected: int, folder: Path) -> None:
    """Writes the history of every run of a case to a file in `folder`. Lists may lag: looks again for `expected`."""
    # Here, because the demo's first output should not wait for it.
    from temporalio.client import Client

    client = await Client.connect(address)
    runs: set[tuple[str, str]] = set()
    for _ in range(20):
        runs = {(run.id, run.run_id) async for run in client.list_workflows("WorkflowType = 'Case'")}
        if len(runs) >= expected:
            break
        await asyncio.sleep(0.25)
    for workflow_id, run_id in sorted(runs):
        history = await client.get_workflow_handle(workflow_id, run_id=run_id).fetch_history()
        content = {"workflow_id": workflow_id, **history.to_json_dict()}
        (folder / f"{workflow_id}.{run_id}.json").write_text(json.dumps(content), "utf-8")


def read(folder: Path) -> list[Told]:
    """What the histories in `folder` say."""
    return [_told(json.loads(file.read_text("utf-8"))) for file in sorted(folder.glob("*.json"))]


def _told(history: Json) -> Told:
    events: list[Json] = history["events"]
    complaint = _payload(_said(events[0], _STARTED)["input"])
    return Told(
        workflow_id=history["workflow_id"],
        source=str(complaint.get("source", "api")),
        reference=str(complaint["reference"]),
        commits=tuple(_commits(events)),
        heard=tuple(_heard(events)),
    )


def _commits(events: list[Json]) -> Iterator[Commit]:
    done = {_said(event, _COMPLETED)["scheduledEventId"] for event in events if event["eventType"] == _COMPLETED}
    for event in events:
        if event["eventType"] != _SCHEDULED:
            continue
        asked = _said(event, _SCHEDULED)
        if asked["activityType"]["name"] == "commit":
            content = _payload(asked["input"])
            yield Commit(
                version=int(content["view"]["version"]),
                entries=tuple(content["entries"]),
                notices=tuple(content["notices"]),
                done=event["eventId"] in done,
            )


def _heard(events: list[Json]) -> Iterator[Heard]:
    succeeded = {
        _said(event, _UPDATED)["acceptedEventId"]
        for event in events
        if event["eventType"] == _UPDATED and "success" in _said(event, _UPDATED)["outcome"]
    }
    for event in events:
        if event["eventType"] == _SIGNALED:
            yield _event(_payload(_said(event, _SIGNALED)["input"]))
        elif event["eventType"] == _ACCEPTED and event["eventId"] in succeeded:
            yield _event(_payload(_said(event, _ACCEPTED)["acceptedRequest"]["input"]["args"]))


def _event(content: Json) -> Heard:
    return Heard(str(content["id"]), str(content["kind"]), str(content["by"]["id"]))


def _said(event: Json, kind: str) -> Json:
    """The attributes of an event, which Temporal names after its type: `workflowExecutionStartedEventAttributes`."""
    first, *others = kind.removeprefix("EVENT_TYPE_").lower().split("_")
    attributes: Json = event["".join([first, *(word.capitalize() for word in others), "EventAttributes"])]
    return attributes


def _payload(payloads: Json) -> Json:
    content: Json = json.loads(base64.b64decode(payloads["payloads"][0]["data"]))
    return content
