"""What is sent again, and what two people do at the same moment: it is done once, and whoever lost hears who won."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from cases.events import Actor, Code
from cases.outcomes import HandOffAskedBack
from cases.table import CUSTOMER_KINDS, TABLE
from cases.words import Channel
from tests.cases.misbehaving import threatened, warned
from tests.cases.test_handing import asked, hears
from tests.cases.test_table import ACTORS, FIELDS
from tests.samples import (
    ANA,
    BEN,
    CUSTOMER,
    DAY,
    EVA,
    MAX,
    NOON,
    SUE,
    Played,
    attempted,
    claimed,
    climbed,
    closed,
    deed,
    plan,
    proposed,
    refused,
    resolved,
    suggestions,
    terms,
    waiting,
)

Ready = Callable[[], Played]


def offered() -> Played:
    """The sample case, offered to Ana."""
    return Played(plan())


def insisted() -> Played:
    """The customer has asked for a manager."""
    play = claimed()
    play.do("ask_for_manager", CUSTOMER)
    return play


def questioned() -> Played:
    """Ana has asked the customer something."""
    play = claimed()
    play.do("reply", ANA, text="Which of the two?", asks="Which charge is wrong?")
    return play


def on_the_phone() -> Played:
    """The customer is on the line."""
    return claimed(channel=Channel.PHONE)


def on_hold() -> Played:
    """The customer was put on hold."""
    play = on_the_phone()
    play.do("hold", ANA)
    return play


def restricted() -> Played:
    """A manager has restricted contact."""
    play = claimed()
    fields = {"how": "named_contact", "review_at": NOON + 60 * DAY, "text": "One of us answers."}
    play.do("restrict_contact", MAX, **fields)
    return play


def counter_question() -> Played:
    """A specialist has asked something back."""
    play = asked()
    hears(play, HandOffAskedBack, text="Which order?")
    return play


def suggested() -> Played:
    """What the customer wrote may be a threat."""
    play = claimed(plan(terms().model_copy(update={"suggestions": suggestions()})))
    play.do("message", CUSTOMER, text="I will hurt you.")
    return play


READY: dict[str, Ready] = {
    "accept_resolution": resolved,
    "reject_resolution": resolved,
    "ask_review": restricted,
    "claim": offered,
    "decline": offered,
    "redirect": insisted,
    "wait_for_customer": questioned,
    "resume": waiting,
    "hold": on_the_phone,
    "unhold": on_hold,
    "decide_safety": threatened,
    "end_contact": lambda: warned(2),
    "escalate": attempted,
    "de_escalate": climbed,
    "answer_back": counter_question,
    "cancel_hand_off": asked,
    "decide_suggestion": suggested,
    "decide_remedy": proposed,
    "reopen": closed,
}
"""Where a kind of event is taken; all others are taken of the sample case that Ana has claimed."""

BY: dict[str, Actor] = {**ACTORS, "claim": ANA, "de_escalate": SUE, "decide_remedy": MAX}


def ready(kind: str) -> tuple[Played, dict[str, Any]]:
    """A case that takes this kind of event, and the event's own fields."""
    play = READY.get(kind, claimed)()
    fields = dict(FIELDS.get(kind, {}))
    if "handoff_id" in fields:
        fields["handoff_id"] = play.view.handoffs[0].handoff_id
    return play, fields


@pytest.mark.parametrize("kind", [kind for kind, row in TABLE.items() if row.who])
def test_the_same_event_sent_three_times_acts_once(kind: str) -> None:
    play, fields = ready(kind)
    event = deed(kind, CUSTOMER if kind in CUSTOMER_KINDS else BY.get(kind, ANA), **fields)
    play.happen(event)
    after = play.case.snapshot()
    assert play.happen(event) == []
    assert play.happen(event) == []
    assert play.case.snapshot() == after


FIRST_WINS = {
    "redirect": Code.NOBODY_ASKED,
    "wait_for_customer": Code.ALREADY_WAITING,
    "resume": Code.NOT_WAITING,
    "hold": Code.ALREADY_ON_HOLD,
    "unhold": Code.NOT_ON_HOLD,
    "decide_safety": Code.NO_THREAT,
    "end_contact": Code.CLOSED,
    "escalate": Code.ALREADY_OFFERED_UP,
    "hand_off": Code.ALREADY_HANDED_OFF,
    "answer_back": Code.NOTHING_ASKED,
    "cancel_hand_off": Code.NO_HAND_OFF,
    "decide_suggestion": Code.NO_SUGGESTION,
    "decide_remedy": Code.REMEDY_DECIDED,
    "set_priority": Code.SAME_AS_NOW,
    "recategorise": Code.SAME_AS_NOW,
    "resolve": Code.ALREADY_RESOLVED,
    "reopen": Code.NOT_CLOSED,
    "close": Code.CLOSED,
}
"""What only one of two can do, and what the other is refused with."""


@pytest.mark.parametrize("kind", FIRST_WINS)
def test_of_two_who_do_the_same_at_once_one_wins_and_the_other_changes_nothing(kind: str) -> None:
    play, fields = ready(kind)
    play.do(kind, BY.get(kind, ANA), **fields)
    after = play.case.snapshot()
    with refused(FIRST_WINS[kind]):
        play.do(kind, EVA, **fields)
    assert play.case.snapshot() == after


@pytest.mark.parametrize("kind", FIRST_WINS)
def test_whoever_was_second_hears_who_was_first(kind: str) -> None:
    play, fields = ready(kind)
    first = BY.get(kind, ANA)
    play.do(kind, first, **fields)
    with refused(FIRST_WINS[kind]) as caught:
        play.do(kind, EVA, **fields)
    assert re.search(rf"\b{first.id}\b", caught.value.sentence)
    assert first.id in caught.value.details.values()


def test_what_was_done_long_ago_is_no_race() -> None:
    play, fields = ready("set_priority")
    play.do("set_priority", ANA, **fields)
    play.wait(DAY / 24)
    with refused(Code.SAME_AS_NOW) as caught:
        play.do("set_priority", EVA, **fields)
    assert "ana" not in caught.value.sentence


def test_of_two_peers_who_claim_from_the_queue_the_second_hears_who_has_it() -> None:
    play = Played(plan(), person=None)
    play.do("claim", ANA)
    with refused(Code.ALREADY_CLAIMED) as caught:
        play.do("claim", BEN)
    assert caught.value.sentence.startswith("ana has claimed")
    assert caught.value.details["owner"] == "ana"
