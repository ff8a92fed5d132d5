"""`caseladder operator keys`: a ring is made, grows, turns, and loses a key only when nothing needs it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from starter.stack import Stack
from tests.starter.conftest import NOWHERE, Ended, Run, opened


@pytest.fixture
def ring(tmp_path: Path) -> Path:
    return tmp_path / "payload.keys"


def keys(here: Run, ring: Path, *arguments: str, env: dict[str, str] | None = None) -> Ended:
    return here("operator", "keys", *arguments, "--file", str(ring), env=NOWHERE if env is None else env)


def shown(here: Run, ring: Path, *arguments: str, env: dict[str, str] | None = None) -> dict[str, Any]:
    ended = keys(here, ring, *arguments, "--json", env=env)
    assert ended.code == 0, ended.err
    return json.loads(ended.out)


def test_a_ring_is_made_grows_and_turns_and_every_step_says_the_next(here: Run, ring: Path):
    made = keys(here, ring, "new")
    assert made.code == 0, made.err
    assert "CASELADDER_PAYLOAD_KEYS for every worker first" in made.out
    first = shown(here, ring, "list")["active"]

    added = keys(here, ring, "new")
    assert "every worker and API have this file before" in added.out
    assert "caseladder operator keys rotate" in added.out
    assert shown(here, ring, "list")["active"] == first

    turned = keys(here, ring, "rotate")
    listed = shown(here, ring, "list")
    assert listed["active"] != first
    assert f"{first} reads what there is" in turned.out
    assert [each["standing"] for each in listed["keys"].values()] == ["reads", "active"]
    assert listed["needed_by"][first] is None  # Temporal is away

    again = keys(here, ring, "rotate")
    assert again.code == 1
    assert "caseladder operator keys new" in again.err


def test_no_verb_prints_a_key(here: Run, ring: Path):
    keys(here, ring, "new")
    stored = json.loads(ring.read_text("utf-8"))["keys"]
    [secret] = [each["key"] for each in stored.values()]
    for arguments in (("list",), ("list", "--json"), ("new", "--json"), ("rotate", "--json")):
        ended = keys(here, ring, *arguments)
        assert secret not in ended.out + ended.err


def test_a_key_is_dropped_only_when_no_run_can_need_it(here: Run, ring: Path, stack: Stack):
    first = shown(here, ring, "new")["active"]
    assert "is active" in keys(here, ring, "drop", first).err
    shown(here, ring, "new")
    shown(here, ring, "rotate")
    opened(here, stack)

    refused = keys(here, ring, "drop", first, env=stack.settings)
    assert refused.code == 1
    assert "may need the key" in refused.err
    assert shown(here, ring, "list", env=stack.settings)["needed_by"][first] >= 1
    away = keys(here, ring, "drop", first)
    assert "Temporal does not say" in away.err
    assert first not in shown(here, ring, "drop", first, "--force")["keys"]
    never_active = list(shown(here, ring, "new")["keys"])[-1]
    assert never_active not in shown(here, ring, "drop", never_active)["keys"]


def test_a_key_that_is_lost_is_given_up_and_one_that_is_there_is_not(here: Run, ring: Path):
    active = shown(here, ring, "new")["active"]
    assert "is in the ring" in keys(here, ring, "lost", active, "--yes").err
    given_up = shown(here, ring, "lost", "20200101-aaaa", "--yes")
    assert given_up["keys"]["20200101-aaaa"]["standing"] == "lost"
    assert "20200101-aaaa" not in shown(here, ring, "drop", "20200101-aaaa")["keys"]


def test_where_the_ring_is_must_be_said_and_one_that_is_none_is_refused(here: Run, ring: Path):
    assert "Name it with --file" in here("operator", "keys", "list", env=NOWHERE).err
    ring.write_text("no ring", "utf-8")
    for verb in ("new", "rotate", "list"):
        ended = keys(here, ring, verb)
        assert ended.code == 1
        assert "is no key ring" in ended.err
    assert ring.read_text("utf-8") == "no ring"
