"""Which reasons pass over rungs, and what is not taken by signal: what a policy may say, and what it means unsaid."""

from __future__ import annotations

import pytest

from cases.plan import REFUSED_BY_SIGNAL, STRAIGHT_TO
from cases.words import Reason, Rung
from policies import check, load
from tests.policies.conftest import Spoil

SIGNALS = '[signals]\nrefused = ["note", "decide_safety"]\n\n[clocks.acknowledge]'
REVIEW = '[clocks.review]\ndefault = "5d"\n'


def test_a_policy_that_says_nothing_means_what_is_usual_and_keeps_its_hash(spoil: Spoil) -> None:
    policy = load(spoil())
    assert policy.terms.guards.straight_to == STRAIGHT_TO
    assert policy.terms.refused_by_signal == REFUSED_BY_SIGNAL
    assert "straight_to" not in policy.content
    assert "signals" not in policy.content
    assert "review" not in policy.content


def test_a_policy_may_say_both(spoil: Spoil) -> None:
    assert load(spoil("[clocks.acknowledge]", SIGNALS)).terms.refused_by_signal == ("note", "decide_safety")
    guards = load(spoil("[guards]", '[guards]\nstraight_to = { abuse = "supervisor" }')).terms.guards
    assert guards.straight_to == {**STRAIGHT_TO, Reason.ABUSE: Rung.SUPERVISOR}


def test_a_policy_may_take_everything_by_signal(spoil: Spoil) -> None:
    path = spoil("[clocks.acknowledge]", "[signals]\nrefused = []\n\n[clocks.acknowledge]")
    assert check(path) == []
    assert load(path).terms.refused_by_signal == ()


@pytest.mark.parametrize(
    ("old", "new", "key", "problem", "remedy"),
    [
        ("[guards]", "[guards]\nstraight_to = { threat = 'agent' }", "guards.straight_to.threat", "waits", "executive"),
        ('"decide_safety"]', '"decide_safty"]', "signals.refused[1]", "unknown kind", "'decide_safety'"),
        ('"decide_safety"]', '"hand_off_neglected"]', "signals.refused[1]", "unknown kind", "'hand_off'"),
        ('"decide_safety"]', '"zzz"]', "signals.refused[1]", "unknown kind", "name a kind"),
        ("refused =", "refuse =", "signals.refuse", "unknown key", "'refused'"),
        ("[clocks.redirect]", REVIEW + "pausable = true\n[clocks.redirect]", "clocks.review.pausable", "", "delete"),
        ("[clocks.redirect]", REVIEW + "on_breach = 'up'\n[clocks.redirect]", "clocks.review.on_breach", "", "alerted"),
    ],
)  # fmt: skip
def test_each_mistake_names_key_and_remedy(
    spoil: Spoil, old: str, new: str, key: str, problem: str, remedy: str
) -> None:
    path = spoil("[clocks.acknowledge]", SIGNALS)
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    found = [mistake for mistake in check(path) if mistake.key == key]
    assert found, check(path)
    assert problem in found[0].problem
    assert remedy in found[0].remedy
