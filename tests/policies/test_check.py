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


GUIDANCE = '[guidance.irate]\nsay = "I am listening."\navoid = "Calm down."\n\n[triage_default]'


def test_guidance_is_part_of_the_terms_and_of_the_hash(spoil: Spoil) -> None:
    without, with_it = load(spoil()), load(spoil("[triage_default]", GUIDANCE))
    assert without.terms.guidance == ()
    [line] = with_it.terms.guidance
    assert (line.situation, line.say, line.avoid) == ("irate", "I am listening.", "Calm down.")
    assert with_it.hash != without.hash
    assert "guidance" not in without.content


@pytest.mark.parametrize(
    ("old", "new", "key", "problem", "remedy"),
    [
        ("guidance.irate", "guidance.irrate", "guidance.irrate", "neither a reason nor a status", "'irate'"),
        ("guidance.irate", "guidance.archived", "guidance.archived", "neither a reason nor a status", "write one of"),
        ('avoid = "Calm down."', "", "guidance.irate.avoid", "missing", 'avoid = "That is our policy."'),
        ("say =", "sya =", "guidance.irate.say", "missing", "add it"),
        ('"Calm down."', f'"{"x" * 201}"', "guidance.irate.avoid", "of the wrong kind", "at most 200 characters"),
    ],
)
def test_a_mistake_in_the_guidance_is_named(
    spoil: Spoil, old: str, new: str, key: str, problem: str, remedy: str
) -> None:
    mistakes = check(spoil("[triage_default]", GUIDANCE.replace(old, new)))
    said = next(mistake for mistake in mistakes if mistake.key == key)
    assert problem in said.problem
    assert remedy in said.remedy


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
        ("[0.5, 0.75]", '"half"', "clocks.first_response.warn_at", "not a list", "write warn_at = [0.75]"),
        ("[0.5, 0.75]", "75", "clocks.first_response.warn_at", "not a list", "write warn_at = [0.75]"),
        ("[0.5, 0.75]", "true", "clocks.first_response.warn_at", "not a list", "write warn_at = [0.75]"),
        ("[0.5, 0.75]", "[3, 2]", "clocks.first_response.warn_at", "do not rise", "write warn_at = [0.75]"),
        ('["chat", "phone"]', '"chta"', "clocks.first_response.targets[0].channel", "not a list", '["chat"]'),
        ('["gold"]', "1", "clocks.first_response.targets[1].tier", "not a list", '["…"]'),
        ('when = { product = ["*card*"] }', "", "triage[1].when", "missing", 'such as when = { product = ["…"] }'),
        ('["chat", "phone"]', '"chat"', "clocks.first_response.targets[0].channel", "not a list", '["chat"]'),
        ("pausable = true", 'pausable = "yes"', "clocks.resolution.pausable", "neither true", "without quotes"),
        ("[guards]", "[guards]\noffers_beside = -1", "guards.offers_beside", "out of range", "or equal to 0"),
        ("[guards]", "[guards]\noffers_beside = 1.5", "guards.offers_beside", "1.5 is not a whole", "from 0 to 10"),
        ("[guards]", "[guards]\noffers_beside = '1'", "guards.offers_beside", "not a whole", "from 0 to 10"),
        ('tier = ["gold"]', 'tier = ["gild"]', "clocks.first_response.targets[1].tier[0]", "unknown tier", "'gold'"),
        ('tier = ["gold"]', 'tier = ["vip"]', "clocks.first_response.targets[1].tier[0]", "unknown tier", "`tiers`"),
        ('team = "general"', "team = 7", "triage_default.team", "wrong kind", "7"),
        ('team = "general"', 'team = "The Team"', "triage_default.team", "does not fit", "match"),
        ('team = "general"', "", "triage_default.team", "missing", "team ="),
        ('name = "cards"', 'name = "fraud"', "triage[1].name", "triage[0]", "its own name"),
        ('"5d"', '"5d"\non_breach = "alert"', "clocks.confirm.on_breach", "no effect", "delete it"),
        ('"5d"', '"5d"\nwarn_at = [0.8, 0.4]', "clocks.confirm.warn_at", "reminded once", "write warn_at = [0.4]"),
        ('"8h"', '"8h"\non_breach = "up"', "clocks.answer.on_breach", "no effect", "the question is offered on"),
        ('"8h"', '"24h"', "clocks.hand_off.default", "1d1h to accept and answer", "write 1d1h or more"),
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


