"""How a destination is asked again, and the receiver of the documentation, to which a courier really delivers."""

from __future__ import annotations

import asyncio
import json
import re
import threading
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities import Courier, Destination, Pace
from activities.endpoints import Endpoint
from cases.effects import Deliver
from records import Outgoing, Records
from tests.receiver import SECRET, Receiver, receiver
from tests.records.conftest import Committed, words
from tests.samples import ANA, NOON, Played, plan
from tests.temporal import ROOT

OTHER = "whsec_" + "b3RoZXIgc2VjcmV0IHRoYXQgaXMgbG9uZw=="
QUICK = Pace(answer=timedelta(seconds=2))


@pytest.fixture
def case_id(records: Records) -> str:
    """A case with two messages that wait for the gateway, and an announcement."""
    played = Played(plan())
    played.do("claim", ANA)
    played.do("reply", ANA, text="Größe: 1 € – “gut”")
    commit = Committed(played).cut()
    messages = [notice for notice in commit.notices if notice.kind == "message"]
    leaving = [Outgoing(it.id, "gateway", n, NOON) for n, it in enumerate(messages)]
    told = Outgoing(f"{played.case.case_id}:1:opened", "webhook", 1, NOON, {"event": "opened", "at": "2026-03-02"})
    records.write(commit, words(commit), [*leaving, told])
    return played.case.case_id


async def delivered(records: Records, destination: Destination, case_id: str, pace: Pace = QUICK) -> Any:
    """Runs the activity once."""
    async with Courier(records, destination, pace) as courier:
        return await ActivityEnvironment().run(courier.deliver, Deliver(case_id=case_id, destination=destination.name))


async def pause(records: Records, told: Receiver, case_id: str, behaviour: str) -> float:
    """How long is waited after this answer, in seconds."""
    told.behave = lambda key, before: behaviour
    with pytest.raises(ApplicationError) as raised:
        await delivered(records, told.destination("gateway"), case_id)
    assert raised.value.next_retry_delay is not None
    return raised.value.next_retry_delay.total_seconds()


async def test_the_pause_is_what_was_asked_for_within_bounds_else_it_doubles(records: Records, case_id: str) -> None:
    with receiver() as told:
        assert 0.8 <= await pause(records, told, case_id, "500") <= 1
        assert 1.6 <= await pause(records, told, case_id, "500") <= 2
        assert 120 <= await pause(records, told, case_id, "429 120") <= 132
        at = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
        assert 80 <= await pause(records, told, case_id, f"503 {at}") <= 99
        assert 3600 <= await pause(records, told, case_id, "429 99999999999999") <= 3960
        assert 1 <= await pause(records, told, case_id, "429 0") <= 1.1
        assert 24 <= await pause(records, told, case_id, "429 soon") <= 30
        assert len(told.came()) == 1


async def test_what_is_said_of_a_failure_is_the_status_and_never_the_answer(records: Records, case_id: str) -> None:
    with receiver() as told:
        for behaviour, said in (("302", "redirects are not followed"), ("422", "answers 422 Unprocessable Entity")):
            await pause(records, told, case_id, behaviour)
            assert said in (records.deliveries(case_id)[0].error or "")
        gone = told.destination("gateway")
    with pytest.raises(ApplicationError, match="no answer: "):
        await delivered(records, gone, case_id)


async def test_a_body_has_all_that_is_documented_and_all_of_it_is_signed(records: Records, case_id: str) -> None:
    with receiver() as told:
        await delivered(records, told.destination("gateway"), case_id)
        await delivered(records, told.destination("webhook"), case_id)
    page = (ROOT / "docs/deliveries.md").read_text("utf-8")
    message, announcement = (json.loads(block) for block in re.findall(r"```json\n(.*?)```", page, re.DOTALL))
    assert [call.type for call in told.taken] == ["message.to_customer", "message.to_customer", "case.opened"]
    first, _, opened = (call.body for call in told.taken)
    assert first["data"].keys() == message["data"].keys()
    assert first["data"]["customer"].keys() == message["data"]["customer"].keys()
    assert set(opened["data"]) <= set(announcement["data"])


async def test_an_answer_without_an_end_is_acceptance_and_not_read(records: Records, case_id: str) -> None:
    with receiver() as told:
        told.behave = lambda key, before: "endless"
        async with asyncio.timeout(5):
            await delivered(records, told.destination("gateway"), case_id)
        assert sorted(each.state for each in records.deliveries(case_id)) == ["delivered", "delivered", "waiting"]


def test_two_secrets_sign_twice_so_that_either_is_enough() -> None:
    headers = Endpoint("CASELADDER_GATEWAY_URL", "http://127.0.0.1:1", (OTHER, SECRET)).signed("a:1", "{}")
    for secret in (OTHER, SECRET):
        Webhook(secret).verify("{}", headers)


@contextmanager
def documented() -> Generator[tuple[str, set[str]]]:
    """The receiver of docs/deliveries.md, on a free port: where it is, and the keys that it has taken."""
    page = (ROOT / "docs/deliveries.md").read_text("utf-8")
    (program,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    room: dict[str, Any] = {"__name__": "receiver"}
    exec(program.replace("whsec_...", SECRET), room)
    server: ThreadingHTTPServer = room["serve"](0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", room["taken"]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


async def test_the_receiver_of_the_documentation_takes_what_is_signed_and_nothing_else(
    records: Records, case_id: str
) -> None:
    with documented() as (url, taken):
        await delivered(records, Destination("gateway", Endpoint("-", url, (SECRET,))), case_id)
        assert taken == {delivery.id for delivery in records.deliveries(case_id) if delivery.destination == "gateway"}
        async with httpx.AsyncClient(trust_env=False) as http:
            assert (await http.post(url, content=b"{}")).status_code == 401
