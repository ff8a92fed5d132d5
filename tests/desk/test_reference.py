"""The API's own page, in the Desk's origin: it shows the operations, and nothing of it comes from elsewhere."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from importlib import resources
from urllib.parse import urlsplit

import pytest
from playwright.async_api import expect

from tests.api.conftest import Live
from tests.desk.browsing import People

PUBLISHED = {
    "swagger-ui-bundle.js": "EYdOaiRwn44zNjrw+Tfs06qYz9BGQVo2f4/pLY5i7VorbjnZNhdplAbTBk8FXHUJ",
    "swagger-ui.css": "9Q2fpS+xeS4ffJy6CagnwoUl+4ldAYhOs9pgZuEKxypVModhmZFzeMlvVsAjf7uT",
}
"""SHA-384 of the files in swagger-ui-dist 5.32.6, as its authors publish it."""


async def test_it_shows_the_operations_and_asks_nobody_else(people: People, live: Live) -> None:
    page = await people.window()
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url))
    await page.goto("/docs")
    opening = page.locator(".opblock-summary-post", has_text="/v1/cases").first
    await expect(opening).to_be_visible()
    await opening.click()
    await expect(page.get_by_role("button", name="Try it out").first).to_be_visible()
    ours = urlsplit(live.stack.addresses.api).netloc
    from_elsewhere = [url for url in asked if urlsplit(url).scheme not in ("data", "blob") and ours not in url]
    assert from_elsewhere == []
    assert any(url.endswith("/openapi.json") for url in asked)


def test_its_policy_lets_nothing_else_run(live: Live) -> None:
    answer = live.http.get("/docs")
    assert answer.headers["content-security-policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "connect-src 'self'; font-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    assert (answer.headers["x-content-type-options"], answer.headers["x-frame-options"]) == ("nosniff", "DENY")
    assert not re.search(r"https?://|<script>|\son\w+=|\sstyle=", answer.text)


@pytest.mark.parametrize("path", ["/redoc", "/docs/oauth2-redirect"])
def test_the_frameworks_own_pages_are_not_served(live: Live, path: str) -> None:
    assert live.http.get(path).status_code == 404


def test_swagger_ui_is_the_one_that_its_authors_published() -> None:
    for name, published in PUBLISHED.items():
        content = resources.files("fastapi_offline").joinpath(f"static/{name}").read_bytes()
        assert b64encode(hashlib.sha384(content).digest()).decode() == published
