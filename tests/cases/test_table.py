"""The transition table is total: every kind of event has a rule or a named refusal in every status."""

from __future__ import annotations

from typing import Any, get_args
from uuid import UUID

import pytest

from cases.actions import Action
from cases.events import SYSTEM, Event, Refused
from cases.outcomes import (
    CancelRequested,
    Chosen,
    Corrected,
    Delayed,
    Extended,
    Failed,
    HandOffAccepted,
    HandOffAnswered,
    HandOffAskedBack,
    HandOffDeclined,
    HandOffNeglected,
    HandOffRefused,
    HandOffReturned,
    HandOffWarned,
    Outcome,
    Paid,
    Planned,
    Recovered,
    Replanned,
    Sent,
    Unheard,
)
from cases.requests import Request
from cases.table import TABLE
from cases.words import ClockName, Priority, Status
from tests.office import OFFICE
from tests.samples import (
    ANA,
    CUSTOMER,
    DAY,
    EVA,
    LEO,
    MAX,
    NOON,
    OPERATOR,
    SUE,
    Played,
    claimed,
    closed,
    deed,
    plan,
    resolved,
    terms,
    waiting,
)


def archived() -> Played:
    """The sample case, long after."""
    play = closed()
    play.wait(15 * DAY)
    return play


BROUGHT = {
    Status.OPENING: Played,
    Status.OPEN: claimed,
    Status.WAITING_CUSTOMER: waiting,
    Status.RESOLVED: resolved,
    Status.CLOSED: closed,
    Status.ARCHIVED: archived,
}

MODELS: dict[str, type[Event]] = {
    model.model_fields["kind"].default: model
    for union in (Request, Action, Outcome)
    for model in get_args(get_args(union)[0])
}

# What a case says to an event that its owner, a manager or the customer sends, in each status, in the order of Status.
# `yes` is taken, `waits` is queued. A refusal that is not the status's own comes from a guard, looked at after it.
EXPECTED = {
    "message": "waits yes yes yes yes archived",
    "ask_for_manager": "opening yes yes yes closed archived",
    "choose_contact": "opening yes yes yes closed archived",
    "accept_resolution": "opening not_resolved not_resolved yes not_resolved archived",
    "reject_resolution": "opening not_resolved not_resolved yes not_resolved archived",
    "ask_review": "opening no_restriction no_restriction no_restriction closed archived",
    "withdraw": "waits yes yes yes closed archived",
    "claim": "opening yes yes yes closed archived",
    "decline": "opening no_offer no_offer no_offer closed archived",
    "assign": "opening yes yes yes closed archived",
    "owner_unavailable": "opening yes yes already_resolved closed archived",
    "transfer": "opening yes yes yes closed archived",
    "reply": "opening yes yes yes closed archived",
    "note": "waits yes yes yes yes archived",
    "attempt": "opening yes yes yes closed archived",
    "redirect": "opening nobody_asked nobody_asked nobody_asked closed archived",
    "wait_for_customer": "opening nothing_asked already_waiting already_resolved closed archived",
    "resume": "opening not_waiting yes already_resolved closed archived",
    "change_channel": "opening yes yes yes closed archived",
    "hold": "opening not_live not_live already_resolved closed archived",
    "unhold": "opening not_on_hold not_on_hold not_on_hold closed archived",
    "promise": "opening yes yes yes closed archived",
    "warn": "opening yes yes yes closed archived",
    "report_threat": "opening yes yes yes yes archived",
    "decide_safety": "opening no_threat no_threat no_threat no_threat archived",
    "end_contact": "opening not_warned not_warned not_warned closed archived",
    "restrict_contact": "opening yes yes yes closed archived",
    "escalate": "opening no_attempt no_attempt already_resolved closed archived",
    "de_escalate": "opening at_bottom at_bottom at_bottom closed archived",
    "hand_off": "opening yes yes already_resolved closed archived",
    "answer_back": "opening no_hand_off no_hand_off no_hand_off closed archived",
    "cancel_hand_off": "opening no_hand_off no_hand_off no_hand_off closed archived",
    "decide_suggestion": "opening no_suggestion no_suggestion no_suggestion closed archived",
    "propose_remedy": "opening yes yes yes closed archived",
    "decide_remedy": "opening unknown_remedy unknown_remedy unknown_remedy unknown_remedy archived",
    "set_priority": "opening yes yes yes closed archived",
    "recategorise": "opening yes yes yes closed archived",
    "correct": "opening yes yes yes yes archived",
    "resend": "opening yes yes yes yes yes",
    "give_up": "opening yes yes yes yes yes",
    "resolve": "opening yes yes already_resolved closed archived",
    "reopen": "opening not_closed not_closed not_closed yes too_late",
    "close": "opening yes yes yes closed archived",
    "planned": "yes unknown_effect unknown_effect unknown_effect unknown_effect archived",
    "replanned": "yes yes yes yes yes yes",
    "extended": "yes yes yes yes yes yes",
    "corrected": "yes yes yes yes yes yes",
    "chosen": "yes yes yes yes yes yes",
    "delayed": "yes yes yes yes yes yes",
    "recovered": "yes yes yes yes yes yes",
    "sent": "yes yes yes yes yes yes",
    "paid": "yes yes yes yes yes yes",
    "failed": "yes yes yes yes yes yes",
    "unheard": "yes yes yes yes yes yes",
    "hand_off_accepted": "yes yes yes yes yes yes",
    "hand_off_declined": "yes yes yes yes yes yes",
    "hand_off_neglected": "yes yes yes yes yes yes",
    "hand_off_warned": "yes yes yes yes yes yes",
    "hand_off_asked_back": "yes yes yes yes yes yes",
    "hand_off_answered": "yes yes yes yes yes yes",
    "hand_off_refused": "yes yes yes yes yes yes",
    "hand_off_returned": "yes yes yes yes yes yes",
    "cancel_requested": "yes yes yes yes yes yes",
}

