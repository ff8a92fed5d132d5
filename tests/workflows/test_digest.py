"""Digests on a real server: a mass breach is one page, an outage of the pager delays nobody, and nothing is lost."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from temporalio.worker import Replayer

from cases.paging import Group
from cases.words import Rung
from tests.machines import Machine, Turn
from tests.paging import Paged, alerting
from tests.samples import complaint, deed
from tests.temporal import DEFAULT_POLICY, House, all_done, unworked_server
from workflows.digest import DigestWorkflow
from workflows.plugin import plugin

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def paged(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Paged]:
    folder: Path = tmp_path_factory.mktemp("paging")
    machine = Machine()
    with machine.running():
        async with unworked_server(folder, DEFAULT_POLICY) as house:
            yield Paged(house, machine, folder)


@pytest.fixture(autouse=True)
def unheard(paged: Paged) -> None:
    paged.machine.heard.clear()


async def test_a_hundred_alerts_at_once_are_one_page_and_one_signal_for_each_group(paged: Paged) -> None:
    many, few = Group(team="flood", rung=Rung.SUPERVISOR), Group(team="flood", rung=Rung.MANAGER)
    # Before there is a worker: its windows begin when all have come, however slow the machine is.
    await paged.commit(*(alerting(n, few) for n in range(3)), *(alerting(n, many) for n in range(100)))
    async with paged.worked():
        await paged.ended(few)
        await paged.ended(many)
    heard = await paged.pages()
    assert sorted(heard) == ["100 alerts for the supervisors of flood", "3 alerts for the managers of flood"]
    history = await paged.digest(many).fetch_history()
    signals = [it for it in history.events if it.HasField("workflow_execution_signaled_event_attributes")]
    assert len(signals) == 1
    await Replayer(workflows=[DigestWorkflow], plugins=[plugin()]).replay_workflow(history)


async def test_a_pager_that_is_away_is_tried_until_it_is_back_and_no_case_waits_for_it(paged: Paged) -> None:
    group = Group(team="away", rung=Rung.AGENT)
    paged.machine.always = Turn(status=503)
    async with paged.worked():
        await paged.commit(alerting(1, group), alerting(2, group))
        await paged.pages(2)
        view = await paged.house.open(complaint(reference="meanwhile"))
        await paged.house.act(view.case_id, deed("claim", paged.house.offered(view)))
        await paged.house.written(view.case_id)
        await paged.commit(alerting(3, group))
        paged.machine.always = Turn()
        paged.machine.heard.clear()
        async with asyncio.timeout(20):
            while paged.house.records.waiting_alerts(group):
                await asyncio.sleep(0.1)
    assert "3 alerts for the agents of away" in await paged.pages()


async def test_a_digest_goes_on_where_a_killed_worker_left_it(paged: Paged) -> None:
    group = Group(team="killed", rung=Rung.AGENT)
    async with paged.worked():
        await paged.commit(alerting(1, group), alerting(2, group), within=timedelta(seconds=2))
        async with asyncio.timeout(10):
            # A task that is under way when its worker is killed would be waited for for ten seconds.
            while not all_done(await paged.digest(group).fetch_history()):
                await asyncio.sleep(0.05)
    await paged.house.unremembered(paged.digest(group).id)
    assert len(paged.house.records.waiting_alerts(group)) == 2
    async with paged.worked():
        assert await paged.pages() == ["2 alerts for the agents of killed"]


async def test_a_threat_is_paged_at_once_whatever_is_being_gathered(paged: Paged) -> None:
    group = Group(team="threat", rung=Rung.MANAGER)
    async with paged.worked():
        await paged.commit(alerting(1, group), within=timedelta(hours=1))
        await paged.commit(alerting(2, group, "threat_reported"), within=timedelta(hours=1))
        assert await paged.pages() == ["2 alerts for the managers of threat"]


async def test_the_next_page_of_a_group_keeps_its_distance(paged: Paged) -> None:
    group, apart = Group(team="apart", rung=Rung.AGENT), timedelta(seconds=2)
    async with paged.worked():
        await paged.commit(alerting(1, group), apart=apart)
        await paged.pages()
        first = time.monotonic()
        await paged.commit(alerting(2, group), alerting(3, group), apart=apart)
        assert (await paged.pages(2))[1] == "2 alerts for the agents of apart"
    assert time.monotonic() - first > 1.5


async def test_without_a_configuration_there_is_no_digest_and_nothing_waits(house: House) -> None:
    view = await house.open(complaint(reference="unpaged"))
    await house.written(view.case_id)
    assert [sent.kind for sent in house.records.outbox(view.case_id)].count("alert") == 1
    assert house.records.waiting_groups() == []
    assert [it async for it in house.client.list_workflows('WorkflowType = "Digest"')] == []
