"""Refusals, repetitions, snapshots and replays: a case is a function of its events and times (DESIGN 2)."""

from __future__ import annotations

import json
from datetime import timedelta

from hypothesis import given

from cases.case import Case
from cases.events import Code, Event, Refused
from cases.requests import Message
from cases.words import HandoffStatus
from tests.claims import shared
from tests.playing import Play, Setting, apply_step
from tests.samples import CUSTOMER, MINUTE
from tests.scenes import SCENES, steps
from tests.steps import Answer, Step
from tests.strategies import REPRODUCIBLE, SETTINGS, lives, numbered


def verdict(case: Case, event: Event, play: Play) -> Code | None:
    """What `check` says."""
    try:
        case.check(event, play.now)
    except Refused as refused:
        return refused.code
    return None


class Checked(Play):
    """Checks before it applies, and compares."""

    def take(self, event: Event) -> Refused | None:
        """As before; a refused event must have changed nothing."""
        before = self.case.snapshot()
        said = verdict(self.case, event, self)
        assert self.case.snapshot() == before, "check changed the case"
        refused = super().take(event)
        assert (refused.code if refused else None) == said, "check and apply disagree"
        if refused:
            assert self.case.snapshot() == before, "a refused event changed the case"
        return refused


class Repeating(Play):
    """Sends everything twice, the second time stamped anew, and once more with other content."""

    def take(self, event: Event) -> Refused | None:
        """As before; the repetition must change nothing."""
        refused = super().take(event)
        if refused is None:
            after = self.case.snapshot()
            again = event.model_copy(update={"at": self.now - MINUTE, "via": None})
            assert self.case.apply(again, self.now) == []
            other = Message(id=event.id, by=CUSTOMER, text="Something that nobody has said.")
            assert verdict(self.case, other, self) is Code.ID_REUSED
            assert self.case.snapshot() == after
        return refused


@REPRODUCIBLE
@given(SETTINGS, lives())
def test_a_refused_event_changes_nothing_and_check_says_so_before(setting: Setting, steps: list[Step]) -> None:
    play = Checked(setting)
    for step in steps:
        apply_step(play, step)


@REPRODUCIBLE
@given(SETTINGS, lives())
def test_the_same_id_twice_changes_nothing(setting: Setting, steps: list[Step]) -> None:
    play = Repeating(setting)
    for step in steps:
        apply_step(play, step)


@REPRODUCIBLE
@given(SETTINGS, lives())
def test_the_same_events_and_times_give_the_same_state_and_effects(setting: Setting, steps: list[Step]) -> None:
    once, twice = Play(setting), Play(setting)
    for step in steps:
        apply_step(once, step)
    for step in steps:
        apply_step(twice, step)
    assert once.case.snapshot() == twice.case.snapshot()
    assert once.effects == twice.effects


@REPRODUCIBLE
@given(SETTINGS, lives())
def test_a_case_restored_from_json_behaves_as_the_case(setting: Setting, steps: list[Step]) -> None:
    play, restored = Play(setting), Play(setting)
    for step in steps:
        restored.case = Case.restore(json.loads(json.dumps(restored.case.snapshot())))
        apply_step(play, step)
        apply_step(restored, step)
        assert restored.case.snapshot() == play.case.snapshot()
        assert restored.case.next_due() == play.case.next_due()
    assert restored.effects == play.effects
    assert restored.view == play.view
    assert restored.case.brief() == play.case.brief()


@REPRODUCIBLE
@given(SETTINGS, lives())
def test_a_case_remembers_each_errand_until_it_is_answered(setting: Setting, steps: list[Step]) -> None:
    play = Play(setting)
    for step in steps:
        apply_step(play, step)
        assert [*play.case.snapshot()["errands"]] == [errand.id for errand in play.waiting]


@REPRODUCIBLE
@given(SETTINGS, lives(alone=True))
def test_in_a_world_that_answers_at_once_no_errand_waits(setting: Setting, steps: list[Step]) -> None:
    play = Play(setting, prompt=True)
    for step in steps:
        apply_step(play, step)
        assert not play.case.snapshot()["errands"]


@REPRODUCIBLE
@given(SETTINGS, lives())
def test_looking_at_a_case_changes_nothing(setting: Setting, steps: list[Step]) -> None:
    play = Play(setting)
    for step in steps:
        apply_step(play, step)
    before = play.case.snapshot()
    play.case.view(play.now + timedelta(days=100), CUSTOMER)
    play.case.brief()
    play.case.timeline()
    assert play.case.snapshot() == before


def test_the_lives_reach_what_they_must_for_these_tests_to_mean_anything() -> None:
    kinds: set[str] = set()
    statuses: set[str] = set()
    asked: set[HandoffStatus] = set()

    def live(setting: Setting, steps: list[Step]) -> None:
        play = Play(setting)
        for step in steps:
            apply_step(play, step)
            statuses.add(play.case.status)
            asked.update(handoff.view(play.now).status for handoff in play.handoffs.values())
        kinds.update(entry.kind for entry in play.case.timeline())

    for life in shared():
        live(life.setting, life.steps)
    drawn = set(kinds)
    for scene in SCENES:  # of which each life draws a few
        live(Setting(), numbered([Answer(), *steps(scene), *[Answer()] * 3]))
    long_quiet = steps(("claim", "reply", "wait_for_customer", 3_500_000, "?"))
    live(Setting(office=True), numbered([Answer(), *long_quiet]))

    assert statuses == {"opening", "open", "waiting_customer", "resolved", "closed", "archived"}
    assert {"escalated", "joined", "top_rung", "offered_beside", "returned", "decline", "unconfirmed"} <= drawn
    assert {"reopened", "clock_warned", "queued", "hand_off", "warn", "report_threat"} <= drawn
    assert {"redirect", "briefed", "decide_safety", "end_contact", "ask_review", "hand_off_accepted"} <= kinds
    assert {"hold", "unhold", "change_channel", "restrict_contact"} <= kinds
    assert {"resume", "reject_resolution", "hand_off_declined", "hand_off_neglected", "hand_off_returned"} <= kinds
    assert {"hand_off_asked_back", "answer_back", "hand_off_answered", "hand_off_warned", "hand_off_ended"} <= kinds
    assert asked == {*HandoffStatus}
    assert {"set_priority", "recategorise", "replanned", "offered_elsewhere", "corrected", "extended"} <= kinds
