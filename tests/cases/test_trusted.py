"""People whom the directory lets grant more than any rung may: who is asked where no rung can decide."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from cases.case import Case
from cases.effects import AlertStaff
from cases.events import SYSTEM, Actor, Code
from cases.outcomes import Planned
from cases.people import Trusted
from cases.words import RemedyState, Rung, Via
from tests.cases.granting import decide, propose
from tests.samples import ANA, EVA, HOUR, LEO, MAX, SUE, Played, plan, refused, terms

MIA = MAX.model_copy(update={"id": "mia", "authority": 5_000_000})
TOM = SUE.model_copy(update={"id": "tom", "authority": 2_000_000})


def trusting(*people: Actor) -> Played:
    """The sample case, claimed by Ana, without a limit; the directory trusts these people, the most trusted first."""
    of = terms()
    assert of.remedies
    pounds = of.remedies.currencies["GBP"].model_copy(update={"limit": None, "within": None})
    currencies = {**of.remedies.currencies, "GBP": pounds}
    of = of.model_copy(update={"remedies": of.remedies.model_copy(update={"currencies": currencies})})
    trusted = tuple(
        Trusted(person=one.id, rung=one.rung or Rung.AGENT, teams=one.teams, authority=one.authority or 0)
        for one in people
    )
    play = Played()
    envelope: dict[str, Any] = {"id": uuid4(), "by": SYSTEM, "effect": f"{play.case.case_id}:1"}
    play.happen(Planned(**envelope, plan=plan(of), person="ana", trusted=trusted))
    play.do("claim", ANA)
    return play


def asked(play: Played) -> list[tuple[str | None, Rung]]:
    return [
        (one.person, one.rung)
        for one in play.effects
        if isinstance(one, AlertStaff) and one.template == "approval_asked"
    ]


def test_what_is_beyond_every_rung_is_asked_of_who_is_trusted_with_it() -> None:
    play = trusting(MIA)
    propose(play, "15000")
    assert asked(play) == [("mia", Rung.MANAGER)]
    assert "asked of mia" in play.case.timeline()[-1].text
    decide(play, MIA)
    assert (play.remedy().state, play.remedy().decided_by) == (RemedyState.GRANTED, "mia")


def test_all_who_are_trusted_with_it_are_asked_and_no_others() -> None:
    play = trusting(MIA, TOM)
    propose(play, "15000")
    assert asked(play) == [("tom", Rung.SUPERVISOR), ("mia", Rung.MANAGER)]
    propose(play, "25000")
    assert asked(play)[2:] == [("mia", Rung.MANAGER)]


def test_what_a_rung_may_grant_is_asked_of_the_rung() -> None:
    play = trusting(MIA)
    propose(play, "80")
    assert asked(play) == [(None, Rung.SUPERVISOR)]


def test_the_same_people_are_asked_again_because_no_higher_rung_could_decide() -> None:
    play = trusting(TOM)
    propose(play, "15000")
    play.wait(4 * HOUR)
    assert play.remedy().asked is Rung.SUPERVISOR
    assert set(asked(play)) == {("tom", Rung.SUPERVISOR)}
    assert len(asked(play)) == 3, "asked, reminded, and asked again"


def test_an_executive_without_that_trust_is_told_who_has_it() -> None:
    play = trusting(MIA)
    propose(play, "15000")
    with refused(Code.NO_AUTHORITY) as caught:
        decide(play, EVA)
    assert "It takes mia." in caught.value.sentence


def test_what_is_beyond_everybody_is_refused_with_the_most_that_somebody_may() -> None:
    with refused(Code.NO_AUTHORITY) as caught:
        propose(trusting(MIA), "60000")
    assert "50000.00 GBP is the most" in caught.value.sentence.replace(",", "")


def test_nobody_is_asked_about_their_own_proposal() -> None:
    play = trusting(MIA)
    play.do("claim", MIA)
    with refused(Code.NO_AUTHORITY):
        propose(play, "15000", MIA, via=Via.SIGNAL)


def test_who_is_not_of_the_line_is_not_asked() -> None:
    lender = LEO.model_copy(update={"authority": 5_000_000})
    with refused(Code.NO_AUTHORITY):
        propose(trusting(lender), "15000")


def test_a_persons_authority_is_in_the_policys_own_currency() -> None:
    play = trusting(MIA)
    with refused(Code.NO_AUTHORITY):
        play.do("propose_remedy", ANA, remedy="refund", amount="30000", currency="JPY")


def test_a_case_of_before_anybody_was_asked_for_is_restored_without() -> None:
    play = trusting(MIA)
    snapshot = play.case.snapshot()
    assert Case.restore(snapshot).snapshot() == snapshot
    del snapshot["trusted"]
    play.case = Case.restore(snapshot)
    with refused(Code.NO_AUTHORITY):
        propose(play, "15000")
