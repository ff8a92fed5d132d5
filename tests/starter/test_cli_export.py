"""`caseladder export`: every case once with all that is known of it, or its figures; and all of one customer."""

from __future__ import annotations

import csv
import io
import json
import stat
from pathlib import Path

import pytest

from records import Records, migrate, sqlite_url
from tests.records.test_erasing import SECRET, archived
from tests.records.test_payments import errand
from tests.samples import NOON
from tests.starter.conftest import Run
from tests.starter.test_cli import NOWHERE


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """Records of three cases, two of them of one customer."""
    url = sqlite_url(tmp_path / "records.db")
    migrate(url)
    with Records(url) as records:
        for number in range(2):
            case_id = archived(records, f"mine-{number}").played.view.case_id
            assert records.book_payment(errand(number, case_id=case_id, customer_id="c-1"), NOON).reference
        archived(records, "other", customer={"id": "c-2"}, issue="=HYPERLINK(1)", text="Nothing.")
    return NOWHERE | {"CASELADDER_DATABASE_URL": url}


def test_all_that_is_known_of_a_customer_is_exported(here: Run, env: dict[str, str]) -> None:
    done = here("export", "--customer", "c-1", env=env)
    assert (done.code, done.err) == (0, "2 cases\n")
    lines = [json.loads(line) for line in done.out.splitlines()]
    assert {line["case"]["reference"] for line in lines} == {"mine-0", "mine-1"}
    for line in lines:
        assert line["complaint"]["transcript"] == f"Bot: hello {SECRET}"
        assert line["case"]["version"] == len(line["timeline"]) > 10
        assert f"{SECRET} sounds tired." in [entry["text"] for entry in line["timeline"]]
        assert any(sent["kind"] == "message" for sent in line["messages"])
        assert [payment["amount"] for payment in line["payments"]] == ["49.90"]


def test_figures_are_exported_for_a_spreadsheet_and_are_no_formulas(here: Run, env: dict[str, str]) -> None:
    done = here("export", "--csv", "--status", "archived", env=env)
    rows = [*csv.DictReader(io.StringIO(done.out))]
    assert len({row["case_id"] for row in rows}) == len(rows) == 3
    assert {row["closed_as"] for row in rows} == {"accepted"}
    assert "'=HYPERLINK(1)" in {row["issue"] for row in rows}


def test_a_file_is_new_and_for_nobody_else_to_read(here: Run, env: dict[str, str], tmp_path: Path) -> None:
    assert here("export", "-o", "cases.jsonl", env=env).code == 0
    file = tmp_path / "cases.jsonl"
    assert len(file.read_text().splitlines()) == 3
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    again = here("export", "-o", "cases.jsonl", env=env)
    assert (again.code, "cases.jsonl" in again.err) == (1, True)
