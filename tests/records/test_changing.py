"""What has changed can be followed from anywhere: in order, nothing twice, nothing missed, only what one may read."""

from __future__ import annotations

from typing import Any

import pytest

from records import InvalidCursor, Position, Reader, Records
from records.changing import numbered
from records.tables import timeline
from tests.records.conftest import Committed, written
from tests.samples import ANA, Played, plan

START = Position(0)


def seen(records: Records, after: Position = START, limit: int = 100, **narrowed: object) -> list[tuple[str, int]]:
    """Case and number of each entry, read in pages of `limit`."""
    found: list[tuple[str, int]] = []
    while True:
        page = records.changes(after, limit=limit, **narrowed)  # pyright: ignore[reportArgumentType]
        found += [(change.case_id, change.entry.n) for _, change in page.items]
        after = page.upto
        if len(page.items) < limit:
            return found


def test_every_entry_is_told_once_in_pages_of_any_size(records: Records) -> None:
    committed = [Committed(Played(plan(), reference=f"order-{number}")) for number in range(3)]
    expected: list[tuple[str, int]] = []
    for happens in (False, True):
        for case in committed:
            if happens:
                case.played.do("claim", ANA)
            expected += [(case.played.case.case_id, entry.n) for entry in case.write(records).entries]
    assert expected == seen(records)
    assert seen(records) == seen(records, limit=1) == seen(records, limit=2)


def test_whoever_stops_goes_on_from_the_last_that_they_have_seen(records: Records) -> None:
    committed = Committed(Played(plan()))
    committed.played.do("claim", ANA)
    committed.write(records)
    first = records.changes(START)
    halfway = first.items[1][0]
    assert seen(records, Position.read(str(halfway))) == seen(records)[2:]
    assert records.changes(first.upto).items == []
    assert records.newest() == first.upto
    committed.played.do("note", ANA, text="New")
    committed.write(records)
    new = records.changes(Position.read(str(first.upto))).items
    assert [change.entry.text for _, change in new] == ["New"]


def test_only_what_somebody_may_read_or_asked_for_is_told(records: Records) -> None:
    cards = written(records, Played(plan(), reference="order-1")).case.case_id
    whose = {case_id for case_id, _ in seen(records, reader=Reader(person="ben", teams=("cards",)))}
    assert whose == {cards}
    assert seen(records, reader=Reader(person="grace", teams=("lending",))) == []
    assert {case_id for case_id, _ in seen(records, team="cards")} == {cards}
    assert seen(records, team="lending") == seen(records, case_id="shop-aaaaaaaaaa") == []


def test_what_is_passed_over_is_not_read_again(records: Records) -> None:
    written(records, Played(plan()))
    assert records.changes(START, team="lending").upto == records.newest()


def test_nothing_is_passed_over_that_is_written_while_somebody_reads(records: Records) -> None:
    """Two write at once, and the one that began first ends last."""
    if records.dialect == "sqlite":
        pytest.skip("SQLite lets one write at a time")
    slow = Played(plan(), reference="slow")
    Committed(slow).write(records)
    start = records.newest()
    entry: dict[str, Any] = {
        "case_id": slow.case.case_id,
        "n": 1000,
        "at": slow.now,
        "by_id": "ana",
        "by_role": "agent",
        "via": "api",
        "kind": "note",
        "text": "slow",
        "data": {},
    }
    with records.writing() as connection:
        connection.execute(timeline.insert(), numbered(connection, [entry]))
        quick = written(records, Played(plan(), reference="quick")).case.case_id
        page = records.changes(start)
        assert page.items == []
    assert {case_id for case_id, _ in seen(records, page.upto)} == {slow.case.case_id, quick}


@pytest.mark.parametrize("text", ["", "x", "1.", "1.shop", "1.shop-a.x", "-1", "9" * 19, "1\n"])
def test_what_is_no_position_is_turned_down(text: str) -> None:
    with pytest.raises(InvalidCursor):
        Position.read(text)
