"""`[remedies]` of a policy: what it promises, what is wrong with it, and that it changes no policy without."""

from __future__ import annotations

from decimal import Decimal

import pytest

from cases.words import ClockName, Rung
from policies import check, explain, load, restore
from tests.policies.conftest import Spoil
from tests.samples import DAY, complaint

GRANTING = """
[clocks.approval]
default = "4h"

[remedies]
currency = "GBP"

[remedies.authority.GBP]
agent = "50"
supervisor = 250
executive = "10000.00"

[remedies.authority.JPY]
manager = "50000"

[remedies.limits.GBP]
amount = "2000"
within = "365d"

[clocks.redirect]"""


def test_a_policy_with_remedies_is_good_and_says_who_may_grant_how_much(spoil: Spoil) -> None:
    policy = load(spoil("[clocks.redirect]", GRANTING))
    remedies = policy.terms.remedies
    assert remedies is not None
    pounds, yen = remedies.currencies["GBP"], remedies.currencies["JPY"]
    assert [pounds.of_rung(rung) for rung in Rung] == [0, 50, 250, 250, 10_000]
    assert (pounds.limit, pounds.within, pounds.digits) == (Decimal(2000), 365 * DAY, 2)
    assert (yen.limit, yen.digits) == (None, 0)
    assert ClockName.APPROVAL in policy.terms.clocks
    assert restore(policy.content).terms == policy.terms


def test_a_policy_without_remedies_is_what_it_was(spoil: Spoil) -> None:
    policy = load(spoil())
    assert policy.terms.remedies is None
    assert not {"remedies", "approval"} & {word.strip('"') for word in policy.content.split()}
    assert "remedies" not in policy.content


def test_explaining_a_policy_says_who_may_grant_what(spoil: Spoil) -> None:
    lines = [*explain(load(spoil("[clocks.redirect]", GRANTING)), complaint()).lines()]
    assert "  remedies in GBP: agent 50, supervisor 250, executive 10000.00; 2000 for a customer in 365d" in lines


@pytest.mark.parametrize(
    ("old", "new", "key", "problem", "remedy"),
    [
        ('agent = "50"', "agent = 50.5", "remedies.authority.GBP.agent", "no exact amount: 50.5", 'such as "49.90"'),
        ('agent = "50"', 'agent = "-1"', "remedies.authority.GBP.agent", "no exact amount: -1", "in quotes"),
        ('agent = "50"', 'agnet = "50"', "remedies.authority.GBP.agnet", "unknown key", "'agent'"),
        (
            'agent = "50"',
            'agent = "300"',
            "remedies.authority.GBP.supervisor",
            "less than at the rung agent",
            "300 or more",
        ),
        ('agent = "50"', 'agent = "0.005"', "remedies.authority.GBP.agent", "more digits than GBP", "with 2 digits"),
        ('"50000"', '"50000.5"', "remedies.authority.JPY.manager", "more digits than JPY", "with no digits"),
        ("authority.JPY", "authority.YEN", "remedies.authority.YEN", "'YEN' is no currency", "'GBP'"),
        ("authority.JPY", "authority.jpy", "remedies.authority.jpy", "'jpy' is no currency", "'JPY'"),
        (
            'currency = "GBP"',
            'currency = "EUR"',
            "remedies.currency",
            "no authority in EUR",
            "[remedies.authority.EUR]",
        ),
        ('currency = "GBP"', "", "remedies.currency", "missing", 'currency = "GBP"'),
        ("limits.GBP", "limits.EUR", "remedies.limits.EUR", "nothing can be granted", "[remedies.authority.EUR]"),
        ('within = "365d"', "", "remedies.limits.GBP.within", "missing", 'within = "365d"'),
        ('within = "365d"', 'within = "1"', "remedies.limits.GBP.within", "not a length of time", "15m"),
        ('[clocks.approval]\ndefault = "4h"', "", "clocks.approval", "missing", "[clocks.approval]"),
        ('default = "4h"', 'default = "4h"\npausable = true', "clocks.approval.pausable", "cannot wait", "delete it"),
        ('manager = "50000"', "", "remedies.authority.JPY", "names no rung", 'agent = "50"'),
    ],
)
def test_a_mistake_is_named_with_its_remedy(
    spoil: Spoil, old: str, new: str, key: str, problem: str, remedy: str
) -> None:
    mistakes = [one for one in check(spoil("[clocks.redirect]", GRANTING, old, new)) if one.key == key]
    assert len(mistakes) == 1
    assert problem in mistakes[0].problem
    assert remedy in mistakes[0].remedy


def test_a_time_to_decide_without_anything_to_decide_is_a_mistake(spoil: Spoil) -> None:
    (mistake,) = check(spoil("[clocks.redirect]", '[clocks.approval]\ndefault = "4h"\n\n[clocks.redirect]'))
    assert (mistake.key, "add [remedies]" in mistake.remedy) == ("clocks.approval", True)
