"""The directory says that an owner is away: their case is offered to somebody else, and stays theirs until then."""

from __future__ import annotations

from uuid import UUID

import pytest

from cases.events import SYSTEM, Actor, Code
from cases.words import Reason, Rung, Status
from tests.samples import (
    ANA,
    BEN,
    CUSTOMER,
    HOUR,
    MAX,
    OPERATOR,
    SHOP,
    SUE,
    Played,
    attempted,
    claimed,
    closed,
    plan,
    refused,
    resolved,
    waiting,
)


def away(play: Played, by: Actor = SYSTEM, person: str = "ana", **fields: object) -> Played:
    play.do("owner_unavailable", by, person=person, **fields)
    return play


def test_it_is_offered_to_somebody_else_of_the_rung_and_the_customer_is_told() -> None:
    play = away(claimed(), until="2026-03-16T10:00:00+02:00")
    assert (play.asked.rung, play.asked.never) == (Rung.AGENT, ("ana",))
    assert play.offered == (Rung.AGENT, (Reason.OWNER_UNAVAILABLE,))
    assert play.messages[-1] == "reassigned"
    assert play.case.timeline()[-2].text == "ana is away until 16 March 08:00 UTC"


def test_until_somebody_claims_the_case_stays_with_who_is_away() -> None:
    play = away(claimed())
    play.choose("ben")
    assert play.view.owner.person == "ana"
    play.do("claim", BEN)
    assert (play.view.owner.person, play.view.offer) == ("ben", None)


def test_nobody_takes_it_up_once_more_beside_then_up() -> None:
    play = away(claimed())
    play.wait(HOUR)
    assert play.offered == (Rung.AGENT, (Reason.OWNER_UNAVAILABLE,))
    play.wait(HOUR)
    assert play.offered == (Rung.SUPERVISOR, (Reason.OWNER_UNAVAILABLE, Reason.NOT_ACKNOWLEDGED))


def test_an_offer_that_stands_names_this_reason_too_and_the_customer_hears_nothing_new() -> None:
    play = attempted()
    play.do("escalate", ANA, reason="attempts_failed")
    told = len(play.messages)
    away(play)
    assert play.offered == (Rung.SUPERVISOR, (Reason.ATTEMPTS_FAILED, Reason.OWNER_UNAVAILABLE))
    assert len(play.messages) == told


def test_a_transfer_that_nobody_takes_no_longer_returns_to_who_is_away() -> None:
    play = claimed()
    play.do("transfer", ANA, to={"team": "cards"})
    away(play)
    play.wait(2 * HOUR)
    assert play.offered[0] is Rung.SUPERVISOR


def test_a_case_that_waits_for_its_customer_is_offered_on_and_a_resolved_one_is_not() -> None:
    assert away(waiting()).offered == (Rung.AGENT, (Reason.OWNER_UNAVAILABLE,))
    with refused(Code.ALREADY_RESOLVED):
        away(resolved())


def test_word_that_comes_again_changes_nothing() -> None:
    play = claimed()
    away(play, id=str(UUID(int=7)))
    version = play.view.version
    away(play, id=str(UUID(int=7)))
    assert play.view.version == version


def test_word_of_who_no_longer_has_it_is_refused() -> None:
    with refused(Code.NOT_OWNER) as caught:
        away(claimed(), person="ben")
    assert caught.value.details == {"owner": "ana"}
    with refused(Code.NO_OWNER):
        away(Played(plan(), person=None))


@pytest.mark.parametrize("by", [ANA, BEN, SUE, MAX, SHOP, CUSTOMER], ids=lambda actor: actor.id)
def test_people_and_customers_do_not_say_it(by: Actor) -> None:
    with refused(Code.WRONG_ROLE):
        away(claimed(), by)


def test_an_operator_may_say_it_by_hand() -> None:
    assert away(claimed(), OPERATOR).offered == (Rung.AGENT, (Reason.OWNER_UNAVAILABLE,))


def test_whoever_speaks_the_customers_language_is_asked_for() -> None:
    play = Played(plan(), language="de-AT")
    play.do("decline", ANA, reason="Not mine")
    assert play.asked.language == "de-AT"


def test_a_reopened_case_is_offered_to_its_last_owner_first() -> None:
    play = closed()
    play.do("message", CUSTOMER, text="It is back")
    assert (play.asked.prefer, play.case.status) == ("ana", Status.OPEN)
