"""Lets the complaints happen: opens them one after the other, and the people work until all are archived.

Nothing here waits for ever: when the time that so many complaints may take is over, the people stop where they are.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import Any

import httpx

from cases.complaint import Complaint
from cases.people import Person
from cases.words import Channel, Role, Rung
from starter.demo.agents import Agent
from starter.demo.bars import Bars
from starter.demo.customers import Customer
from starter.demo.diary import Diary
from starter.demo.line import REQUESTS, Line
from starter.demo.oversight import Oversight
from starter.demo.specialists import Specialist
from starter.demo.stories import KEPT, Plot, Story, stories
from starter.demo.watch import Watch
from starter.tokens import mint

OPENED_A_SECOND = 2.5
"""About what two cores, busy with something else, keep up with while the cases are worked on."""

PATIENCE_S = 150.0
"""From the last opening to the end. The longest story takes about 60 s."""

_SETTLING_S = 3.0
_REPEATS = 0.1
"""How often a source sends a complaint again, because it is not sure that it arrived."""

_TIMEOUT_S = 30.0
_CONNECTIONS = 40


@dataclass(frozen=True, slots=True)
class House:
    """Where the API is, the key that signs its tokens, and who works there. `teams` are those that cases go to."""

    api: str
    key: str
    people: Sequence[Person]
    teams: Sequence[str]


async def perform(house: House, complaints: Sequence[Complaint], seed: int, bars: Bars) -> Diary:
    """Opens and works the complaints; returns when all cases are archived, or when time is up. What was seen."""
    limits = httpx.Limits(max_connections=_CONNECTIONS)
    async with httpx.AsyncClient(base_url=house.api, timeout=_TIMEOUT_S, limits=limits, trust_env=False) as api:
        return await _Performance(house, api, seed, bars).play(complaints)


class _Performance:
    def __init__(self, house: House, api: httpx.AsyncClient, seed: int, bars: Bars) -> None:
        self._house = house
        self._api = api
        self._seed = seed
        self._bars = bars
        self._random = Random(seed)
        self._diary = Diary()
        self._plots: dict[str, Plot] = {}
        self._watch = Watch(self._line("demo-watch", Role.OPERATOR))
        self._gateways = {channel: self._line(f"{channel}-gateway", Role.SERVICE) for channel in Channel}
        self._agents, self._specialists = self._hire()

    async def play(self, complaints: Sequence[Complaint]) -> Diary:
        async with asyncio.TaskGroup() as group:
            colleagues = [*self._agents, *self._specialists]
            always = [self._watch.keep(), self._report(), *(each.work() for each in colleagues)]
            tasks = [group.create_task(each) for each in always]
            try:
                async with asyncio.timeout(len(complaints) / OPENED_A_SECOND + PATIENCE_S):
                    await self._live_through(complaints)
            except TimeoutError:
                # What was answered a moment ago is still being written.
                await asyncio.sleep(_SETTLING_S)
            for task in tasks:
                task.cancel()
        self._show()
        return self._diary

    async def _live_through(self, complaints: Sequence[Complaint]) -> None:
        told = stories(self._seed, len(complaints))
        async with asyncio.TaskGroup() as group:
            for complaint, story in zip(complaints, told, strict=True):
                earlier = complaints[0] if story.above is Oversight.CLOSES_DUPLICATE else None
                if story.follows:
                    earlier = complaints[told.index(KEPT)]
                group.create_task(self._one(complaint, story, earlier))
                await asyncio.sleep(1 / OPENED_A_SECOND)

    async def _one(self, complaint: Complaint, story: Story, earlier: Complaint | None) -> None:
        random = Random(f"{self._seed} {complaint.reference}")
        channel = story.channel or complaint.channel
        gateway = self._gateways[channel]
        if earlier and story.follows:
            await self._watch.until_archived(earlier.case_id)
            # The customer writes once more first, and is told that it takes a new case.
            await gateway.send(earlier.case_id, REQUESTS, {"kind": "message", "text": "It has happened again."})
        received = _received(complaint, story, channel, earlier)
        view = await gateway.open(received)
        if view is None:
            return
        self._plots[view.case_id] = Plot(story, earlier=earlier.case_id if earlier else None)
        self._watch.saw(view)
        if random.random() < _REPEATS:
            await gateway.open(received)
        await Customer(gateway, self._watch, view.case_id, story, random).live()

    async def _report(self) -> None:
        while True:
            self._show()
            await asyncio.sleep(0.5)

    def _show(self) -> None:
        self._bars.show(len(self._plots), self._watch.closed, self._watch.climbs, self._watch.handoffs)

    def _hire(self) -> tuple[list[Agent], list[Specialist]]:
        """Whoever is in line of a team that cases go to works on cases; the others answer questions."""
        assistant = Person(id="demo-assistant", name="The chatbot", rung=Rung.BOT)
        bot = Agent(assistant, self._line(assistant.id, Role.BOT), self._plots, self._house.teams, self._seed)
        agents: list[Agent] = [bot]
        specialists: list[Specialist] = []
        for person in self._house.people:
            line = self._line(person.id, Role.AGENT)
            if any(person.in_line_of(team) for team in self._house.teams):
                agents.append(Agent(person, line, self._plots, self._house.teams, self._seed))
            else:
                specialists.append(Specialist(person, line, self._plots, self._seed))
        for agent in agents:
            others = (each for each in agents if each is not agent)
            agent.colleagues = tuple(each for each in others if each.person.rung is agent.person.rung)
        return agents, specialists

    def _line(self, name: str, role: Role) -> Line:
        return Line(self._api, name, mint(self._house.key, name, role), self._diary)


def _received(complaint: Complaint, story: Story, channel: Channel, earlier: Complaint | None) -> Complaint:
    """The complaint as its story has it arrive."""
    changes: dict[str, Any] = {"channel": channel, "received_at": datetime.now(UTC)}
    if story.says:
        changes["text"] = f"{complaint.text} {story.says}"
    if story.bot:
        changes["transcript"] = f"Customer: {complaint.text}\nAssistant: I am sorry, I did not understand that."
    if earlier:
        changes["customer"] = earlier.customer
    if earlier and story.follows:
        changes["follows"] = earlier.case_id
    return complaint.model_copy(update=changes)
