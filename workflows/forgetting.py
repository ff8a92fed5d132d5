"""Makes Temporal forget a case: its workflow and those of its hand-offs, every run, with all that their histories say.

Nothing that runs is deleted: the server would end it without a word. Whether a case may be forgotten is for others to
say. Until a history is deleted, what customers wrote is in it.
"""

from __future__ import annotations

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import DeleteWorkflowExecutionRequest
from temporalio.client import WorkflowExecutionDescription, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from workflows.door import Door
from workflows.indexed import case_workflow_id, handoff_workflow_id

_LONGEST_CHAIN = 10_000
"""How many runs of one workflow are followed back; a run has some thousand events."""

_BROKEN_OFF = (WorkflowExecutionStatus.TERMINATED, WorkflowExecutionStatus.FAILED)
"""How a workflow ends that nobody has archived, and that never will be."""


async def forget(door: Door, case_id: str, *, archived: bool) -> int | None:
    """How many runs were deleted; None, and none were, if anything of the case still runs.

    `archived`: whether the records have the end of the case. Otherwise it is over only if somebody has terminated it.
    Again, it changes nothing. Raises Unreachable, Unprepared.
    """
    case_workflow = case_workflow_id(case_id)
    ended = await _described(door, case_workflow)
    if ended is None and not archived:
        return None
    if ended is not None and not (archived or ended.status in _BROKEN_OFF):
        return None
    handoffs = await _listed(door, f'WorkflowId STARTS_WITH "{handoff_workflow_id(case_id)}-"')
    found = [await _described(door, name) for name in sorted({name for name, _ in handoffs})]
    workflows = [each for each in (*found, ended) if each is not None]
    if any(each.status is WorkflowExecutionStatus.RUNNING for each in workflows):
        return None
    runs = [run for each in workflows for run in await _runs(door, each)]
    known = {run for _, run in runs}
    # What the chain does not lead to, such as the runs before a reset.
    others = await _listed(door, f'WorkflowId = "{case_workflow}"')
    runs = [*((name, run) for name, run in (*others, *handoffs) if run not in known), *runs]
    return sum([await _delete(door, name, run) for name, run in runs])


async def _described(door: Door, workflow_id: str) -> WorkflowExecutionDescription | None:
    try:
        return await door.client.get_workflow_handle(workflow_id).describe()
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return None
        raise


async def _listed(door: Door, query: str) -> list[tuple[str, str]]:
    """Workflow and run of each that visibility shows; it lags behind, so it is never asked alone."""
    return [(found.id, found.run_id) async for found in door.client.list_workflows(query)]


async def _runs(door: Door, newest: WorkflowExecutionDescription) -> list[tuple[str, str]]:
    """The runs that led to the newest one, oldest first: if this breaks off, the newest still leads to the rest."""
    runs: list[tuple[str, str]] = []
    run_id = newest.run_id
    while run_id and len(runs) < _LONGEST_CHAIN:
        runs.append((newest.id, run_id))
        run_id = await _before(door, newest.id, run_id)
    return runs[::-1]


async def _before(door: Door, workflow_id: str, run_id: str) -> str | None:
    """The run that this one continues; None if it is the first, or the one before is gone."""
    handle = door.client.get_workflow_handle(workflow_id, run_id=run_id)
    try:
        async for event in handle.fetch_history_events(page_size=1):
            return event.workflow_execution_started_event_attributes.continued_execution_run_id or None
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
    return None


async def _delete(door: Door, workflow_id: str, run_id: str) -> bool:
    request = DeleteWorkflowExecutionRequest(
        namespace=door.client.namespace,
        workflow_execution=WorkflowExecution(workflow_id=workflow_id, run_id=run_id),
    )
    try:
        await door.client.workflow_service.delete_workflow_execution(request)
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return False
        raise
    return True
