"""Hand-offs as real child workflows: asked, answered, offered on, counted; they end with their case."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from temporalio.client import WorkflowExecutionStatus, WorkflowHistory
from temporalio.common import SearchAttributeKey
from temporalio.worker import Replayer

from cases.events import Actor, Code, Refused
from cases.specialists import SpecialistAct, SpecialistAction
from cases.view import CaseView, HandoffView
from cases.words import HandoffStatus, WaitingOn
from tests.samples import SHOP, complaint, deed
from tests.temporal import House
from tests.workflows.history import actions
from workflows.case import CaseWorkflow
from workflows.client import HandoffOver, HandoffUnknown
from workflows.handoff import HandoffWorkflow
from workflows.indexed import handoff_workflow_id
from workflows.plugin import plugin

pytestmark = pytest.mark.asyncio(loop_scope="module")

QUESTION = "Was the second charge a hold?"


def said(kind: str, by: Actor, **fields: Any) -> SpecialistAction:
    """An event as specialists send it."""
    return SpecialistAct.model_validate({"kind": kind, "id": uuid4(), "by": by, **fields}).root


async def asking(house: House, reference: str, team: str = "billing") -> tuple[str, str, Actor]:
    """A claimed case with one question to a team: the case, the hand-off, the owner."""
    view = await house.open(complaint(reference=reference))
    owner = house.offered(view)
    await house.act(view.case_id, deed("claim", owner))
    view = await house.act(view.case_id, deed("hand_off", owner, team=team, question=QUESTION))
    return view.case_id, view.handoffs[0].handoff_id, owner


async def handoff(
    house: House, handoff_id: str, holds: Callable[[HandoffView], Any], within_s: float = 10.0
) -> HandoffView:
    """Looks until the hand-off is as wished."""
    async with asyncio.timeout(within_s):
        while True:
            try:
                view = await house.cases.handoff_view(handoff_id)
            except HandoffUnknown:
                await asyncio.sleep(0.05)
                continue
            if holds(view):
                return view
            await asyncio.sleep(0.05)


async def offered(house: House, handoff_id: str, *, but: str = "") -> Actor:
    """The specialist whom it is offered to, once one is."""
    view = await handoff(house, handoff_id, lambda v: v.offered_to and v.offered_to.person not in (None, but))
    assert view.offered_to is not None
    assert view.offered_to.person is not None
    return house.actor(view.offered_to.person)


async def mirrored(house: House, case_id: str, status: HandoffStatus, number: int = 0) -> CaseView:
    """The case, once it knows that its hand-off is so."""
    return await house.until(case_id, lambda view: view.handoffs[number].status is status)


async def history(house: House, handoff_id: str) -> WorkflowHistory:
    """The history of a hand-off's newest run."""
    return await house.client.get_workflow_handle(handoff_workflow_id(handoff_id)).fetch_history()


async def test_a_whole_hand_off_takes_at_most_15_actions(house: House) -> None:
    view = await house.open(complaint(reference="counted"))
    owner = house.offered(view)
    await house.act(view.case_id, deed("claim", owner))
    before = actions(await house.settled(view.case_id))

    asked = await house.act(view.case_id, deed("hand_off", owner, team="billing", question=QUESTION))
    handoff_id = asked.handoffs[0].handoff_id
    specialist = await offered(house, handoff_id)
    await house.cases.handoff_act(handoff_id, said("accept", specialist))
    await mirrored(house, view.case_id, HandoffStatus.ACCEPTED)
    await house.settled(view.case_id)
    await house.cases.handoff_act(handoff_id, said("answer", specialist, text="It was a hold."))
    await mirrored(house, view.case_id, HandoffStatus.ANSWERED)

    after = actions(await house.settled(view.case_id))
    # A child is billed as two actions to its parent; its own history begins with a start that is part of those two.
    taken = after - before + actions(await history(house, handoff_id)) - 1
    assert taken <= 15, taken


async def test_a_question_is_answered_through_a_counter_question(house: House) -> None:
    case_id, handoff_id, owner = await asking(house, "asked-back")
    specialist = await offered(house, handoff_id)
    assert specialist.id != owner.id
    await house.cases.handoff_act(handoff_id, said("accept", specialist))
    await house.cases.handoff_act(handoff_id, said("ask_back", specialist, text="Which order?"))
    asked = await mirrored(house, case_id, HandoffStatus.ASKED_BACK)
    assert (asked.waiting_on, asked.handoffs[0].asks) == (WaitingOn.OWNER, "Which order?")
    await house.act(case_id, deed("answer_back", owner, handoff_id=handoff_id, text="Order 1042."))
    heard = await handoff(house, handoff_id, lambda view: view.status is HandoffStatus.ACCEPTED)
    assert any("Order 1042." in line.text for line in heard.newest)
    await house.cases.handoff_act(handoff_id, said("answer", specialist, text="It was a hold."))
    answered = await mirrored(house, case_id, HandoffStatus.ANSWERED)
    assert (answered.waiting_on, answered.handoffs[0].answer) == (WaitingOn.OWNER, "It was a hold.")
    await ended(house, handoff_id)
    with pytest.raises(HandoffOver):
        await house.cases.handoff_act(handoff_id, said("answer", specialist, text="Or was it?"))


async def test_an_answer_that_is_sent_twice_is_taken_once_and_acknowledged_twice(house: House) -> None:
    case_id, handoff_id, _ = await asking(house, "double-click")
    specialist = await offered(house, handoff_id)
    await house.cases.handoff_act(handoff_id, said("accept", specialist))
    answer = said("answer", specialist, text="It was a hold.")
    await house.cases.handoff_act(handoff_id, answer)
    await ended(house, handoff_id)
    again = await house.cases.handoff_act(handoff_id, answer.model_copy(update={"at": datetime.now(UTC)}))
    assert again.answer == "It was a hold."
    await mirrored(house, case_id, HandoffStatus.ANSWERED)
    kinds = [entry.kind for entry in (await house.cases.timeline(case_id)).entries]
    assert kinds.count("hand_off_answered") == 1


