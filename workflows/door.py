"""The door to Temporal: its calls and errors turned into ours.

    DoorError
    ├── Unreachable      Temporal does not answer
    ├── Unprepared       Temporal answers, but its namespace is not set up for cases
    ├── NoWorker         no worker answers
    ├── KeyMissing       the answer is encrypted with a key that is not at hand
    ├── NotTrusted       the worker does not take our signature
    ├── CaseUnknown      no such case
    ├── CaseOver         the case is archived: its workflow has ended
    ├── HandoffUnknown   no such hand-off
    └── HandoffOver      the hand-off is over: its workflow has ended

What may be said through the door is in `workflows.client`.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, TypeVar, cast

from temporalio.client import (
    Client,
    WorkflowExecutionStatus,
    WorkflowHandle,
    WorkflowQueryFailedError,
    WorkflowQueryRejectedError,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.envconfig import ClientConfigProfile
from temporalio.exceptions import ApplicationError
from temporalio.runtime import Runtime
from temporalio.service import RPCError, RPCStatusCode

from cases.events import Code, Event, Refused
from workflows import workers
from workflows.encryption import MISSING_KEYS, Encryption
from workflows.indexed import case_workflow_id, handoff_workflow_id
from workflows.keyring import KeyRing, MissingKey
from workflows.plugin import Signatures, plugin
from workflows.reading import BAD_SIGNATURE
from workflows.signing import Signer, Trusted

TASK_QUEUE = "caseladder"
ANSWER = timedelta(seconds=10)
"""How long a worker may take to answer an update or a query."""

_PAUSES_S = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
"""Between the tries of an update that met the end of a run."""

T = TypeVar("T")

_LOG = logging.getLogger(__name__)

_CONNECTION_ERRORS = {
    "connection refused": "connection refused",
    "dns error": "no such host",
    "timed out": "no answer in time",
}
"""By a sign in the transport's own message, what it means."""


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
    """Temporal answers, but turns the call down: usually a namespace without our search attributes, or none at all."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"Temporal turned this down: {why.rstrip('.')}. Is TEMPORAL_NAMESPACE right? If search attributes are "
            "missing in it, register them with `caseladder operator register`."
        )


class NoWorker(DoorError):
    """No worker answers."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"No worker answers on the task queue {TASK_QUEUE}: {why}. Start one with `caseladder worker`."
        )


class KeyMissing(DoorError):
    """What Temporal holds, or a worker answered, is encrypted with a key that is not in this process's key ring."""


