"""What comes by signal is a claim: the policy lists what is not taken so."""

from __future__ import annotations

from typing import Any

import pytest

from cases.events import Code
from cases.plan import REFUSED_BY_SIGNAL
from cases.words import Via
from tests.samples import ANA, CUSTOMER, MAX, REGIME, Played, claimed, deed, plan, refused, terms

DECISION: dict[str, Any] = {"decision": "police", "text": "Reported."}


def threatened(*refused_by_signal: str) -> Played:
    """A case with a threat, under a policy that refuses these kinds by signal; without any, the sample policy."""
    of = terms()
    play = claimed(plan(of.model_copy(update={"refused_by_signal": refused_by_signal}) if refused_by_signal else of))
    play.do("report_threat", ANA, text="He knows where we park.", via=Via.SIGNAL)
    return play


def test_decisions_about_money_and_safety_are_refused_by_signal_unless_a_policy_says_otherwise() -> None:
    assert REFUSED_BY_SIGNAL == ("decide_remedy", "decide_safety")
    with refused(Code.NOT_BY_SIGNAL) as caught:
        threatened().do("decide_safety", MAX, **DECISION, via=Via.SIGNAL)
    assert "`act`" in caught.value.sentence


@pytest.mark.parametrize("via", [Via.API, Via.UPDATE])
def test_they_are_taken_in_every_other_way(via: Via) -> None:
    threatened().do("decide_safety", MAX, **DECISION, via=via)


def test_a_policy_names_what_is_refused_and_no_more_is() -> None:
    play = threatened("note")
    with refused(Code.NOT_BY_SIGNAL):
        play.do("note", ANA, text="Sounds upset.", via=Via.SIGNAL)
    play.do("decide_safety", MAX, **DECISION, via=Via.SIGNAL)


def test_a_refused_signal_is_on_the_timeline_and_changes_nothing_else() -> None:
    play = threatened()
    signalled = deed("decide_safety", MAX, **DECISION, via=Via.SIGNAL)
    with refused(Code.NOT_BY_SIGNAL) as caught:
        play.happen(signalled)
    play.case.record_refused(signalled, caught.value, play.now)
    entry = play.case.timeline()[-1]
    assert (entry.kind, entry.via, entry.data["code"]) == ("refused", Via.SIGNAL, "not_by_signal")
    assert play.view.conduct
    assert play.view.conduct.undecided


def test_what_waited_for_the_plan_is_looked_at_when_there_is_one() -> None:
    play = Played()
    play.do("message", CUSTOMER, text="Anybody there?", via=Via.SIGNAL)
    play.plan(plan(terms().model_copy(update={"refused_by_signal": ("message",)})))
    assert "message" not in play.kinds
    assert play.case.timeline()[-1].data["code"] == "not_by_signal"


@pytest.mark.parametrize("via", [Via.API, Via.UPDATE])
def test_a_case_with_a_duty_is_called_a_duplicate_by_nobody_unknown(via: Via) -> None:
    same: dict[str, Any] = {"reason": "The same.", "duplicate_of": "shop-abcdefghij"}
    play = claimed(plan(regime=REGIME))
    with refused(Code.NOT_BY_SIGNAL) as caught:
        play.do("close", MAX, **same, via=Via.SIGNAL)
    assert "answered" in caught.value.sentence
    play.do("close", MAX, **same, via=via)
    assert play.stages() == []


def test_without_a_duty_a_signal_may_call_it_one() -> None:
    claimed().do("close", MAX, reason="The same.", duplicate_of="shop-abcdefghij", via=Via.SIGNAL)


def test_with_a_duty_a_signal_may_close_it_otherwise_and_the_duty_stays() -> None:
    play = claimed(plan(regime=REGIME))
    play.do("close", MAX, reason="Settled in court.", via=Via.SIGNAL)
    assert "answered" in play.stages()
