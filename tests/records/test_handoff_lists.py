from __future__ import annotations

import pytest

from cases.words import HandoffStatus
from records import Filters, HandoffFilters, InvalidCursor, Reader, Records
from tests.records.asking import asking
from tests.samples import HOUR, MINUTE, NOON


def test_earliest_promise_comes_first_and_what_is_over_is_left_out(staffed: Records) -> None:
    for number, minutes in enumerate((30, 0, 60)):
        asking(f"r{number}", now=NOON + minutes * MINUTE).write(staffed)
    over = asking("over")
    over.own("cancel_hand_off", reason="Found it")
    over.write(staffed)
    page = staffed.list_handoffs()
    assert [item.due_at for item in page.items] == [NOON + 24 * HOUR + m * MINUTE for m in (0, 30, 60)]
    assert page.next is None
    ended = staffed.list_handoffs(HandoffFilters(status=(HandoffStatus.CANCELLED,)))
    assert [item.handoff_id for item in ended.items] == [over.handoff_id]


def test_pages_together_are_the_whole_list_without_repetition(staffed: Records) -> None:
    for number in range(11):
        asking(f"r{number}", now=NOON + number // 3 * MINUTE).write(staffed)
    whole = [item.handoff_id for item in staffed.list_handoffs(limit=100).items]
    paged: list[str] = []
    cursor: str | None = None
    while not paged or cursor:
        page = staffed.list_handoffs(limit=3, cursor=cursor)
        paged += [item.handoff_id for item in page.items]
        cursor = page.next
    assert (paged, len(set(paged))) == (whole, 11)
    with pytest.raises(InvalidCursor):
        staffed.list_handoffs(cursor="nonsense")


def test_filters_narrow_the_list(staffed: Records) -> None:
    offered, accepted, queued = asking("offered"), asking("accepted"), asking("queued")
    offered.asked(staffed)
    accepted.asked(staffed)
    accepted.act("accept", "wale")
    for asked in (offered, accepted, queued):
        asked.write(staffed)

    def found(**wanted: object) -> set[str]:
        names = {one.handoff_id: name for name, one in (("o", offered), ("a", accepted), ("q", queued))}
        page = staffed.list_handoffs(HandoffFilters.model_validate(wanted))
        return {names[item.handoff_id] for item in page.items}

    assert found() == {"o", "a", "q"}
    assert found(team="billing") == {"o", "a", "q"}
    assert found(team="fraud") == set()
    assert found(person="wale") == {"a"}
    assert found(case_id=queued.view.case_id) == {"q"}
    assert found(status=("accepted",)) == {"a"}
    assert found(waiting_for=Reader(person="vera", teams=("billing",))) == {"o", "q"}
    assert found(waiting_for=Reader(person="zoe", teams=("billing",))) == {"q"}
    assert found(waiting_for=Reader(person="wale", teams=())) == {"a"}
    assert found(readable_by=Reader(person="zoe", teams=("billing",))) == {"o", "a", "q"}
    assert found(readable_by=Reader(person="ana", teams=("other",))) == {"o", "a", "q"}
    assert found(readable_by=Reader(person="ben", teams=("cards",))) == {"o", "a", "q"}
    assert found(readable_by=Reader(person="leo", teams=("loans",))) == set()


def test_cases_that_ask_somebody_something_are_theirs_to_read_while_they_do(staffed: Records) -> None:
    asked = asking()
    asked.asked(staffed)
    asked.write(staffed)

    def sees(person: str, team: str) -> bool:
        return bool(staffed.list_cases(Filters(readable_by=Reader(person=person, teams=(team,)))).items)

    assert (sees("vera", "billing"), sees("wale", "billing"), sees("leo", "loans")) == (True, False, False)
    asked.act("accept", "vera")
    asked.act("answer", "vera", text="Yes.")
    asked.write(staffed)
    assert not sees("vera", "billing")
