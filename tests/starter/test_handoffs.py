"""Hand-offs by the typed client and the command line, on the running stack."""

from __future__ import annotations

import asyncio
import json
from typing import Any, NamedTuple

import pytest
from pydantic import ValidationError

from cases.words import HandoffStatus
from starter import Actor, Caseladder, HandoffOver, HandoffUnknown, Refused, Role
from starter.stack import Stack
from tests.api.live import eventually
from tests.starter.conftest import QUINN, Run, complaint

TEAM = ("vera", "wale", "xenia")


class Question(NamedTuple):
    """A case whose owner, Quinn, has asked billing something, and the specialist whom it is offered to."""

    case_id: str
    handoff_id: str
    person: str

    @property
    def specialist(self) -> Actor:
        """As the directory knows them."""
        return Actor.model_validate({"id": self.person, "role": "agent", "rung": "agent", "teams": ["billing"]})


@pytest.fixture
async def question(caseladder: Caseladder) -> Question:
    case_id, _ = await caseladder.open_case(complaint(source="shop"))
    while (await caseladder.view(case_id)).status == "opening":
        await asyncio.sleep(0.02)
    await caseladder.act(case_id, {"kind": "claim", "by": QUINN})
    asks: dict[str, Any] = {"kind": "hand_off", "team": "billing", "question": "Was it settled?", "by": QUINN}
    handoff_id = (await caseladder.act(case_id, asks)).handoffs[-1].handoff_id
    async with asyncio.timeout(10):
        while True:
            try:
                offered = (await caseladder.handoff(handoff_id)).offered_to
            except HandoffUnknown:
                offered = None
            if offered and offered.person:
                return Question(case_id, handoff_id, offered.person)
            await asyncio.sleep(0.05)


async def test_a_specialist_accepts_and_answers_and_the_case_knows(caseladder: Caseladder, question: Question):
    assert question.person in TEAM
    by, handoff_id = question.specialist, question.handoff_id
    assert (await caseladder.handoff(handoff_id, by)).allowed == ("accept", "decline")
    accepted = await caseladder.act_on_handoff(handoff_id, {"kind": "accept", "by": by})
    assert (accepted.status, accepted.specialist) == (HandoffStatus.ACCEPTED, question.person)
    with pytest.raises(Refused) as refused:
        await caseladder.act_on_handoff(handoff_id, {"kind": "accept", "by": by})
    assert refused.value.code == "already_accepted"
    await caseladder.act_on_handoff(handoff_id, {"kind": "answer", "text": "On 3 March.", "by": by}, wait=False)
    async with asyncio.timeout(10):
        while (await caseladder.view(question.case_id)).handoffs[-1].answer != "On 3 March.":
            await asyncio.sleep(0.05)
    with pytest.raises((HandoffOver, Refused)):
        await caseladder.act_on_handoff(handoff_id, {"kind": "decline", "reason": "Too late", "by": by})


async def test_what_is_no_such_event_is_told_before_it_is_sent(caseladder: Caseladder):
    with pytest.raises(ValidationError, match="claim"):
        await caseladder.act_on_handoff("shop-aaaaaaaaaa-1", {"kind": "claim"})
    with pytest.raises(HandoffUnknown, match="shop-aaaaaaaaaa-1"):
        await caseladder.handoff("shop-aaaaaaaaaa-1")
    by = Actor(id="vera", role=Role.AGENT)
    with pytest.raises(HandoffUnknown):
        await caseladder.act_on_handoff("shop-aaaaaaaaaa-1", {"kind": "accept", "by": by}, wait=False)


