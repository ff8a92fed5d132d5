"""Words as long as they may be, many at once: nothing wedges, and all of them are written."""

from __future__ import annotations

import asyncio

import pytest

from cases.events import Actor, Code, Refused
from tests.samples import SHOP, complaint, deed
from tests.temporal import House

pytestmark = pytest.mark.asyncio(loop_scope="module")

LONGEST = "😀" * 16_384  # 64 KiB in bytes


async def reply(house: House, case_id: str, by: Actor) -> None:
    """A reply by somebody who tries again while the records are behind."""
    event = deed("reply", by, text=LONGEST, asks=LONGEST)
    async with asyncio.timeout(20):
        while True:
            try:
                await house.act(case_id, event)
            except Refused as refused:
                if refused.code is not Code.RECORDS_AWAY:
                    raise
                await asyncio.sleep(0.2)
            else:
                return


async def test_many_of_the_longest_texts_at_once_are_all_written(house: House) -> None:
    longest = {"text": LONGEST, "remedy_sought": LONGEST, "transcript": LONGEST}
    view = await house.open(complaint(reference="large", **longest))
    ana = house.offered(view)
    await house.act(view.case_id, deed("claim", ana))

    await asyncio.gather(
        *(reply(house, view.case_id, ana) for _ in range(8)),
        *(house.cases.signal(view.case_id, deed("message", SHOP, text=LONGEST)) for _ in range(8)),
    )

    await house.until(view.case_id, lambda now: now.version >= view.version + 17)
    await house.written(view.case_id)
    entries = house.records.entries(view.case_id, 0, 100)
    assert sum(entry.text == LONGEST for entry in entries) == 16
    assert [entry.n for entry in entries] == list(range(1, len(entries) + 1))
    assert len((await house.cases.brief(view.case_id)).said) == 16