FIELDS: dict[str, dict[str, Any]] = {
    "message": {"text": "Anything new?"},
    "reject_resolution": {"reason": "Nothing came."},
    "decline": {"reason": "Too busy."},
    "assign": {"to": {"person": "ben"}},
    "owner_unavailable": {"person": "ana"},
    "transfer": {"to": {"person": "ben"}},
    "reply": {"text": "We are on it."},
    "choose_contact": {"when": "now"},
    "change_channel": {"channel": "letter"},
    "promise": {"what": "callback", "by_when": NOON + 365 * DAY},
    "note": {"text": "Sounds upset."},
    "attempt": {"text": "Called the bank.", "outcome": "No answer."},
    "redirect": {"text": "I can do that for you."},
    "warn": {"text": "Please do not shout."},
    "report_threat": {"text": "They know where we live."},
    "decide_safety": {"decision": "police", "text": "Reported."},
    "end_contact": {"text": "They go on shouting."},
    "restrict_contact": {"how": "written_only", "review_at": NOON + 60 * DAY, "text": "Please write to us."},
    "escalate": {"reason": "irate"},
    "de_escalate": {"reason": "Yours to solve."},
    "hand_off": {"team": "loans", "question": "Was it a hold?"},
    "answer_back": {"handoff_id": "shop-abcdefghij-1", "text": "Order 1042."},
    "cancel_hand_off": {"handoff_id": "shop-abcdefghij-1", "reason": "Found it."},
    "decide_suggestion": {"suggestion_id": "threat-1", "confirm": False},
    "propose_remedy": {"remedy": "refund", "amount": "49.90", "currency": "GBP"},
    "decide_remedy": {"remedy_id": "r1", "approve": True},
    "set_priority": {"priority": "P1", "reason": "Money is being lost."},
    "recategorise": {"product": "Mortgage", "reason": "It is about the loan."},
    "correct": {"reason": "A holiday was missing."},
    "resend": {"message_id": f"{Played().case.case_id}:2", "reason": "It never came."},
    "give_up": {"message_id": f"{Played().case.case_id}:2", "reason": "No such address."},
    "resolve": {"text": "Money back."},
    "close": {"reason": "Settled."},
}
ACTORS = {
    **dict.fromkeys(("correct", "resend", "give_up"), OPERATOR),
    **dict.fromkeys(("decide_safety", "restrict_contact", "close"), MAX),
    "assign": SUE,
    "owner_unavailable": SYSTEM,
    "claim": EVA,
}
_ID = UUID(int=1)


