"""What a policy may say of customers' words, what is wrong with it, and how right the shipped rules are."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.suggestions import YARDSTICK, by_verdicts, read, rules, sample, suggested, verdicts
from cases.words import Suggested
from policies import check, explain, load, restore
from tests.policies.conftest import Spoil
from tests.policies.test_check import only
from tests.samples import complaint

SHARED = Path(__file__).parents[3] / "shared/data/cfpb/escalation_sentences_dev.jsonl.gz"
FOLDER = Path(__file__).parents[2] / "policies"

READS = """
[suggestions.legal_step]
words = ["my lawyer", "sue you"]
unless = ["closing"]
escalates = true

[triage_default]"""


def test_rules_are_pinned_in_the_plan(spoil: Spoil) -> None:
    (rule,) = load(spoil("[triage_default]", READS)).plan(complaint()).terms.suggestions
    assert (rule.reason, rule.words, rule.unless) == (Suggested.LEGAL_STEP, ("my lawyer", "sue you"), ("closing",))
    assert rule.escalates


def test_a_policy_without_rules_keeps_its_hash_and_one_with_rules_is_restored(spoil: Spoil) -> None:
    assert "suggestions" not in load(spoil("", "")).content
    reading = load(spoil("[triage_default]", READS))
    assert restore(reading.content).hash == reading.hash


@pytest.mark.parametrize(
    ("old", "new", "key", "problem", "remedy"),
    [
        ('"my lawyer"', '"my (lawyer"', "suggestions.legal_step.words[0]", "is no phrase", "is no word"),
        ('"my lawyer"', '"my lawyer?"', "suggestions.legal_step.words[0]", "is no phrase", "must be there"),
        ('["closing"]', '"closing"', "suggestions.legal_step.unless", "not a list", 'unless = ["closing"]'),
        ('words = ["my lawyer", "sue you"]', "", "suggestions.legal_step", "looks for nothing", "add words"),
        ("escalates = true", 'escalates = "yes"', "suggestions.legal_step.escalates", "neither true nor", "write true"),
        ("escalates = true", "earlier_cases = 0", "suggestions.legal_step.earlier_cases", "out of range", "1"),
        ("legal_step]", "legal_steps]", "suggestions.legal_steps", "unknown key", "did you mean 'legal_step'?"),
    ],
)
def test_each_mistake_names_its_key_and_remedy(
    spoil: Spoil, old: str, new: str, key: str, problem: str, remedy: str
) -> None:
    mistake = only(check(spoil("[triage_default]", READS.replace(old, new))))
    assert mistake.key == key
    assert problem in mistake.problem
    assert remedy in mistake.remedy


# triage by words

WHEN = 'when = { product = ["*card*"], issue = ["*fraud*"] }'


def test_triage_may_go_by_words(spoil: Spoil) -> None:
    policy = load(spoil(WHEN, 'when = { words = ["power of attorney"] }'))
    assert policy.plan(complaint(text="She has power of attorney.")).rule == "fraud"
    assert policy.plan(complaint(text="She has power.")).rule != "fraud"


def test_why_words_did_not_fit_is_explained(spoil: Spoil) -> None:
    policy = load(spoil(WHEN, 'when = { words = ["power of attorney"] }'))
    assert policy.form.triage[0].when.misfits(complaint()) == ["the customer does not say 'power of attorney'"]


def test_a_rule_that_asks_for_words_hides_no_rule_that_does_not(spoil: Spoil) -> None:
    assert check(spoil(WHEN, 'when = { words = ["power of attorney"] }')) == []


def test_an_earlier_rule_with_the_same_words_hides_a_narrower_one(spoil: Spoil) -> None:
    both = """when = { words = ["power of attorney", "guardian"] }
team = "cards"

