"""`caseladder erase`: what was removed, what is kept and why, and that nobody erases by accident."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from records import Records, migrate, sqlite_url
from starter.stack import Stack
from tests.api.live import POLICY
from tests.records.test_erasing import archived
from tests.records.test_payments import errand
from tests.starter.conftest import Run, opened
from tests.starter.test_cli import NOWHERE


@pytest.fixture
def env(stack: Stack, tmp_path: Path) -> dict[str, str]:
    """The running stack's Temporal, and records of this test's own: none of their cases is in Temporal any more."""
    url = sqlite_url(tmp_path / "records.db")
    migrate(url)
    with Records(url) as records:
        case_id = archived(records).played.view.case_id
        assert records.book_payment(errand(7, case_id=case_id, customer_id="c-1"), datetime.now(UTC)).reference
    return dict(stack.settings) | {"CASELADDER_DATABASE_URL": url}


def test_a_customer_is_erased_and_what_is_kept_is_said(here: Run, env: dict[str, str]) -> None:
    done = here("erase", "c-1", "--yes", "--policy", str(POLICY), env=env)
    assert done.code == 0, done.err
    first, erased, kept = done.out.splitlines()
    assert first == "c-1: 1 cases erased, 0 payments name nobody; what is kept or waits follows by itself"
    assert erased.startswith("erased   shop-")
    assert kept.startswith("kept     payment CL-")
    assert kept.endswith(": Finance Act 1998, Sch. 18, para. 21")
    again = here("erase", "c-1", "--yes", "--policy", str(POLICY), "--json", env=env)
    assert json.loads(again.out)["erased"] == []
    due = here("erase", "--due", "--policy", str(POLICY), "--json", env=env)
    assert [each["customer_id"] for each in json.loads(due.out)] == ["c-1"]


def test_a_customer_of_whom_nothing_is_known_is_said_to_be_unknown(here: Run, env: dict[str, str]) -> None:
    done = here("erase", "c-1-typo", "--yes", "--policy", str(POLICY), env=env)
    assert "The records know nothing of c-1-typo, or no longer do. Is the id right?" in done.out
    assert "Is the id right?" not in here("erase", "c-1", "--yes", "--policy", str(POLICY), env=env).out


def test_what_the_policy_keeps_no_longer_is_erased(here: Run, env: dict[str, str], tmp_path: Path) -> None:
    def gone(texts: str) -> dict[str, Any]:
        written = POLICY.read_text().replace('texts = "6 years"', f'texts = "{texts}"')
        (tmp_path / "policy.toml").write_text(written)
        done = here("erase", "--expired", "--yes", "--policy", "policy.toml", "--json", env=env)
        assert done.code == 0, done.err
        return json.loads(done.out)

    assert gone("90 years")["erased"] == []
    assert len(gone("1 day")["erased"]) == 1
    (view,) = json.loads(here("list", "--status", "archived", "--json", env=env).out)["items"]
    assert "what was said, and by whom, is gone" in here("show", view["case_id"], env=env).out


def test_an_open_case_waits_and_the_policy_is_the_workers(here: Run, stack: Stack) -> None:
    case_id = opened(here, stack, customer={"id": "cli-erase"})
    done = here("erase", "cli-erase", "--yes", env=stack.settings)
    assert f"waiting  {case_id}: it is open, and keeps its text until it is archived" in done.out


def test_nobody_erases_by_accident(here: Run, env: dict[str, str]) -> None:
    asked = here("erase", "c-1", "--policy", str(POLICY), env=env)
    assert (asked.code, "--yes" in asked.err) == (1, True)
    assert here("erase", env=env).code == 1
    assert here("erase", "c-1", "--due", env=env).code == 1
    unsaid = here("erase", "c-1", "--yes", env=env | NOWHERE)
    assert (unsaid.code, "--policy" in unsaid.err) == (1, True)
