"""The specialists of the load: whoever is offered a question does with it what the story wants.

They see whom a question is offered to in the records, as their page does.
"""

from __future__ import annotations

import asyncio
from random import Random
from typing import Any
from uuid import UUID

from cases.events import Actor
from tests.faults.sending import SIGNALLED, Sender
from tests.faults.stories import NOBODY, Conduct, Consulting
from tests.faults.watch import Asked

TEAM = "billing"
QUESTION = "Which of the two postings is the wrong one?"


class Specialists:
    """All who are asked one question, one after the other."""

    def __init__(self, sender: Sender, handoff_id: str, consulting: Consulting, random: Random) -> None:
        self._sender = sender
        self._handoff_id = handoff_id
        self._consulting = consulting
        self._random = random
        self._asked: set[str] = set()

    async def work(self) -> None:
        """Until the question is over, or nobody is offered it any more."""
        others: tuple[Conduct, ...] = ("answers",) * NOBODY
        for conduct in self._consulting.specialists + others:
            asked = await self._sender.until_asked(self._handoff_id, lambda asked: asked.over or self._is_new(asked))
            if asked is None or asked.over or asked.person is None:
                return
            self._asked.add(asked.person)
            await self._attend(self._sender.person(asked.person), conduct)

    def _is_new(self, asked: Asked) -> bool:
        return asked.status == "offered" and asked.person is not None and asked.person not in self._asked

    async def _attend(self, by: Actor, conduct: Conduct) -> None:
        match conduct:
            case "neglects":
                return
            case "declines":
                await self._do(by, "decline", reason="I know nothing of this product.")
                return
            case "answers" | "asks back" | "forgets" | "gives it up":
                await self._do(by, "accept")
        if conduct == "forgets":
            return
        if conduct == "gives it up":
            await self._do(by, "decline", reason="My day is over.")
            return
        if conduct == "asks back":
            await self._do(by, "ask_back", text="Which account is it?")
            await self._sender.until_asked(self._handoff_id, lambda asked: asked.over or asked.status == "asked_back")
            await self._sender.until_asked(self._handoff_id, lambda asked: asked.status != "asked_back")
        await self._do(by, "answer", text="The second one; it goes back tonight.")

    async def _do(self, by: Actor, kind: str, **fields: Any) -> None:
        await asyncio.sleep(self._random.uniform(0.1, 1.0))
        event = {"kind": kind, "id": UUID(int=self._random.getrandbits(128), version=4), "by": by, **fields}
        await self._sender.consult(self._handoff_id, event, signalled=self._random.random() < SIGNALLED)
