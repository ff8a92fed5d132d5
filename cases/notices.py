"""What the rules may say to customers: every message by its name, with the facts that it is told.

The closed list. Who lets a rule say something new adds a row here and its words in each language, beside the activity;
the tests name what is missing. Knows names and facts; not their words (`activities/messages/`), nor when something is
said.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from cases.effects import TellCustomer
from cases.words import ClosedAs, Contact, ContactOption, Letter, Promised, Reason, Remedy, Rung


class Kind(StrEnum):
    """What a fact is, so that words can be tried with every value that it can have."""

    WORDS = "words"
    """What somebody wrote, or what something is called."""
    MOMENT = "moment"
    AMOUNT = "amount"
    """A decimal number as text, which is exact; its currency is beside it."""
    CURRENCY = "currency"
    FLAG = "flag"
    NUMBER = "number"
    CHOICE = "choice"
    """One of a closed list."""


class Fact(NamedTuple):
    """One fact of a message. `may_lack`: a rule may have nothing to tell here (None)."""

    kind: Kind
    may_lack: bool = False
    among: tuple[str, ...] = ()


WORDS, MOMENT, FLAG, NUMBER = Fact(Kind.WORDS), Fact(Kind.MOMENT), Fact(Kind.FLAG), Fact(Kind.NUMBER)
AMOUNT, CURRENCY = Fact(Kind.AMOUNT), Fact(Kind.CURRENCY)
PERHAPS_WORDS, PERHAPS_MOMENT = Fact(Kind.WORDS, may_lack=True), Fact(Kind.MOMENT, may_lack=True)
RUNG = Fact(Kind.CHOICE, among=tuple(Rung))


def one_of(*among: str) -> Fact:
    """A fact out of a closed list."""
    return Fact(Kind.CHOICE, among=among)


COMMON: Mapping[str, Fact] = {
    "name": PERHAPS_WORDS,
    "zone": PERHAPS_WORDS,
    "reference": WORDS,
    "product": WORDS,
}
"""What every message is told."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message with its own facts. `variants`: what may follow its name after a dot, each with words of its own.

    `bare`: it is said without a variant too. `open_ended`: a further part may follow that the policy names, such as a
    regime; words for that may be missing, and the general ones are said.
    """

    facts: Mapping[str, Fact] = field(default_factory=dict[str, Fact])
    variants: tuple[str, ...] = ()
    bare: bool = False
    open_ended: bool = False

    def names(self, root: str) -> tuple[str, ...]:
        """Every name under which it is said, but for what a policy adds."""
        variants = tuple(f"{root}.{variant}" for variant in self.variants)
        return (root, *variants) if self.bare or not variants else variants


STAYS_LEVEL = frozenset(
    {
        Reason.OPENED,
        Reason.ASSIGNED,
        Reason.TRANSFERRED,
        Reason.DE_ESCALATED,
        Reason.RECATEGORISED,
        Reason.BEYOND_SKILL,
        Reason.OWNER_UNAVAILABLE,
        Reason.NO_AUTHORITY,
    }
)
"""The reasons for which a case never goes up, so that no customer hears of them."""

_A_REMEDY = one_of(*Remedy)
_PERHAPS_AMOUNT, _PERHAPS_CURRENCY = AMOUNT._replace(may_lack=True), CURRENCY._replace(may_lack=True)
_SOMEBODY_TAKES_IT = {"rung": RUNG, "next_word_by": PERHAPS_MOMENT}

# A name may have dots of its own where what is told differs: `conduct.lifted` beside `conduct.restricted`.
MESSAGES: dict[str, Message] = {
    "opened": Message(_SOMEBODY_TAKES_IT),
    "reply": Message({"text": WORDS, "asks": PERHAPS_WORDS, "next_word_by": PERHAPS_MOMENT}),
    "asked_for_manager": Message({"rung": RUNG._replace(may_lack=True), "next_word_by": PERHAPS_MOMENT}),
    "redirected": Message({"text": WORDS, "rung": RUNG._replace(may_lack=True)}),
    "escalated": Message(
        {**_SOMEBODY_TAKES_IT, "may_choose_call": one_of(*ContactOption, "both")._replace(may_lack=True)},
        variants=(
            *(reason for reason in Reason if reason not in STAYS_LEVEL),
            f"{Reason.NEEDS_ATTENTION}.conduct",
        ),
    ),
    "on_its_way": Message({**_SOMEBODY_TAKES_IT, "spoke": FLAG}),
    "at_top": Message({"next_word_by": PERHAPS_MOMENT, "spoke": FLAG}),
    "late": Message({"next_word_by": PERHAPS_MOMENT}),
    "taken_up": Message({**_SOMEBODY_TAKES_IT, "only_contact": FLAG}),
    "stays": Message(_SOMEBODY_TAKES_IT),
    "reassigned": Message(_SOMEBODY_TAKES_IT),
    "channel_changed": Message({"next_word_by": PERHAPS_MOMENT}),
    "handed_off": Message({"team": WORDS, "next_word_by": PERHAPS_MOMENT}),
    "promised": Message({"by_when": PERHAPS_MOMENT}, variants=tuple(Promised)),
    "promise_broken": Message({"what": one_of(*Promised), "next_word_by": PERHAPS_MOMENT}),
    "chase": Message({"asks": PERHAPS_WORDS, "until_when": PERHAPS_MOMENT}),
    "resolved": Message({"text": WORDS, "confirm_by": PERHAPS_MOMENT}),
    "confirm_reminder": Message({"confirm_by": PERHAPS_MOMENT}),
    "closed": Message(
        {"reopen_until": PERHAPS_MOMENT, "duplicate_of": PERHAPS_WORDS, "undecided": FLAG},
        variants=(
            ClosedAs.ACCEPTED,
            ClosedAs.UNCONFIRMED,
            f"{ClosedAs.UNCONFIRMED}.unresolved",
            ClosedAs.WITHDRAWN,
            ClosedAs.CONTACT_ENDED,
            ClosedAs.BY_MANAGER,
            ClosedAs.DUPLICATE,
        ),
    ),
    "reopened": Message({"next_word_by": PERHAPS_MOMENT}, variants=("by_us",), bare=True),
    "conduct.warning_1": Message({"text": WORDS}),
    "conduct.warning_2": Message({"text": WORDS}),
    "conduct.restricted": Message(
        {"text": WORDS, "review_at": MOMENT, "again": FLAG},
        variants=tuple(how for how in Contact if how is not Contact.UNRESTRICTED),
    ),
    "conduct.lifted": Message({"text": WORDS}),
    "conduct.review_asked": Message({"by_when": PERHAPS_MOMENT}),
    "approval_asked": Message(_SOMEBODY_TAKES_IT),
    "approval_late": Message(_SOMEBODY_TAKES_IT),
    "remedy_granted": Message(
        {"remedy": _A_REMEDY, "amount": _PERHAPS_AMOUNT, "currency": _PERHAPS_CURRENCY, "text": PERHAPS_WORDS},
        variants=tuple(remedy for remedy in Remedy if not remedy.is_money),
    ),
    **{
        f"remedy_granted.{remedy}": Message(
            {"remedy": _A_REMEDY, "amount": AMOUNT, "currency": CURRENCY, "text": PERHAPS_WORDS}
        )
        for remedy in Remedy
        if remedy.is_money
    },
    "remedy_rejected": Message({"reason": WORDS, "next_word_by": PERHAPS_MOMENT}),
    "remedy_rejected.closed": Message({"reason": WORDS, "reopen_until": PERHAPS_MOMENT}),
    "payment_failed": Message(
        {"remedy": _A_REMEDY, "amount": AMOUNT, "currency": CURRENCY, "next_word_by": PERHAPS_MOMENT}
    ),
    "payment_failed.closed": Message(
        {
            "remedy": _A_REMEDY,
            "amount": AMOUNT,
            "currency": CURRENCY,
            "reopen_until": PERHAPS_MOMENT,
            "duplicate_of": PERHAPS_WORDS,
        },
        variants=(ClosedAs.WITHDRAWN, ClosedAs.DUPLICATE, ClosedAs.CONTACT_ENDED),
    ),
    "letter": Message(
        {"text": WORDS, "asks": PERHAPS_WORDS, "received_at": MOMENT, "next_word_by": PERHAPS_MOMENT},
        variants=tuple(Letter),
        open_ended=True,
    ),
}

NAMES: tuple[str, ...] = tuple(itertools.chain.from_iterable(it.names(root) for root, it in MESSAGES.items()))
"""Every name of a message."""


def message(name: str) -> Message | None:
    """The message that is said under this name; None if it is not in the list."""
    for root, found in MESSAGES.items():
        names = found.names(root)
        if name in names or (found.open_ended and any(name.startswith(f"{one}.") for one in names)):
            return found
    return None


def undeclared(notice: TellCustomer) -> Iterator[str]:
    """What a message does that the list does not foresee, and what to add; nothing, for one that is in order."""
    found = message(notice.template)
    if found is None:
        yield f"`{notice.template}` is not in cases/notices.py: add it to MESSAGES, and its words in every language."
        return
    facts = {**COMMON, **found.facts}
    for name in facts.keys() ^ notice.params.keys():
        what = "is not told" if name in facts else "is told, and not among its facts"
        yield f"`{notice.template}`: {name} {what}; make MESSAGES in cases/notices.py and the rule say the same."
    for name in facts.keys() & notice.params.keys():
        fact, value = facts[name], notice.params[name]
        if value is None and not fact.may_lack:
            yield f"`{notice.template}`: {name} is missing; declare it as one that may be, and word the gap."
        elif value is not None and fact.among and value not in fact.among:
            yield f"`{notice.template}`: {name} is {value!r}, which is not among {', '.join(fact.among)}."
