"""What Temporal says of cases and hand-offs: histories fetched as they are, kept as JSON, and read by an auditor."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from starter.demo.raw import (
    COMPLETED,
    SCHEDULED,
    SENT,
    Heard,
    Json,
    Signal,
    arrivals,
    heard,
    opened,
    payload,
    said,
    signal,
)

if TYPE_CHECKING:
    from temporalio.client import Client

    from workflows.encryption import Encryption

_STARTED = "EVENT_TYPE_WORKFLOW_EXECUTION_STARTED"
_ENDED = "EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED"
_CHILD = "EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED"
_CASE, _HANDOFF = "case-", "handoff-"


@dataclass(frozen=True, slots=True)
class Commit:
    """What a case asked to be written. `done`: Temporal was told that it has been."""

    version: int
    entries: tuple[Json, ...]
    notices: tuple[Json, ...]
    done: bool


@dataclass(frozen=True, slots=True)
class Told:
    """What the history of one run of a case says. `started` are the ids of hand-offs, `words` what they were told."""

    workflow_id: str
    source: str
    reference: str
    commits: tuple[Commit, ...]
    heard: tuple[Heard, ...]
    started: tuple[str, ...]
    words: tuple[Signal, ...]

    @property
    def case_id(self) -> str:
        """As the workflow's id says."""
        return self.workflow_id.removeprefix(_CASE)


@dataclass(frozen=True, slots=True)
class Offered:
    """The directory named somebody for a question, or nobody in particular, for an errand that was still wanted."""

    errand_id: str
    person: str | None


@dataclass(frozen=True, slots=True)
class Consulted:
    """What the histories of all runs of a hand-off say. `course` are offers and reports to the case, in their order."""

    handoff_id: str
    heard: tuple[Heard, ...]
    course: tuple[Offered | Signal, ...]
    errands: tuple[str, ...]
    ended: bool

    @property
    def case_id(self) -> str:
        """As the hand-off's id says."""
        return self.handoff_id.rpartition("-")[0]

    @property
    def reports(self) -> tuple[Signal, ...]:
        """What it told its case."""
        return tuple(each for each in self.course if isinstance(each, Signal))

    def reported(self, kind: str) -> int:
        """How often it told its case that."""
        return sum(report.kind == kind for report in self.reports)


@dataclass(frozen=True, slots=True)
class Histories:
    """All of them."""

    cases: tuple[Told, ...] = ()
    handoffs: tuple[Consulted, ...] = ()


async def fetch(address: str, expected: int, folder: Path, keys: Path | None = None) -> None:
    """Writes the history of every run of a case or a hand-off to a file in `folder`. Expects so many cases.

    With a key ring, their payloads are decrypted first: what an auditor reads lies beside the key anyway.
    """
    # Here, because the demo's first output should not wait for it.
    from temporalio.client import Client

    from workflows.encryption import Encryption
    from workflows.keyring import KeyRing

    client, codec = await Client.connect(address), Encryption(KeyRing(keys))
    await _fetch(client, codec, "Case", expected, folder)
    started = {handoff_id for told in read(folder).cases for handoff_id in told.started}
    await _fetch(client, codec, "Handoff", len(started), folder)


def read(folder: Path) -> Histories:
    """What the histories in `folder` say."""
    cases = [json.loads(file.read_text("utf-8")) for file in sorted(folder.glob(f"{_CASE}*.json"))]
    runs: dict[str, list[Json]] = defaultdict(list)
    for file in sorted(folder.glob(f"{_HANDOFF}*.json")):
        history: Json = json.loads(file.read_text("utf-8"))
        runs[history["workflow_id"].removeprefix(_HANDOFF)].append(history)
    return Histories(
        cases=tuple(_told(history) for history in cases),
        handoffs=tuple(_consulted(handoff_id, histories) for handoff_id, histories in runs.items()),
    )


async def _fetch(client: Client, codec: Encryption, kind: str, expected: int, folder: Path) -> None:
    """Lists may lag: looks again for `expected`."""
    runs: set[tuple[str, str]] = set()
    for _ in range(20):
        runs = {(run.id, run.run_id) async for run in client.list_workflows(f"WorkflowType = '{kind}'")}
        if len(runs) >= expected:
            break
        await asyncio.sleep(0.25)
    for workflow_id, run_id in sorted(runs):
        history = await client.get_workflow_handle(workflow_id, run_id=run_id).fetch_history()
        content = {"workflow_id": workflow_id, **opened(history.to_json_dict(), codec)}
        (folder / f"{workflow_id}.{run_id}.json").write_text(json.dumps(content), "utf-8")


def _told(history: Json) -> Told:
    events: list[Json] = history["events"]
    complaint = payload(said(events[0], _STARTED)["input"])
    arrived = arrivals(events)
    children = (said(event, _CHILD)["workflowExecution"] for event in events if event["eventType"] == _CHILD)
    return Told(
        workflow_id=history["workflow_id"],
        source=str(complaint.get("source", "api")),
        reference=str(complaint["reference"]),
        commits=tuple(_commits(events)),
        heard=tuple(heard(events)),
        started=tuple(str(child["workflowId"]).removeprefix(_HANDOFF) for child in children),
        words=tuple(signal(event, arrived) for event in events if event["eventType"] == SENT),
    )


def _commits(events: list[Json]) -> Iterator[Commit]:
    done = {said(event, COMPLETED)["scheduledEventId"] for event in events if event["eventType"] == COMPLETED}
    for event in events:
        if event["eventType"] != SCHEDULED:
            continue
        asked = said(event, SCHEDULED)
        if asked["activityType"]["name"] == "commit":
            content = payload(asked["input"])
            yield Commit(
                version=int(content["view"]["version"]),
                entries=tuple(content["entries"]),
                notices=tuple(content["notices"]),
                done=event["eventId"] in done,
            )


def _consulted(handoff_id: str, histories: Sequence[Json]) -> Consulted:
    # Events are numbered by run, so each is read by itself. Times of one form, in UTC, sort as text.
    runs: list[list[Json]] = sorted((run["events"] for run in histories), key=lambda run: str(run[0]["eventTime"]))
    asked = (said(event, SCHEDULED) for run in runs for event in run if event["eventType"] == SCHEDULED)
    return Consulted(
        handoff_id=handoff_id,
        heard=tuple(each for run in runs for each in heard(run)),
        course=tuple(each for run in runs for each in _course(run)),
        errands=tuple(str(payload(each["input"])["id"]) for each in asked),
        ended=runs[-1][-1]["eventType"] == _ENDED,
    )


def _course(events: list[Json]) -> Iterator[Offered | Signal]:
    arrived = arrivals(events)
    wanted, errand_id = "", ""
    for event in events:
        kind = event["eventType"]
        if kind == SCHEDULED:
            wanted, errand_id = event["eventId"], str(payload(said(event, kind)["input"])["id"])
        elif kind == COMPLETED:
            # The answer to an older errand is let lie: the question has been offered on since.
            if said(event, kind)["scheduledEventId"] == wanted:
                yield Offered(errand_id, payload(said(event, kind)["result"]).get("person"))
        elif kind == SENT:
            yield signal(event, arrived)
