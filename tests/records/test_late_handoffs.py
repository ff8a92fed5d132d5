from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.commit import Commit
from cases.effects import ChooseSpecialist
from cases.events import Refused
from cases.words import HandoffStatus
from records import Records
from records.tables import cases, handoffs, loads, outbox, timeline
from tests.records.asking import asking, given_to, row, write
from tests.records.conftest import TEAM, Databases, unguarded
from tests.samples import HOUR, MINUTE
from tests.strategies import REPRODUCIBLE


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


@settings(REPRODUCIBLE, max_examples=REPRODUCIBLE.max_examples // 2)  # There are two databases.
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
        unguarded(records)
        yield records


def forget(records: Records) -> None:
    """Leaves the people only."""
    with records.writing() as connection:
        for table in (cases, timeline, outbox, handoffs, loads):
            connection.execute(sa.delete(table))
