"""What holds of every case after every step, whatever people do and however late it is handled (DESIGN 2)."""

from __future__ import annotations

import pytest

from cases.ledger import elapsed_from
from cases.words import ClockName, ClockState, Mark, Reason, Rung, Status
from tests.claims import of_every_life
from tests.moments import Life
from tests.playing import Play, apply_step
from tests.samples import REGIME

TAKES_OWNERSHIP = {"planned", "claim", "reopened", "offered_elsewhere"}
CHANGES_OFFER = {
    *("planned", "offered", "claim", "decline", "assign", "transfer", "escalated", "de_escalate", "offered_beside"),
    *("returned", "joined", "reopened", "resolve", "close", "withdraw", "accept_resolution", "unconfirmed"),
    *("offered_elsewhere", "decide_safety", "end_contact"),
    "offered_elsewhere",
    *("corrected", "extended"),  # by when it is to be claimed
}
CHANGES_STATUS = {
    *("planned", "claim", "wait_for_customer", "resume", "message", "ask_for_manager", "resolve", "accept_resolution"),
    *("reject_resolution", "withdraw", "close", "unconfirmed", "reopen", "archived"),
    *("choose_contact", "ask_review", "decide_safety", "end_contact"),
}
TIME_GIVEN = {ClockName.ACKNOWLEDGE, ClockName.CONFIRM, ClockName.REOPEN_WINDOW, ClockName.CUSTOMER_SILENCE}
"""What others are given to act on something that they are told, unlike what the company promises."""

STANDS_BY_ITSELF = {ClockName.HOLD, ClockName.CUSTOMER_SILENCE}
"""Clocks that no policy makes pausable: how long somebody was on hold, and a silence while a word is owed to them."""

KEPT_BY = {
    "claim": {ClockName.ACKNOWLEDGE},
    "reply": {ClockName.FIRST_RESPONSE, ClockName.NEXT_RESPONSE},
    "redirect": {ClockName.REDIRECT},
}
ENDS_OFFER = {
    *("claim", "returned", "resolve", "close", "withdraw", "accept_resolution", "unconfirmed"),
    *("decide_safety", "end_contact"),
}


@of_every_life
def test_exactly_one_owner_a_person_or_a_queue(life: Life) -> None:
    for moment in life.moments:
        assert (moment.after.owner.person is None) != (moment.after.owner.queue is None)
        assert moment.after.team


@of_every_life
def test_the_rung_is_that_of_the_owner_who_claimed(life: Life) -> None:
    for moment in life.moments:
        if moment.event and moment.event.kind == "claim" and "reopened" not in moment.kinds:
            assert moment.after.owner.person == moment.event.by.id
            assert moment.after.rung is moment.event.by.rung


@of_every_life
def test_an_offer_has_one_live_acknowledge_clock_and_nothing_else_has(life: Life) -> None:
    for moment in life.moments:
        clocks = [
            clock
            for clock in moment.after.clocks
            if clock.name is ClockName.ACKNOWLEDGE and clock.state is ClockState.RUNNING
        ]
        assert len(clocks) == (1 if moment.after.offer else 0)


@of_every_life
def test_no_offer_is_left_lying_its_time_runs_or_the_top_is_alerted(life: Life) -> None:
    for stand in life.stands:
        clocks = {clock.name: clock for clock in stand.view.clocks if clock.state is ClockState.RUNNING}
        if stand.view.offer and clocks[ClockName.ACKNOWLEDGE].breached_at:
            assert ClockName.ALERT_REPEAT in clocks


@of_every_life
def test_no_offer_skips_a_rung_however_late_things_are_handled(life: Life) -> None:
    for moment in life.moments:
        if moment.after.offer and "planned" not in moment.kinds:
            held = [moment.before.rung.height, moment.after.rung.height]
            offered = [moment.before.offer.rung.height] if moment.before.offer else []
            if {Reason.THREAT, Reason.ABUSE} & {*moment.after.offer.reasons}:  # the sample policy lets these
                offered.append(Rung.MANAGER.height - 1)
            assert moment.after.offer.rung.height <= max(held + offered) + 1


@of_every_life
def test_one_tick_climbs_at_most_once(life: Life) -> None:
    for moment in life.moments:
        if moment.event is None:
            assert [entry.kind for entry in moment.entries].count("escalated") <= 1


@of_every_life
def test_an_offer_that_goes_higher_keeps_its_reasons(life: Life) -> None:
    for moment in life.moments:
        before, after = moment.before.offer, moment.after.offer
        if before and after and after.rung.height >= before.rung.height and not ENDS_OFFER & moment.kinds:
            assert {*before.reasons} - {Reason.OPENED} <= {*after.reasons}


@of_every_life
def test_nobody_is_offered_again_what_they_declined(life: Life) -> None:
    for moment in life.moments:
        if moment.after.offer:
            assert moment.after.offer.to.person not in moment.after.offer.declined_by


