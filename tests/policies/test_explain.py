from __future__ import annotations

from cases.words import Channel, ClockName
from policies import explain, load
from tests.policies.conftest import Spoil
from tests.samples import complaint


def test_says_why_each_earlier_rule_did_not_fit(spoil: Spoil) -> None:
    explained = explain(load(spoil()), complaint(product="Credit card", issue="Late fee"))
    assert explained.chosen_by == "triage[1]"
    assert [rule.name for rule in explained.tried] == ["fraud", "cards"]
    assert explained.tried[0].misfits == ("issue is 'Late fee', not '*fraud*'",)
    assert explained.tried[1].misfits == ()


def test_says_when_the_default_chose(spoil: Spoil) -> None:
    explained = explain(load(spoil()), complaint(product="Mortgage", issue=None))
    assert explained.chosen_by == "triage_default"
    assert "no issue was given" in explained.tried[0].misfits


def test_names_the_target_that_each_clock_gets(spoil: Spoil) -> None:
    explained = explain(load(spoil()), complaint(channel=Channel.CHAT, tier="Gold"))
    clocks = {clock.clock: clock for clock in explained.clocks}
    first = clocks[ClockName.FIRST_RESPONSE]
    assert (first.within, first.given_by) == ("15m", "clocks.first_response.targets[0]")
    assert clocks[ClockName.RESOLUTION].given_by == "clocks.resolution.default"
    assert not clocks[ClockName.RESOLUTION].gap


def test_says_when_targets_leave_a_gap(spoil: Spoil) -> None:
    explained = explain(load(spoil()), complaint(channel=Channel.LETTER))
    clocks = {clock.clock: clock for clock in explained.clocks}
    assert clocks[ClockName.FIRST_RESPONSE].gap


def test_reads_as_lines(spoil: Spoil) -> None:
    text = "\n".join(explain(load(spoil()), complaint(tier="gold")).lines())
    assert "triage[1] chose team cards, rung agent, priority P3" in text
    assert "first_response: 3h by clocks.first_response.targets[1], warns after 50% and 75%" in text
