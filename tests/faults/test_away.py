"""The records away for longer than an errand's patience: a case goes on as soon as they are back."""

from __future__ import annotations

import asyncio
from pathlib import Path

from temporalio.client import Client

from cases.words import Status
from tests.faults.parts import house
from tests.samples import complaint
from workflows.client import CaseClient
from workflows.plugin import plugin

AWAY_S = 6.0
"""Planning has 5 s at first, and another try after that."""

BACK_WITHIN_S = 15.0
"""The pauses between tries double: of those that fall into 6 s none is longer than 4."""


async def test_a_case_that_could_not_be_planned_is_planned_soon_after_the_records_are_back(tmp_path: Path) -> None:
    with house(tmp_path) as running:
        cases = CaseClient(await Client.connect(running.temporal, plugins=[plugin()]))
        running.parts["records"].kill()
        opened = await cases.open(complaint(reference="away"))
        await asyncio.sleep(AWAY_S)
        running.parts["records"].start()
        async with asyncio.timeout(BACK_WITHIN_S):
            while (await cases.view(opened.case_id)).status is Status.OPENING:
                await asyncio.sleep(0.2)
