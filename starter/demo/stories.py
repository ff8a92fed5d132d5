"""What is to happen to each complaint of the demo: who neglects it, who insists, who comes back.

A story is a wish, not a script: people act when the case allows it, and what really happens is counted by the audit.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum, auto
from random import Random
from typing import NamedTuple

from cases.words import Reason


class When(StrEnum):
    """What a customer waits for before the next thing that they say."""

    SOON = auto()
    CLAIMED = auto()
    REDIRECTED = auto()
    ASKED = auto()
    RESOLVED = auto()
    CLOSED = auto()


class Move(NamedTuple):
    """One thing that a customer says. `signalled`: fire and forget, as a mail gateway would."""

    when: When
    kind: str
    signalled: bool = False


_INSISTS = (Move(When.CLAIMED, "ask_for_manager"), Move(When.REDIRECTED, "ask_for_manager"))
_REJECTS = (Move(When.RESOLVED, "reject_resolution"),)
_ACCEPTS = Move(When.RESOLVED, "accept_resolution")
_HASTY = (Move(When.SOON, "accept_resolution"), Move(When.SOON, "message", signalled=True))
_RETURNS = (_ACCEPTS, Move(When.CLOSED, "message"))


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
    leaves_resolving: bool = False
    """Whether the first rung leaves the case open, so that something else can happen to it."""
    moves: tuple[Move, ...] = ()
    accepts: bool = True
    """Whether the customer, when all of that is over, accepts what they are offered."""
    weight: int = 1


STORIES = (
    Story("neglected by the whole rung", lets_pass=(0, 1), weight=3),
    Story("insists on a manager", leaves_resolving=True, moves=_INSISTS, weight=3),
    Story("rejects the resolution", moves=_REJECTS, weight=3),
    Story("kept in every way", weight=6),
    Story("two claim at once, and a stranger meddles", contested=True, weight=2),
    Story("comes back after it was closed", moves=_RETURNS, weight=2),
    Story("taken up and never answered", answers=False, leaves_resolving=True, weight=3),
    Story("asked for a manager and left waiting", redirects=False, leaves_resolving=True, moves=_INSISTS[:1]),
    Story("sent up after an attempt", gives_up=Reason.NO_COMMON_GROUND, leaves_resolving=True, weight=2),
    Story("never says whether it is right", accepts=False, weight=2),
    Story("thinks better of it", answers=False, leaves_resolving=True, moves=(Move(When.SOON, "withdraw"),)),
    Story("is asked, and answers", asks=True, moves=(Move(When.ASKED, "message"),), weight=2),
    Story("declined by the first", declines=True, weight=2),
    Story("transferred to a peer", transfers=True),
    Story("neglected at two rungs", lets_pass=(0, 1, 2, 3)),
    Story("is asked, and does not answer", asks=True, resumes=True),
    Story("transferred, and the peer lets it pass", transfers=True, lets_pass=(1,)),
    Story("comes back twice", moves=_RETURNS * 2),
    Story("accepts too early, and writes by mail", moves=_HASTY),
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

    def is_let_pass(self, made_at: datetime) -> bool:
        """Whether the offer made then is one that nobody takes up."""
        if made_at not in self.offers:
            self.offers.append(made_at)
        return self.offers.index(made_at) in self.story.lets_pass
