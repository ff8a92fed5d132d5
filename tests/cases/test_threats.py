"""Threats: to a manager at once, and a decision that is recorded."""

from __future__ import annotations

import pytest

from cases.events import Actor, Code
from cases.words import ClockName, ClockState, ClosedAs, Reason, Rung, SafetyDecision, Status
from tests.cases.misbehaving import alert, conduct, threatened
from tests.samples import (
    ANA,
    BEN,
    CUSTOMER,
    EVA,
    HOUR,
    LIA,
    MAX,
    OPERATOR,
    SHOP,
    SUE,
    Played,
    attempted,
    claimed,
    climbed,
    closed,
    plan,
    refused,
    resolved,
    waiting,
)


def test_a_threat_goes_to_a_manager_at_once_without_a_warning_or_an_attempt() -> None:
    play = threatened()
    assert play.offered == (Rung.MANAGER, (Reason.THREAT,))
    assert alert(play, "threat_reported").rung is Rung.MANAGER
    assert play.messages[-1] == "escalated.threat"
    assert play.alerts.index("threat_reported") < len(play.alerts)
    assert [one.text for one in conduct(play).undecided] == ["He knows where our people park."]


def test_a_threat_knows_no_cool_down() -> None:
    play = claimed()
    play.do("attempt", ANA, text="Called.", outcome="nobody there")
    play.do("escalate", ANA, reason="irate")
    threatened(play)
    assert play.offered == (Rung.MANAGER, (Reason.IRATE, Reason.THREAT))


def test_a_threat_to_a_manager_is_an_alert_and_no_offer() -> None:
    play = climbed()
    play.do("attempt", SUE, text="Called.", outcome="nobody there")
    play.wait(HOUR)
    play.do("escalate", SUE, reason="attempts_failed")
    play.do("claim", MAX)
    threatened(play, MAX)
    assert play.view.offer is None
    assert alert(play, "threat_reported").person == "max"
    assert play.messages[-1] == "taken_up"


def test_a_threat_after_closing_alerts_and_waits_for_a_decision() -> None:
    play = threatened(closed())
    assert play.view.status is Status.CLOSED
    assert play.view.offer is None
    play.do("decide_safety", MAX, decision="end", text="Nobody answers him any more.")
    assert not conduct(play).undecided
    assert play.view.closed_as is ClosedAs.ACCEPTED


def test_a_threat_in_an_answer_to_a_resolution_keeps_it_from_lapsing_until_a_manager_has_the_case() -> None:
    play = threatened(resolved())
    assert play.clock(ClockName.CONFIRM).state is ClockState.PAUSED
    play.do("claim", MAX)
    assert play.view.status is Status.OPEN


def test_a_decision_on_a_resolved_case_lets_its_confirmation_go_on_when_nothing_is_offered() -> None:
    play = threatened(resolved())
    play.do("de_escalate", MAX, reason="Ana can finish it.")
    play.do("decide_safety", MAX, decision="continue", text="Hot air.")
    assert play.clock(ClockName.CONFIRM).state is ClockState.RUNNING


def test_a_threat_is_reported_while_the_customer_is_waited_for() -> None:
    assert threatened(waiting()).view.status is Status.WAITING_CUSTOMER


def test_no_one_of_another_line_reports_a_threat() -> None:
    with refused(Code.NOT_OWNER):
        threatened(by=LIA)


def test_a_peer_who_took_the_call_reports_a_threat() -> None:
    assert threatened(by=BEN).offered == (Rung.MANAGER, (Reason.THREAT,))


def test_a_threat_in_a_case_that_nobody_has_claimed_is_reported() -> None:
    assert threatened(Played(plan()), by=BEN).offered == (Rung.MANAGER, (Reason.THREAT,))


def test_whoever_is_asked_about_a_case_reports_a_threat() -> None:
    play = claimed()
    play.do("transfer", ANA, to={"person": "lia", "rung": "agent", "teams": ["cards"]})
    assert threatened(play, by=LIA).offered[0] is Rung.MANAGER


def test_contact_that_goes_on_needs_no_manager_to_take_the_case_up() -> None:
    play = threatened()
    play.do("decide_safety", MAX, decision="continue", text="Hot air.")
    assert play.view.offer is None
    assert play.view.owner.person == "ana"
    play.wait(3 * HOUR)
    assert "escalated.not_acknowledged" not in play.messages


