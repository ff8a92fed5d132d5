"""The saved views of the Web UI: they install, by one link or all by one script, and show exactly what they say."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect
from temporalio.client import Client

from starter.cli import saved
from starter.samples import SOURCE
from tests.api.conftest import Live, offered, owned
from tests.desk.web_ui import SLOW, list_of, listed, see, window

Holding = dict[str, set[str]]


@pytest.fixture(scope="session")
def holding(house: Live) -> Holding:
    """One case for each view, and those that each view must show, of all that are there."""
    known = house.ask("GET", "/v1/cases", "operator").json()["items"]
    samples = {f"case-{each['case_id']}" for each in known if each["source"] == SOURCE}
    waiting, _ = offered(house)
    late, soon, asked, consulting = (owned(house) for _ in range(4))
    now = datetime.now(UTC)
    promised(house, late, now + timedelta(seconds=2))
    promised(house, soon, now + timedelta(minutes=30))
    done(house, asked, "reply", text="Which card?", asks="Which card?")
    done(house, asked, "wait_for_customer")
    done(house, consulting, "hand_off", team="billing", question="Was it settled?")
    stuck, _ = offered(house, source="down")
    views = {
        "Breached now": {late[0]},
        "Due before": {soon[0]},
        "Offered, not claimed": {waiting},
        "Waiting on the customer": {asked[0]},
        "Waiting on a hand-off": {consulting[0]},
    }
    # The samples are announced to somebody who does not answer, as the case of the source `down` is.
    shown = {name: {f"case-{each}" for each in cases} for name, cases in views.items()}
    return shown | {"Stuck": samples | {f"case-{stuck}"}, "Open hand-offs": {f"handoff-{consulting[0]}-1"}}


def done(house: Live, case: tuple[str, str], kind: str, **fields: Any) -> None:
    answer = house.act(*case, kind, **fields)
    assert answer.status_code == 200, answer.text


def promised(house: Live, case: tuple[str, str], by: datetime) -> None:
    done(house, case, "promise", what="callback", by_when=by.isoformat())


def views() -> list[saved.View]:
    return saved.views(datetime.now(UTC))


async def test_each_view_holds_exactly_the_cases_that_it_says(house: Live, holding: Holding):
    client = await Client.connect(house.stack.addresses.temporal)
    found: Holding = {}
    for _ in range(100):  # what is due in two seconds, and visibility, which lags
        found = {
            view.name[:10] if view.name.startswith(saved.DUE) else view.name: {
                workflow.id async for workflow in client.list_workflows(view.query)
            }
            for view in views()
        }
        if found == holding:
            break
        await asyncio.sleep(0.1)
    assert found == holding


async def test_all_of_them_are_installed_by_one_script_and_shown_by_their_names(
    browser: Browser, house: Live, holding: Holding
):
    page = await opened(browser, house)
    for _ in range(2):  # again, it renews them
        async with page.expect_navigation():
            await page.evaluate(saved.script("default", views()))
        await see(page.get_by_role("button", name=f"Saved Views {len(views())} / 50"))
    await see(page.get_by_role("columnheader", name="CaseWaitingOn"))
    await page.get_by_role("button", name="Saved Views").click()
    await page.get_by_text("Waiting on a hand-off", exact=True).click()
    await shows(page, holding["Waiting on a hand-off"])
    await page.context.close()


async def test_a_link_installs_its_view_and_shows_it(browser: Browser, house: Live, holding: Holding):
    (view,) = (view for view in views() if view.name == "Breached now")
    page = await opened(browser, house)
    await page.goto(saved.link(house.stack.addresses.ui, "default", view))
    await see(page.get_by_role("button", name="Breached now"))
    await shows(page, holding["Breached now"])
    await page.context.close()


async def opened(browser: Browser, house: Live) -> Page:
    page = await window(browser)
    await page.goto(list_of(house.stack))
    await see(page.get_by_role("button", name="Saved Views"))
    return page


async def shows(page: Page, workflows: set[str]) -> None:
    """Exactly these."""
    heading = f"{len(workflows)} Workflow"
    await expect(page.get_by_role("heading", level=1)).to_contain_text(heading, timeout=SLOW)
    assert await listed(page) == workflows