def event(kind: str) -> Event:
    """An event of that kind, from somebody who may send it."""
    report: dict[str, Any] = {"id": _ID, "by": LEO, "handoff_id": "shop-abcdefghij-1", "version": 3}
    outcomes: dict[str, Event] = {
        "planned": Planned(id=_ID, by=SYSTEM, effect="shop:1", plan=plan()),
        "replanned": Replanned(id=_ID, by=SYSTEM, effect="shop:2", team="cards", priority=Priority.P1),
        "extended": Extended(id=_ID, by=SYSTEM, effect="shop:2", calendar=OFFICE),
        "corrected": Corrected(id=_ID, by=SYSTEM, effect="shop:2", terms=terms()),
        "chosen": Chosen(id=_ID, by=SYSTEM, effect="shop:2", person="ben"),
        "delayed": Delayed(id=_ID, by=SYSTEM, effect="records", error="no answer"),
        "recovered": Recovered(id=_ID, by=SYSTEM, effect="records"),
        "sent": Sent(id=_ID, by=SYSTEM, effect="shop:3"),
        "paid": Paid(id=_ID, by=SYSTEM, effect="shop:3", reference="CL-1"),
        "failed": Failed(id=_ID, by=SYSTEM, effect="shop:3", reason="the account is closed"),
        "unheard": Unheard(id=_ID, by=SYSTEM, effect="shop:3", handoff_id="shop-abcdefghij-1"),
        "hand_off_accepted": HandOffAccepted(**report),
        "hand_off_declined": HandOffDeclined(**report, reason="on holiday"),
        "hand_off_neglected": HandOffNeglected(**report, clock=ClockName.ACCEPT, due=NOON),
        "hand_off_warned": HandOffWarned(**report, clock=ClockName.ANSWER, due=NOON),
        "hand_off_asked_back": HandOffAskedBack(**report, text="Which order?"),
        "hand_off_answered": HandOffAnswered(**report, text="It was a hold."),
        "hand_off_refused": HandOffRefused(**report, text="answer of leo was refused"),
        "hand_off_returned": HandOffReturned(**report, why="nobody is left"),
        "cancel_requested": CancelRequested(id=_ID, by=SYSTEM),
    }
    customers = {model.model_fields["kind"].default for model in get_args(get_args(Request)[0])}
    by = CUSTOMER if kind in customers else ACTORS.get(kind, ANA)
    return outcomes.get(kind) or deed(kind, by, **FIELDS.get(kind, {}))


def answer(play: Played, kind: str) -> str:
    """`yes`, `waits`, or the code of the refusal."""
    try:
        play.happen(event(kind))
    except Refused as refused:
        return refused.code.value
    return "waits" if play.view.queued else "yes"


@pytest.mark.parametrize("status", Status)
def test_the_sample_is_really_brought_into_the_status(status: Status) -> None:
    assert BROUGHT[status]().case.status is status


@pytest.mark.parametrize("kind", EXPECTED)
@pytest.mark.parametrize("status", Status)
def test_each_kind_of_event_is_taken_or_refused_by_name_in_each_status(status: Status, kind: str) -> None:
    assert answer(BROUGHT[status](), kind) == EXPECTED[kind].split()[list(Status).index(status)]


def test_every_kind_of_event_has_a_row_and_every_row_a_kind() -> None:
    assert set(TABLE) == set(MODELS)


def test_the_walk_above_leaves_no_kind_out() -> None:
    assert set(EXPECTED) == set(MODELS)


def test_no_two_events_have_the_same_kind() -> None:
    models = [model for union in (Request, Action, Outcome) for model in get_args(get_args(union)[0])]
    assert len(models) == len(MODELS)


@pytest.mark.parametrize("kind", EXPECTED)
def test_no_event_gives_a_field_of_the_envelope_a_meaning_of_its_own(kind: str) -> None:
    envelope = set(Event.model_fields) - {"kind"}
    assert not envelope & set(MODELS[kind].__annotations__)


@pytest.mark.parametrize("kind", EXPECTED)
def test_an_event_that_is_taken_is_on_the_timeline_with_its_id(kind: str) -> None:
    for status in Status:
        play = BROUGHT[status]()
        sent = event(kind)
        try:
            play.happen(sent)
        except Refused:
            continue
        if kind in ("recovered", "sent", "unheard"):
            continue
        assert str(sent.id) in {entry.event_id for entry in play.case.timeline()}
