"""Worker and server killed with -9 across a deadline: every case climbs once, one rung, and nothing is said twice."""

from __future__ import annotations

import asyncio
import os
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from cases.events import Actor
from cases.view import CaseView
from cases.words import Role, Rung, Status
from records import Records
from starter import Caseladder
from starter.stack import Stack
from tests.samples import complaint
from tests.temporal import PEOPLE

ACKNOWLEDGE_S = 12
CASES = 12

POLICY = f"""
name = "kill"
language = "en"

[guards]
cool_down = "1h"
offers_beside = 0
alert_repeat = "1h"
stuck_after = "1h"

[clocks.acknowledge]
default = "1h"

[[clocks.acknowledge.targets]]
within = "{ACKNOWLEDGE_S}s"
rung = ["agent"]

[[clocks.acknowledge.targets]]
within = "1h"

[clocks.first_response]
default = "{ACKNOWLEDGE_S + 4}s"

[clocks.next_response]
default = "6h"

[clocks.resolution]
default = "5d"

[clocks.redirect]
default = "1h"

[clocks.confirm]
default = "5d"

[clocks.reopen_window]
default = "5d"

[clocks.hand_off]
default = "1d"

[clocks.accept]
default = "1h"

[clocks.answer]
default = "8h"

[triage_default]
team = "cards"
rung = "agent"
priority = "P3"
"""


@contextmanager
def environment(settings: Mapping[str, str]) -> Generator[None]:
    """The variables that a backend service would have set."""
    before = dict(os.environ)
    os.environ.update(settings)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    policy = tmp_path / "policy.toml"
    policy.write_text(POLICY)
    with Stack(tmp_path / "data", policy=policy, directory=PEOPLE) as stack, environment(stack.settings):
        stack.start_server()
        stack.start_worker()
        yield stack


async def test_a_deadline_that_passes_while_everything_is_dead_escalates_once(stack: Stack) -> None:
    opened_at = time.monotonic()
    client = await Caseladder.connect()
    ids = [(await client.open_case(complaint(reference=f"kill-{n}"))).case_id for n in range(CASES)]
    claimed, neglected = ids[: CASES // 2], ids[CASES // 2 :]
    with Records(stack.settings["CASELADDER_DATABASE_URL"]) as records:
        planned = await until(lambda: [views for views in [shown(records, ids)] if len(views) == CASES])
        claimers = {view.case_id: actor_offered(records, view) for view in planned[0] if view.case_id in claimed}

        stack.kill("worker")
        for case_id, claimer in claimers.items():
            await client.act(case_id, {"kind": "claim", "by": claimer}, wait=False)
            await client.act(case_id, {"kind": "reply", "text": "I look into it.", "by": claimer}, wait=False)
        stack.kill("server")
        assert time.monotonic() - opened_at < ACKNOWLEDGE_S, "the deadline passed before everything was dead"
        await asyncio.sleep(ACKNOWLEDGE_S + 4)
        stack.start_server()
        stack.start_worker()

        await until(lambda: all(view.version > 2 for view in shown(records, ids)), within_s=30)
        await asyncio.sleep(2)  # whatever would come twice has had time to come
        after = {view.case_id: view for view in shown(records, ids)}
        for case_id in neglected:
            offer = after[case_id].offer
            assert offer is not None
            assert (after[case_id].escalations, offer.rung) == (1, Rung.SUPERVISOR)
            assert told(records, case_id) == {"opened": 1, "escalated.not_acknowledged": 1}
        for case_id, claimer in claimers.items():
            view = after[case_id]
            assert (view.owner.person, view.escalations, view.breached) == (claimer.id, 0, False)
            assert "clock_breached" not in [entry.kind for entry in records.entries(case_id, 0, 100)]
            assert told(records, case_id) == {"opened": 1, "reply": 1}


def shown(records: Records, ids: Sequence[str]) -> list[CaseView]:
    """The planned cases as the records have them."""
    rows = (records.find(case_id) for case_id in ids)
    return [row[0] for row in rows if row and row[0].status is not Status.OPENING]


def actor_offered(records: Records, view: CaseView) -> Actor:
    """The person whom a case is offered to."""
    assert view.offer is not None
    person = records.person(view.offer.to.person or "")
    assert person is not None
    return Actor(id=person.id, role=Role.AGENT, rung=person.rung, teams=person.teams)


def told(records: Records, case_id: str) -> Counter[str]:
    """How often each message to the customer is in the outbox."""
    return Counter(sent.template for sent in records.outbox(case_id) if sent.kind == "message")


async def until(holds: Callable[[], Any], within_s: float = 10) -> Any:
    """Looks until it holds, and returns what it then is."""
    async with asyncio.timeout(within_s):
        while not (value := holds()):
            await asyncio.sleep(0.1)
    return value
