"""`caseladder messages`, and how the command line answers programs and shells."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path

import pytest

from records import Outgoing, Records, migrate, sqlite_url
from starter.stack import Stack
from tests.records.conftest import Committed
from tests.records.conftest import words as worded
from tests.samples import ANA, NOON, Played, plan
from tests.starter.conftest import NOWHERE, Run, opened


def test_what_passed_is_told_once_oldest_first_and_alerts_only_when_asked_for(here: Run, stack: Stack):
    env = stack.settings
    case_id = opened(here, stack, text="Charged twice", issue="Two charges")
    for deed in (
        ("claim", "--as", "quinn"),
        ("message", "text=Any news?"),
        ("note", "text=A note for colleagues", "--as", "quinn"),
        ("reply", "text=On its way back.", "--as", "quinn"),
    ):
        acted = here("act", case_id, *deed, env=env)
        assert acted.code == 0, acted.err
    until = time.monotonic() + 8
    while "On its way back." not in (shown := here("messages", case_id, env=env)).out:
        assert time.monotonic() < until, shown
    assert shown.out.startswith("20")
    assert "the customer, by email: Credit card: Two charges\n    Charged twice\n" in shown.out
    assert shown.out.count("On its way back.") == 1
    order = [
        shown.out.index(words)
        for words in ("Charged twice", "the customer: message (unverified)\n    Any news?", "On its way")
    ]
    assert order == sorted(order)
    assert "A note for colleagues" not in shown.out
    assert "alert to" not in shown.out

    read = json.loads(here("messages", case_id, "--alerts", "--json", env=env).out)
    assert read["case_id"] == case_id
    by = {message["sent_by"] for message in read["messages"]}
    assert by == {"customer", "company", "alert"}
    assert [m["id"] is None for m in read["messages"]] == [m["sent_by"] == "customer" for m in read["messages"]]
    assert {m["sent_by"] for m in json.loads(here("messages", case_id, "--json", env=env).out)["messages"]} < by


def test_how_far_each_message_has_come_is_said_in_words(here: Run, tmp_path: Path):
    url = sqlite_url(tmp_path / "records.db")
    migrate(url)
    env = NOWHERE | {"CASELADDER_DATABASE_URL": url}
    played = Played(plan())
    played.do("claim", ANA)
    for text in ("One.", "Two.", "Three."):
        played.do("reply", ANA, text=text)
    commit = Committed(played).cut()
    ids = [notice.id for notice in commit.notices if notice.kind == "message"]
    case_id = played.case.case_id
    with Records(url) as records:
        records.write(commit, worded(commit), [Outgoing(it, "gateway", n, NOON) for n, it in enumerate(ids[:3])])
        for number in range(2):
            waiting = records.next_delivery(case_id, "gateway")
            assert waiting is not None
            if number:
                records.mark_failed(waiting, "answers 500", NOON)
            else:
                records.mark_delivered(waiting, NOON)
    shown = here("messages", case_id, env=env).out
    for number, way in enumerate(("delivered 2026-", "failing since 2026-", "waiting]", "in the outbox only]")):
        assert f"[{ids[number]}: {way}" in shown
    assert ", 1 attempt: answers 500]" in shown
    for arguments, said in (
        (("--resend", ids[0]), "why? Say it with --reason"),
        (("--give-up", ids[0], "--reason", "x"), "is delivered already"),
        (("--resend", ids[3], "--reason", "x"), "without a gateway, messages stay in the outbox"),
        (("--reason", "x"), "name the message"),
        (("--resend", ids[0], "--give-up", ids[0], "--reason", "x"), "one message at a time"),
        (("--resend", ids[1], "--reason", "x"), "Temporal does not answer"),
    ):
        failed = here("messages", case_id, *arguments, env=env)
        assert (failed.code, failed.out) == (1, "")
        assert said in failed.err, arguments


def test_a_case_that_the_records_do_not_know_is_said(here: Run, stack: Stack):
    unknown = here("messages", "shop-aaaaaaaaaa", env=stack.settings)
    assert unknown.err.startswith("caseladder: the records know no case shop-aaaaaaaaaa. ")


@pytest.mark.parametrize(
    ("arguments", "code", "ended"),
    [
        (("act", "shop-aaaaaaaaaa", "message", "--json"), "unprocessable", 1),
        (("show", "shop-aaaaaaaaaa", "--json"), "temporal_away", 1),
        (("open", "none.json", "--json"), "failed", 1),
        (("list", "--status", "lost", "--json"), "usage", 2),
        (("list", "--due-before", "tomorrow", "--json"), "usage", 2),
    ],
)
def test_where_json_is_asked_for_an_error_is_json_on_stderr(
    here: Run, arguments: tuple[str, ...], code: str, ended: int
):
    failed = here(*arguments, env=NOWHERE)
    assert (failed.code, failed.out) == (ended, "")
    said = json.loads(failed.err)
    assert said["code"] == code
    assert said["error"]
    if code == "unprocessable":
        assert said["errors"] == [{"field": "text", "problem": "is missing", "remedy": "add it"}]


def test_a_refusal_is_json_with_the_code_of_the_case(here: Run, stack: Stack):
    case_id = opened(here, stack)
    here("act", case_id, "claim", "--as", "quinn", env=stack.settings)
    refused = json.loads(here("act", case_id, "resume", "--as", "quinn", "--json", env=stack.settings).err)
    assert refused["code"] == "not_waiting"
    assert refused["error"]


def test_every_verb_that_prints_has_json_and_says_what_is_in_it(here: Run):
    verbs = ("dev", "open", "act", "show", "messages", "list", "watch", "feed", "token")
    families = {
        "policy": ("check", "schema", "explain"),
        "operator": ("register", "views", "check", "replan"),
        "calendar": ("check", "show"),
    }
    for command in [[verb] for verb in verbs] + [[family, verb] for family, all_ in families.items() for verb in all_]:
        shown = here(*command, "--help").out
        assert "--json " in shown, command
        assert "Print JSON." not in shown, command


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not on this machine")
def test_bash_completes_with_the_script_that_is_shown(run: Run, here: Run, stack: Stack):
    script = run("--show-completion", "bash")
    assert script.code == 0, script.err
    assert "complete -o default -F _caseladder_completion caseladder" in script.out
    assert "put one of bash, zsh, fish" in here("--show-completion", "tcsh").err
    for line, words in {
        "caseladder operator ": ["register", "views", "check", "replan", "keys"],
        "caseladder act shop-1 wit": ["withdraw"],
        "caseladder act shop-aaaaaaaaaa-1 a": ["accept", "answer", "ask_back"],
        "caseladder act shop-aaaaaaaaaa-1 ask_back ": ["handoff_id=", "text="],
        "caseladder act shop-1 reply ": ["text=", "asks=", "update_by=", "letter=", "attachments="],
        "caseladder list --status wai": ["waiting_customer"],
        "caseladder list --handoffs --status a": ["accepted", "asked_back", "answered"],
        "caseladder list --rung ex": ["executive"],
        "caseladder list --team ": ["billing", "cards", "fraud", "general", "lending"],
        "caseladder act shop-1 claim --as qu": ["quinn"],
    }.items():
        given = line.split(" ")
        asked = {"COMP_WORDS": line, "COMP_CWORD": str(len(given) - 1), "_CASELADDER_COMPLETE": "complete_bash"}
        answered = here(env=stack.settings | asked)
        assert (answered.code, answered.out.split()) == (0, words), line


def test_completion_that_finds_no_records_offers_nothing_and_says_nothing(here: Run):
    asked = {"COMP_WORDS": "caseladder list --team ", "COMP_CWORD": "3", "_CASELADDER_COMPLETE": "complete_bash"}
    assert here(env=NOWHERE | asked) == (0, "\n", "")
    assert here(env=asked | {"CASELADDER_DATABASE_URL": "nonsense"}) == (0, "\n", "")