class NotTrusted(DoorError):
    """The worker does not take our signature."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"The worker refused what was sent in our name. {why.rstrip('.')}. Do the workers have the public key that "
            "belongs to CASELADDER_SIGNING_KEY, in CASELADDER_TRUSTED_KEYS, and do the clocks agree?"
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


class HandoffUnknown(DoorError):
    """There is no such hand-off."""

    def __init__(self, handoff_id: str) -> None:
        super().__init__(f"There is no hand-off {handoff_id} in Temporal. Hand-off ids look like shop-k3j5x7q2ab-1.")
        self.handoff_id = handoff_id


class HandoffOver(DoorError):
    """The hand-off is over; its workflow has ended."""

    def __init__(self, handoff_id: str) -> None:
        super().__init__(f"The hand-off {handoff_id} is over: it was answered, called off or given back.")
        self.handoff_id = handoff_id


class _BetweenRuns(DoorError):
    """The workflow is just being continued in a new run."""


class Subject:
    """Whom a call is about: the workflow, and what is said when there is none, or none any more."""

    def __init__(self, workflow_id: str, unknown: DoorError, over: DoorError) -> None:
        self.workflow_id = workflow_id
        self.unknown = unknown
        self.over = over

    @classmethod
    def case(cls, case_id: str) -> Subject:
        """A case."""
        return cls(case_workflow_id(case_id), CaseUnknown(case_id), CaseOver(case_id))

    @classmethod
    def handoff(cls, handoff_id: str) -> Subject:
        """A hand-off."""
        return cls(handoff_workflow_id(handoff_id), HandoffUnknown(handoff_id), HandoffOver(handoff_id))


class Door:
    """Speaks with one workflow at a time. Stateless but for the connection; safe to share between tasks."""

    def __init__(self, client: Client) -> None:
        self.client = client

    async def ready(self) -> None:
        """Returns if Temporal answers, a worker lives, and no key is missing.

        Raises Unreachable, NoWorker or KeyMissing.
        """
        if not await self.answered(workers.alive(self.client, TASK_QUEUE, ANSWER)):
            raise NoWorker("nobody polls it")
        codec = self.client.data_converter.payload_codec
        if isinstance(codec, Encryption) and (missing := codec.keys.missing):
            raise KeyMissing(str(MissingKey(", ".join(sorted(missing)), codec.keys.named)))

    async def acted(self, subject: Subject, event: Event, kind: type[T]) -> T:
        """Sends an event by the update `act` and returns its answer. The event's id makes a retry harmless.

        Sent again with another time or another content, it is another update: the workflow knows the event by its id.

        Raises:
            Refused: with the code and the sentence.
            NoWorker, Unreachable, and what the subject says when it is unknown or over
        """
        # An update that meets continue-as-new, or the last moments of a workflow, is turned away by the server though
        # the workflow is there. It is sent again: there, the id of the event keeps it from being done twice.
        for pause_s in _PAUSES_S:
            try:
                return await self._update(subject, event, kind)
            except _BetweenRuns:
                await asyncio.sleep(pause_s)
            except (type(subject.unknown), type(subject.over)) as lost:
                if not await self._is_running(subject):
                    raise subject.over from lost
                await asyncio.sleep(pause_s)
        raise NoWorker(f"{subject.workflow_id} was not ready in {len(_PAUSES_S)} tries")

    async def signalled(self, subject: Subject, name: str, event: Event) -> None:
        """Sends an event without waiting for its effect. Raises as `acted`, but never Refused nor NoWorker."""
        await self.answered(self._handle(subject).signal(name, event), subject)

    async def asked(self, subject: Subject, query: str, kind: type[T], *args: object) -> T:
        """Asks a query, also of a workflow that has ended. Raises NoWorker, Unreachable, and the subject's unknown."""
        call = self._handle(subject).query(query, args=args, result_type=kind, rpc_timeout=ANSWER)
        try:
            return await self.answered(call, subject)
        except (WorkflowQueryFailedError, WorkflowQueryRejectedError) as error:
            raise NoWorker(f"the query {query} failed: {error}") from error

    async def answered(self, call: Awaitable[T], subject: Subject | None = None) -> T:
        """The answer to a call to Temporal; its errors as ours."""
        try:
            return await call
        except RPCError as error:
            raise self._translated(error, subject) from error
        except MissingKey as error:
            raise KeyMissing(str(error)) from error
        except (WorkflowUpdateRPCTimeoutOrCancelledError, TimeoutError) as error:
            raise NoWorker(f"no answer within {ANSWER.total_seconds():.0f} s") from error

    async def _update(self, subject: Subject, event: Event, kind: type[T]) -> T:
        told = {"workflow_id": subject.workflow_id, "event_id": str(event.id), "kinds": str(event.kind)}
        call = self._handle(subject).execute_update(  # pyright: ignore[reportUnknownMemberType] -- the SDK's own hole
            "act", event, id=update_id(event), result_type=kind, rpc_timeout=ANSWER
        )
        try:
            answer = await self.answered(call, subject)
        except WorkflowUpdateFailedError as error:
            if isinstance(error.cause, ApplicationError) and error.cause.type == BAD_SIGNATURE:
                raise NotTrusted(error.cause.message) from error
            refusal = refusal_in(error)
            told["code"] = str(refusal.code) if isinstance(refusal, Refused) else "failed"
            _LOG.info("the update was refused", extra=told)
            raise refusal from error
        _LOG.info("the update was taken", extra=told)
        return answer

    async def _is_running(self, subject: Subject) -> bool:
        """Raises the subject's unknown if there never was such a workflow."""
        described = await self.answered(self._handle(subject).describe(), subject)
        return described.status is WorkflowExecutionStatus.RUNNING

    def _handle(self, subject: Subject) -> WorkflowHandle[object, object]:
        return self.client.get_workflow_handle(subject.workflow_id)

    def _translated(self, error: RPCError, subject: Subject | None) -> DoorError:
        message = error.message.lower()
        match error.status:
            case RPCStatusCode.NOT_FOUND if subject is not None and not message.startswith("namespace"):
                return subject.over if "already completed" in message else subject.unknown
            case RPCStatusCode.DEADLINE_EXCEEDED | RPCStatusCode.CANCELLED:
                return NoWorker(f"no answer within {ANSWER.total_seconds():.0f} s")
            case RPCStatusCode.FAILED_PRECONDITION if "no poller" in message or "worker" in message:
                return NoWorker(error.message)
            case RPCStatusCode.FAILED_PRECONDITION if "workflow task failure" in message:
                return _BetweenRuns(error.message)
            case RPCStatusCode.FAILED_PRECONDITION if subject is not None and "task in failed state" in message:
                return NoWorker(
                    f"the workflow task of {subject.workflow_id} fails again and again; the worker's log says why"
                )
            case RPCStatusCode.NOT_FOUND | RPCStatusCode.INVALID_ARGUMENT | RPCStatusCode.FAILED_PRECONDITION:
                return Unprepared(error.message)
            case _:
                config = self.client.service_client.config
                return Unreachable(config.target_host, self.client.namespace, _in_short(error.message))


