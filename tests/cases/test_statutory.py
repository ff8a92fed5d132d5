"""Statutory stages: what satisfies them, what does not, and what becomes of a case that still owes a letter."""

from __future__ import annotations

import pytest

from cases.actions import Reply
from cases.case import Case
from cases.effects import AlertStaff, TellCustomer
from cases.events import Code
from cases.view import ClockView
from cases.words import ClockName, ClockState, ClosedAs, Mark, Reason, Rung, Status, WaitingOn
from tests.samples import (
    ANA,
    BEN,
    CUSTOMER,
    DAY,
    HOUR,
    MAX,
    NOON,
    REGIME,
    Played,
    claimed,
    deed,
    plan,
    refused,
)


def regulated(**fields: object) -> Played:
    """The sample case under the sample regime, claimed by Ana."""
    return claimed(plan(regime=REGIME), **fields)


def letter(play: Played, kind: str, **fields: object) -> None:
    """Ana, who owns the case, sends a letter."""
    play.do("reply", ANA, text="As the rule asks.", letter=kind, **fields)


def accepted() -> Played:
    """The regulated case, resolved and accepted within a day."""
    play = regulated()
    play.do("resolve", ANA, text="Paid back.")
    play.wait(DAY)
    play.do("accept_resolution", CUSTOMER)
    return play


def closed_late() -> Played:
    """The regulated case, accepted in time but never answered in writing, when the reopen window has passed."""
    play = accepted()
    play.wait(25 * DAY)
    return play


def ended(clock: ClockView) -> str:
    """Why a clock ended."""
    return clock.ledger[-1].cause


def test_the_stages_that_no_letter_opens_run_from_the_beginning() -> None:
    assert regulated().stages() == ["acknowledged", "settled", "answered"]


def test_all_stages_count_from_the_receipt() -> None:
    play = regulated(received_at=NOON - DAY)
    assert play.stage("answered").due_at == NOON + 19 * DAY
    assert play.stage("answered").elapsed_s == DAY.total_seconds()


def test_a_regime_may_count_from_the_opening() -> None:
    play = claimed(plan(regime=REGIME.model_copy(update={"from_opening": True})), received_at=NOON - DAY)
    assert play.stage("answered").due_at == NOON + 20 * DAY


def test_a_stage_that_was_missed_before_the_case_was_opened_is_breached_at_once() -> None:
    play = Played(plan(regime=REGIME), received_at=NOON - 3 * DAY)
    assert play.stage("acknowledged").breached_at == NOON


def test_a_letter_satisfies_every_stage_that_names_it() -> None:
    play = regulated()
    letter(play, "final_response")
    assert play.stages() == []
    assert ended(play.stage("acknowledged")) == ended(play.stage("answered")) == "letter: final_response"


def test_when_no_duty_is_left_the_way_out_is_closed() -> None:
    play = regulated()
    letter(play, "final_response")
    assert play.stage("settled").state is ClockState.CANCELLED


def test_a_letter_opens_what_follows_counted_from_the_receipt() -> None:
    play = regulated()
    letter(play, "acknowledgement")
    letter(play, "holding")
    assert play.stages() == ["settled", "at_last"]
    assert play.stage("at_last").due_at == NOON + 30 * DAY


def test_a_second_holding_letter_opens_nothing_again() -> None:
    play = regulated()
    letter(play, "holding")
    letter(play, "holding")
    assert play.stages().count("at_last") == 1


def test_a_late_letter_satisfies_the_stage_and_the_breach_stays_on_record() -> None:
    play = regulated()
    play.wait(21 * DAY)
    letter(play, "final_response")
    clock = play.stage("answered")
    assert clock.state is ClockState.FULFILLED
    assert clock.breached_at == NOON + 20 * DAY


def test_a_reply_that_is_no_letter_satisfies_nothing() -> None:
    play = regulated()
    play.do("reply", ANA, text="We look into it.")
    assert play.stages() == ["acknowledged", "settled", "answered"]


def test_a_letter_is_a_reply_too() -> None:
    play = regulated()
    letter(play, "acknowledgement")
    assert play.clock(ClockName.FIRST_RESPONSE).state is ClockState.FULFILLED


def test_the_customer_gets_the_words_of_that_letter_in_that_regime() -> None:
    play = regulated(received_at=NOON - DAY)
    letter(play, "holding", update_by=NOON + 5 * DAY)
    told = next(effect for effect in play.effects if isinstance(effect, TellCustomer) and "letter" in effect.template)
    assert told.template == "letter.holding.sample"
    assert told.params["received_at"] == NOON - DAY
    assert told.params["next_word_by"] == NOON + 5 * DAY


