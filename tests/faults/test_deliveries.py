"""A gateway and a backend service that fail in every way: each message once by its key, in order, and no clock late."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from temporalio.worker import Replayer

from activities import Activities, Courier, Pace
from cases.events import Actor
from cases.view import CaseView
from cases.words import Status, WaitingOn
from policies import Policy, restore
from tests.receiver import Receiver, receiver
from tests.samples import MAX, OPERATOR, complaint, deed
from tests.temporal import DEFAULT_POLICY, House, unworked_server, worked
from worker import THREADS, delivery_worker, new_worker, working
from workflows.case import CaseWorkflow
from workflows.handoff import HandoffWorkflow
from workflows.indexed import case_workflow_id
from workflows.plugin import plugin

pytestmark = pytest.mark.asyncio(loop_scope="module")

PACE = Pace(
    answer=timedelta(seconds=0.5),
    first=timedelta(seconds=0.1),
    most=timedelta(seconds=0.5),
    most_stuck=timedelta(seconds=0.5),
)
ABANDONED_S = 45.0
"""A worker that leaves in the middle may leave its attempt to time out, which takes 30 s."""

FAULTS = ("500", "hangs", "429 1", "closes", "slow", "503", "302")


def impatient(policy: Policy) -> Policy:
    """Stuck after 1 s; an offer is neglected after 2 s; archived a second after it was closed."""
    content = json.loads(policy.content)
    content["guards"]["stuck_after"] = "1s"
    content["clocks"]["acknowledge"] |= {"default": "2s", "targets": [], "warn_at": []}
    content["clocks"]["reopen_window"] |= {"default": "1s", "targets": [], "warn_at": []}
    return restore(json.dumps(content))


class Office:
    """A house, and the two outside of it that it delivers to."""

    def __init__(self, house: House, gateway: Receiver, shop: Receiver) -> None:
        self.house, self.gateway, self.shop = house, gateway, shop

    async def claimed(self, reference: str) -> tuple[str, Actor]:
        """A case and its owner."""
        view = await self.house.open(complaint(reference=reference))
        owner = self.house.offered(view)
        await self.house.act(view.case_id, deed("claim", owner))
        return view.case_id, owner

    async def replied(self, case_id: str, owner: Actor, *texts: str) -> None:
        """Messages to the customer, one after the other."""
        for text in texts:
            await self.house.act(case_id, deed("reply", owner, text=text))

    def told(self, case_id: str) -> list[str]:
        """The keys of all messages to the customer, in the order in which they were written."""
        return [sent.effect_id for sent in self.house.records.outbox(case_id) if sent.kind == "message"]

    async def delivered(self, case_id: str, within_s: float = 15.0) -> None:
        """Waits until everything is delivered or given up, by the records."""
        await self.house.written(case_id)
        await eventually(
            lambda: all(d.state in ("delivered", "given_up") for d in self.house.records.deliveries(case_id)), within_s
        )

    async def replays(self, case_id: str) -> None:
        """What it did, another worker does again."""
        replayer = Replayer(workflows=[CaseWorkflow, HandoffWorkflow], plugins=[plugin()])
        await replayer.replay_workflow(await self.house.history(case_id))

    async def ended(self, case_id: str, within_s: float) -> bool:
        """Whether the workflow ends by then."""
        result = self.house.client.get_workflow_handle(case_workflow_id(case_id)).result()
        try:
            await asyncio.wait_for(result, within_s)
        except TimeoutError:
            return False
        return True

    async def kinds(self, case_id: str) -> list[str]:
        """The kinds of the entries of a case's timeline."""
        await self.house.written(case_id)
        return [entry.kind for entry in self.house.records.entries(case_id, 0, 1000)]


async def eventually(holds: Callable[[], object], within_s: float = 15.0) -> None:
    async with asyncio.timeout(within_s):
        while not holds():
            await asyncio.sleep(0.05)


