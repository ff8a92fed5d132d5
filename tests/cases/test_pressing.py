"""What presses waits for no cool-down and joins, or takes the place of, an offer that stands: DESIGN 4."""

from __future__ import annotations

import pytest

from cases.events import Actor, Code
from cases.words import Reason, Rung
from tests.cases.misbehaving import alert, warned
from tests.samples import (
    ANA,
    CUSTOMER,
    EVA,
    HOUR,
    MAX,
    SUE,
    Played,
    attempted,
    claimed,
    climbed,
    plan,
    refused,
    suggestions,
    terms,
)

READING = plan(terms().model_copy(update={"suggestions": suggestions()}))


def warned_twice(play: Played) -> Played:
    """Its owner has warned the customer twice."""
    for text in ("Please do not shout.", "This ends if you go on."):
        play.do("warn", SUE if play.view.owner.person == "sue" else ANA, text=text)
    return play


def irate(play: Played | None = None) -> Played:
    """The case is offered to a supervisor, because the customer grows upset."""
    play = play or attempted()
    play.do("escalate", ANA, reason="irate")
    return play


def test_abuse_takes_the_place_of_an_offer_to_a_lower_rung_and_keeps_its_reasons() -> None:
    play = warned_twice(irate())
    play.do("escalate", ANA, reason="abuse")
    assert play.offered == (Rung.MANAGER, (Reason.IRATE, Reason.ABUSE))
    assert alert(play, "conduct_brief").rung is Rung.MANAGER
    assert play.messages[-1] == "escalated.abuse"


def test_abuse_waits_for_no_cool_down() -> None:
    play = warned_twice(climbed())
    play.do("escalate", SUE, reason="abuse")
    assert play.offered == (Rung.MANAGER, (Reason.ABUSE,))


def test_abuse_joins_an_offer_that_a_manager_has_already() -> None:
    play = climbed()
    play.wait(HOUR)
    play.do("attempt", SUE, text="Called", outcome="no")
    play.do("escalate", SUE, reason="attempts_failed")
    warned_twice(play).do("escalate", SUE, reason="abuse")
    assert play.offered == (Rung.MANAGER, (Reason.ATTEMPTS_FAILED, Reason.ABUSE))
    assert "joined" in play.kinds


def test_whoever_the_case_is_offered_to_is_briefed_when_abuse_joins() -> None:
    play = irate()
    play.wait(5 * HOUR)
    assert play.offered[0] is Rung.EXECUTIVE
    warned_twice(play).do("escalate", ANA, reason="abuse")
    assert play.offered == (Rung.EXECUTIVE, (Reason.IRATE, Reason.NOT_ACKNOWLEDGED, Reason.ABUSE))
    assert alert(play, "conduct_brief").rung is Rung.EXECUTIVE


def test_what_a_case_is_offered_up_for_already_is_not_said_again() -> None:
    play = warned(2)
    play.do("escalate", ANA, reason="abuse")
    with refused(Code.ALREADY_OFFERED_UP):
        play.do("escalate", ANA, reason="abuse")
    assert "escalate" not in play.case.view(play.now, ANA).allowed


def test_a_customer_who_needs_attention_joins_an_offer_to_the_same_rung() -> None:
    play = irate(attempted(READING))
    play.do("message", CUSTOMER, text="I lost my job.")
    play.do("escalate", ANA, reason="needs_attention")
    assert play.offered == (Rung.SUPERVISOR, (Reason.IRATE, Reason.NEEDS_ATTENTION))
    assert play.view.escalations == 1


def test_a_customer_who_needs_attention_waits_for_no_cool_down() -> None:
    play = climbed(READING)
    play.do("message", CUSTOMER, text="I lost my job.")
    play.do("escalate", SUE, reason="needs_attention")
    assert play.offered == (Rung.MANAGER, (Reason.NEEDS_ATTENTION,))


def test_only_a_pressing_reason_is_not_held_up() -> None:
    play = warned_twice(irate())
    assert "escalate" in play.case.view(play.now, ANA).allowed
    with refused(Code.ALREADY_OFFERED_UP):
        play.do("escalate", ANA, reason="irate")
    climbing = warned_twice(climbed())
    climbing.do("attempt", SUE, text="Called", outcome="no")
    with refused(Code.COOL_DOWN):
        climbing.do("escalate", SUE, reason="irate")


def test_without_a_pressing_reason_nothing_is_open_while_the_case_is_offered_up() -> None:
    play = irate()
    assert "escalate" not in play.case.view(play.now, ANA).allowed


def test_at_the_top_nothing_goes_up_but_a_threat_has_its_way() -> None:
    play = claimed()
    play.do("claim", EVA)
    with refused(Code.AT_TOP) as caught:
        play.do("escalate", EVA, reason="irate")
    assert "`report_threat`" in caught.value.sentence


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("threat", "report_threat"),
        ("asked_for_manager", "redirect"),
        ("no_authority", "propose_remedy"),
        ("beyond_skill", "hand_off"),
        ("owner_unavailable", "assign"),
        ("recategorised", "recategorise"),
    ],
)
def test_whoever_escalates_with_a_reason_that_has_its_own_way_hears_which(reason: str, kind: str) -> None:
    with refused(Code.NOT_VOLUNTARY) as caught:
        attempted().do("escalate", ANA, reason=reason)
    assert f"`{kind}`" in caught.value.sentence


@pytest.mark.parametrize(("code", "by"), [(Code.ALREADY_OFFERED_UP, ANA), (Code.COOL_DOWN, SUE)])
def test_whoever_may_not_go_up_hears_what_goes_its_own_way(code: Code, by: Actor) -> None:
    play = irate() if by is ANA else climbed()
    with refused(code) as caught:
        play.do("escalate", by, reason="threat")
    for kind in ("report_threat", "redirect", "propose_remedy"):
        assert f"`{kind}`" in caught.value.sentence
    play.do("report_threat", by, text="He waits outside.")
    assert Reason.THREAT in play.offered[1]


def test_a_manager_who_has_it_sends_abuse_further_up_at_once() -> None:
    play = warned(2)
    play.do("escalate", ANA, reason="abuse")
    play.do("claim", MAX)
    play.do("escalate", MAX, reason="abuse")
    assert play.offered[0] is Rung.EXECUTIVE
