from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from cases.handing import OVER_KEPT
from records import Records
from records.tables import handoffs
from tests.records.asking import Asking, asking, given_to, row, write
from tests.samples import ANA, HOUR, MINUTE, NOON, terms
from tests.samples import plan as planned


def test_hand_off_is_found_from_its_question_to_its_answer(staffed: Records) -> None:
    asked = asking()
    asked.write(staffed)
    first = row(staffed, asked)
    assert (first.status, first.team, first.person, first.asked_by) == ("offered", "billing", None, "ana")
    assert (first.question, first.product, first.due_at) == (
        "Was the second invoice paid?",
        "Credit card",
        NOON + 24 * HOUR,
    )
    asked.asked(staffed)
    assert row(staffed, asked).person == "vera"
    asked.act("accept", "vera")
    asked.write(staffed)
    assert (row(staffed, asked).status, row(staffed, asked).person) == ("accepted", "vera")
    asked.act("ask_back", "vera", text="Which one?")
    asked.write(staffed)
    assert row(staffed, asked).status == "asked_back"
    asked.own("answer_back", text="That of March.")
    asked.write(staffed)
    assert row(staffed, asked).status == "accepted"
    assert given_to(staffed) == {asked.handoff_id: "vera"}
    asked.act("answer", "vera", text="Yes, on 3 March.")
    asked.write(staffed)
    last = row(staffed, asked)
    assert (last.status, last.person, last.answer) == ("answered", "vera", "Yes, on 3 March.")
    assert last.ended_at == NOON
    assert given_to(staffed) == {}


def test_warning_does_not_take_the_question_from_whom_it_is_offered_to(staffed: Records) -> None:
    asked = Asking(planned(terms(accept=HOUR).model_copy(update={"clocks": _warned()})))
    asked.asked(staffed)
    asked.wait(45 * MINUTE)
    asked.write(staffed)
    assert asked.view.version > 2
    assert row(staffed, asked).person == "vera"


def _warned() -> Any:
    clocks = terms(hand_off=HOUR * 24, accept=HOUR, answer=8 * HOUR).clocks
    return {name: clock.model_copy(update={"warn_at": (0.5,)}) for name, clock in clocks.items()}


def test_directory_that_answers_after_a_warning_is_still_heard(staffed: Records) -> None:
    asked = Asking(planned(terms().model_copy(update={"clocks": _warned()})))
    asked.wait(45 * MINUTE)
    asked.write(staffed)
    asked.asked(staffed)
    assert row(staffed, asked).person == "vera"


def test_whoever_neglects_it_loses_it_to_the_next(staffed: Records) -> None:
    asked = asking()
    asked.asked(staffed)
    asked.wait(HOUR)
    asked.asked(staffed)
    asked.write(staffed)
    assert row(staffed, asked).person == "wale"
    assert given_to(staffed) == {asked.handoff_id: "wale"}


def test_old_retry_never_brings_back_what_is_over(staffed: Records) -> None:
    asked = asking()
    old = asked.cut()
    asked.act("accept", "vera")
    asked.act("answer", "vera", text="Yes.")
    asked.write(staffed)
    write(staffed, old)
    assert row(staffed, asked).status == "answered"
    assert given_to(staffed) == {}


def test_end_of_a_hand_off_that_the_view_no_longer_shows_is_known_from_the_account(staffed: Records) -> None:
    asked = asking()
    asked.asked(staffed)
    asked.act("accept", "vera")
    asked.write(staffed)
    asked.act("answer", "vera", text="Yes.")
    for n in range(OVER_KEPT + 1):
        asked.played.do("hand_off", ANA, team="billing", question=f"And number {n}?")
        newest = asked.played.view.handoffs[-1].handoff_id
        asked.played.do("cancel_hand_off", ANA, handoff_id=newest, reason="Found it")
    assert asked.handoff_id not in {handed.handoff_id for handed in asked.played.view.handoffs}
    asked.write(staffed)
    last = row(staffed, asked)
    assert (last.status, last.answer, last.person) == ("answered", "Yes.", "vera")
    assert given_to(staffed) == {}


def test_unknown_hand_off_is_not_found(records: Records) -> None:
    assert records.handoff("shop-aaaaaaaaaa-1") is None
    with records.reading() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(handoffs)).scalar() == 0
