"""What a worker is told by its environment about erasing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from worker import Settings


@pytest.fixture
def env(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setenv("CASELADDER_DATABASE_URL", "sqlite:///records.db")
    monkeypatch.setenv("CASELADDER_POLICY", "policy.toml")
    monkeypatch.delenv("CASELADDER_ERASE_EVERY", raising=False)
    return monkeypatch


@pytest.mark.parametrize(
    ("written", "every"),
    [(None, timedelta(hours=1)), ("30m", timedelta(minutes=30)), ("0s", timedelta(0))],
)
def test_it_erases_every_hour_unless_told_otherwise(
    env: pytest.MonkeyPatch, written: str | None, every: timedelta
) -> None:
    if written:
        env.setenv("CASELADDER_ERASE_EVERY", written)
    assert Settings.read().erase_every == every


def test_what_is_no_length_of_time_is_named_with_what_to_set(env: pytest.MonkeyPatch) -> None:
    env.setenv("CASELADDER_ERASE_EVERY", "hourly")
    with pytest.raises(SystemExit, match=r"CASELADDER_ERASE_EVERY: 'hourly' is not a length of time. Set a length"):
        Settings.read()
