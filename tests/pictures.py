"""The pictures of docs/pictures/: `python -m tests.pictures`, or `make pictures`.

Starts the whole stack on free ports and in a folder of its own, has people do what people do, and takes each room of
the Desk and each page of Temporal's Web UI in a real Chromium: narrow and wide, light and dark. `make pictures
ROOMS=wall` takes those alone whose names have that in them. A room that is not there is said, and left out.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

from PIL import Image
from playwright.async_api import Browser, Page

from cases.words import Role
from starter import samples
from starter.cli import saved
from starter.stack import Stack
from starter.tokens import mint
from tests.api.conftest import Live
from tests.api.live import PEOPLE, ROOT
from tests.desk.browsing import People, chromium
from tests.desk.web_ui import list_of, open_case, see, turn_to, window

FOLDER = ROOT / "docs" / "pictures"
POLICY = ROOT / "policies" / "default.toml"
CLIMBED, LATE, ASKING = "sample-h6npikjt2x", "sample-zakg66m3fc", "sample-2r2j336d2y"
"""Samples that are brought further: to a supervisor; past a promise; to an approval."""
WIDE, NARROW = (1400, 900), (375, 812)
SPECIALIST = "specialist"
_COLOURS = 128
"""Of a palette: a third of the bytes, and nobody sees it."""


class Room(NamedTuple):
    """A room of the Desk: the picture's name, who looks at it (None: the customer, by their link), and where it is.

    `SPECIALIST`: whoever a question is offered to.
    """

    name: str
    who: str | None
    path: str


ROOMS = (
    Room("desk-work", "ana", "/"),
    Room("desk-case", "mara", f"/cases/{CLIMBED}"),
    Room("desk-questions", SPECIALIST, "/questions"),
    Room("desk-approvals", "pablo", "/approvals"),
    Room("desk-wall", "quinn", "/wall"),
    Room("desk-customer", None, f"/complaints/{CLIMBED}"),
)


def lived(house: Live) -> None:
    """Samples, and what people have done with them."""
    samples.open_samples(house.stack.addresses.api, mint(house.stack.folder.key(), samples.SOURCE, Role.SERVICE))
    owner = taken(house, CLIMBED)
    done(house, CLIMBED, owner, "reply", text="I am sorry. Both charges are here; the shop has to release the second.")
    asked(house, CLIMBED, "ask_for_manager", text="Five days for that? I want to speak to your manager.")
    done(house, CLIMBED, owner, "redirect", text="I can return it from our side today, without the shop. May I?")
    done(house, CLIMBED, owner, "hand_off", team="billing", question="Was the second charge settled with the shop?")
    asked(house, CLIMBED, "ask_for_manager", text="No. Your manager, please.")
    owner = taken(house, LATE)
    soon = datetime.now(UTC) + timedelta(seconds=2)
    done(house, LATE, owner, "promise", what="callback", by_when=soon.isoformat())
    owner = taken(house, ASKING)
    refund = {"remedy": "refund", "amount": "180.00", "currency": "GBP", "text": "Three months of fees."}
    done(house, ASKING, owner, "propose_remedy", **refund)


def taken(house: Live, case_id: str) -> str:
    """Whoever it is offered to, who claims it."""
    offer = house.ask("GET", f"/v1/cases/{case_id}", "operator").json()["offer"]
    person = offer["to"]["person"]
    done(house, case_id, person, "claim")
    return person


def specialist(house: Live) -> str:
    """Whom the question about `CLIMBED` is offered to."""
    for _ in range(100):
        listed = house.ask("GET", "/v1/handoffs", "operator", params={"case_id": CLIMBED}).json()["items"]
        if listed and listed[0]["person"]:
            return str(listed[0]["person"])
        time.sleep(0.1)
    raise RuntimeError("nobody was found to answer the question")


def done(house: Live, case_id: str, who: str, kind: str, **fields: Any) -> None:
    house.act(case_id, who, kind, **fields).raise_for_status()


def asked(house: Live, case_id: str, kind: str, **fields: Any) -> None:
    house.request(case_id, kind, **fields).raise_for_status()


class Album:
    """Takes the pictures that were asked for, and says which."""

    def __init__(self, house: Live, browser: Browser, wanted: str) -> None:
        self._house, self._browser, self._wanted = house, browser, wanted

    async def desk(self, room: Room) -> None:
        """The room in four pictures."""
        if self._wanted not in room.name:
            return
        for size in (WIDE, NARROW):
            for dark in (False, True):
                async with self._visited(room, size, dark) as page:
                    if await page.locator("main").count() == 0 or await page.get_by_text("served here").count():
                        print(f"{room.name}: nothing at {room.path}; left out")  # noqa: T201 -- said to who runs it
                        return
                    await self._take(page, room.name, size, dark)

    @asynccontextmanager
    async def _visited(self, room: Room, size: tuple[int, int], dark: bool) -> AsyncGenerator[Page]:
        people = People(self._browser, self._house.stack)
        width, height = size
        if room.who:
            who = specialist(self._house) if room.who == SPECIALIST else room.who
            page = await people.sign_in(who, room.path, width=width, dark=dark)
        else:
            case_id = room.path.rpartition("/")[2]
            link = self._house.ask("POST", f"/v1/cases/{case_id}/links", "service", json={}).json()
            page = await people.window(width=width, dark=dark)
            await page.goto(f"{room.path}?token={link['token']}")
        await page.set_viewport_size({"width": width, "height": height})
        await page.wait_for_timeout(500)  # what comes after the first paint: countdowns, and the stream's first word
        yield page
        await people.leave()

    async def web_ui(self) -> None:
        """The list with our views and columns, and the page of a case."""
        if self._wanted not in "web-ui-list web-ui-case":
            return
        stack = self._house.stack
        for dark in (False, True):
            page = await window(self._browser, width=WIDE[0], height=WIDE[1], dark=dark)
            await page.goto(list_of(stack))
            await see(page.get_by_role("button", name="Saved Views"))
            async with page.expect_navigation():
                await page.evaluate(saved.script("default", saved.views(datetime.now(UTC), ["cards", "lending"])))
            await see(page.get_by_role("columnheader", name="CaseWaitingOn"))
            await see(page.get_by_role("link", name=f"case-{CLIMBED}"))
            await self._take(page, "web-ui-list", WIDE, dark)
            await open_case(page, stack, CLIMBED)
            await turn_to(page, "user-metadata")
            await page.set_viewport_size({"width": WIDE[0], "height": 1500})
            await see(page.frame_locator("#user-metadata-current-details").get_by_text("What to say"))
            await self._take(page, "web-ui-case", WIDE, dark)
            await page.context.close()

    async def _take(self, page: Page, name: str, size: tuple[int, int], dark: bool) -> None:
        path = FOLDER / f"{name}-{size[0]}-{'dark' if dark else 'light'}.png"
        taken = Image.open(BytesIO(await page.screenshot(animations="disabled", caret="hide"))).convert("RGB")
        taken.quantize(_COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
        print(f"{path.relative_to(ROOT)}  {path.stat().st_size // 1024} KB")  # noqa: T201 -- said to who runs it


async def take(house: Live, wanted: str) -> None:
    """All of them."""
    async with chromium() as browser:
        album = Album(house, browser, wanted)
        for room in ROOMS:
            await album.desk(room)
        await album.web_ui()


def main(wanted: str = "") -> None:
    """The whole of it."""
    FOLDER.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="caseladder-") as folder,
        Stack(Path(folder), policy=POLICY, directory=PEOPLE) as stack,
    ):
        stack.start()
        house = Live(stack)
        lived(house)
        asyncio.run(take(house, wanted))
        house.http.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
