"""The same random events through the pure core and through a real workflow: the same case comes out, and it replays.

The workflow lives on the time-skipping server, its history is retold through the core, and both are compared.
"""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import given, settings
from temporalio.api.enums.v1 import EventType
from temporalio.common import SearchAttributeKey
from temporalio.worker import Replayer

from cases.effects import AlertStaff, TellCustomer
from cases.events import Refused
from cases.timeline import Entry
from cases.view import CaseView, HandoffView
from cases.words import Channel, Status
from tests.samples import ANA, EVA, MAX, SHOP, complaint, deed
from tests.steps import Step
from tests.strategies import lives
from tests.temporal import House, all_done
from tests.workflows.consulted import retold_handoff
from tests.workflows.history import retold
from tests.workflows.living import live
from workflows.case import CaseWorkflow
from workflows.handoff import HandoffWorkflow
from workflows.indexed import case_workflow_id, handoff_workflow_id
from workflows.plugin import plugin

pytestmark = pytest.mark.asyncio(loop_scope="module")

_number = itertools.count(1)


@settings(max_examples=25)
@given(steps=lives(parts=2, alone=True))
async def test_a_workflow_is_what_the_core_says_of_its_history(skipping: House, steps: list[Step]) -> None:
    view = await skipping.open(complaint(reference=f"random-{next(_number)}"))
    for number, step in enumerate(steps):
        await live(skipping, view.case_id, step, by_signal=number % 2 == 0)
    await compared(skipping, view.case_id)


async def test_an_eight_week_case_that_climbs_to_the_top_and_back(skipping: House) -> None:
    view = await skipping.open(complaint(reference="eight-weeks"))
    case_id = view.case_id
    await skipping.env.sleep(timedelta(days=3))  # neglected all the way up
    top = await skipping.cases.view(case_id)
    assert top.offer is not None
    assert top.offer.rung is EVA.rung
    await skipping.act(case_id, deed("claim", skipping.offered(top)))
    executive = skipping.offered(top)
    await skipping.act(case_id, deed("reply", executive, text="I am sorry. May I ask which day?", asks="Which day?"))
    await skipping.act(case_id, deed("wait_for_customer", executive))
    await skipping.env.sleep(timedelta(weeks=2))
    await skipping.act(case_id, deed("message", SHOP, text="The second of March."))
    await skipping.act(case_id, deed("resolve", executive, text="The money is on its way."))
    await skipping.env.sleep(timedelta(weeks=5, days=4))

    closed = await skipping.cases.view(case_id)
    assert closed.status in (Status.CLOSED, Status.ARCHIVED)
    assert closed.escalations == 3
    await compared(skipping, case_id)


async def test_a_customer_who_is_held_too_long_and_goes_on_by_letter(skipping: House) -> None:
    view = await skipping.open(complaint(reference="held", channel=Channel.PHONE))
    case_id, owner = view.case_id, skipping.offered(view)
    await skipping.act(case_id, deed("claim", owner))
    await skipping.act(case_id, deed("hold", owner))
    await skipping.env.sleep(timedelta(minutes=5))
    held = await skipping.until(case_id, lambda view: view.offer)
    assert held.offer is not None
    assert held.offer.reasons[0] == "held_too_long"
    moved = await skipping.act(case_id, deed("change_channel", SHOP, channel="letter"))
    assert (moved.channel, moved.holds.since, moved.pathway) == (Channel.LETTER, None, "letter")

    written = await skipping.written(case_id)
    assert written.channel is Channel.LETTER
    told = [sent for sent in skipping.records.outbox(case_id) if sent.template == "channel_changed" and sent.channel]
    assert [sent.channel for sent in told] == ["letter"]
    handle = skipping.client.get_workflow_handle(case_workflow_id(case_id))
    indexed = (await handle.describe()).typed_search_attributes
    assert indexed[SearchAttributeKey.for_keyword("CaseChannel")] == "letter"
    await compared(skipping, case_id)


async def test_a_retried_update_and_a_repeated_signal_act_once(skipping: House) -> None:
    view = await skipping.open(complaint(reference="repeated"))
    said = deed("message", SHOP, text="Hello?", id=uuid4())
    for _ in range(3):
        await skipping.act(view.case_id, said)
        await skipping.cases.signal(view.case_id, said)
    await skipping.written(view.case_id)

    kinds = Counter(entry.kind for entry in (await skipping.cases.timeline(view.case_id)).entries)
    assert kinds["message"] == 1
    with pytest.raises(Refused, match="id_reused"):
        await skipping.act(view.case_id, deed("message", SHOP, text="Something else", id=said.id))
    with pytest.raises(Refused):
        await skipping.act(view.case_id, deed("reply", ANA, text="Not mine to say"))


