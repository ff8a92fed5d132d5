from __future__ import annotations

from datetime import timedelta

from records import Records
from tests.records.conftest import written
from tests.samples import DAY, HOUR, NOON, claimed


def test_how_late_a_deadline_was_noticed_can_be_asked_of_the_records(records: Records) -> None:
    play = claimed()
    play.oversleep(6 * HOUR + timedelta(seconds=90))
    written(records, play)
    assert records.lateness() == [90.0]
    assert records.lateness(NOON + DAY) == []
