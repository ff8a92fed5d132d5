"""A threat until it is decided on: no end of the case, and nobody's silence, makes it go away."""

from __future__ import annotations

from uuid import uuid4

import pytest

from cases.case import Case
from cases.effects import AlertStaff, CorrectTerms
from cases.events import SYSTEM, Actor, Code
from cases.outcomes import Corrected
from cases.words import ClockName, ClockState, ClosedAs, Reason, Rung, SafetyDecision, Status, WaitingOn
from tests.cases.misbehaving import conduct, threatened
from tests.samples import (
    ANA,
    CUSTOMER,
    DAY,
    GUARDS,
    HOUR,
    MAX,
    MINUTE,
    OPERATOR,
    SHOP,
    SUE,
    Played,
    claimed,
    closed,
    plan,
    refused,
    resolved,
    terms,
    waiting,
)

SAFETY = ClockName.SAFETY
OLDER = plan(terms(GUARDS.model_copy(update={"threat_repeat": None})))
"""Terms of before threats were watched."""


def managed(play: Played | None = None) -> Played:
    """A case that a manager has claimed from Ana."""
    play = play or claimed()
    play.do("claim", MAX)
    return play


def decided(play: Played, decision: SafetyDecision = SafetyDecision.CONTINUE) -> Played:
    """Max has decided on what was reported."""
    play.do("decide_safety", MAX, decision=decision, text="Looked into.")
    return play


def reminded(play: Played) -> list[Rung]:
    """The rungs that were alerted once more, in order."""
    return [one.rung for one in play.effects if isinstance(one, AlertStaff) and one.template == "threat_undecided"]


# whoever may decide hears of it until they do


def test_everybody_who_may_decide_is_alerted_again_and_again_until_somebody_does() -> None:
    play = managed(threatened())
    play.wait(2 * HOUR)
    assert reminded(play) == [Rung.MANAGER, Rung.EXECUTIVE] * 2
    decided(play)
    play.wait(DAY)
    assert len(reminded(play)) == 4
    assert play.clock(SAFETY).state is ClockState.FULFILLED


def test_each_alert_about_a_threat_that_nobody_decided_on_has_an_entry_that_explains_it() -> None:
    play = threatened()
    play.wait(HOUR)
    entry = next(one for one in play.case.timeline() if one.kind == "threat_undecided")
    assert "awaits a decision" in entry.text
    assert entry.data["clocks"][0]["mark"] == "start"


def test_a_further_threat_does_not_put_the_alert_off() -> None:
    play = threatened()
    play.wait(50 * MINUTE)
    threatened(play)
    play.wait(10 * MINUTE)
    assert reminded(play)


def test_waiting_for_the_customer_does_not_silence_the_alert() -> None:
    play = threatened(waiting())
    play.wait(HOUR)
    assert reminded(play)


def test_another_priority_does_not_silence_the_alert() -> None:
    play = threatened()
    play.do("set_priority", ANA, priority="P1", reason="It hurts.")
    play.wait(HOUR)
    assert reminded(play)


def test_a_decision_ends_the_alerts_and_a_new_threat_begins_them_anew() -> None:
    play = threatened(decided(managed(threatened())), MAX)
    play.wait(HOUR)
    assert len(reminded(play)) == 2


def test_a_restored_case_still_alerts() -> None:
    play = threatened()
    play.case = Case.restore(play.case.snapshot())
    play.wait(HOUR)
    assert reminded(play)


# how the case may end, and what that leaves


@pytest.mark.parametrize("closed_as", [ClosedAs.WITHDRAWN, ClosedAs.CONTACT_ENDED, ClosedAs.ACCEPTED])
def test_an_end_that_decides_nothing_leaves_the_threat_to_be_decided_on(closed_as: ClosedAs) -> None:
    play = claimed()
    if closed_as is ClosedAs.WITHDRAWN:
        threatened(play).do("withdraw", CUSTOMER)
    elif closed_as is ClosedAs.CONTACT_ENDED:
        for _ in range(2):
            play.do("warn", ANA, text="Please.")
        threatened(play).do("end_contact", ANA, text="Enough.")
    else:
        threatened(play).do("resolve", ANA, text="Money back.", despite="the guards have it")
        play.do("accept_resolution", CUSTOMER)
    assert (play.view.closed_as, play.view.waiting_on) == (closed_as, WaitingOn.APPROVAL)
    play.wait(20 * DAY)
    assert play.view.status is Status.CLOSED
    before = len(reminded(play))
    play.wait(HOUR)
    assert len(reminded(play)) == before + 2
    decided(play)
    assert play.view.status is Status.ARCHIVED


def test_a_customers_silence_decides_on_no_threat() -> None:
    play = claimed()
    play.do("report_threat", ANA, text="He waits outside.")
    play.do("resolve", ANA, text="Money back.", despite="the guards have it")
    play.wait(30 * DAY)
    assert (play.view.status, play.view.waiting_on) == (Status.RESOLVED, WaitingOn.APPROVAL)
    decided(play)
    assert play.view.waiting_on is WaitingOn.CUSTOMER
    play.wait(30 * DAY)
    assert (play.view.closed_as, play.view.status) == (ClosedAs.UNCONFIRMED, Status.ARCHIVED)


def test_a_decision_within_the_time_to_reopen_leaves_that_time_to_the_customer() -> None:
    play = threatened(closed())
    play.wait(DAY)
    decided(play)
    assert play.view.status is Status.CLOSED
    play.wait(14 * DAY)
    assert play.view.status is Status.ARCHIVED


