"""The conduct protocol: two warnings, then a manager or the end; a threat skips all of it."""

from __future__ import annotations

import pytest

from cases.case import Case
from cases.effects import AlertStaff, ChoosePerson, TellCustomer
from cases.events import Actor, Code
from cases.words import Channel, ClockName, ClockState, ClosedAs, Reason, Rung, Status, WaitingOn
from tests.cases.misbehaving import alert, conduct, running, threatened, warned
from tests.samples import (
    ANA,
    BEN,
    CUSTOMER,
    DAY,
    GUARDS,
    HOUR,
    MAX,
    MINUTE,
    NOON,
    OPERATOR,
    REGIME,
    SHOP,
    SUE,
    claimed,
    plan,
    refused,
)

# Warnings


def test_the_first_warning_and_the_second_go_to_the_customer_in_words_of_their_own() -> None:
    play = warned(2)
    assert play.messages[-2:] == ["conduct.warning_1", "conduct.warning_2"]
    assert [one.text for one in conduct(play).warnings] == ["Please do not shout.", "This ends if you go on."]
    assert play.case.timeline()[-1].data["number"] == 2


def test_a_second_warning_before_the_first_is_refused() -> None:
    with refused(Code.NOT_WARNED):
        claimed().do("warn", ANA, text="For the last time!", number=2)


def test_two_people_who_warn_at_the_same_moment_give_one_warning_and_the_second_hears_who_won() -> None:
    play = claimed()
    play.do("warn", SUE, text="Please do not shout.", number=1)
    with refused(Code.ALREADY_WARNED) as caught:
        play.do("warn", ANA, text="Please be friendly.", number=1)
    assert caught.value.details["by"] == "sue"
    assert len(conduct(play).warnings) == 1


def test_there_is_no_third_warning_but_what_follows_is_named() -> None:
    with refused(Code.ALREADY_WARNED) as caught:
        warned(2).do("warn", ANA, text="Really now!")
    assert "`end_contact`" in caught.value.sentence


def test_a_warning_is_the_owners_to_give() -> None:
    with refused(Code.NOT_OWNER):
        claimed().do("warn", BEN, text="Please do not shout.")


def test_the_complaints_own_clocks_run_on_through_warnings_a_transfer_and_a_threat() -> None:
    play = claimed(plan(regime=REGIME))
    play.wait(10 * MINUTE)
    before = running(play)
    play.do("warn", ANA, text="Please do not shout.")
    play.do("warn", ANA, text="This ends if you go on.")
    play.do("escalate", ANA, reason="abuse")
    threatened(play)
    play.do("decide_safety", MAX, decision="continue", text="Hot air.")
    assert before.items() <= running(play).items()


def test_a_warning_is_no_answer() -> None:
    play = warned(1)
    assert play.clock(ClockName.FIRST_RESPONSE).state is ClockState.RUNNING


def test_warnings_are_counted_on_their_case_through_closing_and_reopening() -> None:
    play = warned(2)
    play.do("close", MAX, reason="Settled.")
    play.do("message", CUSTOMER, text="You again!")
    play.do("claim", ANA)
    assert len(conduct(play).warnings) == 2
    play.do("end_contact", ANA, text="Shouts again.")
    assert play.view.closed_as is ClosedAs.CONTACT_ENDED


# Transfer to a manager


def test_after_two_warnings_abuse_goes_to_a_manager_over_the_supervisor() -> None:
    play = warned(2)
    play.do("escalate", ANA, reason="abuse")
    assert play.offered == (Rung.MANAGER, (Reason.ABUSE,))
    assert play.messages[-1] == "escalated.abuse"
    assert play.view.owner.person == "ana"


@pytest.mark.parametrize("times", [0, 1])
def test_abuse_is_no_reason_before_two_warnings(times: int) -> None:
    with refused(Code.NOT_WARNED) as caught:
        warned(times).do("escalate", ANA, reason="abuse")
    assert caught.value.details["warnings"] == times


def test_the_manager_is_briefed_before_the_case_is_offered_and_before_the_customer_hears() -> None:
    play = warned(2)
    effects = play.do("escalate", ANA, reason="abuse", text="Calls me names.")
    order = [next(n for n, one in enumerate(effects) if isinstance(one, kind)) for kind in (AlertStaff, ChoosePerson)]
    told = next(n for n, one in enumerate(effects) if isinstance(one, TellCustomer))
    assert order == sorted(order)
    assert order[0] < told
    brief = alert(play, "conduct_brief")
    assert (brief.rung, brief.team, brief.person) == (Rung.MANAGER, "cards", None)
    assert brief.params["text"] == "Calls me names."
    assert "Warning 2 of 2: This ends if you go on." in str(brief.params["record"])
    kinds = play.kinds
    assert kinds.index("briefed") < kinds.index("escalated")


def test_a_policy_that_keeps_abuse_to_one_rung_at_a_time_has_the_supervisor_asked_first() -> None:
    play = warned(2, GUARDS.model_copy(update={"straight_to": {Reason.THREAT: Rung.MANAGER}}))
    play.do("escalate", ANA, reason="abuse")
    assert play.offered[0] is Rung.SUPERVISOR
    assert alert(play, "conduct_brief").rung is Rung.SUPERVISOR


