"""What every event has in common, and the refusal that a case may answer with.

An event is a flat JSON object: who did what, when, and how it reached us. The three unions are in `cases.requests`
(customers), `cases.actions` (agents) and `cases.outcomes` (what came of an effect).
"""

from __future__ import annotations

import hashlib
import json
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import Field

from cases.complaint import Attachment, Moment, Name, Shape, Short
from cases.words import Role, Rung, Via

__all__ = ["SYSTEM", "Actor", "Attachment", "Code", "Event", "Refused", "StaleTime"]


class Actor(Shape):
    """Who acts, as the directory knows them. A person without teams belongs to every line."""

    id: Short
    role: Role
    rung: Rung | None = None
    teams: tuple[Name, ...] = ()
    skills: tuple[Name, ...] = ()
    authority: int | None = Field(
        default=None,
        ge=0,
        description="what they may grant, in minor units of the policy's own currency; without it, what their rung may",
    )

    def in_line_of(self, team: str) -> bool:
        """Whether this person belongs to the line of `team`."""
        return not self.teams or team in self.teams


SYSTEM = Actor(id="caseladder", role=Role.SYSTEM)


_STAMPED: dict[str, Any] = {
    "id": True,
    "at": True,
    "via": True,
    "by": True,
    "if_version": True,
    "to": {"rung", "teams", "skills"},
}


_IN_ORDER = json.JSONEncoder(sort_keys=True).encode


class Event(Shape):
    """The envelope. `id` is the idempotency key; `at` is when it happened and is clamped to [last event, now].

    `if_version` is what its sender has seen: had the case moved on when the event came, it is refused.
    """

    kind: Any
    """Every event narrows it to a literal of its own, unique over the three unions."""
    id: UUID
    by: Actor
    at: Moment | None = None
    via: Via | None = None
    # Left out where it says nothing, so that a worker of an earlier version can read the event.
    if_version: int | None = Field(default=None, ge=0, exclude_if=lambda version: version is None)

    @property
    def content(self) -> str:
        """Digest of what the event says and who says it. What is stamped or looked up anew on a retry is left out."""
        said = self.model_dump(mode="json", exclude=_STAMPED)
        return hashlib.sha256(_IN_ORDER([self.by.id, said]).encode()).hexdigest()[:12]


class Code(StrEnum):
    """Every reason for which a case turns an event down. Codes never change; sentences may."""

    OPENING = "opening"
    CLOSED = "closed"
    ARCHIVED = "archived"
    NOT_CLOSED = "not_closed"
    NOT_RESOLVED = "not_resolved"
    ALREADY_RESOLVED = "already_resolved"
    WRONG_ROLE = "wrong_role"
    NO_RUNG = "no_rung"
    NOT_OWNER = "not_owner"
    RUNG_TOO_LOW = "rung_too_low"
    NOT_QUALIFIED = "not_qualified"
    ALREADY_CLAIMED = "already_claimed"
    OFFERED_TO_OTHER = "offered_to_other"
    NO_OFFER = "no_offer"
    DECLINED_BEFORE = "declined_before"
    NOBODY_ASKED = "nobody_asked"
    NOTHING_ASKED = "nothing_asked"
    ALREADY_WAITING = "already_waiting"
    NOT_WAITING = "not_waiting"
    NO_ATTEMPT = "no_attempt"
    NO_TRANSCRIPT = "no_transcript"
    NOT_VOLUNTARY = "not_voluntary"
    AT_TOP = "at_top"
    AT_BOTTOM = "at_bottom"
    COOL_DOWN = "cool_down"
    ALREADY_OFFERED_UP = "already_offered_up"
    ID_REUSED = "id_reused"
    MOVED_ON = "moved_on"
    SAME_CASE = "same_case"
    RECEIVED_IN_FUTURE = "received_in_future"
    ALREADY_HANDED_OFF = "already_handed_off"
    TOO_MANY_HAND_OFFS = "too_many_hand_offs"
    NO_HAND_OFF = "no_hand_off"
    HAND_OFF_PENDING = "hand_off_pending"
    HAND_OFF_OVER = "hand_off_over"
    ALREADY_ACCEPTED = "already_accepted"
    NOT_ACCEPTED = "not_accepted"
    NOT_SPECIALIST = "not_specialist"
    UNKNOWN_LETTER = "unknown_letter"
    LETTER_NOT_OPEN = "letter_not_open"
    NOT_IN_FUTURE = "not_in_future"
    TOO_FAR_AHEAD = "too_far_ahead"
    TOO_MANY_PROMISES = "too_many_promises"
    NO_CALLBACKS = "no_callbacks"
    NOT_WARNED = "not_warned"
    ALREADY_WARNED = "already_warned"
    NO_THREAT = "no_threat"
    THREAT_UNDECIDED = "threat_undecided"
    NO_RESTRICTION = "no_restriction"
    REVIEW_ASKED = "review_asked"
    CONTACT_RESTRICTED = "contact_restricted"
    NOT_BY_SIGNAL = "not_by_signal"
    NO_OWNER = "no_owner"
    NOT_LIVE = "not_live"
    ALREADY_ON_HOLD = "already_on_hold"
    NOT_ON_HOLD = "not_on_hold"
    NOT_ON_PATHWAY = "not_on_pathway"
    NO_REMEDIES = "no_remedies"
    UNKNOWN_CURRENCY = "unknown_currency"
    TOO_MANY_DIGITS = "too_many_digits"
    ALREADY_PROPOSED = "already_proposed"
    TOO_MANY_REMEDIES = "too_many_remedies"
    OVER_LIMIT = "over_limit"
    NO_AUTHORITY = "no_authority"
    OWN_PROPOSAL = "own_proposal"
    UNKNOWN_REMEDY = "unknown_remedy"
    REMEDY_DECIDED = "remedy_decided"
    REMEDY_PENDING = "remedy_pending"
    UNKNOWN_EFFECT = "unknown_effect"
    SAME_AS_NOW = "same_as_now"
    NO_SUGGESTION = "no_suggestion"
    UNKNOWN_MESSAGE = "unknown_message"
    ALREADY_DELIVERED = "already_delivered"
    TOO_LATE = "too_late"
    RECORDS_AWAY = "records_away"


class Refused(Exception):
    """An event that the case turns down; nothing has changed. `sentence` is for the person who sent it."""

    def __init__(self, code: Code, sentence: str, **details: Any) -> None:
        super().__init__(f"{code}: {sentence}")
        self.code = code
        self.sentence = sentence
        self.details = details


class StaleTime(ValueError):
    """`now` went backwards. The caller's clock is wrong; no rule can be applied to such a moment."""
