"""A policy that extends another one: what it gets, what it changes, and where its mistakes are said to be."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cases.pathways import STANDARD
from cases.words import Channel, ClockName, ContactOption, Reason, Suggested
from policies import Mistake, PolicyError, check, explain, load, restore, schema
from tests.policies.conftest import GOOD, Spoil
from tests.samples import complaint

FOLDER = Path(__file__).parents[2] / "policies"
REGIMES = ("uk-disp", "uk-psd", "us-cfpb")

OURS = """
name = "ours"
extends = "small.toml"

[clocks.redirect]
default = "30m"
"""

Extend = Callable[..., Path]


@pytest.fixture
def ours(tmp_path: Path, spoil: Spoil) -> Extend:
    """Writes a policy that extends the good one, beside it, and gives its path."""

    def write(text: str = OURS, *changes: str) -> Path:
        spoil(*changes)
        path = tmp_path / "ours.toml"
        path.write_text(text)
        return path

    return write


def only(path: Path) -> Mistake:
    mistakes = check(path)
    assert len(mistakes) == 1, [str(mistake) for mistake in mistakes]
    return mistakes[0]


def test_what_is_left_out_is_the_other_policys_and_what_is_written_goes_before_it(ours: Extend) -> None:
    policy, other = load(ours()), load(ours().parent / "small.toml")

    assert policy.name == "ours"
    assert policy.terms.clocks[ClockName.REDIRECT].default == timedelta(minutes=30)
    rest = {name: terms for name, terms in other.terms.clocks.items() if name is not ClockName.REDIRECT}
    assert rest.items() <= policy.terms.clocks.items()
    assert policy.form.triage == other.form.triage


def test_of_a_table_its_entries_are_taken_and_lists_are_not_mixed(ours: Extend) -> None:
    path = ours(
        OURS + '[guards]\ncool_down = "5m"\n[[triage]]\nname = "all"\nwhen = { source = ["shop"] }\nteam = "x"\n'
    )
    policy = load(path)

    assert policy.terms.guards.cool_down == timedelta(minutes=5)
    assert policy.terms.guards.alert_repeat == timedelta(hours=4)
    assert [rule.name for rule in policy.form.triage] == ["all"]


def test_content_and_hash_are_those_of_the_whole(ours: Extend, tmp_path: Path) -> None:
    policy = load(ours())
    written_out = tmp_path / "whole.toml"
    written_out.write_text(
        GOOD.replace('"small"', '"ours"')
        .replace('[clocks.redirect]\ndefault = "1h"', "")
        .replace("[clocks.confirm]", '[clocks.redirect]\ndefault = "30m"\n\n[clocks.confirm]')
    )

    assert "extends" not in policy.content
    assert load(written_out).hash == policy.hash
    assert restore(policy.content).terms == policy.terms


def test_a_change_of_the_other_file_makes_another_policy_and_leaves_what_was_kept(ours: Extend) -> None:
    before = load(ours())
    after = load(ours(OURS, 'default = "5d"', 'default = "6d"'))

    assert before.hash != after.hash
    assert restore(before.content).hash == before.hash


def test_who_extends_may_be_extended(ours: Extend, tmp_path: Path) -> None:
    ours()
    third = tmp_path / "third.toml"
    third.write_text('name = "third"\nextends = "ours.toml"\n')

    assert load(third).terms.clocks[ClockName.REDIRECT].default == timedelta(minutes=30)
    assert load(third).name == "third"


def test_a_mistake_is_said_of_the_file_that_its_key_is_in(ours: Extend) -> None:
    mistake = only(ours(OURS, 'default = "5d"', 'default = "5x"'))
    assert (Path(mistake.file).name, mistake.key) == ("small.toml", "clocks.confirm.default")

    mistake = only(ours(OURS.replace('"30m"', '"30x"')))
    assert (Path(mistake.file).name, mistake.key) == ("ours.toml", "clocks.redirect.default")

    mistake = only(ours(OURS, 'rung = "agent"\npriority = "P4"', 'rung = "executive"\npriority = "P4"'))
    assert (Path(mistake.file).name, mistake.key) == ("small.toml", "triage_default.rung")


@pytest.mark.parametrize(
    ("old", "new", "key", "problem", "remedy"),
    [
        ('"small.toml"', '"smal.toml"', "extends", "there is no file", "as seen from this file"),
        ('"small.toml"', '"defalt"', "extends", "comes with caseladder", "did you mean 'default'?"),
        ('"small.toml"', '"ours.toml"', "extends", "extends this file", "does not come back"),
        ('extends = "small.toml"', "extends = 3", "extends", "wrong kind", "string"),
        ('name = "ours"', "", "name", "missing", "add it"),
    ],
)
def test_each_mistake_names_key_and_remedy(
    ours: Extend, old: str, new: str, key: str, problem: str, remedy: str
) -> None:
    path = ours(OURS.replace(old, new))
    found = [mistake for mistake in check(path) if mistake.key == key]

    assert len(found) == 1, [str(mistake) for mistake in check(path)]
    assert found[0].file == str(path)
    assert problem in found[0].problem
    assert remedy in found[0].remedy


def test_two_files_that_extend_each_other_are_refused(ours: Extend, tmp_path: Path) -> None:
    (tmp_path / "theirs.toml").write_text('name = "theirs"\nextends = "ours.toml"\n')
    with pytest.raises(PolicyError, match="extends this file"):
        load(ours(OURS.replace("small.toml", "theirs.toml")))


def test_explain_says_that_it_extends_another(ours: Extend) -> None:
    assert next(explain(load(ours()), complaint()).lines()).startswith("policy ours, extends small.toml (")


def test_the_schema_wants_a_whole_only_of_what_extends_nothing() -> None:
    described: dict[str, Any] = schema()
    whole = described["else"]

    assert described["required"] == ["name"]
    assert described["if"] == {"required": ["extends"]}
    assert {"clocks", "guards", "triage_default"} <= set(whole["required"])
    assert "acknowledge" in whole["properties"]["clocks"]["required"]
    assert "required" not in described["$defs"]["ClocksForm"]


@pytest.mark.parametrize("name", REGIMES)
def test_a_company_under_a_regime_gets_all_that_others_get(name: str) -> None:
    policy, default = load(FOLDER / f"{name}.toml"), load(FOLDER / "default.toml")

    assert policy.terms.pathways == default.terms.pathways != STANDARD
    assert policy.form.guidance == default.form.guidance != {}
    assert {rule.reason for rule in policy.terms.suggestions} == set(Suggested)
    assert policy.terms.clocks.keys() == default.terms.clocks.keys()
    assert policy.form.regime is not None


@pytest.mark.parametrize("name", ["default", "demo", *REGIMES])
def test_what_a_channel_has_differs_as_the_field_does_it(name: str) -> None:
    plan = load(FOLDER / f"{name}.toml").plan(complaint())

    def having(found: Callable[[Channel], bool]) -> set[Channel]:
        return {channel for channel in Channel if found(channel)}

    def on(reason: Reason) -> set[Channel]:
        return having(lambda channel: plan.pathway(channel).has_trigger(reason))

    live = {Channel.PHONE, Channel.CHAT}
    assert on(Reason.HELD_TOO_LONG) == live
    assert on(Reason.BOT_FAILED) == on(Reason.ASKED_FOR_HUMAN) == {Channel.CHATBOT}
    assert set(Channel) - on(Reason.IRATE) == {Channel.LETTER}
    assert having(lambda channel: plan.pathway(channel).has_contact(ContactOption.NOW)) == {*live, Channel.CHATBOT}
    assert having(lambda channel: plan.pathway(channel).has_contact(ContactOption.CALLBACK)) == set(Channel)
