"""The digest on the command line: what waits, what was paged, and paging at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cases.effects import AlertStaff
from cases.paging import Group
from cases.words import Rung
from records import Records, Rendered, migrate, sqlite_url
from starter.stack import Stack
from tests.samples import NOON
from tests.starter.conftest import Run
from tests.starter.test_cli import NOWHERE
from workflows.client import connect
from workflows.indexed import digest_workflow_id


def queue(records: Records, count: int, team: str = "cards") -> None:
    for n in range(count):
        alert = AlertStaff(
            id=f"{team}-{n}:1", at=NOON, template="stuck", team=team, rung=Rung.SUPERVISOR, params={"case_id": f"s-{n}"}
        )
        records.tell(f"s-{n}", alert, Rendered("It is stuck", "Words."), {alert.id})


def test_what_waits_and_what_was_paged_is_listed(here: Run, tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "records.db")
    migrate(url)
    env = NOWHERE | {"CASELADDER_DATABASE_URL": url}
    assert here("digest", env=env).out == "no alerts wait to be paged\n\nno pages\n"
    assert json.loads(here("digest", "--flush", "--json", env=env).out) == {"waiting": [], "pages": [], "called": []}
    group = Group(team="cards", rung=Rung.SUPERVISOR)
    with Records(url) as records:
        queue(records, 3)
        records.mark_paged(group, records.waiting_alerts(group)[1].n, "0123456789", NOON)
        queue(records, 1, "loans")
    shown = here("digest", env=env).out
    assert "01234567" in shown
    read = json.loads(here("digest", "--json", env=env).out)
    assert [(group["team"], group["alerts"]) for group in read["waiting"]] == [("cards", 1), ("loans", 1)]
    assert [(page["team"], page["rung"], page["alerts"]) for page in read["pages"]] == [("cards", "supervisor", 2)]
    assert "cards" not in here("digest", "--team", "loans", env=env).out


def test_what_waits_cannot_be_paged_without_temporal(here: Run, tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "records.db")
    migrate(url)
    with Records(url) as records:
        queue(records, 1)
    ended = here("digest", "--flush", "--json", env=NOWHERE | {"CASELADDER_DATABASE_URL": url})
    assert ended.code == 1
    assert json.loads(ended.err)["code"] == "temporal_away"


async def test_flushing_calls_the_digest_of_each_group(
    run: Run, stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = sqlite_url(tmp_path / "other.db")
    migrate(url)
    with Records(url) as records:
        queue(records, 2, "flushed")
    env = {"TEMPORAL_ADDRESS": stack.addresses.temporal, "CASELADDER_DATABASE_URL": url}
    assert json.loads(run("digest", "--flush", "--json", env=env).out)["called"] == ["flushed:supervisor"]
    monkeypatch.setenv("TEMPORAL_ADDRESS", stack.addresses.temporal)
    handle = (await connect()).get_workflow_handle(digest_workflow_id("flushed", "supervisor"))
    assert await (await handle.describe()).static_summary() == "Alerts for the supervisors of flushed"
    await handle.terminate()