@of_every_life
def test_timeline_numbers_have_no_gap_and_the_last_is_the_version(life: Life) -> None:
    for stand in life.stands:
        assert [entry.n for entry in stand.timeline] == [*range(1, stand.view.version + 1)]


@of_every_life
def test_what_is_on_the_timeline_never_changes(life: Life) -> None:
    written: list[str] = []
    for play in life.played():
        timeline = [entry.model_dump_json() for entry in play.case.timeline()]
        assert timeline[: len(written)] == written
        written = timeline


@of_every_life
def test_every_entry_says_who_and_why(life: Life) -> None:
    for moment in life.moments:
        who = {"caseladder", moment.event.by.id if moment.event else "caseladder"}
        waited = "planned" in moment.kinds
        for entry in moment.entries:
            assert entry.text.strip()
            assert waited or entry.by.id in who


@of_every_life
def test_every_change_of_owner_or_rung_has_an_entry(life: Life) -> None:
    for moment in life.moments:
        if (moment.before.owner, moment.before.rung) != (moment.after.owner, moment.after.rung):
            assert TAKES_OWNERSHIP & moment.kinds


@of_every_life
def test_every_change_of_offer_has_an_entry(life: Life) -> None:
    for moment in life.moments:
        if moment.before.offer != moment.after.offer:
            assert CHANGES_OFFER & moment.kinds


@of_every_life
def test_every_change_of_status_or_priority_has_an_entry(life: Life) -> None:
    for moment in life.moments:
        if moment.before.status is not moment.after.status:
            assert CHANGES_STATUS & moment.kinds
        if moment.before.priority is not moment.after.priority:
            assert {"planned", "replanned", "set_priority"} & moment.kinds


@of_every_life
def test_every_change_of_a_clock_is_listed_in_the_entry_that_caused_it(life: Life) -> None:
    for stand in life.stands:
        listed: dict[str, list[tuple[str, str]]] = {}
        for entry in stand.timeline:
            for change in entry.data.get("clocks", ()):
                listed.setdefault(change["id"], []).append((change["mark"], entry.by.id))
        for clock in stand.view.clocks:
            assert listed.pop(clock.id) == [(entry.mark.value, entry.by) for entry in clock.ledger]
        # Clocks that are over make room for the next of their name; that they ended is on the timeline.
        assert {marks[-1][0] for marks in listed.values()} <= {"fulfil", "cancel", "correct"}


@of_every_life
def test_after_a_tick_nothing_is_due(life: Life) -> None:
    play = Play(life.setting)
    for step in life.steps:
        apply_step(play, step)
        play.tick()
        due = play.case.next_due()
        assert due is None or due > play.now


@of_every_life
def test_elapsed_time_is_what_the_ledger_says_to_the_second(life: Life) -> None:
    for play in life.played():
        for clock in play.view.clocks:
            hours = play.hours(clock.calendar)
            assert clock.elapsed_s == elapsed_from(clock.ledger, play.now, hours).total_seconds()
            assert clock.elapsed_s + clock.remaining_s == pytest.approx(clock.target_s)


@of_every_life
def test_a_clock_is_breached_only_when_its_time_was_over(life: Life) -> None:
    for moment in life.moments:
        breached = {clock.id for clock in moment.before.clocks if clock.breached_at}
        for clock in moment.after.clocks:
            if clock.breached_at and clock.id not in breached:
                assert clock.elapsed_s >= clock.target_s


@of_every_life
def test_a_clock_warns_once_at_each_of_its_points_and_is_breached_once(life: Life) -> None:
    for stand in life.stands:
        for clock in stand.view.clocks:
            marks: list[Mark] = []
            for entry in clock.ledger:
                # Another target may bring warnings and a deadline once more.
                marks = [] if entry.mark in (Mark.RETARGET, Mark.CORRECT) else [*marks, entry.mark]
            stage = REGIME.stage(clock.label)
            terms = stage or life.setting.plan.terms.clocks.get(clock.name)
            assert marks.count(Mark.WARN) <= len(terms.warn_at if terms else ())
            assert marks.count(Mark.BREACH) <= 1


@of_every_life
def test_what_was_done_in_time_is_no_breach_however_late_it_is_handled(life: Life) -> None:
    for moment in life.moments:
        done = {name: entry.at for entry in moment.entries for name in KEPT_BY.get(entry.kind, ())}
        due = {clock.id: clock.due_at for clock in moment.before.clocks if not clock.breached_at}
        for clock in moment.after.clocks:
            at, deadline = done.get(clock.name), due.get(clock.id)
            if at and deadline and at < deadline and clock.state is ClockState.FULFILLED:
                assert clock.breached_at is None
                assert clock.elapsed_s < clock.target_s


