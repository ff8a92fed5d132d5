"""Reads a case's Temporal history as an auditor would: what came in, and when, knowing nothing of the driver.

`retold` plays it through the pure core. What comes out must be what the workflow says of itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid4, uuid5

from temporalio.api.common.v1 import Header, Payload
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory
from temporalio.common import RawValue

from cases.case import Case
from cases.complaint import Complaint
from cases.deeds import Act
from cases.effects import (
    Choice,
    Correction,
    CorrectTerms,
    Effect,
    Errand,
    ExtendCalendar,
    Extension,
    Payment,
    PayRemedy,
    PlanCase,
    Planning,
    ReplanCase,
    Replanning,
    StartHandoff,
    TellHandoff,
)
from cases.events import SYSTEM, Event, Refused
from cases.outcomes import (
    Answer,
    CancelRequested,
    Chosen,
    Corrected,
    Extended,
    Failed,
    Paid,
    Planned,
    Replanned,
    Reported,
    Sent,
)
from cases.words import Via
from workflows import errands, reading
from workflows.vouching import HEADER

BILLED = {
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED: 1,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED: 1,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED: 1,
    EventType.EVENT_TYPE_TIMER_STARTED: 1,
    EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED: 1,
    EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES: 1,
    EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED: 2,
}
"""Actions as Temporal Cloud bills them, as far as a history shows them: refused updates and queries leave no event."""

ARRIVED = (
    EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED,
    EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_FAILED,
    EventType.EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_SIGNALED,
    EventType.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED,
)
"""The answers to a hand-off's start, and to what it was told."""


UPDATED = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED


def actions(history: WorkflowHistory) -> int:
    """Billable actions, retried activity attempts included."""
    retries = sum(
        event.activity_task_started_event_attributes.attempt - 1
        for event in history.events
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED
    )
    return retries + sum(BILLED.get(event.event_type, 0) for event in history.events)


@dataclass(frozen=True)
class Retold:
    """A case as the pure core makes it of a history, and all that it asked of the world."""

    case: Case
    effects: list[Effect]


def retold(history: WorkflowHistory) -> Retold:
    """Plays a history through the pure core.

    Errands are matched to answers by their order. Histories with failed activities or continue-as-new are not retold.
    """
    events = list(history.events)
    start = events[0].workflow_execution_started_event_attributes
    opened = task_time(events, 0)
    complaint = reading.start(RawValue(start.input.payloads[0]), opened)
    assert isinstance(complaint, Complaint), "a continued run cannot be retold alone"
    case, effects = Case.open(complaint, opened)
    for now, arrived in incoming(events):
        signals = [e for e in arrived if e.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED]
        for event in sorted(map(_signalled, signals), key=lambda event: event.at or now):
            try:
                effects += case.apply(event, now, more=True)
            except Refused as refused:
                case.record_refused(event, refused, now)
        updates = [e for e in arrived if e.event_type == UPDATED]
        for event in updates:
            effects += _tell(case, now, event, events, effects)
        effects += case.tick(now) if signals or updates else []
        for event in arrived[len(signals) + len(updates) :]:
            effects += _tell(case, now, event, events, effects)
    return Retold(case, effects)


def _tell(
    case: Case, now: datetime, event: HistoryEvent, events: list[HistoryEvent], asked: Sequence[Effect]
) -> list[Effect]:
    match event.event_type:
        case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
            request = event.workflow_execution_update_accepted_event_attributes.accepted_request
            fresh = uuid5(NAMESPACE_URL, request.meta.update_id)
            told = reading.event(RawValue(request.input.args.payloads[0]), Act, came_by(request.input.header), fresh)
            return case.apply(told, now, more=True)
        case EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
            done = event.activity_task_completed_event_attributes
            scheduled = events[done.scheduled_event_id - 1].activity_task_scheduled_event_attributes
            if scheduled.activity_type.name == "commit":
                return []
            errand = _asked(scheduled.input.payloads[0], asked)
            return case.apply(_answer(errand, done.result.payloads[0]), now)
        case kind if kind in ARRIVED:
            return case.apply(_sent(event, events, asked), now)
        case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED:
            return case.apply(CancelRequested(id=uuid4(), by=SYSTEM, via=Via.SYSTEM), now)
        case _:
            return case.tick(now)


def came_by(header: Header) -> Via:
    """How an accepted update came: a signature that stands in a history held."""
    return Via.API if HEADER in header.fields else Via.UPDATE


