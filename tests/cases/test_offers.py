"""How a case changes hands: who may claim what is held out, and what declining does."""

from __future__ import annotations

from uuid import uuid4

from cases.events import SYSTEM, Actor, Code
from cases.outcomes import Chosen
from cases.words import ClockName, ClockState, Reason, Role, Rung
from tests.samples import (
    ANA,
    BEN,
    CUSTOMER,
    HOUR,
    LEO,
    LIA,
    OPERATOR,
    SHOP,
    SUE,
    Played,
    claimed,
    plan,
    refused,
)

BEN_AS_KNOWN = {"person": "ben", "rung": "agent", "teams": ["cards"], "skills": ["fraud"]}


def offered_to_queue() -> Played:
    """The sample case, for which planning found nobody."""
    return Played(plan(), person=None)


# claim


def test_who_claims_owns_the_case_at_their_rung() -> None:
    view = claimed().view
    assert (view.owner.person, view.rung, view.offer) == ("ana", Rung.AGENT, None)


def test_claiming_ends_the_acknowledge_clock() -> None:
    assert claimed().clock(ClockName.ACKNOWLEDGE).state is ClockState.FULFILLED


def test_what_is_offered_to_somebody_else_cannot_be_claimed_by_a_peer() -> None:
    with refused(Code.OFFERED_TO_OTHER):
        Played(plan()).do("claim", BEN)


def test_anybody_qualified_may_claim_from_the_queue() -> None:
    play = offered_to_queue()
    play.do("claim", BEN)
    assert play.view.owner.person == "ben"


def test_a_higher_rung_of_the_line_may_claim_what_is_offered_to_somebody() -> None:
    play = Played(plan())
    play.do("claim", SUE)
    assert (play.view.owner.person, play.view.rung) == ("sue", Rung.SUPERVISOR)


def test_a_higher_rung_of_the_line_may_claim_what_somebody_has() -> None:
    play = claimed()
    play.do("claim", SUE)
    assert play.view.owner.person == "sue"


def test_a_higher_rung_of_another_line_may_not_claim_what_somebody_has() -> None:
    with refused(Code.ALREADY_CLAIMED):
        claimed().do("claim", LIA)


def test_another_team_may_not_claim_from_the_queue() -> None:
    with refused(Code.NOT_QUALIFIED):
        offered_to_queue().do("claim", LEO)


def test_somebody_of_no_team_belongs_to_every_line() -> None:
    play = offered_to_queue()
    play.do("claim", Actor(id="kim", role=Role.AGENT, rung=Rung.AGENT))
    assert play.view.owner.person == "kim"


def test_a_lower_rung_may_not_claim_what_is_offered_above_it() -> None:
    play = Played(plan(rung=Rung.SUPERVISOR), person=None)
    with refused(Code.RUNG_TOO_LOW):
        play.do("claim", ANA)


def test_an_offer_for_a_skill_takes_that_skill() -> None:
    play = claimed()
    play.do("transfer", ANA, to={"skill": "fraud"})
    play.choose(None)
    with refused(Code.NOT_QUALIFIED):
        play.do("claim", Actor(id="kim", role=Role.AGENT, rung=Rung.AGENT, teams=("cards",)))
    play.do("claim", BEN)
    assert play.view.owner.person == "ben"


def test_the_second_to_claim_is_told_who_was_first() -> None:
    play = offered_to_queue()
    play.do("claim", ANA)
    with refused(Code.ALREADY_CLAIMED) as caught:
        play.do("claim", BEN)
    assert caught.value.details["owner"] == "ana"
    assert "ana has claimed" in caught.value.sentence


def test_a_service_or_operator_or_customer_cannot_claim() -> None:
    for actor in (SHOP, OPERATOR, CUSTOMER):
        with refused(Code.WRONG_ROLE):
            offered_to_queue().do("claim", actor)


def test_an_agent_without_rung_cannot_claim() -> None:
    with refused(Code.NO_RUNG):
        offered_to_queue().do("claim", Actor(id="kim", role=Role.AGENT))


