"""The workflow `Handoff`: one question to specialists, driven by `cases.handoff.Handoff`.

A child that its case abandons: it lives on when the case continues as new, and reports by signal to whichever run of
the case there is then. Its only activity finds a specialist, and tells them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ActivityError, ApplicationError

from cases.effects import ChooseSpecialist
from cases.events import SYSTEM, Actor, Event, Refused
from cases.handoff import Handoff
from cases.outcomes import CancelRequested
from cases.specialists import CalledOff, SpecialistAct, Word
from cases.view import HandoffView
from cases.words import Via
from workflows import errands, handoff_page, reading
from workflows.alarm import Alarm
from workflows.carrying import CarriedHandoff
from workflows.desk import desk
from workflows.inbox import Inbox
from workflows.indexed import case_workflow_id


@workflow.defn(name="Handoff")
class HandoffWorkflow:
    """A question, as a durable process. Started by its case; its id is `handoff-<case id>-<n>`."""

    @workflow.init
    def __init__(self, raw: RawValue = reading.NOTHING) -> None:
        self._alarm = Alarm(self._ring)
        self._inbox = Inbox(self._work, self._ring)
        self._asking: str | None = None
        self._reporting = False
        self._cancel_noted = False
        self._opened: Handoff | None = None
        self._failure = ApplicationError("No question", non_retryable=True)
        try:
            start = reading.question(raw)
        except reading.Unreadable as error:
            self._failure = ApplicationError(f"Not a question: {error.why}", type="unreadable", non_retryable=True)
        else:
            carried = isinstance(start, CarriedHandoff)
            self._opened = Handoff.restore(start.snapshot()) if carried else Handoff.open(start, self._alarm.now())

    @workflow.run
    async def run(self, raw: RawValue = reading.NOTHING) -> None:  # noqa: ARG002 -- read by __init__
        """Runs until the question is answered, called off or given back, and its case knows."""
        self._settle()
        while not self._is_over():
            try:
                await workflow.wait_condition(lambda: self._is_over() or self._is_long())
                if not self._is_over():
                    workflow.continue_as_new(CarriedHandoff.of(self._handoff.snapshot()))
            except asyncio.CancelledError:
                if self._cancel_noted or workflow.cancellation_reason() is None:
                    raise
                self._cancel_noted = True
                self._happen(CancelRequested(id=workflow.uuid4(), by=SYSTEM, via=Via.SYSTEM))

    # What specialists and the case send

    @workflow.update(
        name="act",
        description='One JSON object: {"kind": "accept", "by": {"id": "kim", "role": "agent", "rung": "agent", '
        '"teams": ["billing"]}}; or decline, answer, ask_back. Answers the new view, or says why not.',
    )
    async def act(self, raw: RawValue = reading.NOTHING) -> HandoffView:
        """Takes what a specialist does. Fails with the refusal's code, or `unreadable`."""
        event = self._read_update(raw)
        self._inbox.empty()
        try:
            self._handoff.apply(event, self._alarm.now())
        except Refused as refused:
            raise reading.failure(refused) from None
        finally:
            self._inbox.wake()
        return self._handoff.view(self._alarm.now(), event.by)

    @act.validator
    def _may_act(self, raw: RawValue = reading.NOTHING) -> None:
        event = self._read_update(raw)
        try:
            self._handoff.check(event, self._alarm.now())
        except Refused as refused:
            raise reading.failure(refused) from None

    @workflow.signal(
        name="agent_action",
        description='What a specialist does, without an answer: {"kind": "answer", "text": "…", "by": '
        '{"id": "kim", "role": "agent", "rung": "agent", "teams": ["billing"]}}',
    )
    def agent_action(self, raw: RawValue = reading.NOTHING) -> None:
        """An action, fire and forget."""
        self._take_signal("agent_action", raw, SpecialistAct)

    @workflow.signal(
        name=errands.CASE_WORD,
        description="What the case decided about its question. Sent by the workflow `Case`: people act on the case.",
    )
    def case_word(self, raw: RawValue = reading.NOTHING) -> None:
        """The owner answered what was asked back, or called it off."""
        self._take_signal(errands.CASE_WORD, raw, Word)

    @workflow.signal(dynamic=True, description="Any other name is kept in the account as unreadable.")
    def unknown_signal(self, name: str, args: Sequence[RawValue]) -> None:
        """Nothing that is sent to a hand-off is lost."""
        content = reading.shown(args[0]) if args else ""
        self._handoff.record_unreadable(name, "a hand-off takes the signal agent_action", content, self._alarm.now())
        workflow.logger.warning("a signal of an unknown name is in the account")
        self._settle()

    @workflow.query(description="The hand-off now; with an actor, what they may do is in `allowed`.")
    def view(self, actor: Actor | None = None, at: datetime | None = None) -> HandoffView:
        """The view. `at` is now for who asks: here it is as late as the last event, and only a calendar can tell."""
        now = self._alarm.now()
        return self._handoff.view(max(now, at or now), actor)

    # How it works

    @property
    def _handoff(self) -> Handoff:
        """The hand-off. What was started with something else than a question fails, whoever touches it first."""
        if self._opened is None:
            raise self._failure
        return self._opened

    def _read_update(self, raw: RawValue) -> Event:
        return reading.update(raw, SpecialistAct)

    def _take_signal(self, name: str, raw: RawValue, union: reading.Union) -> None:
        try:
            self._inbox.put(reading.event(raw, union, Via.SIGNAL, workflow.uuid4()))
        except reading.Unreadable as error:
            self._handoff.record_unreadable(name, error.why, error.content, self._alarm.now())
            workflow.logger.warning("an unreadable signal is in the account", extra={"signal": name})
            self._settle()

    def _work(self, arrived: Sequence[Event]) -> None:
        now = self._alarm.now()
        for event in arrived:
            try:
                self._handoff.apply(event, now)
            except Refused as refused:
                self._handoff.record_refused(event, refused, now)
                told = {"code": refused.code.value, "event_id": str(event.id), "kinds": str(event.kind)}
                workflow.logger.info("a signal was refused", extra=told)

    def _happen(self, event: Event) -> None:
        self._handoff.apply(event, self._alarm.now())
        self._ring()

    def _ring(self) -> None:
        """What is due by now, after all that has arrived."""
        self._handoff.tick(self._alarm.now())
        self._settle()

    def _settle(self) -> None:
        """After every change: the directory asked, the case told, timer and page brought up."""
        handoff = self._handoff
        errand = handoff.errand
        if errand is not None and errand.id != self._asking:
            self._asking = errand.id
            asyncio.create_task(self._run_errand(errand))  # noqa: RUF006 -- the workflow's loop holds it
        if handoff.reports and not self._reporting:
            self._reporting = True
            asyncio.create_task(self._report())  # noqa: RUF006 -- the workflow's loop holds it
        self._alarm.set(handoff.next_due(), handoff.next_clock)
        workflow.set_current_details(handoff_page.page(handoff.view(self._alarm.now()), desk()))

    async def _run_errand(self, errand: ChooseSpecialist) -> None:
        """Asks the directory until it answers, or until the answer is no longer wanted."""
        while self._wants(errand):
            try:
                outcome = await errands.run(errand, errand.question.stuck_after)
            except (ActivityError, ApplicationError) as error:
                self._happen(errands.delayed(errand.id, error))
                await errands.breathe(error)
            else:
                if self._handoff.is_stuck:
                    self._happen(errands.recovered(errand.id))
                self._happen(outcome)
                return

    def _wants(self, errand: ChooseSpecialist) -> bool:
        wanted = self._handoff.errand
        return wanted is not None and wanted.id == errand.id

    async def _report(self) -> None:
        """Tells the case what it must know, one after another, in the order in which it happened."""
        case = case_workflow_id(self._handoff.question.case_id)
        while self._handoff.reports:
            report = self._handoff.reports[0]
            try:
                heard = await errands.tell(case, errands.HAND_OFF_REPORT, report)
            except ApplicationError as error:
                await errands.breathe(error)
                continue
            self._handoff.reported(report.id)
            if not heard:
                # Nobody is left who would want the answer: the case was archived, or terminated.
                self._happen(CalledOff(id=workflow.uuid4(), by=SYSTEM, via=Via.SYSTEM, reason="its case has ended"))
                await errands.release(self._handoff.handoff_id)
        self._reporting = False

    def _is_long(self) -> bool:
        """Whether it is time to continue as new: nobody is being answered."""
        return workflow.info().is_continue_as_new_suggested() and not self._inbox and workflow.all_handlers_finished()

    def _is_over(self) -> bool:
        return self._handoff.is_over and not self._reporting and not self._inbox and workflow.all_handlers_finished()
