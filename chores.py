"""What a worker does beside hosting workflows and activities: it tells cases who is away, and erases what is due.

Like `worker`, it may import everything. Whom to tell is `activities.relieving`'s to know, what is due
`records.erasing`'s; several workers may do the same at once.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from temporalio.client import Client
from temporalio.exceptions import TemporalError

from cases.actions import OwnerUnavailable
from cases.events import Code, Refused
from policies import Policy
from records import Erasing, Records, RecordsError
from workflows.client import CaseClient, CaseOver, CaseUnknown, DoorError
from workflows.forgetting import forget


def telling(cases: CaseClient) -> Callable[[str, OwnerUnavailable], Awaitable[bool]]:
    """Tells a case that its owner is away. False if it did not answer; that it refuses, or is over, is an answer."""

    async def tell(case_id: str, event: OwnerUnavailable) -> bool:
        try:
            await cases.act(case_id, event)
        except (CaseUnknown, CaseOver):
            return True
        except Refused as refused:
            return refused.code is not Code.RECORDS_AWAY
        except (DoorError, TemporalError) as silence:
            logging.getLogger(__name__).warning("%s was not told that its owner is away: %s", case_id, silence)
            return False
        return True

    return tell


async def erase(client: Client, records: Records, policy: Policy, every: timedelta) -> None:
    """Erases what is due, again and again, for as long as the worker works. What fails now is done the next time."""
    retention, log = policy.form.retention, logging.getLogger(__name__)
    if retention is None or not every:
        return
    erasing = Erasing(records, partial(forget, CaseClient(client)), retention)
    while True:
        try:
            due, expired = await erasing.due(datetime.now(UTC)), await erasing.expired(datetime.now(UTC))
            if cases := sum(len(each.erased) for each in (*due, expired)):
                log.info("erased %d cases", cases)
        except (DoorError, RecordsError) as error:
            log.warning("what is due to be erased is not: %s", error)
        await asyncio.sleep(every.total_seconds())


async def beside(stop: asyncio.Event, *chores: Coroutine[Any, Any, None]) -> None:
    """What else a worker does, until it is to stop. A chore that fails ends the worker; another is to be started."""
    stopping = asyncio.create_task(stop.wait())
    working_on = [asyncio.create_task(chore) for chore in chores]
    waiting: set[asyncio.Task[Any]] = {stopping, *working_on}
    while not stopping.done():
        ended, waiting = await asyncio.wait(waiting, return_when="FIRST_COMPLETED")
        for task in ended:
            task.result()
    for task in waiting:
        task.cancel()
