"""The words of a case, written once: every closed list that the rest of the system may use.

Nothing here decides anything; the rules read these words from `cases.table`, `cases.ladder` and `cases.deadlines`.
"""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """Where a case stands between arrival and archive."""

    OPENING = "opening"
    OPEN = "open"
    WAITING_CUSTOMER = "waiting_customer"
    RESOLVED = "resolved"
    CLOSED = "closed"
    ARCHIVED = "archived"


class Rung(StrEnum):
    """A level of authority, lowest first; together they are the ladder."""

    BOT = "bot"
    AGENT = "agent"
    SUPERVISOR = "supervisor"
    MANAGER = "manager"
    EXECUTIVE = "executive"

    @property
    def with_article(self) -> str:
        """How a sentence speaks of one of them: `an agent`."""
        return f"{'an' if self.value[0] in 'aeiou' else 'a'} {self}"

    @property
    def height(self) -> int:
        """How far up the ladder, from 0 for `bot`."""
        return _LADDER.index(self)

    @property
    def above(self) -> Rung | None:
        """The next rung up, or None at the top."""
        return _LADDER[self.height + 1] if self.height + 1 < len(_LADDER) else None

    @property
    def below(self) -> Rung | None:
        """The next rung down, or None at the bottom."""
        return _LADDER[self.height - 1] if self.height else None


_LADDER = tuple(Rung)


class Role(StrEnum):
    """What kind of party an actor is. People of every rung are `agent`."""

    CUSTOMER = "customer"
    SERVICE = "service"
    BOT = "bot"
    AGENT = "agent"
    OPERATOR = "operator"
    SYSTEM = "system"


STAFF = frozenset({Role.AGENT, Role.BOT, Role.OPERATOR, Role.SYSTEM})
"""Who may read what is said about the customer: not they, nor who passes things on to them."""


class Via(StrEnum):
    """How an event reached the case. What arrives by signal or unsigned update is somebody's claim."""

    API = "api"
    SIGNAL = "signal"
    UPDATE = "update"
    SYSTEM = "system"


CLAIMED = frozenset({Via.SIGNAL, Via.UPDATE})
"""Ways by which whoever can reach the namespace says themselves who they are."""


class Priority(StrEnum):
    """How much needs attention now: P1 is the most urgent."""

    P1 = "P1"
    P2 = "P2"
    P3 = "P3"
    P4 = "P4"


class Channel(StrEnum):
    """Where the customer speaks and is answered."""

    EMAIL = "email"
    PHONE = "phone"
    CHAT = "chat"
    CHATBOT = "chatbot"
    SOCIAL = "social"
    WEB = "web"
    LETTER = "letter"


class WaitingOn(StrEnum):
    """Whose move it is."""

    OWNER = "owner"
    OFFER = "offer"
    CUSTOMER = "customer"
    HAND_OFF = "hand_off"
    APPROVAL = "approval"
    """Somebody who may is to decide: on a remedy, or on a threat."""
    STUCK = "stuck"
    NOBODY = "nobody"


class ClosedAs(StrEnum):
    """How a case ended."""

    ACCEPTED = "accepted"
    UNCONFIRMED = "unconfirmed"
    WITHDRAWN = "withdrawn"
    CONTACT_ENDED = "contact_ended"
    BY_MANAGER = "by_manager"
    DUPLICATE = "duplicate"
    TERMINATED = "terminated"


class ClockName(StrEnum):
    """Every promise with a deadline that a case can make."""

    ACKNOWLEDGE = "acknowledge"
    FIRST_RESPONSE = "first_response"
    NEXT_RESPONSE = "next_response"
    RESOLUTION = "resolution"
    REDIRECT = "redirect"
    CONFIRM = "confirm"
    REOPEN_WINDOW = "reopen_window"
    ALERT_REPEAT = "alert_repeat"
    UPDATE = "update"
    """The customer hears by then: at least every so often, or by a time that was promised."""
    CALLBACK = "callback"
    CUSTOMER_SILENCE = "customer_silence"
    REVIEW = "review"
    """A restriction of contact is looked at again by then: by its own date, or because the customer asked."""
    HOLD = "hold"
    """Runs while the customer is on hold, and stands between two holds: its time is the sum of them."""
    HANDLE_TIME = "handle_time"
    """From an owner's claim on, the time in which the customer is waited for left out."""
    STATUTORY = "statutory"
    """A stage of a regime, which its label names; several run at once."""
    SAFETY = "safety"
    """A threat awaits a decision: whoever may decide is alerted each time that it is over."""
    APPROVAL = "approval"
    """Somebody whose authority covers a remedy decides on it; one for each that is proposed."""
    HAND_OFF = "hand_off"
    """Runs in the case, from the question to the answer; the two below run in the hand-off itself."""
    ACCEPT = "accept"
    ANSWER = "answer"


