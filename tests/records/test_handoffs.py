from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from cases.commit import Commit
from cases.effects import ChooseSpecialist
from cases.events import Refused
from cases.handing import OVER_KEPT
from cases.words import HandoffStatus, Rung
from records import Filters, HandoffFilters, InvalidCursor, Reader, RecordedHandoff, Records
from records.tables import cases, handoffs, loads, outbox, timeline
from tests.records.asking import TEAM, Asking, specialist, write
from tests.records.conftest import Databases, agent, loads_in
from tests.samples import ANA, HOUR, MINUTE, NOON, terms
from tests.samples import plan as planned
from tests.strategies import REPRODUCIBLE

PLAN = planned(terms(hand_off=HOUR * 24, accept=HOUR, answer=8 * HOUR))


@pytest.fixture
def staffed(records: Records) -> Records:
    records.import_people(TEAM)
    return records


def asking(reference: str = "order-1042", **fields: Any) -> Asking:
    return Asking(PLAN, reference=reference, **fields)


def row(records: Records, asked: Asking) -> RecordedHandoff:
    found = records.handoff(asked.handoff_id)
    assert found is not None
    return found


def given_to(records: Records) -> dict[str, str]:
    """Who has which hand-off to do."""
    with records.reading() as connection:
        every = connection.execute(sa.select(loads.c.case_id, loads.c.person)).all()
    return {load.case_id: load.person for load in every if load.case_id[-2] == "-"}


# Who is chosen


def test_least_loaded_of_the_team_is_chosen_and_counted(staffed: Records) -> None:
    chosen = [asking(f"r{n}").asked(staffed).person for n in range(5)]
    assert chosen == ["vera", "wale", "xenia", "vera", "wale"]
    assert loads_in(staffed) == {"vera": 2, "wale": 2, "xenia": 1}


def test_lowest_rung_comes_first_however_busy(records: Records) -> None:
    records.import_people([specialist("boss", Rung.SUPERVISOR), specialist("vera", capacity=2)])
    assert [asking(f"r{n}").asked(records).person for n in range(3)] == ["vera", "vera", "boss"]


def test_only_people_of_the_team_are_specialists(records: Records) -> None:
    bot = specialist("helper", Rung.BOT)
    records.import_people([agent("max", teams=()), agent("ben"), bot, specialist("away", available=False)])
    choice = asking().asked(records)
    assert (choice.person, choice.why, choice.staffed) == (None, "of 1 specialists, 1 not available", True)


def test_team_that_nobody_belongs_to_is_said_to_be_so(records: Records) -> None:
    records.import_people([agent("max", teams=()), specialist("helper", Rung.BOT)])
    asked = asking()
    choice = asked.asked(records)
    assert not choice.staffed
    assert asked.view.status is HandoffStatus.RETURNED


def test_who_declined_is_not_chosen_again_and_in_the_end_it_lies_in_the_queue(staffed: Records) -> None:
    asked = asking()
    for name in ("vera", "wale", "xenia"):
        assert asked.asked(staffed).person == name
        asked.act("decline", name, reason="Not mine")
    assert asked.asked(staffed).why == "of 3 specialists, 3 asked before"
    assert (row(staffed, asked).person, loads_in(staffed)) == (None, {})


def test_same_errand_again_is_given_the_same_answer(staffed: Records) -> None:
    asked = asking()
    errand = asked.errand
    assert [staffed.choose_specialist(errand, NOON).person for _ in range(3)] == ["vera"] * 3
    assert loads_in(staffed) == {"vera": 1}


def test_queue_that_was_told_stays_with_it_though_somebody_is_free_now(records: Records) -> None:
    records.import_people([specialist("vera", available=False)])
    asked = asking()
    errand = asked.errand
    assert records.choose_specialist(errand, NOON).person is None
    records.import_people(TEAM)
    again = records.choose_specialist(errand, NOON)
    assert (again.person, again.why) == (None, "nobody was free when the directory was asked")


def test_hand_off_that_is_over_is_nobodys_to_do(staffed: Records) -> None:
    asked = asking()
    errand = asked.errand
    asked.own("cancel_hand_off", reason="Found it")
    asked.write(staffed)
    choice = staffed.choose_specialist(errand, NOON)
    assert (choice.person, choice.why, choice.staffed) == (None, "the hand-off is over", True)
    assert given_to(staffed) == {}


def test_errand_that_was_overtaken_takes_nobodys_time(staffed: Records) -> None:
    asked = asking()
    late = asked.errand
    asked.act("accept", "xenia")
    asked.write(staffed)
    assert staffed.choose_specialist(late, NOON).person is None
    assert row(staffed, asked).person == "xenia"
    assert given_to(staffed) == {asked.handoff_id: "xenia"}