@asynccontextmanager
async def office(folder: Path, *settings: str) -> AsyncGenerator[Office]:
    """The house is not worked yet."""
    with receiver() as gateway, receiver() as shop:
        async with unworked_server(folder, impatient(DEFAULT_POLICY), *settings) as bare:
            destinations = (gateway.destination("gateway"), shop.destination("webhook-shop", "SHOP"))
            yield Office(replace(bare, destinations=destinations, pace=PACE), gateway, shop)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def here(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    async with office(tmp_path_factory.mktemp("deliveries")) as here, worked(here.house):
        yield here


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def there(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    """Without a worker; its runs are short."""
    async with office(tmp_path_factory.mktemp("unworked"), "limit.historyCount.suggestContinueAsNew=30") as there:
        yield there


async def test_every_message_arrives_once_by_its_key_and_in_order_and_clocks_are_on_time(here: Office) -> None:
    faults = [FAULTS[n % len(FAULTS)] for n in range(21)]

    def behave(key: str, before: int) -> str:
        return faults.pop() if before < 2 and faults else "ok"

    here.gateway.behave = here.shop.behave = behave
    opened = await asyncio.gather(*(here.claimed(f"chaos-{n}") for n in range(4)))
    neglected = await here.house.open(complaint(reference="neglected"))
    await asyncio.gather(*(here.replied(*each, "One.", "Two.", "Three.") for each in opened))
    for case_id, owner in opened:
        await here.house.act(case_id, deed("resolve", owner, text="Done."))
        await here.delivered(case_id)

    for case_id, _ in opened:
        assert here.gateway.keys(case_id) == here.told(case_id)
        assert [call.type for call in here.shop.taken if call.case_id == case_id] == [
            "case.opened",
            "case.resolved",
        ]
    for told in (here.gateway, here.shop):
        assert len({(call.key, call.raw) for call in told.calls}) == len(told.came())
    assert set(FAULTS) <= {call.answered for call in (*here.gateway.calls, *here.shop.calls)}
    await here.house.until(neglected.case_id, lambda view: view.escalations)
    await eventually(lambda: len(here.house.records.lateness()) >= 2)
    assert max(here.house.records.lateness()) < 1


async def test_a_gateway_that_is_down_is_said_and_alerted_and_delays_nobody_else(here: Office) -> None:
    here.gateway.behave = lambda key, before: "hangs"
    case_id, owner = await here.claimed("down")
    await here.replied(case_id, owner, "One.", "Two.")
    await eventually(lambda: here.shop.keys(case_id), 2)
    stuck = await here.house.until(case_id, lambda view: view.stuck)
    assert stuck.waiting_on is WaitingOn.STUCK
    assert stuck.stuck[0].startswith("gateway: ")
    assert stuck.stuck[0].endswith("no answer within 0.5 s")
    await here.house.written(case_id)
    alerts = [sent.template for sent in here.house.records.outbox(case_id) if sent.kind == "alert"]
    assert "stuck" in alerts

    here.gateway.behave = lambda key, before: "ok"
    back = await here.house.until(case_id, lambda view: not view.stuck)
    assert back.waiting_on is not WaitingOn.STUCK
    await here.delivered(case_id)
    assert here.gateway.keys(case_id) == here.told(case_id)
    assert (await here.kinds(case_id)).count("stuck") == (await here.kinds(case_id)).count("recovered") == 1
    await here.replays(case_id)


async def test_an_operator_gives_up_what_keeps_others_waiting_and_has_it_sent_again(here: Office) -> None:
    case_id, owner = await here.claimed("refused")
    await here.delivered(case_id)
    here.gateway.behave = lambda key, before: "429 3600"  # far beyond the patience of the case
    await here.replied(case_id, owner, "One.", "Two.")
    await here.house.written(case_id)
    first, bad, last = here.told(case_id)
    await eventually(lambda: here.gateway.came()[bad])
    here.gateway.behave = lambda key, before: "ok"
    await here.house.until(case_id, lambda view: view.stuck)
    assert last not in here.gateway.keys(case_id)
    assert here.gateway.came()[bad] == 1

    await here.house.act(case_id, deed("give_up", OPERATOR, message_id=bad, reason="No such number."))
    await eventually(lambda: here.gateway.keys(case_id) == [first, last])
    await here.house.until(case_id, lambda view: not view.stuck)
    here.gateway.behave = lambda key, before: "ok"
    await here.house.act(case_id, deed("resend", OPERATOR, message_id=bad, reason="The number is right now."))
    await eventually(lambda: here.gateway.keys(case_id) == [first, last, bad])
    await here.house.act(case_id, deed("resend", OPERATOR, message_id=first, reason="They lost it."))
    await eventually(lambda: here.gateway.keys(case_id) == [first, last, bad, f"{first}:r1"])
    assert {"give_up", "resend"} <= set(await here.kinds(case_id))
    await here.replays(case_id)


async def test_a_case_ends_only_when_its_last_words_have_arrived(here: Office) -> None:
    case_id, _ = await here.claimed("last-words")
    await here.delivered(case_id)
    here.shop.behave = here.gateway.behave = lambda key, before: "500"
    await here.house.act(case_id, deed("close", MAX, reason="Settled."))

    def is_stuck_archive(view: CaseView) -> bool:
        return view.status is Status.ARCHIVED and len(view.stuck) == 2

    archived = await here.house.until(case_id, is_stuck_archive)
    assert archived.waiting_on is WaitingOn.STUCK
    assert not await here.ended(case_id, 0.3)
    here.shop.behave = here.gateway.behave = lambda key, before: "ok"
    assert await here.ended(case_id, 10)
    assert here.gateway.keys(case_id) == here.told(case_id)
    closed = [call for call in here.shop.taken if call.case_id == case_id][-1]
    assert closed.type == "case.closed"
    assert closed.body["data"]["closed_as"] == "by_manager"
    await here.replays(case_id)


async def test_who_says_when_to_come_again_is_not_asked_sooner_also_when_the_case_is_stuck(here: Office) -> None:
    case_id, owner = await here.claimed("quiet")
    await here.delivered(case_id)
    here.gateway.behave = lambda key, before: "ok" if before else "429 3"
    await here.replied(case_id, owner, "One.")
    await here.house.until(case_id, lambda view: view.stuck)
    turned_away = time.monotonic()
    await here.house.until(case_id, lambda view: not view.stuck)
    assert time.monotonic() - turned_away > 2
    await here.delivered(case_id)
    assert here.gateway.keys(case_id) == here.told(case_id)
    assert here.gateway.came()[here.told(case_id)[-1]] == 2


async def test_where_no_worker_delivers_is_said_until_one_does(there: Office) -> None:
    house, gateway = there.house, there.house.destinations[0]
    activities = Activities(house.records, house.policy, destinations=(gateway,))
    with ThreadPoolExecutor(THREADS) as threads:
        async with working(new_worker(house.client, activities, threads)), Courier(house.records, gateway) as goes:
            view = await house.open(complaint(reference="unserved"))
            stuck = await house.until(view.case_id, lambda view: view.stuck)
            why = "no worker delivers to gateway: start one whose environment says where that is"
            assert stuck.stuck == (f"gateway: {why}",)
            async with working(delivery_worker(house.client, goes)):
                await house.until(view.case_id, lambda view: not view.stuck)
    assert there.gateway.keys(view.case_id) == there.told(view.case_id)[:1]


async def test_what_waits_outlives_its_run_and_its_worker(there: Office) -> None:
    there.gateway.behave = lambda key, before: "503"
    async with worked(there.house):
        case_id, owner = await there.claimed("outlives")
        for number in range(8):
            await there.replied(case_id, owner, f"Word {number}.")
        await there.house.written(case_id)
        there.gateway.behave = lambda key, before: "hangs"
        await eventually(lambda: there.gateway.keys(case_id))
    there.gateway.behave = lambda key, before: "ok"
    await there.house.unremembered(case_workflow_id(case_id))
    async with worked(there.house):
        await there.delivered(case_id, ABANDONED_S)
    assert there.gateway.keys(case_id) == there.told(case_id)
    assert len(there.told(case_id)) == 9
    runs = there.house.client.list_workflows(f'WorkflowId = "{case_workflow_id(case_id)}"')
    assert len([run async for run in runs]) > 1
