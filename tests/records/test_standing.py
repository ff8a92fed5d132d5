from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from benchmarks.lists import case_rows
from records import Outgoing, Records
from records.tables import cases, deliveries
from tests.records.conftest import written
from tests.samples import ANA, HOUR, NOON, claimed


def waits(effect: str, destination: str, at: datetime, **more: Any) -> dict[str, Any]:
    row = Outgoing(effect, destination, 1, at)._asdict() | {"case_id": "shop-aaaaaaaaaa", "attempts": 0, "resent": 0}
    return row | {"delivered_at": None, "failing_since": None, "given_up_at": None} | more


def test_with_nothing_there_every_known_destination_has_nothing_waiting(records: Records) -> None:
    records.keep_destinations({"gateway": None}, NOON)
    standing = records.standing()
    assert (standing.open, standing.by_status, standing.breached, standing.stuck) == ({}, {}, {}, 0)
    assert {name: found.waiting for name, found in standing.backlogs.items()} == {
        "gateway": 0,
        "alerts": 0,
        "payments": 0,
    }
    assert standing.backlogs["gateway"].age_s(NOON) == 0


def test_open_cases_are_counted_by_rung_and_team_and_late_clocks_by_name(records: Records) -> None:
    play = claimed()
    play.do("hand_off", ANA, team="loans", question="Was it a hold?")
    play.oversleep(6 * HOUR + timedelta(seconds=90))
    written(records, play)
    view, standing = play.view, records.standing()
    assert standing.open == {(view.rung, view.team): 1}
    assert standing.by_status == {"open": 1}
    late = [clock.name.value for clock in view.clocks if clock.breached_at and clock.state in ("running", "paused")]
    assert late
    assert standing.breached == {name: late.count(name) for name in late}
    assert standing.late == {(view.rung, view.team): 1}
    assert standing.waiting_on == {view.waiting_on: 1}
    assert sum(standing.handoffs.values()) == sum(not handed.status.over for handed in view.handoffs)


def test_what_is_delivered_or_given_up_waits_no_more(records: Records) -> None:
    hour_ago, now = NOON - HOUR, NOON
    with records.writing() as connection:
        rows = [
            waits("a:1", "gateway", hour_ago, failing_since=now),
            waits("a:2", "gateway", now),
            waits("a:3", "gateway", hour_ago - HOUR, delivered_at=now),
            waits("a:4", "webhook", hour_ago, given_up_at=now),
        ]
        connection.execute(sa.insert(deliveries), rows)
    gateway = records.standing().backlogs["gateway"]
    assert (gateway.waiting, gateway.failing, gateway.age_s(now)) == (2, 1, HOUR.total_seconds())
    assert "webhook" not in records.standing().backlogs


@pytest.fixture
def plans(records: Records) -> list[tuple[str, str]]:
    """What the database means to do for each query of `standing`, where going by an index can be worth it."""
    asked: list[tuple[str, str]] = []
    explain = "EXPLAIN QUERY PLAN " if records.dialect == "sqlite" else "EXPLAIN "

    def note(_connection: Any, cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        cursor.execute(explain + statement, parameters)
        asked.append((statement, "\n".join(str(row) for row in cursor.fetchall())))

    with records.writing() as connection:
        connection.execute(sa.insert(cases), list(case_rows(200)))
    if records.dialect == "postgresql":
        # It reads the whole of a table that is small. A new connection takes its settings from the database.
        with records.engine.begin() as connection:
            connection.execute(sa.text(f'ALTER DATABASE "{records.engine.url.database}" SET enable_seqscan = off'))
        records.engine.dispose()
    event.listen(records.engine, "before_cursor_execute", note)
    records.standing()
    event.remove(records.engine, "before_cursor_execute", note)
    return asked


def test_what_is_over_is_not_looked_at_to_count_what_is_not(plans: list[tuple[str, str]]) -> None:
    counts = [(statement, plan) for statement, plan in plans if "count(" in statement]
    assert len(counts) == 6
    for statement, plan in counts:
        assert re.search(r"\bix_\w+", plan), (statement, plan)
