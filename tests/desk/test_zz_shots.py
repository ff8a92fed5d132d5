from __future__ import annotations
from datetime import UTC, datetime, timedelta
from pathlib import Path
import httpx
from tests.desk.test_customer import link, owned, resolved
OUT = Path("/tmp/wt/dc/shots"); OUT.mkdir(exist_ok=True)

async def test_shots(people, live):
    de = {"language": "de-AT", "customer": {"id": "c-wien", "name": "Resi Huber", "zone": "Europe/Vienna"}, "text": "Sie haben meine Karte zweimal für eine Bestellung belastet, und seit einer Woche antwortet mir niemand."}
    en = {"customer": {"id": "c-l", "name": "Mary Poole", "zone": "Europe/London"}, "text": "You charged my card twice for one order, and nobody has answered me for a week."}
    one, who = owned(live, reference="order-1042", **en)
    live.act(one, who, "reply", text="I have found both charges. The second one should not be there; I am returning it today.")
    live.act(one, who, "promise", what="update", by_when=(datetime.now(UTC)+timedelta(days=1)).isoformat())
    live.act(one, who, "promise", what="callback", by_when=(datetime.now(UTC)+timedelta(hours=5)).isoformat())
    two = resolved(live, reference="order-1043", **en)
    three = resolved(live, reference="bestellung-77", **de)
    four = resolved(live, reference="order-1044", **en); live.request(four, "accept_resolution", score=5)
    five, who = owned(live, reference="order-1045", **en)
    live.act(five, who, "reply", text="Thank you. To find the payment I need its date.", asks="On which day was the second charge?"); live.act(five, who, "wait_for_customer")
    import asyncio; await asyncio.sleep(1.5)
    for width in (375, 1400):
        for dark in (False, True):
            t = f"{width}-{'dark' if dark else 'light'}"
            async def shot(name, page, full=True):
                await page.screenshot(path=OUT / f"{name}-{t}.png", full_page=full)
            async def op(case):
                page = await people.window(width=width, dark=dark); await page.goto(link(live, case)); return page
            page = await op(one); await shot("open", page)
            await page.get_by_text("Ask for a call", exact=True).click(); await page.get_by_text("Go on in another way").click(); await page.get_by_text("Take the complaint back").click(); await shot("open-forms", page)
            page = await op(two); await shot("resolved", page)
            await page.get_by_text("Yes, this settles it").click(); await page.get_by_role("radio", name="4").check(); await shot("accepting", page)
            await page.get_by_text("No, something is missing").click(); await page.get_by_role("button", name="Reject our answer").click(); await page.get_by_role("alert").wait_for(); await shot("refused", page)
            page = await op(three); await shot("german", page)
            page = await op(five); await shot("waiting", page)
            page = await op(four) if not dark and width == 375 else page
            await shot("closed", page)
            page = await people.window(width=width, dark=dark); await page.goto("/complaints/x?token=1"); await shot("ended", page)
