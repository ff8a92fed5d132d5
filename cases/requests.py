"""What a customer can ask of a case."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import Field

from cases.complaint import Moment, Text
from cases.events import Attachment, Event
from cases.words import Channel


class Message(Event):
    """The customer says something. Ends any waiting for the customer; on a closed case it reopens."""

    kind: Literal["message"] = "message"
    text: Text
    channel: Channel | None = None
    attachments: tuple[Attachment, ...] = Field(default=(), max_length=20)


class AskForManager(Event):
    """The customer asks for somebody higher. Answered once by `redirect`; asked again, the case goes up."""

    kind: Literal["ask_for_manager"] = "ask_for_manager"
    text: Text | None = None


class ChooseContact(Event):
    """The customer wants to be called: now, or by a time of their choice."""

    kind: Literal["choose_contact"] = "choose_contact"
    when: Literal["now"] | Moment = Field(examples=["now", "2026-03-03T15:00:00Z"])


class ChangeChannel(Event):
    """The customer goes on elsewhere: the case goes along as it is, and deadlines become those of that channel."""

    kind: Literal["change_channel"] = "change_channel"
    channel: Channel


class AcceptResolution(Event):
    """The customer is satisfied."""

    kind: Literal["accept_resolution"] = "accept_resolution"
    score: Annotated[int, Field(ge=1, le=5)] | None = None
    comment: Text | None = None


class RejectResolution(Event):
    """The customer is not satisfied: the clocks go on and the case goes up."""

    kind: Literal["reject_resolution"] = "reject_resolution"
    reason: Text
    text: Text | None = None


class AskReview(Event):
    """The customer asks that a restriction of contact be looked at again. Once for each restriction."""

    kind: Literal["ask_review"] = "ask_review"
    text: Text | None = None


class Withdraw(Event):
    """The customer takes the complaint back."""

    kind: Literal["withdraw"] = "withdraw"
    reason: Text | None = None
    text: Text | None = None


Request = Annotated[
    Message
    | AskForManager
    | ChooseContact
    | ChangeChannel
    | AcceptResolution
    | RejectResolution
    | AskReview
    | Withdraw,
    Field(discriminator="kind"),
]

SPOKEN: frozenset[str] = frozenset(one.model_fields["kind"].default for one in get_args(get_args(Request)[0]))
"""The kinds in which the customer says something, whoever passes it on."""
