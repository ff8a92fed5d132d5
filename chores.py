"""What a worker does beside hosting workflows and activities.

It tells cases who is away, erases what is due, and writes the end of cases that were terminated.

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
from cases.commit import Commit
from cases.events import SYSTEM, Code, Refused
from cases.terminated import WHY, last_commit
from cases.words import Status
from policies import Policy
from records import Erasing, Records, RecordsError
from workflows.broken_off import broken_off
from workflows.client import CaseClient, CaseOver, CaseUnknown, DoorError
from workflows.forgetting import forget

LOOKS_EVERY = timedelta(seconds=20)
SETTLES_IN = timedelta(seconds=15)
"""How long a commit may still be under way when its case is terminated."""

LOOKS_BACK = timedelta(minutes=10)
_EVER = datetime(2020, 1, 1, tzinfo=UTC)


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


async def reconcile(
    client: Client, records: Records, commit: Callable[[Commit], object], settles_in: timedelta = SETTLES_IN
) -> None:
    """Ends in the records what was terminated in Temporal, for as long as the worker works.

    A run that is terminated may have a commit under way, so it is looked at a little later; and again for a while,
    because visibility lags. What was terminated while no worker ran is found by the first look.
    """
    door, log, since = CaseClient(client), logging.getLogger(__name__), _EVER
    while True:
        until = datetime.now(UTC) - settles_in
        try:
            for case_id, at in await broken_off(door, since, until):
                if await asyncio.to_thread(_end, records, commit, case_id, at):
                    log.warning("%s was terminated in Temporal; the records have its end", case_id)
            since = until - LOOKS_BACK
        except (DoorError, RecordsError) as error:
            log.warning("what was terminated is not in the records: %s", error)
        await asyncio.sleep(LOOKS_EVERY.total_seconds())


def _end(records: Records, commit: Callable[[Commit], object], case_id: str, at: datetime) -> bool:
    """Whether there was anything left to write. Raises RecordsAway."""
    found = records.find(case_id)
    if found is None or found[0].status is Status.ARCHIVED:
        return False
    commit(last_commit(found[0], at))
    records.give_up_all(case_id, SYSTEM.id, WHY, datetime.now(UTC))
    return True


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
