"""What cannot be read, sent as an operator would with the `temporal` CLI: kept or refused, and nothing wedges."""

from __future__ import annotations

import json

import pytest
from temporalio.client import WorkflowExecutionStatus

from cases.words import Status
from tests.samples import SHOP, complaint, deed
from tests.temporal import House
from workflows.indexed import case_workflow_id

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOTE = json.dumps({"kind": "note", "text": "seen", "by": {"id": "ana", "role": "agent", "rung": "agent"}})
UNREADABLE = {
    "empty": (),
    "two-payloads": ("--input", NOTE, "--input", NOTE),
    "no-object": ("--input", "[1, 2]"),
    "unknown-kind": ("--input", '{"kind": "fly", "by": {"id": "ana", "role": "agent"}}'),
    "unknown-field": ("--input", NOTE.replace('"text"', '"colour": "red", "text"')),
    "missing-actor": ("--input", '{"kind": "note", "text": "seen"}'),
    "undecodable": ("--input", NOTE, "--input-meta", "encoding=binary/encrypted"),
    "two-undecodable": ("--input", NOTE, "--input", NOTE, "--input-meta", "encoding=binary/encrypted"),
}


@pytest.mark.parametrize("how", UNREADABLE)
@pytest.mark.parametrize("signal", ["customer_request", "agent_action", "no_such_signal"])
async def test_an_unreadable_signal_is_kept_on_the_timeline(house: House, how: str, signal: str) -> None:
    view = await house.open(complaint(reference=f"{how}-{signal}"))

    sent = await house.temporal(
        "workflow", "signal", "-w", case_workflow_id(view.case_id), "--name", signal, *UNREADABLE[how]
    )

    assert sent.returncode == 0, sent.stderr
    await house.until(view.case_id, lambda now: now.version > view.version)
    entry = (await house.cases.timeline(view.case_id)).entries[-1]
    assert entry.kind == "unreadable"
    assert signal in entry.text
    answer = await house.act(view.case_id, deed("message", SHOP, text="Still there?"))
    assert answer.version > entry.n


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("empty", "no payload"),
        ("two-payloads", "several payloads"),
        ("no-object", "not a JSON object"),
        ("unknown-kind", "kind"),
        ("unknown-field", "colour"),
        ("missing-actor", "by"),
        ("undecodable", "binary/encrypted"),
        ("two-undecodable", "several payloads"),
    ],
)
async def test_an_unreadable_update_is_refused_and_leaves_no_trace(house: House, how: str, said: str) -> None:
    view = await house.open(complaint(reference=f"{how}-update"))
    before = len((await house.settled(view.case_id)).events)

    sent = await house.temporal(
        "workflow", "update", "execute", "-w", case_workflow_id(view.case_id), "--name", "act", *UNREADABLE[how]
    )

    assert sent.returncode != 0
    assert said in sent.stderr
    assert len((await house.settled(view.case_id)).events) == before


async def test_a_refused_signal_is_on_the_timeline_with_its_code(house: House) -> None:
    view = await house.open(complaint(reference="refused-signal"))
    reopen = json.dumps({"kind": "accept_resolution", "by": {"id": "shop", "role": "service"}})

    await house.temporal(
        "workflow", "signal", "-w", case_workflow_id(view.case_id), "--name", "customer_request", "--input", reopen
    )

    await house.until(view.case_id, lambda now: now.version > view.version)
    entry = (await house.cases.timeline(view.case_id)).entries[-1]
    assert (entry.kind, entry.data["code"]) == ("refused", "not_resolved")


async def test_a_workflow_started_with_something_else_than_a_complaint_fails_at_once(house: House) -> None:
    started = await house.temporal(
        "workflow", "start", "--type", "Case", "--task-queue", "caseladder", "-w", "case-bad", "--input", '{"a": 1}'
    )
    assert started.returncode == 0, started.stderr

    result = await house.temporal("workflow", "result", "-w", "case-bad")

    assert "Not a complaint" in result.stdout + result.stderr
    described = await house.client.get_workflow_handle("case-bad").describe()
    assert described.status is WorkflowExecutionStatus.FAILED


async def test_cancelling_the_workflow_is_recorded_alerted_and_ignored(house: House) -> None:
    view = await house.open(complaint(reference="cancelled"))

    await house.temporal("workflow", "cancel", "-w", case_workflow_id(view.case_id))

    after = await house.until(view.case_id, lambda now: now.version > view.version)
    await house.written(view.case_id)
    assert after.status is Status.OPEN
    assert (await house.cases.timeline(view.case_id)).entries[-1].kind == "cancel_requested"
    assert "cancel_requested" in [sent.template for sent in house.records.outbox(view.case_id)]
    assert (await house.act(view.case_id, deed("message", SHOP, text="Hello?"))).version > after.version
