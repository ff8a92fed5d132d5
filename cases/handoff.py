"""A hand-off: one question to one team, from asking to its end. Pure, as a case is; its case only mirrors it.

The door through which events and time come in; the rules are in `cases.answering`. A specialist must accept within a
time, and answer within another. Who declines, or lets a time pass, is never offered it again; when nobody is left, it
goes back to whoever owns the case then.
"""

from __future__ import annotations

import copy
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from cases.answering import OFFERED, TABLE, admit, examine, passed, warned
from cases.arriving import is_repeated, keep_order, must_not_have_moved, remember, when
from cases.clocks import Clock
from cases.consulting import Consultation, Step
from cases.effects import ChooseSpecialist, Question
from cases.events import Actor, Event, Refused
from cases.outcomes import AnyReport, HandOffRefused
from cases.showing import clock_view
from cases.view import HandoffView, OwnerView

_SNAPSHOT = TypeAdapter(Consultation)


class Handoff:
    """One question. All times are aware datetimes; `now` never goes backwards.

    What it wants of the world is in `errand` (to find a specialist) and `reports` (for its case), until the errand's
    `chosen` is applied and each report is `reported`.
    """

    def __init__(self, state: Consultation) -> None:
        self._state = state

    @classmethod
    def open(cls, question: Question, now: datetime) -> Handoff:
        """A question that waits for its first specialist."""
        state = Consultation(question=question, now=now, last_event_at=now)
        step = Step(state, now, now)
        step.enter(f"{question.asked_by} asks {question.team}")
        step.offer("asked")
        return cls(state)

    @property
    def handoff_id(self) -> str:
        """`<case id>-<n>`."""
        return self._state.question.handoff_id

    @property
    def question(self) -> Question:
        """What was asked, and what was promised for it."""
        return self._state.question

    @property
    def errand(self) -> ChooseSpecialist | None:
        """What it has asked the directory and not been answered."""
        return self._state.errand

    @property
    def reports(self) -> tuple[AnyReport, ...]:
        """What its case has not heard yet, oldest first."""
        return tuple(self._state.reports)

    @property
    def is_over(self) -> bool:
        """Whether it has ended and its case knows."""
        return self._state.status.over and not self._state.reports

    @property
    def is_stuck(self) -> bool:
        """Whether it was said that the errand does not succeed."""
        return self._state.stuck is not None

    def reported(self, report_id: UUID) -> None:
        """The case has heard it."""
        self._state.reports = [report for report in self._state.reports if report.id != report_id]

    def check(self, event: Event, now: datetime) -> None:
        """Raises Refused if `apply` would; changes nothing. StaleTime if `now` goes backwards."""
        keep_order(self.handoff_id, self._state.now, now)
        if is_repeated(self._state.seen, event):
            return
        must_not_have_moved(self.handoff_id, self._state.version, event)
        at = when(event, self._state.last_event_at, now)
        state = _copy(self._state)
        _work_deadlines(state, at, now)
        examine(state, event)

    def apply(self, event: Event, now: datetime) -> None:
        """Does what was due up to the event, and then the event; what is due up to now is left to `tick`.

        A seen id changes nothing. Raises Refused with the state untouched; StaleTime if `now` goes backwards.
        """
        keep_order(self.handoff_id, self._state.now, now)
        if is_repeated(self._state.seen, event):
            return
        must_not_have_moved(self.handoff_id, self._state.version, event)
        at = when(event, self._state.last_event_at, now)
        state = _copy(self._state)
        _work_deadlines(state, at, now)
        row = examine(state, event)
        remember(state.seen, event)
        state.last_event_at = at
        if row.who or not state.status.over:
            row.does(Step(state, at, now, event.by), event)
            if row.who and state.status.over:
                state.ended_by = f"{event.id}:{event.content}"
        state.now = now
        self._state = state

    def tick(self, now: datetime) -> None:
        """Does everything due at or before `now`."""
        keep_order(self.handoff_id, self._state.now, now)
        self._state.now = now
        _work_deadlines(self._state, now, now)

    def next_due(self) -> datetime | None:
        """The earliest moment at which anything is due; later than `now` after `tick(now)`."""
        clock = _next_clock(self._state)
        return clock.next_due if clock else None

    @property
    def next_clock(self) -> str:
        """The name of the clock that `next_due` is of; empty if nothing is due."""
        clock = _next_clock(self._state)
        return clock.name.value if clock else ""

    def record_refused(self, event: Event, refused: Refused, now: datetime) -> None:
        """A refused signal has nobody to answer: it is said in the account."""
        self._record(f"{event.kind} of {event.by.id} was refused: {refused.sentence}", now)

    def record_unreadable(self, name: str, why: str, content: str, now: datetime) -> None:
        """What could not be read is kept as it came."""
        self._record(f"A {name} could not be read: {why}. It was: {content}", now)

    def view(self, now: datetime, actor: Actor | None = None) -> HandoffView:
        """The hand-off as others see it; with an actor, `allowed` lists what is open to them."""
        state, question = self._state, self._state.question
        offered = state.status is OFFERED
        return HandoffView(
            handoff_id=question.handoff_id,
            case_id=question.case_id,
            version=state.version,
            status=state.status,
            team=question.team,
            question=question.question,
            asked_by=question.asked_by,
            asked_at=question.asked_at,
            product=question.product,
            channel=question.channel,
            priority=question.priority,
            offered_to=OwnerView(person=state.person, queue=None if state.person else question.team)
            if offered
            else None,
            specialist=None if offered else state.person,
            asks=state.asks,
            answer=state.answer,
            ended_by=state.ended_by,
            not_again=tuple(dict.fromkeys(state.not_again)),
            clocks=tuple(clock_view(clock, now) for clock in state.clocks),
            due_at=question.due_at,
            newest=tuple(state.newest),
            unreported=len(state.reports),
            stuck=state.stuck,
            allowed=tuple(kind for kind, row in TABLE.items() if row.who and self._admits(kind, actor)),
            now=now,
        )

    def snapshot(self) -> dict[str, Any]:
        """All of the state, as JSON."""
        return _SNAPSHOT.dump_python(self._state, mode="json")

    @classmethod
    def restore(cls, snapshot: dict[str, Any]) -> Handoff:
        """A hand-off that behaves as the one that the snapshot was taken of."""
        state = _SNAPSHOT.validate_python(snapshot)
        for clock in state.clocks:
            clock.run_on(state.hours(clock))
        return cls(state)

    def _admits(self, kind: str, actor: Actor | None) -> bool:
        try:
            if actor is not None:
                admit(self._state, TABLE[kind], actor)
        except Refused:
            return False
        return actor is not None

    def _record(self, text: str, now: datetime) -> None:
        keep_order(self.handoff_id, self._state.now, now)
        self._state.now = now
        step = Step(self._state, now, now)
        step.enter(text)
        step.report(HandOffRefused, text=text)


def _copy(state: Consultation) -> Consultation:
    """An independent copy: what is frozen is shared."""
    twin = copy.copy(state)
    twin.clocks = [clock.copy() for clock in state.clocks]
    twin.seen = dict(state.seen)
    for name in ("not_again", "reports", "newest"):
        setattr(twin, name, list(getattr(state, name)))
    return twin


def _work_deadlines(state: Consultation, upto: datetime, now: datetime) -> None:
    """Everything due at or before `upto`, earliest first; what it starts, starts at `now`."""
    while (clock := _next_clock(state)) is not None and clock.next_due is not None and clock.next_due <= upto:
        step = Step(state, now, now)
        if clock.due_at is not None and clock.due_at <= upto:
            passed(step, clock)
        else:
            warned(step, clock)


def _next_clock(state: Consultation) -> Clock | None:
    due = [(clock.next_due, clock.id, clock) for clock in state.clocks if clock.next_due]
    return min(due)[2] if due else None
