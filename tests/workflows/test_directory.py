"""The directory at work on a real server: offers at once, owners who are away, a reopened case and its last owner."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from activities import Relief
from cases.complaint import Complaint
from cases.deeds import Act
from cases.events import Actor, Code, Refused
from cases.people import Away
from cases.view import CaseView
from cases.words import Reason, Role, Rung
from chores import telling
from records import migrate
from records.absences import TAKEN_ON_FOR
from tests.postgres import postgres
from tests.records.conftest import agent
from tests.samples import complaint
from tests.temporal import House, dev_server

SHOP = Actor(id="shop", role=Role.SERVICE)
TEN = [agent(f"agent-{n}", capacity=3) for n in range(10)]
AT_ONCE = 50


@pytest.fixture
async def house(tmp_path: Path) -> AsyncGenerator[House]:
    async with dev_server(tmp_path) as house:
        yield house


@pytest.fixture(params=["sqlite", "postgresql"])
async def crowded(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[House]:
    """A house with ten people, on either database."""
    if request.param == "sqlite":
        async with dev_server(tmp_path) as house:
            house.records.import_people(TEN)
            yield house
        return
    with postgres() as server:
        url = server.url()
        migrate(url)
        async with dev_server(tmp_path, records_url=url) as house:
            house.records.import_people(TEN)
            yield house


def by(person: str) -> Actor:
    return Actor(id=person, role=Role.AGENT, rung=Rung.AGENT, teams=("cards",))


async def act(house: House, view: CaseView, kind: str, who: Actor, **fields: Any) -> CaseView:
    event = Act.model_validate({"kind": kind, "id": uuid4(), "by": who, **fields}).root
    return await house.act(view.case_id, event)


async def claimed_by(house: House, view: CaseView, who: str) -> bool:
    """Whether they got it."""
    try:
        await act(house, view, "claim", by(who))
    except Refused as refused:
        if refused.code is not Code.ALREADY_CLAIMED:
            raise
        return False
    return True


def another() -> Complaint:
    return complaint(reference=str(uuid4()))


async def owned(house: House) -> CaseView:
    """A new case, claimed by whom it was offered to."""
    view = await house.open(another())
    return await act(house, view, "claim", house.offered(view))


async def told(house: House, later: timedelta = timedelta()) -> int:
    """The worker looks who is away."""
    return await Relief(house.records, telling(house.cases)).look(datetime.now(UTC) + later)


async def test_fifty_offers_at_once_fill_ten_people_and_no_case_gets_two_owners(crowded: House) -> None:
    opened = await asyncio.gather(*(crowded.open(another()) for _ in range(AT_ONCE)))
    offered = Counter(view.offer.to.person for view in opened if view.offer)
    assert offered.pop(None) == 20
    assert offered == {person.id: 3 for person in TEN}

    queued = [view for view in opened if view.offer and view.offer.to.person is None][:8]
    rivals = [(view, f"agent-{n}") for view in queued for n in range(3)]
    won = await asyncio.gather(*(claimed_by(crowded, view, who) for view, who in rivals))
    winners = {view.case_id: who for (view, who), got in zip(rivals, won, strict=True) if got}
    assert sum(won) == len(queued)
    owners = {view.case_id: (await crowded.cases.view(view.case_id)).owner.person for view in queued}
    assert owners == winners


async def test_each_open_case_of_who_is_away_is_offered_on_once(house: House) -> None:
    view = await owned(house)
    person, now = view.owner.person or "", datetime.now(UTC)
    await house.written(view.case_id)
    house.records.record_absence(person, Away(begins=now, until=now + timedelta(days=3)), person, now)
    assert await told(house) == 1
    offered = await house.until(view.case_id, lambda seen: seen.offer and seen.offer.to.person)
    assert offered.offer
    assert offered.offer.reasons == (Reason.OWNER_UNAVAILABLE,)
    assert offered.offer.to.person != person
    assert offered.owner.person == person
    await house.written(view.case_id)
    assert await told(house, TAKEN_ON_FOR) == 0
    assert house.records.vacancies(datetime.now(UTC) + timedelta(hours=1)) == []
    entries = house.records.entries(view.case_id)
    assert [entry.by.role for entry in entries if entry.kind == "owner_unavailable"] == [Role.SYSTEM]
    assert [sent.template for sent in house.records.outbox(view.case_id)].count("reassigned") == 1


async def test_word_that_was_lost_half_way_is_sent_again_and_counts_once(house: House) -> None:
    first, second = await owned(house), await owned(house)
    now = datetime.now(UTC)
    for view in (first, second):
        await house.written(view.case_id)
        house.records.record_absence(view.owner.person or "", Away(begins=now), "max", now)
    tell, reached = telling(house.cases), list[str]()

    async def dying(case_id: str, event: Any) -> bool:
        """Tells one case, and is killed before it knows."""
        if not reached:
            reached.append(case_id)
            await tell(case_id, event)
        return False

    assert await Relief(house.records, dying).look(now) == 0
    assert await told(house, TAKEN_ON_FOR) >= 1
    for view in (first, second):
        entries = (await house.cases.timeline(view.case_id)).entries
        assert [entry.kind for entry in entries].count("owner_unavailable") == 1
    assert house.records.vacancies(datetime.now(UTC) + timedelta(hours=1)) == []


async def test_nobody_new_is_offered_to_who_is_away_and_a_reopened_case_goes_to_who_is_there(house: House) -> None:
    view = await owned(house)
    person, now = view.owner.person or "", datetime.now(UTC)
    await act(house, view, "resolve", by(person), text="Done.")
    await act(house, view, "accept_resolution", SHOP)
    await act(house, view, "message", SHOP, text="It is back.")
    again = await house.until(view.case_id, lambda seen: seen.offer and seen.offer.to.person)
    assert again.offer
    assert again.offer.to.person == person
    other = await owned(house)
    gone = other.owner.person or ""
    await act(house, other, "resolve", by(gone), text="Done.")
    await act(house, other, "accept_resolution", SHOP)
    house.records.record_absence(gone, Away(begins=now), gone, now)
    await act(house, other, "message", SHOP, text="It is back.")
    elsewhere = await house.until(other.case_id, lambda seen: seen.offer and seen.offer.to.person)
    assert elsewhere.offer
    assert elsewhere.offer.to.person != gone
