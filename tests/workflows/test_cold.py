"""What a worker that has just begun makes of a hand-off or a case is what every later replay makes of it."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from temporalio.worker import Replayer

from cases.events import Actor
from cases.words import HandoffStatus
from policies import Policy, restore
from tests.samples import complaint, deed
from tests.temporal import DEFAULT_POLICY, House, unworked_server, worked
from tests.workflows.test_handoff import handoff, history, mirrored, offered, said
from workflows.handoff import HandoffWorkflow
from workflows.plugin import plugin

pytestmark = pytest.mark.asyncio


def quick(policy: Policy) -> Policy:
    """The same promises, but specialists have seconds. The alarm for accepting outlives the acceptance."""
    content = json.loads(policy.content)
    for name in ("accept", "answer"):
        for row in content["clocks"][name]["targets"]:
            row["within"] = "3s"
    return restore(json.dumps(content))


async def asked_back_and_answered(house: House) -> tuple[str, Actor]:
    """A hand-off whose last workflow tasks changed it without asking anything of the server."""
    view = await house.open(complaint(reference="cold"))
    owner = house.offered(view)
    await house.act(view.case_id, deed("claim", owner))
    view = await house.act(view.case_id, deed("hand_off", owner, team="billing", question="Was it a hold?"))
    handoff_id = view.handoffs[0].handoff_id
    specialist = await offered(house, handoff_id)
    await house.cases.handoff_act(handoff_id, said("accept", specialist))
    await house.cases.handoff_act(handoff_id, said("ask_back", specialist, text="Which order?"))
    await mirrored(house, view.case_id, HandoffStatus.ASKED_BACK)
    await house.act(view.case_id, deed("answer_back", owner, handoff_id=handoff_id, text="1042."))
    await handoff(house, handoff_id, lambda v: v.status is HandoffStatus.ACCEPTED)
    return handoff_id, specialist


async def test_an_answer_that_waited_for_a_worker_is_worked_as_every_replay_works_it(tmp_path: Path) -> None:
    async with unworked_server(tmp_path, quick(DEFAULT_POLICY)) as house:
        async with worked(house):
            handoff_id, specialist = await asked_back_and_answered(house)
        in_time = said("answer", specialist, text="It was a hold.", at=datetime.now(UTC))
        answer = asyncio.create_task(house.cases.handoff_act(handoff_id, in_time))
        await asyncio.sleep(4)
        assert not answer.done()
        async with worked(house):
            view = await answer
            recorded = await history(house, handoff_id)
    assert view.status is HandoffStatus.ANSWERED
    await Replayer(workflows=[HandoffWorkflow], plugins=[plugin()]).replay_workflow(recorded)
