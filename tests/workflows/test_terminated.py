"""A case that an operator terminates runs no code: the worker finds it, and the records and its team learn of it."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from activities import Activities
from cases.words import ClockState, ClosedAs, HandoffStatus, Status
from chores import reconcile
from records import Filters
from tests.samples import complaint, deed
from tests.temporal import House
from workflows.indexed import case_workflow_id

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_terminated_case_ends_in_the_records_and_its_team_is_told_once(house: House) -> None:
    case_id = (await house.open(complaint(reference="ended"))).case_id
    going_on = (await house.open(complaint(reference="goes-on"))).case_id
    owner = house.actor("ana")
    await house.act(case_id, deed("claim", owner))
    await house.act(case_id, deed("hand_off", owner, team="billing", question="Was it a hold?"))
    before = await house.written(case_id)
    await house.client.get_workflow_handle(case_workflow_id(case_id)).terminate("sent twice")

    looking = asyncio.create_task(
        reconcile(house.client, house.records, Activities(house.records, house.policy).commit, timedelta(0))
    )
    async with asyncio.timeout(30):
        while (found := house.records.find(case_id)) is None or found[0].status is not Status.ARCHIVED:
            await asyncio.sleep(0.1)
    looking.cancel()

    ended = found[0]
    assert (ended.closed_as, ended.version, ended.next_due) == (ClosedAs.TERMINATED, before.version + 1, None)
    assert {clock.state for clock in ended.clocks} <= {ClockState.CANCELLED, ClockState.FULFILLED}
    assert [handed.status for handed in ended.handoffs] == [HandoffStatus.CANCELLED]
    assert house.records.entries(case_id, before.version, 9)[0].kind == "terminated"
    alerts = [notice for notice in house.records.outbox(case_id) if notice.template == "terminated"]
    assert [(alert.team, "nothing more happens" in alert.text) for alert in alerts] == [(before.team, True)]
    open_ones = house.records.list_cases(Filters(status=(Status.OPEN, Status.OPENING)), 50, None).items
    assert going_on in {view.case_id for view in open_ones}
    assert case_id not in {view.case_id for view in open_ones}
