"""Who gets a case by name, team or skill: assigning by a supervisor, transferring by its owner."""

from __future__ import annotations

from datetime import timedelta

from cases.events import Code
from cases.words import Reason, Rung, WaitingOn
from tests.samples import (
    ANA,
    BEN,
    EVA,
    HOUR,
    LEO,
    LIA,
    MAX,
    SUE,
    Played,
    claimed,
    climbed,
    plan,
    refused,
)

BEN_AS_KNOWN = {"person": "ben", "rung": "agent", "teams": ["cards"], "skills": ["fraud"]}


# assign


def test_a_supervisor_assigns_to_somebody_the_directory_knows() -> None:
    play = Played(plan())
    play.do("assign", SUE, to=BEN_AS_KNOWN)
    assert play.view.offer
    assert (play.view.offer.to.person, play.view.offer.reasons) == ("ben", (Reason.ASSIGNED,))


def test_somebody_the_case_knows_nothing_of_is_looked_up_first() -> None:
    play = Played(plan())
    play.do("assign", SUE, to={"person": "ben"})
    assert (play.asked.person, play.view.waiting_on) == ("ben", WaitingOn.OFFER)


def test_a_case_can_be_assigned_to_another_team() -> None:
    play = claimed()
    play.do("assign", SUE, to={"team": "loans"})
    play.choose(None)
    play.do("claim", LEO)
    assert play.view.team == "loans"


def test_an_agent_cannot_assign() -> None:
    with refused(Code.RUNG_TOO_LOW):
        claimed().do("assign", ANA, to=BEN_AS_KNOWN)


def test_a_supervisor_of_another_line_cannot_assign() -> None:
    with refused(Code.NOT_QUALIFIED):
        claimed().do("assign", LIA, to=BEN_AS_KNOWN)


def test_somebody_of_another_rung_cannot_be_assigned() -> None:
    with refused(Code.NOT_QUALIFIED):
        claimed().do("assign", MAX, to={"person": "sue", "rung": "supervisor", "teams": ["cards"]})


def test_somebody_of_another_team_cannot_be_assigned() -> None:
    with refused(Code.NOT_QUALIFIED):
        claimed().do("assign", SUE, to={"person": "leo", "rung": "agent", "teams": ["loans"]})


def test_somebody_without_the_skill_asked_for_cannot_be_assigned() -> None:
    with refused(Code.NOT_QUALIFIED):
        claimed().do("assign", SUE, to={"person": "kim", "rung": "agent", "skill": "fraud"})


def test_a_supervisor_does_not_steer_what_is_offered_above_them() -> None:
    play = climbed()
    play.do("attempt", SUE, text="Called the bank", outcome="no")
    play.wait(HOUR)
    play.do("escalate", SUE, reason="attempts_failed")
    with refused(Code.RUNG_TOO_LOW):
        play.do("assign", SUE, to={"person": "max", "rung": "manager"})


def test_assigning_what_is_offered_up_keeps_why_it_went_up() -> None:
    play = claimed()
    play.do("attempt", ANA, text="Called", outcome="no answer")
    play.do("escalate", ANA, reason="irate")
    play.do("assign", MAX, to={"person": "sue", "rung": "supervisor", "teams": ["cards"]})
    assert play.view.offer
    assert play.view.offer.reasons == (Reason.IRATE, Reason.ASSIGNED)


# transfer


def test_a_transfer_leaves_the_owner_until_it_is_claimed() -> None:
    play = claimed()
    play.do("transfer", ANA, to=BEN_AS_KNOWN)
    assert (play.view.owner.person, play.view.offer and play.view.offer.to.person) == ("ana", "ben")


def test_a_claimed_transfer_has_a_new_owner() -> None:
    play = claimed()
    play.do("transfer", ANA, to=BEN_AS_KNOWN)
    play.do("claim", BEN)
    assert play.view.owner.person == "ben"


def test_a_customer_whose_case_a_peer_takes_over_is_told() -> None:
    play = claimed()
    play.do("transfer", ANA, to=BEN_AS_KNOWN)
    play.do("claim", BEN)
    assert play.messages[-1] == "taken_up"


def test_a_customer_whose_case_is_taken_up_for_the_first_time_is_told_nothing_of_it() -> None:
    assert claimed().messages == ["opened"]


def test_an_ignored_transfer_returns_to_its_owner() -> None:
    play = claimed()
    play.do("transfer", ANA, to=BEN_AS_KNOWN)
    play.wait(HOUR)
    assert (play.view.owner.person, play.view.offer, play.kinds[-1]) == ("ana", None, "returned")


def test_a_declined_transfer_returns_to_its_owner() -> None:
    play = claimed()
    play.do("transfer", ANA, to=BEN_AS_KNOWN)
    play.do("decline", BEN, reason="not fraud")
    assert (play.view.owner.person, play.view.offer) == ("ana", None)


def test_an_owner_whose_transfer_came_back_is_told() -> None:
    play = claimed()
    play.do("transfer", ANA, to=BEN_AS_KNOWN)
    play.wait(HOUR)
    assert play.alerts[-1] == "returned"


def test_an_ignored_transfer_to_which_a_breach_was_joined_does_not_just_return() -> None:
    play = claimed()
    play.wait(6 * HOUR - timedelta(minutes=30))
    play.do("transfer", ANA, to=BEN_AS_KNOWN)
    play.wait(HOUR)
    assert play.view.offer
    assert (play.view.offer.rung, play.view.offer.reasons) == (
        Rung.SUPERVISOR,
        (Reason.TRANSFERRED, Reason.CLOCK_BREACHED),
    )


def test_a_transfer_by_skill_asks_the_directory_for_it_and_not_for_the_owner() -> None:
    play = claimed()
    play.do("transfer", ANA, to={"skill": "fraud"})
    assert (play.asked.skill, play.asked.rung, play.asked.never) == ("fraud", Rung.AGENT, ("ana",))


def test_a_transfer_to_a_team_is_offered_at_the_same_rung_and_the_owner_stays_until_then() -> None:
    play = claimed()
    play.do("transfer", ANA, to={"team": "loans"})
    assert (play.asked.team, play.asked.rung, play.view.owner.person) == ("loans", Rung.AGENT, "ana")
    play.choose(None)
    play.do("claim", LEO)
    assert (play.view.owner.person, play.view.team) == ("leo", "loans")


def test_only_the_owner_or_somebody_above_transfers() -> None:
    with refused(Code.NOT_OWNER):
        claimed().do("transfer", BEN, to={"team": "loans"})


def test_nobody_transfers_to_another_rung() -> None:
    with refused(Code.NOT_QUALIFIED):
        claimed().do("transfer", ANA, to={"person": "sue", "rung": "supervisor", "teams": ["cards"]})


def test_nobody_transfers_to_themself() -> None:
    with refused(Code.NOT_QUALIFIED):
        claimed().do("transfer", ANA, to={"person": "ana"})


def test_nobody_transfers_what_is_offered_up() -> None:
    play = claimed()
    play.wait(6 * HOUR)
    with refused(Code.ALREADY_OFFERED_UP):
        play.do("transfer", ANA, to=BEN_AS_KNOWN)


def test_the_owner_at_the_top_may_transfer_too() -> None:
    play = claimed()
    play.do("claim", EVA)
    play.do("transfer", EVA, to={"team": "loans"})
    assert play.asked.rung is Rung.EXECUTIVE
