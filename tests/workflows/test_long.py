"""Twelve thousand messages on one case, a hand-off open all the while, the records away for two thousand of them."""

from __future__ import annotations

from pathlib import Path

from benchmarks.long_case import live
from cases.words import HandoffStatus
from tests.temporal import dev_server

MESSAGES, AWAY = 12_000, 2_000


async def test_a_case_of_12_000_messages_loses_and_doubles_nothing_and_stays_bounded(tmp_path: Path) -> None:
    async with dev_server(tmp_path) as house:
        long = await live(house, tmp_path, MESSAGES, AWAY)
        view = await house.cases.view(long.case_id)

    assert long.behind >= AWAY, "the records were not away"
    assert set(long.arrived) == {f"message {number}" for number in range(MESSAGES)}
    assert set(long.arrived.values()) == {1}
    assert [entry.n for entry in long.entries] == list(range(1, len(long.entries) + 1))
    assert [entry.text for entry in long.entries if entry.kind == "hand_off_answered"] == ["It was a hold."]
    assert view.handoffs[0].status is HandoffStatus.ANSWERED
    assert len(long.runs) > 3
    assert max(run.events for run in long.runs) < 6_000
    assert max(run.history_bytes for run in long.runs) < 6 * 2**20
    assert max(run.carried_bytes for run in long.runs) < 2**20
