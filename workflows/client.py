"""The door to cases for the API and the typed client: Temporal's calls and errors turned into ours.

    DoorError
    ├── Unreachable   Temporal does not answer
    ├── Unprepared    Temporal answers, but its namespace is not set up for cases
    ├── NoWorker      no worker answers
    ├── CaseUnknown   no such case
    └── CaseOver      the case is archived: its workflow has ended

`cases.events.Refused` passes through as the case raised it.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, TypeVar, cast

from pydantic import BaseModel
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import (
    Client,
    WorkflowExecutionStatus,
    WorkflowHandle,
    WorkflowQueryFailedError,
    WorkflowQueryRejectedError,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.envconfig import ClientConfigProfile
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from cases.complaint import Complaint
from cases.events import Actor, Code, Refused
from cases.state import Deed
from cases.table import CUSTOMER_KINDS
from cases.timeline import Entry
from cases.view import Brief, CaseView
from workflows import attributes
from workflows.indexed import SEARCH_ATTRIBUTES
from workflows.plugin import plugin
from workflows.reading import SKEW

TASK_QUEUE = "caseladder"
ANSWER = timedelta(seconds=10)
"""How long a worker may take to answer an update or a query."""

_PAUSES_S = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
"""Between the tries of an update that met the end of a run."""

_CONNECTION_ERRORS = {
    "connection refused": "connection refused",
    "dns error": "no such host",
    "timed out": "no answer in time",
}
"""By a sign in the transport's own message, what it means."""

T = TypeVar("T")


class DoorError(Exception):
    """Base of what can stand between a caller and a case."""


class Unreachable(DoorError):
    """Temporal does not answer."""

    def __init__(self, address: str, namespace: str, why: str) -> None:
        super().__init__(
            f"Temporal does not answer at {address} (namespace {namespace}): {why}. "
            "Is the server running? Start the embedded one with `caseladder dev`, or set TEMPORAL_ADDRESS."
        )
        self.address = address


class Unprepared(DoorError):
    """Temporal answers, but turns the call down: usually a namespace without our search attributes."""

    def __init__(self, why: str) -> None:
        names = ", ".join(f"{name}={kind}" for name, kind in SEARCH_ATTRIBUTES.items())
        super().__init__(
            f"Temporal turned this down: {why}. If search attributes are missing, register them with "
            f"`temporal operator search-attribute create`: {names}."
        )


