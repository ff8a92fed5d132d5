"""Who gets to the Desk, how, and what their browser is told about its pages."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from importlib import resources

import httpx
import pytest
from playwright.async_api import expect

from cases.words import Role
from starter.tokens import mint
from tests.api.conftest import Live
from tests.desk.browsing import People
from tests.desk.conftest import Axe

PUBLISHED = "0895/pl2MU10Hqc6jd4RvrthNlDiE9U1tWmX7WRESftEDRosgxNsQG/Ze9YMRzHq"
"""SHA-384 of htmx 2.0.3 (htmx.min.js), as its authors publish it for those who load it from elsewhere."""


async def test_a_sign_in_link_opens_the_desk_and_leaves_no_token_in_the_address(people: People) -> None:
    page = await people.window()
    await page.goto(f"/signin#token={people.token('ana')}")
    await page.wait_for_url("**/")
    await expect(page.get_by_role("heading", name="My work")).to_be_visible()
    await expect(page.get_by_text("Ana Ruiz")).to_be_visible()
    assert "token" not in page.url
    cookies = await page.context.cookies()
    assert [(cookie.get("httpOnly"), cookie.get("sameSite")) for cookie in cookies] == [(True, "Strict")]


async def test_whoever_is_not_signed_in_is_asked_to_and_then_brought_where_they_wanted_to_go(
    people: People, live: Live
) -> None:
    page = await people.window()
    await page.goto("/?text=refund")
    await expect(page.get_by_role("heading", name="Sign in to the Desk")).to_be_visible()
    await page.get_by_label("Your token").fill(mint(live.stack.folder.key(), "ana", Role.AGENT))
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/?text=refund")


async def test_a_token_that_does_not_hold_is_refused_where_it_was_typed(people: People, axe: Axe) -> None:
    page = await people.window()
    await page.goto("/signin")
    await axe(page)
    await page.get_by_label("Your token").fill("nonsense")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("alert")).to_contain_text("does not hold")
    await axe(page)


async def test_signing_in_and_out_needs_no_script(people: People) -> None:
    page = await people.window(script=False)
    await page.goto("/signin")
    await page.get_by_label("Your token").fill(people.token("ana"))
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("heading", name="My work")).to_be_visible()
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
    await page.goto("/")
    await expect(page.get_by_role("heading", name="Sign in to the Desk")).to_be_visible()


def test_a_services_token_opens_no_desk(live: Live) -> None:
    token = mint(live.stack.folder.key(), "shop", Role.SERVICE)
    answer = live.http.post("/signin", data={"token": token}, headers={"Origin": str(live.http.base_url)})
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://elsewhere.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}, {}],
)
def test_a_form_of_another_site_is_refused(live: Live, headers: dict[str, str]) -> None:
    answer = live.http.post("/signout", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


@pytest.mark.parametrize("to", ["//elsewhere.example", "https://elsewhere.example", "/\\elsewhere.example"])
def test_signing_in_leads_to_no_other_site(live: Live, to: str) -> None:
    sent = {"token": mint(live.stack.folder.key(), "ana", Role.AGENT), "next": to}
    answer = live.http.post("/signin", data=sent, headers={"Origin": str(live.http.base_url)})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_every_page_forbids_what_is_not_ours(live: Live) -> None:
    answer = live.http.get("/signin")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"https?://", answer.text.replace(str(live.http.base_url), ""))
    assert not re.search(r"<script>|\son\w+=|\sstyle=", answer.text)
    assert answer.headers["cache-control"] == "no-store"


def test_static_files_are_kept_for_ever_under_an_address_of_their_content(live: Live) -> None:
    page = live.http.get("/signin").text
    addresses = re.findall(r'(?:src|href)="(/desk/static/[^"]+)"', page)
    assert len(addresses) >= 3
    for address in addresses:
        answer: httpx.Response = live.http.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]


def test_htmx_is_the_one_that_its_authors_published() -> None:
    content = resources.files("js_lib_htmx").joinpath("static/htmx/htmx.min.js").read_bytes()
    assert b64encode(hashlib.sha384(content).digest()).decode() == PUBLISHED