def test_a_holding_letter_says_when_the_next_stage_is_due() -> None:
    play = regulated()
    letter(play, "acknowledgement")
    letter(play, "holding")
    told = [effect for effect in play.effects if isinstance(effect, TellCustomer)][-1]
    assert told.params["next_word_by"] == NOON + 30 * DAY


def test_the_owner_is_warned_of_a_stage_by_its_name() -> None:
    play = regulated()
    play.do("reply", ANA, text="We look into it.")
    play.wait(DAY)
    warned = [e for e in play.effects if isinstance(e, AlertStaff) and e.template == "clock_warned"]
    assert warned[-1].params["clock"] == "statutory acknowledged"
    assert warned[-1].person == "ana"


def test_a_stage_that_only_alerts_reaches_the_managers() -> None:
    play = regulated()
    letter(play, "acknowledgement")
    letter(play, "holding")
    play.do("close", MAX, reason="settled in court")
    play.wait(31 * DAY)
    late = [e for e in play.effects if isinstance(e, AlertStaff) and e.params.get("clock") == "statutory at_last"]
    assert {alert.rung for alert in late} == {Rung.MANAGER}


def test_a_missed_stage_of_an_open_case_offers_it_up() -> None:
    play = regulated()
    play.do("reply", ANA, text="We look into it.")
    play.wait(2 * DAY)
    assert play.stage("acknowledged").breached_at == NOON + 2 * DAY
    assert play.offered == (Rung.SUPERVISOR, (Reason.CLOCK_BREACHED,))


def test_waiting_for_the_customer_pauses_no_stage() -> None:
    play = regulated()
    play.do("reply", ANA, text="Which?", asks="Which order?")
    play.do("wait_for_customer", ANA)
    assert play.stages(ClockState.PAUSED) == []


def test_neither_a_resolution_nor_its_acceptance_satisfies_a_stage() -> None:
    assert accepted().stages() == ["acknowledged", "settled", "answered"]


def test_silence_satisfies_no_stage() -> None:
    play = regulated()
    play.do("reply", ANA, text="We have it.", letter="acknowledgement")
    play.do("resolve", ANA, text="Paid back.")
    play.wait(8 * DAY)
    assert play.view.closed_as is ClosedAs.UNCONFIRMED
    assert play.stages() == ["answered"]


def test_a_resolved_case_that_went_up_for_a_late_stage_is_not_closed_before_somebody_takes_it_up() -> None:
    play = regulated()
    play.do("resolve", ANA, text="Paid back.")
    play.wait(8 * DAY)
    assert play.view.status is Status.RESOLVED
    assert play.offered[1][0] is Reason.CLOCK_BREACHED


def test_a_withdrawn_complaint_still_gets_its_letter() -> None:
    play = regulated()
    play.do("withdraw", CUSTOMER)
    assert "answered" in play.stages()


def test_a_duplicate_owes_nothing_because_the_case_that_it_repeats_does() -> None:
    play = regulated()
    play.do("close", MAX, reason="sent twice", duplicate_of="shop-abcdefghij")
    assert play.stages() == []
    assert ended(play.stage("answered")) == "owed in shop-abcdefghij"


def test_a_closed_case_that_owes_a_letter_waits_on_its_owner_and_is_not_archived() -> None:
    play = closed_late()
    assert play.case.status is Status.CLOSED
    assert play.view.waiting_on is WaitingOn.OWNER
    assert play.clock(ClockName.REOPEN_WINDOW).state is ClockState.FULFILLED


def test_the_last_letter_that_is_owed_archives_a_case_whose_window_has_passed() -> None:
    play = closed_late()
    letter(play, "final_response")
    assert play.case.status is Status.ARCHIVED
    assert play.case.next_due() is None


def test_a_letter_within_the_window_leaves_the_case_to_its_window() -> None:
    play = accepted()
    letter(play, "final_response")
    assert play.case.status is Status.CLOSED
    play.wait(14 * DAY)
    assert play.case.status is Status.ARCHIVED


def test_a_case_that_owes_only_a_way_out_is_archived_when_that_has_passed() -> None:
    only = REGIME.model_copy(update={"stages": (REGIME.stages[1].model_copy(update={"within": 30 * DAY}),)})
    play = claimed(plan(regime=only))
    play.do("close", MAX, reason="settled in court")
    play.wait(29 * DAY)
    assert play.case.status is Status.CLOSED
    play.wait(2 * DAY)
    assert play.case.status is Status.ARCHIVED


def test_managers_hear_again_and_again_of_what_a_closed_case_is_late_with() -> None:
    play = accepted()
    play.wait(19 * DAY)  # the acknowledgement is late since the second day, the answer now
    before = play.alerts.count("clock_breached")
    play.wait(4 * HOUR)
    play.wait(4 * HOUR)
    assert play.alerts.count("clock_breached") == before + 4
    assert play.kinds[-1] == "statutory_late"