class NoWorker(DoorError):
    """No worker answers."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"No worker answers on the task queue {TASK_QUEUE}: {why}. Start one with `caseladder worker`."
        )


class CaseUnknown(DoorError):
    """There is no such case."""

    def __init__(self, case_id: str) -> None:
        super().__init__(f"There is no case {case_id} in Temporal. Case ids look like shop-k3j5x7q2ab.")
        self.case_id = case_id


class CaseOver(DoorError):
    """The case is archived; its workflow has ended."""

    def __init__(self, case_id: str) -> None:
        super().__init__(f"The case {case_id} is archived and can no longer change. Open a new one that `follows` it.")
        self.case_id = case_id


class _BetweenRuns(DoorError):
    """The case is just being continued in a new run."""


class Opened(NamedTuple):
    """`created` is False if there was a case under this source and reference already, live or archived."""

    case_id: str
    created: bool


class TimelinePage(BaseModel):
    """Entries at hand. Not `complete`: older ones than these must be read from the records."""

    entries: tuple[Entry, ...]
    complete: bool


class CaseClient:
    """Starts cases and speaks with them. Stateless but for the connection; safe to share between tasks."""

    def __init__(self, client: Client) -> None:
        self._client = client

    @classmethod
    async def connect(cls) -> CaseClient:
        """Connects as `temporalio.envconfig` says: profile file and TEMPORAL_*. Raises Unreachable."""
        return cls(await connect())

    async def open(self, complaint: Complaint) -> Opened:
        """Starts the case of a complaint, unless there is one.

        Raises:
            Refused: `received_in_future`, beyond what two machines' clocks may differ.
            Unprepared, Unreachable
        """
        case_id = complaint.case_id
        now = datetime.now(UTC)  # noqa: TID251 -- the door is outside: here the clock on the wall counts
        if complaint.received_at and complaint.received_at > now + SKEW:
            raise Refused(
                Code.RECEIVED_IN_FUTURE,
                f"`received_at` is {complaint.received_at.isoformat()}, which is in the future.",
            )
        start = self._client.start_workflow(
            "Case",
            complaint,
            id=workflow_id(case_id),
            task_queue=TASK_QUEUE,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            # FAIL, not USE_EXISTING: the server then says by itself whether this call created the case.
            id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
            search_attributes=attributes.at_start(complaint),
            static_summary=f"{complaint.product} · {complaint.channel}",
        )
        try:
            await self._answer(start, case_id)
        except WorkflowAlreadyStartedError:
            return Opened(case_id, created=False)
        return Opened(case_id, created=True)

    async def act(self, case_id: str, event: Deed) -> CaseView:
        """Sends an event by update and returns the new view. The event's id makes a retry harmless.

        Sent again with another time or another content, it is another update: the case knows the event by its id.

        Raises:
            Refused: with the case's code and sentence.
            CaseUnknown, CaseOver, NoWorker, Unreachable
        """
        # An update that comes while a run ends is not ready, not found, or over. If the case goes on in a new run, it
        # is sent again: there, the id of the event keeps it from being done twice.
        for pause_s in _PAUSES_S:
            try:
                return await self._update(case_id, event)
            except _BetweenRuns:
                await asyncio.sleep(pause_s)
            except (CaseUnknown, CaseOver) as lost:
                if not await self._is_running(case_id):
                    raise CaseOver(case_id) from lost
                await asyncio.sleep(pause_s)
        raise NoWorker(f"the case {case_id} was not ready in {len(_PAUSES_S)} tries")

    async def signal(self, case_id: str, event: Deed) -> None:
        """Sends an event without waiting for its effect. Raises CaseUnknown, CaseOver, Unreachable."""
        name = "customer_request" if event.kind in CUSTOMER_KINDS else "agent_action"
        await self._answer(self._handle(case_id).signal(name, event), case_id)

    async def view(self, case_id: str, actor: Actor | None = None) -> CaseView:
        """The case now, also of one that has ended. Raises CaseUnknown, NoWorker, Unreachable."""
        view = await self._ask(case_id, "view", CaseView, *((actor,) if actor else ()))
        return view.aged(datetime.now(UTC))  # noqa: TID251 -- the door is outside: here the clock on the wall counts

    async def timeline(self, case_id: str, after: int = 0) -> TimelinePage:
        """Entries with numbers above `after` that the workflow has at hand. Raises as `view`."""
        entries = await self._ask(case_id, "timeline", list[Entry], after)
        complete = not entries or entries[0].n <= after + 1
        return TimelinePage(entries=tuple(entries), complete=complete)

    async def brief(self, case_id: str) -> Brief:
        """The page for a new owner. Raises as `view`."""
        return await self._ask(case_id, "brief", Brief)

    async def ready(self) -> None:
        """Returns if Temporal answers and a worker polls. Raises Unreachable or NoWorker."""
        request = DescribeTaskQueueRequest(
            namespace=self._client.namespace,
            task_queue=TaskQueue(name=TASK_QUEUE),
            task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
        )
        queue = await self._answer(self._client.workflow_service.describe_task_queue(request, timeout=ANSWER), "")
        if not queue.pollers:
            raise NoWorker("nobody polls it")

    async def _ask(self, case_id: str, query: str, kind: type[T], *args: object) -> T:
        call = self._handle(case_id).query(query, args=args, result_type=kind, rpc_timeout=ANSWER)
        try:
            return await self._answer(call, case_id)
        except (WorkflowQueryFailedError, WorkflowQueryRejectedError) as error:
            raise NoWorker(f"the query {query} failed: {error}") from error

    async def _update(self, case_id: str, event: Deed) -> CaseView:
        call = self._handle(case_id).execute_update(  # pyright: ignore[reportUnknownMemberType] -- the SDK's own hole
            "act", event, id=_update_id(event), result_type=CaseView, rpc_timeout=ANSWER
        )
        try:
            return await self._answer(call, case_id)
        except WorkflowUpdateFailedError as error:
            raise refusal_in(error) from error

    async def _is_running(self, case_id: str) -> bool:
        """Raises CaseUnknown if there never was such a case."""
        described = await self._answer(self._handle(case_id).describe(), case_id)
        return described.status is WorkflowExecutionStatus.RUNNING

    def _handle(self, case_id: str) -> WorkflowHandle[object, object]:
        return self._client.get_workflow_handle(workflow_id(case_id))

    async def _answer(self, call: Awaitable[T], case_id: str) -> T:
        try:
            return await call
        except RPCError as error:
            raise self._translated(error, case_id) from error
        except (WorkflowUpdateRPCTimeoutOrCancelledError, TimeoutError) as error:
            raise NoWorker(f"no answer within {ANSWER.total_seconds():.0f} s") from error

    def _translated(self, error: RPCError, case_id: str) -> DoorError:
        message = error.message.lower()
        match error.status:
            case RPCStatusCode.NOT_FOUND if "already completed" in message:
                return CaseOver(case_id)
            case RPCStatusCode.NOT_FOUND:
                return CaseUnknown(case_id)
            case RPCStatusCode.DEADLINE_EXCEEDED | RPCStatusCode.CANCELLED:
                return NoWorker(f"no answer within {ANSWER.total_seconds():.0f} s")
            case RPCStatusCode.FAILED_PRECONDITION if "no poller" in message or "worker" in message:
                return NoWorker(error.message)
            case RPCStatusCode.FAILED_PRECONDITION if "workflow task failure" in message:
                return _BetweenRuns(error.message)
            case RPCStatusCode.FAILED_PRECONDITION if "task in failed state" in message:
                return NoWorker(f"the workflow task of {case_id} fails again and again; the worker's log says why")
            case RPCStatusCode.INVALID_ARGUMENT | RPCStatusCode.FAILED_PRECONDITION:
                return Unprepared(error.message)
            case _:
                config = self._client.service_client.config
                return Unreachable(config.target_host, self._client.namespace, _in_short(error.message))


async def connect() -> Client:
    """A Temporal client with our plugin, by profile file and TEMPORAL_*. Raises Unreachable."""
    config = ClientConfigProfile.load().to_client_connect_config()
    address = config.setdefault("target_host", "localhost:7233")
    namespace = config.setdefault("namespace", "default")
    try:
        return await Client.connect(**config, plugins=[plugin()])
    except (RuntimeError, RPCError, OSError, ValueError) as error:
        raise Unreachable(address, namespace, _in_short(str(error))) from error


def _in_short(why: str) -> str:
    """What keeps a connection from being made, without the transport's inner names."""
    for sign, said in _CONNECTION_ERRORS.items():
        if sign in why.lower():
            return said
    return re.split(r"[\n(;]|: tonic::", why, maxsplit=1)[0].strip() or "no reason given"


def workflow_id(case_id: str) -> str:
    """`case-<case id>`."""
    return f"case-{case_id}"


def _update_id(event: Deed) -> str:
    """The same for the same bytes only.

    A server that was killed has forgotten the update that a worker is just working on. If the same id has come again by
    then, with as little as another time in it, its history gets what came last, while the case did what came first: it
    could never be replayed. And what says something else must reach the case, to be refused.
    """
    return f"{event.id}:{hashlib.sha256(event.model_dump_json().encode()).hexdigest()[:16]}"


def refusal_in(error: WorkflowUpdateFailedError) -> Exception:
    """The refusal that an update failed with; the error itself, if it was no refusal."""
    cause = error.cause
    if isinstance(cause, ApplicationError) and cause.type in set(Code):
        details = cast("dict[str, Any]", cause.details[0]) if cause.details else {}
        return Refused(Code(cause.type), cause.message, **details)
    return error
