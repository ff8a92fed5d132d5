"""How late deadlines were, as whoever runs a worker can scrape it."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import httpx
import pytest
from temporalio.client import Client

from activities import Activities
from policies import restore
from starter.stack.ports import choose
from tests import watching
from tests.samples import complaint
from tests.temporal import DEFAULT_POLICY, unworked_server
from worker import THREADS, metered, new_worker, working
from workflows.door import missing_keys_counter
from workflows.encryption import MISSING_KEYS
from workflows.metering import LATENESS
from workflows.plugin import plugin


def _impatient() -> str:
    content = json.loads(DEFAULT_POLICY.content)
    for row in content["clocks"]["acknowledge"]["targets"]:
        row["within"] = "1s"
    return json.dumps(content)


@pytest.mark.asyncio
async def test_how_late_a_deadline_was_is_among_the_metrics_of_the_worker(tmp_path: Path) -> None:
    address = f"127.0.0.1:{choose(0, 0, 0).api_port}"
    async with unworked_server(tmp_path, restore(_impatient())) as house:
        target = house.client.service_client.config.target_host
        client = await Client.connect(target, plugins=[plugin()], runtime=metered(address))
        with ThreadPoolExecutor(THREADS) as threads:
            async with working(new_worker(client, Activities(house.records, house.policy), threads)):
                view = await house.open(complaint(reference="late"))
                await house.until(view.case_id, lambda seen: any(clock.breached_at for clock in seen.clocks))
                async with asyncio.timeout(10):
                    while not (counted := _counted(text := await _scraped(address))):
                        await asyncio.sleep(0.1)
    assert 'clock="acknowledge"' in counted
    assert int(counted.rsplit(" ", 1)[1]) >= 1
    _serves_what_is_asked_for(text)


async def _scraped(address: str) -> str:
    async with httpx.AsyncClient() as http:
        return (await http.get(f"http://{address}/metrics")).text


def _counted(text: str) -> str:
    """The line that says how many deadlines were measured; empty until there is one."""
    return next((line for line in text.splitlines() if line.startswith(f"{LATENESS}_count")), "")


def _serves_what_is_asked_for(text: str) -> None:
    """What `ops/` asks workers for is there, with its labels; of failures, which nothing had, the SDK has the names."""
    served = watching.samples(text)
    library = find_spec("temporalio.bridge.temporal_sdk_bridge")
    assert library is not None
    assert library.origin is not None
    names_of_the_sdk = Path(library.origin).read_bytes()
    asked = [it for it in watching.asked() if watching.WORKERS.fullmatch(it.name) and it.name != MISSING_KEYS]
    assert len(asked) >= 7
    for where, name, labels in asked:
        if name in served:
            assert labels <= served[name] | watching.ADDED_BY_PROMETHEUS, (where, name)
        else:
            assert name.endswith("_failed"), (where, name)
            assert name.removeprefix("temporal_").encode() in names_of_the_sdk, (where, name)


async def test_payloads_whose_key_is_missing_are_counted_by_key() -> None:
    address = f"127.0.0.1:{choose(0, 0, 0).api_port}"
    runtime = metered(address)
    missed = missing_keys_counter(runtime)
    assert missed is not None
    missed("20260302-1f0c")
    missed("20260302-1f0c")
    async with httpx.AsyncClient() as http:
        lines = (await http.get(f"http://{address}/metrics")).text.splitlines()
    [counted] = [line for line in lines if line.startswith(MISSING_KEYS)]
    assert 'key="20260302-1f0c"' in counted
    assert counted.endswith(" 2")
    del runtime


def test_a_place_that_is_taken_is_said() -> None:
    address = f"127.0.0.1:{choose(0, 0, 0).api_port}"
    taken = metered(address)
    with pytest.raises(SystemExit, match="Give a free host:port"):
        metered(address)
    del taken
