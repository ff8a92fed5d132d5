"""`python -m api` as a process: it says when it serves, ends when told to, and says why it cannot begin."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx

from api.settings import Settings
from records import Records
from tests.api.live import ROOT


def start(settings: Settings, **more: str) -> subprocess.Popen[str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("TEMPORAL_", "CASELADDER_"))}
    told = {"CASELADDER_DATABASE_URL": settings.database_url, "CASELADDER_KEY_FILE": str(settings.key_file)}
    env = plain | told | {"TEMPORAL_ADDRESS": "127.0.0.1:1", "PYTHONPATH": str(ROOT)} | more
    return subprocess.Popen([sys.executable, "-P", "-m", "api"], env=env, stderr=subprocess.PIPE, text=True)


def test_it_serves_without_temporal_says_so_in_its_ready_file_and_ends_on_sigterm(
    settings: Settings, records: Records, tmp_path: Path
):
    ready = tmp_path / "api.ready"
    with start(settings, CASELADDER_API_PORT="0", CASELADDER_READY_FILE=str(ready)) as process:
        try:
            until = time.monotonic() + 60
            while not ready.exists():
                assert process.poll() is None
                assert time.monotonic() < until
                time.sleep(0.05)
            address = ready.read_text().strip()
            assert httpx.get(f"{address}/healthz", trust_env=False).json() == {"status": "ok"}
            assert httpx.get(f"{address}/readyz", trust_env=False).status_code == 503
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0
        finally:
            process.kill()


def test_a_port_that_is_taken_and_a_variable_that_is_missing_are_one_line(settings: Settings):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        with start(settings, CASELADDER_API_PORT=port) as taken, start(settings, CASELADDER_KEY_FILE="") as keyless:
            _, said = taken.communicate(timeout=60)
            _, missing = keyless.communicate(timeout=60)
    assert (taken.returncode, keyless.returncode) == (2, 2)
    assert said.startswith(f"caseladder api: CASELADDER_API_PORT: port {port} cannot be used")
    assert missing == "caseladder api: CASELADDER_KEY_FILE: is not set\n"
