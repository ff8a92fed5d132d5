"""The simulated agents: each looks through their own lists now and then, and works on what they find there."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from random import Random

from cases.people import Person
from cases.view import CaseView
from cases.words import Rung, Status, WaitingOn
from starter.demo.habits import Step, next_step
from starter.demo.line import ACTIONS, Line
from starter.demo.oversight import BY
from starter.demo.stories import Plot

LOOKS_EVERY_S = {Rung.BOT: 1.0, Rung.AGENT: 2.0, Rung.SUPERVISOR: 2.0, Rung.MANAGER: 3.0, Rung.EXECUTIVE: 4.0}
SELDOM = 3
"""Every so many looks they also look where there is seldom something: the queues, and what they wait for."""

_STEPS = 10
"""The most that is done about a case before it is looked up again."""

_REPEATS = 0.1
"""How often a page sends the same action twice, because somebody clicked twice."""


class Agent:
    """One person of the directory at work. `plots` is filled by whoever opens the cases."""

    def __init__(self, person: Person, line: Line, plots: Mapping[str, Plot], teams: Sequence[str], seed: int) -> None:
        self.person = person
        self.colleagues: tuple[Agent, ...] = ()
        self._line = line
        self._plots = plots
        self._teams = [team for team in teams if person.in_line_of(team)]
        self._random = Random(f"{seed} {person.id}")
        self._working: set[str] = set()

    async def work(self) -> None:
        """Looks and works until it is cancelled."""
        every_s = LOOKS_EVERY_S[self.person.rung]
        await asyncio.sleep(self._random.uniform(0, every_s))
        async with asyncio.TaskGroup() as group:
            look = 0
            while True:
                for view in await self._look(seldom=look % SELDOM == 0):
                    plot = self._plots.get(view.case_id)
                    if plot is not None and view.case_id not in self._working:
                        self._working.add(view.case_id)
                        group.create_task(self._attend(view.case_id, plot))
                look += 1
                await asyncio.sleep(every_s * self._random.uniform(0.8, 1.2))

    async def _look(self, *, seldom: bool) -> list[CaseView]:
        me = self.person.id
        found = await self._line.cases(offered_to=me, waiting_on=WaitingOn.OFFER.value) or []
        found += await self._line.cases(owner=me, waiting_on=WaitingOn.OWNER.value) or []
        if any(plot.story.reopens and not plot.reopened for plot in self._plots.values()):
            found += await self._line.cases(owner=me, status=Status.CLOSED.value) or []
        if self.person.rung in self._overseeing():
            team_cases = await self._line.cases(rung=Rung.AGENT.value, waiting_on=WaitingOn.OWNER.value) or []
            found += [view for view in team_cases if self._oversees(view.case_id)]
        if seldom or self.person.rung is Rung.BOT:
            found += await self._line.cases(owner=me, status=Status.WAITING_CUSTOMER.value) or []
            if self.person.rung.height > Rung.AGENT.height:
                found += await self._line.cases(waiting_on=WaitingOn.APPROVAL.value) or []
            for team in self._teams:
                found += await self._line.cases(offered_to=f"queue:{team}") or []
        return found

    def _overseeing(self) -> set[Rung]:
        """Who has something to do about cases that are not theirs."""
        return {BY[plot.story.above] for plot in self._plots.values() if plot.story.above and not plot.overseen}

    def _oversees(self, case_id: str) -> bool:
        plot = self._plots.get(case_id)
        above = plot.story.above if plot and not plot.overseen else None
        return above is not None and BY[above] is self.person.rung

    async def _attend(self, case_id: str, plot: Plot) -> None:
        try:
            view = await self._line.case(case_id)
            for _ in range(_STEPS):
                peer = self._peer(view.team) if view is not None else None
                step = next_step(view, self.person, peer.person if peer else None, plot) if view is not None else None
                if view is None or step is None:
                    return
                view = await self._take(view, step, peer, plot)
        finally:
            self._working.discard(case_id)

    async def _take(self, view: CaseView, step: Step, peer: Agent | None, plot: Plot) -> CaseView | None:
        """The case after the step; None if it was refused, for then it must be looked up."""
        await asyncio.sleep(self._random.uniform(*step.thinks_s))
        times = 2 if self._random.random() < _REPEATS else 1
        mine = self._line.send(view.case_id, ACTIONS, step.action, times=times)
        contested = plot.story.contested and not plot.met_stranger and step.action["kind"] == "claim"
        if not contested or peer is None:
            return await mine
        plot.met_stranger = True
        after, _ = await asyncio.gather(mine, peer.meddle(view.case_id))
        return after

    async def meddle(self, case_id: str) -> None:
        """Does what is not theirs to do: claims another's offer, answers another's customer, and claims by signal."""
        await self._line.send(case_id, ACTIONS, {"kind": "claim"})
        await asyncio.sleep(self._random.uniform(0.5, 1.0))
        await self._line.send(case_id, ACTIONS, {"kind": "reply", "text": "Let me answer this one."})
        await self._line.send(case_id, ACTIONS, {"kind": "claim"}, signalled=True)

    def _peer(self, team: str) -> Agent | None:
        """Somebody else of the same rung who may have a case of that team."""
        peers = [each for each in self.colleagues if each.person.in_line_of(team)]
        skilled = [each for each in peers if each.person.skills]
        return self._random.choice(skilled or peers) if peers else None
