"""What is left of a case when it is erased: figures, and nothing that anybody said, on either database."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError

from cases.commit import Commit
from cases.view import CaseView
from cases.words import HandoffStatus, Status
from records import Records, RecordsError, Rendered
from records.personal import ERASED, FIGURES, KEPT_FIELDS, PERSONAL
from records.tables import metadata
from tests.records.asking import asking
from tests.records.conftest import Committed, words
from tests.records.test_alerting import AGENTS, SUPERVISORS, alert
from tests.samples import ANA, CUSTOMER, DAY, NOON, Played, plan

SECRET = "Xylophone"
"""In everything that a customer says here, and in nothing else."""

LATER = NOON + timedelta(days=40)


def archived(records: Records, reference: str = f"{SECRET}@example.org", **fields: Any) -> Committed:
    """A case of the customer c-1 with something personal wherever there can be, to its end, in the records."""
    given: dict[str, Any] = {
        "text": f"You charged {SECRET} twice.",
        "issue": f"{SECRET}'s bill",
        "remedy_sought": f"Pay {SECRET} back.",
        "transcript": f"Bot: hello {SECRET}",
        "customer": {"id": "c-1", "name": SECRET, "contact": f"{SECRET}@example.org", "zone": "Europe/London"},
        **fields,
    }
    played = Played(plan(), reference=reference, **given)
    played.do("claim", ANA)
    played.do("message", CUSTOMER, text=f"It is {SECRET} again.")
    played.do("note", ANA, text=f"{SECRET} sounds tired.")
    played.do("reply", ANA, text=f"Dear {SECRET}, I am looking into it.")
    played.do("warn", ANA, text=f"{SECRET}, please.")
    played.do("resolve", ANA, text=f"{SECRET} has the money back.")
    played.do("accept_resolution", CUSTOMER, score=4, comment=f"{SECRET} says thanks")
    played.wait(35 * DAY)
    assert played.view.status is Status.ARCHIVED
    committed = Committed(played)
    commit = committed.cut()
    records.write(commit, {notice.id: Rendered(f"To {SECRET}", f"Dear {SECRET}") for notice in commit.notices})
    return committed


def everything(records: Records) -> str:
    """All that is in all tables, as text."""
    with records.reading() as connection:
        rows = [
            dict(row) for table in metadata.tables.values() for row in connection.execute(sa.select(table)).mappings()
        ]
    return json.dumps(rows, default=str)


def test_nothing_that_anybody_said_is_left_and_all_figures_are(records: Records) -> None:
    case_id = archived(records).played.view.case_id
    before = records.find(case_id)
    assert before is not None
    entries, sent = records.entries(case_id), records.outbox(case_id)
    assert SECRET in everything(records)
    removed = records.erase_case(case_id, LATER)
    assert removed is not None
    assert (removed.entries, removed.messages) == (len(entries), len(sent))
    assert SECRET not in everything(records)
    # As a word of its own: ids of events are random, and now and then one has these letters somewhere.
    assert not re.search(r"\bc-1\b", everything(records))
    after = records.find(case_id)
    assert after is not None
    view, was = after[0], before[0]
    assert (view.customer.id, view.reference, view.erased_at) == (ERASED, case_id, LATER)
    kept = ("version", "status", "rung", "owner", "opened_at", "closed_at", "closed_as", "escalations", "priority")
    assert [getattr(view, name) for name in kept] == [getattr(was, name) for name in kept]
    assert [(c.id, c.state, c.elapsed_s, c.due_at) for c in view.clocks] == [
        (c.id, c.state, c.elapsed_s, c.due_at) for c in was.clocks
    ]
    assert view.satisfaction is not None
    assert (view.satisfaction.score, view.satisfaction.comment) == (4, None)
    left = records.entries(case_id)
    assert [(e.n, e.at, e.kind, e.by.role) for e in left] == [(e.n, e.at, e.kind, e.by.role) for e in entries]
    assert {e.by.id for e in left} == {"ana", "caseladder", ERASED}
    assert [(s.template, s.created_at, s.text, s.params) for s in records.outbox(case_id)] == [
        (s.template, s.created_at, "", {}) for s in sent
    ]
    assert records.complaint(case_id) is None


def test_an_erased_case_is_erased_once(records: Records) -> None:
    case_id = archived(records).played.view.case_id
    assert records.erase_case(case_id, LATER) is not None
    assert records.erase_case(case_id, LATER + DAY) is None
    assert records.erase_case("shop-aaaaaaaaaa", LATER) is None


def test_questions_and_answers_of_specialists_go_with_their_case(staffed: Records) -> None:
    asked = asking()
    asked.asked(staffed)
    person = asked.view.offered_to.person if asked.view.offered_to else None
    asked.act("accept", str(person))
    asked.act("answer", str(person), text=f"{SECRET} paid it.")
    asked.write(staffed)
    staffed.erase_case(asked.played.view.case_id, LATER)
    found = staffed.handoff(asked.handoff_id)
    assert found is not None
    assert (found.status, found.question, found.answer, found.person) == (HandoffStatus.ANSWERED, "", None, person)
    assert SECRET not in everything(staffed)


def test_nobody_is_paged_for_what_waits_of_an_erased_case(records: Records) -> None:
    case_id = archived(records).played.view.case_id
    other = alert(1)
    for notice in (
        other,
        *(
            alert(2, group).model_copy(update={"id": f"{case_id}:999{n}"})
            for n, group in enumerate((AGENTS, SUPERVISORS))
        ),
    ):
        records.tell(notice.id.rpartition(":")[0], notice, Rendered("It is late", "Words."), {notice.id})
    assert [len(records.waiting_alerts(group)) for group in (AGENTS, SUPERVISORS)] == [1, 2]
    records.erase_case(case_id, LATER)
    assert [(group.team, group.rung, group.alerts) for group in records.waiting_groups()] == [
        (SUPERVISORS.team, SUPERVISORS.rung, 1)
    ]
    assert [left.case_id for left in records.waiting_alerts(SUPERVISORS)] == ["shop-1"]
    assert {(page.page_id, page.paged_at) for page in records.sent_pages()} == {("erased", LATER)}


def test_what_comes_late_brings_nothing_back(records: Records) -> None:
    committed = archived(records)
    first = Committed(committed.played).cut()
    case_id = first.view.case_id
    records.erase_case(case_id, LATER)
    left = everything(records)
    newer = first.view.model_copy(update={"version": first.view.version + 5})
    for late in (first, first.model_copy(update={"view": newer})):
        records.write(late, words(late))
    fresh = first.notices[0].model_copy(update={"id": f"{case_id}:9999"})
    records.tell(case_id, fresh, words(Commit(view=newer, entries=(), notices=(fresh,)))[fresh.id])
    assert everything(records) == left


def test_what_is_written_while_a_case_is_erased_is_erased_with_it_or_not_written(records: Records) -> None:
    for number in range(5):
        committed = archived(records, f"{SECRET}-{number}")
        late = Committed(committed.played).cut()
        late = late.model_copy(update={"view": late.view.model_copy(update={"version": late.view.version + 1})})
        told = {notice.id: Rendered(SECRET, SECRET) for notice in late.notices}
        with ThreadPoolExecutor(4) as threads:
            written = [threads.submit(records.write, late, told) for _ in range(3)]
            erased = threads.submit(records.erase_case, late.view.case_id, LATER)
        assert all(each.exception() is None for each in written)
        assert erased.result() is not None
    assert SECRET not in everything(records)


def test_another_case_under_the_reference_of_one_that_was_erased_is_refused_aloud(records: Records) -> None:
    committed = archived(records)
    again = Committed(committed.played).cut()
    records.erase_case(again.view.case_id, NOON + DAY)
    reopened = again.model_copy(update={"view": again.view.model_copy(update={"opened_at": NOON + 2 * DAY})})
    with pytest.raises(RecordsError, match=r"was erased at 2026-03-03T12:00:00.*open it under a reference of its own"):
        records.write(reopened, words(reopened))


def test_a_table_of_which_something_is_personal_knows_its_case_or_is_emptied_in_its_own_way() -> None:
    own_way = {"cases", "timeline", "payments", "erasures"}
    for name in PERSONAL.keys() - own_way:
        assert "case_id" in metadata.tables[name].columns, f"{name}: see records/erasing.py"


def test_other_customers_and_other_cases_keep_what_they_have(records: Records) -> None:
    other = archived(records, "other", customer={"id": "c-2", "name": SECRET}).played.view.case_id
    mine = archived(records).played.view.case_id
    found, entries = records.find(other), records.entries(other)
    records.erase_case(mine, LATER)
    assert records.find(other) == found
    assert records.entries(other) == entries
    assert records.cases_of("c-2") == [other]
    assert records.cases_of("c-1") == []


def test_what_was_erased_is_not_in_the_file_any_more(records: Records, url: str) -> None:
    if records.dialect != "sqlite":
        pytest.skip("PostgreSQL's files are vacuumed by itself")
    committed = archived(records)
    case_id = committed.played.view.case_id
    # Written again and again, as by every commit: each leaves a copy somewhere.
    again = Committed(committed.played).cut()
    for version in range(5):
        view = again.view.model_copy(update={"version": again.view.version + version, "resolution": SECRET * 900})
        records.write(again.model_copy(update={"view": view}), words(again))
    records.compact()
    path = sa.make_url(url).database
    assert path is not None
    assert SECRET.encode() in _file(path)
    records.erase_case(case_id, LATER)
    records.compact()
    assert SECRET.encode() not in _file(path)


def _file(path: str) -> bytes:
    return b"".join(part.read_bytes() for part in (Path(path), Path(f"{path}-wal")) if part.exists())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE timeline SET kind = 'note'",
        "UPDATE timeline SET text = 'Nothing happened.'",
        "UPDATE timeline SET at = opened_at FROM cases",
        "UPDATE timeline SET text = '', n = n + 1000",
        "DELETE FROM timeline",
    ],
)
def test_the_database_itself_refuses_to_change_or_to_delete_an_entry(records: Records, statement: str) -> None:
    case_id = archived(records).played.view.case_id
    entries = records.entries(case_id)
    with pytest.raises(DatabaseError, match="append-only"), records.writing() as connection:
        connection.execute(sa.text(statement))
    assert records.entries(case_id) == entries


def test_every_column_is_said_to_be_personal_or_a_figure() -> None:
    for name, table in metadata.tables.items():
        personal, figures = PERSONAL.get(name, frozenset()), FIGURES.get(name, frozenset())
        assert not personal & figures, name
        columns = {column.name for column in table.columns}
        assert personal | figures == columns, f"{name}: say in records/personal.py whether {columns} are about a person"


def test_what_is_left_of_a_view_is_named_and_fields_that_are_not_are_removed() -> None:
    for model, kept in KEPT_FIELDS.items():
        assert kept <= model.model_fields.keys(), model.__name__
    assert {"customer", "reference", "resolution", "conduct", "suggestions", "issue", "fingerprint"}.isdisjoint(
        KEPT_FIELDS[CaseView]
    )
