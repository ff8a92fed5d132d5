"""Another channel: the customer goes on elsewhere, and everything comes along.

The channel that the customer chose (HubSpot, "The Definitive Guide to Escalation Management"), and nobody who makes
them tell it again there (call-centre guide, "Escalating Calls"). Owner, offer, priority, what was asked and what was
promised stay; deadlines become those of the new channel, and what its pathway does not have ends. Knows no clock's
meaning beyond that.
"""

from __future__ import annotations

from datetime import datetime

from cases import moving, timekeeping
from cases.confirming import hold_if_owed
from cases.events import Code, Refused
from cases.requests import ChangeChannel
from cases.retargeting import retarget
from cases.state import State
from cases.turn import Turn


def change_channel(turn: Turn, event: ChangeChannel) -> None:
    """At once: whoever has the case is told, and the customer hears on the new channel that nothing is lost."""
    state, plan = turn.state, turn.plan
    before, way, onto = state.channel, plan.pathway(state.channel), plan.pathway(event.channel)
    if not way.live:
        state.wrote_by = before
    state.moved_to = event.channel
    words = f"From {before} to {event.channel}"
    turn.enter(
        "change_channel",
        words if onto.name == way.name else f"{words}: the pathway is {onto.name} now",
        pathway=onto.name,
        **{"from": before.value, "to": event.channel.value},
    )
    timekeeping.forget_holds(turn, "the customer left that channel")
    retarget(turn, f"channel {event.channel}")
    moving.leave_clocks(turn, f"not on the pathway {onto.name}")
    moving.take_clocks(turn, f"on the pathway {onto.name}")
    hold_if_owed(turn, "something that was promised is owed first")
    turn.tell_customer("channel_changed", next_word_by=turn.due_answer())
    turn.alert_owner("channel_changed", was=before.value)


def another_channel(state: State, event: ChangeChannel, at: datetime) -> None:
    """It changes something."""
    if event.channel is state.channel:
        raise Refused(Code.SAME_AS_NOW, f"The case is on the channel {event.channel} already.")
