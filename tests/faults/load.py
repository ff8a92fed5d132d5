"""Complaints opened at a steady rate, and the people who work each of them as its story wants.

What a seed decides: stories, ids, pauses, and what is signalled. How anything is sent is in `tests.faults.sending`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from random import Random
from typing import Any
from uuid import UUID

from cases.events import Actor
from cases.view import CaseView, HandedOff
from cases.words import HandoffStatus, Rung, Status
from starter.demo.diary import Diary
from tests.faults.sending import CUSTOMER, SIGNALLED, Sender
from tests.faults.specialists import QUESTION, TEAM, Specialists
from tests.faults.stories import Consulting, drawn
from tests.samples import complaint

_PATIENCE_S = 35.0
"""From the last opening to when whoever still waits for a case to move gives up. Nobody is longer silent in a story."""

_LADDER = (Rung.AGENT, Rung.SUPERVISOR, Rung.MANAGER, Rung.EXECUTIVE)


class Load:
    """Opens cases, and lets each live its story."""

    def __init__(self, sender: Sender, seed: int) -> None:
        self._sender = sender
        self._seed = seed

    @property
    def diary(self) -> Diary:
        """What was sent and answered."""
        return self._sender.diary

    async def run(self, a_second: float, for_s: float) -> None:
        """Opens that many a second for so long; returns when the last story is over."""
        self._sender.waits_until = asyncio.get_running_loop().time() + for_s + _PATIENCE_S
        async with asyncio.TaskGroup() as group:
            for n in range(round(a_second * for_s)):
                group.create_task(_Plot(self._sender, f"fault-{n}", self._seed).live(group))
                await asyncio.sleep(1 / a_second)


class _Plot:
    """One case and its story."""

    def __init__(self, sender: Sender, reference: str, seed: int) -> None:
        self._sender = sender
        self._reference = reference
        # Of one case, and of its specialists, so that what others do changes nothing.
        self._random, self._of_specialists = Random(f"{seed} {reference}"), Random(f"{seed} {reference} specialists")
        self._story, self._consulting = drawn(self._random)
        self._case_id = ""

    async def live(self, group: asyncio.TaskGroup) -> None:
        """From the complaint to the end that the story wants, or to where the case takes no more.

        `group` is for those who go on beside the owner.
        """
        said = complaint(reference=self._reference, received_at=datetime.now(UTC))
        self._case_id = await self._sender.open(said) or ""
        if not self._case_id or self._story.passed_over >= len(_LADDER):
            return
        owner = await self._claimed(_LADDER[self._story.passed_over])
        if owner is not None and self._story.silent:
            owner = await self._claimed(Rung.SUPERVISOR)
        if owner is None:
            return
        await self._say(owner, "reply", text="I am looking into it.")
        if self._consulting:
            await self._consult(owner, self._consulting, group)
            if self._consulting.withdrawn:
                return
        for _ in range(self._story.chats):
            await self._say(CUSTOMER, "message", text="Is there any news?")
            await self._say(owner, "reply", text="Not yet; by tonight.")
        if self._story.insists:
            await self._say(CUSTOMER, "ask_for_manager")
            await self._say(owner, "redirect", text="Give me a moment, I can put this right.")
            await self._say(CUSTOMER, "ask_for_manager")
            owner = await self._claimed(Rung.SUPERVISOR) or owner
        await self._end(owner)

    async def _consult(self, owner: Actor, consulting: Consulting, group: asyncio.TaskGroup) -> None:
        """The owner asks, and is done when they or the customer no longer wait for the answer."""
        handoff_id = f"{self._case_id}-1"
        await self._say(owner, "hand_off", team=TEAM, question=QUESTION)
        group.create_task(Specialists(self._sender, handoff_id, consulting, self._of_specialists).work())
        if consulting.withdrawn:
            await self._until_asked(lambda _: True)
            await self._say(CUSTOMER, "withdraw")
        elif consulting.owner == "calls it off":
            await self._until_asked(lambda asked: asked.status is not HandoffStatus.OFFERED)
            await self._say(owner, "cancel_hand_off", handoff_id=handoff_id, reason="The customer found the receipt.")
        elif consulting.owner == "waits":
            asked = await self._until_asked(lambda asked: asked.status.over or asked.asks is not None)
            if asked and not asked.status.over:
                await self._say(owner, "answer_back", handoff_id=handoff_id, text="The one that ends in 42.")
                await self._until_asked(lambda asked: asked.status.over)

    async def _until_asked(self, holds: Callable[[HandedOff], bool]) -> HandedOff | None:
        """The question as the case knows it, once it is so."""
        view = await self._sender.until(self._case_id, lambda view: any(holds(asked) for asked in view.handoffs))
        return view.handoffs[0] if view else None

    async def _end(self, owner: Actor) -> None:
        await self._resolve(owner)
        if self._story.ending == "rejects":
            await self._sender.until(self._case_id, lambda view: view.status is Status.RESOLVED)
            await self._say(CUSTOMER, "reject_resolution", reason="That is not what I asked for.")
            higher = await self._claimed(Rung.SUPERVISOR)
            if higher is None:
                return
            await self._say(higher, "reply", text="Let me see.")
            await self._resolve(higher)
        if self._story.ending != "says nothing":
            await self._sender.until(self._case_id, lambda view: view.status is Status.RESOLVED)
            await self._say(CUSTOMER, "accept_resolution", score=4)

    async def _resolve(self, owner: Actor) -> None:
        await self._say(owner, "resolve", text="Put right.", warranted=True, lesson="Answer within the hour.")

    async def _claimed(self, at_least: Rung) -> Actor | None:
        """Whoever is offered it at that rung or above claims it, unless it is gone by then; then the next one."""
        for _ in range(len(_LADDER)):
            view = await self._sender.until(self._case_id, lambda view: _offered(view, at_least) is not None)
            name = _offered(view, at_least) if view else None
            person = self._sender.person(name) if name else None
            after = await self._say(person, "claim", signalled=False) if person else None
            if person is None or (after and after.owner.person == person.id):
                return person
        return None

    async def _say(self, by: Actor, kind: str, *, signalled: bool | None = None, **fields: Any) -> CaseView | None:
        await asyncio.sleep(self._random.uniform(0.1, 1.0))
        event = {"kind": kind, "id": UUID(int=self._random.getrandbits(128), version=4), "by": by, **fields}
        if signalled is None:
            signalled = self._random.random() < SIGNALLED
        return await self._sender.send(self._case_id, event, signalled=signalled)


def _offered(view: CaseView, at_least: Rung) -> str | None:
    """Who is offered it, at that rung or above."""
    offer = view.offer
    return offer.to.person if offer is not None and offer.rung.height >= at_least.height else None
