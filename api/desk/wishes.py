"""What a customer's form asks, as the request that it becomes; and what is said of one that is not taken.

Knows forms, not rules: what is open to the customer now is the case's to say (`allowed`), and so is every refusal. The
sentences here are English; `api.desk.languages` has them in the customer's language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from api.customers import CustomersCase
from api.problems import Away, Problem, TooLarge, TurnedDown, Unprocessable
from cases.events import Code
from cases.words import Channel

N_ = str
"""Marks what is translated where it is shown."""

LONGEST = 20_000
"""Characters of a text: no text of so many is beyond the limit of bytes that the case has."""

CHANNELS = (Channel.EMAIL, Channel.PHONE, Channel.CHAT, Channel.LETTER, Channel.WEB)
"""Where a customer may ask to go on. Nobody asks for a chatbot, and nobody's public account is known here."""

ORDER = (
    "accept_resolution",
    "reject_resolution",
    "message",
    "choose_contact",
    "ask_for_manager",
    "change_channel",
    "ask_review",
    "withdraw",
)
"""The forms on the page: first what is waited for, last what ends it all."""

TEXTS = {
    "message": "text",
    "ask_for_manager": "text",
    "accept_resolution": "comment",
    "reject_resolution": "reason",
    "ask_review": "text",
    "withdraw": "reason",
}
"""The field for the customer's words, in the forms that have one."""

_WANTED = {
    "message": N_("Please write something first."),
    "reject_resolution": N_("Please tell us what is missing, so that whoever takes it up next knows."),
}
"""What is said where the words are missing and cannot be."""

_REFUSED = {
    Code.OPENING: N_("Your complaint is just being read. Please try again in a moment."),
    Code.CLOSED: N_("Your complaint has been closed meanwhile. Write us a message, and we will take it up again."),
    Code.NOT_RESOLVED: N_(
        "This answer is no longer open to be accepted or rejected. Please write us a message instead."
    ),
    Code.ID_REUSED: N_(
        "You have sent this form before, with other words. If you want to send these too, send it again."
    ),
    Code.NOT_IN_FUTURE: N_("This time has passed. Please choose a later one."),
    Code.TOO_FAR_AHEAD: N_("This is more than a year away. Please choose an earlier time."),
    Code.TOO_MANY_PROMISES: N_(
        "There are as many calls and updates waiting for you as we can keep. Please write to us."
    ),
    Code.NO_CALLBACKS: N_("We cannot offer this call. Please choose another time, or write to us."),
    Code.CONTACT_RESTRICTED: N_("For now, we can answer you in writing only. Please write to us instead."),
    Code.NO_RESTRICTION: N_("Contact is no longer restricted, so there is nothing left to review."),
    Code.REVIEW_ASKED: N_("You have asked for this already, and we will come back to you."),
    Code.SAME_AS_NOW: N_("This is how we reach you already."),
}
_OTHERWISE = N_("This is not possible at the moment. You can still write us a message.")
_UNCLEAR = N_("Please look at this again.")
_TOO_LONG = N_("This is too long for us to take at once. Please make it shorter.")
_AWAY = N_("We cannot take this just now. What you wrote is still here: please send it again in a minute.")
_NO_TIME = N_("Please choose a day and a time.")
_NO_SUCH_TIME = N_("The clocks go forward at this time, so it does not exist. Please choose another one.")


class Unclear(Exception):
    """A form that cannot be made a request: in which field, and what is wrong, in English."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Unheard:
    """A form that was not taken: shown again with what was typed in it, and why."""

    kind: str
    event_id: UUID
    given: Mapping[str, str]
    field: str
    sentence: str

    @property
    def words(self) -> str:
        """What somebody wrote in it."""
        return self.given.get(TEXTS.get(self.kind, ""), "")


def open_to(case: CustomersCase, unheard: Unheard | None = None) -> list[str]:
    """The forms of the page, in their order: what the case allows.

    While no worker answers, nobody knows what that is; a form that was just sent is then still there, to be sent again.
    """
    known = {*case.allowed}
    if unheard and case.as_of:
        known.add(unheard.kind)
    return [kind for kind in ORDER if kind in known]


def unheard(kind: str, given: Mapping[str, str], error: Problem | Unclear) -> Unheard:
    """What is shown of a form that was not taken. What may have been done all the same keeps its id: once is enough."""
    field, sentence = _said(kind, error)
    is_reused = isinstance(error, TurnedDown) and error.refused.code is Code.ID_REUSED
    return Unheard(kind, uuid4() if is_reused else event_id(given), given, field, sentence)


def event_id(given: Mapping[str, str]) -> UUID:
    """The event's id, which each form has: sent twice, it is done once."""
    try:
        return UUID(given.get("id", ""))
    except ValueError:
        return uuid4()


def request(kind: str, given: Mapping[str, str], zone: ZoneInfo) -> dict[str, Any]:
    """The request, as `api.bodies` reads it. Raises Unclear."""
    raw: dict[str, Any] = {"kind": kind, "id": str(event_id(given))}
    field = TEXTS.get(kind)
    if field is not None:
        words = _readable(given.get(field, ""))
        if not words and kind in _WANTED:
            raise Unclear(field, _WANTED[kind])
        raw |= {field: words} if words else {}
    match kind:
        case "accept_resolution":
            raw |= {"score": int(given["score"])} if given.get("score", "").isdecimal() else {}
        case "choose_contact":
            raw["when"] = "now" if given.get("when") == "now" else _moment(given.get("at", ""), zone).isoformat()
        case "change_channel":
            raw["channel"] = given.get("channel", "")
        case _:
            pass
    return raw


def _moment(written: str, zone: ZoneInfo) -> datetime:
    """The moment at which a clock in the customer's zone shows this."""
    try:
        shown = datetime.fromisoformat(written).replace(tzinfo=None)
        moment = shown.replace(tzinfo=zone).astimezone(UTC)
        exists = moment.astimezone(zone).replace(tzinfo=None) == shown
    except (ValueError, OverflowError):
        raise Unclear("at", _NO_TIME) from None
    if not exists:
        raise Unclear("at", _NO_SUCH_TIME)
    return moment


def _said(kind: str, error: Problem | Unclear) -> tuple[str, str]:
    """Which field the error is about, and the sentence."""
    field = {"choose_contact": "at", "change_channel": "channel"}.get(kind) or TEXTS.get(kind, "")
    match error:
        case Unclear():
            return error.field, error.sentence
        case TurnedDown():
            return field, _REFUSED.get(error.refused.code, _OTHERWISE)
        case TooLarge():
            return field, _TOO_LONG
        case Unprocessable():
            return error.errors[0].field if error.errors else field, _UNCLEAR
        case Away():
            return field, _AWAY
        case _:
            return field, _OTHERWISE


def _readable(text: str) -> str:
    """As it was typed: what pasting brings of characters that nobody sees, nobody has meant."""
    return "".join(one for one in text.strip() if one in "\n\t" or (one >= " " and one != "\x7f"))
