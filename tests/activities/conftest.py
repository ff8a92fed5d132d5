"""Migrated records, the demo's policy and people."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from policies import Policy, load, load_people
from records import Records
from tests.databases import migrated_file

FOLDER = Path(__file__).parents[2] / "policies"


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    with Records(migrated_file(tmp_path / "caseladder.db")) as opened:
        opened.import_people(load_people(FOLDER / "demo-people.toml"))
        yield opened


@pytest.fixture
def policy() -> Policy:
    return load(FOLDER / "demo.toml")


@pytest.fixture
def office() -> Policy:
    """A policy that counts in office hours."""
    return load(FOLDER / "default.toml")
