"""Who may do what: the owner, or a higher rung of the same line; and what a page may show as open to somebody."""

from __future__ import annotations

from typing import Any

import pytest

from cases.events import Actor, Code, Refused
from cases.table import CUSTOMER_KINDS, TABLE
from tests.samples import (
    ANA,
    BEN,
    CUSTOMER,
    DAY,
    EVERYBODY,
    LIA,
    MAX,
    NOON,
    OPERATOR,
    SHOP,
    SUE,
    Played,
    attempted,
    claimed,
    climbed,
    closed,
    deed,
    plan,
    refused,
    resolved,
    waiting,
)

OWNERS: dict[str, dict[str, Any]] = {
    "reply": {"text": "We look into it."},
    "note": {"text": "Sounds upset."},
    "attempt": {"text": "Called.", "outcome": "No answer."},
    "hand_off": {"team": "loans", "question": "Was it a hold?"},
    "resolve": {"text": "Money back."},
    "transfer": {"to": {"team": "loans"}},
    "escalate": {"reason": "irate"},
    "set_priority": {"priority": "P1", "reason": "Money is being lost."},
    "recategorise": {"product": "Mortgage", "reason": "It is about the loan."},
    "warn": {"text": "Please do not shout."},
}
"""What the owner may do, with fields that pass on a case that was attempted."""


@pytest.mark.parametrize("kind", OWNERS)
@pytest.mark.parametrize("by", [ANA, SUE, MAX], ids=lambda actor: actor.id)
def test_the_owner_and_higher_rungs_of_the_line_may(kind: str, by: Actor) -> None:
    attempted().do(kind, by, **OWNERS[kind])


@pytest.mark.parametrize("kind", OWNERS)
@pytest.mark.parametrize("by", [BEN, LIA], ids=lambda actor: actor.id)
def test_peers_and_other_lines_may_not(kind: str, by: Actor) -> None:
    with refused(Code.NOT_OWNER):
        attempted().do(kind, by, **OWNERS[kind])


@pytest.mark.parametrize("kind", OWNERS)
@pytest.mark.parametrize("by", [SHOP, CUSTOMER, OPERATOR], ids=lambda actor: actor.id)
def test_who_is_not_of_the_ladder_may_not(kind: str, by: Actor) -> None:
    with refused(Code.WRONG_ROLE):
        attempted().do(kind, by, **OWNERS[kind])


def test_a_refusal_says_who_has_the_case_and_what_to_do() -> None:
    with refused(Code.NOT_OWNER) as caught:
        claimed().do("reply", BEN, text="Mine?")
    assert caught.value.details == {"owner": "ana"}
    assert "Ask ana" in caught.value.sentence


def test_what_is_in_a_queue_must_be_claimed_first() -> None:
    with refused(Code.NOT_OWNER) as caught:
        Played(plan(), person=None).do("reply", ANA, text="Hello.")
    assert "Claim it first" in caught.value.sentence


def test_an_owner_of_another_team_remains_the_owner() -> None:
    play = claimed()
    play.do("reply", ANA.model_copy(update={"teams": ("loans",)}), text="I have changed teams.")
    assert play.kinds[-1] == "reply"


def test_an_owner_without_a_rung_may_do_nothing() -> None:
    with refused(Code.NO_RUNG):
        claimed().do("reply", ANA.model_copy(update={"rung": None}), text="Hello.")


def test_what_is_open_to_the_owner() -> None:
    assert set(attempted().case.view(attempted().now, ANA).allowed) >= {"reply", "attempt", "resolve", "escalate"}


def test_what_is_open_to_a_peer_is_to_report_a_threat() -> None:
    play = claimed()
    assert play.case.view(play.now, BEN).allowed == ("report_threat",)


@pytest.mark.parametrize("by", [SHOP, CUSTOMER, OPERATOR], ids=lambda actor: actor.id)
def test_who_is_not_of_the_ladder_reports_no_threat(by: Actor) -> None:
    with refused(Code.WRONG_ROLE):
        claimed().do("report_threat", by, text="They know where we live.")


def test_what_is_open_to_the_customer() -> None:
    play = resolved()
    assert set(play.case.view(play.now, CUSTOMER).allowed) == CUSTOMER_KINDS - {"ask_review"}


def test_nobody_is_shown_what_only_the_world_can_answer() -> None:
    play = claimed()
    shown = {kind for actor in EVERYBODY for kind in play.case.view(play.now, actor).allowed}
    assert not shown & {"planned", "chosen", "delayed", "recovered", "cancel_requested"}


FIELDS: dict[str, dict[str, Any]] = {
    **OWNERS,
    "message": {"text": "Hello?"},
    "report_threat": {"text": "They know where we live."},
    "reject_resolution": {"reason": "no"},
    "decline": {"reason": "no"},
    "assign": {"to": {"team": "loans"}},
    "redirect": {"text": "I can."},
    "de_escalate": {"reason": "no"},
    "close": {"reason": "no"},
    "choose_contact": {"when": "now"},
    "change_channel": {"channel": "letter"},
    "promise": {"what": "update", "by_when": NOON + 5 * DAY},
    "answer_back": {"handoff_id": "shop-abcdefghij-1", "text": "Order 1042."},
    "cancel_hand_off": {"handoff_id": "shop-abcdefghij-1", "reason": "no"},
    "decide_suggestion": {"suggestion_id": "threat-1", "confirm": False},
    "correct": {"reason": "a holiday was missing"},
    "resend": {"message_id": f"{Played().case.case_id}:2", "reason": "it never came"},
    "give_up": {"message_id": f"{Played().case.case_id}:2", "reason": "no such address"},
    "decide_safety": {"decision": "police", "text": "Reported."},
    "end_contact": {"text": "They go on shouting."},
    "restrict_contact": {"how": "written_only", "review_at": NOON + 5 * DAY, "text": "Please write."},
    "propose_remedy": {"remedy": "apology"},
    "decide_remedy": {"remedy_id": "r1", "approve": True},
}


@pytest.mark.parametrize("brought", [Played, claimed, attempted, climbed, waiting, resolved, closed])
@pytest.mark.parametrize("by", EVERYBODY, ids=lambda actor: actor.id)
def test_what_is_shown_as_open_is_taken_and_the_rest_refused(brought: type[Played], by: Actor) -> None:
    play = brought()
    allowed = play.case.view(play.now, by).allowed
    taken: set[str] = set()
    fields = {**FIELDS, "owner_unavailable": {"person": play.view.owner.person or "ana"}}
    for kind in (kind for kind, row in TABLE.items() if row.who):
        try:
            play.case.check(deed(kind, by, **fields.get(kind, {})), play.now)
        except Refused:
            continue
        taken.add(kind)
    # Whether an attempt is needed depends on the reason, which is known only when it is given.
    assert taken | {"escalate"} == {*allowed, "escalate"}
    assert taken <= {*allowed}
