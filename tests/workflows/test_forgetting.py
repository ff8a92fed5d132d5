"""Temporal forgets an archived case on a real server: every run of it and of its hand-offs; never one that runs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import uuid4

import pytest
import pytest_asyncio
from temporalio.service import RPCError, RPCStatusCode

from cases.retention import Retention
from cases.specialists import SpecialistAct
from cases.words import HandoffStatus, Status
from chores import erase
from policies import load, restore
from records import Erasing
from tests.samples import SHOP, complaint, deed
from tests.temporal import DEMO_POLICY, House, around_the_clock, dev_server
from workflows.forgetting import forget
from workflows.indexed import case_workflow_id, handoff_workflow_id

pytestmark = pytest.mark.asyncio(loop_scope="module")

SECRET = "Xylophone"
TEXTS = Retention.model_validate({"texts": "6 years"})


def brisk() -> str:
    """The demo's promises, but a case can be reopened for a moment only."""
    content = json.loads(around_the_clock(load(DEMO_POLICY)).content)
    content["clocks"]["reopen_window"] = {**content["clocks"]["reopen_window"], "default": "1s", "targets": []}
    return json.dumps(content)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def short(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A server that suggests continuing as new after 40 events, whose cases are archived a second after their end.

    It deletes a workflow once its queues have said that they are done with it, which they do every half minute
    otherwise.
    """
    settings = (
        "limit.historyCount.suggestContinueAsNew=40",
        *(f'history.{queue}ProcessorUpdateAckInterval="200ms"' for queue in ("transfer", "visibility", "timer")),
    )
    async with dev_server(tmp_path_factory.mktemp("short"), restore(brisk()), *settings) as house:
        yield house


async def opened(house: House, reference: str) -> str:
    view = await house.open(
        complaint(reference=reference, text=f"{SECRET} was charged twice.", customer={"id": reference})
    )
    return view.case_id


async def archived(house: House, reference: str) -> str:
    """A case of several runs, with a question to specialists, to its end."""
    case_id = await opened(house, reference)
    owner = house.offered(await house.cases.view(case_id))
    await house.act(case_id, deed("claim", owner))
    asked = await house.act(case_id, deed("hand_off", owner, team="billing", question=f"Did {SECRET} pay?"))
    handoff_id = asked.handoffs[0].handoff_id
    await house.until(case_id, lambda view: view.handoffs[0].version)
    for fields in ({"kind": "accept"}, {"kind": "answer", "text": "Yes."}):
        event = SpecialistAct.model_validate({**fields, "id": uuid4(), "by": house.actor("sven")}).root
        await house.cases.handoff_act(handoff_id, event)
    for number in range(6):
        await house.act(case_id, deed("message", SHOP, text=f"{SECRET} {number}"))
        await house.act(case_id, deed("note", owner, text="Seen."))
    await house.until(case_id, lambda view: view.handoffs[0].status is HandoffStatus.ANSWERED)
    await house.act(case_id, deed("resolve", owner, text="The charge is back."))
    await house.act(case_id, deed("accept_resolution", SHOP))
    async with asyncio.timeout(30):
        while (found := house.records.find(case_id)) is None or found[0].status is not Status.ARCHIVED:
            await asyncio.sleep(0.1)
    return case_id


async def is_gone(house: House, workflow_id: str, run_id: str | None = None) -> bool:
    """Whether the server does not know it; it deletes a moment after it was told."""
    for _ in range(100):
        try:
            await house.client.get_workflow_handle(workflow_id, run_id=run_id).describe()
        except RPCError as error:
            return error.status is RPCStatusCode.NOT_FOUND
        await asyncio.sleep(0.1)
    return False


async def runs_of(house: House, case_id: str) -> set[str]:
    query = f'WorkflowId = "{case_workflow_id(case_id)}"'
    return {found.run_id async for found in house.client.list_workflows(query)}


async def test_a_customer_is_erased_from_temporal_and_from_the_records(short: House) -> None:
    case_id = await archived(short, "c-1")
    runs = await runs_of(short, case_id)
    assert len(runs) >= 2
    erasing = Erasing(short.records, partial(forget, short.cases), TEXTS)
    async with asyncio.timeout(20):
        # Archived is what the case writes a moment before its workflow ends.
        while not (answer := await erasing.of_customer("c-1", "op", datetime.now(UTC))).done:
            await asyncio.sleep(0.1)
    (erased,) = answer.erased
    # Those that visibility shows by now, perhaps one that it did not show yet, and the hand-off's.
    assert (erased.case_id, erased.runs > len(runs)) == (case_id, True)
    assert await is_gone(short, handoff_workflow_id(f"{case_id}-1"))
    for run_id in runs:
        assert await is_gone(short, case_workflow_id(case_id), run_id)
    entries = short.records.entries(case_id, limit=1000)
    assert len(entries) > 20
    assert not any(entry.text for entry in entries)
    again = await erasing.of_customer("c-1", "op", datetime.now(UTC))
    assert (again.done, again.erased) == (True, ())


async def test_a_case_that_runs_is_never_deleted(short: House) -> None:
    case_id = await opened(short, "c-2")
    for archived in (False, True):
        assert await forget(short.cases, case_id, archived=archived) is None
    assert (await short.cases.view(case_id)).status is Status.OPEN
    answer = await Erasing(short.records, partial(forget, short.cases), TEXTS).of_customer(
        "c-2", "op", datetime.now(UTC)
    )
    assert [each.case_id for each in answer.waiting] == [case_id]


async def test_a_worker_erases_what_had_to_wait(short: House) -> None:
    case_id = await opened(short, "c-4")
    erasing = Erasing(short.records, partial(forget, short.cases), TEXTS)
    await short.written(case_id)
    assert not (await erasing.of_customer("c-4", "op", datetime.now(UTC))).done
    working = asyncio.create_task(erase(short.client, short.records, short.policy, timedelta(milliseconds=200)))
    manager = short.actor("sven")
    await short.act(case_id, deed("claim", manager))
    await short.act(case_id, deed("resolve", manager, text="Done."))
    await short.act(case_id, deed("accept_resolution", SHOP))
    async with asyncio.timeout(20):
        while short.records.complaint(case_id) is not None:
            await asyncio.sleep(0.1)
    assert not working.done()
    working.cancel()


async def test_a_case_that_was_terminated_will_never_be_archived_and_is_over(short: House) -> None:
    case_id = await opened(short, "c-3")
    await short.client.get_workflow_handle(case_workflow_id(case_id)).terminate()
    assert await forget(short.cases, case_id, archived=False) == 1
    assert await is_gone(short, case_workflow_id(case_id))


async def test_an_open_case_that_temporal_does_not_know_is_left_alone(short: House) -> None:
    """The records may be another namespace's: nobody says that the case is over."""
    assert await forget(short.cases, "shop-aaaaaaaaaa", archived=False) is None
    assert await forget(short.cases, "shop-aaaaaaaaaa", archived=True) == 0
