"""The `caseladder` command, run as a process."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import jwt
import pytest

from starter.stack import Stack
from tests.api.live import POLICY
from tests.starter.conftest import Run

NOWHERE = {"TEMPORAL_ADDRESS": "127.0.0.1:1"}


def complaint(**fields: Any) -> dict[str, Any]:
    said = {"source": "cli", "reference": str(uuid4()), "channel": "email", "product": "Credit card", "text": "Twice"}
    return said | {"customer": {"id": "c-1"}} | fields


def timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def test_help_is_there_at_once(run: Run):
    shown = run("--help")
    assert shown.code == 0
    for verb in ("dev", "worker", "api", "open", "act", "show", "list", "feed", "policy", "token"):
        assert f"\n  {verb} " in shown.out
    # The best of a few: what counts is what it loads, not what else this machine does.
    assert min(timed(lambda: run("--help")) for _ in range(3)) < 0.5


def test_a_case_from_opening_to_its_brief(run: Run, here: Run, stack: Stack):
    env = stack.settings
    opened = run("open", "-", "--text", "Charged twice", "--json", stdin=json.dumps(complaint()), env=env)
    assert opened.code == 0, opened.err
    case_id = json.loads(opened.out)["case_id"]
    eventually(lambda: case_id in here("list", "--status", "open", "--json", env=env).out)

    claimed = run("act", case_id, "claim", "--as", "quinn", env=env)
    assert claimed.code == 0, claimed.err
    assert "owner    quinn (team cards)" in claimed.out
    sent = here("act", case_id, '{"kind": "message"}', "text=Any news?", "--no-wait", env=env)
    assert sent.out == f"sent to {case_id}\n"

    shown = run("show", case_id, "--timeline", "--brief", env=env)
    assert shown.code == 0, shown.err
    assert "Charged twice" in shown.out
    read = json.loads(here("show", case_id, "--timeline", "--brief", "--json", env=env).out)
    assert read["version"] == len(read["timeline"])
    assert read["timeline"][-1]["by"] == {"id": "caseladder-cli", "role": "operator"}
    assert read["brief"]["complaint"] == "Charged twice"

    refused = here("act", case_id, "claim", "--as", "grace", env=env)
    assert refused.code == 1
    assert refused.err.startswith("caseladder: refused (")

    eventually(lambda: case_id in here("list", "--owner", "quinn", env=env).out)
    assert "WAITING ON" in here("list", "--owner", "quinn", env=env).out
    assert here("list", "--customer", "nobody", env=env).out == "no cases\n"


def eventually(holds: Callable[[], bool], within_s: float = 8) -> None:
    """The records lag a little."""
    until = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.05)


def test_a_temporal_that_does_not_answer_is_one_line_with_its_address_and_what_to_try(run: Run):
    failed = run("show", "shop-aaaaaaaaaa", env=NOWHERE)
    assert failed.code == 1
    assert failed.out == ""
    assert failed.err.startswith("caseladder: Temporal does not answer at 127.0.0.1:1")
    assert "caseladder dev" in failed.err
    assert len(failed.err.splitlines()) == 1


def test_feed_opens_what_can_be_read_and_says_what_cannot(here: Run, stack: Stack, tmp_path: Path):
    file = tmp_path / "complaints.jsonl"
    first = complaint()
    file.write_text("\n".join([json.dumps(first), "nonsense", json.dumps(complaint()), json.dumps(complaint())]))
    fed = here("feed", str(file), "--format", "jsonl", "--now", "--limit", "3", "--json", env=stack.settings)
    assert fed.code == 0, fed.err
    assert json.loads(fed.out) == {"opened": 2, "existed": 0, "conflicting": 0, "unreadable": 1}
    assert fed.err.startswith("line 2: ")
    file.write_text("\n".join([json.dumps(first), json.dumps(first | {"text": "Something else"})]))
    again = here("feed", str(file), "--format", "jsonl", env=stack.settings)
    assert again.code == 1
    assert again.out == "0 opened, 1 existed, 1 conflicting, 0 unreadable\n"
    assert first["reference"] in again.err


def test_tokens_are_those_that_the_api_checks(here: Run, stack: Stack):
    made = here("token", "--role", "agent", "--sub", "ana", "--ttl", "90s", env=stack.settings)
    claims = jwt.decode(made.out.strip(), stack.folder.key(), algorithms=["HS256"], issuer="caseladder")
    assert (claims["sub"], claims["role"]) == ("ana", "agent")
    assert 80 < claims["exp"] - time.time() <= 90


def test_policies_are_checked_described_and_explained(here: Run, tmp_path: Path):
    assert here("policy", "check", str(POLICY)).out == f"{POLICY}: good\n"
    (tmp_path / "bad.toml").write_text(POLICY.read_text().replace('within = "6h"', "").replace("tiers", "teirs"))
    bad = here("policy", "check", "bad.toml", "--json")
    assert bad.code == 1
    assert json.loads(bad.out)[0].keys() == {"file", "key", "problem", "remedy"}
    assert "clocks" in json.loads(here("policy", "schema").out)["properties"]
    explained = here("policy", "explain", str(POLICY), "-", stdin=json.dumps(complaint()))
    assert "team cards" in explained.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("open", "--reference", "1", "--channel", "web"), "product: Field required"),
        (("open", "none.json"), "none.json: No such file"),
        (("open",), "Name a JSON file"),
        (("act", "shop-aaaaaaaaaa", "claim"), "--as PERSON"),
        (("act", "shop-aaaaaaaaaa", "claim", "oops"), "key=value"),
        (("act", "shop-aaaaaaaaaa", "{oops"), "is not JSON"),
        (("list",), "CASELADDER_DATABASE_URL"),
        (("list", "--data", "nothing-here"), "there is no folder"),
        (("feed", "none.csv", "--format", "cfpb"), "none.csv cannot be read"),
        (("token", "--role", "agent", "--sub", "ana"), "CASELADDER_KEY_FILE"),
        (("policy", "explain", "none.toml", "-"), "none.toml: there is no such file"),
    ],
)
def test_what_goes_wrong_is_a_line_or_two_and_no_traceback(here: Run, arguments: tuple[str, ...], said: str):
    failed = here(*arguments, stdin=json.dumps(complaint()), env=NOWHERE)
    assert failed.code == 1
    assert failed.out == ""
    assert said in failed.err
    assert failed.err.startswith("caseladder: ")
    assert len(failed.err.splitlines()) <= 6
    assert "Traceback" not in failed.err


def test_a_mistyped_command_line_is_code_2(here: Run):
    assert here("feed", "a.csv", "--format", "xml").code == 2
    assert here("dance").code == 2


def test_the_folder_of_a_stack_says_where_its_records_and_key_are(here: Run, stack: Stack):
    listed = here("list", "--json", "--data", str(stack.folder.path))
    assert listed.code == 0, listed.err
    assert json.loads(listed.out)["items"] is not None
    made = here("token", "--role", "operator", "--sub", "op", "--data", str(stack.folder.path))
    assert jwt.decode(made.out.strip(), stack.folder.key(), algorithms=["HS256"])["role"] == "operator"
