"""Every history that a version has recorded replays, with the sandbox on; and the newest corpus walks every path."""

from __future__ import annotations

import base64
import gc
import json
from collections.abc import AsyncIterator, Iterator
from functools import cache
from pathlib import Path
from typing import Any, cast

import pytest
import pytest_asyncio
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from cases.answering import TABLE as HANDOFF_TABLE
from cases.deadlines import DEADLINES
from cases.table import TABLE
from cases.words import ClockName
from tests.keeping import HISTORIES, kept, recorded, version
from workflows.case import CaseWorkflow
from workflows.digest import DigestWorkflow
from workflows.handoff import HandoffWorkflow
from workflows.plugin import plugin

FILES = sorted(HISTORIES.glob("*/*.json.gz"))
BY_ACTIVITY = {
    "plan": "planned",
    "choose": "chosen",
    "choose_specialist": "chosen",
    "replan": "replanned",
    "extend": "extended",
    "correct": "corrected",
    "pay": "paid",
}
COMMANDS = {
    "EVENT_TYPE_TIMER_CANCELED",
    "EVENT_TYPE_TIMER_FIRED",
    "EVENT_TYPE_ACTIVITY_TASK_FAILED",
    "EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES",
    "EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED",
    "EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED",
    "EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_FAILED",
    "EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TERMINATED",
    "EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_SIGNALED",
    "EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED",
    "EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED",
    "EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED",
    "EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED",
    "EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED",
    "EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW",
}
"""What can stand in a history of ours, and changes what a replay does."""


ASKED = {
    "ACTIVITY_TASK_SCHEDULED",
    "MARKER_RECORDED",
    "SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED",
    "START_CHILD_WORKFLOW_EXECUTION_INITIATED",
    "TIMER_CANCELED",
    "TIMER_STARTED",
    "UPSERT_WORKFLOW_SEARCH_ATTRIBUTES",
    "WORKFLOW_PROPERTIES_MODIFIED",
}
"""What a workflow task asked the server for, as events."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def replayed() -> dict[Path, Exception | None]:
    """What each history fails with, if it does; by one replayer, since each begins by loading the workflows anew."""
    files: dict[str, Path] = {}

    async def histories() -> AsyncIterator[WorkflowHistory]:
        for file in FILES:
            content = kept(file)
            history = WorkflowHistory.from_json(content.pop("workflow_id"), content)
            files[history.run_id] = file
            yield history

    replayer = Replayer(workflows=[CaseWorkflow, HandoffWorkflow, DigestWorkflow], plugins=[plugin()])
    # What all other tests have left is not to be gone through while a workflow may not take two seconds.
    gc.collect()
    gc.freeze()
    try:
        async with replayer.workflow_replay_iterator(histories()) as results:
            return {files[result.history.run_id]: result.replay_failure async for result in results}
    finally:
        gc.unfreeze()


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.name.removesuffix('.json.gz')}")
def test_a_recorded_history_replays(replayed: dict[Path, Exception | None], file: Path) -> None:
    if failure := replayed[file]:
        raise failure


def test_no_recorded_workflow_task_would_be_taken_together_with_the_next() -> None:
    fences = 0
    for folder in {file.parent for file in FILES}:
        for name, content in recorded(folder):
            kinds = [event["eventType"].removeprefix("EVENT_TYPE_") for event in content["events"]]
            assert not list(taken_together(kinds)), name
            fences += kinds.count("WORKFLOW_PROPERTIES_MODIFIED")
    assert fences > 50


def taken_together(kinds: list[str]) -> Iterator[int]:
    """The workflow tasks that something had caused and that Temporal's core may take together with the next.

    It does so when nothing was asked since the last that it did not take so, and the next is scheduled at once.
    """
    asked = caused = False
    for number, kind in enumerate(kinds):
        asked = asked or kind in ASKED
        caused = caused or not (kind in ASKED or kind.startswith(("WORKFLOW_TASK_", "WORKFLOW_EXECUTION_UPDATE_")))
        if kind == "WORKFLOW_TASK_COMPLETED":
            if asked or kinds[number + 1 : number + 2] != ["WORKFLOW_TASK_SCHEDULED"]:
                asked = False
            elif caused:
                yield number + 1
            caused = False


def test_this_version_has_a_corpus() -> None:
    assert (HISTORIES / version()).is_dir(), "run `make corpus` and commit what it writes"


def test_the_corpus_walks_every_command_and_answer_of_the_server() -> None:
    assert set(COMMANDS) <= {event["eventType"] for event in events()}


def test_the_corpus_walks_every_kind_of_event() -> None:
    kinds = {fields["kind"] for fields in payloads() if "kind" in fields}
    names = {name for event in events() for name in activity_names(event)}
    kinds |= {BY_ACTIVITY[name] for name in names if name in BY_ACTIVITY}
    entries = {entry["kind"] for fields in payloads() for entry in fields.get("entries", [])}
    said = {"stuck": "delayed", "recovered": "recovered", "cancel_requested": "cancel_requested", "failed": "failed"}
    kinds |= {kind for entry, kind in said.items() if entry in entries}
    # The server's answers that a child was started or told, or could not be: no payloads, and walked by the test above.
    assert {*TABLE, *HANDOFF_TABLE} - kinds <= {"sent", "unheard"}


def test_the_corpus_walks_every_deadline() -> None:
    entries = [entry for fields in payloads() for entry in fields.get("entries", [])]
    fired = {e["data"]["clock"].rsplit("-", 1)[0] for e in entries if e["kind"] in ("clock_breached", "time_over")}
    heard = {fields["clock"] for fields in payloads() if fields.get("kind") == "hand_off_neglected"}
    top = {ClockName.ALERT_REPEAT} if any(entry["kind"] == "top_rung" for entry in entries) else set[ClockName]()
    assert {*DEADLINES, ClockName.ACCEPT, ClockName.ANSWER} <= {*map(ClockName, fired | heard), *top}


@cache
def events() -> tuple[dict[str, Any], ...]:
    """Every event of this version's corpus."""
    return tuple(event for _, content in recorded(HISTORIES / version()) for event in content["events"])


@cache
def payloads() -> tuple[dict[str, Any], ...]:
    """Every JSON object that is a payload anywhere in this version's corpus."""
    return tuple(payload for event in events() for payload in _payloads(event))


def _payloads(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        fields = cast("dict[str, Any]", value)
        if "data" in fields and "metadata" in fields:
            decoded = json.loads(base64.b64decode(fields["data"]) or b"null")
            if isinstance(decoded, dict):
                yield decoded
        for item in fields.values():
            yield from _payloads(item)
    elif isinstance(value, list):
        for item in value:  # pyright: ignore[reportUnknownVariableType]
            yield from _payloads(item)


def activity_names(event: dict[str, Any]) -> Iterator[str]:
    """The activity that an event schedules, if it does."""
    scheduled = event.get("activityTaskScheduledEventAttributes")
    if scheduled:
        yield scheduled["activityType"]["name"]
