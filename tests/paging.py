"""A server whose workers page, the machine that the pages go to, and what digests live through."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from temporalio.client import WorkflowExecutionStatus, WorkflowHandle

from activities import Activities, Messages, Pager, Paging
from activities.targets import load
from cases.commit import Commit
from cases.effects import AlertStaff, Param
from cases.paging import Group
from cases.words import Rung
from tests.machines import Machine, Turn
from tests.samples import NOON, Played, plan
from tests.temporal import House
from worker import THREADS, new_pager, new_worker, working
from workflows.indexed import digest_workflow_id

SOON = timedelta(milliseconds=300)


class Paged:
    """A server whose workers page, and the machine that the pages go to."""

    def __init__(self, house: House, machine: Machine, folder: Path) -> None:
        self.house, self.machine = house, machine
        self._file = folder / "apprise.cfg"
        self._file.write_text(f"all={machine.url('/pager', 'json')}\n")

    def pager(self, within: timedelta = SOON, apart: timedelta = SOON) -> Pager:
        return new_pager(self.house.client, self.house.records, Messages(), Paging(load(self._file), within, apart))

    @asynccontextmanager
    async def worked(self) -> AsyncGenerator[None]:
        """A worker for as long as this is open."""
        activities = Activities(self.house.records, self.house.policy, pager=self.pager())
        with ThreadPoolExecutor(THREADS) as threads:
            async with working(new_worker(self.house.client, activities, threads)):
                yield

    async def commit(self, *commits: Commit, within: timedelta = SOON, apart: timedelta = SOON) -> None:
        """As workers do, several at once."""
        activities = Activities(self.house.records, self.house.policy, pager=self.pager(within, apart))
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


async def lived(paged: Paged) -> AsyncIterator[tuple[str, Group]]:
    """For the corpus: names, and the groups of digests that have ended."""
    async with paged.worked():
        gathered, retried, urgent, more = (Group(team=name, rung=Rung.AGENT) for name in ("a", "b", "c", "d"))
        await paged.commit(alerting(1, gathered), alerting(2, gathered))
        await paged.ended(gathered)
        yield "digest", gathered
        paged.machine.coming.extend([Turn(status=500)] * 3)
        await paged.commit(alerting(1, retried))
        await paged.ended(retried)
        yield "digest-retried", retried
        await paged.commit(alerting(1, urgent), within=timedelta(hours=1))
        await paged.commit(alerting(2, urgent, "threat_reported"), within=timedelta(hours=1))
        await paged.ended(urgent)
        yield "digest-urgent", urgent
        await paged.commit(alerting(1, more))
        while paged.house.records.waiting_alerts(more):
            await asyncio.sleep(0.05)
        await paged.commit(alerting(2, more))
        await paged.ended(more)
        yield "digest-more", more
