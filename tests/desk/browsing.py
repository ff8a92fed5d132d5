"""A real Chromium, people in it, and what axe says of a page."""

from __future__ import annotations

import shutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from importlib import resources
from typing import TypedDict

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, async_playwright

from api.desk.session import COOKIE
from cases.words import Role
from starter.stack import Stack
from starter.tokens import mint

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
SERIOUS = {"serious", "critical"}


@asynccontextmanager
async def chromium() -> AsyncGenerator[Browser]:
    """The machine's own Chromium: Playwright brings none, and downloads none."""
    program = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), None)
    assert program, "the Desk is tried in a real browser; on Debian: apt-get install --no-install-recommends chromium"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=list(QUIET))
        yield browser
        await browser.close()


class People:
    """Opens windows for people of the running stack, and closes them all."""

    def __init__(self, browser: Browser, stack: Stack) -> None:
        self._browser = browser
        self._stack = stack
        self._windows: list[BrowserContext] = []
        self._blocked: list[str] = []

    async def sign_in(
        self, person: str, path: str = "/", *, width: int = 1400, dark: bool = False, script: bool = True
    ) -> Page:
        """A page of somebody who is signed in, in a window of their own; `operator` may be one."""
        page = await self.window(width=width, dark=dark, script=script)
        address = self._stack.addresses.api
        await page.context.add_cookies([{"name": COOKIE, "value": self.token(person), "url": address}])
        await page.goto(path)
        return page

    def token(self, person: str) -> str:
        """A token of theirs."""
        role = Role.OPERATOR if person == "operator" else Role.AGENT
        return mint(self._stack.folder.key(), person, role)

    async def window(self, *, width: int = 1400, dark: bool = False, script: bool = True) -> Page:
        """A page of nobody yet. Nothing but the stack can be reached from it."""
        window = await self._browser.new_context(
            base_url=self._stack.addresses.api,
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            java_script_enabled=script,
            locale="en-GB",
            timezone_id="Europe/London",
        )
        window.set_default_timeout(10_000)
        self._windows.append(window)
        page = await window.new_page()
        page.on("console", self._note)
        return page

    def _note(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            self._blocked.append(message.text)

    async def leave(self) -> None:
        """Closes every window. Fails if a page asked for something that its own policy forbids."""
        for window in self._windows:
            await window.close()
        self._windows.clear()
        assert self._blocked == []


class Violation(TypedDict):
    """A rule of axe that a page breaks, and the elements that break it."""

    id: str
    help: str
    impact: str
    nodes: list[dict[str, object]]


async def violations(page: Page) -> list[str]:
    """What axe finds that is serious or critical, each with its rule and where."""
    await page.evaluate(_AXE)
    found: list[Violation] = await page.evaluate("axe.run().then((found) => found.violations)")
    return [
        f"{each['id']}: {each['help']} ({', '.join(str(node['target']) for node in each['nodes'][:3])})"
        for each in found
        if each["impact"] in SERIOUS
    ]


_AXE = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
