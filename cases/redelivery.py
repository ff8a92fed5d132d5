"""What an operator decides about a message that does not arrive. What it leads to is in `cases.delivering`."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from cases.complaint import Short, Text
from cases.events import Event


class Resend(Event):
    """Sent by an operator: a message, or an announcement, goes out again; one that is being tried, at once.

    What was delivered is sent under a key of its own, since whoever has it would not take it twice.
    """

    kind: Literal["resend"] = "resend"
    message_id: Short = Field(description="its effect id", examples=["shop-7kq2m4xw5a:12"])
    destination: Short | None = Field(default=None, description="only there", examples=["gateway"])
    reason: Text


class GiveUp(Event):
    """Sent by an operator: what could not be delivered is not tried any more, and what waits behind it goes on."""

    kind: Literal["give_up"] = "give_up"
    message_id: Short = Field(description="its effect id", examples=["shop-7kq2m4xw5a:12"])
    destination: Short | None = Field(default=None, description="only there", examples=["webhook-shop"])
    reason: Text
