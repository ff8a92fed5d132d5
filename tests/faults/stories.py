"""What is to happen to a complaint of the load: who lets it pass, who is silent, what the customer does in the end.

A story is a wish: people act when the case lets them, and what really happened is for the account to find out.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Literal


@dataclass(frozen=True, slots=True)
class Story:
    """What is left out goes as it should: claimed at once, answered, resolved, accepted."""

    name: str
    passed_over: int = 0
    """How many rungs let the offer pass; all of them, if it is more than there are."""
    silent: bool = False
    """Whether the first who claims it never answers, so that it climbs for that."""
    insists: bool = False
    """Whether the customer asks for a manager, and again."""
    chats: int = 0
    """How many messages the customer writes, each of which is answered."""
    ending: Literal["accepts", "rejects", "says nothing"] = "accepts"
    weight: int = 1


NOBODY = 9

STORIES = (
    Story("as it should be", weight=4),
    Story("with a long talk", chats=3, weight=2),
    Story("never taken up", passed_over=NOBODY, weight=2),
    Story("taken up one rung higher", passed_over=1, weight=2),
    Story("taken up two rungs higher", passed_over=2),
    Story("claimed and never answered", silent=True, weight=2),
    Story("insists on a manager", insists=True),
    Story("rejects the resolution", ending="rejects"),
    Story("never says whether it is right", ending="says nothing"),
)


def drawn(random: Random) -> Story:
    """One story, by weight."""
    return random.choices(STORIES, [story.weight for story in STORIES])[0]
