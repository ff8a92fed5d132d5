"""What client, worker and replayer share, in one plugin.

Converter, codec, sandbox, failure types, arity of signals, signatures of updates.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

from temporalio.api.common.v1 import Payload
from temporalio.client import Interceptor as ClientInterceptor
from temporalio.common import RawValue
from temporalio.contrib.pydantic import PydanticPayloadConverter
from temporalio.converter import DataConverter, DefaultFailureConverter
from temporalio.exceptions import ApplicationError
from temporalio.plugin import SimplePlugin
from temporalio.worker import (
    HandleSignalInput,
    HandleUpdateInput,
    Interceptor,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
    WorkflowRunner,
)
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from observing import tracer
from workflows.desk import DeskInterceptor
from workflows.encryption import EncryptedFailures, Encryption
from workflows.fence import FencedWorkflowRunner
from workflows.keyring import KeyRing
from workflows.reading import SEVERAL
from workflows.signing import Signer, Trusted
from workflows.vouching import SigningInterceptor, VouchingInterceptor

PASSED_THROUGH = (
    "annotated_types",
    "cases",
    "pydantic",
    "pydantic_core",
    "workflows.alarm",
    "workflows.attributes",
    "workflows.carrying",
    "workflows.desk",
    "workflows.details",
    "workflows.errands",
    "workflows.handoff_page",
    "workflows.inbox",
    "workflows.indexed",
    "workflows.metering",
    "workflows.reading",
    "workflows.writing",
)
"""Each workflow instance re-executes every module that is not passed through: 30 ms for 25 small models."""


class Converter(PydanticPayloadConverter):
    """Pydantic's JSON. Several payloads without types, where a handler expects one, stay as they came.

    The SDK drops the types when their number does not match, and then drops a signal whose payloads do not decode.
    """

    def from_payloads(self, payloads: Sequence[Payload], type_hints: list[type] | None = None) -> list[Any]:
        """Values of the hinted types; raw values, if there are several payloads and no hints."""
        if type_hints is None and len(payloads) > 1:
            return [RawValue(payload) for payload in payloads]
        return super().from_payloads(payloads, type_hints)


class OneArgument(WorkflowInboundInterceptor):
    """A handler called with several payloads gets one that says so: with two arguments it would wedge for ever."""

    async def handle_signal(self, input: HandleSignalInput) -> None:  # noqa: A002 -- the SDK's name
        """Signals, other than those for the catch-all handler, which takes a sequence."""
        input.args = _one(input.args)
        await super().handle_signal(input)

    def handle_update_validator(self, input: HandleUpdateInput) -> None:  # noqa: A002 -- the SDK's name
        """Before the validator."""
        input.args = _one(input.args)
        super().handle_update_validator(input)

    async def handle_update_handler(self, input: HandleUpdateInput) -> Any:  # noqa: A002 -- the SDK's name
        """Before the handler."""
        input.args = _one(input.args)
        return await super().handle_update_handler(input)


class OneArgumentInterceptor(Interceptor):
    """Puts `OneArgument` before every workflow's handlers."""

    def workflow_interceptor_class(
        self,
        input: WorkflowInterceptorClassInput,  # noqa: A002, ARG002 -- the SDK's name
    ) -> type[WorkflowInboundInterceptor]:
        """The interceptor's class."""
        return OneArgument


@dataclasses.dataclass(frozen=True, slots=True)
class Signatures:
    """What signs updates, in which namespace, and which signatures a worker trusts. A replayer needs neither."""

    signer: Signer | None = None
    trusted: Trusted | None = None
    namespace: str = "default"


def plugin(
    *,
    keys: KeyRing | None = None,
    missed: Callable[[str], None] | None = None,
    signatures: Signatures | None = None,
    desk: str | None = None,
) -> SimplePlugin:
    """For `Client.connect(plugins=[plugin()])`, whose workers inherit it, and for `Replayer(plugins=[plugin()])`.

    Without `keys` nothing is encrypted; what is encrypted all the same waits for its key, and is never taken for
    something unreadable. `missed` is told each time that a key is missing. `desk` is where the Desk is, for the links
    of the pages in the Web UI.
    """
    keys = keys or KeyRing()
    signatures = signatures or Signatures()
    signer, namespace = signatures.signer, signatures.namespace
    # Of the bytes that the converter makes: the codec lies below, and changes nothing of what is signed.
    signing = [SigningInterceptor(signer, namespace, Converter())] if signer else []
    at_desk = [DeskInterceptor(desk)] if desk else []
    return SimplePlugin(
        "caseladder",
        data_converter=DataConverter(
            payload_converter_class=Converter,
            payload_codec=Encryption(keys, missed),
            failure_converter_class=EncryptedFailures if keys.encrypts else DefaultFailureConverter,
        ),
        # Signatures first, but for traces: they are of what arrived, before several payloads are made one.
        interceptors=[
            *_tracing(),
            *signing,
            VouchingInterceptor(signatures.trusted),
            OneArgumentInterceptor(),
            *at_desk,
        ],
        workflow_runner=_sandboxed,
        workflow_failure_exception_types=[ApplicationError],
    )


def _tracing() -> list[Interceptor | ClientInterceptor]:
    """None, and nothing loaded, in a process that does not trace."""
    tracing = tracer()
    if tracing is None:
        return []
    from workflows.tracing import Tracing

    return [Tracing(tracing)]


def _sandboxed(runner: WorkflowRunner | None) -> WorkflowRunner:
    if isinstance(runner, SandboxedWorkflowRunner):
        restrictions = runner.restrictions.with_passthrough_modules(*PASSED_THROUGH)
        return FencedWorkflowRunner(dataclasses.replace(runner, restrictions=restrictions))
    restrictions = SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH)
    return FencedWorkflowRunner(SandboxedWorkflowRunner(restrictions=restrictions))


def _one(args: Sequence[Any]) -> Sequence[Any]:
    raw = [arg for arg in args if isinstance(arg, RawValue)]
    if len(args) < 2 or len(raw) < len(args):
        return args
    data = b"[" + b", ".join(arg.payload.data for arg in raw) + b"]"
    return [RawValue(Payload(metadata={"encoding": SEVERAL}, data=data))]
