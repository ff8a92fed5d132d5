"""A case that continues as new while it speaks with its hand-offs: nothing is started, said or heard twice, or not."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
import sqlalchemy as sa

from cases.events import Actor
from cases.specialists import SpecialistAct
from cases.timeline import Entry
from cases.view import CaseView
from cases.words import HandoffStatus
from tests.samples import complaint, deed
from tests.temporal import DEFAULT_POLICY, House, dev_server
from workflows.indexed import case_workflow_id, handoff_workflow_id

pytestmark = pytest.mark.asyncio(loop_scope="module")

PARKED_S = 30.0
"""How long one workflow's signal to another may take here.

A run whose continue-as-new met something new is tried again, and takes no signal meanwhile. The server offers it ten
times within milliseconds, then puts it aside for 2.1 to 2.6 s, and somewhat longer each time that it comes amiss again.
With a run every second, one signal in six is put aside, and some twice; this is enough for eight times in a row.
"""


@dataclass(frozen=True)
class Impatient:
    """A server that suggests continuing as new after 40 events, and where its records are."""

    house: House
    folder: Path

    async def claimed(self, reference: str) -> tuple[str, Actor]:
        """A case and its owner."""
        view = await self.house.open(complaint(reference=reference))
        owner = self.house.offered(view)
        await self.house.act(view.case_id, deed("claim", owner))
        return view.case_id, owner

    async def heard(self, case_id: str, holds: Callable[[CaseView], bool]) -> None:
        """Looks until the case has heard it, and has written so.

        Into the records, because several who look at once must not query: while a workflow task is under way the server
        keeps one query and refuses the others, and the SDK tries those again after 1, 2, 4 and 8 s.
        """
        async with asyncio.timeout(PARKED_S):
            while (found := self.house.records.find(case_id)) is None or not holds(found[0]):
                await asyncio.sleep(0.05)

    async def asked_back(self, case_id: str, handoff_id: str, text: str) -> None:
        """Looks until the case shows the question. By its text: the records may still show the one before it."""
        await self.heard(case_id, lambda view: (handoff_id, text) in ((h.handoff_id, h.asks) for h in view.handoffs))

    async def runs(self, case_id: str) -> int:
        """How many runs the case has had."""
        query = f'WorkflowId = "{case_workflow_id(case_id)}"'
        return len([run async for run in self.house.client.list_workflows(query)])

    async def started(self, case_id: str) -> Counter[str]:
        """How often each hand-off of the case was started."""
        found = [run.id async for run in self.house.client.list_workflows('WorkflowType = "Handoff"')]
        return Counter(workflow_id for workflow_id in found if workflow_id.startswith(f"handoff-{case_id}-"))

    async def entries(self, case_id: str) -> list[Entry]:
        """All that is on the case's timeline, once it is written."""
        await self.house.written(case_id)
        return self.house.records.entries(case_id, 0, 10_000)

    @asynccontextmanager
    async def nobody_known(self) -> AsyncGenerator[None]:
        """The directory cannot be asked."""
        engine = sa.create_engine(f"sqlite:///{self.folder / 'records.db'}")
        with engine.begin() as connection:
            connection.execute(sa.text("ALTER TABLE people RENAME TO people_elsewhere"))
        try:
            yield
        finally:
            with engine.begin() as connection:
                connection.execute(sa.text("ALTER TABLE people_elsewhere RENAME TO people"))
            engine.dispose()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def impatient(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Impatient]:
    folder = tmp_path_factory.mktemp("between-runs")
    async with dev_server(folder, DEFAULT_POLICY, "limit.historyCount.suggestContinueAsNew=40") as house:
        yield Impatient(house, folder)


async def test_a_hand_off_that_is_asked_for_as_the_case_continues_is_started_once(impatient: Impatient) -> None:
    case_id, owner = await impatient.claimed("started-once")
    for number in range(40):
        team = "billing" if number % 2 else "nobody-here"
        view = await impatient.house.act(case_id, deed("hand_off", owner, team=team, question=f"Question {number}?"))
        if number % 2:
            call_off = deed("cancel_hand_off", owner, handoff_id=view.handoffs[-1].handoff_id, reason="found it")
            await impatient.house.act(case_id, call_off)
    await impatient.house.until(case_id, lambda view: all(handed.status.over for handed in view.handoffs))

    entries = await impatient.entries(case_id)
    assert set((await impatient.started(case_id)).values()) == {1}
    assert Counter(entry.kind for entry in entries)["hand_off_returned"] == 20
    assert not [entry.text for entry in entries if entry.kind in ("refused", "unreadable")]
    assert await impatient.runs(case_id) > 10


