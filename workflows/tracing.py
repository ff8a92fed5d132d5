"""Traces through Temporal, by the SDK's interceptor: from who calls, through the workflow, to the activities.

What it is told by `observing.traces` is whether this process traces. Two things are done as the SDK does not:

- what a signal or an update causes belongs to the trace of who sent it. The SDK puts it into that of the start, which
  may have been months ago, with a link
- a header that cannot be read begins no trace, and keeps nothing from being worked

A workflow's spans are not made again in a replay, and change no command: what they leave in a history are headers.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from typing import Any

from opentelemetry.context import Context
from opentelemetry.trace import SpanKind, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from temporalio import workflow
from temporalio.api.common.v1 import Payload
from temporalio.contrib.opentelemetry import TracingInterceptor, TracingWorkflowInboundInterceptor
from temporalio.contrib.opentelemetry._context import attached_context
from temporalio.converter import PayloadConverter
from temporalio.worker import (
    HandleQueryInput,
    HandleSignalInput,
    HandleUpdateInput,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
)

_SDK: Any = workflow
"""Without its types, which have holes."""

_PROPAGATOR = TraceContextTextMapPropagator()
"""And no baggage: what callers put there is theirs, and would stand in histories that nobody encrypts."""


class Tracing(TracingInterceptor):
    """Makes spans of calls, workflows and activities, by one tracer."""

    def __init__(self, tracer: Tracer) -> None:
        super().__init__(tracer)
        self.text_map_propagator = _PROPAGATOR

    def workflow_interceptor_class(
        self,
        input: WorkflowInterceptorClassInput,  # noqa: A002 -- the SDK's name
    ) -> type[TracingWorkflowInboundInterceptor]:
        """The interceptor's class."""
        super().workflow_interceptor_class(input)
        return _InWorkflow


class _InWorkflow(TracingWorkflowInboundInterceptor):
    def __init__(self, next: WorkflowInboundInterceptor) -> None:  # noqa: A002 -- the SDK's name
        super().__init__(next)
        self.text_map_propagator = _PROPAGATOR

    async def handle_signal(self, input: HandleSignalInput) -> None:  # noqa: A002 -- the SDK's name
        """A name that no handler has could be anything."""
        name = _named(input.signal, _SDK.get_signal_handler)
        with self._called(f"HandleSignal:{name}", input.headers):
            await self.next.handle_signal(input)

    async def handle_query(self, input: HandleQueryInput) -> Any:  # noqa: A002 -- the SDK's name
        """Also of a workflow that is replayed to answer it."""
        name = _named(input.query, _SDK.get_query_handler)
        with self._called(f"HandleQuery:{name}", input.headers, replayed=True):
            return await self.next.handle_query(input)

    def handle_update_validator(self, input: HandleUpdateInput) -> None:  # noqa: A002 -- the SDK's name
        """Also where it is refused."""
        with self._called(f"ValidateUpdate:{input.update}", input.headers):
            self.next.handle_update_validator(input)

    async def handle_update_handler(self, input: HandleUpdateInput) -> Any:  # noqa: A002 -- the SDK's name
        """What it causes, too."""
        with self._called(f"HandleUpdate:{input.update}", input.headers):
            return await self.next.handle_update_handler(input)

    @contextmanager
    def _called(self, name: str, headers: Mapping[str, Payload], *, replayed: bool = False) -> Generator[None]:
        carrier = _read(headers.get(self.header_key))
        context = self._set_on_context(_PROPAGATOR.extract(carrier, Context()) if carrier else Context())
        with attached_context(context):
            self._completed_span(name, kind=SpanKind.SERVER, new_span_even_on_replay=replayed)
            yield

    def _load_workflow_context_carrier(self) -> dict[str, Any] | None:
        return _read(workflow.info().headers.get(self.header_key))


def _named(name: str, handler_of: Callable[[str], object]) -> str:
    return name if handler_of(name) is not None else "unknown"


def _read(header: Payload | None) -> dict[str, Any] | None:
    if header is None:
        return None
    try:
        carrier: Any = PayloadConverter.default.from_payloads([header])[0]
    except (KeyError, ValueError, RuntimeError, TypeError):
        return None
    traceparent = carrier.get("traceparent") if isinstance(carrier, dict) else None  # pyright: ignore
    return {"traceparent": traceparent} if isinstance(traceparent, str) else None
