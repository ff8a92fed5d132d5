"""Hand-offs on the command line as the records know them, and what is said where it takes none."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from records import Records, migrate, sqlite_url
from starter.cli.printing import LONGEST_LINE, case_lines
from starter.stack import Stack
from tests.records.asking import Asking
from tests.records.conftest import TEAM
from tests.samples import plan
from tests.starter.conftest import NOWHERE, Run

HANDOFF = "shop-aaaaaaaaaa-1"


@pytest.fixture
def url(tmp_path: Path) -> str:
    database = sqlite_url(tmp_path / "records.db")
    migrate(database)
    return database


@pytest.fixture
def records(url: str) -> Iterator[Records]:
    with Records(url) as opened:
        yield opened


@pytest.fixture
def asking(records: Records) -> Asking:
    """A hand-off that the records know, offered to Vera."""
    records.import_people(TEAM)
    asked = Asking(plan())
    asked.write(records)
    assert asked.asked(records).person == "vera"
    asked.write(records)
    return asked


def test_while_temporal_is_away_a_hand_off_is_shown_from_the_records_as_of_their_time(
    here: Run, url: str, asking: Asking
):
    env = NOWHERE | {"CASELADDER_DATABASE_URL": url}
    shown = here("show", asking.handoff_id, env=env)
    assert shown.code == 0, shown.err
    assert "from the records, as of " in shown.out
    assert "Was the second invoice paid?" in shown.out
    assert "offered  to vera" in shown.out
    read = json.loads(here("show", asking.handoff_id, "--json", env=env).out)
    assert (read["status"], read["offered_to"]["person"]) == ("offered", "vera")
    assert read["as_of"]
    unknown = here("show", HANDOFF, env=env)
    assert unknown.err.startswith("caseladder: Temporal does not answer at 127.0.0.1:1")


def test_a_hand_off_that_temporal_keeps_no_longer_is_shown_from_the_records(
    here: Run, stack: Stack, url: str, records: Records, asking: Asking
):
    asking.act("accept", "vera")
    asking.act("answer", "vera", text="On 3 March.")
    asking.write(records)
    env = stack.settings | {"CASELADDER_DATABASE_URL": url}
    shown = here("show", asking.handoff_id, env=env)
    assert shown.code == 0, shown.err
    assert "from the records, as of " in shown.out
    assert "with     vera\nanswer   On 3 March.\n" in shown.out
    assert "There is no hand-off" in here("show", HANDOFF, env=env).err


def test_hand_offs_are_listed_by_status_also_those_that_are_over(here: Run, url: str, records: Records, asking: Asking):
    env = {"CASELADDER_DATABASE_URL": url}
    assert asking.handoff_id in here("list", "--handoffs", "--status", "offered", env=env).out
    asking.own("cancel_hand_off", reason="Found it")
    asking.write(records)
    assert here("list", "--handoffs", env=env).out == "no hand-offs\n"
    assert here("list", "--handoffs", "--status", "answered", env=env).out == "no hand-offs\n"
    over = here("list", "--handoffs", "--status", "answered", "--status", "cancelled", "--json", env=env)
    assert [item["handoff_id"] for item in json.loads(over.out)["items"]] == [asking.handoff_id]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--handoffs", "--rung", "agent"), "narrowed by --rung: narrow them by --status, --team, --offered-to"),
        (("--handoffs", "--owner", "ana", "--breached"), "narrowed by --owner, --breached: "),
        (("--handoffs", "--not-breached"), "narrowed by --not-breached: "),
        (("--handoffs", "--due-before", "2026-03-01"), "narrowed by --due-before: "),
        (("--handoffs", "--waiting-on", "offer"), "narrowed by --waiting-on: "),
        (("--handoffs", "--priority", "P1", "--team", "billing"), "narrowed by --priority: "),
        (("--handoffs", "--customer", "c-1", "--text", "x"), "narrowed by --customer, --text: "),
        (("--handoffs", "--status", "open"), "but of a case: leave out --handoffs; one of offered, accepted, "),
        (("--status", "answered"), "but of a hand-off: add --handoffs; one of opening, open, "),
        (("--status", "lost"), "'lost' is no status of a case; one of opening, open, "),
    ],
)
def test_a_filter_that_does_not_apply_is_named_with_what_does(here: Run, arguments: tuple[str, ...], said: str):
    failed = here("list", *arguments, "--json")
    assert (failed.code, failed.out) == (2, "")
    problem = json.loads(failed.err)
    assert problem["code"] == "usage"
    assert said in problem["error"]


@pytest.mark.parametrize("verb", ["watch", "messages"])
def test_a_verb_that_takes_cases_points_from_a_hand_off_to_what_shows_it(here: Run, verb: str):
    failed = here(verb, HANDOFF, env=NOWHERE)
    assert (failed.code, failed.out) == (1, "")
    assert f"{HANDOFF} is a hand-off" in failed.err
    assert f"caseladder show {HANDOFF};" in failed.err
    assert f"caseladder {verb} shop-aaaaaaaaaa\n" in failed.err


def test_where_no_records_are_known_any_team_is_left_to_the_case(here: Run):
    by = json.dumps({"kind": "hand_off", "by": {"id": "ana", "role": "agent"}})
    sent = here("act", "shop-aaaaaaaaaa", by, "team=nosuch", "question=Why?", env=NOWHERE)
    assert sent.err.startswith("caseladder: Temporal does not answer")


def test_a_case_shows_what_is_asked_back_and_what_came_back_last_cut_to_a_line(asking: Asking):
    asking.act("accept", "vera")
    asking.act("ask_back", "vera", text="Which one?\nThere are two.")
    assert "asks     the owner: Which one? There are two." in list(case_lines(asking.played.view))
    asking.own("answer_back", text="The second.")
    asking.act("answer", "vera", text="On 3 March.\n" + "At length. " * 50)
    lines = list(case_lines(asking.played.view))
    assert not [line for line in lines if line.startswith(("asks", "asked"))]
    (answered,) = [line for line in lines if line.startswith("answered")]
    begins = f"answered billing, by vera, {asking.handoff_id}: "
    assert answered.startswith(f"{begins}On 3 March. At length. ")
    assert answered.endswith("…")
    assert len(answered) == len(begins) + LONGEST_LINE


def test_a_case_shows_the_question_that_was_given_back(records: Records):
    asked = Asking(plan(), team="nobody")
    asked.write(records)
    asked.asked(records)
    asked.wait(timedelta(days=1))
    given_back = f"returned nobody, nobody took it, {asked.handoff_id}: Was the second invoice paid?"
    assert given_back in list(case_lines(asked.played.view))
