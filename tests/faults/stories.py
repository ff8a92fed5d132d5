"""What is to happen to a complaint of the load: who lets it pass, who is silent, what the customer does in the end.

A story is a wish: people act when the case lets them, and what really happened is for the account to find out.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Literal

Conduct = Literal["answers", "asks back", "declines", "neglects", "forgets", "gives it up"]
"""What a specialist does with a question: who forgets or gives it up has accepted it first, who neglects it has not."""


@dataclass(frozen=True, slots=True)
class Consulting:
    """A question to specialists, and what comes of it."""

    name: str
    specialists: tuple[Conduct, ...] = ()
    """What those do whom it is offered to, in that order; whoever comes after them answers."""
    owner: Literal["waits", "calls it off", "goes on"] = "waits"
    """Who goes on, resolves the case while it is open."""
    withdrawn: bool = False
    """Whether the customer withdraws while it is open."""
    weight: int = 1


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

CONSULTING = (
    Consulting("answered", weight=3),
    Consulting("asked back, and answered", ("asks back",), weight=3),
    Consulting("asked back, and the owner goes on", ("asks back",), owner="goes on"),
    Consulting("declined, and answered", ("declines",), weight=2),
    Consulting("declined by all", ("declines",) * NOBODY),
    Consulting("neglected, and answered", ("neglects",), weight=2),
    Consulting("neglected by all", ("neglects",) * NOBODY),
    Consulting("forgotten, given up, and answered", ("forgets", "gives it up"), weight=2),
    Consulting("called off", ("forgets",), owner="calls it off", weight=2),
    Consulting("open when the case is resolved", ("forgets", "neglects"), owner="goes on"),
    Consulting("open when the case is withdrawn", ("forgets", "neglects"), withdrawn=True, weight=2),
)

_ASKS = 0.5
"""Of the cases that somebody works; of all it is a third, for some are never taken up and others end too early."""


def drawn(random: Random) -> tuple[Story, Consulting | None]:
    """One story, by weight, and perhaps a question in it."""
    [story] = random.choices(STORIES, [story.weight for story in STORIES])
    [consulting] = random.choices(CONSULTING, [consulting.weight for consulting in CONSULTING])
    return story, consulting if random.random() < _ASKS else None