[[triage]]
name = "hidden"
when = { words = ["guardian"], product = ["*card*"] }"""
    mistake = only(check(spoil(WHEN, both)))
    assert (mistake.key, mistake.remedy) == ("triage[1]", "move this rule up, or delete it")


def test_a_rule_may_start_a_case_higher(spoil: Spoil) -> None:
    policy = load(spoil(f"{WHEN}", 'when = { words = ["power of attorney"] }\nrung = "manager"'))
    assert policy.plan(complaint(text="She has power of attorney.")).needs_attention
    assert not policy.plan(complaint(text="She has power.")).needs_attention


def test_an_explanation_says_what_the_words_suggest(spoil: Spoil) -> None:
    explained = explain(load(spoil("[triage_default]", READS)), complaint(text="My lawyer will sue you."))
    (one,) = explained.suggestions
    assert (one.reason, one.words) == (Suggested.LEGAL_STEP, ("My lawyer", "sue you"))
    assert "  suggests legal_step: 'My lawyer', 'sue you', and goes up by itself" in list(explained.lines())


# the shipped rules


@pytest.mark.parametrize(
    ("reason", "text"),
    [
        (Suggested.ASKS_FOR_MANAGER, "I want to talk to your supervisor now."),
        (Suggested.ASKS_FOR_MANAGER, "Please escalate this to a manager!"),
        (Suggested.THREAT, "I know where you live."),
        (Suggested.THREAT, "I will come to your branch and burn it down."),
        (Suggested.THREAT, "I'm going to kill the person who did this, I will hurt you."),
        (Suggested.ABUSE, "You are a bunch of idiots."),
        (Suggested.ABUSE, "Go to hell."),
        (Suggested.LEGAL_STEP, "If I don't hear from you, I will take legal action."),
        (Suggested.LEGAL_STEP, "I shall report this to the ombudsman."),
        (Suggested.VULNERABLE_CUSTOMER, "My husband died in March, and I am on a fixed income."),
        (Suggested.VULNERABLE_CUSTOMER, "I have been diagnosed with cancer."),
        (Suggested.REPEATED_CONTACT, "I have called you five times about this."),
        (Suggested.REPEATED_CONTACT, "This is my third letter."),
    ],
)
@pytest.mark.parametrize("name", ["default", "demo"])
def test_what_plainly_says_so_is_found(name: str, reason: Suggested, text: str) -> None:
    assert reason in suggested(text, load(FOLDER / f"{name}.toml").terms.suggestions)


@pytest.mark.parametrize(
    "text",
    [
        "I spoke to a supervisor, who was kind.",
        "They will take legal action against me.",
        "They threatened to kill me.",
        "The collector called me an idiot and told me to go to hell.",
        "They call me several times a day.",
        "I was charged twice for one order.",
        "The manager will call me back tomorrow.",
    ],
)
def test_what_is_told_of_others_is_not_taken_for_the_customers_own(text: str) -> None:
    found = suggested(text, rules())
    assert not set(found) & {Suggested.THREAT, Suggested.ABUSE, Suggested.LEGAL_STEP, Suggested.REPEATED_CONTACT}


def test_none_of_the_shipped_rules_escalates_by_itself() -> None:
    assert not [rule for rule in rules() if rule.escalates]


LEAST = {
    Suggested.ASKS_FOR_MANAGER: 0.92,
    Suggested.LEGAL_STEP: 0.84,
    Suggested.VULNERABLE_CUSTOMER: 0.76,
    Suggested.REPEATED_CONTACT: 0.85,
}
"""The precision that was measured, less four in a hundred; docs/suggestions.md has the figures."""


def test_the_yardstick_has_two_hundred_verdicts() -> None:
    assert len(verdicts()) == 200
    assert YARDSTICK.exists()


@pytest.mark.skipif(not SHARED.exists(), reason="the shared CFPB sentences are not on this machine")
@pytest.mark.parametrize("reason", LEAST)
def test_the_shipped_rules_are_as_right_as_they_were(reason: Suggested) -> None:
    precision = by_verdicts(read(SHARED), verdicts(), rules())[reason].precision
    assert precision is not None
    assert precision >= LEAST[reason]


@pytest.mark.skipif(not SHARED.exists(), reason="the shared CFPB sentences are not on this machine")
def test_the_same_seed_draws_the_same_sample() -> None:
    known = read(SHARED)[:300]
    drawn = sample(known, rules(), 20, seed=7)
    assert drawn == sample(known, rules(), 20, seed=7)
    assert all(sentence.for_judging for _, sentence in drawn)


@pytest.mark.skipif(not SHARED.exists(), reason="the shared CFPB sentences are not on this machine")
def test_the_page_has_the_figures_that_the_command_prints() -> None:
    command = [sys.executable, "-m", "benchmarks.suggestions", str(SHARED)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60, cwd=FOLDER.parent).stdout
    page = (FOLDER.parent / "docs" / "suggestions.md").read_text(encoding="utf-8")
    for line in printed.splitlines():
        assert line in page
