"""Makes the corpus of histories: cases and hand-offs that walk every path there is, recorded on real servers.

`python -m tests.corpus` (or `make corpus`) writes `tests/histories/<version>/`. What one version has recorded, all
later ones must replay (`tests/workflows/test_corpus.py`): a released folder never changes.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from temporalio.api.enums.v1 import EventType

from cases.complaint import Customer
from cases.effects import Question
from cases.events import Actor
from cases.specialists import SpecialistAct
from cases.words import HandoffStatus, Status
from policies import load
from tests.keeping import HISTORIES, save, version, without_whereabouts
from tests.machines import Machine
from tests.paging import Paged, lived
from tests.samples import EVA, MAX, NOON, SHOP, complaint, deed
from tests.scenes import SCENES, steps
from tests.steps import Answer, Consult, Do, Step, Wait
from tests.strategies import numbered
from tests.temporal import (
    DEFAULT_POLICY,
    OFFICE_POLICY,
    ROOT,
    House,
    around_the_clock,
    dev_server,
    patient,
    skipping_server,
    unworked_server,
)
from tests.undelivered import undelivered
from tests.workflows.living import live
from workflows.client import TASK_QUEUE
from workflows.indexed import case_workflow_id, digest_workflow_id, handoff_workflow_id

DAY = 86_400
_LONG_AFTER = 100 * DAY

LIVES: dict[str, tuple[str | int | Step, ...]] = {
    **{f"scene-{number:02}": (*scene, "close", _LONG_AFTER) for number, scene in enumerate(SCENES)},
    "accepted": ("claim", "reply", "resolve", "accept_resolution", _LONG_AFTER),
    "unanswered": ("claim", "reply", "message", 3 * DAY, "close"),
    "asked-back": ("claim", "hand_off", ">accept", ">ask_back", 4 * DAY, "answer_back", ">answer", "close"),
    "forgotten": ("claim", "hand_off", ">accept", 3 * DAY, "close"),
    "silent": ("claim", "resolve", _LONG_AFTER),
    "neglected": (5 * DAY, "claim", "reply", "resolve", "accept_resolution", "reopen", "close"),
    "withdrawn": ("claim", "reply", Do({"kind": "withdraw", "by": "c-1", "reason": "found it"}), _LONG_AFTER),
    "insisting": (
        "claim",
        "ask_for_manager",
        3 * 3600,
        "claim",
        "ask_for_manager",
        "redirect",
        "ask_for_manager",
        "close",
    ),
    "passed-around": (
        Do({"kind": "assign", "by": "max", "to": {"team": "cards"}}),
        "claim",
        Do({"kind": "note", "by": "@owner", "text": "sounds upset"}),
        "transfer",
        "decline",
        "transfer",
        2 * DAY,
        "close",
    ),
    "down-again": ("claim", "attempt", "escalate", "claim", "de_escalate", "claim", "close"),
    "given-back": ("claim", *("hand_off", ">accept", ">decline"), 5 * DAY, "close"),
    "despite": (
        "claim",
        "hand_off",
        Do({"kind": "resolve", "by": "@owner", "text": "Paid.", "despite": "clear enough"}),
        "close",
    ),
    "granted": ("claim", "reply", "propose_more", "decide_remedy", "resolve", "accept_resolution", _LONG_AFTER),
    "rejected": ("claim", "reply", "propose_more", "reject_remedy", 3 * 3600, "close"),
    "undecided": ("claim", "propose_more", DAY, Do({"kind": "withdraw", "by": "c-1", "reason": "found it"})),
    "refused": ("accept_resolution", "accept_resolution", "wait_for_customer", "wait_for_customer", "close"),
}

IN_OFFICE_HOURS: dict[str, tuple[str | int | Step, ...]] = {
    "office-outlives": ("claim", "reply", "wait_for_customer", 500 * DAY, "message", "close"),
    "office-urgent": ("claim", "set_priority", 2 * DAY, "close"),
    "office-recategorised": ("claim", "recategorise", DAY, "claim", "close"),
    "office-corrected": ("claim", "correct", DAY, "hand_off", ">accept", DAY, "close"),
}
"""Lives on a calendar."""

REGULATED: dict[str, tuple[str | int | Step, ...]] = {
    "letters": ("claim", "acknowledgement", "holding", "final_response", "resolve", "accept_resolution"),
    "letters-missed": ("claim", "reply", "resolve", "accept_resolution", 9 * DAY, "holding", "final_response"),
    "promised": ("claim", "promise", "promise_update", "by_phone", "choose_contact", 2 * DAY, "close"),
    "chased": ("claim", "reply", "acknowledgement", "wait_for_customer", 8 * DAY, 8 * DAY, 8 * DAY),
    "unheard-of": ("claim", "reply", 8 * DAY, "close"),
}
"""Lives under a regulator's rules, and what people promise by a time."""


