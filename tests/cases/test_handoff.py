"""A hand-off by itself: accepted, declined, neglected, answered; offered on, but never to the same person again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given

from cases.calendars import ALWAYS
from cases.effects import Question
from cases.events import SYSTEM, Actor, Code, Event, StaleTime
from cases.handoff import Handoff
from cases.ledger import elapsed_from
from cases.outcomes import Chosen, Delayed, Recovered
from cases.specialists import AnsweredBack, CalledOff, SpecialistAct
from cases.view import HandoffView
from cases.words import Channel, HandoffStatus, Priority, Role, Rung
from tests.playing import Play, Setting, apply_step
from tests.samples import ANA, DAY, HOUR, LEO, LIA, MAX, NOON, refused
from tests.steps import Step
from tests.strategies import REPRODUCIBLE, SETTINGS, lives

LOU = Actor(id="lou", role=Role.AGENT, rung=Rung.AGENT, teams=("loans",))
QUESTION = Question(
    handoff_id="shop-abcdefghij-1",
    case_id="shop-abcdefghij",
    team="loans",
    question="Was the second charge a hold?",
    asked_by="ana",
    asked_at=NOON,
    product="Credit card",
    channel=Channel.EMAIL,
    priority=Priority.P3,
    accept_within=2 * HOUR,
    answer_within=8 * HOUR,
    answer_warn_at=(0.5,),
    stuck_after=timedelta(minutes=5),
)


class Asked:
    """A hand-off and its clock."""

    def __init__(self, offered_to: str | None = "leo") -> None:
        self.now: datetime = NOON
        self.handoff = Handoff.open(QUESTION, NOON)
        self.choose(offered_to)

    def choose(self, person: str | None, *, staffed: bool = True) -> None:
        """The directory answers."""
        errand = self.handoff.errand
        assert errand is not None
        assert person not in errand.never
        answer: dict[str, Any] = {"id": uuid4(), "by": SYSTEM, "effect": errand.id, "person": person, "why": "away"}
        self.happen(Chosen(**answer, staffed=staffed))

    def do(self, kind: str, by: Actor, **fields: Any) -> None:
        """A specialist does something now."""
        event = {"kind": kind, "id": uuid4(), "by": by, **fields}
        self.happen(SpecialistAct.model_validate(event).root)

    def happen(self, event: Event) -> None:
        """An event arrives now."""
        self.handoff.apply(event, self.now)
        self.handoff.tick(self.now)

    def wait(self, span: timedelta) -> None:
        """Time passes, each deadline firing when it is due."""
        until = self.now + span
        while (due := self.handoff.next_due()) is not None and due <= until:
            self.now = due
            self.handoff.tick(due)
        self.now = until

    @property
    def view(self) -> HandoffView:
        """The hand-off now."""
        return self.handoff.view(self.now)

    @property
    def reports(self) -> list[str]:
        """The kinds of what its case has not heard."""
        return [report.kind for report in self.handoff.reports]


def accepted() -> Asked:
    """Accepted by Leo."""
    asked = Asked()
    asked.do("accept", LEO)
    return asked


def test_a_question_asks_the_directory_and_is_the_queues_until_then() -> None:
    handoff = Handoff.open(QUESTION, NOON)
    view = handoff.view(NOON)
    assert handoff.errand is not None
    assert view.offered_to is not None
    assert (view.offered_to.person, view.offered_to.queue) == (None, "loans")
    assert handoff.next_due() == NOON + 2 * HOUR


def test_a_specialist_accepts_and_answers() -> None:
    asked = accepted()
    assert (asked.view.status, asked.view.specialist) == (HandoffStatus.ACCEPTED, "leo")
    asked.do("answer", LEO, text="It was a hold.")
    assert (asked.view.status, asked.view.answer) == (HandoffStatus.ANSWERED, "It was a hold.")
    assert asked.reports == ["hand_off_accepted", "hand_off_answered"]
    assert asked.handoff.next_due() is None


def test_it_is_over_when_its_case_has_heard() -> None:
    asked = accepted()
    asked.do("answer", LEO, text="It was a hold.")
    for report in asked.handoff.reports:
        assert not asked.handoff.is_over
        asked.handoff.reported(report.id)
    assert asked.handoff.is_over


def test_declined_it_is_offered_on_and_never_to_the_same_person_again() -> None:
    asked = Asked()
    asked.do("decline", LEO, reason="on holiday")
    assert asked.handoff.errand is not None
    assert asked.handoff.errand.never == ("ana", "leo")
    asked.choose("lou")
    assert asked.view.offered_to is not None
    assert asked.view.offered_to.person == "lou"
    with refused(Code.NO_OFFER):
        asked.do("decline", LEO, reason="still on holiday")


def test_who_has_accepted_may_give_it_up() -> None:
    asked = accepted()
    asked.do("decline", LEO, reason="not my field after all")
    assert asked.view.status is HandoffStatus.OFFERED
    assert asked.view.not_again == ("leo",)


@pytest.mark.parametrize(("brought", "span"), [(Asked, 2 * HOUR), (accepted, 8 * HOUR)])
def test_neglected_it_is_offered_on(brought: type[Asked], span: timedelta) -> None:
    asked = brought()
    asked.wait(span)
    assert asked.reports[-1] == "hand_off_neglected"
    assert asked.view.not_again == ("leo",)
    assert asked.view.status is HandoffStatus.OFFERED


def test_a_specialist_is_reminded_before_the_answer_is_late() -> None:
    asked = accepted()
    asked.wait(4 * HOUR)
    assert asked.reports[-1] == "hand_off_warned"


def test_when_nobody_is_left_it_goes_back_after_the_queue_had_its_time_too() -> None:
    asked = Asked()
    asked.wait(2 * HOUR)
    asked.choose("lia")
    asked.do("decline", LIA, reason="too busy")
    asked.choose(None)
    assert asked.view.offered_to is not None
    assert asked.view.offered_to.queue == "loans"
    asked.wait(2 * HOUR)
    assert asked.reports[-1] == "hand_off_neglected"
    asked.choose(None)
    assert asked.view.status is HandoffStatus.RETURNED
    assert asked.reports[-1] == "hand_off_returned"


def test_the_time_to_accept_starts_when_somebody_is_asked_however_long_the_directory_took() -> None:
    asked = Asked.__new__(Asked)
    asked.now, asked.handoff = NOON, Handoff.open(QUESTION, NOON)
    asked.wait(2 * HOUR - timedelta(seconds=1))
    asked.choose("leo")
    assert asked.handoff.next_due() == asked.now + 2 * HOUR


def test_who_has_passed_it_on_cannot_have_it_back_while_somebody_else_is_being_asked() -> None:
    asked = Asked()
    asked.do("decline", LEO, reason="on holiday")
    assert asked.handoff.view(NOON, LEO).allowed == ()
    with refused(Code.NO_OFFER):
        asked.do("accept", LEO)


def test_what_is_refused_or_unreadable_is_reported_for_nobody_else_would_say_so() -> None:
    asked = Asked()
    asked.handoff.record_unreadable("agent_action", "it is not JSON", "???", NOON)
    assert asked.reports == ["hand_off_refused"]


def test_a_team_that_nobody_belongs_to_gives_it_back_at_once() -> None:
    asked = Asked(offered_to=None)
    assert asked.view.status is HandoffStatus.OFFERED
    empty = Handoff.open(QUESTION, NOON)
    errand = empty.errand
    assert errand is not None
    empty.apply(Chosen(id=uuid4(), by=SYSTEM, effect=errand.id, why="nobody is in it", staffed=False), NOON)
    assert empty.view(NOON).status is HandoffStatus.RETURNED


def test_nobody_is_late_while_the_directory_does_not_answer() -> None:
    handoff = Handoff.open(QUESTION, NOON)
    handoff.tick(NOON + 2 * HOUR)
    handoff.tick(NOON + 4 * HOUR)
    assert handoff.reports == ()
    assert handoff.next_due() == NOON + 6 * HOUR


def test_the_time_to_answer_stands_still_while_the_owner_is_asked_back() -> None:
    asked = accepted()
    asked.wait(HOUR)
    asked.do("ask_back", LEO, text="Which order?")
    asked.wait(10 * DAY)
    assert asked.view.status is HandoffStatus.ASKED_BACK
    asked.happen(AnsweredBack(id=uuid4(), by=ANA, text="1042"))
    assert asked.view.status is HandoffStatus.ACCEPTED
    assert asked.view.clocks[-1].remaining_s == 7 * 3600
    assert any("1042" in line.text for line in asked.view.newest)


def test_one_counter_question_at_a_time_but_the_answer_may_come_first() -> None:
    asked = accepted()
    asked.do("ask_back", LEO, text="Which order?")
    with refused(Code.ALREADY_WAITING):
        asked.do("ask_back", LEO, text="Which customer?")
    asked.do("answer", LEO, text="I found it: a hold.")
    assert asked.view.status is HandoffStatus.ANSWERED


def test_called_off_nothing_is_left_to_do() -> None:
    asked = accepted()
    asked.happen(CalledOff(id=uuid4(), by=ANA, reason="found it"))
    assert asked.view.status is HandoffStatus.CANCELLED
    with refused(Code.HAND_OFF_OVER):
        asked.do("answer", LEO, text="It was a hold.")
    asked.happen(CalledOff(id=uuid4(), by=ANA, reason="closed too"))


@pytest.mark.parametrize(
    ("by", "kind", "code"),
    [
        (ANA, "accept", Code.NOT_QUALIFIED),
        (LOU, "accept", Code.OFFERED_TO_OTHER),
        (LOU, "decline", Code.NO_OFFER),
        (LEO, "answer", Code.NOT_ACCEPTED),
        (LEO, "ask_back", Code.NOT_ACCEPTED),
        (Actor(id="shop", role=Role.SERVICE), "accept", Code.WRONG_ROLE),
        (Actor(id="helper-bot", role=Role.BOT, rung=Rung.BOT), "accept", Code.RUNG_TOO_LOW),
    ],
)
def test_who_may_not_while_it_is_offered_to_leo(by: Actor, kind: str, code: Code) -> None:
    fields = {"decline": {"reason": "no"}, "answer": {"text": "Yes."}, "ask_back": {"text": "What?"}}.get(kind, {})
    with refused(code):
        Asked().do(kind, by, **fields)


def test_once_accepted_it_is_that_specialists() -> None:
    with refused(Code.ALREADY_ACCEPTED) as caught:
        accepted().do("accept", LOU)
    assert caught.value.details["specialist"] == "leo"
    with refused(Code.NOT_SPECIALIST):
        accepted().do("answer", LOU, text="It was a hold.")


@pytest.mark.parametrize("above", [LIA, MAX])
def test_a_supervisor_of_the_team_may_take_it_and_answer_it(above: Actor) -> None:
    asked = Asked()
    asked.do("accept", above)
    assert asked.view.specialist == above.id
    other = accepted()
    other.do("answer", above, text="It was a hold.")
    assert other.view.specialist == above.id


def test_an_event_that_names_another_hand_off_is_refused() -> None:
    with refused(Code.NO_HAND_OFF):
        accepted().do("answer", LEO, text="Yes.", handoff_id="shop-abcdefghij-2")
    accepted().do("answer", LEO, text="Yes.", handoff_id="shop-abcdefghij-1")


def test_a_seen_id_changes_nothing_and_one_reused_is_refused() -> None:
    asked = Asked()
    accept = {"kind": "accept", "id": UUID(int=7), "by": LEO}
    for _ in range(2):
        asked.happen(SpecialistAct.model_validate(accept).root)
    assert asked.reports == ["hand_off_accepted"]
    with refused(Code.ID_REUSED):
        asked.do("answer", LEO, text="Yes.", id=UUID(int=7))


def test_an_accept_that_was_sent_in_time_counts_as_in_time_after_an_outage() -> None:
    asked = Asked()
    asked.now = NOON + 3 * HOUR
    asked.do("accept", LEO, at=NOON + HOUR)
    assert asked.reports == ["hand_off_accepted"]


def test_what_is_shown_as_open_depends_on_the_actor() -> None:
    asked = Asked()
    assert asked.handoff.view(NOON, LEO).allowed == ("accept", "decline")
    assert asked.handoff.view(NOON, LOU).allowed == ()
    asked.do("accept", LEO)
    assert asked.handoff.view(NOON, LEO).allowed == ("decline", "answer", "ask_back")


def test_it_says_when_the_directory_does_not_answer_and_when_it_does_again() -> None:
    handoff = Handoff.open(QUESTION, NOON)
    envelope: dict[str, Any] = {"by": SYSTEM, "effect": "shop-abcdefghij-1:1"}
    handoff.apply(Delayed(id=uuid4(), **envelope, error="no answer"), NOON)
    assert handoff.view(NOON).stuck == "no answer"
    handoff.apply(Recovered(id=uuid4(), **envelope), NOON)
    assert handoff.view(NOON).stuck is None
    assert [report.kind for report in handoff.reports] == ["delayed", "recovered"]


def test_time_never_goes_backwards() -> None:
    asked = Asked()
    with pytest.raises(StaleTime):
        asked.handoff.tick(NOON - HOUR)


def consultations(setting: Setting, steps: list[Step]) -> list[tuple[Play, list[Handoff]]]:
    """A life, with its hand-offs after each step."""
    play = Play(setting)
    seen: list[tuple[Play, list[Handoff]]] = []
    for step in steps:
        apply_step(play, step)
        seen.append((play, list(play.handoffs.values())))
    return seen


@REPRODUCIBLE
@given(SETTINGS, lives())
def test_nobody_is_offered_again_what_they_declined_or_let_pass(setting: Setting, steps: list[Step]) -> None:
    for play, handoffs in consultations(setting, steps):
        for handoff in handoffs:
            view = handoff.view(play.now)
            if view.offered_to:
                assert view.offered_to.person not in view.not_again


@REPRODUCIBLE
@given(SETTINGS, lives())
def test_after_a_tick_what_is_due_is_later_than_now(setting: Setting, steps: list[Step]) -> None:
    for play, handoffs in consultations(setting, steps):
        for handoff in handoffs:
            handoff.tick(play.now)
            due = handoff.next_due()
            assert due is None or due > play.now


@REPRODUCIBLE
@given(SETTINGS, lives())
def test_a_restored_hand_off_is_the_same_and_its_clocks_agree_with_their_ledgers(
    setting: Setting, steps: list[Step]
) -> None:
    for play, handoffs in consultations(setting, steps):
        for handoff in handoffs:
            view = handoff.view(play.now)
            assert Handoff.restore(handoff.snapshot()).view(play.now) == view
            for clock in view.clocks:
                hours = handoff.question.calendars.get(clock.calendar or "", ALWAYS)
                assert elapsed_from(clock.ledger, play.now, hours).total_seconds() == clock.elapsed_s


@REPRODUCIBLE
@given(SETTINGS, lives())
def test_once_all_is_heard_the_case_says_of_its_hand_offs_what_they_say_themselves(
    setting: Setting, steps: list[Step]
) -> None:
    play = Play(setting)
    for step in steps:
        apply_step(play, step)
    for _ in range(500):
        if not play.waiting and not any(handoff.reports or handoff.errand for handoff in play.handoffs.values()):
            break
        play.answer(found=True)
    mirrors = {handed.handoff_id: handed for handed in play.view.handoffs}
    for handoff_id, handoff in play.handoffs.items():
        mirror, own = mirrors.get(handoff_id), handoff.view(play.now)
        if mirror:
            assert (mirror.status, mirror.specialist) == (own.status, own.specialist) or mirror.status.over
            assert own.status.over or not mirror.status.over
