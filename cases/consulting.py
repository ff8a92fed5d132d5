"""What a hand-off remembers, and the only hand that changes it. Knows no rule: those are in `cases.answering`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from pydantic import AwareDatetime

from cases.calendars import ALWAYS, CompiledCalendar
from cases.clocks import Clock
from cases.effects import ChooseSpecialist, Question
from cases.events import SYSTEM, Actor
from cases.outcomes import AnyReport, HandOffReturned, Report
from cases.turn import NEWEST, quoted
from cases.view import Happened
from cases.words import Breach, ClockName, ClockState, HandoffStatus


@dataclass(slots=True)
class Consultation:
    """All that a hand-off remembers. `person` is whom it is offered to, or who accepted it; None: the team's queue."""

    question: Question
    now: AwareDatetime
    last_event_at: AwareDatetime
    status: HandoffStatus = HandoffStatus.OFFERED
    person: str | None = None
    not_again: list[str] = field(default_factory=list[str])
    passed_queue: bool = False
    """The queue has let it pass: the directory is asked once more, and then it goes back to the owner."""
    ended_by: str | None = None
    """Id and content of what somebody did to end it, so that they may repeat it when it is over."""
    asks: str | None = None
    answer: str | None = None
    version: int = 0
    effects: int = 0
    clocks: list[Clock] = field(default_factory=list[Clock])
    errand: ChooseSpecialist | None = None
    reports: list[AnyReport] = field(default_factory=list[AnyReport])
    """What the case has not heard yet, oldest first."""
    seen: dict[str, str] = field(default_factory=dict[str, str])
    newest: list[Happened] = field(default_factory=list[Happened])
    stuck: str | None = None

    def hours(self, clock: Clock) -> CompiledCalendar:
        """The calendar that a clock counts on."""
        return self.question.calendars.get(clock.calendar, ALWAYS) if clock.calendar else ALWAYS

    def clock(self, name: ClockName) -> Clock | None:
        """The newest clock of that name, also when it is over."""
        return next((clock for clock in reversed(self.clocks) if clock.name is name), None)


class Step:
    """One event, or one deadline, of a hand-off being worked: happened at `at`, handled at `now`."""

    def __init__(self, state: Consultation, at: datetime, now: datetime, by: Actor = SYSTEM) -> None:
        self.state = state
        self.at = at
        self.now = now
        self.by = by

    def enter(self, text: str) -> None:
        """A change, in words."""
        state = self.state
        state.version += 1
        happened = Happened(at=self.at, by=self.by.id, text=quoted(text))
        state.newest = [*state.newest[-NEWEST + 1 :], happened]

    def report(self, kind: type[Report], **fields: Any) -> None:
        """What the case must know of it. Made again of the same change, it has the same id."""
        state = self.state
        handoff_id = state.question.handoff_id
        report_id = uuid5(NAMESPACE_URL, f"{handoff_id}:{state.version}")
        envelope = {"id": report_id, "by": self.by, "at": self.at, "handoff_id": handoff_id, "version": state.version}
        state.reports.append(kind(**envelope, **fields))  # pyright: ignore[reportArgumentType] -- one of AnyReport

    def start_clock(self, name: ClockName, cause: str, since: datetime) -> None:
        """A new clock, with the time that the case gives for it."""
        state, question = self.state, self.state.question
        accepting = name is ClockName.ACCEPT
        state.clocks = [clock for clock in state.clocks if clock.name is not name]
        clock = Clock(
            id=f"{name}-{state.version}",
            name=name,
            target=question.accept_within if accepting else question.answer_within,
            pausable=not accepting,
            on_breach=Breach.BESIDE,
            warn_at=question.accept_warn_at if accepting else question.answer_warn_at,
            calendar=question.accept_calendar if accepting else question.answer_calendar,
        )
        clock.run_on(state.hours(clock))
        clock.start(since, cause, self.by.id)
        self.keep_due(clock)
        state.clocks.append(clock)

    def keep_due(self, clock: Clock) -> None:
        """A question that outlives what its calendar knows goes on around the clock, so that nobody forgets it."""
        if clock.state is ClockState.RUNNING and clock.due_at is None:
            clock.calendar = None
            clock.correct(self.at, ALWAYS, clock.target, "its calendar is not known that far", self.by.id)

    def end_clocks(self, cause: str) -> None:
        """Nothing is owed any more."""
        for clock in self.state.clocks:
            clock.cancel(self.at, cause, self.by.id)

    def offer(self, cause: str) -> None:
        """Held out to whom the directory names; until it answers, to the team's queue."""
        state = self.state
        state.status, state.person, state.asks = HandoffStatus.OFFERED, None, None
        self.end_clocks(cause)
        self.start_clock(ClockName.ACCEPT, cause, self.now)
        clock = state.clocks[-1]
        state.effects += 1
        state.errand = ChooseSpecialist(
            id=f"{state.question.handoff_id}:{state.effects}",
            question=state.question,
            never=tuple(dict.fromkeys((state.question.asked_by, *state.not_again))),
            version=state.version,
            expires_at=clock.due_at,
        )

    def end(self, status: HandoffStatus, cause: str) -> None:
        """The hand-off is over."""
        self.state.status = status
        self.state.errand = None
        self.end_clocks(cause)

    def give_back(self, why: str) -> None:
        """Nobody is left to ask."""
        self.enter(why)
        self.report(HandOffReturned, why=why)
        self.state.person = self.state.asks = None
        self.end(HandoffStatus.RETURNED, "nobody is left to ask")
