"""Contact in writing only, where the customer was on a live channel: they are spoken to no more, from that moment."""

from __future__ import annotations

from typing import Any

import pytest

from cases.case import Case
from cases.effects import AlertStaff, TellCustomer
from cases.events import Code
from cases.words import Channel, ClockName, ClockState
from tests.cases.test_channels import pathed
from tests.samples import ANA, CUSTOMER, DAY, MAX, MINUTE, NOON, SUE, Played, claimed, refused

ON_HOLD = ClockName.HOLD


def restricted(play: Played, how: str = "written_only") -> Played:
    play.do("restrict_contact", MAX, how=how, review_at=play.now + 30 * DAY, text="Please write to us.")
    return play


def by_phone(**fields: Any) -> Played:
    """A case that came by phone, and whose customer is on the line."""
    return claimed(pathed(), channel=Channel.PHONE, **fields)


def told(play: Played) -> TellCustomer:
    return [one for one in play.effects if isinstance(one, TellCustomer)][-1]


@pytest.mark.parametrize("channel", ["phone", "chat"])
def test_in_writing_only_no_live_channel_is_chosen_and_the_refusal_says_why_and_until_when(channel: str) -> None:
    play = restricted(claimed(pathed()))
    with refused(Code.CONTACT_RESTRICTED) as caught:
        play.do("change_channel", CUSTOMER, channel=channel)
    assert "in writing only, as max decided" in caught.value.sentence
    assert f"{NOON + 30 * DAY:%Y-%m-%d %H:%M} UTC" in caught.value.sentence
    assert play.view.channel is Channel.EMAIL


def test_in_writing_only_another_written_channel_may_be_chosen() -> None:
    play = restricted(claimed(pathed()))
    play.do("change_channel", CUSTOMER, channel="letter")
    assert play.view.channel is Channel.LETTER


def test_in_writing_only_nobody_is_put_on_hold() -> None:
    play = restricted(by_phone())
    with refused(Code.CONTACT_RESTRICTED):
        play.do("hold", ANA)
    assert "hold" not in play.case.view(NOON, ANA).allowed


def test_a_restriction_ends_a_hold_that_is_running() -> None:
    play = by_phone()
    play.do("hold", ANA)
    play.wait(MINUTE)
    restricted(play)
    assert (play.view.holds.since, play.view.holds.held_s) == (None, 60)
    assert play.clock(ON_HOLD).state is ClockState.CANCELLED
    play.wait(DAY)
    assert "held_too_often" not in play.kinds
    assert not [one for one in play.case.timeline() if one.data.get("reason") == "held_too_long"]


def test_the_notice_of_a_restriction_to_writing_comes_in_writing() -> None:
    play = restricted(by_phone())
    assert (told(play).template, told(play).channel) == ("conduct.restricted.written_only", Channel.EMAIL)
    assert play.view.channel is Channel.EMAIL
    moved = next(entry for entry in play.case.timeline() if entry.kind == "channel_closed")
    assert (moved.by.id, moved.data["from"], moved.data["to"]) == ("max", "phone", "email")


def test_it_goes_on_where_the_customer_last_wrote() -> None:
    play = claimed(pathed())
    play.do("change_channel", CUSTOMER, channel="letter")
    play.do("change_channel", CUSTOMER, channel="phone")
    assert told(restricted(play)).channel is Channel.LETTER


def test_a_message_by_the_way_says_where_the_customer_writes() -> None:
    play = by_phone()
    play.do("message", CUSTOMER, text="The receipt is attached.", channel="web")
    assert told(restricted(play)).channel is Channel.WEB


def test_the_owner_hears_where_the_case_goes_on() -> None:
    play = restricted(by_phone())
    alert = [one for one in play.effects if isinstance(one, AlertStaff) and one.template == "contact_restricted"][-1]
    assert (alert.params["was"], alert.params["channel"]) == ("phone", "email")


def test_deadlines_stay_where_the_customer_did_not_choose_the_channel() -> None:
    play = by_phone()
    before = play.clock(ClockName.FIRST_RESPONSE).due_at
    restricted(play)
    assert play.clock(ClockName.FIRST_RESPONSE).due_at == before == NOON + 10 * MINUTE


def test_with_one_named_contact_the_customer_stays_on_the_line() -> None:
    play = by_phone()
    play.do("hold", ANA)
    restricted(play, "named_contact")
    assert (play.view.channel, play.view.holds.since) == (Channel.PHONE, NOON)


def test_once_lifted_the_customer_may_go_back_to_the_phone() -> None:
    play = restricted(by_phone())
    play.do("restrict_contact", MAX, how="unrestricted", text="Call us again.")
    play.do("change_channel", CUSTOMER, channel="phone")
    play.do("hold", ANA)
    assert play.view.holds.count == 1


def test_where_the_customer_wrote_is_carried_to_the_next_run() -> None:
    play = claimed(pathed())
    play.do("change_channel", CUSTOMER, channel="letter")
    play.do("change_channel", CUSTOMER, channel="phone")
    snapshot = play.case.snapshot()
    assert Case.restore(snapshot).snapshot() == snapshot
    del snapshot["wrote_by"]
    play.case = Case.restore(snapshot)
    assert told(restricted(play)).channel is Channel.EMAIL


# With one person only


def named(play: Played) -> str | None:
    found = play.view.conduct.restriction if play.view.conduct else None
    return found.named if found else None


def test_the_one_person_who_answers_is_always_whoever_has_the_case() -> None:
    play = restricted(claimed(), "named_contact")
    assert named(play) == "ana"
    play.do("claim", SUE)
    assert named(play) == "sue"
    assert "contact_named" in play.kinds


def test_the_customer_is_told_that_it_is_another_person_now() -> None:
    play = restricted(claimed(), "named_contact")
    play.do("claim", SUE)
    assert (told(play).template, told(play).params["only_contact"]) == ("taken_up", True)


def test_a_customer_who_may_turn_to_anybody_hears_of_no_only_contact() -> None:
    play = restricted(claimed(), "written_only")
    play.do("claim", SUE)
    assert (told(play).template, told(play).params["only_contact"]) == ("taken_up", False)


def test_an_owner_who_takes_the_case_up_again_stays_the_contact_in_silence() -> None:
    play = restricted(claimed(), "named_contact")
    play.do("close", MAX, reason="Settled.")
    play.do("message", CUSTOMER, text="It is back.")
    play.do("claim", ANA)
    assert named(play) == "ana"
    assert "contact_named" not in play.kinds


def test_whoever_claims_from_the_queue_becomes_the_contact_and_the_customer_hears_it() -> None:
    play = restricted(Played(pathed(), person=None), "named_contact")
    assert named(play) == "max"
    play.do("claim", ANA)
    assert named(play) == "ana"
    assert told(play).params["only_contact"] is True
