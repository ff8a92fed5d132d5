"""A case that lives long continues as new, again and again, and nothing is lost or done twice on the way."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from cases.events import Refused
from cases.words import ClockName, Status
from tests.samples import SHOP, complaint, deed
from tests.temporal import DEFAULT_POLICY, House, dev_server
from workflows.indexed import case_workflow_id

pytestmark = pytest.mark.asyncio(loop_scope="module")

MESSAGES = 240


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def impatient(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A server that suggests continuing as new after 30 events instead of 4,096."""
    folder = tmp_path_factory.mktemp("impatient")
    async with dev_server(folder, DEFAULT_POLICY, "limit.historyCount.suggestContinueAsNew=30") as house:
        yield house


async def runs_of(house: House, case_id: str) -> int:
    """How many runs the case has had."""
    query = f'WorkflowId = "{case_workflow_id(case_id)}"'
    return len([run async for run in house.client.list_workflows(query)])


async def test_events_in_the_very_moment_of_continuing_are_neither_lost_nor_doubled(impatient: House) -> None:
    view = await impatient.open(complaint(reference="busy"))
    case_id = view.case_id
    said = [deed("message", SHOP, text=f"message {n}") for n in range(MESSAGES)]

    async def send(number: int) -> None:
        event = said[number]
        if number % 2:
            await impatient.cases.signal(case_id, event)
        else:
            await impatient.act(case_id, event)

    for start in range(0, len(said), 8):  # eight at a time: ten updates may be in flight
        await asyncio.gather(*(send(number) for number in range(start, start + 8)))
    await impatient.written(case_id)

    entries = impatient.records.entries(case_id, 0, 10_000)
    arrived = Counter(entry.text for entry in entries if entry.kind == "message")
    assert arrived == Counter({f"message {n}": 1 for n in range(MESSAGES)})
    assert [entry.n for entry in entries] == list(range(1, len(entries) + 1))
    assert await runs_of(impatient, case_id) > 10


async def test_a_case_goes_on_after_continuing_as_if_nothing_had_been(impatient: House) -> None:
    view = await impatient.open(complaint(reference="goes-on"))
    case_id = view.case_id
    ana = impatient.offered(view)
    await impatient.act(case_id, deed("claim", ana))
    first = deed("note", ana, text="the first note")
    await impatient.act(case_id, first)
    before = await impatient.cases.view(case_id)
    while await runs_of(impatient, case_id) < 3:
        await impatient.act(case_id, deed("note", ana, text="and another"))

    after = await impatient.act(case_id, first)  # an id from two runs ago
    kinds = Counter(entry.text for entry in impatient.records.entries(case_id, 0, 10_000))
    assert kinds["the first note"] == 1
    assert {c.id: c.due_at for c in after.clocks} == {c.id: c.due_at for c in before.clocks}
    with pytest.raises(Refused, match="id_reused"):
        await impatient.act(case_id, deed("note", ana, text="something else", id=first.id))
    await impatient.act(case_id, deed("reply", ana, text="Solved."))
    await impatient.act(case_id, deed("resolve", ana, text="Solved."))
    closed = await impatient.act(case_id, deed("accept_resolution", SHOP))
    await impatient.written(case_id)
    assert closed.status is Status.CLOSED
    assert [c.name for c in closed.clocks if c.state == "running"] == [ClockName.REOPEN_WINDOW]
    sent = Counter(notice.template for notice in impatient.records.outbox(case_id))
    assert (sent["opened"], sent["reply"], sent["closed.accepted"]) == (1, 1, 1)
