"""A `[regime]` in a policy file: what it may say, and each mistake with its key and remedy."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from activities import Messages
from cases.effects import TellCustomer
from cases.words import Breach, Channel, Letter
from policies import Mistake, Policy, check, explain, load, restore
from tests.policies.conftest import Spoil
from tests.samples import NOON, complaint

FOLDER = Path(__file__).parents[2] / "policies"
SHIPPED = ("uk-disp", "uk-psd", "us-cfpb")

REGIME = """
[regime]
name = "test"

[regime.calendar]
zone = "Europe/London"
hours = { mon = ["09:00-17:00"], tue = ["09:00-17:00"], wed = ["09:00-17:00"] }

[[regime.stages]]
name = "chance"
business_days = 1
letters = ["summary_resolution"]
optional = true

[[regime.stages]]
name = "answer"
within = "8w"
letters = ["final_response", "holding", "summary_resolution"]
then = { holding = "later" }
warn_at = [0.5, 0.75]
on_breach = "alert"
rule = "Rule 7"

[[regime.stages]]
name = "later"
business_days = 35
letters = ["final_response"]
"""


def written(spoil: Spoil, *changes: str) -> Path:
    """The good policy with the regime above, in which each `old` is replaced by `new`."""
    text = REGIME
    for old, new in zip(changes[::2], changes[1::2], strict=True):
        assert old in text, f"{old!r} is not in the sample"
        text = text.replace(old, new, 1)
    path = spoil()
    path.write_text(path.read_text() + text)
    return path


def only(mistakes: list[Mistake]) -> Mistake:
    assert len(mistakes) == 1, [str(mistake) for mistake in mistakes]
    return mistakes[0]


def test_a_good_regime_has_no_mistakes(spoil: Spoil) -> None:
    assert check(written(spoil)) == []


def test_the_plan_holds_what_is_written(spoil: Spoil) -> None:
    regime = load(written(spoil)).plan(complaint(), NOON).regime
    assert regime
    assert [stage.name for stage in regime.first] == ["chance", "answer"]
    answer = regime.stages[1]
    assert answer.within == timedelta(weeks=8)
    assert answer.then == {Letter.HOLDING: "later"}
    assert answer.on_breach is Breach.ALERT
    assert answer.label == "answer (Rule 7)"
    assert regime.due(regime.stages[0], NOON) == datetime(2026, 3, 3, 17, tzinfo=UTC)


def test_a_policy_without_a_regime_plans_none(spoil: Spoil) -> None:
    assert load(spoil()).plan(complaint()).regime is None


def test_a_policy_without_a_regime_keeps_the_hash_that_it_had_before_there_were_any(spoil: Spoil) -> None:
    assert "regime" not in load(spoil()).content
    assert "customer_silence" not in load(spoil()).content


def test_kept_content_gives_the_same_regime_again(spoil: Spoil) -> None:
    policy = load(written(spoil))
    again = restore(policy.content)
    assert again.hash == policy.hash
    assert again.plan(complaint(), NOON) == policy.plan(complaint(), NOON)


def test_cases_of_a_month_share_one_calendar(spoil: Spoil) -> None:
    policy = load(written(spoil))
    one, other = (policy.plan(complaint(), NOON + timedelta(days=days)).regime for days in (0, 3))
    assert one
    assert other
    assert one.calendar is other.calendar


def test_no_calendar_travels_with_a_regime_that_counts_no_business_days() -> None:
    regime = load(FOLDER / "us-cfpb.toml").plan(complaint(), NOON).regime
    assert regime
    assert regime.calendar is None


@pytest.mark.parametrize("years", [3, 30])
def test_a_complaint_that_was_received_years_ago_is_overdue_and_no_error(spoil: Spoil, years: int) -> None:
    received = NOON - timedelta(days=365 * years)
    regime = load(written(spoil)).plan(complaint(received_at=received), NOON).regime
    assert regime
    assert all(received < regime.due(stage, received) < NOON for stage in regime.stages)


@pytest.mark.parametrize(
    ("old", "new", "key", "problem", "remedy"),
    [
        ('name = "test"', 'name = "Te st"', "regime.name", "does not fit", "must match"),
        ('within = "8w"', 'within = "0s"', "regime.stages[1].within", "too short", "at least 1s"),
        ('within = "8w"', "", "regime.stages[1]", "no deadline", "business_days = 15"),
        ('within = "8w"', 'within = "8w"\nbusiness_days = 3', "regime.stages[1].business_days", "two", "delete this"),
        ("business_days = 35", "business_days = 0", "regime.stages[2].business_days", "out of range", "1"),
        ("business_days = 35", "business_days = 240", "regime.stages[2].business_days", "no 240", "write fewer"),
        ('"holding", ', '"holdng", ', "regime.stages[1].letters[1]", "unknown letters 'holdng'", "'holding'"),
        ('"holding", ', '"holding", "holding", ', "regime.stages[1].letters", "twice", "letters = ["),
        ('name = "later"', 'name = "answer"', "regime.stages[2].name", "stages[1] too", "its own name"),
        ('holding = "later"', 'holding = "latr"', "regime.stages[1].then.holding", "no stage 'latr'", "'later'"),
        ("then = { holding", "then = { in_progress", "regime.stages[1].then.in_progress", "not satisfy", "letters"),
        ("[0.5, 0.75]", "[0.75, 0.5]", "regime.stages[1].warn_at", "do not rise", "[0.5, 0.75]"),
        ('"alert"', '"beside"', "regime.stages[1].on_breach", "unknown on_breach 'beside'", "up, alert"),
        (
            "optional = true",
            'optional = true\non_breach = "alert"',
            "regime.stages[0].on_breach",
            "no effect",
            "delete",
        ),
        (', "summary_resolution"]\nthen', "]\nthen", "regime.stages[0].letters", "satisfies no stage", "stands in for"),
        ("Europe/London", "Europe/Londn", "regime.calendar.zone", "unknown zone", "'Europe/London'"),
        ('"09:00-17:00"], tue', '"09:00-17:00", "10:00-11:00"], tue', "regime.calendar.hours.mon[1]", "", ""),
        ('zone = "Europe/London"', "", "regime.calendar.zone", "missing", "add it"),
    ],
)
def test_each_mistake_is_named_with_key_and_remedy(
    spoil: Spoil, old: str, new: str, key: str, problem: str, remedy: str
) -> None:
    found = check(written(spoil, old, new))
    mistake = next((one for one in found if one.key == key), None)
    assert mistake, [str(one) for one in found]
    assert problem in mistake.problem
    assert remedy in mistake.remedy
    assert len({(one.key, one.problem) for one in found}) == len(found)


def test_business_days_need_a_calendar(spoil: Spoil) -> None:
    calendar = REGIME[REGIME.index("[regime.calendar]") : REGIME.index("[[regime.stages]]")]
    found = check(written(spoil, calendar, ""))
    assert {mistake.key for mistake in found} == {"regime.calendar"}
    assert "[regime.calendar]" in found[0].remedy


def test_a_stage_that_only_opens_itself_is_never_opened(spoil: Spoil) -> None:
    circle = 'letters = ["final_response"]\nthen = { final_response = "later" }'
    mistakes = check(written(spoil, 'then = { holding = "later" }\n', "", 'letters = ["final_response"]\n', circle))
    assert only(mistakes).key == "regime.stages[2]"
    assert "never opened" in only(mistakes).problem


def test_a_regime_without_stages_is_a_mistake(spoil: Spoil) -> None:
    path = spoil()
    path.write_text(path.read_text() + '[regime]\nname = "test"\nstages = []\n')
    assert [mistake.key for mistake in check(path)] == ["regime.stages"]


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_regime_is_good_and_names_a_rule_for_each_stage(name: str) -> None:
    assert check(FOLDER / f"{name}.toml") == []
    regime = load(FOLDER / f"{name}.toml").form.regime
    assert regime
    assert all(stage.rule for stage in regime.stages)


@pytest.mark.parametrize("name", SHIPPED)
def test_every_letter_of_a_shipped_regime_has_words(name: str) -> None:
    for policy, letter in ((load(FOLDER / f"{name}.toml"), letter) for letter in Letter):
        if letter in letters(policy):
            assert "We looked." in told(letter, name)


def letters(policy: Policy) -> set[Letter]:
    """What a policy's regime knows."""
    assert policy.form.regime
    return {letter for stage in policy.form.regime.stages for letter in stage.letters}


