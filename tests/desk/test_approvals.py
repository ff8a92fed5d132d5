"""Approvals: what is one's own to decide, what becomes of it, and that nobody decides on what they proposed."""

from __future__ import annotations

from uuid import uuid4

from playwright.async_api import Locator, Page, expect

from tests.api.conftest import Live, owned
from tests.api.live import eventually
from tests.desk.conftest import Axe, PageOf


def proposed(live: Live, amount: str, **fields: object) -> tuple[str, str]:
    """A case whose owner has proposed a refund, as the lists know it; and the owner."""
    case_id, owner = owned(live, **fields)
    answer = live.act(case_id, owner, "propose_remedy", remedy="refund", amount=amount, currency="GBP", text="The fee.")
    assert answer.status_code == 200, answer.text
    listed(live, case_id)
    return case_id, owner


def listed(live: Live, case_id: str) -> None:
    def known() -> bool:
        items = live.ask("GET", "/v1/cases", "operator", params={"undecided": "true", "limit": 200}).json()["items"]
        return case_id in [item["case_id"] for item in items]

    eventually(known)


def card(page: Page, case_id: str) -> Locator:
    return page.locator("#mine article", has=page.locator(f"a[href='/cases/{case_id}']"))


async def test_a_manager_approves_a_refund_and_the_case_shows_it_without_a_reload(
    live: Live, page_of: PageOf, axe: Axe
) -> None:
    case_id, owner = proposed(live, "300.00", customer={"id": f"c-{uuid4().hex}"})
    owners = await page_of(owner, f"/cases/{case_id}")
    await expect(owners.locator("#remedies")).to_contain_text("Pending")
    await owners.evaluate("window.stays = true")
    page = await page_of("quinn", "/approvals")
    mine = card(page, case_id)
    await expect(mine).to_contain_text("300.00 GBP")
    await expect(mine).to_contain_text(f"{owner}")
    await expect(mine).to_contain_text("with this 300.00")
    await axe(page)
    await mine.get_by_role("button", name="Approve").click()
    await expect(page.locator(".toast")).to_contain_text("300.00 GBP is approved")
    await expect(mine).to_have_count(0)
    await expect(owners.locator("#remedies")).to_contain_text("decided by Quinn Murphy")
    assert await owners.evaluate("window.stays")


async def test_a_rejection_needs_a_reason_that_the_customer_is_told(live: Live, page_of: PageOf, axe: Axe) -> None:
    case_id, _ = proposed(live, "120.00")
    page = await page_of("mara", "/approvals")
    mine = card(page, case_id)
    await mine.locator("a[data-row-link]").focus()
    await page.keyboard.press("x")
    await mine.get_by_role("button", name="Reject").click()
    await expect(mine.locator(".wrong, .refusal")).to_contain_text("reason")
    await axe(page)
    await mine.get_by_label("Why not").fill("The fee was in the contract that you signed.")
    await mine.get_by_role("button", name="Reject").click()
    await expect(page.locator(".toast")).to_contain_text("rejected")
    told = live.ask("GET", f"/v1/cases/{case_id}", "operator").json()["remedies"][-1]
    assert (told["state"], told["decided_by"]) == ("rejected", "mara")


async def test_nobody_decides_on_their_own_proposal_or_beyond_their_authority(live: Live, page_of: PageOf) -> None:
    case_id, owner = proposed(live, "400.00")
    for who, said in ((owner, "proposed by you"), ("mara", f"proposed by {owner}")):
        page = await page_of(who, "/approvals")
        await expect(card(page, case_id)).to_have_count(0)
        line = page.locator("#others li", has=page.locator(f"a[href='/cases/{case_id}']"))
        await expect(line).to_contain_text(said)


async def test_who_comes_second_is_told_who_decided(live: Live, page_of: PageOf) -> None:
    case_id, _ = proposed(live, "260.00")
    page = await page_of("quinn", "/approvals")
    await page.context.route("**/desk/events*", lambda route: route.abort())
    mine = card(page, case_id)
    await mine.locator("summary", has_text="Reject").click()
    await mine.get_by_label("Why not").fill("Too much.")
    remedy = {"remedy_id": "r1", "approve": True}
    assert live.act(case_id, "sven", "decide_remedy", **remedy).status_code == 200
    await mine.get_by_role("button", name="Reject").click()
    await expect(page.get_by_role("alert")).to_contain_text("decided already by sven")
    await expect(page.get_by_text("Too much.")).to_be_visible()


async def test_a_threat_comes_before_all_remedies_to_those_who_may_decide(
    live: Live, page_of: PageOf, axe: Axe
) -> None:
    case_id, owner = owned(live)
    said = live.act(case_id, owner, "report_threat", text="He will wait for me at the door.")
    assert said.status_code == 200, said.text
    listed(live, case_id)
    agents = await page_of("mara", "/approvals")
    await expect(agents.get_by_role("heading", name="Approvals")).to_be_visible()
    await expect(agents.get_by_text("He will wait for me at the door.")).to_have_count(0)
    page = await page_of("quinn", "/approvals")
    threat = page.locator("#threats article", has=page.locator(f"a[href='/cases/{case_id}']"))
    await expect(threat).to_contain_text("He will wait for me at the door.")
    await axe(page)
    await threat.get_by_label("Decision").select_option("continue")
    await threat.get_by_label("Why, and what was arranged").fill("Security walks with her.")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".toast")).to_contain_text("Decided")
    await expect(threat).to_have_count(0)


async def test_approvals_fit_a_phone_and_need_no_script(live: Live, page_of: PageOf, axe: Axe) -> None:
    case_id, _ = proposed(live, "90.00")
    page = await page_of("mara", "/approvals", width=375, dark=True)
    assert await page.evaluate("document.documentElement.scrollWidth") == 375
    await axe(page)
    plain = await page_of("mara", "/approvals", script=False)
    await card(plain, case_id).get_by_role("button", name="Approve").click()
    await expect(plain.locator(".toast")).to_contain_text("90.00 GBP is approved")
