"""Owners who are away: each case that they have is told, until all of them have taken notice.

An absence may begin at night, be recorded while no worker runs, or be told of half when one is killed. So nothing is
sent when it is recorded: workers look every few seconds which absences have begun and are not told of yet. It is one
query on a few rows; what a case is told has an id of its own for each absence, so that a repetition is harmless.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from uuid import uuid5

from cases.actions import OwnerUnavailable
from cases.events import SYSTEM
from records import Records, RecordsAway, Vacancy

LOOK_EVERY_S = 3.0

AT_ONCE = 10
"""How many cases are told at once: one that does not answer keeps few others waiting."""

Tell = Callable[[str, OwnerUnavailable], Awaitable[bool]]
"""Sends an event to a case. False: there was no answer, and it must be tried again."""


class Relief:
    """Tells the cases of people who are away. Several may run at once, in any number of workers."""

    def __init__(self, records: Records, tell: Tell) -> None:
        self._records = records
        self._tell = tell

    async def run(self) -> None:
        """Looks every few seconds, until it is cancelled."""
        while True:
            try:
                await self.look(datetime.now(UTC))
            except RecordsAway as away:
                logging.getLogger(__name__).warning("nobody can be said to be away: %s", away)
            await asyncio.sleep(LOOK_EVERY_S)

    async def look(self, now: datetime) -> int:
        """Tells every case of everybody whose absence has begun; how many took it. Raises RecordsAway."""
        told = 0
        for vacancy in await asyncio.to_thread(self._records.vacancies, now):
            answers: list[bool] = []
            for first in range(0, len(vacancy.cases), AT_ONCE):
                some = vacancy.cases[first : first + AT_ONCE]
                words = [self._tell(case_id, _word(vacancy, case_id, now)) for case_id in some]
                answers += await asyncio.gather(*words)
            told += sum(answers)
            if vacancy.last and all(answers):
                await asyncio.to_thread(self._records.told, vacancy.id, now)
        return told


def _word(vacancy: Vacancy, case_id: str, now: datetime) -> OwnerUnavailable:
    return OwnerUnavailable(
        id=uuid5(vacancy.id, case_id), by=SYSTEM, at=now, person=vacancy.person, until=vacancy.until
    )
