"""What supervisors watch, and what awaits somebody's decision: counted and listed from the records."""

from __future__ import annotations

from datetime import timedelta

from cases.words import Rung
from records import Filters, Records
from tests.cases.granting import decide, propose
from tests.records.conftest import Committed, written
from tests.samples import ANA, HOUR, MAX, NOON, SUE, Played, plan


def test_cases_under_way_are_counted_by_team_and_rung(records: Records) -> None:
    offered = Played(plan(), reference="offered")
    taken = Played(plan(), reference="taken")
    taken.do("claim", ANA)
    over = Played(plan(), reference="over")
    over.do("claim", SUE)
    for played in (offered, taken, over):
        written(records, played)
    watch = records.watch(NOON, NOON + HOUR)
    assert {(group.team, group.rung): (group.open, group.offered) for group in watch.groups} == {
        ("cards", Rung.AGENT): (2, 1),
        ("cards", Rung.SUPERVISOR): (1, 0),
    }


def test_what_is_late_is_not_soon_and_is_its_owners(records: Records) -> None:
    late = Played(plan(), reference="late")
    late.do("claim", ANA)
    late.wait(timedelta(hours=7))
    late_case = written(records, late)
    due = late_case.view.next_due
    assert due is not None
    soon = Played(plan(), reference="soon", now=late.now)
    soon.do("claim", ANA)
    written(records, soon)
    watch = records.watch(late.now, late.now + 7 * HOUR)
    assert (watch.owners["ana"].breached, watch.owners["ana"].soon) == (1, 1)
    (group,) = (group for group in watch.groups if group.rung is Rung.AGENT)
    assert (group.breached, group.soon) == (1, 1)
    assert records.watch(late.now, late.now + HOUR / 60).owners["ana"].soon == 0


def test_nothing_under_way_is_nothing(records: Records) -> None:
    assert records.watch(NOON, NOON + HOUR).groups == ()


def test_a_remedy_that_waits_and_a_threat_are_found_until_they_are_decided(records: Records) -> None:
    calm = Played(plan(), reference="calm")
    asks = Played(plan(), reference="asks")
    threatened = Played(plan(), reference="threatened")
    for played in (calm, asks, threatened):
        played.do("claim", ANA)
    threatened.do("report_threat", ANA, text="He knows where I live, he said.")
    propose(asks, "400")
    for played in (calm, asks, threatened):
        written(records, played)

    def found() -> set[str]:
        return {view.reference for view in records.list_cases(Filters(undecided=True)).items}

    assert found() == {"asks", "threatened"}
    threatened.do("decide_safety", MAX, decision="continue", text="Security knows of it.")
    decide(asks, MAX)
    for played in (asks, threatened):
        Committed(played).write(records)
    assert found() == set()
