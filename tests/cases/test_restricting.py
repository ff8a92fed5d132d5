"""Restricted contact: what it keeps from being offered, and the review that comes back as a deadline."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import ValidationError

from cases.conduct import Restriction
from cases.effects import AlertStaff, TellCustomer
from cases.events import Actor, Code
from cases.words import ClockName, ClockState, Contact, Rung, Status
from tests.samples import (
    ANA,
    CLOCKS,
    CUSTOMER,
    DAY,
    EVA,
    HOUR,
    LIA,
    MAX,
    MINUTE,
    NOON,
    SHOP,
    SUE,
    Played,
    claimed,
    deed,
    plan,
    refused,
    resolved,
    terms,
    waiting,
)

REVIEW = ClockName.REVIEW


def restricted(play: Played | None = None, how: str = "written_only", within: timedelta = 30 * DAY) -> Played:
    """A case whose contact Max has restricted."""
    play = play or claimed()
    play.do("restrict_contact", MAX, how=how, review_at=play.now + within, text="Please write to us.")
    return play


def lifted(play: Played) -> Played:
    """The same, lifted."""
    play.do("restrict_contact", MAX, how="unrestricted", text="Call us again.")
    return play


def restriction(play: Played) -> Restriction | None:
    """As staff see it."""
    return play.view.conduct.restriction if play.view.conduct else None


def reviews(play: Played) -> list[object]:
    """When the running reviews are due."""
    return [clock.due_at for clock in play.view.clocks if clock.name is REVIEW and clock.state is ClockState.RUNNING]


def alerts(play: Played, template: str) -> list[AlertStaff]:
    """All alerts of that kind."""
    return [one for one in play.effects if isinstance(one, AlertStaff) and one.template == template]


@pytest.mark.parametrize("how", ["written_only", "named_contact"])
def test_a_restriction_is_told_to_the_customer_and_the_owner_and_has_a_date(how: str) -> None:
    play = restricted(how=how)
    found = restriction(play)
    assert found
    assert (found.how, found.review_at, found.by) == (how, NOON + 30 * DAY, "max")
    assert play.messages[-1] == f"conduct.restricted.{how}"
    assert alerts(play, "contact_restricted")[-1].person == "ana"
    assert reviews(play) == [NOON + 30 * DAY]


def test_the_named_contact_is_whoever_has_the_case() -> None:
    found = restriction(restricted(how="named_contact"))
    assert found
    assert found.named == "ana"
    assert "ana" in found.words


@pytest.mark.parametrize(
    ("by", "code"),
    [(ANA, Code.RUNG_TOO_LOW), (SUE, Code.RUNG_TOO_LOW), (LIA, Code.RUNG_TOO_LOW), (SHOP, Code.WRONG_ROLE)],
)
def test_below_a_manager_nobody_restricts_contact(by: Actor, code: Code) -> None:
    with refused(code):
        claimed().do("restrict_contact", by, how="written_only", review_at=NOON + DAY, text="Write.")


def test_no_restriction_is_for_ever() -> None:
    with pytest.raises(ValidationError, match="review_at"):
        deed("restrict_contact", MAX, how="written_only", text="Write.")


@pytest.mark.parametrize(("within", "code"), [(-DAY, Code.NOT_IN_FUTURE), (400 * DAY, Code.TOO_FAR_AHEAD)])
def test_a_review_lies_ahead_and_within_a_year(within: timedelta, code: Code) -> None:
    with refused(code) as caught:
        restricted(within=within)
    assert "`review_at`" in caught.value.sentence


def test_what_is_not_restricted_cannot_be_lifted() -> None:
    with refused(Code.NO_RESTRICTION):
        lifted(claimed())


# What it keeps from being offered


def test_in_writing_only_nobody_chooses_or_promises_a_call() -> None:
    play = restricted()
    with refused(Code.CONTACT_RESTRICTED) as caught:
        play.do("choose_contact", CUSTOMER, when="now")
    assert "`ask_review`" in caught.value.sentence
    with refused(Code.CONTACT_RESTRICTED):
        play.do("promise", ANA, what="callback", by_when=NOON + HOUR)
    assert "choose_contact" not in play.case.view(NOON, CUSTOMER).allowed


def test_in_writing_only_everything_in_writing_goes_on() -> None:
    play = restricted()
    play.do("message", CUSTOMER, text="Then I write.")
    play.do("promise", ANA, what="update", by_when=NOON + HOUR)
    play.do("reply", ANA, text="Thank you.")
    play.do("ask_for_manager", CUSTOMER)


def test_with_one_named_contact_calls_can_be_chosen() -> None:
    restricted(how="named_contact").do("choose_contact", CUSTOMER, when="now")


def test_calls_that_nobody_is_to_make_are_no_longer_owed_and_no_promise_is_broken_by_that() -> None:
    play = claimed()
    play.do("choose_contact", CUSTOMER, when="now")
    restricted(play)
    assert play.clock(ClockName.CALLBACK).state is ClockState.CANCELLED
    play.wait(3 * HOUR)
    assert "promise_broken" not in play.messages


def test_the_complaints_own_clocks_run_on() -> None:
    play = claimed()
    before = {clock.id: clock.due_at for clock in play.view.clocks if clock.due_at}
    after = {clock.id: clock.due_at for clock in restricted(play).view.clocks if clock.due_at}
    assert before.items() <= after.items()


def test_once_lifted_calls_can_be_chosen_again() -> None:
    play = lifted(restricted())
    assert play.messages[-1] == "conduct.lifted"
    assert reviews(play) == []
    assert play.view.conduct is None
    play.do("choose_contact", CUSTOMER, when="now")


# The review


def test_the_date_of_the_review_comes_back_to_the_managers_before_and_when_it_is_due() -> None:
    play = restricted(within=4 * DAY)
    play.do("resolve", ANA, text="Money back.")
    play.wait(3 * DAY)
    [near] = alerts(play, "review_due")
    assert (near.rung, near.params["late"]) == (Rung.MANAGER, False)
    play.wait(DAY)
    assert alerts(play, "review_due")[-1].params["late"] is True
    assert play.clock(REVIEW).breached_at == NOON + 4 * DAY
    assert restriction(play), "it stands until a manager decides"


def test_a_review_that_renews_the_restriction_has_another_date_and_says_that_it_was_one() -> None:
    play = restricted(within=4 * DAY)
    play.wait(5 * DAY)
    restricted(play, within=10 * DAY)
    assert reviews(play) == [play.now + 10 * DAY]
    told = [one for one in play.effects if isinstance(one, TellCustomer) and one.template == play.messages[-1]]
    assert [one.params["again"] for one in told] == [False, True]


def test_the_customer_can_ask_for_a_review_which_is_due_when_the_policy_says() -> None:
    play = restricted()
    play.do("ask_review", CUSTOMER, text="I raised my voice once.")
    assert sorted(map(str, reviews(play))) == sorted(map(str, [NOON + 3 * DAY, NOON + 30 * DAY]))
    asked = alerts(play, "review_asked")[-1]
    assert (asked.rung, asked.params["text"], asked.params["by_when"]) == (
        Rung.MANAGER,
        "I raised my voice once.",
        NOON + 3 * DAY,
    )
    assert play.messages[-1] == "conduct.review_asked"


def test_a_review_that_is_near_anyway_is_not_put_off_by_asking() -> None:
    play = restricted(within=DAY)
    play.do("ask_review", CUSTOMER)
    assert alerts(play, "review_asked")[-1].params["by_when"] == NOON + DAY


def test_a_review_is_asked_for_once_for_each_restriction() -> None:
    play = restricted()
    play.do("ask_review", CUSTOMER)
    with refused(Code.REVIEW_ASKED):
        play.do("ask_review", CUSTOMER)
    restricted(play, within=20 * DAY)
    play.do("ask_review", CUSTOMER)


def test_without_a_restriction_there_is_nothing_to_review() -> None:
    with refused(Code.NO_RESTRICTION):
        claimed().do("ask_review", CUSTOMER)


def test_a_review_is_the_customers_to_ask_for() -> None:
    with refused(Code.WRONG_ROLE):
        restricted().do("ask_review", ANA)


def test_who_asks_for_a_review_has_spoken() -> None:
    play = restricted(waiting())
    play.do("ask_review", CUSTOMER)
    assert play.view.status is Status.OPEN


@pytest.mark.parametrize("how", [*Contact])
def test_any_decision_keeps_the_promise_of_a_review(how: Contact) -> None:
    play = restricted()
    play.do("ask_review", CUSTOMER)
    dated = {} if how is Contact.UNRESTRICTED else {"review_at": NOON + 9 * DAY}
    play.do("restrict_contact", EVA, how=how, text="Looked at again.", **dated)
    play.wait(4 * DAY)
    assert not alerts(play, "review_due")


def test_a_policy_that_knows_no_reviews_gives_them_a_day() -> None:
    older = {name: of for name, of in CLOCKS.items() if name is not REVIEW}
    play = restricted(claimed(plan(terms().model_copy(update={"clocks": older}))))
    play.do("ask_review", CUSTOMER)
    assert NOON + DAY in reviews(play)


# Closing and coming back


def test_a_closed_case_owes_no_review_and_a_reopened_one_does_again() -> None:
    play = restricted(within=10 * DAY)
    play.do("close", MAX, reason="Settled.")
    assert reviews(play) == []
    play.wait(DAY)
    play.do("message", CUSTOMER, text="It is back.")
    assert reviews(play) == [NOON + 10 * DAY]
    with refused(Code.CONTACT_RESTRICTED):
        play.do("choose_contact", CUSTOMER, when="now")


def test_a_review_whose_date_passed_while_closed_is_due_soon_after_reopening() -> None:
    play = restricted(within=2 * DAY)
    play.do("close", MAX, reason="Settled.")
    play.wait(5 * DAY)
    play.do("message", CUSTOMER, text="It is back.")
    assert reviews(play) == [play.now + 3 * DAY]


def test_a_resolved_case_can_be_restricted_and_still_be_confirmed() -> None:
    play = restricted(resolved())
    assert play.clock(ClockName.CONFIRM).state is ClockState.RUNNING
    play.do("accept_resolution", CUSTOMER)
    assert reviews(play) == []


def test_a_review_asked_for_in_time_but_handled_late_counts_from_then() -> None:
    play = restricted()
    play.now += HOUR
    play.happen(deed("ask_review", CUSTOMER, at=NOON + MINUTE))
    assert NOON + MINUTE + 3 * DAY in reviews(play)


def test_who_may_only_write_is_offered_no_call() -> None:
    play = restricted()
    assert play.view.contact == ()
    play.do("attempt", ANA, text="Wrote", outcome="no answer")
    play.do("escalate", ANA, reason="irate")
    told = [one for one in play.effects if isinstance(one, TellCustomer) and one.template == "escalated.irate"]
    assert [one.params["may_choose_call"] for one in told] == [None]
