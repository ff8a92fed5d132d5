from __future__ import annotations

from pathlib import Path

import pytest

from policies import Mistake, PolicyError, check, load
from tests.policies.conftest import GOOD, Spoil


def only(mistakes: list[Mistake]) -> Mistake:
    assert len(mistakes) == 1, [str(mistake) for mistake in mistakes]
    return mistakes[0]


def test_a_good_file_has_no_mistakes(spoil: Spoil) -> None:
    assert check(spoil()) == []


@pytest.mark.parametrize(
    ("old", "new", "key", "problem", "remedy"),
    [
        ("name =", "nmae =", "name", "missing", "add it"),
        ("cool_down", "cooldown", "guards.cooldown", "unknown key", "'cool_down'"),
        ('channel = ["chat"', 'channel = ["chart"', "clocks.first_response.targets[0].channel[0]", "'chart'", "'chat'"),
        ('"P4"', '"p4"', "triage_default.priority", "unknown priority 'p4'", "'P4'"),
        ('"P4"', '"urgent"', "triage_default.priority", "unknown priority", "P1, P2, P3, P4"),
        ('rung = "agent"', 'rung = "agnet"', "triage[1].rung", "unknown rung", "'agent'"),
        ('on_breach = "up"', 'on_breach = "upp"', "clocks.first_response.on_breach", "unknown on_breach", "'up'"),
        ("[clocks.redirect]", "[clocks.redirct]", "clocks.redirct", "unknown key", "'redirect'"),
        ('"6h"', '"6 h"', "clocks.first_response.default", "'6 h' is not a length of time", "1h30m"),
        ('"6h"', '"6H"', "clocks.first_response.default", "not a length of time", "1h30m"),
        ('"6h"', '"1h??30m"', "clocks.first_response.default", "not a length of time", "1h30m"),
        ('"6h"', '"6mm"', "clocks.first_response.default", "not a length of time", "15m"),
        ('"6h"', '""', "clocks.first_response.default", "not a length of time", "15m"),
        ('"6h"', '"0s"', "clocks.first_response.default", "too short", "at least 1s"),
        ('"6h"', '"-6h"', "clocks.first_response.default", "negative", "write it like"),
        ('"6h"', "6", "clocks.first_response.default", "no unit", "6h"),
        ('"8w"', '"999999999999w"', "clocks.reopen_window.default", "out of range", "8w"),
        ('"8w"', '"522w"', "clocks.reopen_window.default", "ten years", "3650d"),
        ('"8w"', f'"{"9" * 400}w"', "clocks.reopen_window.default", "", "w"),
        ("[0.5, 0.75]", "[0.75, 0.5]", "clocks.first_response.warn_at", "do not rise", "[0.5, 0.75]"),
        ("[0.5, 0.75]", "[0.5, 0.5]", "clocks.first_response.warn_at", "do not rise", "[0.5]"),
        ("[0.5, 0.75]", "[0.5, 1.0]", "clocks.first_response.warn_at[1]", "out of range", "less than 1"),
        ("[0.5, 0.75]", "[0, 0.5]", "clocks.first_response.warn_at[0]", "out of range", "greater than 0"),
        ("[0.5, 0.75]", "0.5", "clocks.first_response.warn_at", "not a list", "[0.5]"),
        ('["chat", "phone"]', '"chat"', "clocks.first_response.targets[0].channel", "not a list", '["chat"]'),
        ("pausable = true", 'pausable = "yes"', "clocks.resolution.pausable", "neither true", "without quotes"),
        ("[guards]", "[guards]\noffers_beside = -1", "guards.offers_beside", "out of range", "or equal to 0"),
        ("[guards]", "[guards]\noffers_beside = 1.5", "guards.offers_beside", "wrong kind", "1.5"),
        ('tier = ["gold"]', 'tier = ["gild"]', "clocks.first_response.targets[1].tier[0]", "unknown tier", "'gold'"),
        ('tier = ["gold"]', 'tier = ["vip"]', "clocks.first_response.targets[1].tier[0]", "unknown tier", "`tiers`"),
        ('team = "general"', "team = 7", "triage_default.team", "wrong kind", "7"),
        ('team = "general"', 'team = "The Team"', "triage_default.team", "does not fit", "match"),
        ('team = "general"', "", "triage_default.team", "missing", "team ="),
        ('name = "cards"', 'name = "fraud"', "triage[1].name", "triage[0]", "its own name"),
        ('"5d"', '"5d"\non_breach = "alert"', "clocks.confirm.on_breach", "no effect", "delete it"),
    ],
)  # fmt: skip
def test_each_mistake_names_file_key_and_remedy(
    spoil: Spoil, old: str, new: str, key: str, problem: str, remedy: str
) -> None:
    path = spoil(old, new)
    found = [mistake for mistake in check(path) if mistake.key == key]
    mistake = only(found)
    assert mistake.file == str(path)
    assert problem in mistake.problem
    assert remedy in mistake.remedy
    assert str(path) in str(mistake)
    assert key in str(mistake)


