"""A threat and a restriction on a real server: who may decide by which way, who is told first, what operators see."""

from __future__ import annotations

from datetime import timedelta

import pytest
from temporalio.worker import Replayer

from cases.events import Actor, Code, Refused
from cases.view import CaseView
from cases.words import ClockName, ClosedAs, Role, Rung, Via
from tests.samples import SHOP, complaint, deed
from tests.temporal import House
from workflows.case import CaseWorkflow
from workflows.details import page
from workflows.plugin import plugin

pytestmark = pytest.mark.asyncio(loop_scope="module")

MANAGER = Actor(id="the-manager", role=Role.AGENT, rung=Rung.MANAGER)


async def claimed(house: House, reference: str) -> tuple[CaseView, Actor]:
    """A case that its agent has claimed, and the agent."""
    view = await house.open(complaint(reference=reference))
    owner = house.offered(view)
    return await house.act(view.case_id, deed("claim", owner)), owner


async def test_a_signal_does_not_decide_on_safety_and_an_update_does(skipping: House) -> None:
    view, owner = await claimed(skipping, "threat")
    case_id = view.case_id
    await skipping.act(case_id, deed("report_threat", owner, text="He knows where our people park."))
    await skipping.cases.signal(case_id, deed("decide_safety", MANAGER, decision="end", text="Enough."))
    await skipping.until(case_id, lambda now: now.version > view.version + 3)
    await skipping.written(case_id)

    refused = [entry for entry in skipping.records.entries(case_id, 0, 100) if entry.kind == "refused"]
    assert [(entry.via, entry.data["code"]) for entry in refused] == [(Via.SIGNAL, Code.NOT_BY_SIGNAL.value)]
    undecided = await skipping.cases.view(case_id)
    text = page(undecided, (await skipping.cases.timeline(case_id)).entries)
    assert "🔴 A threat awaits a manager's decision" in text
    assert '"kind": "decide_safety"' in text

    ended = await skipping.act(case_id, deed("decide_safety", MANAGER, decision="end", text="Enough."))
    assert ended.closed_as is ClosedAs.CONTACT_ENDED
    assert "awaits" not in page(ended, ())


async def test_the_managers_read_the_record_before_the_customer_hears_that_a_manager_comes(skipping: House) -> None:
    view, owner = await claimed(skipping, "abuse")
    for text in ("Please do not shout.", "This ends if you go on."):
        await skipping.act(view.case_id, deed("warn", owner, text=text))
    await skipping.act(view.case_id, deed("escalate", owner, reason="abuse", text="Calls me names."))
    await skipping.written(view.case_id)

    sent = [one.template for one in skipping.records.outbox(view.case_id)]
    assert sent.index("conduct_brief") < sent.index("escalated.abuse")
    brief = next(one for one in skipping.records.outbox(view.case_id) if one.template == "conduct_brief")
    assert "Please do not shout." in brief.text
    assert "Calls me names." in brief.text
    assert len((await skipping.cases.brief(view.case_id)).conduct) == 2


async def test_a_review_comes_back_when_the_customer_was_told_and_the_history_replays(skipping: House) -> None:
    view, _ = await claimed(skipping, "restricted")
    case_id, by = view.case_id, view.now + timedelta(days=2)
    restrict = deed("restrict_contact", MANAGER, how="written_only", review_at=by, text="Please write to us.")
    await skipping.act(case_id, restrict)
    answer = await skipping.act(case_id, deed("ask_review", SHOP, text="I raised my voice once."))
    assert answer.conduct is None, "a service speaks for the customer"
    with pytest.raises(Refused) as caught:
        await skipping.act(case_id, deed("choose_contact", SHOP, when="now"))
    assert caught.value.code is Code.CONTACT_RESTRICTED

    await skipping.env.sleep(timedelta(days=3))
    late = await skipping.until(
        case_id, lambda now: any(c.breached_at for c in now.clocks if c.name is ClockName.REVIEW)
    )
    assert late.conduct
    assert late.conduct.restriction
    history = await skipping.settled(case_id)
    await Replayer(workflows=[CaseWorkflow], plugins=[plugin()]).replay_workflow(history)
