"""Whether all that a case has shown to anybody is in the records: read off its history, for when no worker answers.

A worker answers an update in the same workflow task that asks for the commit of what it changed, or while an earlier
commit is under way, which the task after that one follows with the next. So nothing is unwritten once a workflow task
has seen the last commit succeed. The server alone can tell; the case need not run for it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.workflowservice.v1 import GetWorkflowExecutionHistoryReverseRequest
from temporalio.client import Client

COMMIT = "commit"
PAGE = 30
"""Events a call. The last commit is among the newest thirty, unless much has arrived since it."""


@dataclass
class _Account:
    """What of a run has been read, from its end backwards."""

    seen_upto: int = 0
    """Up to which event the last workflow task had seen the history; 0: none has been done."""
    done: dict[int, int] = field(default_factory=dict[int, int])
    """By the event that asked for an activity, the event that says it succeeded."""

    def heed(self, event: HistoryEvent) -> bool | None:
        """Whether all is written, if this event decides it."""
        match event.event_type:
            case EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
                started = event.workflow_task_completed_event_attributes.started_event_id
                self.seen_upto = max(self.seen_upto, started)
            case EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
                self.done[event.activity_task_completed_event_attributes.scheduled_event_id] = event.event_id
            case EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
                if event.activity_task_scheduled_event_attributes.activity_type.name == COMMIT:
                    done = self.done.get(event.event_id)
                    return done is not None and done < self.seen_upto
            case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED:
                # No commit in this run: the first is held until the plan is there; a later run begins with one, if
                # anything was unwritten.
                first = event.workflow_execution_started_event_attributes.continued_execution_run_id == ""
                return not first and self.seen_upto > 0
            case _:
                pass
        return None


async def all_written(client: Client, workflow_id: str, within: timedelta) -> bool:
    """Whether the records have all that the case has shown; each call may take `within`.

    Raises RPCError: NOT_FOUND, if Temporal knows the case no more.
    """
    account, token = _Account(), b""
    while True:
        request = GetWorkflowExecutionHistoryReverseRequest(
            namespace=client.namespace,
            execution=WorkflowExecution(workflow_id=workflow_id),
            maximum_page_size=PAGE,
            next_page_token=token,
        )
        page = await client.workflow_service.get_workflow_execution_history_reverse(request, timeout=within)
        for event in page.history.events:
            decided = account.heed(event)
            if decided is not None:
                return decided
        token = page.next_page_token
        if not token:
            return False
