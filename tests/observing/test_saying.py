"""What a line may say, what a span may say, and what a process is told by its environment."""

from __future__ import annotations

import json
import logging
from contextlib import suppress
from typing import Any

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from observing import traces
from observing.logs import LogSettings, formatter
from observing.spans import Bare
from observing.traces import BadSetting

SECRET = "marmalade"
CASE = "shop-gj5u52hlp5"


def line(record: logging.LogRecord) -> dict[str, Any]:
    said = formatter("json", "worker").format(record)
    assert SECRET not in said
    assert SECRET not in formatter("text", "worker").format(record)
    return json.loads(said)


def record(logger: str, message: str, *args: object, **extra: object) -> logging.LogRecord:
    return logging.getLogger(logger).makeRecord(
        logger, logging.WARNING, "here.py", 1, message, args, None, extra={**extra}
    )


def test_an_error_says_its_type_its_cause_and_where_and_no_message() -> None:
    try:
        try:
            raise ValueError(f"input {SECRET}")
        except ValueError as cause:
            raise LookupError(SECRET) from cause
    except LookupError as error:
        failed = record("workflows.door", "it failed")
        failed.exc_info = (type(error), error, error.__traceback__)
        said = line(failed)["exception"].splitlines()
    assert said[0] == "LookupError"
    assert said[1].startswith("  observing/test_saying.py:")
    assert "caused by ValueError" in said


def test_of_others_only_what_they_say_whatever_they_are_given_is_written() -> None:
    assert line(record("asyncio", f"never retrieved\nfuture: {SECRET}"))["message"] == "never retrieved"
    assert line(record("apprise", "sent to %s", SECRET))["message"] == "sent to %s"


def test_fields_that_are_not_listed_and_ids_that_are_not_ours_are_left_out() -> None:
    said = line(record("api.x", "a", case_id=f"{SECRET}@x", text=SECRET, workflow_id=f"handoff-{CASE}-3"))
    assert (said["case_id"], said["handoff_id"]) == (CASE, f"{CASE}-3")
    assert "text" not in said


def test_a_span_keeps_its_name_and_listed_attributes_and_no_words_of_errors() -> None:
    kept, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(Bare(kept)))
    with suppress(ValueError), provider.get_tracer("x").start_as_current_span("act") as span:
        span.set_attributes({"temporalWorkflowID": f"case-{CASE}", "url.query": SECRET})
        raise ValueError(SECRET)
    (sent,) = kept.get_finished_spans()
    assert SECRET not in sent.to_json()
    assert dict(sent.attributes or {}) == {"temporalWorkflowID": f"case-{CASE}", "caseladder.case_id": CASE}
    assert [dict(event.attributes or {}) for event in sent.events] == [{"exception.type": "ValueError"}]


@pytest.mark.parametrize(
    ("variable", "value", "remedy"),
    [
        ("CASELADDER_LOG_FORMAT", "xml", "json, text"),
        ("CASELADDER_LOG_LEVEL", "loud", "debug, info, warning, error"),
    ],
)
def test_a_bad_setting_of_logs_is_named_with_what_to_set(variable: str, value: str, remedy: str) -> None:
    with pytest.raises(BadSetting, match=f"{variable}: '{value}' is none of {remedy}"):
        LogSettings.read({variable: value})


def test_it_traces_only_where_a_collector_is_named_and_says_what_it_cannot() -> None:
    where = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}
    assert traces.wanted(where)
    for not_wanted in ({}, {**where, "OTEL_SDK_DISABLED": "true"}, {**where, "OTEL_TRACES_EXPORTER": "none"}):
        assert not traces.wanted(not_wanted)
    with pytest.raises(BadSetting, match=r"OTEL_EXPORTER_OTLP_ENDPOINT: must begin with https://"):
        traces.wanted({"OTEL_EXPORTER_OTLP_ENDPOINT": "collector:4318"})
    with pytest.raises(BadSetting, match=r"OTEL_EXPORTER_OTLP_PROTOCOL: only http/protobuf"):
        traces.wanted({**where, "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"})