async def connect(
    runtime: Runtime | None = None,
    *,
    keys: KeyRing | None = None,
    signer: Signer | None = None,
    trusted: Trusted | None = None,
    desk: str | None = None,
) -> Client:
    """A Temporal client with our plugin, by profile file and TEMPORAL_*. Raises Unreachable, KeyRingError.

    `runtime`: what counts its calls, and a worker's work; the SDK's own without. `keys`: what payloads are encrypted
    with; those that CASELADDER_PAYLOAD_KEYS names without. `signer` vouches for the updates that it sends; `trusted`
    are the keys whose signatures its workers take. `desk` is the address of the Desk, for links to it.
    """
    keys = KeyRing.of_environment() if keys is None else keys
    config = ClientConfigProfile.load().to_client_connect_config()
    address = config.setdefault("target_host", "localhost:7233")
    namespace = config.setdefault("namespace", "default")
    try:
        signatures = Signatures(signer, trusted, namespace)
        ours = plugin(keys=keys, missed=missing_keys_counter(runtime), signatures=signatures, desk=desk)
        return await Client.connect(**config, plugins=[ours], runtime=runtime)
    except (RuntimeError, RPCError, OSError, ValueError) as error:
        raise Unreachable(address, namespace, _in_short(str(error))) from error


def missing_keys_counter(runtime: Runtime | None) -> Callable[[str], None] | None:
    """What counts the payloads whose key is missing, where somebody listens to figures."""
    if runtime is None:
        return None
    counter = runtime.metric_meter.create_counter(MISSING_KEYS, "payloads whose key is not in the key ring")
    return lambda key_id: counter.add(1, {"key": key_id})


def _in_short(why: str) -> str:
    """What keeps a connection from being made, without the transport's inner names."""
    for sign, said in _CONNECTION_ERRORS.items():
        if sign in why.lower():
            return said
    return re.split(r"[\n(;]|: tonic::", why, maxsplit=1)[0].strip() or "no reason given"


def update_id(event: Event) -> str:
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
