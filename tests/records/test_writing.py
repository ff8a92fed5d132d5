from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from cases.commit import Commit
from cases.words import Status
from records import Filters, Records
from tests.records.conftest import Committed, loads_in, words
from tests.samples import ANA, CUSTOMER, MINUTE, Played, complaint, plan


def test_what_was_written_is_found(records: Records) -> None:
    played = Played(plan())
    before = datetime.now(UTC)
    commit = Committed(played).write(records)
    found = records.find(played.view.case_id)
    assert found is not None
    view, as_of = found
    assert view == commit.view
    assert before <= as_of <= datetime.now(UTC)
    assert records.entries(view.case_id) == played.case.timeline()


def test_unknown_case_is_not_found(records: Records) -> None:
    assert records.find("shop-aaaaaaaaaa") is None
    assert records.entries("shop-aaaaaaaaaa") == []
    assert records.outbox("shop-aaaaaaaaaa") == []


def test_same_commit_twice_changes_nothing(records: Records) -> None:
    played = Played(plan())
    commit = Committed(played).write(records)
    outbox = records.outbox(commit.view.case_id)
    records.write(commit, words(commit))
    assert records.outbox(commit.view.case_id) == outbox
    assert records.entries(commit.view.case_id) == list(commit.entries)
    assert len({sent.effect_id for sent in outbox}) == len(outbox) == len(commit.notices)


def test_old_retry_never_overwrites_a_newer_view(records: Records) -> None:
    played = Played(plan())
    committed = Committed(played)
    old = committed.cut()
    played.do("claim", ANA)
    committed.write(records)
    records.write(old, words(old))
    found = records.find(old.view.case_id)
    assert found is not None
    assert found[0].owner.person == "ana"
    assert [entry.n for entry in records.entries(old.view.case_id)] == list(range(1, found[0].version + 1))


def test_old_retry_never_changes_what_people_have_to_do(records: Records) -> None:
    played = Played(plan())
    committed = Committed(played)
    old = committed.cut()
    played.do("claim", ANA)
    played.do("resolve", ANA, text="The charge is back.")
    played.do("accept_resolution", CUSTOMER)
    committed.write(records)
    records.write(old, words(old))
    assert loads_in(records) == {}


def test_commit_that_repeats_rows_adds_only_the_new_ones(records: Records) -> None:
    played = Played(plan())
    committed = Committed(played)
    first = committed.write(records)
    played.do("claim", ANA)
    second = committed.cut()
    both = Commit(
        view=second.view, entries=(*first.entries, *second.entries), notices=(*first.notices, *second.notices)
    )
    records.write(both, words(both))
    assert [entry.n for entry in records.entries(first.view.case_id)] == list(range(1, second.view.version + 1))


def test_nothing_is_written_when_words_are_missing(records: Records) -> None:
    commit = Committed(Played(plan())).cut()
    with pytest.raises(KeyError):
        records.write(commit, {})
    assert records.find(commit.view.case_id) is None
    assert records.entries(commit.view.case_id) == []


def test_timeline_is_read_on_from_a_number(records: Records) -> None:
    played = Played(plan())
    played.do("claim", ANA)
    Committed(played).write(records)
    case_id = played.view.case_id
    assert [entry.n for entry in records.entries(case_id, after=1, limit=2)] == [2, 3]


def test_outbox_is_in_the_order_it_was_told(records: Records) -> None:
    played = Played(plan())
    for _ in range(12):
        played.do("claim", ANA) if played.view.offer else played.do("reply", ANA, text="Hello.")
    Committed(played).write(records)
    numbers = [int(sent.effect_id.rpartition(":")[2]) for sent in records.outbox(played.view.case_id)]
    assert numbers == sorted(numbers)
    assert len(numbers) > 10


def test_outbox_keeps_words_and_to_whom(records: Records) -> None:
    played = Played(plan())
    Committed(played).write(records)
    alert, message = records.outbox(played.view.case_id)
    assert (alert.kind, alert.template, alert.to_person, alert.rung) == ("alert", "offered", "ana", "agent")
    assert (message.kind, message.template, message.channel, message.language) == ("message", "opened", "email", "en")
    assert message.text == "words of opened"
    assert message.params["reference"] == "order-1042"
    assert message.created_at == played.now


def test_times_come_out_in_utc_whatever_zone_they_went_in(records: Records) -> None:
    played = Played(plan(), now=datetime(2026, 3, 2, 14, 0, tzinfo=timezone(timedelta(hours=2))))
    Committed(played).write(records)
    (entry, *_) = records.entries(played.view.case_id)
    assert entry.at == datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
    assert entry.at.utcoffset() == timedelta(0)


def test_text_that_looks_like_sql_or_is_not_ascii_is_kept(records: Records) -> None:
    text = "'); DROP TABLE cases; -- \u2603 \U0001f4a5 %_\\ \n\t end"
    played = Played(plan(), text=text)
    Committed(played).write(records)
    kept = records.complaint(played.view.case_id)
    assert kept is not None
    assert kept.text == text.strip()


def test_case_without_a_plan_is_written_too(records: Records) -> None:
    played = Played()
    Committed(played).write(records)
    found = records.find(played.view.case_id)
    assert found is not None
    assert (found[0].status, found[0].policy_hash) == (Status.OPENING, None)


def test_only_work_has_a_deadline_in_lists(records: Records) -> None:
    played = Played(plan())
    played.do("claim", ANA)
    played.do("resolve", ANA, text="The charge is back.")
    played.do("accept_resolution", CUSTOMER)
    played.wait(MINUTE)
    Committed(played).write(records)
    assert records.list_cases(Filters(due_before=datetime(2099, 1, 1, tzinfo=UTC))).items == ()


def test_complaint_is_kept_as_it_arrived_though_later_commits_leave_it_out(records: Records) -> None:
    said = complaint(transcript="Bot: hello")
    committed = Committed(Played(plan(), transcript="Bot: hello"))
    first = committed.cut().model_copy(update={"complaint": said})
    records.write(first, words(first))
    committed.played.do("claim", ANA)
    committed.write(records)
    assert records.complaint(first.view.case_id) == said
    assert records.complaint("shop-aaaaaaaaaa") is None


def test_policy_is_kept_once_by_its_hash(records: Records) -> None:
    records.keep_policy("abc", "small", "first")
    records.keep_policy("abc", "small", "second")
    assert records.policy("abc") == "first"
    assert records.policy("abd") is None
