"""Destinations on the command line: listed, and taken away for good."""

from __future__ import annotations

import json
from pathlib import Path

from records import Records, migrate, sqlite_url
from tests.samples import NOON
from tests.starter.conftest import Run
from tests.starter.test_cli import NOWHERE


def test_destinations_are_listed_and_one_is_taken_away(here: Run, tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "records.db")
    migrate(url)
    env = NOWHERE | {"CASELADDER_DATABASE_URL": url}
    assert here("destinations", env=env).out == "no destinations: no worker was ever started with one\n"
    with Records(url) as records:
        records.keep_destinations({"gateway": None, "webhook-shop": "SHOP"}, NOON)
    assert "webhook-shop" in here("destinations", env=env).out
    left = json.loads(here("destinations", "--forget", "gateway", "--json", env=env).out)["destinations"]
    assert [(each["name"], each["source"], each["waiting"]) for each in left] == [("webhook-shop", "SHOP", 0)]
    again = here("destinations", "--forget", "gateway", env=env)
    assert again.code == 2
    assert "gateway is not known; known are: webhook-shop" in again.err
