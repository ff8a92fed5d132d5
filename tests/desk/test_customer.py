"""The customer's page in a browser: by a link, on a phone, in their language and zone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.api.conftest import Live, owned
from tests.api.live import eventually
from tests.desk.browsing import People
from tests.desk.conftest import Axe
from tests.desk.test_customers_page import entries, link

GERMAN = {"language": "de-AT", "customer": {"id": "c-wien", "name": "Resi Huber", "zone": "Europe/Vienna"}}
PHONE = 375


def view(live: Live, case_id: str) -> dict[str, Any]:
    return live.ask("GET", f"/v1/cases/{case_id}", "operator").json()


def resolved(live: Live, **fields: Any) -> str:
    case_id, person = owned(live, **fields)
    assert live.act(case_id, person, "resolve", text="The second charge was returned on 3 March.").status_code == 200
    return case_id


async def opened(people: People, live: Live, case_id: str, dark: bool = False, script: bool = True) -> Page:
    page = await people.window(width=PHONE, dark=dark, script=script)
    await page.goto(link(live, case_id))
    assert page.url.endswith(f"/complaints/{case_id}")
    return page


@pytest.mark.parametrize("script", [True, False])
async def test_a_customer_rejects_the_answer_by_their_link_and_the_case_climbs(
    people: People, live: Live, script: bool
):
    case_id = resolved(live)
    page = await opened(people, live, case_id, script=script)
    await page.get_by_text("No, something is missing").click()
    await page.get_by_role("button", name="Reject our answer").click()
    field = page.get_by_label("What is missing?")
    await expect(page.get_by_role("alert")).to_contain_text("Please tell us what is missing")
    await expect(field).to_be_focused()
    await field.fill("The interest is still there.")
    await page.get_by_role("button", name="Reject our answer").click()

    await expect(page.get_by_text("We will look at it again, with what you told us.")).to_be_visible()
    await expect(page.get_by_role("heading", level=1)).to_have_text("We are working on your complaint")
    after = view(live, case_id)
    assert (after["status"], after["offer"]["rung"], after["offer"]["reasons"]) == (
        "open",
        "supervisor",
        ["resolution_rejected"],
    )


async def test_a_customer_accepts_the_answer_with_a_score(people: People, live: Live):
    case_id = resolved(live)
    page = await opened(people, live, case_id)
    await page.get_by_text("Yes, this settles it").click()
    await page.get_by_role("radio", name="4").check()
    await page.get_by_label("Anything that you would like to add").fill("Quick and kind.")
    await page.get_by_role("button", name="Accept our answer").click()

    await expect(page.get_by_role("heading", level=1)).to_have_text("This is settled")
    accepted = next(entry for entry in entries(live, case_id) if entry["kind"] == "accept_resolution")
    assert (accepted["data"]["score"], accepted["data"]["comment"]) == (4, "Quick and kind.")


@pytest.mark.parametrize(
    ("zone", "chosen", "moment"),
    [
        ("America/New_York", "2027-07-01T15:00", "2027-07-01T19:00:00Z"),
        (None, "2027-07-01T15:00", "2027-07-01T14:00:00Z"),  # The browser is in London.
    ],
)
async def test_a_customer_chooses_a_call_at_a_time_of_their_own_zone(
    people: People, live: Live, zone: str | None, chosen: str, moment: str
):
    case_id = live.open(customer={"id": "c-call", "zone": zone})["case_id"]
    page = await opened(people, live, case_id)
    await page.get_by_text("Ask for a call", exact=True).click()
    await page.get_by_label("Day and time").fill(chosen)
    await page.get_by_role("button", name="Ask for the call").click()

    await expect(page.get_by_text("We have noted your call.")).to_be_visible()
    due = next(clock["due_at"] for clock in view(live, case_id)["clocks"] if clock["name"] == "callback")
    assert datetime.fromisoformat(due) == datetime.fromisoformat(moment)
    await expect(page.locator(f'time[datetime="{moment[:-1]}+00:00"]').first).to_contain_text("15:00")


async def test_the_page_is_german_for_who_is_written_to_in_german(people: People, live: Live, axe: Axe):
    case_id = resolved(live, **GERMAN)
    page = await opened(people, live, case_id)
    await expect(page.locator("html")).to_have_attribute("lang", "de")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Wir haben eine Antwort für Sie")
    await expect(page.locator(".lead")).to_contain_text("ME")
    await page.get_by_text("Nein, es fehlt noch etwas").click()
    await page.get_by_role("button", name="Antwort ablehnen").click()
    await expect(page.get_by_role("alert")).to_contain_text("Bitte sagen Sie uns, was fehlt")
    await axe(page)


async def test_news_comes_without_a_reload_and_what_is_being_typed_stays(people: People, live: Live):
    case_id, person = owned(live)
    page = await opened(people, live, case_id)
    field = page.get_by_label("Your message")
    await field.fill("I was about to say")
    assert live.act(case_id, person, "resolve", text="Returned in full.").status_code == 200

    await expect(page.get_by_role("heading", level=1)).to_have_text("We have an answer for you")
    await expect(page.get_by_text("Yes, this settles it")).to_be_visible()
    await expect(page.locator("#news")).to_have_text("There is news on this page.")
    await expect(field).to_have_value("I was about to say")


async def test_a_second_tap_sends_a_message_once(people: People, live: Live):
    case_id = live.open()["case_id"]
    page = await opened(people, live, case_id)
    await page.get_by_label("Your message").fill("Only once.")
    await page.get_by_role("button", name="Send the message").dblclick()
    await expect(page.get_by_text("Your message is with us.")).to_be_visible()
    await expect(page.locator(".yours", has_text="Only once.")).to_have_count(1)
    assert [entry["text"] for entry in entries(live, case_id) if entry["kind"] == "message"] == ["Only once."]


@pytest.mark.parametrize("dark", [False, True])
async def test_a_phone_shows_all_of_it_and_axe_finds_nothing(people: People, live: Live, axe: Axe, dark: bool):
    case_id = resolved(live, text="Averyveryverylongwordwithoutanybreakinit" * 5)
    page = await opened(people, live, case_id, dark=dark)
    for summary in await page.locator("summary").all():
        await summary.click()
    await axe(page)
    assert await page.evaluate("document.documentElement.scrollWidth") == PHONE
    small = "[...document.querySelectorAll('button, summary, input:not([type=hidden]), select')]" + (
        ".filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 20).map((one) => one.outerHTML)"
    )
    assert await page.evaluate(small) == []


async def test_the_page_of_a_link_that_has_ended_says_what_to_do(people: People, live: Live, axe: Axe):
    page = await people.window(width=PHONE)
    await page.goto(f"/complaints/{live.open()['case_id']}?token=nonsense")
    await expect(page.get_by_role("heading", level=1)).to_have_text("This link does not open a complaint")
    await axe(page)


async def test_the_whole_page_can_be_used_by_keyboard(people: People, live: Live):
    case_id = live.open()["case_id"]
    page = await opened(people, live, case_id)
    await page.locator("summary", has_text="Take the complaint back").focus()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await page.keyboard.type("It is solved.")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Closed, as you asked")
    eventually(lambda: view(live, case_id)["closed_as"] == "withdrawn")
