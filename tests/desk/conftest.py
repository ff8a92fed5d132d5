"""One stack and one browser for all tests of the Desk; each test opens windows of its own."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.api.conftest import Live, live
from tests.desk.browsing import People, chromium, violations

__all__ = ["live"]

expect.set_options(timeout=10_000)  # the machine may be busy with the other half of the tests

HERE = Path(__file__).parent
PageOf = Callable[..., Awaitable[Page]]
"""`await page_of("ana", "/cases/...")`: a window of somebody who is signed in. See `People.sign_in`."""
Axe = Callable[[Page], Awaitable[None]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The browser belongs to one event loop, which is this session's."""
    for item in items:
        if HERE in item.path.parents and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncGenerator[Browser]:
    async with chromium() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="session")
async def people(browser: Browser, live: Live) -> AsyncGenerator[People]:
    people = People(browser, live.stack)
    yield people
    await people.leave()


@pytest.fixture
def page_of(people: People) -> PageOf:
    return people.sign_in


@pytest.fixture
def axe() -> Axe:
    """Fails if axe finds anything serious on the page."""

    async def check(page: Page) -> None:
        assert await violations(page) == []

    return check
