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


@pytest.mark.parametrize("written", ["desk.example", "https://desk.example/?a", "javascript:alert(1)"])
def test_an_address_of_the_desk_that_is_none_is_named_with_its_variable(env: pytest.MonkeyPatch, written: str) -> None:
    env.setenv("CASELADDER_DESK_URL", written)
    with pytest.raises(SystemExit, match=r"CASELADDER_DESK_URL=.* is no address\. Set one such as https://"):
        Settings.read()


def test_it_knows_the_desk_by_its_address(env: pytest.MonkeyPatch) -> None:
    env.setenv("CASELADDER_DESK_URL", "https://desk.example/cards")
    assert Settings.read().desk == "https://desk.example/cards"
