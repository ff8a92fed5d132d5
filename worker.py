"""Hosts the workflows and the activities. Holds no state: start as many as the load asks for.

Reads TEMPORAL_* (by `temporalio.envconfig`), CASELADDER_DATABASE_URL, CASELADDER_POLICY, CASELADDER_DIRECTORY and,
optionally, where messages and announcements go (CASELADDER_GATEWAY_URL and others: see `activities.destinations`),
CASELADDER_ALERTS and its sisters, by which staff are paged (`activities.paging`), CASELADDER_PAYMENTS_URL and _SECRET,
where payments are made (`activities.paying`), CASELADDER_READY_FILE, which it creates once it polls, and
CASELADDER_METRICS, `host:port`, where it answers `GET /metrics` for Prometheus: how late deadlines were
(`caseladder_lateness_seconds`), and all that the SDK counts. CASELADDER_PAYLOAD_KEYS names the key ring that payloads
are encrypted with (docs/encryption.md). CASELADDER_TRUSTED_KEYS, or the file CASELADDER_TRUSTED_KEYS_FILE, has the
public keys of the API's signatures (docs/access.md). CASELADDER_DESK_URL is where the Desk is: a case's page in the
Web UI links to it.

Every CASELADDER_ERASE_EVERY (`1h`; `0s`: never) it goes on with the erasures that were asked for and had to wait, and
erases what its policy's [retention] keeps no longer. Several workers may do so at once.
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
import signal
import sys
from collections.abc import AsyncGenerator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from temporalio.client import Client
from temporalio.runtime import PrometheusConfig, Runtime, TelemetryConfig
from temporalio.worker import Worker

from activities import (
    Activities,
    Courier,
    Destinations,
    Messages,
    Pager,
    Paging,
    Relief,
    SettingsError,
    payments,
)
from activities.destinations import not_served, sources_of
from activities.destinations import read as read_destinations
from activities.noting import Noting
from cases.paging import Gathering
from chores import beside, erase, reconcile, telling
from observing.logs import core_log
from observing.process import BadSetting, begin, end
from policies import PolicyError, load, load_people_file
from policies.settings import check_names
from policies.shifts import content, ours
from policies.spans import span
from records import Records, RecordsError, migrate
from workflows.calling import call_digest
from workflows.case import CaseWorkflow
from workflows.client import TASK_QUEUE, CaseClient, DoorError, connect
from workflows.digest import DigestWorkflow
from workflows.handoff import HandoffWorkflow
from workflows.indexed import delivery_queue
from workflows.keyring import KeyRingError
from workflows.metering import BUCKETS, LATENESS
from workflows.signing import BadKey, Trusted
from workflows.workers import HEARTBEAT

THREADS = 16

ERASES_EVERY = "1h"
"""Periods of keeping are months and years; a customer who asked is told that the rest follows by itself."""

DELIVERED_AT_ONCE = 20
"""How many cases one worker delivers of at once, to one destination. Those that hang wait for their time-out here, and
nothing else waits for them."""

CALLING = timedelta(seconds=10)
"""How long Temporal may take to hear that alerts wait; the commit that says so is tried again after that."""

GIVING_UP = timedelta(seconds=10)
"""How long a worker may take to stop; without anything mislaid it is less than one second."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a worker is told by its environment."""

    database_url: str
    policy: Path
    people: Path | None
    ready_file: Path | None
    metrics: str | None
    erase_every: timedelta
    destinations: Destinations
    paging: Paging | None = None
    trusted: Trusted | None = None
    desk: str | None = None

    @classmethod
    def read(cls) -> Settings:
        """Raises SystemExit naming what is missing or wrong, SettingsError what is of no use."""
        try:
            check_names(os.environ)
        except ValueError as strange:
            raise SettingsError(str(strange)) from None
        missing = [name for name in ("CASELADDER_DATABASE_URL", "CASELADDER_POLICY") if not os.environ.get(name)]
        if missing:
            raise SystemExit(f"caseladder worker: set {' and '.join(missing)}, or start the stack: `caseladder dev`.")
        people, ready = os.environ.get("CASELADDER_DIRECTORY"), os.environ.get("CASELADDER_READY_FILE")
        return cls(
            database_url=os.environ["CASELADDER_DATABASE_URL"],
            policy=Path(os.environ["CASELADDER_POLICY"]),
            people=Path(people) if people else None,
            ready_file=Path(ready) if ready else None,
            metrics=os.environ.get("CASELADDER_METRICS") or None,
            erase_every=_erase_every(os.environ.get("CASELADDER_ERASE_EVERY") or ERASES_EVERY),
            destinations=read_destinations(os.environ),
            paging=Paging.read(os.environ),
            trusted=_trusted(),
            desk=_desk(os.environ.get("CASELADDER_DESK_URL") or None),
        )


