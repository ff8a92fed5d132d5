"""A case counted from its history, as Temporal Cloud would bill it: within DESIGN 10."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cases.words import Status
from tests.samples import SHOP, complaint, deed
from tests.temporal import House
from tests.workflows.history import actions

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_simple_case_takes_at_most_18_actions_and_70_events(house: House) -> None:
    view = await house.open(complaint(reference="simple"))
    ana = house.offered(view)
    case_id = view.case_id
    await house.act(case_id, deed("claim", ana))
    await house.settled(case_id)
    await house.act(case_id, deed("reply", ana, text="I have asked for the second charge to be returned."))
    await house.settled(case_id)
    await house.act(case_id, deed("resolve", ana, text="The second charge is returned."))
    await house.settled(case_id)
    closed = await house.act(case_id, deed("accept_resolution", SHOP, score=5))

    history = await house.settled(case_id)
    assert closed.status is Status.CLOSED
    assert actions(history) <= 18
    assert len(history.events) <= 70


async def test_a_further_rung_takes_at_most_10_actions_and_40_events(skipping: House) -> None:
    view = await skipping.open(complaint(reference="further-rung"))
    case_id = view.case_id
    await skipping.act(case_id, deed("claim", skipping.offered(view)))
    await skipping.env.sleep(timedelta(hours=5, minutes=59))  # the first response is due within 6 hours
    before = await skipping.settled(case_id)

    await skipping.env.sleep(timedelta(minutes=2))
    offered = await skipping.until(case_id, lambda view: view.offer and view.offer.to.person)
    await skipping.act(case_id, deed("claim", skipping.offered(offered)))

    after = await skipping.settled(case_id)
    assert actions(after) - actions(before) <= 10
    assert len(after.events) - len(before.events) <= 40


async def test_an_open_case_with_nothing_due_costs_nothing_and_has_one_timer(skipping: House) -> None:
    view = await skipping.open(complaint(reference="quiet"))
    before = await skipping.settled(view.case_id)

    await skipping.env.sleep(timedelta(minutes=30))

    after = await skipping.settled(view.case_id)
    assert len(after.events) == len(before.events)
    assert sum(event.HasField("timer_started_event_attributes") for event in after.events) == 1
