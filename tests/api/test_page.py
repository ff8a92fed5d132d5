"""docs/api.md: what it says to do is done here, as it stands there, and does what it says."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

from tests.api.conftest import Live
from tests.api.live import ROOT

PAGE = (ROOT / "docs" / "api.md").read_text("utf-8")
WRITTEN = {"http://127.0.0.1:8080": "{api}", ".venv/bin/caseladder": f"{sys.executable} -m starter.cli"}
"""What is elsewhere in a test than after `make run`."""

TICKET = {
    "ticket.id": "35436",
    "ticket.title": "Charged twice",
    "ticket.description": 'They said \\"never again\\",\\nand it is back.',
    "ticket.requester.id": "361527",
    "ticket.requester.name": "Mary Poole",
    "ticket.requester.email": "mary@example.com",
}
"""What Zendesk puts in the place of each placeholder, escaped for JSON."""


def blocks(language: str) -> list[str]:
    """The page's blocks in that language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def run(live: Live, command: list[str], ends: tuple[int, ...] = (0,)) -> str:
    """What it prints; the stack is where the environment says."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("TEMPORAL_", "CASELADDER_"))}
    env = plain | live.stack.settings | {"PYTHONPATH": str(ROOT), "NO_PROXY": "127.0.0.1"}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode in ends, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def test_every_command_of_the_page_does_what_it_says(live: Live):
    script = "\n".join(["set -euo pipefail", *blocks("sh")])
    for written, here in WRITTEN.items():
        assert written in script
        script = script.replace(written, here.format(api=live.stack.addresses.api))
    said = run(live, ["bash", "-c", script])
    case_id = re.search(r"^CASE=(\S+)$", PAGE, re.MULTILINE)
    assert case_id is not None
    view = live.ask("GET", f"/v1/cases/{case_id[1]}", "operator").json()
    assert (view["reference"], view["owner"]["person"]) == ("order-2047", "mara")
    assert '"code":"moved_on"' in said
    assert re.search(r'^etag: "\d+"', said, re.MULTILINE)
    assert re.search(r'^data: .*"kind":"claim"', said, re.MULTILINE)
    assert '"first_response":{' in said


def test_the_first_case_takes_three_commands(live: Live):
    first = blocks("sh")[0]
    assert len(re.findall(r"^\S", re.sub(r"'\{.*?\}'", "", first, flags=re.DOTALL), re.MULTILINE)) == 3


def test_the_typed_clients_example_opens_its_case(live: Live, tmp_path: Path):
    (example,) = blocks("python")
    script = tmp_path / "example.py"
    script.write_text(example, "utf-8")
    # A process that used the SDK can abort while Python finalises, when all is done (sdk-python#300).
    case_id, _, status = run(live, [sys.executable, str(script)], (0, -signal.SIGABRT)).split()
    assert status in ("opening", "open")  # it needs not be planned before it is written to
    assert live.ask("GET", f"/v1/cases/{case_id}", "operator").json()["reference"] == "order-2048"


def test_what_zendesks_trigger_sends_opens_one_case(live: Live):
    (body,) = blocks("json")
    for name, value in TICKET.items():
        assert f"{{{{{name}}}}}" in body
        body = body.replace(f"{{{{{name}}}}}", value)
    assert "{{" not in body
    first, again = (live.ask("POST", "/v1/cases", "service", json=json.loads(body)) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200), first.text
    assert first.json()["customer"]["name"] == "Mary Poole"