def test_order_of_warning_points_is_told_beside_one_that_is_out_of_range(spoil: Spoil) -> None:
    out_of_range, order = check(spoil("[0.5, 0.75]", "[0.75, 0.5, 1.2]"))
    assert out_of_range.key == "clocks.first_response.warn_at[2]"
    assert order.key == "clocks.first_response.warn_at"
    assert order.remedy == "write warn_at = [0.5, 0.75]"


def test_one_reminder_to_confirm_is_no_mistake(spoil: Spoil) -> None:
    assert check(spoil('"5d"', '"5d"\nwarn_at = [0.6]')) == []


@pytest.mark.parametrize(
    "clock", ["acknowledge", "redirect", "confirm", "reopen_window", "hand_off", "accept", "answer"]
)
def test_clock_that_cannot_wait_for_the_customer_is_not_pausable(spoil: Spoil, clock: str) -> None:
    header = f"[clocks.{clock}]\n"
    mistake = only(check(spoil(header, header + "pausable = true\n")))
    assert mistake.key == f"clocks.{clock}.pausable"
    assert "only first_response, next_response, resolution and update" in mistake.remedy
    assert check(spoil(header, header + "pausable = false\n")) == []


@pytest.mark.parametrize("clock", ["first_response", "next_response"])
def test_clock_that_can_wait_for_the_customer_may_be_pausable(spoil: Spoil, clock: str) -> None:
    header = f"[clocks.{clock}]\n"
    assert check(spoil(header, header + "pausable = true\n")) == []


@pytest.mark.parametrize("condition", ["tier", "priority", "channel", "rung"])
def test_empty_condition_of_a_target_is_a_mistake_of_its_own(spoil: Spoil, condition: str) -> None:
    mistake = only(check(spoil('channel = ["chat", "phone"]', f"{condition} = []")))
    assert mistake.key == f"clocks.first_response.targets[0].{condition}"
    assert mistake.problem == f"is empty, so any {condition} would do"
    assert mistake.remedy == f"leave the condition out, or name a {condition}"


@pytest.mark.parametrize("condition", ["source", "product", "issue", "channel", "tier"])
def test_empty_condition_of_a_rule_is_a_mistake_of_its_own(spoil: Spoil, condition: str) -> None:
    path = spoil('when = { product = ["*card*"], issue = ["*fraud*"] }', f"when = {{ {condition} = [] }}")
    mistake = only(check(path))
    assert mistake.key == f"triage[0].when.{condition}"
    assert "leave the condition out, or name a" in mistake.remedy


def test_answer_may_not_be_promised_sooner_than_its_specialist_must_give_it(spoil: Spoil) -> None:
    targets = """
[[clocks.hand_off.targets]]
within = "2h"
priority = ["P1"]

[[clocks.hand_off.targets]]
within = "5h"
tier = ["gold"]

[[clocks.answer.targets]]
within = "1h"
priority = ["P1"]

[[clocks.answer.targets]]
within = "30m"
tier = ["standard"]
"""
    # Two hours are kept for a P1; five are not for gold, whose specialists have nine in all.
    mistake = only(check(spoil("[[triage]]", f"{targets}\n[[triage]]")))
    assert (mistake.key, mistake.problem) == (
        "clocks.hand_off.targets[1].within",
        "a specialist may take 9h to accept and answer, which is longer",
    )
    assert mistake.remedy == "write 9h or more, or give clocks.accept and clocks.answer less"


def test_breach_of_a_hand_off_may_climb_or_alert(spoil: Spoil) -> None:
    header = "[clocks.hand_off]\n"
    assert [check(spoil(header, f'{header}on_breach = "{to}"\n')) for to in ("up", "beside", "alert")] == [[], [], []]


def test_empty_condition_is_told_beside_what_else_is_wrong_with_its_row(spoil: Spoil) -> None:
    path = spoil('within = "15m"\nchannel = ["chat", "phone"]', 'within = "15"\nchannel = []')
    assert {mistake.key for mistake in check(path)} == {
        "clocks.first_response.targets[0].within",
        "clocks.first_response.targets[0].channel",
    }


def test_single_table_where_a_list_of_tables_belongs_is_shown_its_header(tmp_path: Path) -> None:
    path = tmp_path / "single.toml"
    path.write_text(
        GOOD.replace("[[clocks.first_response.targets]]", "[clocks.first_response.targets]", 1).replace(
            '[[clocks.first_response.targets]]\nwithin = "3h"\ntier = ["gold"]', ""
        )
    )
    mistake = only(check(path))
    assert mistake.key == "clocks.first_response.targets"
    assert "[[clocks.first_response.targets]]" in mistake.remedy


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
