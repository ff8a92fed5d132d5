"""The `caseladder` command, run as a process."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jwt
import pytest

from api.bodies import REQUESTS, deed
from api.problems import Unprocessable
from cases.commit import Commit
from cases.complaint import Complaint
from cases.words import Via
from records import Records, migrate, sqlite_url
from starter.cli.printing import brief_lines, case_lines, entry_lines
from starter.stack import Stack
from tests.api.live import POLICY, eventually
from tests.samples import ANA, claimed
from tests.starter.conftest import NOWHERE, Run, complaint

RUNNING = ("dev", "worker", "api")


def timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def test_help_is_there_at_once(run: Run):
    shown = run("--help")
    assert shown.code == 0
    for verb in (*RUNNING, "open", "act", "show", "messages", "list", "watch", "feed", "policy", "token", "operator"):
        assert f"\n  {verb} " in shown.out
    # The best of a few: what counts is what it loads, not what else this machine does.
    assert min(timed(lambda: run("--help")) for _ in range(3)) < 0.5


def test_a_case_from_opening_to_its_brief(run: Run, here: Run, stack: Stack):
    env = stack.settings
    said = complaint(customer={"id": "c-brief"})
    opened = run("open", "-", "--text", "Charged twice", "--json", stdin=json.dumps(said), env=env)
    assert opened.code == 0, opened.err
    case_id = json.loads(opened.out)["case_id"]
    theirs = ("list", "--customer", "c-brief", "--status", "open")
    eventually(lambda: case_id in here(*theirs, "--json", env=env).out)

    claimed = run("act", case_id, "claim", "--as", "quinn", env=env)
    assert claimed.code == 0, claimed.err
    assert "owner    quinn (team cards)" in claimed.out
    sent = here("act", case_id, '{"kind": "message"}', "text=Any news?", "--no-wait", env=env)
    assert sent.out == f"sent to {case_id}\n"

    shown = run("show", case_id, "--timeline", "--brief", env=env)
    assert shown.code == 0, shown.err
    assert "Charged twice" in shown.out
    assert "Any news? (unverified)" in shown.out
    read = json.loads(here("show", case_id, "--timeline", "--brief", "--json", env=env).out)
    assert read["version"] == len(read["timeline"])
    assert read["timeline"][-1]["by"] == {"id": "caseladder-cli", "role": "operator"}
    assert read["brief"]["complaint"] == "Charged twice"

    refused = here("act", case_id, "claim", "--as", "grace", env=env)
    assert refused.code == 1
    assert refused.err.startswith("caseladder: refused (")

    eventually(lambda: case_id in here(*theirs, "--owner", "quinn", env=env).out)
    assert "WAITING ON" in here(*theirs, "--owner", "quinn", env=env).out
    assert here("list", "--customer", "nobody", env=env).out == "no cases\n"


def test_a_case_shows_what_is_on_record_about_conduct():
    play = claimed()
    play.do("warn", ANA, text="Please do not shout.")
    play.do("report_threat", ANA, text="He knows where our people park.")
    lines = list(case_lines(play.view))
    assert "threat   awaits a manager's decision: decide_safety" in lines
    assert "conduct  Warning 1 of 2: Please do not shout." in lines
    assert any(line.endswith("ana: Warning 1 of 2: Please do not shout.") for line in brief_lines(play.case.brief()))
    assert not [line for line in case_lines(claimed().view) if line.startswith("conduct")]


def test_a_temporal_that_does_not_answer_is_one_line_with_its_address_and_what_to_try(run: Run):
    failed = run("show", "shop-aaaaaaaaaa", env=NOWHERE)
    assert failed.code == 1
    assert failed.out == ""
    assert failed.err.startswith("caseladder: Temporal does not answer at 127.0.0.1:1")
    assert "caseladder dev" in failed.err
    assert "connection refused. Is the server running?" in failed.err
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
    file.write_text("nonsense\n" + json.dumps(complaint(received_at="2999-01-01T00:00:00Z")))
    nothing = here("feed", str(file), "--format", "jsonl", env=stack.settings)
    assert (nothing.code, nothing.out) == (1, "0 opened, 0 existed, 0 conflicting, 2 unreadable\n")


def test_a_customers_link_is_of_one_case_and_for_nobody_else(here: Run, stack: Stack):
    made = here("token", "--link", "shop-aaaaaaaaaa", "--ttl", "7d", "--json", env=stack.settings)
    told = json.loads(made.out)
    claims = jwt.decode(told["token"], stack.folder.key(), algorithms=["HS256"], audience="caseladder-link")
    assert (told["case_id"], claims["case"], told["role"]) == ("shop-aaaaaaaaaa", "shop-aaaaaaaaaa", "customer")
    for wrong, said in (
        (("--link", "shop-aaaaaaaaaa", "--sub", "ana"), "leave out --sub"),
        (("--link", "shop-aaaaaaaaaa", "--ttl", "31d"), "longer than a link may hold"),
        ((), "whose token?"),
    ):
        refused = here("token", *wrong, env=stack.settings)
        assert refused.code == 1
        assert said in refused.err


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
        (("open", "--reference", "1", "--channel", "web"), "product is missing: add it"),
        (("open", "none.json"), "none.json: No such file"),
        (("open",), "Name a JSON file"),
        (("act", "shop-aaaaaaaaaa", "claim"), "--as PERSON"),
        (("act", "shop-aaaaaaaaaa", "claim", "oops"), "key=value"),
        (("act", "shop-aaaaaaaaaa", "{oops"), "is not JSON"),
        (("act", "shop-aaaaaaaaaa", "dance"), "kind is not known: one of accept_resolution, answer_back, ask_for_"),
        (("act", "shop-aaaaaaaaaa", "{}"), "kind is missing: one of "),
        (
            ("act", "shop-aaaaaaaaaa", "message", "text=Hi", "colour=red"),
            "\n  colour is not known here: leave it out\n",
        ),
        (("act", "shop-aaaaaaaaaa", "message"), "\n  text is missing: add it\n"),
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


@pytest.mark.parametrize(
    "said", [{}, {"kind": "dance"}, {"kind": "message"}, {"kind": "message", "text": "Hi", "hue": 1}]
)
def test_a_wrong_event_is_told_in_the_words_of_the_api(here: Run, said: dict[str, Any]):
    failed = here("act", "shop-aaaaaaaaaa", json.dumps(said), env=NOWHERE)
    with pytest.raises(Unprocessable) as invalid:
        deed(said, REQUESTS, ANA, datetime.now(UTC))
    assert invalid.value.errors
    (fault,) = invalid.value.errors
    remedy = fault.remedy.partition(";")[0].removesuffix(", ".join(sorted(REQUESTS)))
    assert f"{fault.field} {fault.problem}: {remedy}" in failed.err


def test_a_mistyped_command_line_is_code_2(here: Run):
    assert here("feed", "a.csv", "--format", "xml").code == 2
    assert here("dance").code == 2
    for role in ("system", "customer"):
        assert here("token", "--role", role, "--sub", "x").code == 2


@pytest.mark.parametrize("url", ["foo://x", "nonsense", "postgresql://host:port/db"])
def test_a_url_that_names_no_database_is_said_with_its_variable_and_what_to_set(here: Run, url: str):
    for arguments in (("list",), ("show", "shop-aaaaaaaaaa"), ("act", "shop-aaaaaaaaaa", "claim", "--as", "ana")):
        failed = here(*arguments, env=NOWHERE | {"CASELADDER_DATABASE_URL": url})
        assert failed.code == 1
        assert failed.err.startswith("caseladder: CASELADDER_DATABASE_URL names no database")
        assert "sqlite:///" in failed.err


def test_while_temporal_is_away_a_case_is_shown_from_the_records_as_of_their_time(here: Run, tmp_path: Path):
    played = claimed()
    said = Complaint.model_validate(played.case.snapshot()["complaint"])
    url = sqlite_url(tmp_path / "records.db")
    migrate(url)
    with Records(url) as records:
        records.write(Commit(view=played.view, entries=tuple(played.case.timeline()), notices=(), complaint=said), {})
    env = NOWHERE | {"CASELADDER_DATABASE_URL": url}
    shown = here("show", played.case.case_id, "--timeline", env=env)
    assert shown.code == 0, shown.err
    assert "from the records, as of " in shown.out
    assert " claim " in shown.out.splitlines()[-1]
    read = json.loads(here("show", played.case.case_id, "--timeline", "--json", env=env).out)
    assert read["as_of"]
    assert [entry["n"] for entry in read["timeline"]] == list(range(1, read["version"] + 1))
    unknown = here("show", "shop-aaaaaaaaaa", env=env)
    assert unknown.err.startswith("caseladder: Temporal does not answer at 127.0.0.1:1")


def test_the_timeline_names_each_kind_and_doubts_what_nobody_has_signed():
    played = claimed()
    for via in Via:
        played.do("note", ANA, text=f"By {via}", via=via)
    lines = list(entry_lines(played.case.timeline()))
    assert sum(" claim " in line for line in lines) == 1
    assert [line.partition("  By ")[2] for line in lines if " note " in line] == [
        "api",
        "signal (unverified)",
        "update (unverified)",
        "system",
    ]


def test_the_folder_of_a_stack_says_where_its_records_and_key_are(here: Run, stack: Stack):
    listed = here("list", "--json", "--data", str(stack.folder.path))
    assert listed.code == 0, listed.err
    assert json.loads(listed.out)["items"] is not None
    made = here("token", "--role", "operator", "--sub", "op", "--data", str(stack.folder.path))
    assert jwt.decode(made.out.strip(), stack.folder.key(), algorithms=["HS256"])["role"] == "operator"
