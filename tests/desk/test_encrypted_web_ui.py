"""The Web UI with the codec on: without the codec endpoint nobody reads a word; with it operators do, nobody else."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from tests.api.conftest import Live, owned
from tests.desk.web_ui import all_text, decode_at, open_case, see, turn_to, window

COMPLAINT, REPLY, NAME = "Quixotic charge of forty", "Zephyrous answer of ours", "Mary Xylander"


@pytest.fixture(scope="session")
def told(house: Live) -> str:
    """A case in which something was said."""
    case_id, owner = owned(house, text=COMPLAINT, customer={"id": "c-1", "name": NAME})
    assert house.act(case_id, owner, "reply", text=REPLY).status_code == 200
    return case_id


async def test_without_the_codec_endpoint_or_the_right_to_it_no_word_of_a_complaint_is_read(
    browser: Browser, house: Live, told: str
):
    page = await window(browser)
    await open_case(page, house.stack, told)
    await see(sealed_input(page))
    seen = await all_text(page)
    async with page.expect_response("**/codec/decode*") as refused:
        await decode_at(page, f"{house.stack.addresses.api}/codec")
    assert (await refused.value).status == 401  # nobody is signed in there
    await see(sealed_input(page))
    seen += await all_text(page)
    await turn_to(page, "history")
    await see(page.get_by_text("Workflow Execution Started").first)
    seen += await all_text(page)
    await turn_to(page, "user-metadata")
    await see(page.frame_locator("#user-metadata-current-details").get_by_text("No Current Details"))
    seen += await all_text(page)
    assert not [word for word in (COMPLAINT, REPLY, NAME, "Has the case") if word in seen]
    await page.context.close()


async def test_with_it_the_case_is_read_as_its_page_has_it(browser: Browser, house: Live, told: str):
    page = await window(browser)
    await open_case(page, house.stack, told)
    await decode_at(page, f"{house.stack.addresses.api}/codec/{house.stack.folder.codec_ticket()}")
    await see(page.get_by_text(COMPLAINT).first)
    await turn_to(page, "user-metadata")
    details = page.frame_locator("#user-metadata-current-details")
    await see(details.get_by_text("Has the case"))
    await see(details.get_by_text(REPLY))
    desk = details.get_by_role("link", name="Open it in the Desk")
    await expect(desk).to_have_attribute("href", f"{house.stack.addresses.api}/cases/{told}")
    await page.context.close()


def sealed_input(page: Page) -> Locator:
    """What the workflow was started with, as Temporal stores it."""
    return page.get_by_role("textbox", name="Input").get_by_text(re.compile(r'^"[A-Za-z0-9+/]{200,}=*"$'))