def test_an_offer_that_has_climbed_for_a_threat_only_ends_with_it() -> None:
    play = threatened()
    play.wait(2 * HOUR)
    assert play.offered == (Rung.EXECUTIVE, (Reason.THREAT, Reason.NOT_ACKNOWLEDGED))
    play.do("decide_safety", MAX, decision="continue", text="Hot air.")
    assert play.view.offer is None


def test_what_else_it_is_offered_for_stands() -> None:
    play = attempted()
    play.do("escalate", ANA, reason="irate")
    threatened(play)
    play.do("decide_safety", MAX, decision="continue", text="Hot air.")
    assert play.offered == (Rung.MANAGER, (Reason.IRATE,))


def test_nobody_gives_a_threat_as_a_reason_by_hand() -> None:
    with refused(Code.NOT_VOLUNTARY):
        claimed().do("escalate", ANA, reason="threat")


@pytest.mark.parametrize("decision", SafetyDecision)
def test_what_a_manager_decided_is_recorded_and_nothing_awaits_a_decision(decision: SafetyDecision) -> None:
    play = threatened()
    play.do("decide_safety", MAX, decision=decision, text="As agreed with the guards.")
    assert [(one.decision, one.by) for one in conduct(play).decisions] == [(decision, "max")]
    assert not conduct(play).undecided
    assert play.alerts[-1] == "safety_decided"
    assert (play.view.closed_as is ClosedAs.CONTACT_ENDED) == (decision is SafetyDecision.END)


def test_one_decision_is_on_all_threats_so_far_and_a_new_one_awaits_another() -> None:
    play = threatened(threatened())
    play.do("decide_safety", EVA, decision="continue", text="Hot air.")
    assert not conduct(play).undecided
    assert len(conduct(threatened(play)).undecided) == 1


@pytest.mark.parametrize(("by", "code"), [(ANA, Code.RUNG_TOO_LOW), (SUE, Code.RUNG_TOO_LOW), (SHOP, Code.WRONG_ROLE)])
def test_below_a_manager_nobody_decides_on_safety(by: Actor, code: Code) -> None:
    with refused(code):
        threatened().do("decide_safety", by, decision="continue", text="Hot air.")


def test_a_manager_of_another_line_decides_on_nobodys_safety() -> None:
    with refused(Code.NOT_QUALIFIED):
        threatened().do("decide_safety", MAX.model_copy(update={"teams": ("loans",)}), decision="end", text="Enough.")


@pytest.mark.parametrize("by", [SHOP, CUSTOMER, OPERATOR], ids=lambda actor: actor.id)
def test_a_threat_is_reported_by_the_people_of_the_ladder(by: Actor) -> None:
    with refused(Code.WRONG_ROLE):
        threatened(by=by)


def test_a_threat_joins_an_offer_that_a_manager_has_already() -> None:
    play = climbed()
    play.do("attempt", SUE, text="Called.", outcome="nobody there")
    play.wait(HOUR)
    play.do("escalate", SUE, reason="attempts_failed")
    threatened(play, SUE)
    assert play.offered == (Rung.MANAGER, (Reason.ATTEMPTS_FAILED, Reason.THREAT))


def test_without_a_threat_there_is_nothing_to_decide() -> None:
    with refused(Code.NO_THREAT):
        claimed().do("decide_safety", MAX, decision="continue", text="Hot air.")


def test_of_two_managers_who_decide_at_once_one_wins() -> None:
    play = threatened()
    play.do("decide_safety", MAX, decision="police", text="Reported.")
    with refused(Code.NO_THREAT):
        play.do("decide_safety", EVA, decision="continue", text="Hot air.")


def test_a_threat_is_not_resolved_away_unless_it_is_said_why() -> None:
    play = threatened()
    with refused(Code.THREAT_UNDECIDED):
        play.do("resolve", ANA, text="Money back.")
    play.do("resolve", ANA, text="Money back.", despite="the guards have it")
    assert play.view.status is Status.RESOLVED
    assert conduct(play).undecided


def test_who_kept_threatening_fills_no_case() -> None:
    play = claimed()
    for number in range(30):
        play.do("report_threat", ANA, text=f"Threat {number}: {'x' * 5000}")
    assert len(conduct(play).threats) == 5
    assert all(len(threat.text) <= 2000 for threat in conduct(play).threats)
