"""Pathways in a policy file: what may be written, what each mistake says, and what a case gets of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from cases.pathways import STANDARD
from cases.plan import STRAIGHT_TO
from cases.words import Channel, ClockName, ContactOption, Reason, Rung
from policies import check, explain, load, restore
from tests.policies.conftest import GOOD, Spoil
from tests.samples import complaint

PATHWAYS = """
[clocks.hold]
default = "5m"
warn_at = [0.5]

[clocks.handle_time]
default = "1d"
warn_at = [0.75]

[clocks.callback]
default = "2h"

[[pathways]]
name = "live"
channels = ["phone", "chat"]
live = true
holds = 3

[[pathways]]
name = "written"
channels = ["email", "chatbot", "social", "web", "letter"]
clocks = ["callback", "handle_time"]
triggers = ["irate"]
contact = ["callback"]
"""


def written(tmp_path: Path, old: str = "", new: str = "") -> Path:
    """A good file with pathways, spoilt in one place."""
    text = GOOD + PATHWAYS
    assert old in text
    path = tmp_path / "policy.toml"
    path.write_text(text.replace(old, new, 1) if old else text)
    return path


def test_a_file_with_pathways_is_good(tmp_path: Path) -> None:
    assert check(written(tmp_path)) == []


def test_a_case_gets_what_is_written_for_its_channel(tmp_path: Path) -> None:
    plan = load(written(tmp_path)).plan(complaint())
    way = plan.pathway(Channel.LETTER)
    assert (way.name, way.live, way.has_contact(ContactOption.NOW), way.has_trigger(Reason.ATTEMPTS_FAILED)) == (
        "written",
        False,
        False,
        False,
    )
    assert plan.has_clock(ClockName.HANDLE_TIME, Channel.LETTER)
    assert not plan.has_clock(ClockName.HOLD, Channel.LETTER)
    assert plan.has_clock(ClockName.HOLD, Channel.PHONE)
    assert plan.pathway(Channel.PHONE).holds == 3


def test_without_pathways_people_are_on_hold_by_phone_and_chat(spoil: Spoil) -> None:
    plan = load(spoil()).plan(complaint())
    assert plan.terms.pathways == STANDARD
    assert [channel for channel in Channel if plan.pathway(channel).live] == [Channel.PHONE, Channel.CHAT]


def test_a_policy_of_before_there_were_pathways_keeps_its_hash(spoil: Spoil) -> None:
    policy = load(spoil())
    assert not {"pathways", "straight_to", "hold", "handle_time"} & {*policy.content.replace('"', " ").split()}
    assert restore(policy.content).hash == policy.hash


def test_waiting_for_the_customer_always_pauses_handling_time(tmp_path: Path) -> None:
    assert load(written(tmp_path)).terms.clocks[ClockName.HANDLE_TIME].pausable


def test_a_rule_that_starts_higher_than_others_says_that_it_needs_attention(spoil: Spoil) -> None:
    policy = load(spoil('rung = "agent"', 'rung = "supervisor"'))
    assert policy.plan(complaint(product="card", issue=None)).needs_attention
    assert not policy.plan(complaint(product="Mortgage")).needs_attention


def test_reasons_that_skip_rungs_reach_the_case(spoil: Spoil) -> None:
    policy = load(spoil("[guards]", '[guards]\nstraight_to = { irate = "manager" }'))
    assert policy.terms.guards.straight_to == {**STRAIGHT_TO, Reason.IRATE: Rung.MANAGER}
    assert restore(policy.content).terms == policy.terms


def test_explain_names_the_pathway_and_only_its_clocks(tmp_path: Path) -> None:
    explained = explain(load(written(tmp_path)), complaint(channel=Channel.EMAIL))
    assert "pathway written" in "\n".join(explained.lines())
    clocks = {clock.clock for clock in explained.clocks}
    assert ClockName.HANDLE_TIME in clocks
    assert ClockName.HOLD not in clocks


@pytest.mark.parametrize(
    ("old", "new", "key", "problem", "remedy"),
    [
        ('"phone", "chat"]\nlive', '"phone"]\nlive', "pathways", "none has chat", "write one for them"),
        ('"email", "chatbot"', '"email", "phone", "chatbot"', "pathways[1].channels", "pathways[0] already", "once"),
        ('name = "written"', 'name = "live"', "pathways[1].name", "pathways[0] too", "its own name"),
        ("live = true", "", "pathways[0].holds", "nobody is on hold", "live = true"),
        ("holds = 3", "holds = 0", "pathways[0].holds", "out of range", "or equal to 1"),
        ('["callback", "handle_time"]', '["callback", "hold"]', "pathways[1].clocks", "no effect", "live = true"),
        ('["callback", "handle_time"]', '["callback", "confirm"]', "pathways[1].clocks", "every pathway", "delete it"),
        ('["callback", "handle_time"]', '["callback", "update"]', "pathways[1].clocks", "[clocks.update]", "add it"),
        ('["callback", "handle_time"]', '["handle_time"]', "pathways[1].contact", "the clock callback", "add"),
        ('["irate"]', '["clock_breached"]', "pathways[1].triggers", "counts on every pathway", "delete it"),
        ('["irate"]', '["opened"]', "pathways[1].triggers", "no reason to go up", "delete it"),
        ('["irate"]', '["held_too_long"]', "pathways[1].triggers", "no effect", "live = true"),
        ('["irate"]', '["irrate"]', "pathways[1].triggers[0]", "unknown triggers", "'irate'"),
        ('"5m"\nwarn_at = [0.5]', '"5m"', "clocks.hold.warn_at", "without an alert", "warn_at = [0.75]"),
        ('"1d"\nwarn_at = [0.75]', '"1d"', "clocks.handle_time.warn_at", "without an alert", "warn_at = [0.75]"),
        ("[clocks.hold]", "[clocks.hold]\npausable = true", "clocks.hold.pausable", "cannot wait", "delete it"),
        (
            "[clocks.handle_time]",
            "[clocks.handle_time]\npausable = false",
            "clocks.handle_time.pausable",
            "no effect",
            "always pauses",
        ),
        (
            "[guards]",
            '[guards]\nstraight_to = { opened = "manager" }',
            "guards.straight_to.opened",
            "no reason to go up",
            "clock_breached",
        ),
        (
            "[guards]",
            '[guards]\nstraight_to = { irate = "agent" }',
            "guards.straight_to.irate",
            "where a case starts",
            "supervisor",
        ),
        ("[guards]", '[guards]\nstraight_to = { irate = "boss" }', "guards.straight_to.irate", "unknown", "manager"),
    ],
)
def test_each_mistake_names_key_and_remedy(
    tmp_path: Path, old: str, new: str, key: str, problem: str, remedy: str
) -> None:
    found = [mistake for mistake in check(written(tmp_path, old, new)) if mistake.key == key]
    assert len(found) == 1, [str(mistake) for mistake in check(written(tmp_path, old, new))]
    assert problem in found[0].problem
    assert remedy in found[0].remedy


def test_a_clock_that_only_alerts_needs_no_warning_before(tmp_path: Path) -> None:
    assert check(written(tmp_path, '"5m"\nwarn_at = [0.5]', '"5m"\non_breach = "alert"')) == []
