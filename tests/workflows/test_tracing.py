"""Tracing changes nothing that a workflow asks for, and a replay neither traces nor logs again."""

from __future__ import annotations

import gzip
import json
import logging
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from temporalio import client
from temporalio.api.common.v1 import Payload
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from cases.words import Status
from observing import traces
from tests.corpus import HISTORIES
from tests.samples import SHOP, complaint, deed
from tests.temporal import skipping_server
from workflows.case import CaseWorkflow
from workflows.digest import DigestWorkflow
from workflows.handoff import HandoffWorkflow
from workflows.indexed import case_workflow_id
from workflows.plugin import plugin
from workflows.tracing import Tracing

SOME = [file for name in ("unheard-of", "asked-back") for file in sorted(HISTORIES.glob(f"*/{name}.json.gz"))]
"""Those with what nobody expects, of every version. All of them are replayed without tracing in `test_corpus`."""


@pytest.fixture
def spans() -> Generator[InMemorySpanExporter]:
    kept = InMemorySpanExporter()
    traces.start("test", {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"}, kept)
    yield kept
    traces.stop()


async def test_recorded_histories_replay_with_tracing_and_make_no_span_and_no_log_line(
    spans: InMemorySpanExporter, caplog: pytest.LogCaptureFixture
) -> None:
    ours = plugin()
    assert any(isinstance(each, Tracing) for each in ours.interceptors or ())  # pyright: ignore
    replayer = Replayer(workflows=[CaseWorkflow, HandoffWorkflow, DigestWorkflow], plugins=[ours])
    with caplog.at_level(logging.INFO):
        for file in SOME:
            content: dict[str, Any] = json.loads(gzip.decompress(file.read_bytes()))
            await replayer.replay_workflow(WorkflowHistory.from_json(content.pop("workflow_id"), content))
    traces.stop()
    assert spans.get_finished_spans() == ()
    assert [record for record in caplog.records if record.name == "temporalio.workflow"] == []


class _Spoiling(client.Interceptor):
    """Sends trace headers that are none."""

    def intercept_client(self, next: client.OutboundInterceptor) -> client.OutboundInterceptor:  # noqa: A002
        return _Spoiled(next)


class _Spoiled(client.OutboundInterceptor):
    async def signal_workflow(self, input: client.SignalWorkflowInput) -> None:  # noqa: A002
        input.headers = {"_tracer-data": Payload(metadata={"encoding": b"json/plain"}, data=b"{nonsense")}
        await super().signal_workflow(input)


async def test_a_trace_header_that_cannot_be_read_keeps_no_signal_from_being_worked(
    spans: InMemorySpanExporter, tmp_path: Path
) -> None:
    async with skipping_server(tmp_path) as house:
        view = await house.open(complaint())
        config = house.client.config()
        config["interceptors"] = [*config["interceptors"], _Spoiling()]
        spoiling = client.Client(**config)
        handle = spoiling.get_workflow_handle(case_workflow_id(view.case_id))
        await handle.signal("customer_request", deed("message", SHOP, text="Still there?"))
        now = await house.until(view.case_id, lambda now: now.version > view.version)
        assert now.status is Status.OPEN
        assert (await house.cases.timeline(view.case_id)).entries[-1].kind == "message"
