"""When a case goes up, how far, and what keeps it from going further: DESIGN 4."""

from __future__ import annotations

from datetime import timedelta

from cases.events import Code
from cases.words import Breach, ClockName, Reason, Rung
from tests.samples import (
    ANA,
    CUSTOMER,
    DAY,
    EVA,
    GUARDS,
    HOUR,
    MAX,
    MINUTE,
    SUE,
    Played,
    claimed,
    plan,
    refused,
    terms,
)


def with_guards(**guards: object) -> Played:
    """The sample case under other guards."""
    return Played(plan(terms(GUARDS.model_copy(update=guards))))


def at_the_top() -> Played:
    """The sample case, owned by an executive."""
    play = claimed()
    play.do("claim", EVA)
    return play


# neglect


def test_an_ignored_offer_goes_once_to_another_of_the_same_rung() -> None:
    play = Played(plan())
    play.wait(HOUR)
    assert (play.asked.rung, play.asked.never) == (Rung.AGENT, ("ana",))


def test_an_offer_ignored_beside_too_goes_up() -> None:
    play = Played(plan())
    play.wait(HOUR)
    play.choose("ben")
    play.wait(HOUR)
    assert play.offered == (Rung.SUPERVISOR, (Reason.NOT_ACKNOWLEDGED,))


def test_a_policy_may_send_an_ignored_offer_up_at_once() -> None:
    play = with_guards(offers_beside=0)
    play.wait(HOUR)
    assert play.offered[0] is Rung.SUPERVISOR


def test_each_rung_that_ignores_an_offer_gets_its_own_second_chance() -> None:
    play = Played(plan())
    play.wait(4 * HOUR - timedelta(seconds=1))
    assert play.offered[0] is Rung.SUPERVISOR
    play.wait(timedelta(seconds=1))
    assert play.offered[0] is Rung.MANAGER


def test_a_broken_promise_goes_up_while_the_owner_keeps_the_case() -> None:
    play = claimed()
    play.wait(6 * HOUR)
    assert play.offered == (Rung.SUPERVISOR, (Reason.CLOCK_BREACHED,))
    assert play.view.owner.person == "ana"


def test_a_policy_may_answer_a_broken_promise_with_an_alert_only() -> None:
    play = claimed(plan(terms(on_breach=Breach.ALERT)))
    play.wait(6 * HOUR)
    assert (play.view.offer, play.alerts[-1]) == (None, "clock_breached")


def test_a_policy_may_answer_a_broken_promise_by_offering_beside() -> None:
    play = claimed(plan(terms(on_breach=Breach.BESIDE)))
    play.wait(6 * HOUR)
    assert play.offered == (Rung.AGENT, (Reason.CLOCK_BREACHED,))


# one ladder, one rung at a time


def test_two_reasons_at_one_instant_make_one_offer_that_names_both() -> None:
    play = claimed(plan(terms(first_response=6 * HOUR, redirect=6 * HOUR)))
    play.do("ask_for_manager", CUSTOMER)
    play.wait(6 * HOUR)
    assert play.offered == (Rung.SUPERVISOR, (Reason.CLOCK_BREACHED, Reason.ASKED_FOR_MANAGER))
    assert play.kinds.count("escalated") == 1


def test_an_offer_to_a_higher_rung_replaces_the_open_one_and_keeps_its_reasons() -> None:
    play = claimed()
    play.wait(6 * HOUR)
    play.wait(2 * HOUR)
    assert play.offered == (Rung.MANAGER, (Reason.CLOCK_BREACHED, Reason.NOT_ACKNOWLEDGED))


def test_an_offer_to_the_same_rung_joins_the_open_one() -> None:
    play = claimed()
    play.wait(6 * HOUR)
    due = play.clock(ClockName.ACKNOWLEDGE).due_at
    play.do("ask_for_manager", CUSTOMER)
    play.do("redirect", ANA, text="What can I do for you?")
    play.do("ask_for_manager", CUSTOMER)
    assert play.offered == (Rung.SUPERVISOR, (Reason.CLOCK_BREACHED, Reason.ASKED_FOR_MANAGER))
    assert play.clock(ClockName.ACKNOWLEDGE).due_at == due


def test_a_customer_whose_reason_joins_an_offer_is_told_that_help_is_on_its_way() -> None:
    play = claimed()
    play.wait(6 * HOUR)
    play.do("ask_for_manager", CUSTOMER)
    play.wait(30 * MINUTE)
    assert play.messages[-1] == "on_its_way"


