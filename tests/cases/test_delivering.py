"""What backend services are told of a case, and what operators may decide about what does not arrive."""

from __future__ import annotations

import pytest

from cases.commit import Commit
from cases.delivering import Announced, Announcement, announcements, decisions, is_destination
from cases.events import Code
from cases.outcomes import Delayed, Recovered
from cases.words import ClosedAs, Status, WaitingOn
from tests.samples import (
    ANA,
    CUSTOMER,
    DAY,
    HOUR,
    MAX,
    OPERATOR,
    Played,
    attempted,
    claimed,
    closed,
    complaint,
    deed,
    refused,
    resolved,
)


def told(play: Played) -> list[Announcement]:
    commit = Commit(view=play.view, entries=tuple(play.case.timeline()), notices=())
    return list(announcements(commit))


def events(play: Played) -> list[Announced]:
    return [each.event for each in told(play)]


def outcome(kind: type[Delayed | Recovered], effect: str) -> Delayed | Recovered:
    given = {"id": "00000000-0000-0000-0000-000000000007", "by": {"id": "x", "role": "system"}, "effect": effect}
    return kind.model_validate(given | ({"error": "answers 500"} if kind is Delayed else {}))


def test_a_life_is_told_from_opening_to_close() -> None:
    play = resolved()
    play.do("accept_resolution", CUSTOMER)
    assert events(play) == [Announced.OPENED, Announced.RESOLVED, Announced.CLOSED]
    last = told(play)[-1]
    assert (last.status, last.closed_as, last.version) == (Status.CLOSED, ClosedAs.ACCEPTED, play.view.version)
    assert last.id == f"{play.case.case_id}:{last.n}:closed"


@pytest.mark.parametrize(
    ("kind", "fields"), [("close", {"reason": "Settled."}), ("end", {}), ("withdraw", {}), ("silence", {})]
)
def test_every_way_to_end_is_told_once(kind: str, fields: dict[str, str]) -> None:
    match kind:
        case "end":
            play = claimed()
            for _ in range(2):
                play.do("warn", ANA, text="Please do not shout.")
            play.do("end_contact", ANA, text="They go on.")
        case "silence":
            play = resolved()
            play.wait(8 * DAY)
        case _:
            play = claimed()
            play.do(kind, CUSTOMER if kind == "withdraw" else MAX, **fields)
    assert play.view.status is Status.CLOSED
    assert events(play).count(Announced.CLOSED) == 1


def test_a_case_that_comes_back_is_told_by_whatever_brought_it() -> None:
    play = closed()
    play.do("message", CUSTOMER, text="It is not settled.")
    assert events(play)[-1] is Announced.REOPENED
    assert told(play)[-1].status is Status.OPEN


def test_breaches_and_escalations_say_of_what_and_why() -> None:
    play = attempted()
    play.do("escalate", ANA, reason="irate")
    play.wait(7 * HOUR)
    said = told(play)
    assert Announced.ESCALATED in events(play)
    assert next(each.reason for each in said if each.event is Announced.ESCALATED) == "irate"
    assert "first_response" in {each.clock for each in said if each.event is Announced.BREACHED}


def test_nobodys_words_and_nobodys_name_are_announced() -> None:
    play = resolved()
    said = " ".join(each.model_dump_json() for each in told(play))
    for secret in (complaint().text, complaint().customer.id, "ana"):
        assert secret not in said


def test_a_decision_stands_on_the_timeline_with_who_and_why() -> None:
    play = claimed()
    mine = f"{play.case.case_id}:2"
    play.do("give_up", OPERATOR, message_id=mine, reason="No such number.")
    entry = play.case.timeline()[-1]
    assert (entry.kind, entry.by.id, entry.text) == ("give_up", OPERATOR.id, f"{mine} is given up: No such number.")
    (decision,) = decisions(Commit(view=play.view, entries=(entry,), notices=()))
    assert (decision.again, decision.message_id, decision.why) == (False, mine, "No such number.")


def test_only_operators_decide_and_only_about_messages_of_the_case() -> None:
    play = claimed()
    with refused(Code.WRONG_ROLE):
        play.case.check(deed("resend", ANA, message_id=f"{play.case.case_id}:2", reason="x"), play.now)
    with refused(Code.UNKNOWN_MESSAGE):
        play.case.check(deed("resend", OPERATOR, message_id="shop-zzzzzzzzzz:2", reason="x"), play.now)


def test_a_closed_case_whose_last_words_do_not_arrive_is_stuck_and_one_without_records_is_not() -> None:
    play = closed()
    play.happen(outcome(Delayed, "records"))
    assert play.view.waiting_on is WaitingOn.NOBODY
    play.happen(outcome(Delayed, "gateway").model_copy(update={"id": deed("claim", ANA).id}))
    assert play.view.waiting_on is WaitingOn.STUCK
    assert play.case.timeline()[-1].text.startswith("Delivery to the gateway does not succeed")
    play.happen(outcome(Recovered, "gateway").model_copy(update={"id": deed("claim", ANA).id}))
    assert play.view.waiting_on is WaitingOn.NOBODY


@pytest.mark.parametrize(
    ("effect", "whether"),
    [("gateway", True), ("webhook", True), ("webhook-shop", True), ("records", False), ("gateway-abcdefghij:4", False)],
)
def test_destinations_are_told_from_errands_and_the_records(effect: str, *, whether: bool) -> None:
    assert is_destination(effect) is whether
