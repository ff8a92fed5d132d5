"""The records away for an hour: clocks fire on time, people are answered, and nothing is lost or told twice."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.api.enums.v1 import EventType

from cases.complaint import MAX_TEXT
from cases.events import Code, Refused
from cases.view import CaseView
from cases.words import ClockName, Rung, Status, WaitingOn
from records.errors import RecordsAway
from tests.postgres import postgres
from tests.samples import SHOP, complaint, deed
from tests.temporal import House, skipping_server

BACK_WITHIN_S = 30.0


async def test_an_hour_without_records_stops_no_clock_and_loses_nothing(tmp_path: Path) -> None:
    with postgres() as database:
        async with skipping_server(tmp_path, records_url=database.url()) as house:
            view = await house.open(complaint(reference="away", channel="chat"))
            case_id, owner = view.case_id, house.offered(view)
            await house.written(case_id)
            database.kill()
            with pytest.raises(RecordsAway):
                house.records.find(case_id)
            await house.act(case_id, deed("claim", owner))
            promised = {clock.name: clock.due_at for clock in (await house.cases.view(case_id)).clocks}
            await house.env.sleep(timedelta(hours=1))
            view = await house.act(case_id, deed("message", SHOP, text="Are you still there?"))
            due = promised[ClockName.FIRST_RESPONSE]
            assert due is not None
            assert due < view.now
            assert view.waiting_on is WaitingOn.STUCK
            assert view.offer is not None
            # Rung by rung, each let pass in its time; by team, for the directory is away too.
            assert (view.offer.rung, view.offer.to.queue) == (Rung.EXECUTIVE, "cards")
            await _fill_up(house, case_id)
            database.start()
            await _is_whole(house, await _written(house, case_id))
            taken = await house.act(case_id, deed("note", owner, text="They are back."))
            assert taken.status is Status.OPEN


async def _fill_up(house: House, case_id: str) -> None:
    """Says so much that the case cannot carry it: then people are refused aloud, and what was said before stays."""

    async def on_and_on() -> None:
        for _ in range(20):
            await house.act(case_id, deed("message", SHOP, text="x" * MAX_TEXT))

    with pytest.raises(Refused) as refused:
        await on_and_on()
    assert refused.value.code is Code.RECORDS_AWAY


async def _written(house: House, case_id: str) -> CaseView:
    """Waits for the records to have all that the workflow has. Time is skipped: the next try is half a minute away."""
    async with asyncio.timeout(BACK_WITHIN_S):
        while True:
            view = await house.cases.view(case_id)
            found = house.records.find(case_id)
            if found and found[0].version == view.version and view.waiting_on is not WaitingOn.STUCK:
                return view
            await house.env.sleep(timedelta(seconds=10))


async def _is_whole(house: House, view: CaseView) -> None:
    entries = house.records.entries(view.case_id, limit=1000)
    assert [entry.n for entry in entries] == list(range(1, view.version + 1))
    fired = [entry for entry in entries if entry.kind == "clock_breached"]
    assert {str(entry.data["clock"]).split("-")[0] for entry in fired} >= {"first_response", "acknowledge"}
    # Each within the hour, when nobody could write it down.
    assert max(house.records.lateness()) < 2.0
    sent = [sent.effect_id for sent in house.records.outbox(view.case_id)]
    assert len(set(sent)) == len(sent)
    notices, errands = await _asked_for(house, view.case_id)
    assert set(sent) == notices
    numbers = sorted(int(effect.rpartition(":")[2]) for effect in notices | errands)
    assert numbers == list(range(1, len(numbers) + 1))


async def _asked_for(house: House, case_id: str) -> tuple[set[str], set[str]]:
    """The ids of all notices that commits carried, and of all errands: what the workflow has asked of the world."""
    notices, errands = set[str](), set[str]()
    for event in (await house.history(case_id)).events:
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
            scheduled = event.activity_task_scheduled_event_attributes
            given = json.loads(scheduled.input.payloads[0].data)
            if scheduled.activity_type.name == "commit":
                notices |= {notice["id"] for notice in given["notices"]}
            else:
                errands.add(given["id"])
    return notices, errands
