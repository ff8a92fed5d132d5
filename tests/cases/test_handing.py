"""Hand-offs as their case sees them: asked, heard of, answered back, called off."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from cases.effects import StartHandoff, TellHandoff
from cases.events import SYSTEM, Actor, Code
from cases.outcomes import (
    Delayed,
    HandOffAccepted,
    HandOffAnswered,
    HandOffAskedBack,
    HandOffDeclined,
    HandOffNeglected,
    HandOffReturned,
    HandOffWarned,
    Report,
    Unheard,
)
from cases.specialists import AnsweredBack, CalledOff
from cases.words import Breach, ClockName, ClockState, HandoffStatus, Status, WaitingOn
from tests.samples import (
    ANA,
    CUSTOMER,
    DAY,
    HOUR,
    LEO,
    LIA,
    MAX,
    MINUTE,
    NOON,
    SUE,
    Played,
    claimed,
    plan,
    refused,
    terms,
)

QUESTION = "Was the second charge a hold?"


def asked(team: str = "loans", question: str = QUESTION) -> Played:
    """The sample case; Ana has asked a team something."""
    play = claimed()
    play.do("hand_off", ANA, team=team, question=question)
    return play


def hears(play: Played, kind: type[Report], by: Actor = LEO, version: int = 3, number: int = 0, **fields: Any) -> None:
    """A hand-off reports."""
    handoff_id = play.view.handoffs[number].handoff_id
    report: dict[str, Any] = {"id": uuid4(), "by": by, "handoff_id": handoff_id, "version": version}
    play.happen(kind(**report, **fields))


def started(play: Played) -> StartHandoff:
    """The newest hand-off that the case started."""
    return [effect for effect in play.effects if isinstance(effect, StartHandoff)][-1]


def told(play: Played) -> list[TellHandoff]:
    """What the case told its hand-offs."""
    return [effect for effect in play.effects if isinstance(effect, TellHandoff)]


def test_a_question_starts_a_hand_off_and_the_owner_stays() -> None:
    play = asked()
    handed = play.view.handoffs[0]
    assert (handed.handoff_id, handed.team, handed.status) == (f"{play.view.case_id}-1", "loans", HandoffStatus.OFFERED)
    assert play.view.owner.person == "ana"
    question = started(play).question
    assert (question.question, question.accept_within, question.answer_within) == (QUESTION, 2 * HOUR, 8 * HOUR)
    assert question.due_at == handed.due_at == NOON + 2 * DAY


def test_the_customer_is_told_that_somebody_who_knows_is_asked() -> None:
    assert asked().messages[-1] == "handed_off"


def test_a_case_waits_on_its_hand_off_and_then_on_its_owner_again() -> None:
    play = asked()
    assert play.view.waiting_on is WaitingOn.HAND_OFF
    hears(play, HandOffAskedBack, text="Which order?")
    assert play.view.waiting_on is WaitingOn.OWNER
    play.do("answer_back", ANA, handoff_id=play.view.handoffs[0].handoff_id, text="1042")
    assert play.view.waiting_on is WaitingOn.HAND_OFF
    hears(play, HandOffAnswered, version=5, text="It was a hold.")
    assert play.view.waiting_on is WaitingOn.OWNER


def test_several_teams_work_on_questions_at_once() -> None:
    play = asked("loans")
    play.do("hand_off", ANA, team="billing", question=QUESTION)
    assert [handed.team for handed in play.view.handoffs] == ["loans", "billing"]


def test_the_same_team_does_not_get_the_same_question_twice() -> None:
    play = asked()
    with refused(Code.ALREADY_HANDED_OFF) as caught:
        play.do("hand_off", ANA, team="loans", question=QUESTION.upper() + " ")
    assert caught.value.details["handoff_id"] == play.view.handoffs[0].handoff_id
    play.do("hand_off", ANA, team="loans", question="And another thing?")


def test_a_question_that_was_answered_may_be_asked_again() -> None:
    play = asked()
    hears(play, HandOffAnswered, text="It was a hold.")
    play.do("hand_off", ANA, team="loans", question=QUESTION)
    assert [handed.status for handed in play.view.handoffs] == [HandoffStatus.ANSWERED, HandoffStatus.OFFERED]


def test_ten_questions_may_be_open_at_once() -> None:
    play = claimed()
    for number in range(10):
        play.do("hand_off", ANA, team="loans", question=f"Question {number}?")
    with refused(Code.TOO_MANY_HAND_OFFS):
        play.do("hand_off", ANA, team="loans", question="One more?")


def test_of_those_that_are_over_the_newest_ten_are_kept() -> None:
    play = claimed()
    for number in range(15):
        play.do("hand_off", ANA, team="loans", question=f"Question {number}?")
        hears(play, HandOffAnswered, number=len(play.view.handoffs) - 1, text="Yes.")
    play.do("hand_off", ANA, team="loans", question="And this?")
    assert [handed.handoff_id.rsplit("-", 1)[1] for handed in play.view.handoffs] == [str(n) for n in range(6, 17)]


def test_only_the_owner_and_above_may_ask() -> None:
    play = claimed()
    with refused(Code.NOT_OWNER):
        play.do("hand_off", LEO, team="loans", question=QUESTION)
    play.do("hand_off", SUE, team="loans", question=QUESTION)


def test_the_answer_goes_to_whoever_owns_the_case_then() -> None:
    play = asked()
    play.do("claim", SUE)
    hears(play, HandOffAnswered, text="It was a hold.")
    alert = [effect for effect in play.effects if effect.kind == "alert"][-1]
    assert (alert.template, alert.person) == ("hand_off_answered", "sue")
    assert "It was a hold." in play.case.brief().specialists[0].text


def test_what_the_specialists_report_is_on_the_timeline() -> None:
    play = asked()
    hears(play, HandOffDeclined, version=2, reason="on holiday")
    hears(play, HandOffNeglected, by=LIA, version=3, person="lia", clock=ClockName.ACCEPT, due=NOON + HOUR)
    hears(play, HandOffAccepted, by=LIA, version=4)
    hears(play, HandOffWarned, by=LIA, version=5, person="lia", clock=ClockName.ANSWER, due=NOON + HOUR)
    hears(play, HandOffAnswered, by=LIA, version=6, text="It was a hold.")
    texts = [entry.text for entry in play.case.timeline()[-5:]]
    assert texts[0] == "leo declined: on holiday"
    assert texts[1].startswith("lia had not accepted it by")
    assert texts[2] == "lia takes the question on"
    assert texts[3].startswith("lia has until")
    assert texts[4] == "It was a hold."


def test_an_answer_in_time_fulfils_the_clock_and_one_too_late_is_a_breach_before() -> None:
    play = asked()
    hears(play, HandOffAnswered, text="It was a hold.")
    assert play.clock(ClockName.HAND_OFF).state is ClockState.FULFILLED
    late = claimed(plan(terms(on_breach=Breach.ALERT)))
    late.do("hand_off", ANA, team="loans", question=QUESTION)
    late.do("reply", ANA, text="We are asking our specialists.")
    late.wait(2 * DAY)
    assert "clock_breached" in late.kinds
    assert "clock_breached" in late.alerts
    hears(late, HandOffAnswered, text="It was a hold.")
    clock = late.clock(ClockName.HAND_OFF)
    assert clock.state is ClockState.FULFILLED
    assert clock.breached_at is not None


def test_answering_back_reaches_the_hand_off_and_the_specialist() -> None:
    play = asked()
    handoff_id = play.view.handoffs[0].handoff_id
    with refused(Code.NOTHING_ASKED):
        play.do("answer_back", ANA, handoff_id=handoff_id, text="1042")
    hears(play, HandOffAskedBack, text="Which order?")
    play.do("answer_back", ANA, handoff_id=handoff_id, text="1042")
    word = told(play)[-1].word
    assert isinstance(word, AnsweredBack)
    assert word.text == "1042"
    assert play.alerts[-1] == "hand_off_answered_back"
    assert play.view.handoffs[0].asks is None


@pytest.mark.parametrize("kind", ["answer_back", "cancel_hand_off"])
def test_a_hand_off_that_is_not_of_this_case_is_refused_with_those_that_are(kind: str) -> None:
    play = asked()
    hears(play, HandOffAskedBack, text="Which order?")
    fields = {"handoff_id": "shop-abcdefghij-7", "text": "1042", "reason": "found it"}
    del fields["reason" if kind == "answer_back" else "text"]
    with refused(Code.NO_HAND_OFF) as caught:
        play.do(kind, ANA, **fields)
    assert play.view.handoffs[0].handoff_id in caught.value.sentence


def test_a_question_can_be_called_off_once() -> None:
    play = asked()
    hears(play, HandOffAccepted)
    handoff_id = play.view.handoffs[0].handoff_id
    play.do("cancel_hand_off", ANA, handoff_id=handoff_id, reason="found it")
    assert play.view.handoffs[0].status is HandoffStatus.CANCELLED
    assert isinstance(told(play)[-1].word, CalledOff)
    assert play.alerts[-1] == "hand_off_cancelled"
    assert play.clock(ClockName.HAND_OFF).state is ClockState.CANCELLED
    with refused(Code.NO_HAND_OFF):
        play.do("cancel_hand_off", ANA, handoff_id=handoff_id, reason="found it")


def test_an_answer_that_comes_after_it_was_called_off_is_kept_as_an_entry() -> None:
    play = asked()
    play.do("cancel_hand_off", ANA, handoff_id=play.view.handoffs[0].handoff_id, reason="found it")
    hears(play, HandOffAnswered, text="It was a hold.")
    assert play.case.timeline()[-1].text == "It was a hold."
    assert play.view.handoffs[0].status is HandoffStatus.CANCELLED


def test_a_report_that_was_overtaken_changes_nothing_but_the_timeline() -> None:
    play = asked()
    hears(play, HandOffAccepted, version=4)
    hears(play, HandOffDeclined, version=2, reason="on holiday")
    assert play.view.handoffs[0].status is HandoffStatus.ACCEPTED
    assert play.kinds[-1] == "hand_off_declined"


def test_a_question_that_nobody_takes_comes_back_to_the_owner() -> None:
    play = asked()
    hears(play, HandOffReturned, why="nobody is left")
    assert play.view.handoffs[0].status is HandoffStatus.RETURNED
    assert play.alerts[-1] == "hand_off_returned"
    assert play.view.waiting_on is WaitingOn.OWNER


def test_a_hand_off_that_an_operator_ended_comes_back_when_it_is_told_something() -> None:
    play = asked()
    hears(play, HandOffAskedBack, text="Which order?")
    handoff_id = play.view.handoffs[0].handoff_id
    play.do("answer_back", ANA, handoff_id=handoff_id, text="1042")
    play.happen(Unheard(id=uuid4(), by=SYSTEM, effect=told(play)[-1].id, handoff_id=handoff_id))
    assert play.view.handoffs[0].status is HandoffStatus.RETURNED
    assert play.alerts[-1] == "hand_off_returned"


def test_a_hand_off_that_is_stuck_makes_its_case_stuck_until_it_is_over() -> None:
    play = asked()
    handoff_id = play.view.handoffs[0].handoff_id
    play.happen(Delayed(id=uuid4(), by=SYSTEM, effect=f"{handoff_id}:1", error="no answer"))
    assert play.view.waiting_on is WaitingOn.STUCK
    play.do("cancel_hand_off", ANA, handoff_id=handoff_id, reason="found it")
    assert play.view.waiting_on is WaitingOn.OWNER


def test_what_is_stuck_is_still_asked_for_when_the_case_continues() -> None:
    play = asked()
    errand = started(play)
    play.happen(Delayed(id=uuid4(), by=SYSTEM, effect=errand.id, error="no answer"))
    assert errand in play.case.errands


def test_a_resolved_case_is_not_sent_up_because_a_specialist_is_late() -> None:
    play = asked()
    play.do("resolve", ANA, text="Money back.", despite="clear enough")
    play.wait(2 * DAY)
    assert "clock_breached" in play.alerts
    assert play.view.offer is None


def test_resolving_waits_for_the_answer_unless_the_reason_is_given() -> None:
    play = asked()
    with refused(Code.HAND_OFF_PENDING) as caught:
        play.do("resolve", ANA, text="Money back.")
    assert play.view.handoffs[0].handoff_id in caught.value.sentence
    play.do("resolve", ANA, text="Money back.", despite="the customer only wanted the money")
    assert play.view.status is Status.RESOLVED
    assert play.case.timeline()[-1].data["despite"] == "the customer only wanted the money"
    assert play.view.handoffs[0].status is HandoffStatus.OFFERED


@pytest.mark.parametrize(("kind", "by"), [("withdraw", CUSTOMER), ("close", MAX)])
def test_closing_the_case_ends_its_hand_offs(kind: str, by: Actor) -> None:
    play = asked()
    play.do("hand_off", ANA, team="billing", question=QUESTION)
    play.do(kind, by, **({"reason": "settled"} if kind == "close" else {}))
    assert {handed.status for handed in play.view.handoffs} == {HandoffStatus.CANCELLED}
    assert [tell.handoff_id for tell in told(play)] == [handed.handoff_id for handed in play.view.handoffs]
    assert play.kinds.count("hand_off_ended") == 2


def test_a_case_of_an_older_policy_can_ask_too_and_says_that_it_has_no_target() -> None:
    older = claimed()
    clocks = older.case.snapshot()["plan"]["terms"]["clocks"]
    assert {"hand_off", "accept", "answer"} <= set(clocks)
    snapshot = older.case.snapshot()
    for name in ("hand_off", "accept", "answer"):
        del snapshot["plan"]["terms"]["clocks"][name]
    older.case = older.case.restore(snapshot)
    older.wait(MINUTE)
    older.do("hand_off", ANA, team="loans", question=QUESTION)
    assert "no_target" in older.kinds
    assert older.view.handoffs[0].due_at == NOON + MINUTE + DAY
