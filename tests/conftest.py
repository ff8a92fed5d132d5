"""What all tests share: reproducible chance, and an end that does not abort."""

from __future__ import annotations

import os
import signal
import sys
from random import SystemRandom
from types import FrameType

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("ci", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("search", deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=2_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

FAULT_SEED = os.environ.setdefault("CASELADDER_FAULT_SEED", str(SystemRandom().randrange(1, 1_000_000)))


def pytest_report_collectionfinish(items: list[pytest.Item]) -> list[str]:
    """Before the first test, so that it is known of a run that never ends too; where anything depends on it."""
    drawn = any(item.path.name == "test_chaos.py" for item in items)
    return [f"faults: CASELADDER_FAULT_SEED={FAULT_SEED}"] if drawn else []


def pytest_sessionstart(session: pytest.Session) -> None:
    """Ctrl-C ends the run, also where a test that is ended with its servers makes another error of it."""

    def interrupted(number: int, frame: FrameType | None) -> None:
        session.shouldstop = "interrupted"
        signal.default_int_handler(number, frame)

    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, interrupted)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Remembers how it went, for the end."""
    session.config.stash[_STATUS] = int(exitstatus)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """A process that used the Temporal SDK can abort while Python finalises (sdk-python#300): it ends before that."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(config.stash.get(_STATUS, 1))


_STATUS = pytest.StashKey[int]()
