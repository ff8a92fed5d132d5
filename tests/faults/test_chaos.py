"""Worker, server and records killed at random moments under load: nothing is lost, nothing doubled, nothing forgotten.

`CASELADDER_FAULT_SEED` repeats a schedule, `CASELADDER_FAULT_SECONDS` makes it longer or shorter.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client, WorkflowHistory
from temporalio.worker import Replayer

from starter import Caseladder
from starter.demo import histories
from tests.faults.account import Account, Json, next_due, read
from tests.faults.chaos import strike
from tests.faults.load import Load
from tests.faults.parts import House, house
from tests.faults.sending import Sender
from tests.faults.watch import Watch
from workflows.case import CaseWorkflow
from workflows.client import CaseClient
from workflows.digest import DigestWorkflow
from workflows.handoff import HandoffWorkflow
from workflows.plugin import plugin

SEED = int(os.environ["CASELADDER_FAULT_SEED"])  # tests/conftest.py draws one, and prints it
CHAOS_S = float(os.environ.get("CASELADDER_FAULT_SECONDS", "90"))  # two minutes, with the quiet after it
OPENED_A_SECOND = 1.0
SETTLING_S = 90.0
"""How long the cases may take until they are quiet; usually it is about 20 s."""

HISTORIES = "histories"

_LAST_OPENED_S = 15.0
"""Before the end of the chaos: who opens until the end waits longer for quiet, and learns nothing."""

_NOTHING_DUE_S = 10.0
"""Longer than any clock of the policy but those of hours: a warning comes earlier than its deadline."""


@pytest.fixture
def running(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path / "stack") as running:
        yield running


async def test_nothing_is_lost_or_doubled_whatever_is_killed_under_load(running: House, tmp_path: Path) -> None:
    repeat = f"repeat it with CASELADDER_FAULT_SEED={SEED} CASELADDER_FAULT_SECONDS={CHAOS_S:g}"
    try:
        account = await under_fire(running, tmp_path)
    except BaseException as error:
        error.add_note(repeat)
        raise
    told = f"{repeat}\n{account.told()}"
    unlike = await not_replayed((tmp_path / HISTORIES).glob("*.json"))
    print(told)  # noqa: T201
    assert account.faults() + unlike == [], told
    assert all(account.outages.killed(part) for part in running.parts), f"a part was spared; {told}"
    assert account.audit().breaches, f"no deadline passed; {told}"
    assert account.audit().handoffs_became, f"no specialist was asked; {told}"


async def under_fire(running: House, folder: Path) -> Account:
    """Load and chaos at once, then quiet; what all witnesses say then."""
    client = await Client.connect(running.temporal, plugins=[plugin()])
    watch = Watch(running.records)
    load = Load(Sender(Caseladder(CaseClient(client)), watch, running.people), SEED)
    keeping = asyncio.create_task(watch.keep())
    working = asyncio.create_task(load.run(OPENED_A_SECOND, max(CHAOS_S - _LAST_OPENED_S, 5)))
    outages = await strike(running.parts, SEED, CHAOS_S)
    up_since = time.time()
    async with asyncio.timeout(SETTLING_S):
        await working
    opened = [posted.case_id for posted in load.diary.posted if posted.case_id]
    live, consulted = await quiet(running, opened, up_since + SETTLING_S)
    ended = time.time()
    recorded, written = read(running.records)
    keeping.cancel()
    (folder / HISTORIES).mkdir()
    await histories.fetch(running.temporal, len(opened), folder / HISTORIES)
    told = histories.read(folder / HISTORIES)
    return Account(load.diary, told, recorded, live, written, outages, ended, consulted)


async def quiet(running: House, opened: Iterable[str], until: float) -> tuple[Mapping[str, Json], Mapping[str, Json]]:
    """The views of all cases and of all their hand-offs once every case is as the records have it, every hand-off has
    reported, and nothing is due soon; or when time is up."""
    client = await Client.connect(running.temporal)  # without our plugin: views as they come
    while True:
        live = await _views(client, "case", opened)
        asked = [str(handed["handoff_id"]) for view in live.values() for handed in view["handoffs"]]
        consulted = await _views(client, "handoff", asked)
        recorded, _ = read(running.records)
        versions = {case.case_id: case.version for case in recorded.cases}
        behind = [case_id for case_id, view in live.items() if versions.get(case_id) != view["version"]]
        behind += [handoff_id for handoff_id, view in consulted.items() if view["unreported"]]
        soon = next_due([*live.values(), *consulted.values()]) < time.time() + _NOTHING_DUE_S
        if not (behind or soon) or time.time() > until:
            return live, consulted
        await asyncio.sleep(1)


async def not_replayed(files: Iterable[Path]) -> list[str]:
    """What another worker would make of the histories, if it is anything else than what is in them."""

    async def read_again() -> AsyncGenerator[WorkflowHistory]:
        for history in map(json.loads, (file.read_text("utf-8") for file in files)):
            yield WorkflowHistory.from_json(history.pop("workflow_id"), history)

    replayer = Replayer(workflows=[CaseWorkflow, HandoffWorkflow, DigestWorkflow], plugins=[plugin()])
    results = await replayer.replay_workflows(read_again(), raise_on_replay_failure=False)
    return [f"run {run_id} cannot be replayed: {error}" for run_id, error in results.replay_failures.items()]


async def _views(client: Client, kind: str, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    handles = {each: client.get_workflow_handle(f"{kind}-{each}") for each in ids}
    views = [handle.query("view", result_type=dict[str, Any]) for handle in handles.values()]
    return dict(zip(handles, await asyncio.gather(*views), strict=True))
