"""How a case ends and how it comes back: resolving, confirming, closing, reopening, archiving."""

from __future__ import annotations

import pytest

from cases.effects import TellCustomer
from cases.events import Actor, Code
from cases.words import ClockName, ClockState, ClosedAs, Reason, Rung, Status, WaitingOn
from tests.samples import (
    ANA,
    BEN,
    CUSTOMER,
    DAY,
    EVA,
    HOUR,
    LEO,
    MAX,
    NOON,
    SUE,
    Played,
    claimed,
    climbed,
    closed,
    plan,
    refused,
    resolved,
    waiting,
)

PROMISES = (ClockName.FIRST_RESPONSE, ClockName.RESOLUTION)


def reopened() -> Played:
    """The sample case, reopened by a message of the customer."""
    play = closed()
    play.do("message", CUSTOMER, text="It came back.")
    return play


# resolving


def test_the_customer_gets_the_resolution_and_is_asked_to_confirm() -> None:
    play = resolved()
    told = [effect for effect in play.effects if isinstance(effect, TellCustomer)][-1]
    assert (told.template, told.params["confirm_by"]) == ("resolved", NOON + 7 * DAY)
    assert told.params["text"] == "The second charge is on its way back."


@pytest.mark.parametrize("name", PROMISES)
def test_a_resolution_suspends_the_commercial_clocks(name: ClockName) -> None:
    assert resolved().clock(name).state is ClockState.PAUSED


def test_a_resolved_case_waits_for_the_customer() -> None:
    assert resolved().view.waiting_on is WaitingOn.CUSTOMER


def test_a_resolution_ends_an_open_offer() -> None:
    play = claimed()
    play.wait(6 * HOUR)
    play.do("resolve", ANA, text="Money back.")
    assert (play.view.offer, play.clock(ClockName.ACKNOWLEDGE).state) == (None, ClockState.CANCELLED)


def test_a_case_that_waits_for_the_customer_can_be_resolved() -> None:
    play = waiting()
    play.do("resolve", ANA, text="Money back.")
    assert play.case.status is Status.RESOLVED


def test_only_the_owner_or_somebody_above_resolves() -> None:
    with refused(Code.NOT_OWNER):
        claimed().do("resolve", BEN, text="Money back.")


def test_nobody_resolves_twice() -> None:
    with refused(Code.ALREADY_RESOLVED):
        resolved().do("resolve", ANA, text="Money back.")


def test_on_a_climbed_case_it_is_recorded_whether_the_climb_was_right_and_what_to_learn() -> None:
    play = climbed()
    play.do("resolve", SUE, text="Money back.", warranted=False, lesson="Agents may refund up to 50.")
    entry = next(entry for entry in play.case.timeline() if entry.kind == "resolve")
    assert (entry.data["warranted"], entry.data["lesson"]) == (False, "Agents may refund up to 50.")


# the customer's answer


def test_an_accepted_resolution_closes_the_case() -> None:
    assert (closed().case.status, closed().view.closed_as) == (Status.CLOSED, ClosedAs.ACCEPTED)


@pytest.mark.parametrize("name", PROMISES)
def test_acceptance_fulfils_the_commercial_clocks(name: ClockName) -> None:
    assert closed().clock(name).state is ClockState.FULFILLED


def test_the_score_that_the_customer_gives_is_recorded() -> None:
    play = resolved()
    play.do("accept_resolution", CUSTOMER, score=4, comment="Slow but good.")
    entry = next(entry for entry in play.case.timeline() if entry.kind == "accept_resolution")
    assert (entry.data["score"], entry.data["comment"]) == (4, "Slow but good.")


@pytest.mark.parametrize("kind", ["accept_resolution", "reject_resolution"])
def test_nobody_answers_a_resolution_that_was_not_given(kind: str) -> None:
    with refused(Code.NOT_RESOLVED):
        claimed().do(kind, CUSTOMER, **({"reason": "no"} if kind == "reject_resolution" else {}))


def test_a_rejection_resumes_the_clocks_with_the_gap_excluded() -> None:
    play = resolved()
    play.wait(2 * DAY)
    play.do("reject_resolution", CUSTOMER, reason="Nothing came.")
    assert play.clock(ClockName.RESOLUTION).due_at == NOON + 7 * DAY


def test_a_rejection_ends_the_wait_for_a_confirmation() -> None:
    play = resolved()
    play.do("reject_resolution", CUSTOMER, reason="Nothing came.")
    assert (play.case.status, play.clock(ClockName.CONFIRM).state) == (Status.OPEN, ClockState.CANCELLED)


def test_a_rejected_case_stays_with_its_owner_until_somebody_higher_claims() -> None:
    play = resolved()
    play.do("reject_resolution", CUSTOMER, reason="Nothing came.")
    assert play.view.owner.person == "ana"


# silence


def test_a_silent_customer_is_reminded_once() -> None:
    play = resolved()
    play.wait(7 * DAY)
    assert play.messages.count("confirm_reminder") == 1