async def test_an_update_id_stands_for_the_same_bytes_only(skipping: House) -> None:
    """A server that was killed might write the later ones into the history, and the case have done the earlier ones."""
    view = await skipping.open(complaint(reference="bytes"))
    said = deed("message", SHOP, text="Hello?", at=view.opened_at)
    later = said.model_copy(update={"at": view.opened_at + timedelta(milliseconds=1)})
    for event in (said, said, later):
        await skipping.act(view.case_id, event)

    taken = [
        event.workflow_execution_update_accepted_event_attributes.accepted_request
        for event in (await skipping.settled(view.case_id)).events
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED
    ]
    assert len(taken) == 2
    assert len({request.meta.update_id for request in taken}) == 2
    kinds = Counter(entry.kind for entry in (await skipping.cases.timeline(view.case_id)).entries)
    assert kinds["message"] == 1


async def compared(house: House, case_id: str) -> None:
    """The workflow, the records and the core agree, of hand-offs too, and each history replays. Ends the case."""
    try:
        await agree(house, case_id)
    finally:
        # All cases share the server's clock: those left behind would slow the next ones. To terminate one that has had
        # a child would stop that clock for ever.
        if (await house.cases.view(case_id)).status not in (Status.CLOSED, Status.ARCHIVED):
            await house.act(case_id, deed("close", MAX, reason="the test is over"))


async def agree(house: House, case_id: str) -> None:
    """What the workflow says, what the records have, and what the core makes of the history."""
    replayer = Replayer(workflows=[CaseWorkflow, HandoffWorkflow], plugins=[plugin()])
    over = 0
    for number in range(await count(house, case_id, EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED)):
        over += await agree_on_handoff(house, f"{case_id}-{number + 1}", replayer)
    async with asyncio.timeout(10):
        while await count(house, case_id, EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED) < over:
            await asyncio.sleep(0.05)
    history = await house.settled(case_id)
    view = await house.client.get_workflow_handle(case_workflow_id(case_id)).query("view", result_type=CaseView)
    timeline = (await house.cases.timeline(case_id)).entries
    told = retold(history)

    assert [plain(entry) for entry in timeline] == [plain(entry) for entry in told.case.timeline()[-len(timeline) :]]
    assert view == told.case.view(view.now)
    notices = Counter((e.id, e.template) for e in told.effects if isinstance(e, TellCustomer | AlertStaff))
    sent = Counter((sent.effect_id, sent.template) for sent in house.records.outbox(case_id))
    of_handoffs = {key: count for key, count in sent.items() if key[0].startswith(f"{case_id}-")}
    assert sent - Counter(of_handoffs) == notices
    assert set(of_handoffs.values()) <= {1}
    assert [e.n for e in house.records.entries(case_id, 0, 10_000)] == list(range(1, told.case.version + 1))
    await replayer.replay_workflow(history)


async def count(house: House, case_id: str, kind: EventType.ValueType) -> int:
    """How many events of that kind the case's history has, once it is at rest."""
    return sum(event.event_type == kind for event in (await house.settled(case_id)).events)


async def agree_on_handoff(house: House, handoff_id: str, replayer: Replayer) -> bool:
    """A hand-off at rest is what the core says of its history. Whether it is over."""
    handle = house.client.get_workflow_handle(handoff_workflow_id(handoff_id))
    async with asyncio.timeout(10):
        while True:
            before = await handle.fetch_history()
            view = await handle.query("view", result_type=HandoffView)
            history = await handle.fetch_history()
            # What came between the two answers would be in one of them only.
            if not view.unreported and all_done(history) and len(before.events) == len(history.events):
                break
            await asyncio.sleep(0.05)
    told = retold_handoff(history)
    assert settled(view) == settled(told.view(view.now))
    await replayer.replay_workflow(history)
    return view.status.over


def settled(view: HandoffView) -> HandoffView:
    """Without the moments of refused signals: the test server's history does not tell in which task one was worked."""
    newest = tuple(
        line.model_copy(update={"at": view.asked_at}) if "was refused" in line.text else line for line in view.newest
    )
    return view.model_copy(update={"newest": newest})


def plain(entry: Entry) -> dict[str, object]:
    """An entry without the id of its event: outcomes get theirs from the workflow."""
    return entry.model_dump(mode="json", exclude={"event_id"})
