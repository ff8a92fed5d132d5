"""The audit of hand-offs finds what is planted: each test spoils one thing in a copy of what a real demo left."""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from starter.demo.audit import Audit
from starter.demo.diary import Answered, Diary
from starter.demo.findings import Fault
from tests.demo.conftest import HANDOFFS, audited, query, spoil

FRESH_ID = "00000000-0000-4000-8000-000000000000"
CHILD_STARTED = "EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED"
COMPLETED = "EVENT_TYPE_ACTIVITY_TASK_COMPLETED"


def sentences(found: Audit, fault: Fault) -> list[str]:
    return [each.sentence for each in found.findings if each.fault is fault]


def rewrite(folder: Path, handoff_id: str, change: Callable[[list[dict[str, Any]]], None]) -> None:
    """Changes the events of a hand-off's history."""
    [file] = (folder / "histories").glob(f"handoff-{handoff_id}.*")
    history = json.loads(file.read_text())
    change(history["events"])
    file.write_text(json.dumps(history))


def test_hand_offs_are_counted_by_how_they_ended(folder: Path) -> None:
    found = audited(folder)

    rows = Counter(str(status) for (status,) in query(folder, "SELECT status FROM handoffs"))
    assert found.handoffs_became == {"answered": rows["answered"], "called off": rows["cancelled"]}
    assert found.handoffs == HANDOFFS
    assert all(found.handoffs_on_the_way.values())


SPOILT_RECORDS = {
    "a report is gone": (
        "DELETE FROM timeline WHERE rowid = (SELECT rowid FROM timeline WHERE kind = 'hand_off_answered' LIMIT 1)",
        Fault.LOST,
        "was told to the case and is not on the timeline",
    ),
    "a report is entered twice": (
        "INSERT INTO timeline (case_id, n, at, by_id, by_role, via, kind, text, event_id, data, late_s)"
        " SELECT case_id, n + 1000, at, by_id, by_role, via, kind, text, event_id, data, late_s"
        " FROM timeline WHERE kind = 'hand_off_accepted' LIMIT 1",
        Fault.DUPLICATED,
        "is on the timeline 2 times",
    ),
    "a report comes from nowhere": (
        "INSERT INTO timeline (case_id, n, at, by_id, by_role, via, kind, text, event_id, data, late_s)"
        " SELECT case_id, n + 1000, at, by_id, by_role, via, 'hand_off_warned', text, event_id,"
        " data, late_s FROM timeline WHERE kind = 'hand_off_accepted' LIMIT 1",
        Fault.DUPLICATED,
        "no hand-off told it",
    ),
    "a question is gone": (
        "UPDATE timeline SET kind = 'note' WHERE kind = 'hand_off'",
        Fault.DUPLICATED,
        "is not on the timeline",
    ),
    "a row is gone": (
        "DELETE FROM handoffs WHERE rowid = 1",
        Fault.LOST,
        "is not in the records",
    ),
    "a row is of another hand-off": (
        "UPDATE handoffs SET handoff_id = handoff_id || '9' WHERE rowid = 1",
        Fault.DUPLICATED,
        "is not among the workflows",
    ),
    "a row says that it is still offered": (
        "UPDATE handoffs SET status = 'offered' WHERE status = 'answered'",
        Fault.LOST,
        "ended as answered, and the records show offered",
    ),
    "a row has another answer": (
        "UPDATE handoffs SET answer = 'No.' WHERE status = 'answered'",
        Fault.LOST,
        "has another answer in the records",
    ),
    "the end is not on the timeline": (
        "UPDATE timeline SET kind = 'note' WHERE kind = 'hand_off_ended'",
        Fault.LOST,
        "ended as called off, and the timeline says nothing",
    ),
    "a word to a hand-off was decided by nobody": (
        "UPDATE timeline SET kind = 'note' WHERE kind = 'answer_back'",
        Fault.DUPLICATED,
        "was decided 0 times, and its hand-offs told 1 times",
    ),
    "whoever let it pass was not told": (
        "DELETE FROM outbox WHERE template = 'hand_off_offered'",
        Fault.LOST,
        "and never told of it",
    ),
    "the customer was not told who helps": (
        "DELETE FROM outbox WHERE template = 'handed_off'",
        Fault.LOST,
        "was to be told `handed_off` 1 times, and was 0 times",
    ),
}


