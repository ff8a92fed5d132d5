"""My work: whose cases are there, in which order, and what happens to them while somebody looks."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from playwright.async_api import Page, expect

from tests.api.conftest import Live, offered, owned
from tests.desk.cases import queued
from tests.desk.conftest import Axe, PageOf


async def _order(page: Page, part: str) -> list[str]:
    ids: list[str] = await page.locator(f"#part-{part} [data-row-link]").evaluate_all("all => all.map((it) => it.id)")
    return [each.removeprefix("open-") for each in ids]


async def test_what_is_offered_to_somebody_comes_by_itself_and_is_theirs_with_one_press(
    page_of: PageOf, live: Live, axe: Axe
) -> None:
    word = uuid4().hex
    case_id, person = offered(live, text=f"Charged twice, {word}.")
    other = next(each for each in ("ana", "ben") if each != person)
    page = await page_of(other, f"/?text={word}")
    await axe(page)
    await expect(page.locator(f"#open-{case_id}")).to_have_count(0)
    assert live.act(case_id, "mara", "assign", to={"person": other}).status_code == 200
    line = page.locator("#part-offered [data-row]", has=page.locator(f"#open-{case_id}"))
    await expect(line).to_be_visible()
    await line.get_by_role("button", name="Claim").click()
    await expect(page.get_by_text("The case is yours.")).to_be_visible()
    await expect(page.locator(f"#part-mine #open-{case_id}")).to_be_visible()
    await expect(page.locator(f"#part-offered #open-{case_id}")).to_have_count(0)
    await axe(page)


async def test_of_two_who_want_the_same_case_of_the_queue_the_later_is_told_who_has_it(
    page_of: PageOf, live: Live, axe: Axe
) -> None:
    word = uuid4().hex
    case_id = queued(live, text=f"Charged twice, {word}.")
    pages = [await page_of(who, f"/?text={word}") for who in ("ana", "ben")]
    lines = [page.locator("#part-queue [data-row]", has=page.locator(f"#open-{case_id}")) for page in pages]
    await lines[1].get_by_role("button", name="Claim").focus()
    # What ben sees stays as it was, as on a slow line: else it would be gone from his list before he could press.
    await pages[1].evaluate("() => { window.fetch = () => new Promise(() => {}); }")
    await lines[0].get_by_role("button", name="Claim").click()
    await expect(pages[0].locator(f"#part-mine #open-{case_id}")).to_be_visible()
    await pages[1].keyboard.press("Enter")
    await expect(pages[1].get_by_role("alert")).to_contain_text("Ana Ruiz has claimed this case already.")
    await expect(pages[1].get_by_role("alert")).to_be_focused()
    await axe(pages[1])


async def test_what_is_due_first_is_at_the_top(page_of: PageOf, live: Live) -> None:
    word = uuid4().hex
    person = "mara"  # of the next rung, so that she may take what is offered to anybody
    ids: list[str] = []
    for minutes in (50, 20, 35):
        case_id, _ = offered(live, text=f"Charged twice, {word}.")
        assert live.act(case_id, person, "claim").status_code == 200
        due = datetime.now(UTC) + timedelta(minutes=minutes)
        assert live.act(case_id, person, "promise", what="callback", by_when=due.isoformat()).status_code == 200
        ids.append(case_id)
    page = await page_of(person, f"/?text={word}")
    await expect(page.locator("#part-mine [data-row]")).to_have_count(3)
    assert await _order(page, "mine") == [ids[1], ids[2], ids[0]]
    await expect(page.locator("#part-mine .chip").first).to_contain_text(re.compile(r"(19|20):\d\d"))


async def test_words_narrow_the_lists_and_the_pages_go_on_from_a_cursor(page_of: PageOf, live: Live) -> None:
    case_id, person = owned(live, text="It smells of lavender & <b>smoke</b>.")
    page = await page_of(person)
    await page.keyboard.press("/")
    await expect(page.get_by_role("searchbox")).to_be_focused()
    await page.keyboard.type("lavender & <b>")
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-row]")).to_have_count(1)
    await expect(page.locator(f"#open-{case_id}")).to_be_visible()
    await page.goto("/?show=mine&cursor=nonsense")
    await expect(page.get_by_role("heading", name="The shape is not right")).to_be_visible()


async def test_keys_move_open_and_can_be_turned_off(page_of: PageOf, live: Live, axe: Axe) -> None:
    _, person = owned(live)
    page = await page_of(person)
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    await axe(page)
    await page.get_by_role("checkbox", name="Single letters do something").uncheck()
    await page.keyboard.press("Escape")
    await page.keyboard.press("j")
    assert await page.evaluate("document.activeElement.closest('[data-row]')") is None
    await page.keyboard.press("?")
    await page.get_by_role("checkbox", name="Single letters do something").check()
    await page.get_by_role("button", name="Close").click()
    await page.keyboard.press("j")
    first = (await page.evaluate("document.activeElement.id")).removeprefix("open-")
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**/cases/{first}")


async def test_a_phone_shows_all_of_it_without_scrolling_sideways(page_of: PageOf, live: Live, axe: Axe) -> None:
    case_id, person = owned(live, issue="A-very-long-word-" * 11)
    for path in ("/", f"/cases/{case_id}"):
        for dark in (False, True):
            page = await page_of(person, path, width=375, dark=dark)
            assert await page.evaluate("document.documentElement.scrollWidth") <= 375
            await axe(page)
