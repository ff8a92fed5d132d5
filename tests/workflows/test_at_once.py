"""People who act in the same moment, on the real server: one wins, the others hear who; sent again, it acts once."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from cases.deeds import Deed
from cases.events import Actor, Code, Refused
from cases.view import CaseView
from cases.words import Role, Rung, Status
from tests.samples import SHOP, complaint, deed
from tests.temporal import House

pytestmark = pytest.mark.asyncio(loop_scope="module")


def lead(view: CaseView, name: str) -> Actor:
    """A supervisor of the case's team."""
    return Actor(id=name, role=Role.AGENT, rung=Rung.SUPERVISOR, teams=(view.team,))


async def at_once(house: House, case_id: str, *deeds: Deed) -> tuple[list[CaseView], list[Refused]]:
    """Sends all of them together; the answers to those that were taken, and the refusals of the others."""
    results = await asyncio.gather(*(house.act(case_id, deed) for deed in deeds), return_exceptions=True)
    taken = [result for result in results if isinstance(result, CaseView)]
    refusals = [result for result in results if isinstance(result, Refused)]
    assert len(taken) + len(refusals) == len(deeds), results
    return taken, refusals


async def kinds(house: House, case_id: str) -> Counter[str]:
    """How often each kind of entry is on the timeline."""
    return Counter(entry.kind for entry in (await house.cases.timeline(case_id)).entries)


async def test_of_five_who_claim_at_once_one_wins_and_the_others_hear_who(house: House) -> None:
    view = await house.open(complaint(reference="raced"))
    rivals = [lead(view, f"lead-{n}") for n in range(5)]
    taken, refusals = await at_once(house, view.case_id, *(deed("claim", rival) for rival in rivals))
    [won] = taken
    winner = won.owner.person
    assert winner in {rival.id for rival in rivals}
    assert {(refusal.code, refusal.details["owner"]) for refusal in refusals} == {(Code.ALREADY_CLAIMED, winner)}
    assert all(f"{winner} has claimed this case already" in refusal.sentence for refusal in refusals)
    assert (await kinds(house, view.case_id))["claim"] == 1
    assert (await house.cases.view(view.case_id)).owner.person == winner


async def test_of_two_who_resolve_at_once_the_customer_gets_one_answer_and_the_other_hears_whose(house: House) -> None:
    view = await house.open(complaint(reference="resolved-twice"))
    owner = lead(view, "owner")
    await house.act(view.case_id, deed("claim", owner))
    boss = Actor(id="boss", role=Role.AGENT, rung=Rung.MANAGER)
    taken, refusals = await at_once(
        house, view.case_id, *(deed("resolve", by, text=f"{by.id} says so.") for by in (owner, boss))
    )
    [won], [refusal] = taken, refusals
    winner = (won.resolution or "").partition(" ")[0]
    assert (refusal.code, refusal.details["by"]) == (Code.ALREADY_RESOLVED, winner)
    assert f"resolved by {winner} and waits" in refusal.sentence
    await house.written(view.case_id)
    sent = [message.text for message in house.records.outbox(view.case_id) if message.template == "resolved"]
    assert len(sent) == 1
    assert f"{winner} says so." in sent[0]


async def test_the_customer_and_a_manager_end_it_at_once_and_it_is_closed_once(house: House) -> None:
    view = await house.open(complaint(reference="closed-twice"))
    boss = Actor(id="boss", role=Role.AGENT, rung=Rung.MANAGER)
    ends = (deed("withdraw", SHOP), deed("close", boss, reason="settled"))
    [won], [refusal] = await at_once(house, view.case_id, *ends)
    assert won.status is Status.CLOSED
    assert refusal.code is Code.CLOSED
    assert refusal.details["by"] in ("shop", "boss")
    counted = await kinds(house, view.case_id)
    assert counted["withdraw"] + counted["close"] == 1


async def test_one_action_sent_three_times_at_once_acts_once_and_is_answered_three_times(house: House) -> None:
    view = await house.open(complaint(reference="thrice"))
    owner = lead(view, "owner")
    claim = deed("claim", owner)
    taken, refusals = await at_once(house, view.case_id, claim, claim, claim)
    assert (len(taken), refusals) == (3, [])
    reply = deed("reply", owner, text="We look into it.")
    await at_once(house, view.case_id, reply, reply)
    await house.cases.signal(view.case_id, reply)
    await house.written(view.case_id)
    counted = await kinds(house, view.case_id)
    assert (counted["claim"], counted["reply"]) == (1, 1)
    templates = Counter(message.template for message in house.records.outbox(view.case_id))
    assert (templates["taken_up"], templates["reply"]) == (1, 1)