def test_silence_closes_as_unconfirmed_and_never_as_accepted() -> None:
    play = resolved()
    play.wait(7 * DAY)
    assert (play.view.closed_as, play.messages[-1]) == (ClosedAs.UNCONFIRMED, "closed.unconfirmed")


def test_a_customer_may_still_answer_in_the_last_second() -> None:
    play = resolved()
    play.wait(7 * DAY - HOUR / 3600)
    play.do("accept_resolution", CUSTOMER)
    assert play.view.closed_as is ClosedAs.ACCEPTED


# closing without confirmation


def test_a_manager_may_close_with_a_reason() -> None:
    play = claimed()
    play.do("close", MAX, reason="Settled by the ombudsman.")
    assert play.view.closed_as is ClosedAs.BY_MANAGER


def test_below_manager_nobody_closes() -> None:
    with refused(Code.RUNG_TOO_LOW):
        climbed().do("close", SUE, reason="Settled.")


def test_a_manager_of_another_line_does_not_close() -> None:
    with refused(Code.NOT_QUALIFIED):
        claimed().do("close", MAX.model_copy(update={"teams": ("loans",)}), reason="Settled.")


def test_a_duplicate_is_closed_as_one_and_names_the_other_case() -> None:
    play = claimed()
    play.do("close", MAX, reason="The same charge.", duplicate_of="shop-abcdefghij")
    assert (play.view.closed_as, play.view.duplicate_of) == (ClosedAs.DUPLICATE, "shop-abcdefghij")


def test_the_customer_of_a_duplicate_is_told_which_case_goes_on() -> None:
    play = claimed()
    effects = play.do("close", MAX, reason="The same charge.", duplicate_of="shop-abcdefghij")
    told = next(effect for effect in effects if isinstance(effect, TellCustomer))
    assert (told.template, told.params["duplicate_of"]) == ("closed.duplicate", "shop-abcdefghij")


def test_nothing_is_closed_twice() -> None:
    with refused(Code.CLOSED):
        closed().do("close", MAX, reason="Settled.")


# reopening


def test_a_reopened_case_waits_in_the_queue_for_its_last_owner() -> None:
    play = reopened()
    assert (play.view.owner.queue, play.asked.prefer) == ("cards", "ana")


def test_the_first_reopening_is_offered_at_the_same_rung() -> None:
    assert reopened().offered == (Rung.AGENT, (Reason.REOPENED,))


def test_the_customer_who_reopens_is_told_by_when_somebody_takes_it_up() -> None:
    play = reopened()
    told = [effect for effect in play.effects if isinstance(effect, TellCustomer)][-1]
    assert (told.template, told.params["next_word_by"]) == ("reopened", play.clock(ClockName.NEXT_RESPONSE).due_at)


def test_the_second_reopening_goes_up() -> None:
    play = reopened()
    play.choose("ana")
    play.do("claim", ANA)
    play.do("resolve", ANA, text="Now it is.")
    play.do("accept_resolution", CUSTOMER)
    play.do("message", CUSTOMER, text="It came back again.")
    assert play.offered == (Rung.SUPERVISOR, (Reason.REOPENED,))


def test_an_owner_who_reopens_keeps_the_case() -> None:
    play = closed()
    play.do("reopen", ANA, text="I forgot the fee.")
    assert (play.view.owner.person, play.view.offer) == ("ana", None)


def test_somebody_above_who_reopens_gives_it_back_to_the_queue() -> None:
    play = closed()
    play.do("reopen", SUE)
    assert (play.view.owner.queue, play.asked.prefer) == ("cards", "ana")


@pytest.mark.parametrize("by", [BEN, LEO], ids=lambda actor: actor.id)
def test_nobody_else_reopens(by: Actor) -> None:
    with refused(Code.NOT_OWNER):
        closed().do("reopen", by)


def test_nothing_is_reopened_that_is_open() -> None:
    with refused(Code.NOT_CLOSED):
        claimed().do("reopen", ANA)


def test_the_time_that_a_case_was_closed_does_not_count() -> None:
    play = closed()
    play.wait(3 * DAY)
    play.do("reopen", ANA)
    assert play.clock(ClockName.RESOLUTION).due_at == NOON + 8 * DAY


# the end


def test_after_the_window_the_case_is_archived() -> None:
    play = closed()
    play.wait(14 * DAY)
    assert (play.case.status, play.case.next_due()) == (Status.ARCHIVED, None)


def test_within_the_window_it_is_live() -> None:
    play = closed()
    play.wait(13 * DAY)
    play.do("reopen", ANA)
    assert play.case.status is Status.OPEN


def test_a_closed_case_waits_for_nobody_and_one_timer() -> None:
    play = closed()
    running = [clock.name for clock in play.view.clocks if clock.due_at]
    assert (play.view.waiting_on, running) == (WaitingOn.NOBODY, [ClockName.REOPEN_WINDOW])


def test_a_case_at_the_top_that_was_rejected_alerts_the_top() -> None:
    play = claimed(plan())
    play.do("claim", EVA)
    play.do("resolve", EVA, text="Money back.")
    play.do("reject_resolution", CUSTOMER, reason="Nothing came.")
    assert play.alerts[-1] == "top_rung"