def test_the_alerts_end_with_the_letter() -> None:
    play = closed_late()
    letter(play, "final_response")
    before = len(play.alerts)
    play.wait(10 * DAY)
    assert len(play.alerts) == before


def test_a_case_that_is_reopened_is_its_owners_again() -> None:
    play = closed_late()
    play.do("reopen", ANA)
    assert play.clock(ClockName.ALERT_REPEAT).state is ClockState.CANCELLED
    assert play.stages() == ["acknowledged", "answered"]


def test_a_closed_case_shows_that_it_takes_a_reply_only_while_a_letter_is_owed() -> None:
    play = accepted()
    assert "reply" in play.case.view(play.now, ANA).allowed
    letter(play, "final_response")
    assert "reply" not in play.case.view(play.now, ANA).allowed


@pytest.mark.parametrize("fields", [{}, {"letter": "final_response", "asks": "Which?"}])
def test_a_closed_case_takes_no_other_words(fields: dict[str, str]) -> None:
    with refused(Code.CLOSED) as caught:
        accepted().do("reply", ANA, text="By the way.", **fields)
    assert "only a `letter`" in caught.value.sentence


def test_a_closed_case_promises_nothing() -> None:
    with refused(Code.CLOSED):
        letter(accepted(), "holding", update_by=NOON + 9 * DAY)


def test_a_letter_without_a_regime_is_refused() -> None:
    with refused(Code.UNKNOWN_LETTER) as caught:
        letter(claimed(), "final_response")
    assert "No statutory regime applies to this case" in caught.value.sentence


def test_a_letter_that_the_regime_does_not_know_is_refused_and_the_known_ones_are_named() -> None:
    with refused(Code.UNKNOWN_LETTER) as caught:
        letter(regulated(), "in_progress")
    assert "acknowledgement, holding, summary_resolution, final_response" in caught.value.sentence


def test_a_way_out_is_taken_for_a_complaint_that_was_accepted_in_time() -> None:
    play = accepted()
    play.wait(5 * DAY)  # the letter itself may follow: what counts is when the customer accepted
    letter(play, "summary_resolution")
    assert ended(play.stage("answered")) == "letter: summary_resolution"


def test_the_way_out_is_closed_to_a_complaint_that_nobody_has_accepted() -> None:
    with refused(Code.LETTER_NOT_OPEN) as caught:
        letter(regulated(), "summary_resolution")
    assert "accepted by 2026-03-05 12:00:00 UTC" in caught.value.sentence
    assert "final_response" in caught.value.sentence


def test_the_way_out_is_closed_to_a_complaint_that_was_accepted_too_late() -> None:
    play = regulated()
    play.do("resolve", ANA, text="Paid back.")
    play.wait(3 * DAY + HOUR)
    play.do("accept_resolution", CUSTOMER)
    with refused(Code.LETTER_NOT_OPEN):
        letter(play, "summary_resolution")


def test_that_the_way_out_has_passed_breaks_nothing() -> None:
    play = regulated()
    letter(play, "acknowledgement")
    play.wait(4 * DAY)
    clock = play.stage("settled")
    assert clock.state is ClockState.FULFILLED
    assert Mark.BREACH not in {entry.mark for entry in clock.ledger}


def test_a_letter_that_was_sent_in_time_counts_so_however_late_it_is_handled() -> None:
    play = regulated()
    sent = deed("reply", ANA, text="You are right.", letter="final_response", at=NOON + 19 * DAY)
    play.now += 22 * DAY
    play.happen(sent)
    assert play.stage("answered").breached_at is None


def test_stages_survive_a_snapshot() -> None:
    play = regulated()
    letter(play, "holding")
    again = Case.restore(play.case.snapshot())
    assert again.view(play.now) == play.view
    assert again.next_due() == play.case.next_due()


def test_a_letter_says_on_the_timeline_what_it_is() -> None:
    play = regulated()
    letter(play, "acknowledgement")
    entry = next(entry for entry in play.case.timeline() if entry.kind == Reply.model_fields["kind"].default)
    assert entry.data["letter"] == "acknowledgement"


def test_a_closed_case_that_a_queue_owns_gets_its_letter_from_anybody_of_the_line() -> None:
    play = Played(plan(regime=REGIME), person=None)
    play.do("withdraw", CUSTOMER)
    letter(play, "final_response")
    assert play.stages() == []
    with refused(Code.NOT_OWNER):
        accepted().do("reply", BEN, text="Mine?", letter="final_response")
