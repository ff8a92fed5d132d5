"""`GET /v1/insights`: the figures of a period, for those who read all cases; `caseladder insights` says the same."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import httpx
import pytest

from cases.words import Role
from records import Records
from tests.api.conftest import OPERATOR, SERVICE, Live, bearer, owned
from tests.api.live import ROOT, eventually


def test_a_week_is_counted_by_team_and_the_command_says_the_same(live: Live):
    case_id, person = owned(live, product="Insurance")
    live.act(case_id, person, "reply", text="I am looking into it.")
    wanted = {"by": "team", "product": "Insurance"}

    def figures() -> dict[str, Any]:
        return live.ask("GET", "/v1/insights", "operator", params=wanted).json()

    eventually(lambda: figures()["all"]["first_response"] is not None)
    answer = figures()
    (team,) = answer["groups"]
    assert answer["groups"][team] == answer["all"]
    assert answer["all"]["opened"] == 1
    command = [sys.executable, "-m", "starter.cli", "insights", "--data", str(live.stack.folder.path)]
    narrowed = ["--by", "team", "--product", "Insurance"]
    said = subprocess.run([*command, *narrowed, "--json"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert json.loads(said.stdout)["groups"] == answer["groups"]
    page = subprocess.run([*command, *narrowed], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert f"team {team}" in page
    assert "opened          1" in page


@pytest.mark.parametrize(
    ("who", "status"),
    [(OPERATOR, 200), (bearer("mara", Role.AGENT), 200), (bearer("ana", Role.AGENT), 403), (SERVICE, 403)],
)
async def test_figures_of_all_are_for_who_reads_all(
    http: httpx.AsyncClient, records: Records, who: dict[str, str], status: int
):
    assert (await http.get("/v1/insights", headers=who)).status_code == status


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("since=2026-03-02T00:00:00Z&until=2026-03-01T00:00:00Z", "?since"),
        ("since=2026-03-02", "?since"),
        ("until=0001-01-01T00:00:00Z", "?until"),
        ("by=colour", "?by"),
        ("color=red", "?color"),
    ],
)
async def test_a_period_that_is_none_is_said_to_be_wrong(http: httpx.AsyncClient, query: str, field: str):
    answer = await http.get(f"/v1/insights?{query}", headers=OPERATOR)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field), answer.text