def _desk(url: str | None) -> str | None:
    """Raises SystemExit."""
    if url is not None and not re.fullmatch(r"https?://[^\s?#()<>]+", url):
        raise SystemExit(
            f"caseladder worker: CASELADDER_DESK_URL={url} is no address. Set one such as https://desk.example.com."
        )
    return url


def _erase_every(text: str) -> timedelta:
    try:
        return span(text)
    except ValueError as error:
        raise SystemExit(
            f"caseladder worker: CASELADDER_ERASE_EVERY: {error}. Set a length such as 1h, or 0s for never."
        ) from error


def _trusted() -> Trusted | None:
    """The public keys of the API's signatures; None if there are none. Raises SystemExit."""
    pem, file = (os.environ.get(f"CASELADDER_TRUSTED_KEYS{of}") or None for of in ("", "_FILE"))
    name = "CASELADDER_TRUSTED_KEYS_FILE" if pem is None else "CASELADDER_TRUSTED_KEYS"
    try:
        if pem is None and file:
            pem = Path(file).read_text("utf-8")
        return Trusted.of(pem) if pem is not None else None
    except (BadKey, OSError, UnicodeDecodeError) as error:
        raise SystemExit(f"caseladder worker: {name}: {error}. Set the public keys of the API, in PEM form.") from error


def new_worker(client: Client, activities: Activities, threads: ThreadPoolExecutor) -> Worker:
    """A worker for cases on `client`, which must have our plugin."""
    return Worker(
        client,
        task_queue=TASK_QUEUE,
        workflows=[CaseWorkflow, HandoffWorkflow, DigestWorkflow],
        activities=activities.all(),
        activity_executor=threads,
        max_concurrent_activities=THREADS,
        interceptors=[Noting()],
    )


def delivery_worker(client: Client, courier: Courier) -> Worker:
    """A worker for deliveries to one destination."""
    return Worker(
        client,
        task_queue=delivery_queue(courier.destination.name),
        activities=[courier.deliver],
        max_concurrent_activities=DELIVERED_AT_ONCE,
        max_concurrent_activity_task_polls=2,
        interceptors=[Noting()],
    )


def new_pager(client: Client, records: Records, messages: Messages, paging: Paging) -> Pager:
    """A pager that calls digests on `client`, from the threads of activities. In the event loop that `client` is in."""
    loop = asyncio.get_running_loop()

    def call(gathering: Gathering, urgent: bool) -> None:
        called = asyncio.run_coroutine_threadsafe(call_digest(client, gathering, urgent=urgent), loop)
        called.result(CALLING.total_seconds())

    return Pager(records, messages, paging, call)


def metered(address: str | None) -> Runtime:
    """A runtime that says that it lives, and answers `GET /metrics` at `host:port`. Raises SystemExit if it cannot."""
    if address is None:
        return Runtime(telemetry=TelemetryConfig(logging=core_log()), worker_heartbeat_interval=HEARTBEAT)
    config = PrometheusConfig(address, durations_as_seconds=True, histogram_bucket_overrides={LATENESS: BUCKETS})
    try:
        return Runtime(
            telemetry=TelemetryConfig(metrics=config, logging=core_log()), worker_heartbeat_interval=HEARTBEAT
        )
    except (RuntimeError, ValueError) as error:
        raise SystemExit(f"caseladder worker: CASELADDER_METRICS={address}: {error}. Give a free host:port.") from error


