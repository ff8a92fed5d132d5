"""Temporal's Web UI in a browser: where its pages are, and what a person sees on them."""

from __future__ import annotations

import re

from playwright.async_api import Browser, Locator, Page, expect

from starter.stack import Stack
from starter.stack.server import NAMESPACE

SLOW = 20_000
"""The Web UI loads a megabyte of scripts before its first page; milliseconds."""
_SHOWN = re.compile(r"^(?:case|handoff)-")


def list_of(stack: Stack) -> str:
    """The address of the list of workflows."""
    return f"{stack.addresses.ui}/namespaces/{NAMESPACE}/workflows"


async def window(browser: Browser, *, width: int = 1400, height: int = 1500, dark: bool = False) -> Page:
    """An operator's browser, which knows nothing yet."""
    scheme = "dark" if dark else "light"
    context = await browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    context.set_default_timeout(SLOW)
    return await context.new_page()


async def open_case(page: Page, stack: Stack, case_id: str) -> None:
    """Its newest run, by the address that has no run in it."""
    await page.goto(f"{list_of(stack)}/case-{case_id}")
    await page.wait_for_url("**/timeline")
    await see(page.get_by_role("heading", name=f"case-{case_id}"))


async def see(it: Locator) -> None:
    """Waits until it is there."""
    await expect(it).to_be_visible(timeout=SLOW)


async def turn_to(page: Page, tab: str) -> None:
    """Another tab of the workflow: `history`, `user-metadata`, `search-attributes`."""
    await page.goto(f"{page.url.rpartition('/')[0]}/{tab}")


async def listed(page: Page) -> set[str]:
    """The ids of the workflows in the list."""
    links = await page.locator("main table a").all_inner_texts()
    return {text.strip() for text in links if _SHOWN.match(text.strip())}


async def all_text(page: Page) -> str:
    """What a person could read, in frames too."""
    return "\n".join([await frame.locator("body").inner_text() for frame in page.frames])


async def decode_at(page: Page, endpoint: str) -> None:
    """Sets the codec endpoint for this browser, by the glasses in the Web UI's head, and loads the page again."""
    await page.get_by_role("button", name=re.compile("codec|encoder", re.IGNORECASE)).first.click()
    await page.get_by_label("Use my browser setting and ignore Cluster-level setting.").check(force=True)
    await page.get_by_label("Codec Server browser endpoint").fill(endpoint)
    await page.get_by_role("button", name="Apply").click()
    await page.reload()
