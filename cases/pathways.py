"""Pathways: what a way of talking to customers has of triggers, clocks and contact options. Live ones and written ones.

Right person, right time, the channel that the customer chose: each channel may have its own path ("The Definitive Guide
to Escalation Management", HubSpot). Knows what a pathway allows; how a case gets onto another one is in
`cases.channels`, what its clocks lead to in `cases.deadlines`.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from cases.complaint import Name, Shape
from cases.words import Channel, ClockName, ContactOption, Reason

LIVE = (Channel.PHONE, Channel.CHAT)
"""Where the customer is there, waiting, unless a policy says otherwise."""

OPTIONAL_CLOCKS = (
    ClockName.HOLD,
    ClockName.HANDLE_TIME,
    ClockName.UPDATE,
    ClockName.CALLBACK,
    ClockName.CUSTOMER_SILENCE,
)
"""The clocks that a pathway may do without. All others run on each: no case is ever without an answer that is due."""

OPTIONAL_TRIGGERS = (
    Reason.NO_COMMON_GROUND,
    Reason.ATTEMPTS_FAILED,
    Reason.IRATE,
    Reason.BOT_FAILED,
    Reason.ASKED_FOR_HUMAN,
    Reason.HELD_TOO_LONG,
    Reason.HANDLED_TOO_LONG,
)
"""The reasons that a pathway may do without. What customers ask for, and what was promised them, counts everywhere."""


class Pathway(Shape):
    """What a case on one of its channels has. None: all that there is.

    `live`: the customer can be put on hold there; `holds` is how often, until the case goes up for it.
    """

    name: Name
    channels: tuple[Channel, ...] = ()
    live: bool = False
    holds: Annotated[int, Field(ge=1)] | None = None
    triggers: tuple[Reason, ...] | None = None
    clocks: tuple[ClockName, ...] | None = None
    contact: tuple[ContactOption, ...] | None = None

    def has_clock(self, clock: ClockName) -> bool:
        """Whether such a clock runs here, if the policy has terms for it."""
        return clock not in OPTIONAL_CLOCKS or self.clocks is None or clock in self.clocks

    def has_trigger(self, reason: Reason) -> bool:
        """Whether a case may climb for this reason here."""
        return reason not in OPTIONAL_TRIGGERS or self.triggers is None or reason in self.triggers

    def has_contact(self, option: ContactOption) -> bool:
        """Whether the customer may choose this."""
        return self.contact is None or option in self.contact


STANDARD = (
    Pathway(name="live", channels=LIVE, live=True),
    Pathway(name="written", channels=tuple(channel for channel in Channel if channel not in LIVE)),
)
"""What a policy has that says nothing of pathways: everything everywhere, and holds where customers wait."""


def pathway_of(pathways: tuple[Pathway, ...], channel: Channel) -> Pathway:
    """The pathway of a channel. A case that was planned before there were pathways is on one of the standard ones."""
    return next(way for way in (*pathways, *STANDARD) if channel in way.channels)
