"""Hosts the workflows and the activities. Holds no state: start as many as the load asks for.

Reads TEMPORAL_* (by `temporalio.envconfig`), CASELADDER_DATABASE_URL, CASELADDER_POLICY, CASELADDER_DIRECTORY and,
optionally, CASELADDER_READY_FILE, which it creates once it polls, and CASELADDER_METRICS, `host:port`, where it answers
`GET /metrics` for Prometheus: how late deadlines were (`caseladder_lateness_seconds`), and all that the SDK counts.
CASELADDER_TRUSTED_KEYS, or the file CASELADDER_TRUSTED_KEYS_FILE, has the public keys of the API's signatures.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from collections.abc import AsyncGenerator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from temporalio.client import Client
from temporalio.runtime import PrometheusConfig, Runtime, TelemetryConfig
from temporalio.worker import Worker

from activities import Activities
from policies import PolicyError, load, load_people
from records import Records, RecordsError, migrate
from workflows.case import CaseWorkflow
from workflows.client import TASK_QUEUE, Unreachable, connect
from workflows.handoff import HandoffWorkflow
from workflows.metering import BUCKETS, LATENESS
from workflows.signing import BadKey, Trusted

THREADS = 16

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
    trusted: Trusted | None = None

    @classmethod
    def read(cls) -> Settings:
        """Raises SystemExit naming what is missing."""
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
            trusted=_trusted(),
        )


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
        workflows=[CaseWorkflow, HandoffWorkflow],
        activities=activities.all(),
        activity_executor=threads,
        max_concurrent_activities=THREADS,
    )


def metered(address: str) -> Runtime:
    """A runtime that answers `GET /metrics` at `host:port`. Raises SystemExit if it cannot."""
    config = PrometheusConfig(address, durations_as_seconds=True, histogram_bucket_overrides={LATENESS: BUCKETS})
    try:
        return Runtime(telemetry=TelemetryConfig(metrics=config))
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
    """Works until SIGINT or SIGTERM. Raises PolicyError, RecordsError or Unreachable if it cannot begin."""
    policy = load(settings.policy)
    migrate(settings.database_url)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    with Records(settings.database_url) as records, ThreadPoolExecutor(THREADS) as threads:
        if settings.people:
            records.import_people(load_people(settings.people, policy.teams))
        runtime = metered(settings.metrics) if settings.metrics else None
        client = await connect(runtime, trusted=settings.trusted)
        async with working(new_worker(client, Activities(records, policy), threads)):
            if settings.ready_file:
                settings.ready_file.touch()
            await stop.wait()


def main() -> int:
    """The process `python -m worker`; says in a sentence why it cannot start."""
    try:
        asyncio.run(serve(Settings.read()))
    except (PolicyError, RecordsError, Unreachable) as error:
        print(f"caseladder worker: {error}", file=sys.stderr)  # noqa: T201 -- a process's last words
        return 1
    return 0


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # A process that used the SDK can abort while Python finalises (sdk-python#300).
    os._exit(code)