async def record(folder: Path) -> None:
    """Lives all of it and writes the histories."""
    with tempfile.TemporaryDirectory() as scratch:
        async with skipping_server(Path(scratch)) as house:
            for name, life in LIVES.items():
                await _keep(house, folder, name, await _lived(house, name, life))
            await _keep(house, folder, "disturbed", await _disturbed(house))
            await _keep(house, folder, "hasty", await _hasty(house))
            await _keep(house, folder, "overpaid", await _overpaid(house))
            await _keep(house, folder, "stuck", await _stuck(house, Path(scratch)))
    office, disp = patient(load(OFFICE_POLICY)), around_the_clock(load(ROOT / "policies/uk-disp.toml"))
    for policy, lives in ((office, IN_OFFICE_HOURS), (disp, REGULATED)):
        with tempfile.TemporaryDirectory() as scratch:
            async with skipping_server(Path(scratch), policy) as house:
                for name, life in lives.items():
                    await _keep(house, folder, name, await _lived(house, name, life))
    with tempfile.TemporaryDirectory() as scratch:
        async with dev_server(Path(scratch), DEFAULT_POLICY, "limit.historyCount.suggestContinueAsNew=80") as house:
            await _keep(house, folder, "continued", await _continued(house))
    with tempfile.TemporaryDirectory() as scratch:
        async with dev_server(Path(scratch)) as house:
            await _keep(house, folder, "ended-by-operator", await _ended_by_operator(house))
            await _orphaned(house, folder)
            await _keep(house, folder, "started-already", await _started_already(house))
    async with undelivered() as (house, case_id):
        await _keep(house, folder, "undelivered", case_id)
    await record_digests(folder)


async def record_digests(folder: Path) -> None:
    """What digests live through; the last of them in several runs."""
    machine = Machine()
    with machine.running(), tempfile.TemporaryDirectory() as scratch:
        suggested = "limit.historyCount.suggestContinueAsNew=16"
        async with unworked_server(Path(scratch), DEFAULT_POLICY, suggested) as house:
            async for name, group in lived(Paged(house, machine, Path(scratch))):
                await _write(house, folder, name, digest_workflow_id(group.team, group.rung))


async def _lived(house: House, name: str, life: tuple[str | int | Step, ...]) -> str:
    transcript = "Bot: How can I help?" if name == "bot" else None
    view = await house.open(complaint(reference=f"corpus-{name}", transcript=transcript))
    spelled: list[Step] = []
    for it in life:
        spelled += [it] if isinstance(it, Wait | Do | Consult) else steps((it,)) if isinstance(it, str | int) else []
    for number, step in enumerate(numbered([step for step in spelled if not isinstance(step, Answer)])):
        await live(house, view.case_id, step, by_signal=number % 3 == 2 or name == "refused")
    return view.case_id


async def _disturbed(house: House) -> str:
    """What cannot be read, what nobody knows, and a cancellation."""
    view = await house.open(complaint(reference="corpus-disturbed"))
    handle = house.client.get_workflow_handle(case_workflow_id(view.case_id))
    await handle.signal("agent_action", "not an event")
    await handle.signal("customer_request")
    await handle.signal("no_such_signal", {"text": "hello"})
    await handle.cancel()
    ana = house.offered(view)
    await house.act(view.case_id, deed("claim", ana, id=UUID(int=1)))
    view = await house.act(
        view.case_id, deed("hand_off", ana, id=UUID(int=2), team="billing", question="Was it a hold?")
    )
    child = house.client.get_workflow_handle(handoff_workflow_id(view.handoffs[0].handoff_id))
    await house.settled(view.case_id)
    await child.signal("agent_action", {"kind": "dance"})
    await child.signal("no_such_signal")
    await child.cancel()
    await house.env.sleep(timedelta(hours=2))
    await house.act(view.case_id, deed("close", MAX, id=UUID(int=3), reason="enough"))
    return view.case_id


async def _hasty(house: House) -> str:
    """Said before the case was planned: it waits."""
    opened = await house.cases.open(complaint(reference="corpus-hasty"))
    await house.cases.signal(opened.case_id, deed("message", SHOP, id=UUID(int=1), text="Hello?"))
    await house.until(opened.case_id, lambda view: view.status is not Status.OPENING)
    return opened.case_id