def test_a_manager_decides_before_closing_and_hears_so() -> None:
    play = threatened()
    with refused(Code.THREAT_UNDECIDED) as caught:
        play.do("close", MAX, reason="Settled.")
    assert "`decide_safety`" in caught.value.sentence
    assert "close" not in play.case.view(play.now, MAX).allowed
    decided(play)
    play.do("close", MAX, reason="Settled.")
    assert play.view.closed_as is ClosedAs.BY_MANAGER


def test_deciding_to_end_contact_is_the_decision_and_the_end_in_one() -> None:
    play = decided(threatened(), SafetyDecision.END)
    assert play.view.closed_as is ClosedAs.CONTACT_ENDED
    play.wait(15 * DAY)
    assert play.view.status is Status.ARCHIVED


def test_a_reopened_case_still_awaits_the_decision() -> None:
    play = threatened()
    play.do("withdraw", CUSTOMER)
    play.do("message", CUSTOMER, text="Not so fast.")
    assert play.view.waiting_on is WaitingOn.OFFER
    managed(play)
    assert play.view.waiting_on is WaitingOn.APPROVAL
    play.wait(HOUR)
    assert reminded(play)


def reopened(by: Actor, kind: str, **fields: str) -> Played:
    """The case of a threat, accepted, and taken up again by somebody."""
    play = resolved()
    threatened(play)
    play.do("accept_resolution", CUSTOMER)
    play.do(kind, by, **fields)
    return play


def test_a_reopened_case_is_offered_to_those_who_have_not_decided() -> None:
    play = reopened(CUSTOMER, "message", text="I am back.")
    assert play.offered == (Rung.MANAGER, (Reason.REOPENED, Reason.THREAT))


def test_an_owner_who_reopens_it_does_not_keep_it_from_them() -> None:
    play = reopened(ANA, "reopen")
    assert play.offered == (Rung.MANAGER, (Reason.THREAT,))


def test_a_manager_who_reopens_their_own_is_offered_nothing() -> None:
    play = threatened(managed())
    play.do("withdraw", CUSTOMER)
    play.do("reopen", MAX)
    assert play.view.offer is None


# whose move it is


def test_an_offer_is_waited_for_first_and_then_the_decision_and_then_the_owner() -> None:
    play = threatened()
    assert play.view.waiting_on is WaitingOn.OFFER
    managed(play)
    assert play.view.waiting_on is WaitingOn.APPROVAL
    decided(play)
    assert play.view.waiting_on is WaitingOn.OWNER


def test_a_threat_that_was_sent_back_down_still_awaits_its_decision() -> None:
    play = threatened()
    play.do("de_escalate", MAX, reason="Ana can finish it.")
    assert play.view.waiting_on is WaitingOn.APPROVAL
    play.wait(HOUR)
    assert reminded(play)


# the wait for a confirmation


def test_a_resolved_case_that_a_manager_has_does_not_lapse_in_the_middle_of_a_threat() -> None:
    play = managed()
    play.do("resolve", MAX, text="Money back.")
    threatened(play, MAX)
    assert play.clock(ClockName.CONFIRM).state is ClockState.PAUSED
    play.wait(30 * DAY)
    assert play.view.status is Status.RESOLVED
    decided(play)
    assert play.clock(ClockName.CONFIRM).state is ClockState.RUNNING
    play.wait(7 * DAY)
    assert play.view.closed_as is ClosedAs.UNCONFIRMED


def test_an_offer_that_is_sent_back_does_not_let_the_confirmation_go_on_before_the_decision() -> None:
    play = threatened(resolved())
    play.do("de_escalate", MAX, reason="Ana can finish it.")
    assert play.clock(ClockName.CONFIRM).state is ClockState.PAUSED


# older cases


def test_a_case_that_was_planned_before_threats_were_watched_ends_as_it_did() -> None:
    play = threatened(claimed(OLDER))
    play.do("close", MAX, reason="Settled.")
    assert play.view.waiting_on is WaitingOn.NOBODY
    play.wait(15 * DAY)
    assert play.view.status is Status.ARCHIVED
    assert conduct(play).undecided
    assert not reminded(play)


def test_below_a_manager_nobody_ends_the_alerts() -> None:
    play = threatened()
    with refused(Code.RUNG_TOO_LOW):
        play.do("decide_safety", SUE, decision="continue", text="Hot air.")
    play.wait(HOUR)
    assert reminded(play)


def test_neither_the_customer_nor_who_speaks_for_them_sees_that_a_threat_is_watched() -> None:
    play = threatened()
    assert SAFETY in {clock.name for clock in play.case.view(play.now, ANA).clocks}
    for by in (CUSTOMER, SHOP):
        assert SAFETY not in {clock.name for clock in play.case.view(play.now, by).clocks}


def test_corrected_terms_that_watch_threats_reach_an_older_case() -> None:
    play = threatened(claimed(OLDER))
    play.do("correct", OPERATOR, reason="Threats are to be watched.")
    errand = [effect for effect in play.effects if isinstance(effect, CorrectTerms)][-1]
    newer = terms().model_copy(update={"policy_hash": "c0ffee"})
    play.happen(Corrected(id=uuid4(), by=SYSTEM, effect=errand.id, terms=newer))
    play.wait(HOUR)
    assert reminded(play)
