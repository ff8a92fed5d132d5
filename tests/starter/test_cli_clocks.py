"""`show --clocks` and `operator replan`: the account of each clock, and corrected policies for open cases."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

from starter.cli.accounts import account_lines
from starter.stack import Stack
from tests.samples import ANA, DAY, NOON, REGIME, claimed, plan
from tests.starter.conftest import Run, opened

DEMO = Path(__file__).parents[2] / "policies/demo.toml"


def test_show_prints_an_account_of_each_clock_that_adds_up(here: Run, stack: Stack):
    case_id = opened(here, stack, reference="account")
    shown = here("show", case_id, "--clocks", env=stack.settings)
    assert shown.code == 0, shown.err
    assert re.search(r"first_response-\d: running, may run [\d:]+ around the clock; times are UTC", shown.out), (
        shown.out
    )
    assert "start: opened, caseladder" in shown.out

    found = json.loads(here("show", case_id, "--clocks", "--json", env=stack.settings).out)
    for account in found["accounts"]:
        counted = sum(line["counted_s"] or 0 for line in account["lines"])
        assert abs(counted - account["elapsed_s"]) < 1e-3


def test_an_account_names_the_promise_the_cause_and_who_made_it_whole() -> None:
    play = claimed(plan(regime=REGIME))
    play.do("promise", ANA, what="callback", by_when=NOON + DAY)
    play.do("set_priority", ANA, priority="P1", reason="Money is being lost.")
    shown = "\n".join(account_lines(play.view))
    assert re.search(r"^statutory-\d \(acknowledged\): running", shown, re.MULTILINE)
    assert re.search(r"^callback-\d \(promised\): running", shown, re.MULTILINE)
    assert "…" not in shown


def test_a_corrected_policy_is_sent_to_a_case_and_its_timeline_says_by_whose_order(
    here: Run, stack: Stack, tmp_path: Path
):
    case_id = opened(here, stack, reference="corrected")
    corrected = tmp_path / "corrected.toml"
    corrected.write_text(DEMO.read_text().replace('default = "45s"', 'default = "10m"'))
    told = here(
        *("operator", "replan", "--case", case_id, "--policy", str(corrected)),
        *("--reason", "45 s were a typing error", "--as", "olga", "--json"),
        env=stack.settings,
    )
    assert (told.code, json.loads(told.out)) == (0, [{"case_id": case_id, "problem": None}]), told.err
    until = time.monotonic() + 8
    while True:
        found = json.loads(here("show", case_id, "--timeline", "--json", env=stack.settings).out)
        entries = [entry for entry in found["timeline"] if entry["kind"] == "corrected"]
        if entries:
            break
        assert time.monotonic() < until, "the corrected terms did not come in time"
    assert entries[0]["data"]["asked_by"] == "olga"
    assert "resolution is due" in entries[0]["text"]


def test_a_case_that_cannot_take_it_is_named_and_the_others_have_it(here: Run, stack: Stack):
    case_id = opened(here, stack, reference="has-it")
    told = here(
        *("operator", "replan", "--case", case_id, "--case", "shop-abcdefghij", "--reason", "a test"),
        env=stack.settings,
    )
    assert told.code == 1
    assert f"{case_id}  has it" in told.out
    assert "shop-abcdefghij  " in told.out


def test_it_must_be_said_to_which_cases(here: Run, stack: Stack):
    neither = here("operator", "replan", "--reason", "a test", env=stack.settings)
    assert (neither.code, "--all" in neither.err) == (1, True)


def test_every_open_case_of_the_records_is_told(here: Run, stack: Stack):
    case_id = opened(here, stack, reference="every")
    until = time.monotonic() + 8
    while case_id not in here("list", "--json", "--limit", "1000", env=stack.settings).out:
        assert time.monotonic() < until, "it is not in the records"
    told = here("operator", "replan", "--all", "--reason", "a test", "--json", env=stack.settings)
    assert {"case_id": case_id, "problem": None} in json.loads(told.out)
