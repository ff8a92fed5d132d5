"""Real Temporal servers for tests, with a worker on real records: the dev server, or the one that skips time."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType, IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest
from temporalio.api.workflowservice.v1 import ResetStickyTaskQueueRequest
from temporalio.client import Client, WorkflowHistory
from temporalio.testing import WorkflowEnvironment

from activities import Activities, Courier, Destinations, Pace
from cases.complaint import Complaint
from cases.deeds import Deed
from cases.events import Actor
from cases.view import CaseView
from cases.words import Role, Status
from policies import Policy, load, load_people, restore
from records import Records, migrate, sqlite_url
from worker import THREADS, delivery_worker, new_worker, working
from workflows.client import CaseClient
from workflows.indexed import SEARCH_ATTRIBUTES, case_workflow_id
from workflows.keyring import KeyRing
from workflows.plugin import plugin

ROOT = Path(__file__).parent.parent
OFFICE_POLICY, DEMO_POLICY = ROOT / "policies/default.toml", ROOT / "policies/demo.toml"
PEOPLE = ROOT / "policies/demo-people.toml"


def around_the_clock(policy: Policy) -> Policy:
    """The same promises without a calendar, for tests that do not care what day of the week it is."""
    content = json.loads(policy.content)
    content["calendar"], content["calendars"] = None, {}
    for table in content["clocks"].values():
        table["calendar"] = None
        for part, length in [(table, "default"), *((row, "within") for row in table["targets"])]:
            if day := part.pop("end_of_business_day", None):
                part[length] = f"{day}d"
    return restore(json.dumps(content))


def patient(policy: Policy) -> Policy:
    """The same promises, but nobody is chased or told regularly: its cases wait for a customer as long as it takes."""
    content = json.loads(policy.content)
    for name in ("customer_silence", "update"):
        content["clocks"].pop(name, None)
    return restore(json.dumps(content))


DEFAULT_POLICY = around_the_clock(load(OFFICE_POLICY))

_BEGUN_AND_DONE = (
    (EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED, EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED),
    (EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED, EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED),
    (
        EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED,
        EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED,
    ),
)

_INDEXED = {
    "Keyword": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    "Datetime": IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
    "Bool": IndexedValueType.INDEXED_VALUE_TYPE_BOOL,
}


@dataclass(frozen=True)
class House:
    """A server with a worker and records, and the door to its cases."""

    env: WorkflowEnvironment
    client: Client
    cases: CaseClient
    records: Records
    policy: Policy
    destinations: Destinations = ()
    pace: Pace | None = None

    async def open(self, complaint: Complaint) -> CaseView:
        """Opens a case and waits for its plan."""
        opened = await self.cases.open(complaint)
        return await self.until(opened.case_id, lambda view: view.status is not Status.OPENING)

    async def until(self, case_id: str, holds: Callable[[CaseView], Any], within_s: float = 10.0) -> CaseView:
        """Looks until the view is as wished."""
        async with asyncio.timeout(within_s):
            while not holds(view := await self.cases.view(case_id)):
                await asyncio.sleep(0.05)
        return view

    async def act(self, case_id: str, event: Deed) -> CaseView:
        """An event by update."""
        return await self.cases.act(case_id, event)

    async def written(self, case_id: str) -> CaseView:
        """Waits until the records have the view and every entry that the workflow has."""
        version = (await self.cases.view(case_id)).version
        async with asyncio.timeout(30):
            while not self.records.entries(case_id, version - 1, 1):
                await asyncio.sleep(0.05)
        found = self.records.find(case_id)
        assert found is not None
        return found[0]

    async def history(self, case_id: str) -> WorkflowHistory:
        """The history of the case's newest run."""
        return await self.client.get_workflow_handle(case_workflow_id(case_id)).fetch_history()

    async def settled(self, case_id: str) -> WorkflowHistory:
        """The history once nothing is under way: every activity and every workflow task that began is done.

        The workflow task of an update is not in the history until it is done, so the records are waited for first.
        """
        await self.written(case_id)
        async with asyncio.timeout(30):
            while True:
                history = await self.history(case_id)
                if all_done(history):
                    return history
                await asyncio.sleep(0.05)

    def actor(self, person: str) -> Actor:
        """Somebody of the directory, as the API would name them."""
        found = self.records.person(person)
        assert found is not None, f"{person} is not in {PEOPLE.name}"
        return Actor(id=found.id, role=Role.AGENT, rung=found.rung, teams=found.teams, skills=found.skills)

    def offered(self, view: CaseView) -> Actor:
        """The person whom the case is offered to."""
        assert view.offer is not None
        assert view.offer.to.person is not None
        return self.actor(view.offer.to.person)

    async def unremembered(self, workflow_id: str) -> None:
        """Its next task goes to any worker. Temporal would first wait ten seconds for the one that remembers it."""
        execution = WorkflowExecution(workflow_id=workflow_id)
        request = ResetStickyTaskQueueRequest(namespace=self.client.namespace, execution=execution)
        await self.client.workflow_service.reset_sticky_task_queue(request)

    async def temporal(self, *args: str) -> subprocess.CompletedProcess[str]:
        """Runs the `temporal` CLI against this server, as an operator would."""
        command = [str(program("temporal")), *args, "--address", self.client.service_client.config.target_host]
        run = subprocess.run
        return await asyncio.to_thread(run, command, capture_output=True, text=True, timeout=60, check=False)


