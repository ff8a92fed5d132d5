"""docs/operators.md: what it says to do is done here, as it stands there, and does what it says.

Last of the tests of this stack, because it ends cases that the others count.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys

from starter.stack import server
from tests.api.conftest import Live
from tests.api.live import ROOT, eventually

PAGE = (ROOT / "docs" / "operators.md").read_text("utf-8")
CASE, MESSAGE, LOST = (re.findall(rf"^{name}=(\S+)$", PAGE, re.MULTILINE)[0] for name in ("CASE", "MESSAGE", "LOST"))
HERE = {".venv/bin/caseladder": f"{sys.executable} -m starter.cli", ".venv/bin/temporal": str(server.binary())}
"""What is elsewhere in a test than after `make run`."""


def run(house: Live, script: str) -> str:
    """What it prints; the stack is where the environment says, and the `temporal` command decrypts there."""
    codec = f"{house.stack.addresses.api}/codec/{house.stack.folder.codec_ticket()}"
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("TEMPORAL_", "CASELADDER_"))}
    env = plain | house.stack.settings | {"TEMPORAL_CODEC_ENDPOINT": codec, "PYTHONPATH": str(ROOT)}
    for written, here in HERE.items():
        assert written in script
        script = script.replace(written, here)
    done = subprocess.run(["bash", "-c", script], cwd=ROOT, env=env, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def test_every_command_of_the_page_does_what_it_says(house: Live):
    blocks = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    said = run(house, "\n".join(["set -euo pipefail", *blocks]))
    timeline = house.ask("GET", f"/v1/cases/{CASE}/timeline?limit=500", "operator").json()["entries"]
    told = [(each["kind"], each["via"]) for each in timeline]
    for entry in (("note", "update"), ("note", "signal"), ("message", "signal"), ("set_priority", "update")):
        assert entry in told, told
    assert [each for each in told if each[0] in ("resend", "give_up", "correct")] == [
        (kind, "update") for kind in ("resend", "give_up", "correct")
    ]
    assert not [each for each in told if each[0] in ("refused", "unreadable")]
    assert "Current Details" in said
    assert MESSAGE in said
    assert "localStorage" in said


def test_the_complaint_of_a_terminated_case_goes_on_in_one_that_follows_it(house: Live):
    def following() -> list[str]:
        found = house.ask("GET", "/v1/cases?customer=s-106", "operator").json()["items"]
        return [each["case_id"] for each in found if each["follows"] == LOST]

    eventually(lambda: len(following()) == 1)
