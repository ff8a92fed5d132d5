"""The workflow `Case`: one complaint from arrival to archive, driven by `cases.case.Case`.

Handlers change the state first and do everything else after; no errand, commit or delivery ever stands between a clock
and its deadline. Nothing is lost: what cannot be read or taken is on the timeline, or refused to its sender.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextvars import copy_context
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ActivityError, ApplicationError

from cases.case import Case
from cases.commit import Commit, Committed
from cases.deeds import Act
from cases.delivering import decisions
from cases.effects import AlertStaff, Effect, Errand, PlanCase, StartHandoff, TellCustomer, TellHandoff
from cases.events import SYSTEM, Actor, Code, Event, Refused
from cases.outcomes import CancelRequested, Reported
from cases.timeline import Entry
from cases.view import Brief, CaseView
from cases.words import Status, Via
from workflows import attributes, details, errands, metering, reading
from workflows.alarm import Alarm
from workflows.carrying import Carried
from workflows.deliveries import Deliveries
from workflows.desk import desk
from workflows.inbox import Inbox
from workflows.writing import Unwritten

SHARED_COMMIT = timedelta(seconds=5)
"""Opening and planning share one commit, unless planning takes longer than this."""

RECORDS = "records"


@workflow.defn(name="Case")
class CaseWorkflow:
    """A complaint, as a durable process. Start it with one `Complaint`; its id is `case-<case id>`."""

    @workflow.init
    def __init__(self, raw: RawValue = reading.NOTHING) -> None:
        self._unwritten = Unwritten()
        self._taken = 0
        self._indexed: attributes.Values = {}
        self._alarm = Alarm(self._ring)
        self._inbox = Inbox(self._work, self._ring)
        self._deliveries = Deliveries(lambda: self._case, self._happen)
        self._delivering: tuple[str, ...] = ()
        self._effects: list[Effect] = []
        self._writing = False
        self._cause = copy_context()
        self._hold_commit = True
        self._written_once = False
        self._cancel_noted = False
        self._opened: Case | None = None
        self._failure = ApplicationError("No complaint", non_retryable=True)
        self._first_effects: Sequence[Effect] = ()
        self._too_big: int | None = None
        try:
            start = reading.start(raw, self._alarm.now())
            if isinstance(start, Carried):
                self._go_on(start)
            else:
                self._opened, self._first_effects = Case.open(start, self._alarm.now())
                self._indexed = attributes.opening(start)
        except reading.Unreadable as error:
            self._failure = ApplicationError(f"Not a complaint: {error.why}", type="unreadable", non_retryable=True)
        except Refused as refused:
            self._failure = reading.failure(refused)

    @workflow.run
    async def run(self, raw: RawValue = reading.NOTHING) -> None:  # noqa: ARG002 -- read by __init__
        """Runs until the case is archived and all of it is in the records, or its history is long enough."""
        self._settle(self._first_effects)
        self._deliver(self._delivering)
        while not self._is_over():
            try:
                await workflow.wait_condition(lambda: self._is_over() or self._is_long())
                if not self._is_over():
                    self._continue()
            except asyncio.CancelledError:
                if self._cancel_noted or workflow.cancellation_reason() is None:
                    raise
                self._cancel_noted = True
                self._happen(CancelRequested(id=workflow.uuid4(), by=SYSTEM, via=Via.SYSTEM))

    # What people and machines send

    @workflow.update(
        name="act",
        description='One JSON object: {"kind": "claim", "by": {"id": "ana", "role": "agent", "rung": "agent"}}. '
        "Answers the new view, or says why not.",
    )
    async def act(self, raw: RawValue = reading.NOTHING) -> CaseView:
        """Takes a request or an action. Fails with the refusal's code, or `unreadable`."""
        event = self._read_update(raw)
        self._inbox.empty()
        try:
            self._effects += self._case.apply(event, self._alarm.now(), more=True)
        except Refused as refused:
            raise reading.failure(refused) from None
        finally:
            self._inbox.wake()
        return self._case.view(self._alarm.now(), event.by)

    @act.validator
    def _may_act(self, raw: RawValue = reading.NOTHING) -> None:
        event = self._read_update(raw)
        try:
            if self._unwritten.too_much:
                raise Refused(Code.RECORDS_AWAY, "The records cannot be written at the moment. Try again in a while.")
            self._case.check(event, self._alarm.now())
        except Refused as refused:
            raise reading.failure(refused) from None

    @workflow.signal(
        name="customer_request",
        description='What the customer asks, without an answer: {"kind": "message", "text": "…", "by": '
        '{"id": "c-1", "role": "service"}}',
    )
    def customer_request(self, raw: RawValue = reading.NOTHING) -> None:
        """A request, fire and forget."""
        self._take_signal("customer_request", raw, Act)

    @workflow.signal(
        name="agent_action",
        description='What an agent does, without an answer: {"kind": "note", "text": "…", "by": '
        '{"id": "ana", "role": "agent", "rung": "agent"}}',
    )
    def agent_action(self, raw: RawValue = reading.NOTHING) -> None:
        """An action, fire and forget."""
        self._take_signal("agent_action", raw, Act)

    @workflow.signal(
        name=errands.HAND_OFF_REPORT,
        description="What a hand-off of this case reports. Sent by the workflow `Handoff`, not by people.",
    )
    def hand_off_report(self, raw: RawValue = reading.NOTHING) -> None:
        """What became of a question to specialists."""
        self._take_signal(errands.HAND_OFF_REPORT, raw, Reported)

    @workflow.signal(dynamic=True, description="Any other name is kept on the timeline as unreadable.")
    def unknown_signal(self, name: str, args: Sequence[RawValue]) -> None:
        """Nothing that is sent to a case is lost."""
        content = reading.shown(args[0]) if args else ""
        why = "a case takes the signals customer_request and agent_action"
        self._case.record_unreadable(name, why, content, self._alarm.now())
        workflow.logger.warning("a signal of an unknown name is on the timeline")
        self._settle([])

    # What they can ask

    @workflow.query(description="The page a new owner reads, so that the customer need not repeat anything.")
    def brief(self) -> Brief:
        """The brief."""
        return self._case.brief()

    @workflow.query(description="The newest entries, oldest first; optionally only those after a number.")
    def timeline(self, after: int = 0) -> list[Entry]:
        """The entries at hand; older ones are in the records."""
        return self._case.timeline(after)

    @workflow.query(description="The case now; with an actor, what they may do is in `allowed`.")
    def view(self, actor: Actor | None = None, at: datetime | None = None) -> CaseView:
        """The view. `at` is now for who asks: here it is as late as the last event, and only a calendar can tell."""
        now = self._alarm.now()
        return self._case.view(max(now, at or now), actor)

    # How it works

    @property
    def _case(self) -> Case:
        """The case. What was started with something else than a complaint fails, whoever touches it first."""
        if self._opened is None:
            raise self._failure
        return self._opened

    def _is_long(self) -> bool:
        """Whether it is time to continue as new: nobody is being answered, and the records are not too far behind."""
        return (
            workflow.info().is_continue_as_new_suggested()
            and self._too_big != self._case.version
            and not self._unwritten.too_much
            and not self._inbox
            and workflow.all_handlers_finished()
        )

    def _continue(self) -> None:
        """Goes on in a new run with a bounded state. Does not return, unless what must be carried is too big for now.

        What is under way is dropped by Temporal: errands are sent again with their ids, and the commit is made again.
        """
        self._case.forget_written(self._case.version)
        carried = Carried.of(
            self._case.snapshot(),
            self._unwritten.items,
            written_once=self._written_once,
            delivering=self._deliveries.destinations,
        )
        if carried.fits:
            workflow.continue_as_new(carried)
        self._too_big = self._case.version

    def _go_on(self, carried: Carried) -> None:
        """Takes up where the last run left off."""
        self._opened = Case.restore(carried.snapshot())
        self._first_effects = self._case.errands
        for item in carried.items():
            self._unwritten.add(item)
        self._taken = self._case.version
        self._written_once = carried.written_once
        self._delivering = carried.delivering
        self._hold_commit = False
        self._indexed = attributes.of(self._case.view(self._alarm.now()))

    def _read_update(self, raw: RawValue) -> Event:
        return reading.update(raw, Act)

    def _take_signal(self, name: str, raw: RawValue, union: reading.Union) -> None:
        try:
            self._inbox.put(reading.event(raw, union, Via.SIGNAL, workflow.uuid4()))
        except reading.Unreadable as error:
            self._case.record_unreadable(name, error.why, error.content, self._alarm.now())
            workflow.logger.warning("an unreadable signal is on the timeline", extra={"signal": name})
            self._settle([])

    def _work(self, arrived: Sequence[Event]) -> None:
        now = self._alarm.now()
        for event in arrived:
            try:
                self._effects += self._case.apply(event, now, more=True)
            except Refused as refused:
                self._case.record_refused(event, refused, now)
                told = {"code": refused.code.value, "event_id": str(event.id), "kinds": str(event.kind)}
                workflow.logger.info("a signal was refused", extra=told)

    def _happen(self, event: Event) -> None:
        self._effects += self._case.apply(event, self._alarm.now(), more=True)
        self._ring()

    def _settle(self, effects: Sequence[Effect]) -> None:
        """After every change: entries and notices to be written, errands sent, index, timer and page brought up."""
        for entry in self._case.timeline(self._taken):
            self._unwritten.add(entry)
            metering.measure(entry)
        self._taken = self._case.version
        for effect in effects:
            if isinstance(effect, TellCustomer | AlertStaff):
                self._unwritten.add(effect)
            else:
                asyncio.create_task(self._run_errand(effect))  # noqa: RUF006 -- the workflow's loop holds it
        view = self._case.view(self._alarm.now())
        changed = attributes.changes(self._indexed, attributes.of(view))
        if changed:
            self._indexed = attributes.of(view)
            workflow.upsert_search_attributes(changed)  # pyright: ignore[reportUnknownMemberType] -- the SDK's hole
        if self._case.status is not Status.ARCHIVED:
            self._alarm.set(self._case.next_due(), self._case.next_clock)
        workflow.set_current_details(details.page(view, self._case.timeline(), desk()))
        if self._case.status is not Status.OPENING:
            self._hold_commit = False
        # A commit is in the trace of what came last of what it writes, also if another had to be over first.
        self._cause = copy_context()
        if not self._writing and not self._hold_commit and self._unwritten.items:
            self._writing = True
            asyncio.create_task(self._write())  # noqa: RUF006 -- the workflow's loop holds it

    def _ring(self) -> None:
        """What is due by now, after all that has arrived."""
        effects = [*self._effects, *self._case.tick(self._alarm.now())]
        self._effects.clear()
        self._settle(effects)

    async def _run_errand(self, errand: Errand) -> None:
        """Runs an errand until it succeeds, however long that takes, and tells the case when it takes too long."""
        if not self._is_next(errand):
            await workflow.wait_condition(lambda: self._is_next(errand))
        first = isinstance(errand, PlanCase) and self._hold_commit
        patience = SHARED_COMMIT if first else self._patience()
        while True:
            try:
                outcome = await errands.run(errand, patience)
                break
            except (ActivityError, ApplicationError) as error:
                if first:
                    first = self._hold_commit = False
                    self._settle([])
                else:
                    self._happen(errands.delayed(errand.id, error))
                await errands.breathe(error)
                patience = self._patience()
        self._inbox.empty()  # what a hand-off reported before it ended comes before that it has ended
        self._recover(errand.id)
        self._happen(outcome)

    def _is_next(self, errand: Errand) -> bool:
        """A hand-off hears things in the order in which they were said, and nothing before it has started."""
        if not isinstance(errand, StartHandoff | TellHandoff):
            return True
        spoken = (e for e in self._case.errands if isinstance(e, StartHandoff | TellHandoff))
        return next((e.id == errand.id for e in spoken if e.handoff_id == errand.handoff_id), True)

    def _recover(self, effect: str) -> None:
        if self._case.is_stuck(effect):
            self._happen(errands.recovered(effect))

    async def _write(self) -> None:
        """One commit at a time, the next carrying what has come since, until nothing is unwritten."""
        while self._unwritten.items:
            batch = self._unwritten.batch()
            entries = tuple(item for item in batch if isinstance(item, Entry))
            commit = Commit(
                view=self._case.view(self._alarm.now()),
                entries=entries,
                notices=tuple(item for item in batch if not isinstance(item, Entry)),
                complaint=None if self._written_once else self._case.complaint,
            )
            try:
                answer = await self._cause.run(
                    workflow.start_activity,
                    "commit",
                    commit,
                    start_to_close_timeout=errands.ATTEMPT,
                    schedule_to_close_timeout=self._patience(),
                    retry_policy=errands.RETRY,
                    summary=f"write the records: {', '.join(dict.fromkeys(e.kind for e in entries)) or 'notices'}"[
                        :180
                    ],
                )
            except ActivityError as error:
                self._happen(errands.delayed(RECORDS, error))
                await errands.breathe(error)
                continue
            self._written_once = True
            self._unwritten.drop(len(batch))
            if entries:
                self._case.forget_written(entries[-1].n)
            if answer is not None:
                committed = Committed.model_validate(answer)
                self._deliver(committed.deliver, decided=bool(decisions(commit)))
            if not self._unwritten.items:
                self._recover(RECORDS)
        self._writing = False

    def _deliver(self, destinations: Sequence[str], *, decided: bool = False) -> None:
        for destination in self._deliveries.ask(destinations, decided=decided):
            asyncio.create_task(self._deliveries.run(destination))  # noqa: RUF006 -- the workflow's loop holds it

    def _patience(self) -> timedelta:
        return self._case.patience or errands.PATIENCE

    def _is_over(self) -> bool:
        return (
            self._case.status is Status.ARCHIVED
            and not self._unwritten.items
            and not self._writing
            and not self._deliveries
            and not self._inbox
            and workflow.all_handlers_finished()
        )
