"""One server of each kind for all tests of a module."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.temporal import House, dev_server, skipping_server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """The dev server with a worker."""
    async with dev_server(tmp_path_factory.mktemp("house")) as house:
        yield house


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def skipping(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """The time-skipping server with a worker."""
    async with skipping_server(tmp_path_factory.mktemp("skipping")) as house:
        yield house
