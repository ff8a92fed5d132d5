"""A case lives on the whole stack, by processes that log all they can and trace: what they say, and what they never do.

One case for all of it, since starting the processes takes longest.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from temporalio.api.common.v1 import Payload
from temporalio.client import Client, WorkflowUpdateFailedError
from temporalio.common import RawValue

from cases.words import Role
from starter.stack import Stack
from starter.tokens import mint
from tests.api.live import PEOPLE, POLICY, eventually
from tests.observing.collector import Collector, Span, collector
from tests.receiver import SECRET, Receiver, receiver
from workflows.indexed import case_workflow_id

NAME, CONTACT, REFERENCE = "Zebedee Quillfeather", "zebedee@quill.example", "ref-of-quillfeather"
TEXT, REPLY, BROKEN, SIGNAL = "marmaladecomplaint", "periwinklereply", "tangerinebytes", "mulberrysignal"
KNOWN = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
SERVICES = ("api", "worker", "server")


@dataclass
class Lived:
    """What a case left behind: the logs of the processes, the spans, and what must be in none of them."""

    case_id: str
    logs: dict[str, str]
    traced: Collector
    gateway: Receiver
    secrets: list[str] = field(default_factory=list[str])

    def lines(self, service: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.logs[service].splitlines()]


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Generator[Lived]:
    with collector() as traced, receiver() as gateway, pytest.MonkeyPatch.context() as env:
        gateway.behave = lambda key, before: "500" if before == 0 else "ok"
        env.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", traced.url)
        env.setenv("OTEL_BSP_SCHEDULE_DELAY", "100")
        env.setenv("CASELADDER_LOG_FORMAT", "json")
        env.setenv("CASELADDER_LOG_LEVEL", "debug")
        env.setenv("CASELADDER_GATEWAY_URL", gateway.url)
        env.setenv("CASELADDER_GATEWAY_SECRET", SECRET)
        with Stack(tmp_path_factory.mktemp("stack"), policy=POLICY, directory=PEOPLE, encrypt=True) as stack:
            stack.start()
            case_id, secrets = _live(stack)
            eventually(lambda: bool(gateway.keys(case_id)), within_s=30)
            eventually(lambda: any(_commit_of_the_claim(traced)), within_s=30)
            stack.stop()
            logs = {name: stack.folder.log(name).read_text() for name in SERVICES}
        yield Lived(case_id, logs, traced, gateway, secrets)


def _live(stack: Stack) -> tuple[str, list[str]]:
    key = stack.folder.key()
    service, ana = mint(key, "shop", Role.SERVICE), mint(key, "ana", Role.AGENT)
    complaint = {
        "source": "shop",
        "reference": REFERENCE,
        "channel": "email",
        "product": "Credit card",
        "text": f"{TEXT}, says {NAME}",
        "customer": {"id": "c-1", "name": NAME, "contact": CONTACT, "zone": "Europe/London"},
    }
    with httpx.Client(base_url=stack.addresses.api, trust_env=False, timeout=30) as http:

        def ask(path: str, token: str, body: dict[str, Any], **more: str) -> httpx.Response:
            return http.post(f"/v1/cases{path}", headers={"Authorization": f"Bearer {token}", **more}, json=body)

        case_id: str = ask("", service, complaint).json()["case_id"]
        offered = http.get(f"/v1/cases/{case_id}", headers={"Authorization": f"Bearer {service}"}).json()["offer"]["to"]
        owner = mint(key, offered["person"], Role.AGENT)
        acts = f"/{case_id}/actions"
        claimed = ask(acts, owner, {"kind": "claim"}, traceparent=KNOWN, baggage=f"who={BROKEN}", tracestate="a=b")
        assert claimed.status_code == 200, claimed.text
        refused = ask(acts, owner, {"kind": "claim"}, **{"If-Match": '"1"'})
        unreadable = ask(acts, owner, {"kind": "reply", "text": REPLY, REPLY: [REPLY]})
        assert (refused.status_code, unreadable.status_code) == (412, 422), refused.text
        assert ask(f"/{CONTACT}/actions", owner, {"kind": "reply", "text": REPLY}).status_code in (404, 422)
        assert ask(acts, owner, {"kind": "reply", "text": REPLY}).status_code == 200
        link = ask(f"/{case_id}/links", service, {}).json()["token"]
        assert http.get(f"/v1/cases/{case_id}", params={"token": link}).status_code == 200
        assert ask(acts, f"{owner}x", {"kind": "reply", "text": REPLY}).status_code == 401
        http.post("/v1/cases", content=f"{{{TEXT}", headers={"Authorization": f"Bearer {service}"})
    asyncio.run(_broken(stack, case_id))
    return case_id, [service, ana, owner, link, key]


async def _broken(stack: Stack, case_id: str) -> None:
    """What an operator, or somebody worse, sends past the API."""
    case = (await Client.connect(stack.addresses.temporal)).get_workflow_handle(case_workflow_id(case_id))
    spoiled = RawValue(Payload(metadata={"encoding": b"caseladder/aes-256-gcm"}, data=BROKEN.encode()))
    for payload in (spoiled, {"kind": BROKEN, "text": TEXT}, RawValue(Payload(data=BROKEN.encode()))):
        await case.signal("customer_request", payload)
    await case.signal(SIGNAL, {"text": TEXT})
    await case.signal("agent_action", {"kind": "propose_remedy", "text": REPLY, "by": {"id": "ana", "role": "agent"}})
    with pytest.raises(WorkflowUpdateFailedError):
        await case.execute_update("act", {"kind": BROKEN, "text": TEXT, "by": NAME})  # pyright: ignore


def _commit_of_the_claim(traced: Collector) -> list[Span]:
    return [span for span in traced.spans() if span.trace == KNOWN.split("-")[1] and span.name == "RunActivity:commit"]


@pytest.mark.parametrize("name", SERVICES)
def test_no_log_has_a_word_of_the_customer_nor_a_token(lived: Lived, name: str) -> None:
    said = lived.logs[name]
    for word in (NAME, "Quillfeather", CONTACT, REFERENCE, TEXT, REPLY, BROKEN, SIGNAL, *lived.secrets):
        assert word not in said, word


def test_no_span_has_a_word_of_the_customer_nor_a_token(lived: Lived) -> None:
    said = b"".join(lived.traced.bodies)
    for word in (NAME, CONTACT, REFERENCE, TEXT, REPLY, BROKEN, SIGNAL, *lived.secrets):
        assert word.encode() not in said, word


def test_every_line_of_api_and_worker_is_json_with_time_level_and_logger(lived: Lived) -> None:
    for service in ("api", "worker"):
        for line in lived.lines(service):
            assert line["time"].endswith("Z")
            assert line["service"] == service
            assert {"level", "logger", "message"} <= line.keys()


def test_a_case_can_be_followed_by_its_id_from_request_to_delivery(lived: Lived) -> None:
    lines = [line for name in ("api", "worker") for line in lived.lines(name) if line.get("case_id") == lived.case_id]
    said = {line["message"] for line in lines}
    assert {"request", "the update was taken", "the update was refused", "commit done", "not delivered"} <= said
    assert {"delivered", "an unreadable signal is on the timeline"} <= said
    delivered = next(line for line in lines if line["message"] == "delivered")
    assert delivered["effect_id"].startswith(lived.case_id)
    assert delivered["destination"] == "gateway"
    refused = next(line for line in lines if line["message"] == "the update was refused")
    assert refused.keys() >= {"event_id", "code", "trace_id"}


def test_one_action_is_one_trace_from_who_asked_to_the_commit(lived: Lived) -> None:
    (commit,) = _commit_of_the_claim(lived.traced)
    spans = {span.id: span for span in lived.traced.spans() if span.trace == commit.trace}
    path: list[str] = []
    at = commit
    while True:
        path.append(f"{at.service.removeprefix('caseladder-')} {at.name}")
        if at.parent not in spans:
            break
        at = spans[at.parent]
    assert path == [
        "worker RunActivity:commit",
        "worker StartActivity:commit",
        "api StartWorkflowUpdate:act",
        "api POST /v1/cases/{case_id}/actions",
    ]
    assert at.parent == KNOWN.split("-")[2]
    assert {"ValidateUpdate:act", "HandleUpdate:act"} <= {span.name for span in spans.values()}


def test_a_delivery_carries_its_trace_to_the_gateway(lived: Lived) -> None:
    traces = {span.trace for span in lived.traced.spans()}
    calls = [call for call in lived.gateway.calls if call.case_id == lived.case_id]
    assert calls
    assert {call.traceparent.split("-")[1] for call in calls if call.traceparent} <= traces
    assert all(call.traceparent for call in calls)