def test_every_mistake_is_told_at_once(spoil: Spoil) -> None:
    path = spoil(
        '"6h"', '"6"',
        "[0.5, 0.75]", "[0.9, 0.1]",
        'tier = ["gold"]', 'tier = ["silver"]',
        "[clocks.redirect]\ndefault = \"1h\"", "",
        'when = { product = ["*card*"], issue = ["*fraud*"] }', 'when = { product = ["*card*"] }',
        'rung = "agent"\npriority = "P4"', 'rung = "executive"\npriority = "P9"',
    )  # fmt: skip
    keys = {mistake.key for mistake in check(path)}
    assert keys == {
        "clocks.first_response.default",
        "clocks.first_response.warn_at",
        "clocks.first_response.targets[1].tier[0]",
        "clocks.redirect",
        "triage[1]",
        "triage_default.priority",
    }
    with pytest.raises(PolicyError) as raised:
        load(path)
    assert {mistake.key for mistake in raised.value.mistakes} == keys
    assert all(key in str(raised.value) for key in keys)


def test_missing_clock_is_named(spoil: Spoil) -> None:
    mistake = only(check(spoil('[clocks.confirm]\ndefault = "5d"', "")))
    assert (mistake.key, mistake.problem) == ("clocks.confirm", "missing")
    assert "[clocks.confirm] with default" in mistake.remedy


def test_there_is_always_a_team(spoil: Spoil) -> None:
    mistake = only(check(spoil("[triage_default]", "[triage_defaults]"))[:1])
    assert mistake.key == "triage_default"
    assert "missing" in mistake.problem


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ('product = ["*card*"]', 'product = ["Credit card"]'),
        ('product = ["*CARD*"]', 'product = ["*credit card*"]'),
        ('product = ["*card*", "*loan*"]', 'product = ["car loan", "card"]'),
        ('channel = ["email", "web"]', 'channel = ["web"]'),
        ('tier = ["gold"]', 'tier = ["gold"], channel = ["phone"], product = ["x"]'),
        ('source = ["shop"]', 'source = ["shop"], issue = ["*"]'),
        ('product = ["*"]', 'product = ["Mortgage"]'),
    ],
)
def test_rule_that_an_earlier_one_hides_can_never_match(spoil: Spoil, first: str, second: str) -> None:
    path = spoil(
        'when = { product = ["*card*"] }', f"when = {{ {second} }}",
        'when = { product = ["*card*"], issue = ["*fraud*"] }', f"when = {{ {first} }}",
    )  # fmt: skip
    mistake = only(check(path))
    assert mistake.key == "triage[1]"
    assert "can never match: triage[0] comes first" in mistake.problem


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ('product = ["*credit card*"]', 'product = ["*card*"]'),
        ('product = ["*card*"], channel = ["chat"]', 'product = ["*card*"]'),
        ('product = ["*card*"]', 'product = ["card", "loan"]'),
        ('product = ["card?"]', 'product = ["cards"]'),
        ('issue = ["*"]', 'product = ["Mortgage"]'),
        ('product = ["a*b"]', 'product = ["a*"]'),
        ('product = ["a.c"]', 'product = ["abc"]'),
    ],
)
def test_rule_that_can_still_match_is_no_mistake(spoil: Spoil, first: str, second: str) -> None:
    path = spoil(
        'when = { product = ["*card*"] }', f"when = {{ {second} }}",
        'when = { product = ["*card*"], issue = ["*fraud*"] }', f"when = {{ {first} }}",
    )  # fmt: skip
    assert check(path) == []