def all_done(history: WorkflowHistory) -> bool:
    """Whether nothing that began is still under way."""
    kinds = Counter(event.event_type for event in history.events)
    return all(kinds[begun] == kinds[done] for begun, done in _BEGUN_AND_DONE)


def program(name: str) -> Path:
    """A program that a wheel has installed beside Python."""
    found = shutil.which(name, path=str(Path(sys.executable).parent))
    assert found is not None, f"{name} is not installed; run make test"
    return Path(found)


@asynccontextmanager
async def dev_server(
    folder: Path, policy: Path | Policy = DEFAULT_POLICY, *settings: str, records_url: str | None = None
) -> AsyncGenerator[House]:
    """The real server, in real time, with visibility. `settings` are dynamic configuration, `key=value`."""
    async with _house(await _dev_environment(*settings), folder, policy, records_url) as house, worked(house):
        yield house


@asynccontextmanager
async def skipping_server(
    folder: Path, policy: Path | Policy = DEFAULT_POLICY, records_url: str | None = None
) -> AsyncGenerator[House]:
    """The server that skips time whenever a test sleeps in it. The records are a file in the folder, or at the URL."""
    env = await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=str(program("temporal-test-server")), plugins=[plugin()]
    )
    wanted = {name: _INDEXED[kind] for name, kind in SEARCH_ATTRIBUTES.items()}
    request = AddSearchAttributesRequest(namespace="default", search_attributes=wanted)
    await env.client.operator_service.add_search_attributes(request)
    async with _house(env, folder, policy, records_url) as house, worked(house):
        yield house


@asynccontextmanager
async def unworked_server(
    folder: Path, policy: Policy, *settings: str, database: Path | None = None
) -> AsyncGenerator[House]:
    """The real server, in real time, without a worker: tests start and stop those with `worked`.

    Its state is in the file `database`, if one is named.
    """
    async with _house(await _dev_environment(*settings, database=database), folder, policy) as house:
        yield house


async def through(house: House, keys: KeyRing) -> House:
    """The same house by another client, which has these keys; a worker of it has them too."""
    target = house.client.service_client.config.target_host
    client = await Client.connect(target, plugins=[plugin(keys=keys)])
    return dataclasses.replace(house, client=client, cases=CaseClient(client))


@asynccontextmanager
async def worked(house: House) -> AsyncGenerator[None]:
    """A worker for as long as this is open; it remembers nothing of the one before."""
    activities = Activities(house.records, house.policy, destinations=house.destinations)
    with ThreadPoolExecutor(THREADS) as threads:
        async with AsyncExitStack() as open_ones:
            for destination in house.destinations:
                courier = await open_ones.enter_async_context(Courier(house.records, destination, house.pace))
                await open_ones.enter_async_context(working(delivery_worker(house.client, courier)))
            await open_ones.enter_async_context(working(new_worker(house.client, activities, threads)))
            yield


async def _dev_environment(*settings: str, database: Path | None = None) -> WorkflowEnvironment:
    arguments = [arg for name, kind in SEARCH_ATTRIBUTES.items() for arg in ("--search-attribute", f"{name}={kind}")]
    arguments += [arg for setting in settings for arg in ("--dynamic-config-value", setting)]
    return await WorkflowEnvironment.start_local(  # pyright: ignore[reportUnknownMemberType] -- the SDK's own hole
        dev_server_existing_path=str(program("temporal")),
        dev_server_extra_args=arguments,
        dev_server_database_filename=str(database) if database else None,
        dev_server_log_level="error",
        plugins=[plugin()],
    )


@asynccontextmanager
async def _house(
    env: WorkflowEnvironment, folder: Path, policy: Path | Policy, records_url: str | None = None
) -> AsyncGenerator[House]:
    url = records_url or sqlite_url(folder / "records.db")
    migrate(url)
    terms = load(policy) if isinstance(policy, Path) else policy
    with Records(url) as records:
        records.import_people(load_people(PEOPLE))
        async with env:
            yield House(env, env.client, CaseClient(env.client), records, terms)
