"""A case with thousands of messages and an open hand-off, on a real server: how long its histories get.

`python -m benchmarks.long_case [MESSAGES]` prints the figures in docs/decisions.md. A test lives the same case.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from cases.specialists import SpecialistAct
from cases.timeline import Entry
from cases.words import HandoffStatus
from tests.samples import SHOP, complaint, deed
from tests.temporal import House, dev_server
from workflows.indexed import case_workflow_id

AT_ONCE = 100
BY_UPDATE = 20
"""Every so many messages one is sent by update, and answered."""


@dataclass(frozen=True)
class Run:
    """One run of the case's workflow: its history, and what it was started with."""

    events: int
    history_bytes: int
    carried_bytes: int


@dataclass(frozen=True)
class Long:
    """What came of it."""

    case_id: str
    behind: int
    """How many entries the records lacked when they came back."""
    seconds: float
    runs: tuple[Run, ...]
    entries: tuple[Entry, ...]

    @property
    def arrived(self) -> Counter[str]:
        """How often each message is on the timeline."""
        return Counter(entry.text for entry in self.entries if entry.kind == "message")


async def live(house: House, folder: Path, messages: int, away: int) -> Long:
    """A case that asks specialists, gets so many messages, the records being away for some, and hears the answer."""
    view = await house.open(complaint(reference=f"long-{messages}"))
    case_id, owner = view.case_id, house.offered(view)
    await house.act(case_id, deed("claim", owner))
    asked = await house.act(case_id, deed("hand_off", owner, team="billing", question="Was it a hold?"))
    handoff_id = asked.handoffs[0].handoff_id
    begun = time.monotonic()
    first_part = (messages - away) // 2
    await _send(house, case_id, range(first_part))
    async with records_away(folder):
        await _send(house, case_id, range(first_part, first_part + away))
        version = (await house.cases.view(case_id)).version
        behind = version - len(house.records.entries(case_id, 0, 2 * messages))
    await _send(house, case_id, range(first_part + away, messages))
    manager = house.actor("sven")
    for fields in ({"kind": "accept"}, {"kind": "answer", "text": "It was a hold."}):
        event = SpecialistAct.model_validate({**fields, "id": uuid4(), "by": manager}).root
        await house.cases.handoff_act(handoff_id, event)
    await house.until(case_id, lambda view: view.handoffs[0].status is HandoffStatus.ANSWERED, within_s=60)
    await house.written(case_id)
    return Long(
        case_id=case_id,
        behind=behind,
        seconds=time.monotonic() - begun,
        runs=tuple([run async for run in _runs(house, case_id)]),
        entries=tuple(house.records.entries(case_id, 0, 2 * messages)),
    )


@asynccontextmanager
async def records_away(folder: Path) -> AsyncGenerator[None]:
    """Somebody else holds the database: no commit gets through."""
    connection = sqlite3.connect(folder / "records.db", isolation_level=None)
    connection.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
        connection.close()


async def _send(house: House, case_id: str, numbers: range) -> None:
    async def one(number: int) -> None:
        event = deed("message", SHOP, text=f"message {number}")
        if number % BY_UPDATE:
            await house.cases.signal(case_id, event)
        else:
            await house.act(case_id, event)

    for start in range(numbers.start, numbers.stop, AT_ONCE):
        await asyncio.gather(*(one(number) for number in range(start, min(start + AT_ONCE, numbers.stop))))


async def _runs(house: House, case_id: str) -> AsyncGenerator[Run]:
    workflow_id = case_workflow_id(case_id)
    async for found in house.client.list_workflows(f'WorkflowId = "{workflow_id}"'):
        handle = house.client.get_workflow_handle(workflow_id, run_id=found.run_id)
        history = await handle.fetch_history()
        started = history.events[0].workflow_execution_started_event_attributes
        carried = sum(len(payload.data) for payload in started.input.payloads)
        size = sum(event.ByteSize() for event in history.events)
        yield Run(len(history.events), size, carried if started.continued_execution_run_id else 0)


async def main(messages: int) -> None:
    """Lives one long case and prints its figures."""
    folder = Path(tempfile.mkdtemp())
    async with dev_server(folder) as house:
        long = await live(house, folder, messages, messages // 6)
    print(f"{messages} messages, the records {long.behind} entries behind: {long.seconds:.0f} s, {len(long.runs)} runs")
    events, size = max(run.events for run in long.runs), max(run.history_bytes for run in long.runs)
    print(f"longest history: {events:,} events, {size:,} bytes")
    print(f"most carried over: {max(run.carried_bytes for run in long.runs):,} bytes")
    doubled = [text for text, times in long.arrived.items() if times > 1]
    print(f"lost {messages - len(long.arrived)}, doubled {len(doubled)}")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 12_000))
    sys.stdout.flush()
    os._exit(0)  # a process that used the SDK can abort while Python finalises (sdk-python#300)