def test_rule_hidden_by_several_together_is_found(spoil: Spoil) -> None:
    path = spoil(
        'when = { product = ["*card*"], issue = ["*fraud*"] }', 'when = { channel = ["email", "phone", "chat"] }',
        'when = { product = ["*card*"] }', 'when = { channel = ["chatbot", "social", "web", "letter"] }',
        "[triage_default]", '[[triage]]\nname = "late"\nteam = "x"\nwhen = { product = ["y"] }\n[triage_default]',
    )  # fmt: skip
    mistake = only(check(path))
    assert mistake.key == "triage[2]"
    assert "triage[0] and triage[1] come first" in mistake.problem


def test_rule_without_conditions_belongs_into_the_default(spoil: Spoil) -> None:
    path = spoil('when = { product = ["*card*"], issue = ["*fraud*"] }', "when = {}")
    assert [mistake.key for mistake in check(path)] == ["triage[0].when", "triage[1]"]


def test_target_that_an_earlier_one_hides_can_never_match(spoil: Spoil) -> None:
    path = spoil(
        "[clocks.next_response]",
        '[[clocks.first_response.targets]]\nwithin = "1h"\nchannel = ["phone"]\n[clocks.next_response]',
    )
    mistake = only(check(path))  # fmt: skip
    assert mistake.key == "clocks.first_response.targets[2]"
    assert "clocks.first_response.targets[0] comes first" in mistake.problem


def test_targets_after_one_without_conditions_can_never_match(spoil: Spoil) -> None:
    path = spoil('within = "15m"\nchannel = ["chat", "phone"]', 'within = "15m"')
    mistake = only(check(path))
    assert mistake.key == "clocks.first_response.targets[1]"


def test_last_target_may_be_for_everything_else(spoil: Spoil) -> None:
    assert check(spoil('within = "3h"\ntier = ["gold"]', 'within = "3h"')) == []


def test_case_cannot_start_at_the_top(spoil: Spoil) -> None:
    mistake = only(check(spoil('rung = "agent"\npriority = "P4"', 'rung = "executive"\npriority = "P4"')))
    assert mistake.key == "triage_default.rung"
    assert "could not climb" in mistake.problem
    assert "manager" in mistake.remedy


def test_bot_gets_the_chatbot_only(spoil: Spoil) -> None:
    mistake = only(check(spoil('rung = "agent"\npriority = "P3"', 'rung = "bot"\npriority = "P3"')))
    assert mistake.key == "triage[1].rung"
    chatbot = 'when = { channel = ["chatbot"] }'
    path = spoil('when = { product = ["*card*"] }', chatbot, 'rung = "agent"\npriority = "P3"', 'rung = "bot"')
    assert check(path) == []


def test_toml_error_names_its_line(tmp_path: Path) -> None:
    path = tmp_path / "broken.toml"
    path.write_text(GOOD.replace("pausable = true", "pausable = perhaps"))
    mistake = only(check(path))
    line = GOOD.splitlines().index("pausable = true") + 1
    assert mistake.key == f"line {line}"
    assert "not TOML" in mistake.problem


def test_unfinished_file_is_said_to_be_so(tmp_path: Path) -> None:
    path = tmp_path / "broken.toml"
    path.write_text('name = "a')
    assert "not TOML" in only(check(path)).problem


def test_missing_file_is_named(tmp_path: Path) -> None:
    mistake = only(check(tmp_path / "nowhere.toml"))
    assert mistake.file.endswith("nowhere.toml")
    assert "no such file" in mistake.problem


def test_folder_is_not_a_policy(tmp_path: Path) -> None:
    assert "cannot be read" in only(check(tmp_path)).problem


def test_file_in_another_encoding_is_named(tmp_path: Path) -> None:
    path = tmp_path / "latin.toml"
    path.write_bytes('name = "é"'.encode("latin-1"))
    assert "not UTF-8 at byte 8" in only(check(path)).problem


def test_empty_file_lacks_every_table(tmp_path: Path) -> None:
    path = tmp_path / "empty.toml"
    path.touch()
    assert [mistake.key for mistake in check(path)] == ["name", "guards", "clocks", "triage_default"]


@pytest.mark.parametrize(
    "text", ["clocks = 7", "triage = 7", "triage = [7]", "clocks = { first_response = 7 }", "tiers = 7"]
)
def test_tables_of_the_wrong_kind_are_mistakes_not_crashes(tmp_path: Path, text: str) -> None:
    path = tmp_path / "odd.toml"
    path.write_text(text)
    assert any(mistake.key.startswith(text.split()[0]) for mistake in check(path))  # fmt: skip
