"""What a span may say: its name, which of ours it is about, how long, and whether it went wrong; never a person.

Others' code fills spans with the words of errors, addresses and queries. So what is sent is a copy that has only what
is listed here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.trace import Link, Status

from observing import fields

WORKFLOW = "temporalWorkflowID"
ATTRIBUTES = frozenset(
    {
        *("http.request.method", "http.route", "http.response.status_code"),
        *("caseladder.case_id", "caseladder.handoff_id"),
        *(WORKFLOW, "temporalRunID", "temporalActivityID"),
    }
)


class Bare(SpanExporter):
    """Sends spans by another exporter, without what they should not say."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """As the other does."""
        return self._exporter.export([bare(span) for span in spans])

    def shutdown(self) -> None:
        """As the other does."""
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30000) -> bool:
        """As the other does."""
        return self._exporter.force_flush(timeout_millis)


def bare(span: ReadableSpan) -> ReadableSpan:
    """The span without texts of errors, and with the attributes of `ATTRIBUTES` alone."""
    attributes = {name: value for name, value in (span.attributes or {}).items() if name in ATTRIBUTES}
    for name in ("case_id", "handoff_id"):
        if fields.known_id(name, attributes.get(f"caseladder.{name}")) is None:
            attributes.pop(f"caseladder.{name}", None)
    workflow = fields.known_id("workflow_id", attributes.pop(WORKFLOW, None))
    if workflow is not None:
        attributes[WORKFLOW] = workflow
        attributes |= {f"caseladder.{name}": text for name, text in fields.about(workflow).items()}
    return ReadableSpan(
        name=span.name,
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes=attributes,
        events=[_bare_event(event) for event in span.events],
        links=[Link(link.context) for link in span.links],
        kind=span.kind,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _bare_event(event: Event) -> Event:
    said: dict[str, Any] = dict(event.attributes or {})
    kept = {"exception.type": said["exception.type"]} if "exception.type" in said else {}
    return Event(event.name, kept, event.timestamp)
