"""A PostgreSQL that takes connections and never says a word is away, as one that refuses them is."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from records import Records, RecordsAway

MOST_CONNECTIONS = 30
"""Those that the records make at once; whoever comes then waits for one of them."""


@pytest.fixture
def silent() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0), backlog=100) as listening:
        yield f"postgresql://u:secret@127.0.0.1:{listening.getsockname()[1]}/x"


def away_after(records: Records) -> float:
    began = time.monotonic()
    with pytest.raises(RecordsAway) as away:
        records.ping()
    assert "secret" not in str(away.value)
    return time.monotonic() - began


def test_who_asks_a_silent_database_and_who_waits_for_a_connection_learn_in_seconds_that_it_is_away(
    silent: str,
) -> None:
    with (
        Records(silent) as records,
        Records(f"{silent}?connect_timeout=8") as patient,
        ThreadPoolExecutor(MOST_CONNECTIONS + 2) as threads,
    ):
        first = threads.submit(away_after, records)
        crowd = [threads.submit(away_after, patient) for _ in range(MOST_CONNECTIONS + 1)]
        assert 4 < first.result(timeout=30) < 7.5
        took = sorted(each.result(timeout=30) for each in crowd)
    # The last one waits for a connection; the others for the server, as long as the URL says.
    assert 4 < took[0] < 7.5 < took[1]
