"""`GET /readyz` while what the API needs is really ended: each part is named, in time, with what to do about it."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from typing import Any

import httpx

from api.app import create_app
from api.settings import Settings
from records import migrate
from tests.api.conftest import Live
from tests.api.live import eventually
from tests.postgres import postgres

IN_TIME_S = 2.0
BUSY_S = 1.5
"""What a machine that is busy with other tests may add."""


def asked(live: Live) -> httpx.Response:
    begun = time.monotonic()
    answer = live.http.get("/readyz")
    assert time.monotonic() - begun < IN_TIME_S + BUSY_S
    return answer


def away(answer: httpx.Response) -> dict[str, str]:
    """What is not ready, and what it is said to need."""
    assert answer.status_code == 503
    parts: dict[str, Any] = answer.json()["details"]["parts"]
    assert set(parts) == {"records", "temporal", "worker", "keys"}
    return {name: part["detail"] for name, part in parts.items() if not part["ready"]}


def test_all_parts_are_named_while_all_is_well(live: Live) -> None:
    eventually(lambda: asked(live).status_code == 200)
    answer = asked(live).json()
    assert answer["status"] == "ok"
    assert {name: part["ready"] for name, part in answer["parts"].items()} == {
        "records": True,
        "temporal": True,
        "worker": True,
        "keys": True,
    }


def test_a_worker_that_was_killed_is_missed_within_seconds_and_one_that_starts_is_seen_at_once(live: Live) -> None:
    """Temporal itself still shows it as polling for minutes."""
    live.stack.kill("worker")
    try:
        eventually(lambda: asked(live).status_code == 503, within_s=15)
        answer = asked(live)
        assert answer.json()["code"] == "worker_away"
        assert list(away(answer)) == ["worker"]
        assert "`caseladder worker`" in away(answer)["worker"]
        assert 'caseladder_up{part="worker"} 0.0' in live.http.get("/metrics").text
    finally:
        live.stack.start_worker()
    assert asked(live).status_code == 200


def test_a_temporal_that_hangs_is_away_in_time_and_the_figures_of_the_records_are_still_served(live: Live) -> None:
    eventually(lambda: asked(live).status_code == 200)
    server = live.stack.pids["server"]
    os.kill(server, signal.SIGSTOP)
    try:
        answer = asked(live)
        figures = live.http.get("/metrics").text
    finally:
        os.kill(server, signal.SIGCONT)
    assert answer.json()["code"] == "temporal_away"
    assert "TEMPORAL_ADDRESS" in away(answer)["temporal"]
    assert 'caseladder_up{part="temporal"} 0.0' in figures
    assert "caseladder_records_counted 1.0" in figures
    eventually(lambda: asked(live).status_code == 200, within_s=20)


def test_a_temporal_that_was_killed_is_away_until_it_is_back(live: Live) -> None:
    live.stack.kill("server")
    try:
        answer = asked(live)
        assert answer.json()["code"] == "temporal_away"
        assert set(away(answer)) == {"temporal", "worker"}
        assert live.stack.addresses.temporal in away(answer)["temporal"]
        assert live.http.get("/healthz").status_code == 200
    finally:
        live.stack.start_server()
    eventually(lambda: asked(live).status_code == 200, within_s=30)


async def test_records_that_were_killed_are_away_and_a_scrape_says_so(settings: Settings, no_temporal: str) -> None:
    with postgres() as server:
        migrate(server.url())
        app = create_app(settings.model_copy(update={"database_url": server.url()}))
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://api") as http:
            assert set(away(await http.get("/readyz"))) == {"temporal", "worker"}
            assert "caseladder_records_counted 1.0" in (await http.get("/metrics")).text
            server.kill()
            async with asyncio.timeout(IN_TIME_S + BUSY_S):
                answer = await http.get("/readyz")
            assert answer.json()["code"] == "records_away"
            assert "CASELADDER_DATABASE_URL" in away(answer)["records"]
            figures = (await http.get("/metrics")).text
            assert "caseladder_records_counted 0.0" in figures
            assert 'caseladder_up{part="records"} 0.0' in figures
            assert "caseladder_open_cases" not in figures
            server.start()
            async with asyncio.timeout(20):
                while "caseladder_records_counted 0.0" in (await http.get("/metrics")).text:
                    await asyncio.sleep(0.1)
        app.state.sources.records.close()