@pytest.mark.parametrize(("statement", "fault", "sentence"), SPOILT_RECORDS.values(), ids=SPOILT_RECORDS)
def test_spoilt_records_are_found(folder: Path, statement: str, fault: Fault, sentence: str) -> None:
    spoil(folder, statement)

    assert [each for each in sentences(audited(folder), fault) if sentence in each]


def test_a_hand_off_without_a_workflow_is_lost(folder: Path) -> None:
    next((folder / "histories").glob("handoff-*")).unlink()

    found = audited(folder)

    assert found.handoffs == HANDOFFS
    assert [each for each in sentences(found, Fault.LOST) if "is not among the workflows" in each]


def test_a_hand_off_that_no_case_started_is_found(folder: Path) -> None:
    file = next(file for file in (folder / "histories").glob("case-*") if CHILD_STARTED in file.read_text())
    history = json.loads(file.read_text())
    history["events"] = [event for event in history["events"] if event["eventType"] != CHILD_STARTED]
    file.write_text(json.dumps(history))

    found = audited(folder)

    assert found.handoffs == HANDOFFS - 1
    assert [each for each in sentences(found, Fault.LOST) if "is not among the children of its case" in each]


def test_a_hand_off_that_goes_on_after_its_case_is_archived_is_found(folder: Path) -> None:
    [(handoff_id,), *_] = query(folder, "SELECT handoff_id FROM handoffs WHERE status = 'cancelled'")

    def leave_open(events: list[dict[str, Any]]) -> None:
        del events[-1]

    rewrite(folder, str(handoff_id), leave_open)

    lost = sentences(audited(folder), Fault.LOST)

    assert f"hand-off {handoff_id} goes on, though its case is archived" in lost


def test_a_word_that_its_hand_off_has_not_heard_is_lost(folder: Path) -> None:
    [(handoff_id,), *_] = query(folder, "SELECT handoff_id FROM handoffs WHERE status = 'cancelled'")

    def deafen(events: list[dict[str, Any]]) -> None:
        events[:] = [event for event in events if event["eventType"] != "EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED"]

    rewrite(folder, str(handoff_id), deafen)

    assert [each for each in sentences(audited(folder), Fault.LOST) if "that has not heard it" in each]


def test_a_question_that_is_offered_again_to_whoever_declined_it_is_found(folder: Path) -> None:
    [(handoff_id, person), *_] = query(
        folder,
        "SELECT json_extract(data, '$.handoff_id'), by_id FROM timeline WHERE kind = 'hand_off_declined'",
    )

    def offer_again(events: list[dict[str, Any]]) -> None:
        chosen = [event["activityTaskCompletedEventAttributes"] for event in events if event["eventType"] == COMPLETED]
        [answer] = chosen[-1]["result"]["payloads"]
        answer["data"] = base64.b64encode(json.dumps({"person": person}).encode()).decode()

    rewrite(folder, str(handoff_id), offer_again)

    assert [each for each in sentences(audited(folder), Fault.DUPLICATED) if f"was offered to {person} again" in each]


@pytest.mark.parametrize(("status", "lost"), [(200, 1), (409, 0), (503, 0)])
def test_what_a_specialist_did_is_lost_if_it_was_answered_as_taken_and_is_in_no_history(
    folder: Path, status: int, lost: int
) -> None:
    [(handoff_id, case_id), *_] = query(folder, "SELECT handoff_id, case_id FROM handoffs")

    def with_one_more(diary: Diary) -> Diary:
        answer = Answered(str(case_id), FRESH_ID, "accept", "vera", status, handoff_id=str(handoff_id))
        return replace(diary, answered=[*diary.answered, answer])

    assert audited(folder, with_one_more).summary()["lost"] == lost