def test_a_specialist_works_from_the_command_line(here: Run, stack: Stack, question: Question):
    env = stack.settings
    case_id, handoff_id, person = question
    eventually(lambda: handoff_id in here("list", "--handoffs", "--offered-to", person, env=env).out)
    assert "queue:" not in here("list", "--handoffs", "--offered-to", person, env=env).out
    listed = json.loads(here("list", "--handoffs", "--team", "billing", "--json", env=env).out)
    assert handoff_id in [item["handoff_id"] for item in listed["items"]]
    assert here("list", "--handoffs", "--offered-to", "queue:nobody", env=env).out == "no hand-offs\n"

    shown = here("show", handoff_id, env=env)
    assert shown.code == 0, shown.err
    assert "asked    by quinn" in shown.out
    assert f"offered  to {person}" in shown.out
    accepted = here("act", handoff_id, "accept", "--as", person, env=env)
    assert f"with     {person}" in accepted.out, accepted.err
    eventually(lambda: f"asked    billing, accepted by {person}: {handoff_id}" in here("show", case_id, env=env).out)
    sent = here("act", handoff_id, "answer", "text=On 3 March.", "--as", person, "--no-wait", env=env)
    assert sent.out == f"sent to {handoff_id}\n"
    eventually(lambda: json.loads(here("show", handoff_id, "--json", env=env).out)["answer"] == "On 3 March.")


def test_what_cannot_be_done_to_a_hand_off_is_said(here: Run, stack: Stack, question: Question):
    env, handoff_id = stack.settings, question.handoff_id
    wrong = here("act", handoff_id, "claim", "--as", question.person, env=env)
    assert wrong.err == "caseladder: kind is not known: one of accept, answer, ask_back, decline\n"
    missing = here("act", handoff_id, "answer", "--as", question.person, env=env)
    assert "this is no event:\n  text is missing: add it" in missing.err
    refused = here("act", handoff_id, "accept", "--as", "zofia", "--json", env=env)
    assert json.loads(refused.out or refused.err)["code"] == "not_qualified"
    unknown = here("show", "shop-aaaaaaaaaa-1", env=env)
    assert "There is no hand-off shop-aaaaaaaaaa-1" in unknown.err
    timeline = here("show", handoff_id, "--timeline", env=env)
    assert question.case_id in timeline.err


def test_the_owner_reads_what_is_asked_back_and_then_the_answer(here: Run, stack: Stack, question: Question):
    env = stack.settings
    case_id, handoff_id, person = question

    def done(of: str, *said: str) -> None:
        acted = here("act", of, *said, env=env)
        assert acted.code == 0, acted.err

    def seen(line: str) -> bool:
        shows = (("show", case_id), ("watch", case_id, "--once"))
        return all(line in here(*show, env=env).out.splitlines() for show in shows)

    done(handoff_id, "accept", "--as", person)
    done(handoff_id, "ask_back", "text=Which one?", "--as", person)
    eventually(lambda: seen("asks     the owner: Which one?"))
    done(case_id, "answer_back", f"handoff_id={handoff_id}", "text=The second.", "--as", "quinn")
    assert not seen("asks     the owner: Which one?")
    done(handoff_id, "answer", "text=On 3 March.", "--as", person)
    eventually(lambda: seen(f"answered billing, by {person}, {handoff_id}: On 3 March."))
    ended = ("list", "--handoffs", "--status", "answered", "--offered-to", person)
    eventually(lambda: handoff_id in here(*ended, env=env).out)
    assert handoff_id not in here("list", "--handoffs", "--offered-to", person, env=env).out


def test_no_question_goes_to_a_team_that_nobody_belongs_to(here: Run, stack: Stack, question: Question):
    env, case_id = stack.settings, question.case_id
    known = "one of billing, cards, fraud, general, lending"
    asked = here("act", case_id, "hand_off", "team=nosuch", "question=Why?", "--as", "quinn", env=env)
    assert (asked.code, asked.err) == (1, f"caseladder: team 'nosuch' has nobody in the directory: {known}\n")
    moved = here("act", case_id, "transfer", "to.team=loanz", "--as", "quinn", env=env)
    assert (moved.code, moved.err) == (1, f"caseladder: to.team 'loanz' has nobody in the directory: {known}\n")
    by = json.dumps({"kind": "hand_off", "by": QUINN})
    assert "team 'nosuch' has nobody" in here("act", case_id, by, "team=nosuch", "question=Why?", env=env).err
    assert len(json.loads(here("show", case_id, "--json", env=env).out)["handoffs"]) == 1