def test_an_offer_already_above_the_next_rung_is_joined() -> None:
    play = claimed()
    play.wait(8 * HOUR)
    play.do("ask_for_manager", CUSTOMER)
    play.wait(30 * MINUTE)
    assert play.offered[0] is Rung.MANAGER


def test_an_offer_one_rung_down_keeps_the_reasons_of_the_one_that_stood() -> None:
    play = Played(plan(terms(on_breach=Breach.BESIDE), rung=Rung.SUPERVISOR), person="sue")
    play.do("claim", SUE)
    play.wait(6 * HOUR)
    play.do("de_escalate", SUE, reason="Ana knows the shop")
    assert play.offered == (Rung.AGENT, (Reason.CLOCK_BREACHED, Reason.DE_ESCALATED))


def test_one_outage_climbs_one_rung_however_long_it_was() -> None:
    play = Played(plan())
    play.oversleep(30 * DAY)
    assert play.offered[0] is Rung.SUPERVISOR
    assert play.kinds.count("escalated") == 1


def test_an_escalation_handled_after_an_outage_leaves_the_next_rung_its_time() -> None:
    play = with_guards(offers_beside=0)
    play.do("claim", ANA)
    play.do("attempt", ANA, text="Called the bank", outcome="they do not answer")
    asked_at = play.now + MINUTE
    play.now += 3 * HOUR
    play.do("escalate", ANA, reason="irate", at=asked_at)
    assert play.offered == (Rung.SUPERVISOR, (Reason.IRATE,))
    assert play.clock(ClockName.ACKNOWLEDGE).due_at == play.now + HOUR


def test_a_policy_may_send_a_reason_straight_further_up() -> None:
    play = with_guards(straight_to={Reason.IRATE: Rung.MANAGER})
    play.do("claim", ANA)
    play.do("attempt", ANA, text="Called the bank", outcome="they do not answer")
    play.do("escalate", ANA, reason="irate")
    assert play.offered == (Rung.MANAGER, (Reason.IRATE,))


def test_all_other_reasons_climb_one_rung_at_a_time() -> None:
    play = with_guards(straight_to={Reason.IRATE: Rung.MANAGER})
    play.do("claim", ANA)
    play.wait(6 * HOUR)
    assert play.offered == (Rung.SUPERVISOR, (Reason.CLOCK_BREACHED,))


def test_a_reason_that_goes_further_replaces_an_offer_below_and_keeps_its_reasons() -> None:
    play = with_guards(straight_to={Reason.ASKED_FOR_MANAGER: Rung.MANAGER})
    play.do("claim", ANA)
    play.wait(6 * HOUR)
    play.do("ask_for_manager", CUSTOMER)
    play.wait(30 * MINUTE)
    assert play.offered == (Rung.MANAGER, (Reason.CLOCK_BREACHED, Reason.ASKED_FOR_MANAGER))


def test_a_reason_that_goes_straight_to_a_rung_below_climbs_as_ever() -> None:
    play = with_guards(straight_to={Reason.CLOCK_BREACHED: Rung.SUPERVISOR})
    play.do("claim", MAX)
    play.wait(6 * HOUR)
    assert play.offered[0] is Rung.EXECUTIVE


# the top


def test_a_broken_promise_at_the_top_alerts_and_offers_to_nobody() -> None:
    play = at_the_top()
    play.wait(6 * HOUR)
    assert (play.view.offer, play.alerts[-1]) == (None, "top_rung")


def test_the_top_rung_is_alerted_again_at_each_interval_until_somebody_acts() -> None:
    play = at_the_top()
    play.wait(6 * HOUR)
    before = play.alerts.count("top_rung")
    play.wait(3 * GUARDS.alert_repeat)
    assert play.alerts.count("top_rung") == before + 3


def test_the_top_rung_is_left_in_peace_once_it_has_acted() -> None:
    play = at_the_top()
    play.wait(6 * HOUR)
    play.do("reply", EVA, text="I take care of it myself.")
    before = play.alerts.count("top_rung")
    play.wait(DAY)
    assert play.alerts.count("top_rung") == before


def test_an_offer_that_the_top_rung_ignores_stays_and_is_alerted_again() -> None:
    play = claimed()
    play.do("claim", MAX)
    play.wait(6 * HOUR)
    play.wait(2 * HOUR)
    assert play.offered[0] is Rung.EXECUTIVE
    before = play.alerts.count("top_rung")
    play.wait(2 * GUARDS.alert_repeat)
    assert play.offered[0] is Rung.EXECUTIVE
    assert play.alerts.count("top_rung") == before + 2


def test_nobody_at_the_top_can_escalate() -> None:
    with refused(Code.AT_TOP):
        at_the_top().do("escalate", EVA, reason="irate")
