"""Time on hand: customers on hold, owners who have a case too long, and who is told before it goes up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from cases.effects import AlertStaff
from cases.events import Code
from cases.pathways import Pathway
from cases.plan import ClockTerms, Plan
from cases.words import Breach, Channel, ClockName, ClockState, Mark, Reason, Rung
from tests.samples import (
    ANA,
    BEN,
    CUSTOMER,
    DAY,
    EVA,
    GUARDS,
    HOUR,
    MAX,
    MINUTE,
    NOON,
    ON_HAND,
    PATHWAYS,
    SUE,
    Played,
    claimed,
    plan,
    refused,
    terms,
)

HOLD, HANDLE_TIME = ClockName.HOLD, ClockName.HANDLE_TIME
BEN_AS_KNOWN = {"person": "ben", "rung": "agent", "teams": ["cards"]}


def measured(pathways: tuple[Pathway, ...] = PATHWAYS) -> Plan:
    """A plan that measures holds and handling time; its other clocks are longer than any of that."""
    slow: dict[str, ClockTerms] = dict.fromkeys(
        ("first_response", "next_response", "resolution"), ClockTerms(default=30 * DAY)
    )
    of = terms(GUARDS, on_breach=Breach.UP, **slow, **ON_HAND)
    return plan(of.model_copy(update={"pathways": pathways}))


def on_the_line(of: Plan | None = None) -> Played:
    """Ana speaks with the customer by phone."""
    return claimed(of or measured(), channel=Channel.PHONE)


def held(play: Played, by: Any = ANA, span: timedelta = MINUTE) -> None:
    """The customer is on hold for a while."""
    play.do("hold", by)
    play.wait(span)
    play.do("unhold", by)


# on hold


def test_holds_are_counted_and_summed() -> None:
    play = on_the_line()
    held(play, span=2 * MINUTE)
    play.wait(HOUR)
    play.do("hold", ANA)
    play.wait(MINUTE)
    assert (play.view.holds.count, play.view.holds.held_s, play.clock(HOLD).elapsed_s) == (2, 180, 180)
    assert play.view.holds.since == play.now - MINUTE


def test_a_hold_pauses_nothing() -> None:
    play = on_the_line()
    play.do("hold", ANA)
    assert [c.name for c in play.view.clocks if c.state is ClockState.PAUSED] == []


def test_between_two_holds_only_the_clock_of_the_holds_stands() -> None:
    play = on_the_line()
    held(play)
    assert [c.name for c in play.view.clocks if c.state is ClockState.PAUSED] == [HOLD]


def test_who_is_held_too_long_is_first_alerted_about_and_then_goes_up() -> None:
    play = on_the_line()
    play.do("hold", ANA)
    play.wait(5 * MINUTE)
    assert (play.alerts[-1], play.view.offer) == ("clock_warned", None)
    play.wait(5 * MINUTE)
    assert play.offered == (Rung.SUPERVISOR, (Reason.HELD_TOO_LONG,))
    assert play.messages[-1] == "escalated.held_too_long"


def test_the_sum_of_short_holds_counts_as_one_long_one_does() -> None:
    play = on_the_line(measured(()))
    for _ in range(9):
        held(play)
    assert play.view.offer is None
    held(play)
    assert play.offered == (Rung.SUPERVISOR, (Reason.HELD_TOO_LONG,))


def test_the_last_hold_that_is_allowed_alerts_and_one_more_goes_up() -> None:
    play = on_the_line()
    held(play)
    assert "last_hold" not in play.alerts
    held(play)
    assert (play.alerts[-1], play.view.offer) == ("last_hold", None)
    play.do("hold", ANA)
    assert play.offered == (Rung.SUPERVISOR, (Reason.HELD_TOO_LONG,))
    assert "held_too_often" in play.kinds


def test_holds_that_led_up_begin_anew() -> None:
    play = on_the_line()
    for _ in range(5):
        held(play)
    assert play.kinds.count("held_too_often") == 1
    held(play)
    assert play.kinds.count("held_too_often") == 2


def test_a_policy_may_answer_too_many_holds_with_an_alert_only() -> None:
    of = measured()
    alerting = {HOLD: of.terms.clocks[HOLD].model_copy(update={"on_breach": Breach.ALERT})}
    play = on_the_line(
        of.model_copy(update={"terms": of.terms.model_copy(update={"clocks": {**of.terms.clocks, **alerting}})})
    )
    for _ in range(3):
        held(play)
    assert (play.view.offer, play.alerts[-1]) == (None, "held_too_often")


def test_a_pathway_without_that_trigger_is_alerted_about_and_goes_nowhere() -> None:
    live = PATHWAYS[0].model_copy(update={"triggers": (Reason.IRATE,)})
    play = on_the_line(measured((live, *PATHWAYS[1:])))
    play.do("hold", ANA)
    play.wait(HOUR)
    assert (play.view.offer, play.alerts[-1]) == (None, "clock_breached")
    play.do("unhold", ANA)
    for _ in range(2):
        held(play)
    assert (play.view.offer, play.alerts[-1]) == (None, "held_too_often")


def test_a_customer_who_is_spoken_to_again_after_too_long_is_no_longer_late() -> None:
    play = on_the_line()
    held(play, span=11 * MINUTE)
    assert (play.clock(HOLD).state, play.view.breached) == (ClockState.FULFILLED, False)


@pytest.mark.parametrize(
    ("kind", "by", "fields"),
    [
        ("message", CUSTOMER, {"text": "Hello?"}),
        ("ask_for_manager", CUSTOMER, {}),
        ("choose_contact", CUSTOMER, {"when": "now"}),
        ("reply", ANA, {"text": "I am back."}),
        ("resolve", ANA, {"text": "It is on its way."}),
        ("close", MAX, {"reason": "The line broke."}),
        ("withdraw", CUSTOMER, {}),
        ("change_channel", CUSTOMER, {"channel": "email"}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_nobody_is_on_hold_after_they_spoke_or_the_contact_ended(kind: str, by: Any, fields: dict[str, Any]) -> None:
    play = on_the_line()
    play.do("hold", ANA)
    play.wait(2 * MINUTE)
    play.do(kind, by, **fields)
    play.wait(MINUTE)
    assert (play.view.holds.since, play.view.holds.held_s) == (None, 120)
    assert play.clock(HOLD).state is not ClockState.RUNNING


def test_waiting_for_the_customer_takes_them_off_hold() -> None:
    play = on_the_line()
    play.do("reply", ANA, text="Which one?", asks="Which one?")
    play.do("hold", ANA)
    play.do("wait_for_customer", ANA)
    assert play.view.holds.since is None


def test_a_peer_goes_on_with_the_sum_and_another_rung_has_its_own() -> None:
    play = on_the_line()
    held(play, span=4 * MINUTE)
    play.do("transfer", ANA, to=BEN_AS_KNOWN)
    play.do("claim", BEN)
    held(play, BEN, span=4 * MINUTE)
    assert play.clock(HOLD).elapsed_s == 480
    play.do("hold", BEN)
    play.do("claim", SUE)
    assert (play.clock(HOLD).elapsed_s, play.clock(HOLD).state) == (0, ClockState.RUNNING)
    assert (play.view.holds.count, play.view.holds.held_s) == (3, 480)


def test_without_a_clock_for_it_holds_are_counted_all_the_same() -> None:
    play = claimed(channel=Channel.CHAT)
    play.do("hold", ANA)
    play.wait(DAY)
    assert (play.view.holds.count, play.view.holds.held_s) == (1, 86_400)


@pytest.mark.parametrize("channel", ["email", "social", "letter", "web", "chatbot"])
def test_nobody_is_on_hold_who_writes(channel: str) -> None:
    with refused(Code.NOT_LIVE) as caught:
        claimed(measured(), channel=channel).do("hold", ANA)
    assert "`reply`" in caught.value.sentence


def test_the_policy_decides_which_channels_are_live() -> None:
    everywhere = (Pathway(name="live", channels=tuple(Channel), live=True),)
    play = claimed(measured(everywhere), channel=Channel.SOCIAL)
    play.do("hold", ANA)
    assert play.view.holds.since


def test_nobody_is_put_on_hold_twice() -> None:
    play = on_the_line()
    play.do("hold", ANA)
    with refused(Code.ALREADY_ON_HOLD):
        play.do("hold", ANA)


def test_nobody_is_put_on_hold_who_is_waited_for() -> None:
    play = on_the_line()
    play.do("reply", ANA, text="Which one?", asks="Which one?")
    play.do("wait_for_customer", ANA)
    with refused(Code.ALREADY_WAITING):
        play.do("hold", ANA)


def test_nobody_is_taken_back_who_is_not_on_hold() -> None:
    with refused(Code.NOT_ON_HOLD):
        on_the_line().do("unhold", ANA)


@pytest.mark.parametrize("kind", ["hold", "unhold"])
def test_only_the_owner_or_somebody_above_holds(kind: str) -> None:
    play = on_the_line()
    if kind == "unhold":
        play.do("hold", ANA)
    with refused(Code.NOT_OWNER):
        play.do(kind, BEN)
    play.do(kind, SUE)


# handling time


def test_handling_time_runs_from_the_claim() -> None:
    play = Played(measured())
    play.wait(30 * MINUTE)
    play.do("claim", ANA)
    assert play.clock(HANDLE_TIME).due_at == NOON + 30 * MINUTE + 4 * HOUR


def test_who_has_it_too_long_is_first_alerted_and_then_it_goes_up() -> None:
    play = claimed(measured())
    play.wait(3 * HOUR)
    alert = [effect for effect in play.effects if isinstance(effect, AlertStaff)][-1]
    assert (alert.template, alert.person, alert.params["clock"]) == ("clock_warned", "ana", "handle_time")
    play.wait(HOUR)
    assert play.offered == (Rung.SUPERVISOR, (Reason.HANDLED_TOO_LONG,))
    assert play.messages[-1] == "escalated.handled_too_long"


def test_while_the_customer_is_waited_for_nobody_is_slow() -> None:
    play = claimed(measured())
    play.do("reply", ANA, text="Which one?", asks="Which one?")
    play.wait(HOUR)
    play.do("wait_for_customer", ANA)
    play.wait(DAY)
    play.do("message", CUSTOMER, text="The second.")
    assert play.clock(HANDLE_TIME).elapsed_s == 3600


def test_somebody_who_claims_while_the_customer_is_waited_for_starts_with_their_answer() -> None:
    play = claimed(measured())
    play.do("reply", ANA, text="Which one?", asks="Which one?")
    play.do("wait_for_customer", ANA)
    play.do("claim", SUE)
    assert (play.clock(HANDLE_TIME).state, play.clock(HANDLE_TIME).elapsed_s) == (ClockState.PAUSED, 0)
    play.do("message", CUSTOMER, text="The second.")
    assert play.clock(HANDLE_TIME).state is ClockState.RUNNING


def test_each_owner_has_a_time_of_their_own() -> None:
    play = claimed(measured())
    play.wait(3 * HOUR)
    play.do("transfer", ANA, to=BEN_AS_KNOWN)
    play.do("claim", BEN)
    assert play.clock(HANDLE_TIME).elapsed_s == 0
    marks = [c["mark"] for e in play.case.timeline() if e.kind == "claim" for c in e.data["clocks"]]
    assert marks.count(Mark.CANCEL) == 1


def test_a_resolution_stops_the_time_and_its_rejection_lets_it_go_on() -> None:
    play = claimed(measured())
    play.wait(HOUR)
    play.do("resolve", ANA, text="Done.")
    play.wait(HOUR)
    play.do("reject_resolution", CUSTOMER, reason="It is not.")
    clock = play.clock(HANDLE_TIME)
    assert (clock.state, clock.elapsed_s) == (ClockState.RUNNING, 3600)


def test_an_accepted_resolution_ends_the_time_and_who_reopens_it_has_a_new_one() -> None:
    play = claimed(measured())
    play.do("resolve", ANA, text="Done.")
    play.do("accept_resolution", CUSTOMER)
    assert play.clock(HANDLE_TIME).state is ClockState.FULFILLED
    play.do("reopen", ANA)
    assert play.clock(HANDLE_TIME).due_at == play.now + 4 * HOUR


def test_a_case_that_goes_back_to_the_queue_is_in_nobodys_time() -> None:
    play = claimed(measured())
    play.do("resolve", ANA, text="Done.")
    play.do("accept_resolution", CUSTOMER)
    play.do("message", CUSTOMER, text="It is not.")
    assert play.clock(HANDLE_TIME).state is ClockState.FULFILLED


def test_at_the_top_whoever_has_it_too_long_is_alerted() -> None:
    play = claimed(measured())
    play.do("claim", EVA)
    play.wait(4 * HOUR)
    assert (play.view.offer, play.alerts[-1]) == (None, "top_rung")


def test_a_policy_without_that_clock_measures_nobody() -> None:
    assert HANDLE_TIME not in {clock.name for clock in claimed().view.clocks}
