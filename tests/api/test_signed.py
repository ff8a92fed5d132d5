"""What the API signs, and what somebody sends in its name, to the worker of a running stack."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import psutil
import pytest
from temporalio import client
from temporalio.client import Client

from tests.api.conftest import Live
from tests.forging import Forging, Make
from tests.samples import SHOP, deed
from workflows.client import CaseClient, NotTrusted
from workflows.plugin import plugin
from workflows.signing import Signer, Update, generated


def _copied(live: Live) -> Make:
    """By the API's own key, and for another update."""
    signer = Signer.of(live.stack.folder.signing_key_file.read_text())

    def make(sent: client.StartWorkflowUpdateInput) -> bytes:
        return signer.sign(Update("default", sent.id, "act", "another", b"{}"), datetime.now(UTC))

    return make


def _strangers(_: Live) -> Make:
    signer = generated()
    return lambda sent: signer.sign(Update("default", sent.id, "act", sent.update_id or "", b"{}"), datetime.now(UTC))


def test_what_comes_over_http_is_signed(live: Live):
    case_id = live.open()["case_id"]
    live.request(case_id, "message", text="By the API")
    entries = live.ask("GET", f"/v1/cases/{case_id}/timeline", "operator").json()["entries"]
    assert next(entry for entry in entries if entry["kind"] == "message")["via"] == "api"


@pytest.mark.parametrize("make", [_copied, _strangers])
async def test_a_forged_signature_is_refused_by_a_worker_that_goes_on_and_logs_it(
    live: Live, make: Callable[[Live], Make]
):
    case_id = live.open()["case_id"]
    worker = psutil.Process(live.stack.pids["worker"])
    connected = await Client.connect(
        live.stack.addresses.temporal, plugins=[plugin()], interceptors=[Forging(make(live))]
    )

    with pytest.raises(NotTrusted):
        await CaseClient(connected).act(case_id, deed("message", SHOP, text="Let me in"))

    assert worker.is_running()
    assert live.request(case_id, "message", text="Still there?").status_code == 200
    log = live.stack.folder.log("worker").read_text("utf-8")
    lines = [line for line in log.splitlines() if "signature refused" in line and case_id in line]
    assert len(lines) == 1
