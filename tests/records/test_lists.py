from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from cases.view import CaseView
from cases.words import Priority, Rung, Status, WaitingOn
from records import Filters, InvalidCursor, Reader, Records
from tests.records.conftest import Committed, written
from tests.samples import ANA, CUSTOMER, HOUR, MINUTE, NOON, SUE, Played, plan, terms


def ids(items: tuple[CaseView, ...]) -> list[str]:
    return [view.reference for view in items]


def opened(records: Records, reference: str, minutes: int = 0, **fields: Any) -> Played:
    return written(records, Played(plan(), now=NOON + minutes * MINUTE, reference=reference, **fields))


def closed(records: Records, reference: str) -> Played:
    played = Played(plan(), reference=reference)
    played.do("claim", ANA)
    played.do("resolve", ANA, text="The charge is back.")
    played.do("accept_resolution", CUSTOMER)
    return written(records, played)


def test_earliest_deadline_comes_first_and_none_last(records: Records) -> None:
    closed(records, "over")
    for reference, minutes in (("later", 30), ("soon", 0), ("last", 60)):
        opened(records, reference, minutes)
    page = records.list_cases()
    assert ids(page.items) == ["soon", "later", "last", "over"]
    assert page.next is None


def test_pages_together_are_the_whole_list_without_repetition(records: Records) -> None:
    for number in range(23):
        # Several share a deadline, so that the id must decide between them.
        opened(records, f"r{number}", minutes=number // 5)
    for number in range(4):
        closed(records, f"c{number}")
    whole = [view.case_id for view in records.list_cases(limit=100).items]
    assert len(set(whole)) == 27
    paged: list[str] = []
    cursor: str | None = None
    pages = 0
    while pages == 0 or cursor:
        page = records.list_cases(limit=3, cursor=cursor)
        paged += [view.case_id for view in page.items]
        cursor, pages = page.next, pages + 1
    assert paged == whole
    assert pages == 9


def test_page_that_ends_the_list_has_no_next(records: Records) -> None:
    opened(records, "a")
    opened(records, "b")
    assert records.list_cases(limit=2).next is None
    assert records.list_cases(limit=1).next is not None


@pytest.mark.parametrize("cursor", ["", "x", "bm9uc2Vuc2U=", "W10=", "WzEsMl0=", "é", "WyIyMDI2LTAxLTAxIiwgImEiXQ=="])
def test_cursor_of_another_making_is_refused(records: Records, cursor: str) -> None:
    with pytest.raises(InvalidCursor) as raised:
        records.list_cases(cursor=cursor)
    assert raised.value.code == "invalid_cursor"


def test_filters_narrow_the_list(records: Records) -> None:
    opened(records, "offered")
    claimed = Played(plan(team="loans"), reference="claimed", customer={"id": "c-2"}, product="Mortgage")
    claimed.do("claim", SUE.model_copy(update={"teams": ()}))
    written(records, claimed)
    closed(records, "over")

    def found(**wanted: object) -> set[str]:
        return set(ids(records.list_cases(Filters.model_validate(wanted)).items))

    assert found() == {"offered", "claimed", "over"}
    assert found(status=(Status.CLOSED,)) == {"over"}
    assert found(status=(Status.CLOSED, Status.OPEN)) == {"offered", "claimed", "over"}
    assert found(rung=Rung.SUPERVISOR) == {"claimed"}
    assert found(team="loans") == {"claimed"}
    assert found(owner="sue") == {"claimed"}
    assert found(owner="queue:cards") == {"offered"}
    assert found(offered_to="ana") == {"offered"}
    assert found(waiting_on=WaitingOn.OFFER) == {"offered"}
    assert found(priority=Priority.P3) == {"offered", "claimed", "over"}
    assert found(priority=Priority.P1) == set()
    assert found(customer="c-2") == {"claimed"}
    assert found(text="MORTGAGE") == {"claimed"}
    assert found(text="charged twice") == {"offered", "claimed", "over"}
    assert found(team="loans", owner="ana") == set()


def test_percent_and_underscore_in_a_search_are_themselves(records: Records) -> None:
    opened(records, "plain", text="nothing special")
    opened(records, "odd", text="they took 5% off_hand")
    assert ids(records.list_cases(Filters(text="%")).items) == ["odd"]
    assert ids(records.list_cases(Filters(text="f_h")).items) == ["odd"]


def test_breached_and_due_before_find_what_is_late(records: Records) -> None:
    late = Played(plan(terms(first_response=10 * MINUTE)), reference="late")
    late.do("claim", ANA)
    late.wait(11 * MINUTE)
    written(records, late)
    opened(records, "fine")
    assert ids(records.list_cases(Filters(breached=True)).items) == ["late"]
    assert ids(records.list_cases(Filters(breached=False)).items) == ["fine"]
    due = next(view for view in records.list_cases().items if view.reference == "fine").next_due
    assert due is not None
    assert "fine" not in ids(records.list_cases(Filters(due_before=due)).items)
    assert "fine" in ids(records.list_cases(Filters(due_before=due + timedelta(seconds=1))).items)


def test_reader_sees_their_teams_cases_and_their_own(records: Records) -> None:
    opened(records, "cards")
    written(records, Played(plan(team="loans"), person="leo", reference="loans"))
    written(records, Played(plan(team="loans"), person="ana", reference="offered"))

    def seen(person: str, *teams: str) -> set[str]:
        return set(ids(records.list_cases(Filters(readable_by=Reader(person=person, teams=teams))).items))

    assert seen("ana", "cards") == {"cards", "offered"}
    assert seen("ben", "cards") == {"cards"}
    assert seen("max") == {"cards", "loans", "offered"}


def test_customers_other_cases_are_newest_first(records: Records) -> None:
    cases = [opened(records, f"r{number}", minutes=number) for number in range(4)]
    opened(records, "other", customer={"id": "c-2"})
    newest = cases[3].view.case_id
    expected = [case.view.case_id for case in reversed(cases[:3])]
    assert records.cases_of("c-1", but=newest) == expected
    assert records.cases_of("c-1", limit=1) == [newest]


def test_list_is_of_what_was_written_last(records: Records) -> None:
    played = Played(plan())
    committed = Committed(played)
    committed.write(records)
    played.wait(HOUR / 2)
    played.do("claim", ANA)
    committed.write(records)
    (view,) = records.list_cases().items
    assert view.owner.person == "ana"


@pytest.mark.parametrize("at_once", [1, 2, 3, 4, 500])
def test_every_case_is_there_once_with_its_complaint_however_many_are_read_at_once(
    records: Records, at_once: int
) -> None:
    for number in range(4):
        opened(records, f"r{number}")
    closed(records, "over")
    read = [*records.every_case(Filters(status=(Status.OPEN,)), at_once)]
    assert sorted(view.reference for view, _ in read) == ["r0", "r1", "r2", "r3"]
    assert [said.reference for _, said in read if said] == [view.reference for view, _ in read]


def test_what_is_over_is_listed_though_all_that_is_open_sorts_before_it(records: Records) -> None:
    for number in range(4):
        opened(records, f"r{number}")
    closed(records, "over")
    assert ids(records.list_cases(Filters(status=(Status.CLOSED, Status.ARCHIVED)), limit=1).items) == ["over"]


def test_cases_are_counted_and_no_longer_than_anybody_wants_to_know(records: Records) -> None:
    for number in range(5):
        opened(records, f"r{number}")
    closed(records, "over")
    still_open = Filters(status=(Status.OPEN,))
    assert records.count_cases(still_open) == 5
    assert records.count_cases(still_open, at_most=3) == 4
    assert records.count_cases(Filters(team="nobody")) == 0


def test_what_is_offered_to_one_of_several_is_found_and_to_nobody_nothing(records: Records) -> None:
    opened(records, "a")
    (view,) = records.list_cases().items
    assert view.offer is not None
    to = view.offer.to.person or f"queue:{view.offer.to.queue}"
    assert ids(records.list_cases(Filters(offered_to_any=("somebody", to))).items) == ["a"]
    assert ids(records.list_cases(Filters(offered_to_any=("somebody",))).items) == []
    assert ids(records.list_cases(Filters(offered_to_any=())).items) == []