# decline


def test_a_declined_case_is_offered_on_to_somebody_else() -> None:
    play = Played(plan())
    play.do("decline", ANA, reason="on leave from tomorrow")
    assert (play.asked.team, play.asked.rung, play.asked.never) == ("cards", Rung.AGENT, ("ana",))


def test_who_is_chosen_next_has_the_offer() -> None:
    play = Played(plan())
    play.do("decline", ANA, reason="too busy")
    play.choose("ben")
    assert play.view.offer
    assert play.view.offer.to.person == "ben"


def test_a_row_of_people_who_decline_does_not_keep_a_case_from_climbing() -> None:
    play = Played(plan())
    due = play.clock(ClockName.ACKNOWLEDGE).due_at
    play.wait(HOUR / 2)
    play.do("decline", ANA, reason="too busy")
    assert play.clock(ClockName.ACKNOWLEDGE).due_at == due


def test_all_who_have_declined_are_never_asked_again() -> None:
    play = Played(plan())
    play.do("decline", ANA, reason="too busy")
    play.choose("ben")
    play.do("decline", BEN, reason="too busy as well")
    assert set(play.asked.never) == {"ana", "ben"}


def test_who_has_declined_is_not_asked_at_the_same_rung_after_a_reopening_either() -> None:
    play = Played(plan())
    play.do("decline", ANA, reason="too busy")
    play.choose("ben")
    play.do("claim", BEN)
    play.do("resolve", BEN, text="Done.")
    play.do("accept_resolution", CUSTOMER)
    play.do("message", CUSTOMER, text="It is not.")
    assert "ana" in play.asked.never


def test_who_has_declined_cannot_be_assigned_it() -> None:
    play = Played(plan())
    play.do("decline", ANA, reason="too busy")
    with refused(Code.DECLINED_BEFORE):
        play.do("assign", SUE, to={"person": "ana"})


def test_nobody_declines_what_is_not_offered() -> None:
    with refused(Code.NO_OFFER):
        claimed().do("decline", ANA, reason="too busy")


def test_nobody_declines_what_is_offered_to_somebody_else() -> None:
    with refused(Code.NO_OFFER):
        Played(plan()).do("decline", BEN, reason="too busy")


def test_an_offer_to_the_queue_is_declined_once_by_each() -> None:
    play = offered_to_queue()
    play.do("decline", ANA, reason="too busy")
    play.choose(None)
    with refused(Code.NO_OFFER):
        play.do("decline", ANA, reason="still too busy")


def test_with_nobody_left_the_queue_has_the_offer() -> None:
    play = Played(plan())
    play.do("decline", ANA, reason="too busy")
    play.choose(None)
    assert play.view.offer
    assert play.view.offer.to.queue == "cards"


def test_an_answer_for_an_offer_that_is_gone_offers_nothing() -> None:
    play = Played(plan())
    play.do("decline", ANA, reason="too busy")
    play.do("claim", SUE)
    play.choose("ben")
    assert play.view.offer is None


def test_an_answer_to_an_older_question_does_not_address_the_offer() -> None:
    play = Played(plan())
    play.do("decline", ANA, reason="too busy")
    older = play.asked
    play.do("assign", SUE, to={"team": "cards"})
    play.happen(Chosen(id=uuid4(), by=SYSTEM, effect=older.id, person="ben"))
    assert play.view.offer
    assert play.view.offer.to.person is None


def test_the_timeline_says_why_somebody_else_was_asked() -> None:
    play = claimed()
    play.do("assign", SUE, to={"team": "cards"}, reason=Reason.OWNER_UNAVAILABLE, text="She has gone home ill")
    assigned = play.case.timeline()[-1]
    assert assigned.text == "sue offered the case to the queue of cards: She has gone home ill"
    assert assigned.data["reason"] == "owner_unavailable"

    play.do("claim", BEN)
    play.do("transfer", BEN, to={"team": "lending"})
    assert play.case.timeline()[-1].text == "ben offered the case to the queue of lending: its owner transferred it"
