"""The simulated specialists: each looks through the questions that wait for them, and does what the story says."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from random import Random

from cases.people import Person
from cases.view import HandoffView
from cases.words import HandoffStatus
from starter.demo.habits import Step
from starter.demo.line import Line, Question
from starter.demo.stories import Conduct, Plot

LOOKS_EVERY_S = 1.0
"""They have four seconds to accept a question."""

_STEPS = 4
"""The most that is done about a question before it is looked up again."""

_REPEATS = 0.1
"""How often a page sends the same action twice, because somebody clicked twice."""


def next_answer(view: HandoffView, me: Person, plot: Plot) -> Step | None:
    """What `me` does now about a question; None if it is not their move, or if they neglect it.

    `view` must be as the hand-off shows itself to `me`: its `allowed` is what may be done.
    """
    if view.offered_to is not None:
        step = _answer_offer(view, me, plot)
    elif view.specialist == me.id and view.status is HandoffStatus.ACCEPTED:
        step = _work(me, plot)
    else:
        step = None
    return step if step is not None and step.action["kind"] in view.allowed else None


def _answer_offer(view: HandoffView, me: Person, plot: Plot) -> Step | None:
    # What lies in the queue is not for those who have passed it on.
    to = view.offered_to.person if view.offered_to else None
    if (to or me.id) != me.id or me.id in view.not_again:
        return None
    conduct = plot.conduct(me.id)
    if conduct is Conduct.DECLINES:
        return Step({"kind": "decline", "reason": "I know nothing of this product"}, (0.2, 0.6))
    return None if conduct is Conduct.LETS_PASS else Step({"kind": "accept"}, (0.2, 0.6))


def _work(me: Person, plot: Plot) -> Step | None:
    conduct = plot.conduct(me.id)
    if conduct is Conduct.FORGETS:
        return None
    if conduct is Conduct.ASKS_BACK and me.id not in plot.asked_back:
        plot.asked_back.add(me.id)
        return Step({"kind": "ask_back", "text": "Which of the two payments does the customer mean?"}, (0.4, 1.0))
    return Step({"kind": "answer", "text": "The second one; it goes back within two working days."}, (0.5, 1.5))


class Specialist:
    """One person of a team of specialists at work. `plots` is filled by whoever opens the cases."""

    def __init__(self, person: Person, line: Line, plots: Mapping[str, Plot], seed: int) -> None:
        self.person = person
        self._line = line
        self._plots = plots
        self._random = Random(f"{seed} {person.id}")
        self._working: set[str] = set()

    async def work(self) -> None:
        """Looks and works until it is cancelled."""
        await asyncio.sleep(self._random.uniform(0, LOOKS_EVERY_S))
        async with asyncio.TaskGroup() as group:
            in_queue: set[str] = set()
            while True:
                questions = await self._line.questions()
                for question in questions:
                    plot = self._plots.get(question.case_id)
                    # While somebody is being chosen a question is the queue's: what lies there longer is for anybody.
                    mine = question.person is not None or question.handoff_id in in_queue
                    if mine and plot is not None and question.handoff_id not in self._working:
                        self._working.add(question.handoff_id)
                        group.create_task(self._attend(question, plot))
                in_queue = {question.handoff_id for question in questions if question.person is None}
                await asyncio.sleep(LOOKS_EVERY_S * self._random.uniform(0.8, 1.2))

    async def _attend(self, question: Question, plot: Plot) -> None:
        try:
            view = await self._line.question(question.handoff_id)
            for _ in range(_STEPS):
                step = next_answer(view, self.person, plot) if view is not None else None
                if step is None:
                    return
                view = await self._take(question, step)
        finally:
            self._working.discard(question.handoff_id)

    async def _take(self, question: Question, step: Step) -> HandoffView | None:
        """The hand-off after the step; None if it was refused, for then it must be looked up."""
        await asyncio.sleep(self._random.uniform(*step.thinks_s))
        # A hand-off that is over hears nothing any more: its answer is not sent again.
        again = step.action["kind"] != "answer" and self._random.random() < _REPEATS
        return await self._line.consult(question, step.action, times=2 if again else 1)