async def _overpaid(house: House) -> str:
    """Two cases of a customer grant at once what only one of them may: the second cannot be paid."""
    views = [await house.open(complaint(reference=f"corpus-overpaid-{n}", customer=Customer(id="c-9"))) for n in (1, 2)]
    for view in views:
        money = {"remedy": "credit", "amount": "6000", "currency": "GBP"}
        await house.act(view.case_id, deed("propose_remedy", MAX, id=UUID(int=1), **money))
        await house.act(view.case_id, deed("decide_remedy", EVA, id=UUID(int=2), remedy_id="r1", approve=True))
        await house.settled(view.case_id)
    await house.act(views[1].case_id, deed("close", MAX, id=UUID(int=3), reason="enough"))
    return views[1].case_id


async def _stuck(house: House, folder: Path) -> str:
    """The directory is away when somebody is to be chosen, for the case and for its question; then it is back."""
    view = await house.open(complaint(reference="corpus-stuck"))
    owner = house.offered(view)
    await house.act(view.case_id, deed("claim", owner, id=UUID(int=1)))
    await house.settled(view.case_id)
    async with _nobody_known(folder):
        asked = deed("hand_off", owner, id=UUID(int=2), team="billing", question="Was it a hold?")
        await house.act(view.case_id, asked)
        await house.act(view.case_id, deed("attempt", owner, id=UUID(int=3), text="Called.", outcome="no answer"))
        await house.act(view.case_id, deed("escalate", owner, id=UUID(int=4), reason="attempts_failed"))
        await house.env.sleep(timedelta(minutes=45))
    await house.env.sleep(timedelta(minutes=30))
    await house.until(view.case_id, lambda view: not view.stuck)
    await house.act(view.case_id, deed("close", MAX, id=UUID(int=5), reason="enough"))
    return view.case_id


@asynccontextmanager
async def _nobody_known(folder: Path) -> AsyncGenerator[None]:
    engine = sa.create_engine(f"sqlite:///{folder / 'records.db'}")
    with engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE people RENAME TO people_elsewhere"))
    try:
        yield
    finally:
        with engine.begin() as connection:
            connection.execute(sa.text("ALTER TABLE people_elsewhere RENAME TO people"))
        engine.dispose()


async def _continued(house: House) -> str:
    """A case and a hand-off that are continued in new runs, and go on."""
    view = await house.open(complaint(reference="corpus-continued"))
    case_id, owner = view.case_id, house.offered(view)
    await house.act(case_id, deed("claim", owner, id=UUID(int=1)))
    view = await house.act(case_id, deed("hand_off", owner, id=UUID(int=2), team="billing", question="Was it a hold?"))
    handoff_id = view.handoffs[0].handoff_id
    manager = house.actor("sven")
    for number in range(10, 40):
        await house.act(case_id, deed("note", owner, id=UUID(int=number), text=f"note {number}"))
    acts: list[dict[str, Any]] = [{"kind": "accept"}]
    acts += [{"kind": "ask_back", "text": f"Which of {number}?"} for number in range(12)]
    for number, fields in enumerate([*acts, {"kind": "answer", "text": "It was a hold."}]):
        event = SpecialistAct.model_validate({**fields, "id": UUID(int=100 + number), "by": manager}).root
        await house.cases.handoff_act(handoff_id, event)
        if fields["kind"] == "ask_back":
            await house.until(case_id, lambda view: view.handoffs[0].asks)
            back = deed("answer_back", owner, id=UUID(int=200 + number), handoff_id=handoff_id, text="The second.")
            await house.act(case_id, back)
            async with asyncio.timeout(10):
                while (await house.cases.handoff_view(handoff_id)).status is not HandoffStatus.ACCEPTED:
                    await asyncio.sleep(0.05)
    await house.until(case_id, lambda view: view.handoffs[0].status is HandoffStatus.ANSWERED)
    return case_id


async def _ended_by_operator(house: House) -> str:
    """A hand-off that an operator terminates: its case learns so when it tells it something."""
    case_id, owner, handoff_id = await _asked(house, "ended-by-operator")
    manager = house.actor("sven")
    for number, fields in enumerate(({"kind": "accept"}, {"kind": "ask_back", "text": "Which order?"})):
        event = SpecialistAct.model_validate({**fields, "id": UUID(int=10 + number), "by": manager}).root
        await house.cases.handoff_act(handoff_id, event)
    await house.until(case_id, lambda view: view.handoffs[0].asks)
    await house.client.get_workflow_handle(handoff_workflow_id(handoff_id)).terminate()
    await _has(house, case_id, EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TERMINATED)
    await house.act(case_id, deed("answer_back", owner, id=UUID(int=20), handoff_id=handoff_id, text="1042"))
    await house.until(case_id, lambda view: view.handoffs[0].status is HandoffStatus.RETURNED)
    return case_id