def incoming(events: list[HistoryEvent]) -> Iterator[tuple[datetime, list[HistoryEvent]]]:
    """When each workflow task was, and what it was told: signals and updates first, as the SDK hands them over."""
    told = {
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED,
        EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED,
        EventType.EVENT_TYPE_TIMER_FIRED,
        *ARRIVED,
    }
    pending: list[HistoryEvent] = []
    for index, event in enumerate(events):
        if event.event_type in told:
            pending.append(event)
        elif event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
            started = _last_before(events, event.event_id, EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED)
            now = _time(events[started - 1])
            ready = [e for e in pending if e.event_id < started]
            pending = [e for e in pending if e.event_id >= started]
            accepted = [
                e
                for e in events[index + 1 :]
                if e.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED
                and _last_before(events, e.event_id, EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED) == event.event_id
            ]
            signals = [e for e in ready if e.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED]
            rest = [e for e in ready if e.event_type != EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED]
            yield now, [*signals, *accepted, *rest]


def _last_before(events: list[HistoryEvent], event_id: int, kind: EventType.ValueType) -> int:
    """Id of the last event of that kind before another: the test server leaves references between events empty."""
    return next(event.event_id for event in reversed(events[: event_id - 1]) if event.event_type == kind)


def _asked(payload: Payload, effects: Sequence[Effect]) -> Errand:
    errands = {effect.id: effect for effect in effects if isinstance(effect, Errand)}
    return errands[json.loads(payload.data)["id"]]


def _answer(errand: Errand, payload: Payload) -> Answer:
    envelope: dict[str, Any] = {"id": uuid4(), "by": SYSTEM, "via": Via.SYSTEM, "effect": errand.id}
    match errand:
        case ReplanCase():
            return Replanned(**envelope, **Replanning.model_validate_json(payload.data).model_dump())
        case ExtendCalendar():
            return Extended(**envelope, calendar=Extension.model_validate_json(payload.data).calendar)
        case CorrectTerms():
            right = Correction.model_validate_json(payload.data)
            return Corrected(**envelope, terms=right.terms, problem=right.problem, calendars=right.calendars)
        case PayRemedy():
            payment = Payment.model_validate_json(payload.data)
            if payment.reference is None:
                return Failed(**envelope, reason=payment.refused or "")
            return Paid(**envelope, reference=payment.reference)
        case _:
            pass
    if isinstance(errand, PlanCase):
        planning = Planning.model_validate_json(payload.data)
        return Planned(
            id=uuid4(),
            by=SYSTEM,
            via=Via.SYSTEM,
            effect=errand.id,
            plan=planning.plan,
            person=planning.person,
            why=planning.why,
            earlier_cases=planning.earlier_cases,
            earlier=planning.earlier,
            granted_before=planning.granted_before,
        )
    choice = Choice.model_validate_json(payload.data)
    return Chosen(id=uuid4(), by=SYSTEM, via=Via.SYSTEM, effect=errand.id, person=choice.person, why=choice.why)


def _signalled(event: HistoryEvent) -> Event:
    signal = event.workflow_execution_signaled_event_attributes
    union = Reported if signal.signal_name == errands.HAND_OFF_REPORT else Act
    return reading.event(RawValue(signal.input.payloads[0]), union, Via.SIGNAL, uuid4())


def _sent(event: HistoryEvent, events: list[HistoryEvent], asked: Sequence[Effect]) -> Sent:
    """What was started or told has arrived, or could not."""
    initiated = events[_initiated(event) - 1]
    if initiated.HasField("start_child_workflow_execution_initiated_event_attributes"):
        child = initiated.start_child_workflow_execution_initiated_event_attributes.workflow_id
        effect = next(e.id for e in asked if isinstance(e, StartHandoff) and child.endswith(e.handoff_id))
    else:
        told = initiated.signal_external_workflow_execution_initiated_event_attributes
        word = json.loads(told.input.payloads[0].data)["id"]
        effect = next(e.id for e in asked if isinstance(e, TellHandoff) and str(e.word.id) == word)
    return Sent(id=uuid4(), by=SYSTEM, via=Via.SYSTEM, effect=effect)


def _initiated(event: HistoryEvent) -> int:
    for name in (
        "child_workflow_execution_started_event_attributes",
        "start_child_workflow_execution_failed_event_attributes",
        "external_workflow_execution_signaled_event_attributes",
        "signal_external_workflow_execution_failed_event_attributes",
    ):
        if event.HasField(name):
            return getattr(event, name).initiated_event_id
    raise AssertionError(f"{event} answers nothing that was initiated")


def task_time(events: list[HistoryEvent], after: int) -> datetime:
    started = next(e for e in events[after:] if e.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED)
    return _time(started)


def _time(event: HistoryEvent) -> datetime:
    return event.event_time.ToDatetime(tzinfo=UTC)
