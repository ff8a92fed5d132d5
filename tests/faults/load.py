"""Complaints opened at a steady rate and worked through the typed client, whatever is down at the moment.

Everything that is sent has an id of its own and is sent again with that id until it is acknowledged, or is given up and
counts as unknown. The diary has what was answered, and nothing else; nobody here judges whether it is right.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from random import Random
from typing import Any, TypeVar
from uuid import UUID

from cases.complaint import Complaint
from cases.events import Actor
from cases.people import Person
from cases.view import CaseView
from cases.words import Role, Rung, Status
from starter import Caseladder, CaseOver, NoWorker, Refused, Unreachable
from starter.demo.diary import Answered, Diary, Posted
from tests.faults.stories import Story, drawn
from tests.faults.watch import Watch
from tests.samples import complaint

UNKNOWN = 0
"""The status in the diary of what was never acknowledged, whether or not it was done."""

GIVES_UP_S = 40.0
"""How long something is sent again. A call may wait 10 s for its answer, and outages follow each other."""

_PATIENCE_S = 35.0
"""From the last opening to when whoever still waits for a case to move gives up. Nobody is longer silent in a story."""

_AGAIN_S = 0.3
_SIGNALLED = 0.4
_CUSTOMER = Actor(id="c-1", role=Role.CUSTOMER)
_LADDER = (Rung.AGENT, Rung.SUPERVISOR, Rung.MANAGER, Rung.EXECUTIVE)

T = TypeVar("T")


class Load:
    """Opens cases, and lets each live its story. What a seed decides: stories, ids, pauses, and what is signalled."""

    def __init__(self, door: Caseladder, watch: Watch, people: Mapping[str, Person], seed: int) -> None:
        self.diary = Diary()
        self._door = door
        self._watch = watch
        self._people = people
        self._seed = seed
        self._waits_until = math.inf

    async def run(self, a_second: float, for_s: float) -> None:
        """Opens that many a second for so long; returns when the last story is over."""
        self._waits_until = asyncio.get_running_loop().time() + for_s + _PATIENCE_S
        async with asyncio.TaskGroup() as group:
            for n in range(round(a_second * for_s)):
                group.create_task(_Plot(self, f"fault-{n}").live())
                await asyncio.sleep(1 / a_second)

    async def open(self, said: Complaint) -> str | None:
        """Its case id; None if that was never acknowledged."""
        opened = await _until_answered(lambda: self._door.open_case(said))
        self.diary.posted.append(Posted(said.source, said.reference, opened.case_id if opened else None))
        return opened.case_id if opened else None

    async def send(self, case_id: str, event: dict[str, Any], *, signalled: bool) -> CaseView | None:
        """The case after it; None if it was refused, only received, or never acknowledged."""
        send = self._door.request if event["by"] is _CUSTOMER else self._door.act
        view, status, code = None, UNKNOWN, None
        try:
            if signalled:
                status = await _until_answered(lambda: _received(send(case_id, event, wait=False))) or UNKNOWN
            elif view := await _until_answered(lambda: send(case_id, event)):
                status = HTTPStatus.OK
                self._watch.saw(view)
        except Refused as refused:
            status, code = HTTPStatus.CONFLICT, refused.code.value
        except CaseOver:
            status = HTTPStatus.GONE
        self.diary.answered.append(Answered(case_id, str(event["id"]), event["kind"], event["by"].id, status, code))
        return view

    def person(self, view: CaseView) -> Actor:
        """Who is offered the case."""
        assert view.offer is not None
        return self._people[view.offer.to.person or ""].actor

    async def until(self, case_id: str, holds: Callable[[CaseView], bool]) -> CaseView | None:
        """The case once it is so; None if it never is."""
        return await self._watch.until(case_id, holds, self._waits_until)

    def random(self, reference: str) -> Random:
        """Of one case, so that what others do changes nothing."""
        return Random(f"{self._seed} {reference}")


class _Plot:
    """One case and its story."""

    def __init__(self, load: Load, reference: str) -> None:
        self._load = load
        self._reference = reference
        self._random = load.random(reference)
        self._story: Story = drawn(self._random)
        self._case_id = ""

    async def live(self) -> None:
        """From the complaint to the end that the story wants, or to where the case takes no more."""
        said = complaint(reference=self._reference, received_at=datetime.now(UTC))
        self._case_id = await self._load.open(said) or ""
        if not self._case_id or self._story.passed_over >= len(_LADDER):
            return
        owner = await self._claimed(_LADDER[self._story.passed_over])
        if owner is not None and self._story.silent:
            owner = await self._claimed(Rung.SUPERVISOR)
        if owner is None:
            return
        await self._say(owner, "reply", text="I am looking into it.")
        for _ in range(self._story.chats):
            await self._say(_CUSTOMER, "message", text="Is there any news?")
            await self._say(owner, "reply", text="Not yet; by tonight.")
        if self._story.insists:
            await self._say(_CUSTOMER, "ask_for_manager")
            await self._say(owner, "redirect", text="Give me a moment, I can put this right.")
            await self._say(_CUSTOMER, "ask_for_manager")
            owner = await self._claimed(Rung.SUPERVISOR) or owner
        await self._end(owner)

    async def _end(self, owner: Actor) -> None:
        await self._resolve(owner)
        if self._story.ending == "rejects":
            await self._load.until(self._case_id, lambda view: view.status is Status.RESOLVED)
            await self._say(_CUSTOMER, "reject_resolution", reason="That is not what I asked for.")
            higher = await self._claimed(Rung.SUPERVISOR)
            if higher is None:
                return
            await self._say(higher, "reply", text="Let me see.")
            await self._resolve(higher)
        if self._story.ending != "says nothing":
            await self._load.until(self._case_id, lambda view: view.status is Status.RESOLVED)
            await self._say(_CUSTOMER, "accept_resolution", score=4)

    async def _resolve(self, owner: Actor) -> None:
        await self._say(owner, "resolve", text="Put right.", warranted=True, lesson="Answer within the hour.")

    async def _claimed(self, at_least: Rung) -> Actor | None:
        """Whoever is offered it at that rung or above claims it, unless it is gone by then; then the next one."""
        for _ in range(len(_LADDER)):
            view = await self._load.until(self._case_id, lambda view: _is_offered(view, at_least))
            person = self._load.person(view) if view else None
            after = await self._say(person, "claim", signalled=False) if person else None
            if person is None or (after and after.owner.person == person.id):
                return person
        return None

    async def _say(self, by: Actor, kind: str, *, signalled: bool | None = None, **fields: Any) -> CaseView | None:
        await asyncio.sleep(self._random.uniform(0.1, 1.0))
        event = {"kind": kind, "id": UUID(int=self._random.getrandbits(128), version=4), "by": by, **fields}
        if signalled is None:
            signalled = self._random.random() < _SIGNALLED
        return await self._load.send(self._case_id, event, signalled=signalled)


def _is_offered(view: CaseView, at_least: Rung) -> bool:
    offer = view.offer
    return offer is not None and offer.to.person is not None and offer.rung.height >= at_least.height


async def _until_answered(call: Callable[[], Awaitable[T]]) -> T | None:
    """What is answered; None if nothing is for so long that the sender gives up."""
    ends = asyncio.get_running_loop().time() + GIVES_UP_S
    while asyncio.get_running_loop().time() < ends:
        try:
            return await call()
        except (NoWorker, Unreachable):
            await asyncio.sleep(_AGAIN_S)
    return None


async def _received(call: Awaitable[None]) -> HTTPStatus:
    await call
    return HTTPStatus.ACCEPTED
