"""Traces by OpenTelemetry, sent by OTLP over HTTP; nothing at all unless OTEL_EXPORTER_OTLP_ENDPOINT says where to.

All settings are OpenTelemetry's own variables, read by its SDK, which is not even loaded without them. What a span may
say, `spans` decides. A trace goes on by the header `traceparent` alone: what callers put into `tracestate` and
`baggage` is theirs, and could be about people.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import Tracer

ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
LAST_WORDS_MS = 1_500
"""How long a process that ends waits for a collector to take its last spans."""

HEADER = "traceparent"


class BadSetting(Exception):
    """A variable is of no use. The text names it and says what to set."""


class _Here:
    """What this process traces with, if it does.

    Loaded once, when that begins: a line that a workflow logs is written in the sandbox, which would load it anew.
    """

    provider: TracerProvider | None = None
    trace: Any = None
    propagator: Any = None


def wanted(environment: Mapping[str, str]) -> bool:
    """Whether the environment says where spans go. Raises BadSetting."""
    given = {name: environment.get(name, "").strip().lower() for name in environment}
    if given.get("OTEL_SDK_DISABLED") == "true" or given.get("OTEL_TRACES_EXPORTER", "otlp") not in ("", "otlp"):
        return False
    where = [name for name in ENDPOINTS if given.get(name)]
    if not where:
        return False
    for name in where:
        if not given[name].startswith(("http://", "https://")):
            raise BadSetting(f"{name}: must begin with https:// or http://, such as http://127.0.0.1:4318.")
    protocol = next((name for name in PROTOCOLS if given.get(name)), None)
    if protocol and given[protocol] != "http/protobuf":
        raise BadSetting(f"{protocol}: only http/protobuf is here. Set that or nothing, and the collector's HTTP port.")
    return True


def start(service: str, environment: Mapping[str, str], exporter: SpanExporter | None = None) -> None:
    """Traces from now on, if that is wanted. `service` is its name, unless OTEL_SERVICE_NAME has one."""
    if _Here.provider is not None or not wanted(environment):
        return
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    from observing.spans import Bare

    named = "OTEL_SERVICE_NAME" in environment or "service.name=" in environment.get("OTEL_RESOURCE_ATTRIBUTES", "")
    resource = Resource.create({} if named else {"service.name": f"caseladder-{service}"})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(Bare(exporter or OTLPSpanExporter())))
    _Here.trace, _Here.propagator = trace, TraceContextTextMapPropagator()
    _Here.provider = provider


def stop() -> None:
    """Sends what was not sent yet, within `LAST_WORDS_MS`, and traces no longer. What no collector takes is lost."""
    provider, _Here.provider = _Here.provider, None
    if provider is not None:
        provider.force_flush(LAST_WORDS_MS)


def tracer() -> Tracer | None:
    """What makes spans; None: this process does not trace."""
    return _Here.provider.get_tracer("caseladder") if _Here.provider is not None else None


def ids() -> dict[str, str]:
    """The trace and the span that the caller is in, for a log line."""
    if _Here.provider is None:
        return {}
    at = _Here.trace.get_current_span().get_span_context()
    return {"trace_id": f"{at.trace_id:032x}", "span_id": f"{at.span_id:016x}"} if at.is_valid else {}


def carried() -> dict[str, str]:
    """The header by which a trace goes on at whom we call."""
    if _Here.provider is None:
        return {}
    headers: dict[str, str] = {}
    _Here.propagator.inject(headers)
    return {name: value for name, value in headers.items() if name == HEADER}


def received(header: str | None) -> Context | None:
    """Where the trace of somebody who calls us goes on; None: it begins here."""
    if _Here.provider is None or not header:
        return None
    return _Here.propagator.extract({HEADER: header})