def told(letter: str, regime: str) -> str:
    """A letter as a customer in London reads it."""
    notice = TellCustomer(
        id="x:1",
        at=NOON,
        template=f"letter.{letter}.{regime}",
        channel=Channel.LETTER,
        language="en",
        params={
            "name": "Iris",
            "zone": "Europe/London",
            "reference": "order-1042",
            "product": "Card",
            "asks": None,
            "text": "We looked.",
            "received_at": NOON,
            "next_word_by": NOON + timedelta(days=70),
        },
    )
    return Messages().render(notice).text


@pytest.mark.parametrize("regime", ["uk-disp", "uk-psd"])
def test_a_final_response_gives_six_months_to_go_to_the_ombudsman_and_says_how(regime: str) -> None:
    text = told("final_response", regime)
    assert "within six months of the date of this letter" in text
    assert "www.financial-ombudsman.org.uk" in text
    assert "leaflet" in text


def test_a_holding_letter_says_when_more_is_expected_and_that_the_ombudsman_need_not_wait() -> None:
    text = told("holding", "uk-disp")
    assert "not in a position to give you our final response yet" in text
    assert "Monday 11 May 2026, 13:00 BST" in text
    assert "refer your complaint to the Financial Ombudsman Service now" in text


def test_a_summary_resolution_says_that_the_complaint_is_considered_resolved() -> None:
    text = told("summary_resolution", "uk-disp")
    assert "we now consider it resolved" in text
    assert "may be able to refer your complaint to the Financial Ombudsman Service" in text


def test_a_regime_of_ones_own_has_the_general_words() -> None:
    assert "Ombudsman" not in told("final_response", "my-own")
    assert "We looked." in told("final_response", "my-own")


def test_the_stages_are_explained_with_their_paragraphs() -> None:
    lines = list(explain(load(FOLDER / "uk-disp.toml"), complaint()).lines())
    assert "  statutory final_response (DISP 1.6.2R): 8w, is answered by final_response or holding or " in "\n".join(
        lines
    )
    assert "  statutory early_resolution (DISP 1.5.4R): close of business day 3, may be answered by " in "\n".join(
        lines
    )
