"""A case that was closed as a duplicate and is none after all: it owes again what the other case owed for it."""

from __future__ import annotations

from datetime import datetime

from cases.case import Case
from cases.words import ClockName, ClockState, Status
from tests.samples import ANA, CUSTOMER, DAY, HOUR, MAX, REGIME, Played, claimed, plan


def duplicate(after: int = 0) -> Played:
    """The sample case under the sample regime, closed so many days after its receipt as a duplicate of another."""
    play = claimed(plan(regime=REGIME))
    play.wait(after * DAY)
    play.do("close", MAX, reason="Sent twice.", duplicate_of="shop-aaaaaaaaaa")
    return play


def back(play: Played) -> Played:
    """The customer says that it is not the same."""
    play.do("message", CUSTOMER, text="That was another order.")
    return play


def stages(play: Played) -> list[tuple[str | None, datetime | None]]:
    """The stages that run, and by when."""
    running = [clock for clock in play.view.clocks if clock.state is ClockState.RUNNING]
    return [(clock.label, clock.due_at) for clock in running if clock.name is ClockName.STATUTORY]


def test_a_duplicate_that_is_reopened_owes_its_letters_by_the_old_deadlines() -> None:
    before = stages(claimed(plan(regime=REGIME)))
    play = duplicate()
    assert not stages(play)
    play.wait(DAY)
    assert stages(back(play)) == before


def test_what_passed_while_it_lay_is_a_breach_at_once() -> None:
    play = duplicate()
    play.wait(2 * DAY + HOUR)
    breaches = play.kinds.count("clock_breached")
    back(play)
    assert play.kinds.count("clock_breached") == breaches + 1
    assert play.stage("acknowledged").breached_at == play.now


def test_what_had_been_late_before_is_not_late_twice() -> None:
    play = duplicate(after=3)
    late = play.stage("acknowledged").breached_at
    breaches = play.kinds.count("clock_breached")
    play.wait(HOUR)
    back(play)
    assert (play.stage("acknowledged").breached_at, play.kinds.count("clock_breached")) == (late, breaches)


def test_a_letter_satisfies_them_again() -> None:
    play = back(duplicate())
    play.do("claim", ANA)
    play.do("reply", ANA, text="As the rule asks.", letter="final_response")
    assert play.stages() == []
    assert play.stages(ClockState.FULFILLED) == ["acknowledged", "answered"]


def test_what_a_letter_had_ended_before_stays_ended() -> None:
    play = claimed(plan(regime=REGIME))
    play.do("reply", ANA, text="As the rule asks.", letter="final_response")
    play.do("close", MAX, reason="Sent twice.", duplicate_of="shop-aaaaaaaaaa")
    assert back(play).stages() == []


def test_a_case_that_changes_its_mind_often_does_not_grow_by_it() -> None:
    play = back(duplicate())
    size = len(play.view.clocks)
    for _ in range(5):
        play.do("close", MAX, reason="Sent twice.", duplicate_of="shop-aaaaaaaaaa")
        back(play)
    assert len(play.view.clocks) <= size + 2
    assert play.stages() == ["acknowledged", "settled", "answered"]
    assert Case.restore(play.case.snapshot()).view(play.now) == play.view


def test_a_reopened_duplicate_is_open_until_it_is_closed_again() -> None:
    play = back(duplicate())
    play.do("close", MAX, reason="Nothing to it.")
    assert (play.view.status, play.stages()) == (Status.CLOSED, ["acknowledged", "settled", "answered"])
