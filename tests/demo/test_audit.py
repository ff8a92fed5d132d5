"""The audit finds what is planted: each test spoils one thing in a copy of what a real demo left behind."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from starter.demo import histories, recorded
from starter.demo.audit import audit
from starter.demo.diary import Answered, Diary, Posted
from starter.demo.findings import Fault
from tests.demo.conftest import COMPLAINTS, audited, query, spoil

FRESH_ID = "00000000-0000-4000-8000-000000000000"


def test_nothing_is_wrong_with_what_nobody_spoiled(folder: Path) -> None:
    found = audited(folder)

    assert found.findings == ()
    assert (found.opened, found.closed) == (COMPLAINTS, COMPLAINTS)


def test_the_figures_are_those_of_the_records(folder: Path) -> None:
    found = audited(folder)

    kinds = Counter(str(kind) for (kind,) in query(folder, "SELECT kind FROM timeline"))
    assert found.escalations.total() == kinds["escalated"] > 0
    assert found.breaches.total() == kinds["clock_breached"] > 0
    assert len(found.lateness_s) == kinds["clock_breached"] + kinds["time_over"] + kinds["hand_off_neglected"]
    assert found.handoffs == found.handoffs_became.total() == kinds["hand_off"] > 0
    refused_to_their_face = sum(answer.status == 409 for answer in Diary.load(folder / "diary.json").answered)
    assert found.refused == refused_to_their_face + kinds["refused"]


SPOILT_RECORDS = {
    "an entry is gone": (
        "DELETE FROM timeline WHERE rowid = (SELECT rowid FROM timeline WHERE kind = 'escalated' LIMIT 1)",
        Fault.LOST,
        "(escalated) is not in the records",
    ),
    "an entry in the middle is gone, as the numbers tell": (
        "DELETE FROM timeline WHERE rowid = (SELECT rowid FROM timeline WHERE n = 3 LIMIT 1)",
        Fault.LOST,
        "entry 3 is missing in the records",
    ),
    "the last entry is gone, as the case's version tells": (
        "DELETE FROM timeline WHERE rowid = (SELECT rowid FROM timeline WHERE kind = 'archived' LIMIT 1)",
        Fault.LOST,
        "is missing in the records",
    ),
    "an entry says something else": (
        "UPDATE timeline SET text = 'Nothing happened.' WHERE kind = 'planned'",
        Fault.LOST,
        "(planned) says something else",
    ),
    "what an agent did is gone": (
        "DELETE FROM timeline WHERE rowid = (SELECT rowid FROM timeline WHERE kind = 'claim' LIMIT 1)",
        Fault.LOST,
        "was taken and is not on the timeline",
    ),
    "what a signal was refused is gone": (
        "DELETE FROM timeline WHERE kind = 'refused'",
        Fault.LOST,
        "was taken and is not on the timeline",
    ),
    "an event is entered twice": (
        "INSERT INTO timeline (case_id, n, at, by_id, by_role, via, kind, text, event_id, data, late_s)"
        " SELECT case_id, n + 1000, at, by_id, by_role, via, kind, text, event_id, data, late_s"
        " FROM timeline WHERE kind = 'reply' LIMIT 1",
        Fault.DUPLICATED,
        "is on the timeline 2 times",
    ),
    "an entry comes from nowhere": (
        "INSERT INTO timeline (case_id, n, at, by_id, by_role, via, kind, text, event_id, data, late_s)"
        " SELECT case_id, n + 1000, at, by_id, by_role, via, 'note', text, NULL, data, late_s"
        " FROM timeline WHERE kind = 'planned' LIMIT 1",
        Fault.DUPLICATED,
        "is nothing that the case said",
    ),
    "a message is gone": (
        "DELETE FROM outbox WHERE rowid = (SELECT rowid FROM outbox WHERE template = 'resolved' LIMIT 1)",
        Fault.LOST,
        "(resolved) is not in the outbox",
    ),
    "a message is gone, as the timeline tells": (
        "DELETE FROM outbox WHERE rowid = (SELECT rowid FROM outbox WHERE template = 'closed.accepted' LIMIT 1)",
        Fault.LOST,
        "was to be told `closed` 1 times, and was 0 times",
    ),
    "who chose a call was not told when": (
        "DELETE FROM outbox WHERE template = 'promised.callback'"
        " AND case_id IN (SELECT case_id FROM timeline WHERE kind = 'choose_contact')",
        Fault.LOST,
        "was to be told `promised` 1 times, and was 0 times",
    ),
    "who is written to no more was not told": (
        "DELETE FROM outbox WHERE template = 'closed.contact_ended'"
        " AND case_id IN (SELECT case_id FROM timeline WHERE kind = 'decide_safety')",
        Fault.LOST,
        "was to be told `closed` 1 times, and was 0 times",
    ),
    "a message is there under another id": (
        "INSERT INTO outbox SELECT effect_id || '-again', case_id, n, kind, template, channel, language, to_person,"
        " team, rung, subject, text, params, created_at FROM outbox WHERE template = 'opened' LIMIT 1",
        Fault.DUPLICATED,
        "says what was said before under another id",
    ),
    "a message is said again later": (
        "INSERT INTO outbox SELECT effect_id || '-again', case_id, n, kind, template, channel, language, to_person,"
        " team, rung, subject, text, '{}', created_at FROM outbox WHERE template = 'opened' LIMIT 1",
        Fault.DUPLICATED,
        "was to be told `opened` 1 times, and was 2 times",
    ),
    "an alert comes from nowhere": (
        "INSERT INTO outbox SELECT effect_id || '-again', case_id, n, kind, template, channel, language, to_person,"
        " team, rung, subject, text, params, created_at FROM outbox WHERE kind = 'alert' LIMIT 1",
        Fault.DUPLICATED,
        "is in the outbox and no case asked for it",
    ),
    "a deadline passes twice": (
        "INSERT INTO timeline (case_id, n, at, by_id, by_role, via, kind, text, event_id, data, late_s)"
        " SELECT case_id, n + 1000, at, by_id, by_role, via, kind, text, event_id, data, late_s"
        " FROM timeline WHERE kind = 'clock_breached' LIMIT 1",
        Fault.DUPLICATED,
        "the same deadline of acknowledge",
    ),
    "a case climbs twice for one breach": (
        "UPDATE timeline SET kind = 'escalated', event_id = NULL WHERE (case_id, n) IN"
        " (SELECT case_id, n + 1 FROM timeline WHERE kind = 'escalated' AND event_id IS NULL)",
        Fault.DUPLICATED,
        "it has climbed for the same cause before",
    ),
    "a case is gone": (
        "DELETE FROM cases WHERE rowid = 1",
        Fault.LOST,
        "was sent and has no case in the records",
    ),
    "a case is shown as it was before": (
        "UPDATE cases SET version = 2",
        Fault.LOST,
        "the records show",
    ),
}


@pytest.mark.parametrize(("statement", "fault", "sentence"), SPOILT_RECORDS.values(), ids=SPOILT_RECORDS)
def test_spoilt_records_are_found(folder: Path, statement: str, fault: Fault, sentence: str) -> None:
    spoil(folder, statement)

    found = audited(folder)

    assert found.found(fault) >= 1
    assert [each for each in found.findings if each.fault is fault and sentence in each.sentence]


def test_one_entry_that_is_gone_counts_once_though_two_checks_miss_it(folder: Path) -> None:
    spoil(folder, "DELETE FROM timeline WHERE rowid = (SELECT rowid FROM timeline WHERE kind = 'opened' LIMIT 1)")

    found = audited(folder)

    assert len(found.findings) == 2
    assert found.summary()["lost"] == 1


def test_a_complaint_without_a_workflow_is_lost(folder: Path) -> None:
    next((folder / "histories").glob("case-*")).unlink()

    found = audited(folder)

    assert found.opened == COMPLAINTS - 1
    assert [each for each in found.findings if "has no workflow" in each.sentence]


def test_a_second_workflow_for_one_complaint_is_a_duplicate(folder: Path) -> None:
    texts = (file.read_text() for file in (folder / "histories").glob("case-*"))
    content = json.loads(next(text for text in texts if "handoff-" not in text))
    (folder / "histories" / "case-again.json").write_text(json.dumps({**content, "workflow_id": "case-z-again"}))

    found = audited(folder)

    assert found.summary()["duplicated"] == 1
    assert [each for each in found.findings if "has a further workflow, case-z-again" in each.sentence]


def test_a_complaint_that_was_sent_and_is_nowhere_is_lost(folder: Path) -> None:
    posted = Posted("demo", "never-arrived", None)

    found = audited(folder, lambda diary: replace(diary, posted=[*diary.posted, posted]))

    assert found.summary()["lost"] == 1


@pytest.mark.parametrize(("status", "lost"), [(200, 1), (202, 1), (409, 0), (503, 0)])
def test_an_action_is_lost_if_it_was_answered_as_taken_and_is_not_on_the_timeline(
    folder: Path, status: int, lost: int
) -> None:
    def with_one_more(diary: Diary) -> Diary:
        answer = Answered(str(diary.posted[0].case_id), FRESH_ID, "note", "ana", status)
        return replace(diary, answered=[*diary.answered, answer])

    assert audited(folder, with_one_more).summary()["lost"] == lost


def test_an_update_that_only_temporal_remembers_must_be_on_the_timeline_too(folder: Path) -> None:
    found = audited(folder, lambda diary: replace(diary, answered=[]))
    assert found.findings == ()

    spoil(folder, "UPDATE timeline SET event_id = NULL WHERE kind = 'accept_resolution'")
    found = audited(folder, lambda diary: replace(diary, answered=[]))

    assert [each for each in found.findings if "was taken and is not on the timeline" in each.sentence]


def test_lateness_is_the_time_from_due_to_done(folder: Path) -> None:
    before = audited(folder)
    spoil(
        folder,
        "UPDATE timeline SET data = json_set(data, '$.fired', '2999-01-01T00:00:00+00:00')"
        " WHERE rowid = (SELECT rowid FROM timeline WHERE kind = 'time_over' LIMIT 1)",
    )

    after = audited(folder)

    assert before.lateness_at(0.99) < 60
    assert after.lateness_at(0.99) > 1_000_000


def test_a_share_of_deadlines_is_the_nearest_rank() -> None:
    nothing = audit(Diary(), histories.Histories(), recorded.Recorded())
    hundred = replace(nothing, lateness_s=tuple(float(n) for n in range(100, 0, -1)))

    assert nothing.lateness_at(0.99) == 0.0
    assert (hundred.lateness_at(0.5), hundred.lateness_at(0.99)) == (50.0, 99.0)