def test_from_a_manager_abuse_goes_one_rung_up_as_everything_else() -> None:
    play = warned(2)
    play.do("escalate", ANA, reason="abuse")
    play.do("claim", MAX)
    play.wait(HOUR)
    play.do("escalate", MAX, reason="abuse")
    assert play.offered[0] is Rung.EXECUTIVE


def test_other_reasons_still_go_one_rung_at_a_time() -> None:
    play = claimed()
    play.do("attempt", ANA, text="Listened.", outcome="grows louder")
    play.do("escalate", ANA, reason="irate")
    assert play.offered[0] is Rung.SUPERVISOR


def test_an_irate_customer_is_passed_on_only_after_an_attempt() -> None:
    with refused(Code.NO_ATTEMPT):
        claimed().do("escalate", ANA, reason="irate")


def test_a_manager_who_does_not_take_it_up_is_passed_over_as_ever() -> None:
    play = warned(2)
    play.do("escalate", ANA, reason="abuse")
    play.choose("max")
    play.wait(2 * HOUR)
    assert play.offered[0] is Rung.EXECUTIVE


# The end of the contact


def test_after_two_warnings_the_contact_can_be_ended_and_the_manager_hears_before_the_customer() -> None:
    play = warned(2)
    effects = play.do("end_contact", ANA, text="Calls me names again.")
    assert (play.view.status, play.view.closed_as) == (Status.CLOSED, ClosedAs.CONTACT_ENDED)
    templates = [one.template for one in effects if isinstance(one, AlertStaff | TellCustomer)]
    assert templates == ["contact_ended", "closed.contact_ended"]
    assert alert(play, "contact_ended").rung is Rung.MANAGER
    assert "Calls me names" not in str([one for one in effects if isinstance(one, TellCustomer)])


@pytest.mark.parametrize("times", [0, 1])
def test_contact_is_not_ended_before_two_warnings(times: int) -> None:
    play = warned(times)
    with refused(Code.NOT_WARNED):
        play.do("end_contact", ANA, text="Enough.")
    assert "end_contact" not in play.case.view(play.now, ANA).allowed


def test_what_a_regulator_demands_is_owed_after_the_contact_has_ended() -> None:
    play = claimed(plan(regime=REGIME))
    for _ in range(2):
        play.do("warn", ANA, text="Please.")
    play.do("end_contact", ANA, text="Enough.")
    assert "answered" in play.stages()
    assert play.view.waiting_on is WaitingOn.OWNER


# Who sees it


def test_the_record_is_in_the_brief_with_its_words() -> None:
    play = warned(1)
    threatened(play)
    play.do("decide_safety", MAX, decision="restrict", text="In writing from now on.")
    assert [line.text for line in play.case.brief().conduct] == [
        "Warning 1 of 2: Please do not shout.",
        "Threat: He knows where our people park.",
        "Decided after the threat: restrict. In writing from now on.",
    ]


@pytest.mark.parametrize("by", [CUSTOMER, SHOP], ids=lambda actor: actor.id)
def test_neither_the_customer_nor_who_speaks_for_them_sees_the_record(by: Actor) -> None:
    assert threatened(warned(1)).case.view(NOON, by).conduct is None


@pytest.mark.parametrize("by", [ANA, MAX, OPERATOR, None])
def test_staff_see_the_record(by: Actor | None) -> None:
    shown = threatened(warned(1)).case.view(NOON, by).conduct
    assert shown is not None
    assert len(shown.undecided) == 1


def test_a_case_without_any_of_it_says_nothing() -> None:
    assert claimed().view.conduct is None


def test_what_is_for_colleagues_is_in_no_message_to_the_customer() -> None:
    play = threatened(warned(2))
    play.do("decide_safety", MAX, decision="police", text="Reported at the station.")
    told = str([one for one in play.effects if isinstance(one, TellCustomer)])
    assert "park" not in told
    assert "station" not in told


def test_the_record_survives_a_restart() -> None:
    play = threatened(warned(2))
    again = Case.restore(play.case.snapshot())
    assert again.view(play.now) == play.view
    older = {name: value for name, value in play.case.snapshot().items() if name != "conduct"}
    assert Case.restore(older).view(play.now).conduct is None


def test_the_same_warning_sent_three_times_is_one() -> None:
    play = claimed()
    event = {"id": "5b1d7a2e-7b1c-4c62-8f6a-000000000001", "text": "Please do not shout."}
    for _ in range(3):
        play.do("warn", ANA, **event)
    assert len(conduct(play).warnings) == 1


def test_a_caller_is_warned_as_a_writer_is() -> None:
    play = claimed(channel=Channel.PHONE)
    play.do("warn", ANA, text="Please do not shout.")
    assert play.messages[-1] == "conduct.warning_1"
    play.wait(15 * DAY)
    assert len(conduct(play).warnings) == 1
