"""What waits to be delivered: in order, each once, and what operators decide about it once, on both databases."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from cases.commit import Commit
from records import Outgoing, Records, Written, downgrade, migrate
from records.tables import deliveries
from tests.records.conftest import Committed, words
from tests.samples import ANA, MINUTE, NOON, OPERATOR, Played, plan

GATEWAY, SHOP = "gateway", "webhook-shop"


class Sending:
    """A case whose messages are to be delivered to the gateway."""

    def __init__(self, records: Records) -> None:
        self.records = records
        self.played = Played(plan())
        self._committed = Committed(self.played)
        self.case_id = self.played.view.case_id
        self.last: Commit | None = None

    def write(self, *more: Outgoing) -> tuple[str, ...]:
        """Commits what has happened, its messages to the gateway among it."""
        self.last = self._committed.cut()
        return self.again(*more)

    def again(self, *more: Outgoing) -> tuple[str, ...]:
        """The same commit, perhaps not for the first time."""
        assert self.last is not None
        messages = [notice for notice in self.last.notices if notice.kind == "message"]
        own = [Outgoing(it.id, GATEWAY, int(it.id.rpartition(":")[2]), it.at) for it in messages]
        return self.records.write(self.last, words(self.last), [*own, *more]).waiting

    def accepted(self, destination: str = GATEWAY) -> list[str]:
        """Takes everything that waits; the keys, in order."""
        keys: list[str] = []
        while waiting := self.records.next_delivery(self.case_id, destination):
            keys.append(waiting.key)
            self.records.mark_delivered(waiting, NOON)
        return keys

    def decide(self, kind: str, message_id: str, **more: Any) -> tuple[str, ...]:
        """What an operator decides, committed."""
        self.played.do(kind, OPERATOR, message_id=message_id, reason="because", **more)
        return self.write()

    def states(self) -> list[str]:
        return [each.state for each in self.records.deliveries(self.case_id)]


@pytest.fixture
def sending(records: Records) -> Sending:
    """Two messages wait: that the case is open, and a reply."""
    sending = Sending(records)
    sending.write()
    sending.played.do("claim", ANA)
    sending.played.do("reply", ANA, text="We look into it.")
    assert sending.write() == (GATEWAY,)
    return sending


def ids(sending: Sending) -> list[str]:
    return [each.id for each in sending.records.deliveries(sending.case_id)]


def test_messages_wait_in_their_order_with_the_words_of_the_outbox(sending: Sending) -> None:
    waiting = sending.records.next_delivery(sending.case_id, GATEWAY)
    assert waiting is not None
    assert (waiting.template, waiting.text, waiting.channel) == ("opened", "words of opened", "email")
    assert (waiting.source, waiting.customer["id"]) == ("shop", "c-1")
    assert sending.accepted() == ids(sending)
    assert len(ids(sending)) == 2
    assert sending.states() == ["delivered", "delivered"]


def test_a_commit_that_comes_again_brings_nothing_back(sending: Sending) -> None:
    sending.accepted()
    assert sending.again() == ()
    assert sending.accepted() == []


def test_what_nothing_is_ever_delivered_of_costs_no_row(records: Records) -> None:
    committed = Committed(Played(plan()))
    commit = committed.cut()
    assert records.write(commit, words(commit)) == Written()
    assert records.deliveries(commit.view.case_id) == []


def test_one_that_fails_stays_first_and_says_since_when(sending: Sending) -> None:
    first = sending.records.next_delivery(sending.case_id, GATEWAY)
    assert first is not None
    assert sending.records.mark_failed(first, "answers 500", NOON) == 1
    assert sending.records.mark_failed(first, "answers 503", NOON + MINUTE) == 2
    shown = sending.records.deliveries(sending.case_id)[0]
    assert (shown.state, shown.attempts, shown.failing_since, shown.error) == ("failing", 2, NOON, "answers 503")
    again = sending.records.next_delivery(sending.case_id, GATEWAY)
    assert again is not None
    assert (again.key, again.attempts) == (first.key, 2)


def test_all_that_waits_can_be_given_up_and_what_was_delivered_stays_so(sending: Sending) -> None:
    first = sending.records.next_delivery(sending.case_id, GATEWAY)
    assert first is not None
    sending.records.mark_delivered(first, NOON)
    sending.records.give_up_all(sending.case_id, "caseladder", "terminated", NOON + MINUTE)
    assert sending.states() == ["delivered", "given_up"]
    assert sending.records.deliveries(sending.case_id)[1].given_up_why == "terminated"


def test_what_is_given_up_lets_the_next_one_go_and_says_by_whom_and_why(sending: Sending) -> None:
    first, second = ids(sending)
    assert sending.decide("give_up", first) == (GATEWAY,)
    shown = sending.records.deliveries(sending.case_id)[0]
    assert (shown.state, shown.given_up_by, shown.given_up_why) == ("given_up", OPERATOR.id, "because")
    assert sending.accepted() == [second]


def test_what_is_given_up_in_the_commit_that_brings_it_never_goes_out(sending: Sending) -> None:
    sending.accepted()
    sending.played.do("reply", ANA, text="Never mind.")
    number = int(sending.played.effects[-1].id.rpartition(":")[2])
    assert sending.decide("give_up", f"{sending.case_id}:{number}") == ()
    assert sending.states() == ["delivered", "delivered", "given_up"]


def test_what_was_given_up_is_sent_again_under_its_own_key_and_before_what_came_later(sending: Sending) -> None:
    first, second = ids(sending)
    sending.decide("give_up", first)
    assert sending.decide("resend", first) == (GATEWAY,)
    assert sending.accepted() == [first, second]


def test_what_was_delivered_is_sent_again_under_another_key_and_once_for_each_decision(sending: Sending) -> None:
    first, second = ids(sending)
    assert sending.accepted() == [first, second]
    assert sending.decide("resend", first) == (GATEWAY,)
    assert sending.accepted() == [f"{first}:r1"]
    assert sending.again() == ()
    sending.decide("resend", first)
    assert sending.accepted() == [f"{first}:r2"]
    assert sending.records.deliveries(sending.case_id)[0].resent == 2


def test_what_was_delivered_is_not_given_up(sending: Sending) -> None:
    sending.accepted()
    sending.decide("give_up", ids(sending)[0])
    assert sending.states() == ["delivered", "delivered"]


def test_a_sender_of_before_does_not_mark_what_is_sent_again_as_delivered(sending: Sending) -> None:
    late = sending.records.next_delivery(sending.case_id, GATEWAY)
    assert late is not None
    sending.accepted()
    sending.decide("resend", ids(sending)[0])
    sending.records.mark_delivered(late, NOON)
    assert sending.states() == ["waiting", "delivered"]


def test_each_destination_has_its_own_row_and_a_decision_may_be_about_one(sending: Sending) -> None:
    told = [Outgoing(f"{sending.case_id}:2:resolved", where, 2, NOON, {"event": "resolved"}) for where in ("w", SHOP)]
    assert sending.write(*told) == (GATEWAY, "w", SHOP)
    assert sending.decide("give_up", told[0].effect_id, destination=SHOP) == (GATEWAY, "w")
    assert sending.accepted("w") == [told[0].effect_id]
    waiting = sending.records.deliveries(sending.case_id)
    assert {each.destination: each.state for each in waiting if each.announced} == {"w": "delivered", SHOP: "given_up"}


def test_deliveries_outlive_the_way_back_and_forth_of_what_is_older_and_go_with_their_own_table(
    sending: Sending, url: str
) -> None:
    downgrade(url, "0004")
    with sending.records.reading() as connection:
        assert deliveries.name not in sa.inspect(connection).get_table_names()
    assert len(sending.records.outbox(sending.case_id)) > 2
    migrate(url)
    assert ids(sending) == []
    sending.played.do("reply", ANA, text="Done.")
    assert sending.write() == (GATEWAY,)


def test_what_any_worker_was_told_of_is_known_until_it_is_taken_away(records: Records, sending: Sending) -> None:
    records.keep_destinations({GATEWAY: None, SHOP: "SHOP"}, NOON)
    records.keep_destinations({GATEWAY: None}, NOON + MINUTE)
    records.keep_destinations({}, NOON)
    assert records.destinations() == {GATEWAY: None, SHOP: "SHOP"}
    listed = records.list_destinations()
    assert [(each.name, each.known_at, each.waiting) for each in listed] == [(GATEWAY, NOON, 2), (SHOP, NOON, 0)]
    assert records.forget_destination(GATEWAY)
    assert not records.forget_destination(GATEWAY)
    assert records.destinations() == {SHOP: "SHOP"}
    # What still waits there is not lost sight of.
    gone = records.list_destinations()[0]
    assert (gone.name, gone.known_at, gone.waiting) == (GATEWAY, None, 2)
