"""What is handled late, sent twice or arrives after the end: outages, repetitions, closed and archived cases."""

from __future__ import annotations

from uuid import UUID

import pytest

from cases.case import TAIL
from cases.effects import Effect, TellCustomer
from cases.events import Code, Refused
from cases.plan import ClockTerms
from cases.words import ClockName, ClockState, ClosedAs, Reason, Rung, Status
from tests.samples import (
    ANA,
    BEN,
    CUSTOMER,
    DAY,
    HOUR,
    MINUTE,
    NOON,
    SUE,
    Played,
    attempted,
    claimed,
    closed,
    deed,
    plan,
    refused,
    resolved,
    terms,
)

ID = UUID(int=7)


def told(effects: list[Effect]) -> list[TellCustomer]:
    """The messages to the customer among the effects."""
    return [effect for effect in effects if isinstance(effect, TellCustomer)]


def archived() -> Played:
    """The sample case after its time to reopen."""
    play = closed()
    play.wait(14 * DAY)
    return play


# handled late


def test_a_claim_made_in_time_is_no_breach_although_it_was_handled_after_the_deadline() -> None:
    play = Played(plan())
    play.now += 2 * HOUR
    play.do("claim", ANA, at=NOON + 59 * MINUTE)
    assert (play.view.owner.person, play.kinds.count("clock_breached")) == ("ana", 0)


def test_a_claim_made_too_late_is_a_breach() -> None:
    play = Played(plan())
    play.now += 2 * HOUR
    play.do("claim", SUE, at=NOON + 61 * MINUTE)
    assert play.kinds.count("clock_breached") == 1


def test_a_reply_between_warning_and_deadline_is_no_breach_although_it_was_handled_after_both() -> None:
    play = claimed()
    play.now += 8 * HOUR
    play.do("reply", ANA, text="Here you are.", at=NOON + 5 * HOUR)
    assert (play.kinds.count("clock_warned"), play.kinds.count("clock_breached")) == (1, 0)


def test_a_reply_handled_late_took_as_long_as_it_took() -> None:
    play = claimed()
    play.now += 8 * HOUR
    play.do("reply", ANA, text="Here you are.", at=NOON + 5 * HOUR)
    assert play.clock(ClockName.FIRST_RESPONSE).elapsed_s == 5 * 3600


def test_a_message_handled_late_is_owed_an_answer_from_when_it_was_written() -> None:
    play = claimed()
    play.do("reply", ANA, text="We look into it.")
    play.now += 2 * HOUR
    play.do("message", CUSTOMER, text="And?", at=NOON + HOUR)
    assert play.clock(ClockName.NEXT_RESPONSE).due_at == NOON + 9 * HOUR


def test_a_customer_told_late_has_the_whole_time_to_confirm() -> None:
    play = claimed()
    play.now += 8 * DAY
    play.do("resolve", ANA, text="Money back.", at=NOON + HOUR)
    assert (play.case.status, play.clock(ClockName.CONFIRM).due_at) == (Status.RESOLVED, play.now + 7 * DAY)


def test_a_case_closed_late_can_be_reopened_for_the_whole_window() -> None:
    play = resolved()
    play.now += 30 * DAY
    play.do("accept_resolution", CUSTOMER, at=NOON + HOUR)
    assert (play.case.status, play.clock(ClockName.REOPEN_WINDOW).due_at) == (Status.CLOSED, play.now + 14 * DAY)


def test_what_was_due_before_a_refused_event_is_not_lost() -> None:
    play = claimed()
    play.now += 6 * HOUR
    with refused(Code.NOT_OWNER):
        play.do("reply", BEN, text="Mine?")
    assert "escalated.clock_breached" in [effect.template for effect in told(play.case.tick(play.now))]


def test_what_is_due_counts_before_what_comes_after_it() -> None:
    play = attempted()
    play.now += 7 * HOUR
    with refused(Code.ALREADY_OFFERED_UP):
        play.do("escalate", ANA, reason="irate")


# sent twice


def test_a_repeated_event_is_taken_and_changes_nothing() -> None:
    play = claimed()
    play.do("note", ANA, id=ID, text="Sounds upset.")
    version = play.case.version
    assert play.do("note", ANA, id=ID, text="Sounds upset.") == []
    assert play.case.version == version


def test_a_repeated_event_is_taken_in_a_status_that_would_refuse_it() -> None:
    play = claimed()
    play.do("resolve", ANA, id=ID, text="Money back.")
    assert play.do("resolve", ANA, id=ID, text="Money back.") == []


def test_an_id_used_for_something_else_is_refused() -> None:
    play = claimed()
    play.do("note", ANA, id=ID, text="Sounds upset.")
    with refused(Code.ID_REUSED):
        play.do("note", ANA, id=ID, text="Sounds pleased.")


def test_an_id_used_by_somebody_else_is_refused() -> None:
    play = claimed()
    play.do("note", ANA, id=ID, text="Sounds upset.")
    with refused(Code.ID_REUSED):
        play.do("note", SUE, id=ID, text="Sounds upset.")


def test_a_refused_event_may_be_sent_again_under_its_id() -> None:
    play = claimed()
    with refused(Code.NO_ATTEMPT):
        play.do("escalate", ANA, id=ID, reason="irate")
    play.do("attempt", ANA, text="Called", outcome="no")
    play.do("escalate", ANA, id=ID, reason="irate")
    assert play.offered[0] is Rung.SUPERVISOR


# on a resolved case


def test_a_message_on_a_resolved_case_is_owed_an_answer() -> None:
    play = resolved()
    play.do("message", CUSTOMER, text="One more thing.")
    assert play.clock(ClockName.NEXT_RESPONSE).state is ClockState.RUNNING


