"""Makes Temporal forget a case: its workflow and those of its hand-offs, every run, with all that their histories say.

Nothing that runs is deleted: the server would end it without a word. Whether a case may be forgotten is for others to
say. Until a history is deleted, what customers wrote is in it.
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import DeleteWorkflowExecutionRequest
from temporalio.client import WorkflowExecutionDescription, WorkflowExecutionStatus

from workflows.broken_off import ENDINGS
from workflows.door import CaseOver, CaseUnknown, Door, Subject
from workflows.indexed import handoff_workflow_id

T = TypeVar("T")

_LONGEST_CHAIN = 10_000
"""How many runs of one workflow are followed back; a run has some thousand events."""


async def forget(door: Door, case_id: str, *, archived: bool) -> int | None:
    """How many runs were deleted; None, and none were, if anything of the case still runs.

    `archived`: whether the records have the end of the case. Otherwise it is over only if somebody has terminated it.
    Again, it changes nothing. The server takes up to a minute to do what it has promised here. Raises Unreachable,
    Unprepared, NoWorker.
    """
    case = Subject.case(case_id)
    ended = await _described(door, case)
    if not archived and (ended is None or ended.status not in ENDINGS):
        return None
    handoffs = await _listed(door, f'WorkflowId STARTS_WITH "{handoff_workflow_id(case_id)}-"')
    subjects = [Subject(name, case.unknown, case.over) for name in sorted({name for name, _ in handoffs})]
    workflows = [each for each in (*[await _described(door, one) for one in subjects], ended) if each is not None]
    if any(each.status is WorkflowExecutionStatus.RUNNING for each in workflows):
        return None
    runs = [run for each in workflows for run in await _runs(door, each)]
    known = {run for _, run in runs}
    # What the chain does not lead to, such as the runs before a reset.
    others = await _listed(door, f'WorkflowId = "{case.workflow_id}"')
    runs = [*((name, run) for name, run in (*others, *handoffs) if run not in known), *runs]
    return sum([await _delete(door, case, name, run) for name, run in runs])


async def _described(door: Door, subject: Subject) -> WorkflowExecutionDescription | None:
    return await _unless_gone(door, subject, door.client.get_workflow_handle(subject.workflow_id).describe())


async def _listed(door: Door, query: str) -> list[tuple[str, str]]:
    """Workflow and run of each that visibility shows; it lags behind, so it is never asked alone."""

    async def listed() -> list[tuple[str, str]]:
        return [(found.id, found.run_id) async for found in door.client.list_workflows(query)]

    return await door.answered(listed())


async def _runs(door: Door, newest: WorkflowExecutionDescription) -> list[tuple[str, str]]:
    """The runs that led to the newest one, oldest first: if this breaks off, the newest still leads to the rest."""
    runs: list[tuple[str, str]] = []
    run_id: str | None = newest.run_id
    while run_id and len(runs) < _LONGEST_CHAIN:
        runs.append((newest.id, run_id))
        run_id = await _unless_gone(door, Subject.case(newest.id), _before(door, newest.id, run_id))
    return runs[::-1]


async def _before(door: Door, workflow_id: str, run_id: str) -> str | None:
    """The run that this one continues; None if it is the first."""
    handle = door.client.get_workflow_handle(workflow_id, run_id=run_id)
    async for event in handle.fetch_history_events(page_size=1):
        return event.workflow_execution_started_event_attributes.continued_execution_run_id or None
    return None


async def _delete(door: Door, subject: Subject, workflow_id: str, run_id: str) -> bool:
    request = DeleteWorkflowExecutionRequest(
        namespace=door.client.namespace,
        workflow_execution=WorkflowExecution(workflow_id=workflow_id, run_id=run_id),
    )
    call = door.client.workflow_service.delete_workflow_execution(request)
    return await _unless_gone(door, subject, call) is not None


async def _unless_gone(door: Door, subject: Subject, call: Awaitable[T]) -> T | None:
    try:
        return await door.answered(call, subject)
    except (CaseUnknown, CaseOver):
        return None
