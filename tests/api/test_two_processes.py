"""Two API processes behind one port, over the running stack: no reader sees an older version than one already shown."""

from __future__ import annotations

import asyncio
import os
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from temporalio.client import Client

from cases.words import Role
from tests.api.conftest import Live, bearer, owned
from tests.api.live import ROOT
from workflows.indexed import case_workflow_id
from workflows.settled import all_written

READERS = 10
REFUSED = 'caseladder_api_refusals_total{code="unknown_case"}'


class Pair:
    """The two of them, asked as somebody. Each call is a connection of its own, so the kernel may give it to either."""

    def __init__(self, live: Live, url: str, processes: list[subprocess.Popen[bytes]]) -> None:
        self.url = url
        self.processes = processes
        self._key = live.stack.folder.key()

    def ask(self, method: str, path: str, who: str, **more: Any) -> httpx.Response:
        headers = bearer(who, Role.OPERATOR if who == "operator" else Role.AGENT, self._key) | more.pop("headers", {})
        with httpx.Client(base_url=self.url, timeout=30, trust_env=False) as http:
            return http.request(method, path, headers=headers, **more)

    def note(self, case_id: str, who: str) -> int:
        """The version that the case answers with."""
        answer = self.ask("POST", f"/v1/cases/{case_id}/actions", who, json={"kind": "note", "text": "Looked into it"})
        assert answer.status_code == 200, answer.text
        return answer.json()["version"]

    def readers(self, case_id: str, **headers: str) -> list[httpx.Response]:
        """What many who read at once are answered."""
        path = f"/v1/cases/{case_id}"
        with ThreadPoolExecutor(READERS) as threads:
            asked = [threads.submit(self.ask, "GET", path, "operator", headers=headers) for _ in range(READERS)]
        return [answer.result() for answer in asked]


@pytest.fixture(scope="module")
def pair(live: Live, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("pair")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("TEMPORAL_", "CASELADDER_"))}
    told = plain | live.stack.settings | {"CASELADDER_API_PORT": str(port), "CASELADDER_SHARE_PORT": "1"}
    told["PROMETHEUS_MULTIPROC_DIR"] = str(folder / "counted")
    processes: list[subprocess.Popen[bytes]] = []
    try:
        for name in ("first", "second"):
            env = told | {"CASELADDER_READY_FILE": str(folder / name), "PYTHONPATH": str(ROOT)}
            processes.append(subprocess.Popen([sys.executable, "-P", "-m", "api"], env=env))
        until = time.monotonic() + 60
        while not all((folder / name).exists() for name in ("first", "second")):
            assert time.monotonic() < until, "the two did not serve in time"
            assert all(process.poll() is None for process in processes)
            time.sleep(0.05)
        yield Pair(live, f"http://127.0.0.1:{port}", processes)
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(10)


@contextmanager
def unwritable(database: Path) -> Generator[None]:
    """Nobody writes to the records: commits wait. Reading goes on."""
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            connection.execute("ROLLBACK")


def test_whoever_reads_after_an_answer_reads_that_version_or_a_newer_one(live: Live, pair: Pair):
    case_id, person = owned(live)
    for _ in range(20):
        answered = pair.note(case_id, person)
        assert pair.ask("GET", f"/v1/cases/{case_id}", "operator").json()["version"] >= answered


def test_they_count_what_they_answer_together(pair: Pair):
    """Whichever is scraped says the same, or Prometheus would take every change of process for a new beginning."""

    def refused() -> float:
        with httpx.Client(base_url=pair.url, timeout=30, trust_env=False) as http:
            lines = http.get("/metrics").text.splitlines()
        return sum(float(line.split()[1]) for line in lines if line.startswith(REFUSED))

    before = refused()
    for _ in range(12):
        assert pair.ask("GET", "/v1/cases/shop-aaaaaaaaaa", "operator").status_code == 404
    assert {refused() for _ in range(12)} == {before + 12}


def test_when_the_worker_dies_the_records_answer_only_for_what_they_have_all_of(live: Live, pair: Pair):
    """An older version than one that was answered is never shown, unless its reader says that it will do."""
    written, whose = owned(live)
    seen = pair.note(written, whose)
    asyncio.run(settled(live, written))
    behind, person = owned(live)
    asyncio.run(settled(live, behind))
    with unwritable(live.stack.folder.records_database):
        answered = pair.note(behind, person)
        live.stack.kill("worker")
    try:
        for answer in pair.readers(written):
            assert (answer.status_code, answer.headers["etag"]) == (200, f'"{seen}"'), answer.text
            assert answer.json()["as_of"] is not None
        for answer in pair.readers(behind):
            assert (answer.status_code, answer.json()["code"]) == (503, "records_behind"), answer.text
            assert int(answer.headers["retry-after"]) > 0
        older = pair.ask("GET", f"/v1/cases/{behind}", "operator", headers={"Cache-Control": "max-stale"})
        assert older.status_code == 200
        assert older.json()["version"] < answered
    finally:
        live.stack.start_worker()
    assert {answer.json()["version"] for answer in pair.readers(behind)} == {answered}


async def settled(live: Live, case_id: str) -> None:
    """Until the case knows that all of it is written."""
    client = await Client.connect(live.stack.addresses.temporal)
    async with asyncio.timeout(20):
        while not await all_written(client, case_workflow_id(case_id), timedelta(seconds=5)):
            await asyncio.sleep(0.05)