STAFF_CLOCKS = frozenset({ClockName.SAFETY})
"""The clocks that say something about the customer, and that only staff see."""


class ClockState(StrEnum):
    """What a clock is doing. A breach is a fact beside it: a breached clock runs on until it is fulfilled."""

    RUNNING = "running"
    PAUSED = "paused"
    FULFILLED = "fulfilled"
    CANCELLED = "cancelled"


class Mark(StrEnum):
    """What a ledger entry says happened to a clock."""

    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    WARN = "warn"
    BREACH = "breach"
    FULFIL = "fulfil"
    CANCEL = "cancel"
    RETARGET = "retarget"
    """Another target: what has run stays."""
    CORRECT = "correct"
    """Another calendar or policy from then on: what has run so far stays counted as it was."""
    SUM = "sum"
    """Stands for older pauses and resumes; the timeline has each of them."""


class HandoffStatus(StrEnum):
    """Where a hand-off stands between the question and its end."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    ASKED_BACK = "asked_back"
    ANSWERED = "answered"
    CANCELLED = "cancelled"
    RETURNED = "returned"

    @property
    def over(self) -> bool:
        """Whether nobody owes anything any more."""
        return self in (HandoffStatus.ANSWERED, HandoffStatus.CANCELLED, HandoffStatus.RETURNED)


class Letter(StrEnum):
    """A reply that a statutory regime asks for."""

    ACKNOWLEDGEMENT = "acknowledgement"
    HOLDING = "holding"
    IN_PROGRESS = "in_progress"
    SUMMARY_RESOLUTION = "summary_resolution"
    FINAL_RESPONSE = "final_response"


class Promised(StrEnum):
    """What can be promised by a time."""

    CALLBACK = "callback"
    UPDATE = "update"


class Contact(StrEnum):
    """How a customer may be in contact about a case."""

    WRITTEN_ONLY = "written_only"
    NAMED_CONTACT = "named_contact"
    UNRESTRICTED = "unrestricted"


class SafetyDecision(StrEnum):
    """What a manager can decide after a threat."""

    CONTINUE = "continue"
    RESTRICT = "restrict"
    END = "end"
    POLICE = "police"


class ContactOption(StrEnum):
    """How a customer may choose to be spoken to."""

    NOW = "now"
    CALLBACK = "callback"


class Remedy(StrEnum):
    """What can put a complaint right, beside words."""

    REFUND = "refund"
    CREDIT = "credit"
    REPLACEMENT = "replacement"
    APOLOGY = "apology"
    OTHER = "other"

    @property
    def is_money(self) -> bool:
        """Whether it is paid."""
        return self in (Remedy.REFUND, Remedy.CREDIT)


class RemedyState(StrEnum):
    """Where a remedy stands. Of what is not money, `granted` is the end; money is then `paid`, or that has failed."""

    PENDING = "pending"
    GRANTED = "granted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    PAID = "paid"
    FAILED = "failed"


class Breach(StrEnum):
    """What a policy may ask for when a clock is breached."""

    UP = "up"
    BESIDE = "beside"
    ALERT = "alert"


class Suggested(StrEnum):
    """What a customer's words may mean, until a person has looked: the reasons that a policy can have suggested."""

    ASKS_FOR_MANAGER = "asks_for_manager"
    THREAT = "threat"
    ABUSE = "abuse"
    LEGAL_STEP = "legal_step"
    VULNERABLE_CUSTOMER = "vulnerable_customer"
    REPEATED_CONTACT = "repeated_contact"


class SuggestionState(StrEnum):
    """What became of a suggestion."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"


class Reason(StrEnum):
    """Why a case is held out to somebody. `cases.ladder` says of each where it leads and what it needs first."""

    OPENED = "opened"
    ASSIGNED = "assigned"
    TRANSFERRED = "transferred"
    DE_ESCALATED = "de_escalated"
    ASKED_FOR_MANAGER = "asked_for_manager"
    NO_COMMON_GROUND = "no_common_ground"
    ATTEMPTS_FAILED = "attempts_failed"
    IRATE = "irate"
    NO_AUTHORITY = "no_authority"
    RECATEGORISED = "recategorised"
    RESOLUTION_REJECTED = "resolution_rejected"
    REOPENED = "reopened"
    CLOCK_BREACHED = "clock_breached"
    NOT_ACKNOWLEDGED = "not_acknowledged"
    PROMISE_BROKEN = "promise_broken"
    BOT_FAILED = "bot_failed"
    ASKED_FOR_HUMAN = "asked_for_human"
    ABUSE = "abuse"
    THREAT = "threat"
    HELD_TOO_LONG = "held_too_long"
    HANDLED_TOO_LONG = "handled_too_long"
    BEYOND_SKILL = "beyond_skill"
    OWNER_UNAVAILABLE = "owner_unavailable"
    NEEDS_ATTENTION = "needs_attention"