@of_every_life
def test_time_that_somebody_is_given_is_not_over_when_they_get_it(life: Life) -> None:
    for moment in life.moments:
        before = {clock.id for clock in moment.before.clocks}
        for clock in moment.after.clocks:
            if clock.name in TIME_GIVEN and clock.id not in before:
                assert clock.elapsed_s == 0
                assert clock.breached_at is None


@of_every_life
def test_only_waiting_and_a_resolution_pause_anything(life: Life) -> None:
    for stand in life.stands:
        standing = [clock for clock in stand.view.clocks if clock.state is ClockState.PAUSED]
        if stand.view.status is Status.WAITING_CUSTOMER:
            assert all(clock.pausable or clock.name in STANDS_BY_ITSELF for clock in standing)
        elif stand.view.status is not Status.RESOLVED:
            assert {clock.name for clock in standing} <= {ClockName.HOLD}


@of_every_life
def test_every_effect_has_the_next_number_of_its_case(life: Life) -> None:
    for stand in life.stands:
        ids = [effect.id for effect in stand.effects]
        assert ids == [f"{stand.view.case_id}:{n}" for n in range(1, len(ids) + 1)]


@of_every_life
def test_an_archived_case_owes_nothing_and_waits_for_nothing(life: Life) -> None:
    for stand in life.stands:
        if stand.view.status is Status.ARCHIVED:
            assert stand.next_due is None
            assert not [clock for clock in stand.view.clocks if clock.due_at or clock.state is ClockState.PAUSED]


@of_every_life
def test_a_statutory_clock_never_pauses(life: Life) -> None:
    for stand in life.stands:
        for clock in stand.view.clocks:
            if clock.name is ClockName.STATUTORY:
                assert not {entry.mark for entry in clock.ledger} & {Mark.PAUSE, Mark.RESUME}


@of_every_life
def test_a_statutory_duty_ends_only_by_a_letter_or_in_the_case_that_a_duplicate_repeats(life: Life) -> None:
    for moment in life.moments:
        before = {clock.id for clock in moment.before.clocks if clock.state is ClockState.RUNNING}
        for clock in moment.after.clocks:
            stage = REGIME.stage(clock.label)
            if clock.id in before and clock.state is not ClockState.RUNNING and stage and not stage.optional:
                assert moment.after.duplicate_of or [e for e in moment.entries if e.data.get("letter")]


@of_every_life
def test_a_case_is_not_archived_while_a_statutory_clock_runs(life: Life) -> None:
    for stand in life.stands:
        stages = [c for c in stand.view.clocks if c.name is ClockName.STATUTORY and c.state is ClockState.RUNNING]
        assert not (stages and stand.view.status is Status.ARCHIVED)


@of_every_life
def test_what_was_promised_is_not_owed_by_a_closed_case(life: Life) -> None:
    for stand in life.stands:
        if stand.view.status in (Status.CLOSED, Status.ARCHIVED):
            names = {clock.name for clock in stand.view.clocks if clock.due_at}
            assert not names & {ClockName.UPDATE, ClockName.CALLBACK, ClockName.CUSTOMER_SILENCE, ClockName.REVIEW}


@of_every_life
def test_a_time_that_was_promised_or_that_a_regulator_sets_never_moves(life: Life) -> None:
    for moment in life.moments:
        before = {clock.id: clock.due_at for clock in moment.before.clocks if clock.label}
        for clock in moment.after.clocks:
            if clock.id in before and clock.state not in (ClockState.FULFILLED, ClockState.CANCELLED):
                assert clock.due_at == before[clock.id]


@of_every_life
def test_the_sum_of_holds_is_what_the_timeline_says_and_runs_only_while_somebody_is_on_hold(life: Life) -> None:
    for stand in life.stands:
        view = stand.view
        assert view.holds.count == [entry.kind for entry in stand.timeline].count("hold")
        for clock in view.clocks:
            if clock.name is ClockName.HOLD and clock.state is ClockState.RUNNING:
                assert view.holds.since
            assert clock.name is not ClockName.HOLD or clock.elapsed_s <= view.holds.held_s
        if view.holds.since:
            assert view.live
            assert stand.view.status is Status.OPEN


@of_every_life
def test_handling_time_is_that_of_a_person_and_stands_while_it_is_the_customers_move(life: Life) -> None:
    for stand in life.stands:
        running = [c for c in stand.view.clocks if c.name is ClockName.HANDLE_TIME and c.state is ClockState.RUNNING]
        assert len(running) <= 1
        if running:
            assert stand.view.owner.person
            assert stand.view.status is Status.OPEN


@of_every_life
def test_a_clock_runs_only_on_a_pathway_that_has_it_or_was_promised(life: Life) -> None:
    promised = {ClockName.CALLBACK}
    for stand in life.stands:
        if stand.view.status in (Status.OPEN, Status.WAITING_CUSTOMER):
            for clock in stand.view.clocks:
                if clock.state is ClockState.RUNNING and clock.label is None and clock.name not in promised:
                    assert life.setting.plan.pathway(stand.view.channel).has_clock(clock.name)
