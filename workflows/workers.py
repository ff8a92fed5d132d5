"""Which workers live: asked of Temporal, of which an answer is no proof that anybody works.

Temporal shows who polls for five minutes after it last heard of them, and a poll that nobody answers lasts a minute. So
a worker of ours also has the SDK's heartbeat sent every two seconds (`HEARTBEAT`), which ends when it does. Where the
server knows of no heartbeats, who polls is believed for as long as one poll may last.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from temporalio.api.enums.v1 import TaskQueueType, WorkerStatus
from temporalio.api.taskqueue.v1 import PollerInfo, TaskQueue
from temporalio.api.worker.v1 import WorkerHeartbeat
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, DescribeTaskQueueRequest, ListWorkersRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

HEARTBEAT = timedelta(seconds=2)
"""How often a worker says that it lives."""

_MISSED = 3
"""After so many heartbeats that did not come, it lives no longer."""

_SELDOM = timedelta(seconds=20)
"""Whoever leaves as long between two heartbeats means to: the SDK's own workers send one a minute."""

_POLL_LASTS = timedelta(seconds=75)
"""A poll that finds nothing lasts a minute, and the next begins at once."""

_MOST_LISTED = 1_000

_NO_HEARTBEATS = (RPCStatusCode.UNIMPLEMENTED, RPCStatusCode.PERMISSION_DENIED, RPCStatusCode.INVALID_ARGUMENT)
"""What a server says that has none, or does not show them to us."""


async def alive(client: Client, task_queue: str, within: timedelta) -> bool:
    """Whether a worker for workflows lives on the task queue. Raises RPCError if Temporal does not say in that time."""
    request = DescribeTaskQueueRequest(
        namespace=client.namespace,
        task_queue=TaskQueue(name=task_queue),
        task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
    )
    described, beats = await asyncio.gather(
        client.workflow_service.describe_task_queue(request, timeout=within), _heartbeats(client, task_queue, within)
    )
    now = datetime.now(UTC)  # noqa: TID251 -- asked from outside: here the clock on the wall counts
    # Where heartbeats are sent, who has sent none has just begun, or ended before the first.
    sent = bool(beats) or await _takes_heartbeats(client, within)
    believed = HEARTBEAT * _MISSED if sent else _POLL_LASTS
    return any(
        _beats(beat, now) if (beat := beats.get(poller.identity)) else _polled(poller, now) < believed
        for poller in described.pollers
    )


async def _heartbeats(client: Client, task_queue: str, within: timedelta) -> dict[str, WorkerHeartbeat]:
    """The newest of each worker, by the identity that it polls with."""
    request = ListWorkersRequest(namespace=client.namespace, page_size=_MOST_LISTED, query=f"TaskQueue='{task_queue}'")
    try:
        listed = await client.workflow_service.list_workers(request, timeout=within)
    except RPCError as error:
        if error.status in _NO_HEARTBEATS:
            return {}
        raise
    found = [info.worker_heartbeat for info in listed.workers_info]
    return {beat.worker_identity: beat for beat in sorted(found, key=lambda beat: beat.heartbeat_time.ToNanoseconds())}


async def _takes_heartbeats(client: Client, within: timedelta) -> bool:
    request = DescribeNamespaceRequest(namespace=client.namespace)
    described = await client.workflow_service.describe_namespace(request, timeout=within)
    return described.namespace_info.capabilities.worker_heartbeats


def _polled(poller: PollerInfo, now: datetime) -> timedelta:
    """How long ago its last poll began."""
    return now - poller.last_access_time.ToDatetime(UTC)


def _beats(beat: WorkerHeartbeat, now: datetime) -> bool:
    since = beat.elapsed_since_last_heartbeat.ToTimedelta()
    # The first says nothing of when the next is due.
    believed = (since if since > _SELDOM else HEARTBEAT) * _MISSED if since else _POLL_LASTS
    running = beat.status == WorkerStatus.WORKER_STATUS_RUNNING
    return running and now - beat.heartbeat_time.ToDatetime(UTC) < believed
