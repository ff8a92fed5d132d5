"""Retells the history of a hand-off through the pure machine, as `tests.workflows.history` does that of a case."""

from __future__ import annotations

import json
from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory
from temporalio.common import RawValue

from cases.effects import Choice, Question
from cases.events import SYSTEM, Event, Refused
from cases.handoff import Handoff
from cases.outcomes import Chosen
from cases.specialists import SpecialistAct, Word
from cases.words import Via
from tests.workflows.history import ARRIVED, UPDATED, came_by, incoming, task_time
from workflows import errands, reading


def retold_handoff(history: WorkflowHistory) -> Handoff:
    """The hand-off that a history makes. Histories with failed activities or continue-as-new are not retold."""
    events = list(history.events)
    question = reading.question(RawValue(events[0].workflow_execution_started_event_attributes.input.payloads[0]))
    assert isinstance(question, Question), "a continued run cannot be retold alone"
    handoff = Handoff.open(question, task_time(events, 0))
    for now, arrived in incoming(events):
        signals = [e for e in arrived if e.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED]
        for event in sorted(map(_signalled, signals), key=lambda event: event.at or now):
            try:
                handoff.apply(event, now)
            except Refused as refused:
                handoff.record_refused(event, refused, now)
        updates = [e for e in arrived if e.event_type == UPDATED]
        for event in updates:
            _tell(handoff, event, events, now)
        if signals or updates:
            handoff.tick(now)
        for event in arrived[len(signals) + len(updates) :]:
            _tell(handoff, event, events, now)
            handoff.tick(now)
    return handoff


def _tell(handoff: Handoff, event: HistoryEvent, events: list[HistoryEvent], now: datetime) -> None:
    match event.event_type:
        case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
            request = event.workflow_execution_update_accepted_event_attributes.accepted_request
            payload, fresh = request.input.args.payloads[0], uuid5(NAMESPACE_URL, request.meta.update_id)
            handoff.apply(reading.event(RawValue(payload), SpecialistAct, came_by(request.input.header), fresh), now)
        case EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
            done = event.activity_task_completed_event_attributes
            asked = events[done.scheduled_event_id - 1].activity_task_scheduled_event_attributes.input.payloads[0]
            choice = Choice.model_validate_json(done.result.payloads[0].data)
            effect = json.loads(asked.data)["id"]
            answer = choice.model_dump()
            handoff.apply(Chosen(id=uuid4(), by=SYSTEM, via=Via.SYSTEM, effect=effect, **answer), now)
        case kind if kind in ARRIVED:
            sent = events[event.external_workflow_execution_signaled_event_attributes.initiated_event_id - 1]
            report = sent.signal_external_workflow_execution_initiated_event_attributes.input.payloads[0]
            handoff.reported(UUID(json.loads(report.data)["id"]))
        case _:
            pass


def _signalled(event: HistoryEvent) -> Event:
    signal = event.workflow_execution_signaled_event_attributes
    union = Word if signal.signal_name == errands.CASE_WORD else SpecialistAct
    return reading.event(RawValue(signal.input.payloads[0]), union, Via.SIGNAL, uuid4())
