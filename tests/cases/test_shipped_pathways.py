"""What a channel's pathway in the policies that we ship changes for a case: reasons, contact options, holds, chases."""

from __future__ import annotations

from pathlib import Path

import pytest

from cases.events import Code
from cases.words import Channel, ClockName, Reason, Rung
from policies import load
from tests.samples import ANA, CUSTOMER, HOUR, NOON, Played, complaint, refused

FOLDER = Path(__file__).parents[2] / "policies"


@pytest.fixture(params=["default", "demo", "uk-disp"])
def policy(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def worked_on(policy: str, channel: Channel) -> Played:
    """A case of that channel that an agent has claimed and tried to solve."""
    plan = load(FOLDER / f"{policy}.toml").plan(complaint(channel=channel), NOON)
    # Whoever has it, the channel is what counts here.
    play = Played(plan.model_copy(update={"rung": Rung.AGENT, "team": "cards"}), channel=channel)
    play.do("claim", ANA)
    play.do("reply", ANA, text="I look into it.", asks="Which of the two?")
    play.do("attempt", ANA, text="Called the shop", outcome="nobody knows")
    return play


def test_anger_in_a_letter_is_answered_and_on_all_other_channels_goes_up(policy: str) -> None:
    with refused(Code.NOT_ON_PATHWAY) as caught:
        worked_on(policy, Channel.LETTER).do("escalate", ANA, reason=Reason.IRATE)
    assert "`irate` does not count on the pathway letter (letter). Give one of: no_common_ground" in str(caught.value)

    for channel in set(Channel) - {Channel.LETTER}:
        play = worked_on(policy, channel)
        play.do("escalate", ANA, reason=Reason.IRATE)
        assert play.offered == (Rung.SUPERVISOR, (Reason.IRATE,))


@pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.SOCIAL, Channel.WEB, Channel.LETTER])
def test_who_writes_chooses_when_they_are_called_and_not_at_once(policy: str, channel: Channel) -> None:
    play = worked_on(policy, channel)
    with refused(Code.NO_CALLBACKS) as caught:
        play.do("choose_contact", CUSTOMER, when="now")
    assert "a customer cannot choose now; give a time in `when`" in str(caught.value)

    play.do("choose_contact", CUSTOMER, when=play.now + HOUR)
    assert play.clock(ClockName.CALLBACK).due_at == play.now + HOUR


@pytest.mark.parametrize("channel", [Channel.PHONE, Channel.CHAT, Channel.CHATBOT])
def test_who_is_there_may_be_called_at_once(policy: str, channel: Channel) -> None:
    play = worked_on(policy, channel)
    play.do("choose_contact", CUSTOMER, when="now")
    assert play.clock(ClockName.CALLBACK).due_at


def test_only_who_writes_and_is_waited_for_is_chased(policy: str) -> None:
    def chased(channel: Channel) -> bool:
        play = worked_on(policy, channel)
        play.do("wait_for_customer", ANA)
        return any(clock.name is ClockName.CUSTOMER_SILENCE for clock in play.view.clocks)

    assert {channel for channel in Channel if chased(channel)} == {
        *(Channel.EMAIL, Channel.SOCIAL, Channel.WEB, Channel.LETTER)
    }


def test_nobody_hands_over_from_a_bot_where_there_is_none(policy: str) -> None:
    with refused(Code.NOT_ON_PATHWAY) as caught:
        worked_on(policy, Channel.EMAIL).do("escalate", ANA, reason=Reason.BOT_FAILED)
    assert "pathway written (email)" in str(caught.value)
