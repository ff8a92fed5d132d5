"""Which alerts wait to be paged, who calls for them, and what is marked as paged; on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from cases.effects import AlertStaff, Param
from cases.paging import Group
from cases.words import Rung
from records import Call, Records, Rendered
from records.tables import pages_due

SUPERVISORS = Group(team="cards", rung=Rung.SUPERVISOR)
AGENTS = Group(team="cards", rung=Rung.AGENT)
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def alert(n: int, group: Group = SUPERVISORS, template: str = "clock_breached") -> AlertStaff:
    params: dict[str, Param] = {"case_id": f"shop-{n}", "product": "Card", "channel": "email"}
    return AlertStaff(id=f"shop-{n}:1", at=NOW, template=template, team=group.team, rung=group.rung, params=params)


def told(records: Records, notice: AlertStaff) -> tuple[Call, ...]:
    return records.tell(str(notice.params["case_id"]), notice, Rendered("It is late", "Words."), {notice.id})


def test_the_first_that_waits_calls_and_those_that_come_after_need_not(records: Records) -> None:
    assert told(records, alert(1)) == (Call(group=SUPERVISORS, urgent=False),)
    assert told(records, alert(2)) == ()
    assert told(records, alert(3, AGENTS)) == (Call(group=AGENTS, urgent=False),)


def test_a_write_that_comes_again_calls_again_as_long_as_its_alert_is_the_first_that_waits(records: Records) -> None:
    told(records, alert(1))
    told(records, alert(2))
    assert told(records, alert(1)) == (Call(group=SUPERVISORS, urgent=False),)
    assert len(records.waiting_alerts(SUPERVISORS)) == 2
    assert told(records, alert(2)) == ()
    records.mark_paged(SUPERVISORS, records.waiting_alerts(SUPERVISORS)[0].n, "p1", NOW)
    assert told(records, alert(1)) == ()
    assert told(records, alert(2)) == (Call(group=SUPERVISORS, urgent=False),)


def test_what_is_urgent_does_not_wait_for_what_somebody_has_called_for(records: Records) -> None:
    told(records, alert(1))
    assert told(records, alert(2, template="threat_reported")) == (Call(group=SUPERVISORS, urgent=True),)
    assert told(records, alert(3, template="threat_reported")) == ()
    assert [group.urgent for group in records.waiting_groups()] == [True]


def test_a_call_that_nobody_has_come_for_is_made_again_by_the_next_alert_after_a_while(records: Records) -> None:
    told(records, alert(1))
    with records.writing() as connection:
        long_ago = datetime.now(UTC) - timedelta(minutes=11)
        connection.execute(sa.update(pages_due).values(called_at=long_ago, queued_at=long_ago))
    assert told(records, alert(2)) == (Call(group=SUPERVISORS, urgent=False),)
    assert told(records, alert(3)) == ()


def test_what_was_paged_no_longer_waits_and_what_came_meanwhile_does(records: Records) -> None:
    for n in range(3):
        told(records, alert(n))
    seen = records.waiting_alerts(SUPERVISORS)
    told(records, alert(3))
    assert records.mark_paged(SUPERVISORS, seen[-1].n, "p1", NOW) == 1
    assert [waiting.case_id for waiting in records.waiting_alerts(SUPERVISORS)] == ["shop-3"]
    (page,) = records.sent_pages()
    assert (page.page_id, page.team, page.rung, page.alerts) == ("p1", "cards", Rung.SUPERVISOR, 3)
    (group,) = records.waiting_groups()
    assert (group.team, group.rung, group.alerts, group.urgent) == ("cards", Rung.SUPERVISOR, 1, False)


def test_alerts_that_nobody_is_paged_for_do_not_wait(records: Records) -> None:
    notice = alert(1)
    assert records.tell("shop-1", notice, Rendered("It is late", "Words.")) == ()
    assert records.waiting_groups() == []
    assert len(records.outbox("shop-1")) == 1


def test_of_many_that_are_written_at_once_one_calls(records: Records) -> None:
    alerts = 60
    with ThreadPoolExecutor(8) as threads:
        written = [threads.submit(told, records, alert(n)) for n in range(alerts)]
        calls = [it.result() for it in written]
    assert sum(map(len, calls)) == 1
    assert len(records.waiting_alerts(SUPERVISORS)) == alerts