async def _orphaned(house: House, folder: Path) -> None:
    """A hand-off whose case an operator terminates: it ends when it has something to report."""
    case_id, _, handoff_id = await _asked(house, "orphaned")
    await house.client.get_workflow_handle(case_workflow_id(case_id)).terminate()
    accept = {"kind": "accept", "id": UUID(int=10), "by": house.actor("sven")}
    await house.cases.handoff_act(handoff_id, SpecialistAct.model_validate(accept).root)
    handle = house.client.get_workflow_handle(handoff_workflow_id(handoff_id))
    await asyncio.wait_for(handle.result(), 10)
    await _write(house, folder, "orphaned-1", handoff_workflow_id(handoff_id))


async def _started_already(house: House) -> str:
    """A hand-off that was started before, as when a run is continued in the moment that it asks."""
    view = await house.open(complaint(reference="corpus-started-already"))
    case_id, owner = view.case_id, house.offered(view)
    await house.act(case_id, deed("claim", owner, id=UUID(int=1)))
    question = Question(
        handoff_id=f"{case_id}-1",
        case_id=case_id,
        team="billing",
        question="Was it a hold?",
        asked_by=owner.id,
        asked_at=NOON,
        product=view.product,
        channel=view.channel,
        priority=view.priority,
        accept_within=timedelta(hours=1),
        answer_within=timedelta(hours=8),
        stuck_after=timedelta(minutes=15),
    )
    child = handoff_workflow_id(question.handoff_id)
    await house.client.start_workflow("Handoff", question, id=child, task_queue=TASK_QUEUE)
    asked = deed("hand_off", owner, id=UUID(int=2), team="billing", question=question.question)
    await house.act(case_id, asked)
    await _has(house, case_id, EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_FAILED)
    await house.act(case_id, deed("close", MAX, id=UUID(int=3), reason="enough"))
    return case_id


async def _has(house: House, case_id: str, kind: EventType.ValueType) -> None:
    """Returns when such an event is in the case's history."""
    async with asyncio.timeout(10):
        while not any(event.event_type == kind for event in (await house.history(case_id)).events):
            await asyncio.sleep(0.05)


async def _asked(house: House, name: str) -> tuple[str, Actor, str]:
    view = await house.open(complaint(reference=f"corpus-{name}"))
    case_id, owner = view.case_id, house.offered(view)
    await house.act(case_id, deed("claim", owner, id=UUID(int=1)))
    asked = deed("hand_off", owner, id=UUID(int=2), team="billing", question="Was it a hold?")
    handoff_id = (await house.act(case_id, asked)).handoffs[0].handoff_id
    await house.settled(case_id)
    return case_id, owner, handoff_id


async def _keep(house: House, folder: Path, name: str, case_id: str) -> None:
    await house.written(case_id)
    if name not in ("stuck", "started-already", "undelivered"):  # what has failed there is never done
        await house.settled(case_id)
    view = await house.cases.view(case_id)
    await _write(house, folder, name, case_workflow_id(case_id))
    for handed in view.handoffs:
        await _write(
            house, folder, f"{name}-{handed.handoff_id.rsplit('-', 1)[1]}", handoff_workflow_id(handed.handoff_id)
        )
    print(f"{name}: {view.status}, {len(view.handoffs)} hand-offs, version {view.version}", flush=True)  # noqa: T201


async def _write(house: House, folder: Path, name: str, workflow_id: str) -> None:
    """Each run of a workflow, the newest first found, as a file of its own."""
    run_id: str | None = None
    number = 0
    while True:
        history = await house.client.get_workflow_handle(workflow_id, run_id=run_id).fetch_history()
        content = {"workflow_id": workflow_id, **without_whereabouts(history.to_json_dict())}
        save(folder, f"{name}-before-{number}" if number else name, content)
        started = history.events[0].workflow_execution_started_event_attributes
        run_id = started.continued_execution_run_id
        number += 1
        if not run_id:
            return


if __name__ == "__main__":
    wanted = HISTORIES / version()
    wanted.mkdir(parents=True, exist_ok=True)
    for old in wanted.glob("*.json.gz"):
        old.unlink()
    asyncio.run(record(wanted))
    sys.stdout.flush()
    os._exit(0)  # a process that used the SDK can abort while Python finalises (sdk-python#300)
