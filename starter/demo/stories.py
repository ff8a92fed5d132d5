"""What is to happen to each complaint of the demo: who neglects it, who insists, who comes back.

A story is a wish, not a script: people act when the case allows it, and what really happens is counted by the audit.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum, auto
from random import Random
from typing import NamedTuple

from cases.words import Channel, Reason, SafetyDecision


class When(StrEnum):
    """What a customer waits for before the next thing that they say."""

    SOON = auto()
    CLAIMED = auto()
    REDIRECTED = auto()
    ASKED = auto()
    HANDED_OFF = auto()
    HELD = auto()
    RESTRICTED = auto()
    RESOLVED = auto()
    CLOSED = auto()


class Move(NamedTuple):
    """One thing that a customer says. `signalled`: fire and forget, as a mail gateway would."""

    when: When
    kind: str
    signalled: bool = False


class Conduct(StrEnum):
    """What a specialist does with a question. Whoever has no part in the story answers."""

    ANSWERS = auto()
    ASKS_BACK = auto()
    DECLINES = auto()
    LETS_PASS = auto()
    FORGETS = auto()
    """Accepts it, and does not answer."""


_INSISTS = (Move(When.CLAIMED, "ask_for_manager"), Move(When.REDIRECTED, "ask_for_manager"))
_REJECTS = (Move(When.RESOLVED, "reject_resolution"),)
_ACCEPTS = Move(When.RESOLVED, "accept_resolution")
_HASTY = (Move(When.SOON, "accept_resolution"), Move(When.SOON, "message", signalled=True))
_RETURNS = (_ACCEPTS, Move(When.CLOSED, "message"))
_WITHDRAWS = (Move(When.HANDED_OFF, "withdraw"),)
_HANGS_UP = (Move(When.HELD, "change_channel"),)
_OBJECTS = (Move(When.RESTRICTED, "ask_review"),)
_ASKS_BACK, _DECLINES = Conduct.ASKS_BACK, Conduct.DECLINES
_LETS_PASS, _FORGETS = Conduct.LETS_PASS, Conduct.FORGETS


@dataclass(frozen=True, slots=True)
class Story:
    """One course of events. What is left out goes as it should: claimed, answered, resolved, accepted.

    The fields on colleagues are about the first rung; higher rungs do what they should, except that they too let pass
    the offers in `lets_pass` (0 is the case's first offer).
    """

    name: str
    lets_pass: tuple[int, ...] = ()
    declines: bool = False
    answers: bool = True
    redirects: bool = True
    asks: bool = False
    resumes: bool = False
    transfers: bool = False
    contested: bool = False
    gives_up: Reason | None = None
    consults: tuple[str, ...] = ()
    """The teams of specialists that the first rung asks, one after the other, without waiting for the first answer."""
    specialists: tuple[Conduct, ...] = ()
    """What those do whom a question of this case is offered to, in that order."""
    proposes: str | None = None
    """How many pounds the first rung proposes to pay back; above their authority a higher rung decides."""
    rejected: bool = False
    """Whether that is rejected."""
    deeds: tuple[str, ...] = ()
    """What else the first rung does before it resolves, in that order; what the case does not allow then is left."""
    decides: SafetyDecision = SafetyDecision.CONTINUE
    """What a manager decides if a threat is reported."""
    reopens: bool = False
    """Whether the owner takes the case up again, once, when it is closed."""
    calls_off: bool = False
    resolves_despite: bool = False
    """Whether the first rung waits for what it asked, or calls it off, or resolves the case without it."""
    leaves_resolving: bool = False
    """Whether the first rung leaves the case open, so that something else can happen to it."""
    moves: tuple[Move, ...] = ()
    accepts: bool = True
    """Whether the customer, when all of that is over, accepts what they are offered."""
    channel: Channel | None = None
    """Where the complaint comes from, if the story needs it to be there."""
    weight: int = 1


STORIES = (
    Story("neglected by the whole rung", lets_pass=(0, 1), weight=3),
    Story("insists on a manager", leaves_resolving=True, moves=_INSISTS, weight=3),
    Story("rejects the resolution", moves=_REJECTS, weight=3),
    Story("kept in every way", weight=6),
    Story("two claim at once, and a stranger meddles", contested=True, weight=2),
    Story("specialists ask back", consults=("billing",), specialists=(_ASKS_BACK,), weight=4),
    Story("declined, let pass, answered", consults=("fraud",), specialists=(_DECLINES, _LETS_PASS), weight=4),
    Story("withdrawn over a question", consults=("billing",), specialists=(_FORGETS,), moves=_WITHDRAWS),
    Story("comes back after it was closed", moves=_RETURNS, weight=2),
    Story(
        "on hold while specialists are asked, and goes on by email",
        channel=Channel.PHONE,
        consults=("billing",),
        deeds=("hold", "unhold"),
        moves=_HANGS_UP,
    ),
    Story("abusive, warned twice, and the contact is ended", deeds=("warn", "warn", "end_contact")),
    Story("threatens, and is dealt with", deeds=("report_threat",)),
    Story("restricted after a threat", deeds=("report_threat",), decides=SafetyDecision.RESTRICT, moves=_OBJECTS),
    Story("promised a call, and called", consults=("billing",), deeds=("promise", "attempt")),
    Story("taken up again by its owner", reopens=True),
    Story("given back more than the first may grant", proposes="120.00", weight=2),
    Story("given back at once", proposes="25.50"),
    Story("asks for more than is granted", proposes="240.00", rejected=True),
    Story("taken up and never answered", answers=False, leaves_resolving=True, weight=3),
    Story("asked for a manager and left waiting", redirects=False, leaves_resolving=True, moves=_INSISTS[:1]),
    Story("sent up after an attempt", gives_up=Reason.NO_COMMON_GROUND, leaves_resolving=True, weight=2),
    Story("never says whether it is right", accepts=False, weight=2),
    Story("thinks better of it", answers=False, leaves_resolving=True, moves=(Move(When.SOON, "withdraw"),)),
    Story("specialists answer", consults=("billing",), weight=7),
    Story("a specialist forgets", consults=("billing",), specialists=(_FORGETS,), weight=3),
    Story("needs no specialist after all", consults=("fraud",), specialists=(_FORGETS,), calls_off=True),
    Story("does without the answer", consults=("billing",), specialists=(_FORGETS,), resolves_despite=True),
    Story("all specialists decline", consults=("fraud",), specialists=(_DECLINES,) * 9),
    Story("is asked, and answers", asks=True, moves=(Move(When.ASKED, "message"),), weight=2),
    Story("declined by the first", declines=True, weight=2),
    Story("transferred to a peer", transfers=True),
    Story("neglected at two rungs", lets_pass=(0, 1, 2, 3)),
    Story("is asked, and does not answer", asks=True, resumes=True),
    Story("transferred, and the peer lets it pass", transfers=True, lets_pass=(1,)),
    Story("comes back twice", moves=_RETURNS * 2),
    Story("accepts too early, and writes by mail", moves=_HASTY),
    Story("two teams are asked at once", consults=("billing", "fraud")),
    Story("insists while specialists are asked", consults=("billing",), specialists=(_LETS_PASS,), moves=_INSISTS),
    Story("insists, then rejects too", leaves_resolving=True, moves=_INSISTS + _REJECTS),
)
"""The most telling first: a demo of few complaints has those."""


def stories(seed: int, count: int) -> list[Story]:
    """One for each of `count` complaints: every story once, in its order, then at random by weight."""
    random = Random(seed)
    drawn = random.choices(STORIES, [story.weight for story in STORIES], k=max(0, count - len(STORIES)))
    return [*STORIES[:count], *drawn]


@dataclass(slots=True)
class Plot:
    """How far one case's story has got; what the people who play it share."""

    story: Story
    offers: list[datetime] = field(default_factory=list[datetime])
    asked: bool = False
    waited: bool = False
    transferred: bool = False
    attempted: bool = False
    met_stranger: bool = False
    declined: bool = False
    proposed: bool = False
    restricted: bool = False
    reopened: bool = False
    deeds: int = 0
    """How many of the story's deeds are done, or left."""
    consulted: int = 0
    """How many questions the owner has asked."""
    specialists: list[str] = field(default_factory=list[str])
    """Who has been offered one, in that order."""
    asked_back: set[str] = field(default_factory=set[str])

    def conduct(self, specialist: str) -> Conduct:
        """What the story has for them, now that a question is offered to them, or was."""
        if specialist not in self.specialists:
            self.specialists.append(specialist)
        course = self.specialists.index(specialist)
        return self.story.specialists[course] if course < len(self.story.specialists) else Conduct.ANSWERS

    def is_let_pass(self, made_at: datetime) -> bool:
        """Whether the offer made then is one that nobody takes up."""
        if made_at not in self.offers:
            self.offers.append(made_at)
        return self.offers.index(made_at) in self.story.lets_pass