def test_a_message_on_a_resolved_case_holds_the_confirmation() -> None:
    play = resolved()
    play.do("message", CUSTOMER, text="One more thing.")
    assert (play.case.status, play.clock(ClockName.CONFIRM).state) == (Status.RESOLVED, ClockState.PAUSED)


def test_a_reply_to_it_lets_the_confirmation_go_on() -> None:
    play = resolved()
    play.do("message", CUSTOMER, text="One more thing.")
    play.wait(HOUR)
    play.do("reply", ANA, text="Certainly.")
    assert play.clock(ClockName.CONFIRM).due_at == NOON + 7 * DAY + HOUR


def test_a_held_confirmation_never_lapses() -> None:
    play = resolved()
    play.do("message", CUSTOMER, text="One more thing.")
    play.wait(30 * DAY)
    assert play.case.status is Status.RESOLVED


def test_an_unanswered_message_on_a_resolved_case_goes_up() -> None:
    play = resolved()
    play.do("message", CUSTOMER, text="One more thing.")
    play.wait(8 * HOUR)
    assert play.offered == (Rung.SUPERVISOR, (Reason.CLOCK_BREACHED,))


# on a closed case


def test_a_message_on_a_closed_case_reopens_it() -> None:
    play = closed()
    play.do("message", CUSTOMER, text="It came back.")
    assert (play.case.status, play.view.closed_as, play.view.reopened) == (Status.OPEN, None, 1)


def test_a_message_that_reopens_is_owed_an_answer() -> None:
    play = closed()
    play.do("message", CUSTOMER, text="It came back.")
    assert play.clock(ClockName.NEXT_RESPONSE).due_at == play.now + 8 * HOUR


def test_a_note_may_be_added_to_a_closed_case_and_leaves_it_closed() -> None:
    play = closed()
    play.do("note", ANA, text="They sent flowers.")
    assert (play.case.status, play.view.closed_as) == (Status.CLOSED, ClosedAs.ACCEPTED)


def test_no_attempt_is_recorded_on_a_closed_case() -> None:
    play = closed()
    with refused(Code.CLOSED):
        play.do("attempt", ANA, text="Called the bank.", outcome="No answer.")


def test_nobody_replies_on_a_closed_case_that_owes_no_letter() -> None:
    play = closed()
    with refused(Code.CLOSED) as caught:
        play.do("reply", ANA, text="By the way.")
    assert "Reopen it first" in caught.value.sentence


# on an archived case


def test_no_note_is_added_to_an_archived_case() -> None:
    play = archived()
    with refused(Code.ARCHIVED) as caught:
        play.do("note", ANA, text="They sent flowers.")
    assert caught.value.details["follows"] == play.case.case_id


def test_a_message_on_an_archived_case_is_refused_and_a_case_that_follows_is_offered() -> None:
    play = archived()
    with refused(Code.ARCHIVED) as caught:
        play.do("message", CUSTOMER, text="It came back.")
    assert caught.value.details["follows"] == play.case.case_id


def test_an_archived_case_is_too_late_to_reopen_and_a_case_that_follows_is_offered() -> None:
    play = archived()
    with refused(Code.TOO_LATE) as caught:
        play.do("reopen", ANA)
    assert caught.value.details["follows"] == play.case.case_id
    assert play.case.case_id in caught.value.sentence


@pytest.mark.parametrize("kind", ["note", "claim", "reply"])
def test_an_archived_case_takes_nothing_more(kind: str) -> None:
    with refused(Code.ARCHIVED):
        archived().do(kind, ANA, **({"text": "Hello?"} if kind in ("note", "reply") else {}))


def test_a_case_that_follows_names_the_one_before() -> None:
    before = archived().case.case_id
    assert Played(plan(), reference="order-1043", follows=before).view.follows == before


# what a signal leaves behind


def test_a_refused_signal_is_on_the_timeline() -> None:
    play = claimed()
    reply = deed("reply", BEN, text="Mine?")
    play.case.record_refused(reply, Refused(Code.NOT_OWNER, "ana has this case."), play.now)
    entry = play.case.timeline()[-1]
    assert (entry.kind, entry.data["code"], entry.by.id) == ("refused", "not_owner", "ben")
    assert entry.event_id == str(reply.id)


def test_an_unreadable_signal_is_kept_as_it_came() -> None:
    play = claimed()
    play.case.record_unreadable("agent_action", "it is not JSON", "}{", play.now)
    entry = play.case.timeline()[-1]
    assert (entry.kind, entry.data["content"]) == ("unreadable", "}{")


def test_how_an_event_came_is_on_the_timeline() -> None:
    play = claimed()
    play.happen(deed("note", ANA, text="By signal.").model_copy(update={"via": "signal"}))
    assert play.case.timeline()[-1].via == "signal"


def test_what_is_in_the_records_need_not_be_kept_but_for_the_newest() -> None:
    play = claimed(plan(terms(first_response=ClockTerms(default=DAY))))
    for n in range(2 * TAIL):
        play.do("note", ANA, text=f"{n}")
    unwritten = play.case.version - 10
    play.case.forget_written(unwritten)
    entries = play.case.timeline()
    assert len(entries) == TAIL
    assert entries[-1].n == play.case.version


def test_what_is_not_yet_in_the_records_is_kept() -> None:
    play = claimed()
    for n in range(2 * TAIL):
        play.do("note", ANA, text=f"{n}")
    play.case.forget_written(5)
    assert [entry.n for entry in play.case.timeline()] == [*range(6, play.case.version + 1)]