async def test_what_case_and_hand_offs_say_to_each_other_between_runs_is_heard_once(impatient: Impatient) -> None:
    case_id, owner = await impatient.claimed("heard-once")
    manager = impatient.house.actor("sven")

    async def act(handoff_id: str, **fields: Any) -> None:
        event = SpecialistAct.model_validate({**fields, "id": uuid4(), "by": manager}).root
        await impatient.house.cases.handoff_act(handoff_id, event)

    async def consult(number: int) -> None:
        asked = deed("hand_off", owner, team="billing", question=f"Question {number}?")
        view = await impatient.house.act(case_id, asked)
        handoff_id = next(h.handoff_id for h in view.handoffs if h.question == f"Question {number}?")
        await wait_for_start(impatient.house, handoff_id)
        await act(handoff_id, kind="accept")
        for asks in ("Which order?", "Of which year?"):
            await act(handoff_id, kind="ask_back", text=asks)
            await impatient.asked_back(case_id, handoff_id, asks)
            await impatient.house.act(case_id, deed("answer_back", owner, handoff_id=handoff_id, text="1042"))
            async with asyncio.timeout(PARKED_S):
                while (await impatient.house.cases.handoff_view(handoff_id)).status is not HandoffStatus.ACCEPTED:
                    await asyncio.sleep(0.05)
        await act(handoff_id, kind="answer", text=f"Answer {number}.")

    for group in range(3):
        async with asyncio.TaskGroup() as four:
            for number in range(4):
                four.create_task(consult(group * 4 + number))
    await impatient.heard(case_id, lambda view: all(handed.status.over for handed in view.handoffs))

    kinds = Counter(entry.kind for entry in await impatient.entries(case_id))
    heard = {"hand_off_accepted": 12, "hand_off_asked_back": 24, "answer_back": 24, "hand_off_answered": 12}
    assert {kind: kinds[kind] for kind in heard} == heard
    assert not kinds["refused"]
    assert await impatient.runs(case_id) > 10


async def wait_for_start(house: House, handoff_id: str) -> None:
    """Returns when the workflow of a hand-off is there."""
    query = f'WorkflowId = "{handoff_workflow_id(handoff_id)}"'
    async with asyncio.timeout(10):
        while not [run async for run in house.client.list_workflows(query)]:
            await asyncio.sleep(0.05)


async def test_an_errand_that_is_under_way_when_the_case_continues_is_asked_again(impatient: Impatient) -> None:
    case_id, owner = await impatient.claimed("asked-again")
    async with impatient.nobody_known():
        await impatient.house.act(case_id, deed("attempt", owner, text="Called.", outcome="no answer"))
        await impatient.house.act(case_id, deed("escalate", owner, reason="attempts_failed"))
        before = await impatient.runs(case_id)
        while await impatient.runs(case_id) < before + 2:
            await impatient.house.act(case_id, deed("note", owner, text="still nobody"))
    view = await impatient.house.until(case_id, lambda v: v.offer and v.offer.to.person, within_s=30)
    assert view.offer is not None
    assert [entry.kind for entry in await impatient.entries(case_id)].count("offered") == 1


async def test_a_hand_off_outlives_its_case_only_to_end_and_weighs_on_nobody(impatient: Impatient) -> None:
    case_id, owner = await impatient.claimed("terminated")
    asked = deed("hand_off", owner, team="billing", question="Was it a hold?")
    handoff_id = (await impatient.house.act(case_id, asked)).handoffs[0].handoff_id
    await wait_for_start(impatient.house, handoff_id)
    await impatient.house.written(case_id)
    await impatient.house.client.get_workflow_handle(case_workflow_id(case_id)).terminate()
    accept = SpecialistAct.model_validate({"kind": "accept", "id": uuid4(), "by": impatient.house.actor("sven")}).root
    await impatient.house.cases.handoff_act(handoff_id, accept)

    async with asyncio.timeout(10):
        while (row := impatient.house.records.handoff(handoff_id)) is None or not row.status.over:
            await asyncio.sleep(0.05)
    assert (await impatient.house.cases.handoff_view(handoff_id)).status is HandoffStatus.CANCELLED
    handle = impatient.house.client.get_workflow_handle(handoff_workflow_id(handoff_id))
    await asyncio.wait_for(handle.result(), 10)


async def test_a_hand_off_that_an_operator_terminates_comes_back_when_the_owner_answers(impatient: Impatient) -> None:
    case_id, owner = await impatient.claimed("ended-by-operator")
    asked = deed("hand_off", owner, team="billing", question="Was it a hold?")
    handoff_id = (await impatient.house.act(case_id, asked)).handoffs[0].handoff_id
    await wait_for_start(impatient.house, handoff_id)
    manager = impatient.house.actor("sven")
    for fields in ({"kind": "accept"}, {"kind": "ask_back", "text": "Which order?"}):
        event = SpecialistAct.model_validate({**fields, "id": uuid4(), "by": manager}).root
        await impatient.house.cases.handoff_act(handoff_id, event)
    await impatient.house.until(case_id, lambda view: view.handoffs[0].asks)
    await impatient.house.client.get_workflow_handle(handoff_workflow_id(handoff_id)).terminate()
    await impatient.house.act(case_id, deed("answer_back", owner, handoff_id=handoff_id, text="1042"))
    await impatient.house.until(case_id, lambda view: view.handoffs[0].status is HandoffStatus.RETURNED)
