"""Clocks on a calendar in a real workflow: past its horizon, planned again, corrected, replayed on other zone data."""

from __future__ import annotations

import zoneinfo
from collections.abc import AsyncIterator, Generator
from contextlib import contextmanager
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from cases.view import CaseView, ClockView
from cases.words import ClockName, Mark, Priority, Status
from policies import load
from tests.samples import DAY, MAX, OPERATOR, SHOP, complaint, deed
from tests.temporal import OFFICE_POLICY, House, around_the_clock, patient, skipping_server
from tests.workflows.commanding import commanded

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """The time-skipping server with a worker whose policy counts in office hours."""
    async with skipping_server(tmp_path_factory.mktemp("office"), patient(load(OFFICE_POLICY))) as house:
        yield house


@contextmanager
def other_zone_data(folder: Path) -> Generator[None]:
    """As on a machine with another release of the zone data, in which London has moved to Tokyo."""
    before = zoneinfo.TZPATH
    (folder / "Europe").mkdir()
    (folder / "Europe/London").write_bytes((files("tzdata") / "zoneinfo/Asia/Tokyo").read_bytes())
    zoneinfo.reset_tzpath([str(folder)])
    ZoneInfo.clear_cache()
    try:
        yield
    finally:
        zoneinfo.reset_tzpath(before)
        ZoneInfo.clear_cache()


async def claimed(house: House, reference: str, **fields: str) -> CaseView:
    """A case that somebody has."""
    view = await house.open(complaint(reference=reference, **fields))
    return await house.act(view.case_id, deed("claim", house.offered(view)))


async def closed(house: House, case_id: str) -> None:
    """Nobody's clock runs on while the next test skips time."""
    await house.act(case_id, deed("close", MAX, reason="the test is over"))


def resolution(view: CaseView) -> ClockView:
    """Its newest clock of that name."""
    return [clock for clock in view.clocks if clock.name is ClockName.RESOLUTION][-1]


async def test_a_case_outlives_its_calendar_and_replays_where_the_compiler_gives_other_hours(
    office: House, tmp_path: Path
) -> None:
    view = await claimed(office, "outlives")
    case_id, owner = view.case_id, office.actor(view.owner.person or "")
    await office.act(case_id, deed("reply", owner, text="Which day was it?", asks="Which day?"))
    await office.act(case_id, deed("wait_for_customer", owner))
    for _ in range(10):
        await office.env.sleep(timedelta(days=50))

    answered = await office.act(case_id, deed("message", SHOP, text="The second of March."))
    assert "extended" in {entry.kind for entry in (await office.cases.timeline(case_id)).entries}
    due = resolution(answered).due_at
    assert due is not None
    assert due.astimezone(ZoneInfo("Europe/London")).weekday() < 5
    await closed(office, case_id)
    history = await office.settled(case_id)
    here = await commanded(history)
    with other_zone_data(tmp_path):
        compiled = load(OFFICE_POLICY).calendars(view.opened_at)["uk-office"]
        assert compiled.hash != office.policy.calendars(view.opened_at)["uk-office"].hash
        assert await commanded(history) == here
    assert any(b"commit" in command for command in here)


async def test_a_category_is_planned_again_by_the_pinned_policy(office: House) -> None:
    view = await claimed(office, "category")
    owner = office.actor(view.owner.person or "")
    event = deed("recategorise", owner, product="Mortgage", issue="Fraud or scam", reason="It is about the house.")
    await office.act(view.case_id, event)
    again = await office.until(view.case_id, lambda seen: seen.priority is Priority.P1)
    assert (again.product, again.offer and again.offer.team) == ("Mortgage", "lending")
    assert [entry.mark for entry in resolution(again).ledger] == [Mark.START, Mark.RETARGET]
    await closed(office, view.case_id)


async def test_a_corrected_policy_counts_from_now_on(office: House) -> None:
    view = await claimed(office, "corrected")
    corrected = around_the_clock(office.policy)
    await office.act(view.case_id, deed("correct", OPERATOR, policy=corrected.content, reason="We work at night now."))
    again = await office.until(view.case_id, lambda seen: seen.policy_hash == corrected.hash)
    assert office.records.policy(corrected.hash) == corrected.content
    clock = resolution(again)
    assert (clock.calendar, clock.ledger[-1].mark) == (None, Mark.CORRECT)
    assert clock.due_at is not None
    assert clock.due_at - clock.ledger[-1].at <= 3 * DAY
    await closed(office, view.case_id)
    assert (await office.cases.view(view.case_id)).status is Status.CLOSED
