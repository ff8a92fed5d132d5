from __future__ import annotations

import tomllib
from datetime import timedelta

import pytest

from cases.words import Channel, ClockName, Priority, Rung
from policies import load, restore, schema
from policies.form import PROMISED, like
from policies.spans import in_words, span
from tests.policies.conftest import GOOD, Spoil
from tests.samples import complaint


def test_first_rule_that_fits_chooses(spoil: Spoil) -> None:
    plan = load(spoil()).plan(complaint(product="Credit card", issue="Fraud or scam"))
    assert (plan.team, plan.rung, plan.priority, plan.rule) == ("cards", Rung.AGENT, Priority.P1, "fraud")


def test_later_rule_chooses_when_the_first_does_not_fit(spoil: Spoil) -> None:
    plan = load(spoil()).plan(complaint(product="PREPAID CARD", issue=None))
    assert (plan.priority, plan.rule) == (Priority.P3, "cards")


def test_default_chooses_what_no_rule_fits(spoil: Spoil) -> None:
    plan = load(spoil()).plan(complaint(product="Mortgage"))
    assert (plan.team, plan.priority, plan.rule) == ("general", Priority.P4, None)


def test_rule_on_the_issue_does_not_fit_a_complaint_without_one(spoil: Spoil) -> None:
    assert load(spoil()).plan(complaint(product="card", issue=None)).rule == "cards"


def test_tier_is_spelled_as_the_policy_spells_it(spoil: Spoil) -> None:
    plan = load(spoil()).plan(complaint(tier="GOLD"))
    assert plan.tier == "gold"


def test_unknown_tier_is_kept_and_fits_nothing(spoil: Spoil) -> None:
    plan = load(spoil()).plan(complaint(tier="iron"))
    assert plan.tier == "iron"


def test_language_is_the_complaints_else_the_policys(spoil: Spoil) -> None:
    policy = load(spoil('name = "small"', 'name = "small"\nlanguage = "de"'))
    assert policy.plan(complaint(language="fr")).language == "fr"
    assert policy.plan(complaint()).language == "de"


def test_terms_hold_what_is_written(spoil: Spoil) -> None:
    terms = load(spoil()).terms
    clock = terms.clocks[ClockName.FIRST_RESPONSE]
    assert clock.default == timedelta(hours=6)
    assert clock.warn_at == (0.5, 0.75)
    assert clock.targets[0].within == timedelta(minutes=15)
    assert clock.targets[0].channel == (Channel.CHAT, Channel.PHONE)
    assert terms.clocks[ClockName.RESOLUTION].pausable
    assert terms.clocks[ClockName.REOPEN_WINDOW].default == timedelta(weeks=8)
    assert terms.guards.cool_down == timedelta(hours=1)
    assert terms.guards.offers_beside == 1


def test_every_clock_of_a_case_has_terms() -> None:
    assert set(PROMISED) == set(ClockName) - {ClockName.ALERT_REPEAT, ClockName.SAFETY, ClockName.STATUTORY}


def test_terms_are_pinned_by_the_hash_of_the_content(spoil: Spoil) -> None:
    policy = load(spoil())
    assert policy.terms.policy_hash == policy.hash
    assert len(policy.hash) == 16


def test_comments_and_spelling_make_no_other_policy(spoil: Spoil) -> None:
    first = load(spoil()).hash
    assert load(spoil('default = "1h"', 'default = "60m" # an hour')).hash == first


def test_another_figure_makes_another_policy(spoil: Spoil) -> None:
    first = load(spoil()).hash
    assert load(spoil('"6h"', '"5h"')).hash != first


def test_order_of_rules_is_content(spoil: Spoil) -> None:
    first = load(spoil()).hash
    swapped = spoil('when = { product = ["*card*"], issue = ["*fraud*"] }', 'when = { product = ["*loan*"] }')
    assert load(swapped).hash != first


def test_kept_content_gives_the_same_policy_again(spoil: Spoil) -> None:
    policy = load(spoil())
    again = restore(policy.content)
    assert again.hash == policy.hash
    assert again.terms == policy.terms
    assert again.plan(complaint()) == policy.plan(complaint())


def test_schema_describes_every_key_of_a_file() -> None:
    properties = schema()["properties"]
    assert set(tomllib.loads(GOOD)) <= set(properties)
    assert schema()["$defs"]["ClockForm"]["properties"]["default"]["anyOf"][0]["type"] == "string"


@pytest.mark.parametrize(
    ("text", "pattern", "fits"),
    [
        ("Credit card", "*CARD*", True),
        ("Credit card", "card", False),
        ("Debt (all)", "debt (*", True),
        ("a\nb", "a*b", True),
        ("STRASSE", "straße", True),
        ("", "*", True),
    ],
)
def test_star_stands_for_anything(text: str, pattern: str, fits: bool) -> None:
    assert like(text, pattern) is fits


@pytest.mark.parametrize("text", ["1s", "90s", "1m30s", "15m", "6h", "1h30m", "3d", "8w", "1.5s", "10d12h", "3650d"])
def test_written_lengths_are_read_back(text: str) -> None:
    assert span(in_words(span(text))) == span(text)
