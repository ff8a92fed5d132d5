"""Whoever acts on a closed case hears who closed it: the last time, and not before it was reopened."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cases.events import Code
from tests.cases.misbehaving import threatened
from tests.samples import ANA, CUSTOMER, DAY, EVA, MAX, MINUTE, Played, claimed, refused, resolved


def before() -> Played:
    """A case that was closed by Max before, and is Ana's again."""
    play = claimed()
    play.do("close", MAX, reason="Nothing to it.")
    play.do("reopen", ANA)
    return play


def contact_ended() -> Played:
    play = before()
    play.do("warn", ANA, text="Please do not shout.")
    play.do("warn", ANA, text="This ends if you go on.")
    play.do("end_contact", ANA, text="That was the third time.")
    return play


def decided() -> Played:
    play = threatened(before())
    play.do("decide_safety", EVA, decision="end", text="It ends here.")
    return play


def withdrawn() -> Played:
    play = threatened(before())
    play.do("withdraw", CUSTOMER)
    play.do("decide_safety", EVA, decision="continue", text="Hot air.")
    return play


def accepted() -> Played:
    play = before()
    play.do("resolve", ANA, text="Money back.")
    play.do("accept_resolution", CUSTOMER)
    return play


def lapsed() -> Played:
    play = before()
    play.do("resolve", ANA, text="Money back.")
    play.wait(7 * DAY)
    return play


@pytest.mark.parametrize(
    ("close", "by"),
    [(contact_ended, "ana"), (decided, "eva"), (withdrawn, "c-1"), (accepted, "c-1"), (lapsed, "caseladder")],
)
@pytest.mark.parametrize("kind", ["resolve", "reply"])
def test_the_one_who_closed_it_last_is_named(close: Callable[[], Played], by: str, kind: str) -> None:
    play = close()
    play.wait(MINUTE)
    with refused(Code.CLOSED) as caught:
        play.do(kind, ANA if by != "ana" else MAX, text="Money back.")
    assert caught.value.details["by"] == by


def test_a_decision_to_go_on_closed_nothing() -> None:
    play = threatened(resolved())
    play.do("accept_resolution", CUSTOMER)
    play.do("decide_safety", MAX, decision="continue", text="Hot air.")
    with refused(Code.CLOSED) as caught:
        play.do("resolve", ANA, text="Money back.")
    assert caught.value.details["by"] == "c-1"
