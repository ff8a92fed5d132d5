"""A case whose gateway would rather be asked tomorrow, for the corpus: stuck, asked again at once, given up."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from tests.receiver import receiver
from tests.samples import OPERATOR, complaint, deed
from tests.temporal import DEFAULT_POLICY, House, unworked_server, worked


@asynccontextmanager
async def undelivered() -> AsyncGenerator[tuple[House, str]]:
    """The house, and the case's id."""
    with tempfile.TemporaryDirectory() as scratch, receiver() as gateway:
        gateway.behave = lambda key, before: "ok" if before else "429 86400"
        async with unworked_server(Path(scratch), DEFAULT_POLICY) as bare:
            house = replace(bare, destinations=(gateway.destination("gateway"),))
            async with worked(house):
                yield house, await _lived(house)


async def _lived(house: House) -> str:
    view = await house.open(complaint(reference="corpus-undelivered"))
    await house.until(view.case_id, lambda view: view.stuck)
    message = {"message_id": house.records.deliveries(view.case_id)[0].id, "reason": "It is back."}
    await house.act(view.case_id, deed("resend", OPERATOR, id=UUID(int=1), **message))
    await house.until(view.case_id, lambda view: not view.stuck)
    await house.act(view.case_id, deed("give_up", OPERATOR, id=UUID(int=2), **message))
    return view.case_id
