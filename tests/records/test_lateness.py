from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from cases.events import SYSTEM
from cases.outcomes import HandOffNeglected
from cases.words import ClockName
from records import Records
from tests.records.conftest import written
from tests.samples import ANA, DAY, HOUR, NOON, claimed


def test_how_late_a_deadline_was_noticed_can_be_asked_of_the_records(records: Records) -> None:
    play = claimed()
    play.oversleep(6 * HOUR + timedelta(seconds=90))
    written(records, play)
    assert records.lateness() == [90.0]
    assert records.lateness(NOON + DAY) == []


def test_so_can_how_late_it_was_noticed_that_a_specialist_let_the_time_pass(records: Records) -> None:
    play = claimed()
    play.do("hand_off", ANA, team="loans", question="Was it a hold?")
    due, noticed = NOON + HOUR, NOON + HOUR + timedelta(seconds=7)
    play.now = NOON + 2 * HOUR  # Its report came later still.
    handoff = play.view.handoffs[0].handoff_id
    envelope = {"id": uuid4(), "by": SYSTEM, "at": noticed, "handoff_id": handoff, "version": 3}
    play.happen(HandOffNeglected.model_validate({**envelope, "clock": ClockName.ACCEPT, "due": due}))
    written(records, play)
    assert records.lateness() == [7.0]
