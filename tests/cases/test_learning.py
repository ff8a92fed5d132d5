"""What comes back to those who sent a case up, and what customers say of how it ended."""

from __future__ import annotations

from uuid import uuid4

import pytest

from cases.case import Case
from cases.effects import AlertStaff, PlanCase
from cases.events import SYSTEM
from cases.outcomes import Planned
from cases.view import EarlierCase
from cases.words import ClosedAs, Reason, Rung, Status
from tests.samples import (
    ANA,
    CUSTOMER,
    DAY,
    HOUR,
    MAX,
    MINUTE,
    NOON,
    SUE,
    Played,
    claimed,
    climbed,
    complaint,
    plan,
    resolved,
)


def lessons(play: Played) -> list[tuple[str | None, object, object]]:
    """Who was told what, by alert."""
    sent = [effect for effect in play.effects if isinstance(effect, AlertStaff) and effect.template == "lesson"]
    return [(effect.person, effect.params["warranted"], effect.params["lesson"]) for effect in sent]


def test_the_rep_who_escalated_is_told_whether_it_was_right_and_what_to_learn() -> None:
    play = climbed()
    play.do("resolve", SUE, text="Money back.", warranted=False, lesson="Agents may refund up to 50.")
    assert lessons(play) == [("ana", False, "Agents may refund up to 50.")]


def test_the_lesson_is_on_record_and_in_the_view() -> None:
    play = climbed()
    play.do("resolve", SUE, text="Money back.", warranted=True, lesson="Well seen.")
    entry = next(entry for entry in play.case.timeline() if entry.kind == "lesson")
    assert entry.data == {"to": "ana", "reason": "attempts_failed", "warranted": True, "lesson": "Well seen."}
    (lesson,) = play.view.lessons
    assert (lesson.to, lesson.by, lesson.reason, lesson.warranted) == ("ana", "sue", Reason.ATTEMPTS_FAILED, True)


def test_everybody_who_sent_it_up_is_told_once() -> None:
    play = climbed()
    play.do("attempt", SUE, text="Called again", outcome="no")
    play.wait(DAY / 24)
    play.do("escalate", SUE, reason="irate")
    play.do("claim", MAX)
    play.do("resolve", MAX, text="Money back.", warranted=True)
    assert [person for person, _, _ in lessons(play)] == ["ana", "sue"]


def test_whoever_had_the_case_when_its_deadline_passed_is_told_too() -> None:
    play = claimed()
    play.wait(8 * HOUR + 30 * MINUTE)  # past the supervisors, who let it lie
    play.do("claim", MAX)
    play.do("resolve", MAX, text="Money back.", lesson="Answer first, look later.")
    assert lessons(play) == [("ana", None, "Answer first, look later.")]
    assert play.view.lessons[0].reason is Reason.CLOCK_BREACHED


def test_without_a_judgement_or_lesson_nobody_is_told() -> None:
    play = climbed()
    play.do("resolve", SUE, text="Money back.")
    assert (lessons(play), play.view.lessons) == ([], ())


def test_nobody_teaches_themselves() -> None:
    play = claimed()
    play.do("attempt", ANA, text="Called the bank", outcome="they do not answer")
    play.do("escalate", ANA, reason="attempts_failed")
    play.do("resolve", ANA, text="Money back.", warranted=False)
    assert lessons(play) == []


# what the customer says of it


def test_the_customers_score_and_comment_are_kept() -> None:
    play = resolved()
    play.do("accept_resolution", CUSTOMER, score=4, comment="Slow, but good.")
    said = play.view.satisfaction
    assert said
    assert (said.score, said.comment, said.at) == (4, "Slow, but good.", play.now)
    assert Case.restore(play.case.snapshot()).view(play.now) == play.view


def test_a_reopened_case_has_no_score_that_stands() -> None:
    play = resolved()
    play.do("accept_resolution", CUSTOMER, score=4)
    play.do("message", CUSTOMER, text="It came back.")
    assert play.view.satisfaction is None


# the customer's other cases


def test_the_brief_says_which_case_it_follows_and_how_the_earlier_ones_ended() -> None:
    before = EarlierCase(
        case_id="shop-aaaaaaaaaa",
        product="Loan",
        issue="Late fee",
        status=Status.ARCHIVED,
        closed_as=ClosedAs.ACCEPTED,
        opened_at=NOON - 90 * DAY,
        closed_at=NOON - 80 * DAY,
        resolution="The fee is waived.",
    )
    play = Played(follows="shop-aaaaaaaaaa")
    errand = next(effect for effect in play.effects if isinstance(effect, PlanCase))
    ids = ("shop-aaaaaaaaaa", "shop-bbbbbbbbbb")
    play.happen(Planned(id=uuid4(), by=SYSTEM, effect=errand.id, plan=plan(), earlier_cases=ids, earlier=(before,)))
    brief = play.case.brief()
    assert (brief.follows, brief.earlier, brief.earlier_cases) == ("shop-aaaaaaaaaa", (before,), ids)
    assert Case.restore(play.case.snapshot()).brief() == brief


def test_no_case_follows_itself() -> None:
    own = complaint().case_id
    with pytest.raises(ValueError, match="cannot follow itself"):
        complaint(follows=own)


def test_of_two_promises_of_a_kind_the_brief_names_what_is_due_first() -> None:
    play = claimed()
    for days in (2, 1, 3):
        play.do("promise", ANA, what="update", by_when=NOON + days * DAY)
    assert play.case.brief().due["update promised"] == NOON + DAY


def test_the_rung_of_a_climb_that_nobody_took_teaches_nobody() -> None:
    play = claimed()
    play.do("attempt", ANA, text="Called the bank", outcome="they do not answer")
    play.do("escalate", ANA, reason="attempts_failed")
    assert play.offered[0] is Rung.SUPERVISOR
    play.do("de_escalate", SUE, reason="yours to solve")
    play.do("resolve", ANA, text="Money back.", lesson="Wait for the bank.")
    assert lessons(play) == []
