"""Digests on a real server: a mass breach is one page, an outage of the pager delays nobody, and nothing is lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from temporalio.client import WorkflowExecutionStatus, WorkflowHandle
from temporalio.worker import Replayer

from activities import Activities, Messages, Pager, Paging
from activities.targets import load
from cases.commit import Commit
from cases.effects import AlertStaff, Param
from cases.paging import Group
from cases.words import Rung
from tests.machines import Machine, Turn
from tests.samples import NOON, Played, complaint, deed, plan
from tests.temporal import DEFAULT_POLICY, House, unworked_server
from worker import THREADS, new_pager, new_worker, working
from workflows.digest import DigestWorkflow
from workflows.indexed import digest_workflow_id
from workflows.plugin import plugin

pytestmark = pytest.mark.asyncio(loop_scope="module")

SECOND = timedelta(seconds=1)


class Paged:
    """A server whose workers page, and the machine that the pages go to."""

    def __init__(self, house: House, machine: Machine, folder: Path) -> None:
        self.house, self.machine = house, machine
        self._file = folder / "apprise.cfg"
        self._file.write_text(f"all={machine.url('/pager', 'json')}\n")

    def pager(self, within: timedelta = SECOND) -> Pager:
        return new_pager(self.house.client, self.house.records, Messages(), Paging(load(self._file), within, SECOND))

    @asynccontextmanager
    async def worked(self) -> AsyncGenerator[Activities]:
        """A worker for as long as this is open."""
        activities = Activities(self.house.records, self.house.policy, pager=self.pager())
        with ThreadPoolExecutor(THREADS) as threads:
            async with working(new_worker(self.house.client, activities, threads)):
                yield activities

    async def commit(self, *commits: Commit, within: timedelta = SECOND) -> None:
        """As workers do, several at once."""
        activities = Activities(self.house.records, self.house.policy, pager=self.pager(within))
        with ThreadPoolExecutor(8) as threads:
            loop = asyncio.get_running_loop()
            await asyncio.gather(*(loop.run_in_executor(threads, activities.commit, it) for it in commits))

    def digest(self, group: Group) -> WorkflowHandle[Any, Any]:
        return self.house.client.get_workflow_handle(digest_workflow_id(group.team, group.rung))

    async def ended(self, group: Group) -> None:
        async with asyncio.timeout(15):
            while (await self.digest(group).describe()).status is WorkflowExecutionStatus.RUNNING:
                await asyncio.sleep(0.1)

    async def pages(self, count: int = 1) -> list[str]:
        """The titles of what the machine has heard, once there are as many."""
        async with asyncio.timeout(15):
            while len(self.machine.heard) < count:
                await asyncio.sleep(0.05)
        return [heard.json["title"].partition(":")[0] for heard in self.machine.heard]


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


def alerting(number: int, group: Group, template: str = "clock_breached") -> Commit:
    """A commit of a case with one alert."""
    played = Played(plan(), reference=f"{group.team}-{group.rung}-{template}-{number}")
    facts: dict[str, Param] = {"clock": "first_response", "due_at": NOON}
    if template == "threat_reported":
        facts = {"reported_by": "ana", "record": ()}
    alert = AlertStaff(
        id=f"{played.view.case_id}:900",
        at=NOON,
        template=template,
        team=group.team,
        rung=group.rung,
        params={"case_id": played.view.case_id, "product": "Card", "channel": "email", **facts},
    )
    return Commit(view=played.view, entries=tuple(played.case.timeline()), notices=(alert,))


async def test_three_hundred_alerts_at_once_are_one_page_and_one_signal_for_each_group(paged: Paged) -> None:
    many, few = Group(team="flood", rung=Rung.SUPERVISOR), Group(team="flood", rung=Rung.MANAGER)
    async with paged.worked():
        await paged.commit(*(alerting(n, few) for n in range(3)), *(alerting(n, many) for n in range(320)))
        await paged.ended(few)
        await paged.ended(many)
    heard = await paged.pages()
    assert sorted(heard) == ["3 alerts for the managers of flood", "320 alerts for the supervisors of flood"]
    history = await paged.digest(many).fetch_history()
    signals = [it for it in history.events if it.HasField("workflow_execution_signaled_event_attributes")]
    assert len(signals) == 1
    await Replayer(workflows=[DigestWorkflow], plugins=[plugin()]).replay_workflow(history)


async def test_a_pager_that_is_away_is_tried_until_it_is_back_and_no_case_waits_for_it(paged: Paged) -> None:
    group = Group(team="away", rung=Rung.AGENT)
    paged.machine.always = Turn(status=503)
    async with paged.worked() as activities:
        assert activities is not None
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
        await paged.commit(alerting(1, group), alerting(2, group))
        await paged.digest(group).describe()
    assert len(paged.house.records.waiting_alerts(group)) == 2
    async with paged.worked():
        assert await paged.pages() == ["2 alerts for the agents of killed"]


async def test_a_threat_is_paged_at_once_whatever_is_being_gathered(paged: Paged) -> None:
    group = Group(team="threat", rung=Rung.MANAGER)
    async with paged.worked():
        await paged.commit(alerting(1, group), within=timedelta(hours=1))
        await paged.commit(alerting(2, group, "threat_reported"), within=timedelta(hours=1))
        assert await paged.pages() == ["2 alerts for the managers of threat"]


async def test_without_a_configuration_there_is_no_digest_and_nothing_waits(house: House) -> None:
    view = await house.open(complaint(reference="unpaged"))
    await house.written(view.case_id)
    assert [sent.kind for sent in house.records.outbox(view.case_id)].count("alert") == 1
    assert house.records.waiting_groups() == []
    assert [it async for it in house.client.list_workflows('WorkflowType = "Digest"')] == []