@asynccontextmanager
async def working(worker: Worker) -> AsyncGenerator[None]:
    """Works for as long as this is open, and no longer than `GIVING_UP` after.

    The SDK's shutdown waits for workflow tasks that its core may have mislaid ("leftover buffered tasks"), and then for
    ever. Nothing is lost by not waiting: what a worker leaves undone, Temporal gives to another.
    """
    await worker.__aenter__()
    try:
        yield
    finally:
        try:
            await asyncio.wait_for(worker.__aexit__(*sys.exc_info()), GIVING_UP.total_seconds())
        except TimeoutError:
            logging.getLogger(__name__).warning("the SDK's worker did not stop within %s; left", GIVING_UP)


async def serve(settings: Settings) -> None:
    """Works until SIGINT or SIGTERM. Raises PolicyError, RecordsError, KeyRingError or DoorError if it cannot begin."""
    policy = load(settings.policy)
    migrate(settings.database_url)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    with Records(settings.database_url) as records, ThreadPoolExecutor(THREADS) as threads:
        records.keep_calendars(content({**ours(), **policy.form.calendars}))
        if settings.people:
            file = load_people_file(settings.people, policy.teams, policy.form.calendars)
            records.keep_calendars(file.calendars)
            records.import_people(file.people, file.away, digest=file.digest, source="start")
        records.keep_policy(policy.hash, policy.name, policy.content)
        records.put_in_force(policy.hash, datetime.now(UTC))
        records.keep_destinations(sources_of(settings.destinations), datetime.now(UTC))
        for sentence in not_served(settings.destinations, records.destinations()):
            logging.getLogger("worker").warning(sentence)
        paid_by = payments(os.environ, records)
        client = await connect(metered(settings.metrics), trusted=settings.trusted, desk=settings.desk)
        messages = Messages()
        pager = new_pager(client, records, messages, settings.paging) if settings.paging else None
        if pager:
            # What waited when the last worker ended, or was killed before it could call.
            await asyncio.to_thread(pager.call_all)
        activities = Activities(records, policy, messages, paid_by, settings.destinations, pager)
        async with AsyncExitStack() as open_ones:
            for destination in settings.destinations:
                courier = await open_ones.enter_async_context(Courier(records, destination))
                await open_ones.enter_async_context(working(delivery_worker(client, courier)))
            await open_ones.enter_async_context(working(new_worker(client, activities, threads)))
            if settings.ready_file:
                settings.ready_file.touch()
            logging.getLogger("worker").info("working with the policy %s", policy.name)
            await beside(
                stop,
                Relief(records, telling(CaseClient(client))).run(),
                erase(client, records, policy, settings.erase_every),
                reconcile(client, records, activities.commit),
            )


def main() -> int:
    """The process `python -m worker`; says in a sentence why it cannot start."""
    try:
        asyncio.run(serve(Settings.read()))
    except (PolicyError, RecordsError, SettingsError, KeyRingError, DoorError) as error:
        print(f"caseladder worker: {error}", file=sys.stderr)  # noqa: T201 -- a process's last words
        return 1
    return 0


def observed() -> int:
    """`main`, with the logs and traces that the environment asks for."""
    try:
        begin("worker", os.environ)
    except BadSetting as error:
        print(f"caseladder worker: {error}", file=sys.stderr)  # noqa: T201 -- a process's last words
        return 1
    return main()


if __name__ == "__main__":
    code = observed()
    end()
    sys.stdout.flush()
    sys.stderr.flush()
    # A process that used the SDK can abort while Python finalises (sdk-python#300).
    os._exit(code)
