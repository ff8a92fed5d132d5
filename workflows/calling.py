"""Calls the digest of a group of alerts, from outside: starts it if it does not run, and says that alerts wait."""

from __future__ import annotations

from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy

from cases.paging import Called, Gathering
from workflows.door import TASK_QUEUE, Door
from workflows.indexed import digest_workflow_id


async def call_digest(client: Client, gathering: Gathering, *, urgent: bool) -> None:
    """One signal, in the same call as the start that it may need. Raises Unreachable, Unprepared."""
    group = gathering.group
    await Door(client).answered(
        client.start_workflow(
            "Digest",
            gathering,
            id=digest_workflow_id(group.team, group.rung),
            task_queue=TASK_QUEUE,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            start_signal="alerts_wait",
            start_signal_args=[Called(urgent=urgent)],
            static_summary=f"Alerts for the {group.rung}s of {group.team}",
        )
    )
