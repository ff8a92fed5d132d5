"""`/desk/events` and `/desk/now`: what a page follows to stay true, and the server's clock."""

from __future__ import annotations

import time
from collections.abc import AsyncIterable
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query
from fastapi.responses import Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from api import events
from api.desk.session import SignedIn
from api.sources import Sources, sources

router = APIRouter(prefix="/desk")


async def _followed(
    by: SignedIn,
    at: Annotated[Sources, Depends(sources)],
    case: Annotated[str | None, Query()] = None,
    last_event_id: Annotated[str | None, Header()] = None,
) -> events.Followed:
    return await events.followed(by.actor, at, None, case, last_event_id)


@router.get("/events", response_class=EventSourceResponse)
async def stream(
    wanted: Annotated[events.Followed, Depends(_followed)],
    streams: Annotated[events.Streams, Depends(events.place)],
    at: Annotated[Sources, Depends(sources)],
) -> AsyncIterable[ServerSentEvent]:
    """The stream of `GET /v1/events`, for a browser, which sends its cookie and no header of ours."""
    async for event in events.events(wanted, streams, at):
        yield event


@router.get("/now")
async def now() -> Response:
    """The server's clock, in milliseconds since 1970: a page counts down by it, and not by the visitor's."""
    return Response(str(time.time_ns() // 1_000_000), media_type="text/plain", headers={"Cache-Control": "no-store"})
