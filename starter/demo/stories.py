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
from starter.demo.oversight import Oversight


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
_WANTS_A_CALL = (Move(When.CLAIMED, "choose_contact"),)
_OBJECTS = (Move(When.RESTRICTED, "ask_review"),)
_ASKS_BACK, _DECLINES = Conduct.ASKS_BACK, Conduct.DECLINES
_LETS_PASS, _FORGETS = Conduct.LETS_PASS, Conduct.FORGETS


_OMBUDSMAN = "If I hear nothing, I will report this to the ombudsman."
_BURNT = "I will burn it all up, this pile of your letters."


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
    beyond_skill: bool = False
    """Whether it is transferred to whoever has a skill, and not to a person."""
    contested: bool = False
    gives_up: Reason | None = None
    """Why the first rung sends it up."""
    sent_back: bool = False
    """Whether it comes back down, once."""
    above: Oversight | None = None
    """What somebody above does about the case, which the first rung waits for."""
    bot: Reason | None = None
    """Why the chatbot hands it over."""
    breaks_word: bool = False
    """Whether nobody of the first rung calls who was promised a call."""
    says: str | None = None
    """What the complaint says too."""
    dismisses: bool = False
    """Whether what that suggests is not so."""
    follows: bool = False
    """Whether it comes after an archived case of the same customer, and names it."""
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


KEPT = Story("kept in every way", weight=3)

STORIES = (
    Story("neglected by the whole rung", lets_pass=(0, 1), weight=2),
    Story("insists on a manager", leaves_resolving=True, moves=_INSISTS, weight=2),
    Story("rejects the resolution", moves=_REJECTS),
    KEPT,
    Story("two claim at once, and a stranger meddles", contested=True),
    Story("specialists ask back", consults=("billing",), specialists=(_ASKS_BACK,), weight=4),
    Story("declined, let pass, answered", consults=("fraud",), specialists=(_DECLINES, _LETS_PASS), weight=4),
    Story("withdrawn over a question", consults=("billing",), specialists=(_FORGETS,), moves=_WITHDRAWS),
    Story("handled for too long", channel=Channel.CHAT, leaves_resolving=True),
    Story("taken up and never answered", answers=False, leaves_resolving=True),
    Story("comes back twice", moves=_RETURNS * 2),
    Story("taken up again by its owner", reopens=True),
    Story("follows a case that is archived", follows=True),
    Story("restricted after a threat", deeds=("report_threat",), decides=SafetyDecision.RESTRICT, moves=_OBJECTS),
    Story("promised a call, and not called", deeds=("promise",), breaks_word=True, leaves_resolving=True),
    Story("kept on hold for too long", channel=Channel.PHONE, deeds=("hold",), leaves_resolving=True),
    Story(
        "on hold while specialists are asked, and goes on by email",
        channel=Channel.PHONE,
        consults=("billing",),
        deeds=("hold", "unhold"),
        moves=_HANGS_UP,
    ),
    Story("chatbot fails, and a person goes on", channel=Channel.CHATBOT, bot=Reason.BOT_FAILED),
    Story("asks the chatbot for a person", channel=Channel.CHATBOT, bot=Reason.ASKED_FOR_HUMAN),
    Story("abusive, warned twice, and the contact is ended", deeds=("warn", "warn", "end_contact")),
    Story("abusive, and goes to a manager", deeds=("warn", "warn"), gives_up=Reason.ABUSE, leaves_resolving=True),
    Story("threatens, and the police are called", deeds=("report_threat",), decides=SafetyDecision.POLICE),
    Story("threatens, and the contact is ended", deeds=("report_threat",), decides=SafetyDecision.END),
    Story("given back more than the first may grant", proposes="120.00"),
    Story("sent up, and sent back down", gives_up=Reason.NO_COMMON_GROUND, sent_back=True),
    Story("sent up after attempts failed", gives_up=Reason.ATTEMPTS_FAILED, leaves_resolving=True),
    Story("sent up, for the customer grows angry", channel=Channel.WEB, gives_up=Reason.IRATE, leaves_resolving=True),
    Story("goes to the ombudsman", says=_OMBUDSMAN, gives_up=Reason.NEEDS_ATTENTION, leaves_resolving=True),
    Story("sounds like a threat, and is none", says=_BURNT, dismisses=True),
    Story("wants to be called now", channel=Channel.PHONE, moves=_WANTS_A_CALL),
    Story("wants to be called at a time", channel=Channel.EMAIL, moves=_WANTS_A_CALL),
    Story("kept informed", deeds=("note", "set_priority", "reply")),
    Story("is another team's", deeds=("recategorise",)),
    Story("given to somebody with room for it", above=Oversight.ASSIGNS),
    Story("its owner goes home ill", above=Oversight.REPLACES),
    Story("the same as another", above=Oversight.CLOSES_DUPLICATE),
    Story("beyond the first one's skill", transfers=True, beyond_skill=True),
    Story("declined by the first", declines=True),
    Story("transferred to a peer", transfers=True),
    Story("is asked, and answers", asks=True, moves=(Move(When.ASKED, "message"),)),
    Story("is asked, and does not answer", asks=True, resumes=True),
    Story("needs no specialist after all", consults=("fraud",), specialists=(_FORGETS,), calls_off=True),
    Story("threatens, and is dealt with", deeds=("report_threat",)),
    Story("promised a call, and called", consults=("billing",), deeds=("promise",)),
    Story("given back at once", proposes="25.50"),
    Story("asks for more than is granted", proposes="240.00", rejected=True),
    Story("asked for a manager and left waiting", redirects=False, leaves_resolving=True, moves=_INSISTS[:1]),
    Story("never says whether it is right", accepts=False),
    Story("thinks better of it", answers=False, leaves_resolving=True, moves=(Move(When.SOON, "withdraw"),)),
    Story("a specialist forgets", consults=("billing",), specialists=(_FORGETS,), weight=3),
    Story("does without the answer", consults=("billing",), specialists=(_FORGETS,), resolves_despite=True),
    Story("all specialists decline", consults=("fraud",), specialists=(_DECLINES,) * 9),
    Story("neglected at two rungs", lets_pass=(0, 1, 2, 3)),
    Story("transferred, and the peer lets it pass", transfers=True, lets_pass=(1,)),
    Story("accepts too early, and writes by mail", moves=_HASTY),
    Story("two teams are asked at once", consults=("billing", "fraud")),
    Story("insists while specialists are asked", consults=("billing",), specialists=(_LETS_PASS,), moves=_INSISTS),
    Story("insists, then rejects too", leaves_resolving=True, moves=_INSISTS + _REJECTS),
    Story("specialists answer", consults=("billing",), weight=4),
)
"""The most telling first: a demo of few complaints has those; one of `EVERY_KIND` has each thing that people can do."""

EVERY_KIND = 42


def stories(seed: int, count: int) -> list[Story]:
    """One for each of `count` complaints: every story once, in its order, then at random by weight."""
    random = Random(seed)
    drawn = random.choices(STORIES, [story.weight for story in STORIES], k=max(0, count - len(STORIES)))
    return [*STORIES[:count], *drawn]


@dataclass(slots=True)
class Plot:
    """How far one case's story has got; what the people who play it share. `earlier`: the case that it repeats."""

    story: Story
    earlier: str | None = None
    offers: list[datetime] = field(default_factory=list[datetime])
    asked: bool = False
    waited: bool = False
    transferred: bool = False
    attempted: bool = False
    gave_up: bool = False
    sent_back: bool = False
    overseen: str | None = None
    """Who had the case when somebody above stepped in; they leave it alone from then on."""
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