def test_choices_at_once_never_go_over_capacity(records: Records) -> None:
    records.import_people([specialist("vera", capacity=3), specialist("wale", capacity=2)])
    errands = [asking(f"r{n}").errand for n in range(20)]
    with ThreadPoolExecutor(8) as threads:
        choices = [choice.person for choice in threads.map(records.choose_specialist, errands, [NOON] * 20)]
    assert {name: choices.count(name) for name in ("vera", "wale", None)} == {"vera": 3, "wale": 2, None: 15}


def test_cases_and_hand_offs_weigh_alike(records: Records) -> None:
    records.import_people([agent("ana", teams=("cards", "billing")), specialist("wale")])
    asking("hers").write(records)  # Ana owns the case.
    assert asking("next").asked(records).person == "wale"


# What the case writes


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


class Scrambled:
    """A hand-off whose commits come late, twice and in any order, as do the directory's errands."""

    def __init__(self, records: Records, draw: st.DataObject) -> None:
        self.records, self.draw = records, draw
        self.asked = asking()
        self.commits: list[Commit] = [self.asked.cut()]
        self.errands: list[ChooseSpecialist] = []
        self.was_over = False

    def live(self) -> None:
        """Something happens, and perhaps something is written."""
        step = self.draw.draw(st.sampled_from(("act", "act", "own", "wait", "choose", "commit", "retry")))
        if step == "choose" and self.asked.handoff.errand:
            self.errands.append(self.asked.errand)
            self.asked.asked(self.records)
        elif step == "commit":
            self._write(self.draw.draw(st.sampled_from(self.commits)))
        elif step == "retry" and self.errands:
            self.records.choose_specialist(self.draw.draw(st.sampled_from(self.errands)), self.asked.played.now)
        else:
            self._happen(step)
            self.commits.append(self.asked.cut())
        self._look()

    def settle(self) -> None:
        """Everything has been written in the end, and nothing comes back as it was."""
        if self.asked.handoff.errand:
            self.errands.append(self.asked.errand)
            self.asked.asked(self.records)
            self.commits.append(self.asked.cut())
        for late in self.draw.draw(st.permutations([*self.commits, *self.errands])):
            if isinstance(late, Commit):
                self._write(late)
            else:
                self.records.choose_specialist(late, self.asked.played.now)
            self._look()

    def _happen(self, step: str) -> None:
        name = self.asked.view.specialist or self.draw.draw(st.sampled_from(("vera", "wale", "xenia")))
        try:
            match step:
                case "act":
                    kind = self.draw.draw(st.sampled_from(("accept", "accept", "decline", "answer", "ask_back")))
                    self.asked.act(kind, name, **_FIELDS[kind])
                case "own":
                    kind = self.draw.draw(st.sampled_from(("answer_back", "answer_back", "cancel_hand_off")))
                    self.asked.own(kind, **_FIELDS[kind])
                case _:
                    self.asked.wait(self.draw.draw(st.sampled_from((MINUTE, HOUR, 9 * HOUR))))
        except Refused:
            pass

    def _write(self, commit: Commit) -> None:
        write(self.records, commit)

    def _look(self) -> None:
        found = self.records.handoff(self.asked.handoff_id)
        is_over = found is not None and found.status.over
        assert is_over or not self.was_over
        self.was_over = is_over


_FIELDS: dict[str, dict[str, str]] = {
    "accept": {},
    "decline": {"reason": "Not mine"},
    "answer": {"text": "Yes."},
    "ask_back": {"text": "Which one?"},
    "answer_back": {"text": "That of March."},
    "cancel_hand_off": {"reason": "Found it"},
}


@REPRODUCIBLE
@given(draw=st.data())
def test_whatever_comes_late_or_twice_the_row_ends_as_the_hand_off_did(shared: Records, draw: st.DataObject) -> None:
    forget(shared)
    scrambled = Scrambled(shared, draw)
    for _ in range(draw.draw(st.integers(0, 14))):
        scrambled.live()
    scrambled.settle()
    asked = scrambled.asked
    mirror = next(one for one in asked.played.view.handoffs if one.handoff_id == asked.handoff_id)
    found = row(shared, asked)
    assert found.status is mirror.status
    wanted = mirror.specialist
    if mirror.status is HandoffStatus.OFFERED:
        offered = asked.view.offered_to
        wanted = offered.person if offered else None
    assert found.person == wanted
    assert given_to(shared).get(asked.handoff_id) == (None if found.status.over else wanted)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, databases: Databases) -> Iterator[Records]:
    """Records for all the examples of one test."""
    with Records(databases.migrated(tmp_path_factory.mktemp("shared"))) as records:
        records.import_people(TEAM)
        yield records


def forget(records: Records) -> None:
    """Leaves the people only."""
    with records.writing() as connection:
        for table in (cases, timeline, outbox, handoffs, loads):
            connection.execute(sa.delete(table))


# Lists


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


def test_unknown_hand_off_is_not_found(records: Records) -> None:
    assert records.handoff("shop-aaaaaaaaaa-1") is None
    with records.reading() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(handoffs)).scalar() == 0
