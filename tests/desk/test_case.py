"""The page of a case: what somebody does there, and what they see of what others do."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from playwright.async_api import Page, expect

from tests.api.conftest import Live, offered, owned
from tests.desk.browsing import People
from tests.desk.conftest import Axe, PageOf

MARKUP = "<script>document.title='broken'</script><img src=x onerror=\"document.title='broken'\"> & <b>bold</b>"


async def test_an_agent_claims_replies_and_resolves_with_the_mouse(page_of: PageOf, live: Live, axe: Axe) -> None:
    case_id, person = offered(live)
    page = await page_of(person, f"/cases/{case_id}")
    await axe(page)
    await page.get_by_role("button", name="Claim").click()
    await expect(page.get_by_text("The case is yours.")).to_be_visible()
    await expect(page.locator("#case-head")).to_contain_text("Yours")
    await page.get_by_label("Your message").fill("I can see both payments.\nI am on it.")
    await axe(page)
    await page.get_by_role("button", name="Send reply").click()
    await expect(page.locator("#talk")).to_contain_text("I can see both payments.")
    await expect(page.get_by_label("Your message")).to_have_value("")
    await page.locator("summary", has_text="Resolve").click()
    await page.get_by_label("The resolution").fill("The second payment is back on your card.")
    await page.get_by_role("button", name="Send resolution").click()
    await expect(page.locator("#case-head")).to_contain_text("Resolved")
    view = live.ask("GET", f"/v1/cases/{case_id}", person).json()
    assert (view["status"], view["resolution"]) == ("resolved", "The second payment is back on your card.")


async def test_the_same_by_keyboard_alone(page_of: PageOf, live: Live) -> None:
    word = uuid4().hex
    case_id, person = offered(live, text=f"Charged twice, {word}.")
    page = await page_of(person, f"/?text={word}")
    await expect(page.locator(f"#open-{case_id}")).to_be_visible()
    for _ in range(60):
        await page.keyboard.press("j")
        if await page.evaluate("document.activeElement.id") == f"open-{case_id}":
            break
    await page.keyboard.press("c")
    await expect(page.get_by_text("The case is yours.")).to_be_visible()
    await page.locator(f"#open-{case_id}").focus()
    await page.keyboard.press("r")
    await page.wait_for_url(f"**/cases/{case_id}**")
    await expect(page.get_by_label("Your message")).to_be_focused()
    await page.keyboard.type("I am on it.")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("#talk")).to_contain_text("I am on it.")
    await page.keyboard.press("e")
    await expect(page.get_by_label("The resolution")).to_be_focused()
    await page.keyboard.type("It is back on your card.")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator("#case-head")).to_contain_text("Resolved")


async def test_of_two_who_claim_at_once_one_has_it_and_the_other_is_told_who(page_of: PageOf, live: Live) -> None:
    case_id, _ = offered(live)
    pages = {who: await page_of(who, f"/cases/{case_id}", script=who == "mara") for who in ("mara", "pablo")}
    buttons = [page.get_by_role("button", name="Claim") for page in pages.values()]
    await asyncio.gather(*(button.click() for button in buttons))
    for page in pages.values():
        await expect(page.get_by_text(re.compile("The case is yours|claimed this case already"))).to_be_visible()
    winner = live.ask("GET", f"/v1/cases/{case_id}", "mara").json()["owner"]["person"]
    (loser,) = set(pages) - {winner}
    names = {"mara": "Mara Novak", "pablo": "Pablo Ortega"}
    await expect(pages[winner].locator("#case-head")).to_contain_text("Yours")
    await expect(pages[loser].get_by_role("alert")).to_contain_text(f"{names[winner]} has claimed this case already.")
    await expect(pages[loser].locator("#case-head")).to_contain_text(f"With {names[winner]}")
    await expect(pages[loser].locator("#happened")).to_contain_text(f"{names[winner]} (supervisor) took the case from")


async def test_a_refusal_stands_at_its_form_and_keeps_what_was_typed(page_of: PageOf, live: Live, axe: Axe) -> None:
    case_id, person = owned(live)
    page = await page_of(person, f"/cases/{case_id}")
    await page.locator("summary", has_text="Escalate").click()
    form = page.get_by_role("form", name="Escalate")
    await form.get_by_label("Reason").select_option("irate")
    await form.get_by_label("What the next person should know").fill("Wants it today.")
    await form.get_by_role("button", name="Escalate").click()
    await expect(form.get_by_role("alert")).to_contain_text("Record an")
    await expect(form.get_by_role("alert")).to_be_focused()
    await expect(form.get_by_label("Reason")).to_have_value("irate")
    await expect(form.get_by_label("What the next person should know")).to_have_value("Wants it today.")
    await axe(page)


async def test_what_is_wrong_with_a_field_is_said_at_that_field(page_of: PageOf, live: Live) -> None:
    case_id, person = owned(live)
    page = await page_of(person, f"/cases/{case_id}")
    await page.locator("summary", has_text="Propose a remedy").click()
    form = page.get_by_role("form", name="Propose a remedy")
    await form.get_by_label("Remedy").select_option("refund")
    await form.get_by_label("Amount").fill("12,50")
    await form.get_by_label("Currency").select_option("GBP")
    await form.get_by_role("button", name="Propose").click()
    amount = form.get_by_label("Amount")
    await expect(amount).to_have_attribute("aria-invalid", "true")
    await expect(amount).to_be_focused()
    await expect(amount).to_have_value("12,50")
    await expect(form.locator(".wrong")).to_contain_text("49.90")
    await amount.fill("12.50")
    await form.get_by_role("button", name="Propose").click()
    await expect(page.locator("#remedies")).to_contain_text("12.50 GBP")


async def test_only_reasons_that_count_in_this_case_are_offered(page_of: PageOf, live: Live) -> None:
    case_id, person = owned(live, channel="letter")
    page = await page_of(person, f"/cases/{case_id}")
    await page.locator("summary", has_text="Escalate").click()
    reason = page.get_by_role("form", name="Escalate").get_by_label("Reason")
    values = await reason.locator("option").evaluate_all("all => all.map((it) => it.value)")
    assert "no_common_ground" in values
    assert not {"bot_failed", "asked_for_human", "needs_attention", "abuse"} & set(values)


async def test_who_resolves_with_an_open_question_sees_where_the_reason_goes(page_of: PageOf, live: Live) -> None:
    case_id, person = owned(live)
    assert live.act(case_id, person, "hand_off", team="fraud", question="Was it one payment?").status_code == 200
    page = await page_of(person, f"/cases/{case_id}")
    await page.locator("summary", has_text="Resolve").click()
    await expect(page.get_by_label("Why, although something is still awaited")).to_be_visible()
    await page.get_by_label("The resolution").fill("It is paid back.")
    await page.get_by_role("button", name="Send resolution").click()
    despite = page.get_by_label("Why, although something is still awaited")
    await expect(despite).to_be_visible()
    await despite.fill("The customer has the money.")
    await page.get_by_role("button", name="Send resolution").click()
    await expect(page.locator("#case-head")).to_contain_text("Resolved")


async def test_a_refund_without_an_amount_is_wrong_at_the_amount(page_of: PageOf, live: Live) -> None:
    case_id, person = owned(live)
    page = await page_of(person, f"/cases/{case_id}")
    await page.locator("summary", has_text="Propose a remedy").click()
    form = page.get_by_role("form", name="Propose a remedy")
    await expect(form.get_by_label("Currency")).to_have_value("GBP")
    await form.get_by_label("Remedy").select_option("refund")
    await form.get_by_role("button", name="Propose").click()
    await expect(form.get_by_label("Amount")).to_have_attribute("aria-invalid", "true")
    await expect(form.get_by_label("Amount")).to_be_focused()
    await form.get_by_label("Remedy").select_option("apology")
    await form.get_by_role("button", name="Propose").click()
    await expect(page.locator("#remedies")).to_contain_text("Apology")


async def test_a_draft_survives_a_reload_and_ends_with_the_sending_and_the_signing_out(
    page_of: PageOf, live: Live
) -> None:
    case_id, person = owned(live)
    page = await page_of(person, f"/cases/{case_id}")
    await page.get_by_label("Your message").fill("Half a sentence")
    await page.locator("summary", has_text="Note").click()
    await page.get_by_role("textbox", name="Note").fill("Half a note")
    await page.reload()
    await expect(page.get_by_label("Your message")).to_have_value("Half a sentence")
    await page.locator("summary", has_text="Reply").click()
    await page.get_by_role("button", name="Send reply").click()
    await expect(page.locator("#talk")).to_contain_text("Half a sentence")
    await page.reload()
    await expect(page.get_by_label("Your message")).to_have_value("")
    assert await page.evaluate("Object.keys(localStorage).length") == 1
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
    assert await page.evaluate("Object.keys(localStorage).length") == 0


async def test_who_was_signed_out_meanwhile_signs_in_again_and_finds_what_they_typed(
    people: People, live: Live
) -> None:
    case_id, person = owned(live)
    page = await people.sign_in(person, f"/cases/{case_id}")
    await page.get_by_label("Your message").fill("Nearly done")
    await page.context.clear_cookies()
    await page.get_by_role("button", name="Send reply").click()
    await page.get_by_label("Your token").fill(people.token(person))
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url(f"**/cases/{case_id}")
    await expect(page.get_by_label("Your message")).to_have_value("Nearly done")


async def test_what_others_do_shows_by_itself_and_takes_nothing_from_under_the_hands(
    page_of: PageOf, live: Live
) -> None:
    case_id, person = owned(live)
    page = await page_of(person, f"/cases/{case_id}")
    message = page.get_by_label("Your message")
    await message.press_sequentially("I am writ")
    live.request(case_id, "message", text="Are you there?")
    await expect(page.locator("#talk")).to_contain_text("Are you there?")
    await expect(page.locator("#happened")).to_contain_text("Are you there?")
    await expect(message).to_be_focused()
    await message.press_sequentially("ing to you")
    await expect(message).to_have_value("I am writing to you")


async def test_a_double_click_does_a_thing_once(page_of: PageOf, live: Live) -> None:
    case_id, person = owned(live)
    page = await page_of(person, f"/cases/{case_id}", script=False)
    await page.locator("summary", has_text="Note").click()
    await page.get_by_role("textbox", name="Note").fill("Once, please.")
    await page.get_by_role("button", name="Keep note").dblclick()
    await expect(page.locator("#happened")).to_contain_text("Once, please.")
    entries = live.ask("GET", f"/v1/cases/{case_id}/timeline", person).json()["entries"]
    assert [entry["kind"] for entry in entries].count("note") == 1


async def test_what_a_customer_wrote_is_text_and_never_markup(page_of: PageOf, live: Live) -> None:
    case_id, person = offered(live, text=MARKUP, product=MARKUP[:100], issue=MARKUP[:100])
    live.request(case_id, "message", text=MARKUP)
    errors: list[str] = []
    page = await page_of(person, f"/cases/{case_id}")
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    await page.reload()
    await expect(page.locator("#talk")).to_contain_text(MARKUP)
    await expect(page.locator("#brief")).to_contain_text(MARKUP)
    for path in ("/", f"/cases/{case_id}"):
        await page.goto(path)
        assert "broken" not in (await page.title()).removeprefix(MARKUP[:100])
        assert await page.locator("#room script, #room img, #room b").count() == 0
    assert errors == []


async def test_a_countdown_reaches_its_breach_on_the_screen(page_of: PageOf, live: Live) -> None:
    case_id, person = owned(live)
    due = datetime.now(UTC) + timedelta(seconds=7)
    live.act(case_id, person, "promise", what="update", by_when=due.isoformat())
    page = await page_of(person, f"/cases/{case_id}")
    chip = page.locator("#clocks .chip", has_text="Update").first
    await expect(chip).to_have_class(re.compile("soon"))
    left = await _left(page)
    assert abs(left - (due - datetime.now(UTC)).total_seconds()) <= 1
    await expect(chip).to_have_class(re.compile("breached"))
    assert abs((datetime.now(UTC) - due).total_seconds()) <= 1
    await expect(chip).to_contain_text("late")


async def _left(page: Page) -> float:
    text = await page.locator("#clocks .chip", has_text="Update").first.locator("[data-left]").inner_text()
    minutes, seconds = text.split(":")
    return int(minutes) * 60 + int(seconds)


async def test_a_countdown_goes_by_the_servers_clock_and_not_by_the_visitors(page_of: PageOf, live: Live) -> None:
    case_id, person = owned(live)
    due = datetime.now(UTC) + timedelta(minutes=20)
    live.act(case_id, person, "promise", what="callback", by_when=due.isoformat())
    page = await page_of(person)
    await page.add_init_script("const real = Date.now; Date.now = () => real() + 3_600_000;")
    await page.goto(f"/cases/{case_id}")
    chip = page.locator("#clocks .chip", has_text="Callback").locator("[data-left]")
    await expect(chip).to_have_text(re.compile(r"19:\d\d"))
    minutes, seconds = (await chip.inner_text()).split(":")
    left = int(minutes) * 60 + int(seconds)
    assert abs(left - (due - datetime.now(UTC)).total_seconds()) <= 1


async def test_without_a_script_the_forms_work(page_of: PageOf, live: Live) -> None:
    case_id, person = offered(live)
    page = await page_of(person, f"/cases/{case_id}", script=False)
    await page.get_by_role("button", name="Claim").click()
    await expect(page.locator("#case-head")).to_contain_text("Yours")
    await page.get_by_label("Your message").fill("Plain, and sent.")
    await page.get_by_role("button", name="Send reply").click()
    await expect(page.locator("#talk")).to_contain_text("Plain, and sent.")
    await page.locator("summary", has_text="Escalate").click()
    form = page.get_by_role("form", name="Escalate")
    await form.get_by_role("button", name="Escalate").click()
    await expect(form.locator(".wrong")).to_be_visible()


async def test_a_supervisor_finds_the_workflow_in_the_web_ui_and_an_agent_is_not_sent_there(
    page_of: PageOf, live: Live
) -> None:
    case_id, person = offered(live)
    page = await page_of("mara", f"/cases/{case_id}")
    link = page.get_by_role("link", name="Temporal Web UI")
    wanted = f"{live.stack.addresses.ui}/namespaces/default/workflows/case-{case_id}"
    await expect(link).to_have_attribute("href", wanted)
    page = await page_of(person, f"/cases/{case_id}")
    await expect(page.locator("#case-head")).to_be_visible()
    await expect(page.get_by_role("link", name="Temporal Web UI")).to_have_count(0)


async def test_a_case_that_is_not_for_them_to_read_says_so(page_of: PageOf, live: Live) -> None:
    case_id, _ = offered(live)
    page = await page_of("elif", f"/cases/{case_id}")
    await expect(page.get_by_role("heading", name="Not allowed to this caller")).to_be_visible()
    await page.goto("/cases/shop-aaaaaaaaaa")
    await expect(page.get_by_role("heading", name="No such case")).to_be_visible()


async def test_the_owner_gives_the_customer_a_link_to_their_page(page_of: PageOf, live: Live) -> None:
    case_id, person = owned(live)
    page = await page_of(person, f"/cases/{case_id}")
    await page.get_by_role("button", name="Link for the customer").click()
    link = await page.get_by_label("The link").input_value()
    assert f"/complaints/{case_id}?token=" in link
    assert "token" not in page.url
    await page.goto(link)
    await expect(page.get_by_role("heading", name="We are working")).to_be_visible()
    assert page.url.endswith(f"/complaints/{case_id}")


async def test_only_who_has_typed_is_told_that_the_case_has_moved_on(page_of: PageOf, live: Live) -> None:
    case_id, person = owned(live)
    page = await page_of(person, f"/cases/{case_id}")
    pending, said = page.locator("#act[data-pending]"), page.locator("#act > .pending-note")
    await page.get_by_label("Your message").focus()
    assert live.act(case_id, "mara", "hand_off", team="billing", question="Was it settled?").status_code == 200
    await expect(pending).to_have_count(1)
    await expect(said).to_be_hidden()
    await page.get_by_label("Your message").fill("I am on it")
    assert live.act(case_id, "mara", "hand_off", team="billing", question="On which day?").status_code == 200
    await expect(said).to_be_visible()
