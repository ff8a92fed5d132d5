"""Which cases have ended in Temporal without having ended themselves: terminated by an operator, or failed.

Asks visibility, which lags behind and shows every run; so each case that it shows is asked for itself. What becomes of
such a case is not known here.
"""

from __future__ import annotations

from datetime import UTC, datetime

from temporalio.client import WorkflowExecutionStatus

from workflows.door import CaseOver, CaseUnknown, Door, Subject
from workflows.indexed import case_workflow_id

ENDINGS = (WorkflowExecutionStatus.TERMINATED, WorkflowExecutionStatus.FAILED)
"""How a workflow ends that nobody has archived, and that never will be."""

_QUERY = 'WorkflowType = "Case" AND ExecutionStatus IN ("Terminated", "Failed") AND CloseTime BETWEEN "{}" AND "{}"'


async def broken_off(door: Door, since: datetime, until: datetime) -> list[tuple[str, datetime]]:
    """Cases that were ended so in that time, and when. Raises Unreachable, Unprepared."""
    query = _QUERY.format(*(at.astimezone(UTC).isoformat() for at in (since, until)))

    async def listed() -> set[str]:
        return {found.id async for found in door.client.list_workflows(query)}

    prefix = case_workflow_id("")
    ended = {name: await _ended_at(door, name) for name in sorted(await door.answered(listed()))}
    return [(name.removeprefix(prefix), at) for name, at in ended.items() if at is not None]


async def _ended_at(door: Door, workflow_id: str) -> datetime | None:
    """When its newest run ended so; None if that goes on, as after a reset, or is forgotten by now."""
    try:
        newest = await door.answered(door.client.get_workflow_handle(workflow_id).describe(), Subject.case(workflow_id))
    except (CaseUnknown, CaseOver):
        return None
    return newest.close_time if newest.status in ENDINGS else None
