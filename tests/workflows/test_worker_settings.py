"""A worker that is told something of no use says so before it begins, and which variable it was."""

from __future__ import annotations

from pathlib import Path

import pytest

import worker
from records import Records, migrate, sqlite_url
from tests.samples import NOON
from tests.temporal import DEMO_POLICY


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("CASELADDER_ALERTS", "nowhere.cfg", "there is no file nowhere.cfg"),
        ("CASELADDER_ALERTS_INTERVAL", "often", "CASELADDER_ALERTS_INTERVAL: 'often'"),
        ("CASELADDER_ALERTS_WINDOW", "5s", "CASELADDER_ALERTS is not set, but CASELADDER_ALERTS_WINDOW is"),
        ("CASELADDER_ALERTS_LINK", "https://x.example", "CASELADDER_ALERTS is not set, but CASELADDER_ALERTS_LINK is"),
        ("CASELADDER_ALERTS_WINDOWS", "5s", "CASELADDER_ALERTS_WINDOWS is not known: set CASELADDER_ALERTS_WINDOW "),
        ("CASELADDER_PAYMENTS_URI", "https://pay.example", "is not known: set CASELADDER_PAYMENTS_URL instead"),
        ("CASELADDER_WEBHOOK_URL_shop", "https://a.example", "set CASELADDER_WEBHOOK_URL_SHOP instead"),
        ("CASELADDER_SWORDFISH", "1", "CASELADDER_SWORDFISH is not known: take it away, or correct its name"),
        ("CASELADDER_DIRECTORY", "nope.toml", "copy policies/demo-people.toml"),
        ("CASELADDER_PAYMENTS_URL", "https://pay.example", "CASELADDER_PAYMENTS_SECRET is not set"),
    ],
)
def test_a_setting_of_no_use_ends_the_worker_with_its_name(
    name: str,
    value: str,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("CASELADDER_DATABASE_URL", sqlite_url(tmp_path / "records.db"))
    monkeypatch.setenv("CASELADDER_POLICY", str(DEMO_POLICY))
    monkeypatch.setenv(name, value)
    assert worker.main() == 1
    told = capsys.readouterr().err
    assert told.startswith("caseladder worker: ")
    assert said in told


def test_a_worker_without_a_destination_that_others_have_says_which_variable_it_lacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    url = sqlite_url(tmp_path / "records.db")
    migrate(url)
    with Records(url) as records:
        records.keep_destinations({"gateway": None}, NOON)
    monkeypatch.setenv("CASELADDER_DATABASE_URL", url)
    monkeypatch.setenv("CASELADDER_POLICY", str(DEMO_POLICY))
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    assert worker.main() == 1
    assert "CASELADDER_GATEWAY_URL is not set for this worker" in caplog.text
