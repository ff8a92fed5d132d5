"""The table of hand-offs is total: every kind of event has a rule or a named refusal in every status."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, get_args
from uuid import UUID, uuid4

import pytest

from cases.answering import TABLE
from cases.events import SYSTEM, Event, Refused
from cases.outcomes import CancelRequested, Chosen, Delayed, Recovered
from cases.specialists import AnsweredBack, CalledOff, FromCase, SpecialistAct, SpecialistAction
from cases.words import HandoffStatus
from tests.cases.test_handoff import Asked, accepted
from tests.samples import ANA, LEO


def asked_back() -> Asked:
    """Leo has asked the owner something first."""
    asked = accepted()
    asked.do("ask_back", LEO, text="Which order?")
    return asked


def answered() -> Asked:
    """Leo has answered."""
    asked = accepted()
    asked.do("answer", LEO, text="It was a hold.")
    return asked


def called_off() -> Asked:
    """The owner needs the answer no more."""
    asked = accepted()
    asked.happen(CalledOff(id=uuid4(), by=ANA, reason="found it"))
    return asked


def returned() -> Asked:
    """The directory has nobody in that team."""
    asked = Asked(None)
    asked.wait(timedelta(hours=2))
    asked.choose(None, staffed=False)
    return asked


BROUGHT: dict[HandoffStatus, Callable[[], Asked]] = {
    HandoffStatus.OFFERED: Asked,
    HandoffStatus.ACCEPTED: accepted,
    HandoffStatus.ASKED_BACK: asked_back,
    HandoffStatus.ANSWERED: answered,
    HandoffStatus.CANCELLED: called_off,
    HandoffStatus.RETURNED: returned,
}

# What a hand-off says to an event of the specialist who is offered it or has it, in the order of HandoffStatus. What
# its case and the world send is never refused: of a hand-off that is over it changes nothing.
EXPECTED = {
    "accept": "yes already_accepted already_accepted hand_off_over hand_off_over hand_off_over",
    "decline": "yes yes yes hand_off_over hand_off_over hand_off_over",
    "answer": "not_accepted yes yes hand_off_over hand_off_over hand_off_over",
    "ask_back": "not_accepted yes already_waiting hand_off_over hand_off_over hand_off_over",
    "answered_back": "yes yes yes yes yes yes",
    "called_off": "yes yes yes yes yes yes",
    "chosen": "yes yes yes yes yes yes",
    "delayed": "yes yes yes yes yes yes",
    "recovered": "yes yes yes yes yes yes",
    "cancel_requested": "yes yes yes yes yes yes",
}

_FIELDS: dict[str, dict[str, Any]] = {
    "decline": {"reason": "on holiday"},
    "answer": {"text": "It was a hold."},
    "ask_back": {"text": "Which of the two?"},
}


def event(kind: str) -> Event:
    """An event of that kind, from somebody who may send it."""
    envelope: dict[str, Any] = {"id": UUID(int=1), "by": SYSTEM}
    others: dict[str, Event] = {
        "answered_back": AnsweredBack(id=UUID(int=1), by=ANA, text="Order 1042."),
        "called_off": CalledOff(id=UUID(int=1), by=ANA, reason="found it"),
        "chosen": Chosen(**envelope, effect="shop-abcdefghij-1:9", person="leo"),
        "delayed": Delayed(**envelope, effect="directory", error="no answer"),
        "recovered": Recovered(**envelope, effect="directory"),
        "cancel_requested": CancelRequested(**envelope),
    }
    if kind in others:
        return others[kind]
    return SpecialistAct.model_validate({"kind": kind, "id": UUID(int=1), "by": LEO, **_FIELDS.get(kind, {})}).root


def answer(asked: Asked, kind: str) -> str:
    """`yes`, or the code of the refusal."""
    try:
        asked.happen(event(kind))
    except Refused as refused:
        return refused.code.value
    return "yes"


@pytest.mark.parametrize("status", HandoffStatus)
def test_the_sample_is_really_brought_into_the_status(status: HandoffStatus) -> None:
    assert BROUGHT[status]().view.status is status


@pytest.mark.parametrize("kind", EXPECTED)
@pytest.mark.parametrize("status", HandoffStatus)
def test_each_kind_of_event_is_taken_or_refused_by_name_in_each_status(status: HandoffStatus, kind: str) -> None:
    asked = BROUGHT[status]()
    before = asked.handoff.snapshot()
    expected = EXPECTED[kind].split()[list(HandoffStatus).index(status)]
    assert answer(asked, kind) == expected
    assert expected == "yes" or asked.handoff.snapshot() == before


def test_the_walk_above_leaves_no_kind_out() -> None:
    assert set(EXPECTED) == set(TABLE)


def test_all_that_specialists_and_cases_send_has_a_row() -> None:
    models = [model for union in (SpecialistAction, FromCase) for model in get_args(get_args(union)[0])]
    assert {model.model_fields["kind"].default for model in models} <= set(TABLE)


@pytest.mark.parametrize("status", [status for status in HandoffStatus if status.over])
@pytest.mark.parametrize("kind", EXPECTED)
def test_what_is_over_stays_over(status: HandoffStatus, kind: str) -> None:
    asked = BROUGHT[status]()
    answer(asked, kind)
    assert asked.view.status is status