async def test_two_specialists_at_the_same_moment_one_wins_and_the_other_is_told_who(house: House) -> None:
    _, handoff_id, _ = await asking(house, "raced")
    first = await offered(house, handoff_id)
    above = Actor(id="boss", role=first.role, rung=house.actor("sven").rung)
    results = await asyncio.gather(
        *(house.cases.handoff_act(handoff_id, said("accept", by)) for by in (first, above)), return_exceptions=True
    )
    refusals = [result for result in results if isinstance(result, Refused)]
    assert [refusal.code for refusal in refusals] == [Code.ALREADY_ACCEPTED]
    winner = next(result for result in results if isinstance(result, HandoffView))
    assert refusals[0].details["specialist"] == winner.specialist


async def test_closing_the_case_ends_its_hand_offs(house: House) -> None:
    case_id, handoff_id, owner = await asking(house, "withdrawn")
    second = await house.act(case_id, deed("hand_off", owner, team="fraud", question=QUESTION))
    await house.act(case_id, deed("withdraw", SHOP))
    for handed in second.handoffs:
        view = await handoff(house, handed.handoff_id, lambda view: view.status.over)
        assert view.status is HandoffStatus.CANCELLED
        await ended(house, handoff_id)


async def ended(house: House, handoff_id: str) -> None:
    """Waits until the workflow of a hand-off has ended by itself."""
    handle = house.client.get_workflow_handle(handoff_workflow_id(handoff_id))
    async with asyncio.timeout(10):
        while (await handle.describe()).status is not WorkflowExecutionStatus.COMPLETED:
            await asyncio.sleep(0.05)


async def test_neglected_it_is_offered_on_until_nobody_is_left_and_comes_back(skipping: House) -> None:
    case_id, handoff_id, _ = await asking(skipping, "neglected")
    people = {person.id for person in skipping.records.people() if "billing" in person.teams}
    tried: list[str] = []
    for _ in people:
        view = await handoff(skipping, handoff_id, lambda v: v.offered_to and v.offered_to.person not in (None, *tried))
        assert view.offered_to is not None
        tried.append(str(view.offered_to.person))
        await skipping.env.sleep(timedelta(hours=1, minutes=1))
    await handoff(skipping, handoff_id, lambda view: "queue" in view.newest[-1].text)
    await skipping.env.sleep(timedelta(hours=1, minutes=1))
    await mirrored(skipping, case_id, HandoffStatus.RETURNED)
    kinds = Counter(entry.kind for entry in (await skipping.cases.timeline(case_id)).entries)
    assert set(tried) == people
    assert kinds["hand_off_neglected"] == len(people) + 1
    assert kinds["hand_off_returned"] == 1
    await skipping.act(case_id, deed("close", skipping.actor("sven"), reason="the test is over"))


async def test_every_history_of_a_hand_off_replays_with_the_sandbox_on(skipping: House) -> None:
    case_id, handoff_id, owner = await asking(skipping, "replayed")
    first = await offered(skipping, handoff_id)
    await skipping.cases.handoff_act(handoff_id, said("decline", first, reason="on holiday"))
    second = await offered(skipping, handoff_id, but=first.id)
    await skipping.cases.handoff_signal(handoff_id, said("accept", second))
    await skipping.cases.handoff_signal(handoff_id, said("answer", first, text="Not mine to say."))
    await skipping.client.get_workflow_handle(handoff_workflow_id(handoff_id)).signal("agent_action", "not an event")
    await mirrored(skipping, case_id, HandoffStatus.ACCEPTED)
    await skipping.act(case_id, deed("cancel_hand_off", owner, handoff_id=handoff_id, reason="found it"))
    view = await handoff(skipping, handoff_id, lambda view: view.status.over)
    assert sum("refused" in line.text for line in view.newest) == 1
    assert sum("could not be read" in line.text for line in view.newest) == 1
    await ended(skipping, handoff_id)
    replayer = Replayer(workflows=[CaseWorkflow, HandoffWorkflow], plugins=[plugin()])
    await replayer.replay_workflow(await history(skipping, handoff_id))
    await replayer.replay_workflow(await skipping.settled(case_id))
    await skipping.act(case_id, deed("close", skipping.actor("sven"), reason="the test is over"))


async def test_a_question_to_a_team_that_nobody_belongs_to_comes_back_at_once(house: House) -> None:
    case_id, _, _ = await asking(house, "unstaffed", team="unknown-team")
    view = await mirrored(house, case_id, HandoffStatus.RETURNED)
    assert "nobody of the team unknown-team" in (await house.cases.timeline(case_id)).entries[-1].text
    assert view.waiting_on is WaitingOn.OWNER


async def test_the_web_ui_shows_what_a_hand_off_is_about(house: House) -> None:
    _, handoff_id, _ = await asking(house, "shown")
    await offered(house, handoff_id)
    described = await house.client.get_workflow_handle(handoff_workflow_id(handoff_id)).describe()
    assert await described.static_summary() == "Question to billing: Credit card, email"
    assert described.typed_search_attributes[SearchAttributeKey.for_keyword("CaseTeam")] == "billing"
    page = await house.temporal("workflow", "metadata", "-w", handoff_workflow_id(handoff_id))
    assert QUESTION in page.stdout
    assert "accept" in page.stdout
