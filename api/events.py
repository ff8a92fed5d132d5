"""`GET /v1/events`: what happens to the cases that the caller may read, as server-sent events, from the records.

Nothing is remembered of a reader. The id of an event says where in the records it stands, so any process goes on from
the last one that a reader has seen. A stream ends after a few minutes, as a lost connection would: whoever reads it
connects again by itself, with a token that still holds, and with the teams that they then have.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterable, Generator
from typing import Annotated

import anyio
from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent

from api import access
from api.auth import actor_with
from api.documents import known_case_id
from api.happening import Happening
from api.problems import Fault, TooManyStreams, UnknownCase, Unprocessable, documented
from api.sources import Sources, sources
from cases.events import Actor
from cases.words import Role
from records import InvalidCursor, Position, RecordsAway

router = APIRouter(prefix="/v1", tags=["cases"])

OPEN_AT_ONCE = 100
"""Streams of one process. Each looks twice a second whether there is something new, which takes the records 1 ms."""

LASTS_S = 300.0
PAUSE_S, PAGE = 0.5, 100
HEARTBEAT_S = 10.0
"""How often a silent stream says that it lives, and how far it has come; proxies close what is silent for a minute."""

CONNECT_AGAIN_MS = 1000


class Streams:
    """How many streams this process serves, and whether it is about to end."""

    def __init__(self) -> None:
        self.count = 0
        self.leaving = False


class Followed:
    """What somebody follows, from where on."""

    def __init__(self, by: Actor, start: Position, team: str | None, case_id: str | None) -> None:
        self.reader = access.reader(by)
        self.start = start
        self.team = team
        self.case_id = case_id


async def followed(
    by: Annotated[Actor, Depends(actor_with(Role.AGENT, Role.BOT, Role.OPERATOR))],
    at: Annotated[Sources, Depends(sources)],
    team: Annotated[str | None, Query(description="only of cases that are with this team")] = None,
    case: Annotated[str | None, Query(description="only of this case", examples=["shop-7kq2m4xw5a"])] = None,
    last_event_id: Annotated[
        str | None,
        Header(
            description="`id` of the last event that was read: what came after it. `0`: all. Without: what is new.",
            json_schema_extra={"pattern": r"^[0-9]{1,18}(\.[a-z0-9_-]{1,64}\.[0-9]{1,9})?$"},
        ),
    ] = None,
) -> Followed:
    """What they may follow, and want to. Raises UnknownCase, Forbidden, Unprocessable."""
    # All that can be wrong must be found before the answer begins: after that, there is nothing but its end.
    if case is not None:
        known_case_id(case)
        if await at.recorded(case) is None:
            raise UnknownCase(f"the records know no case {case}", case_id=case)
        await access.checked(by, case, at)
    if last_event_id is None:
        return Followed(by, await at.ask(lambda known: known.newest()), team, case)
    try:
        return Followed(by, Position.read(last_event_id), team, case)
    except InvalidCursor as error:
        fault = Fault(field="Last-Event-ID", problem=str(error), remedy="send the `id` of an event, or nothing")
        raise Unprocessable(fault) from error


def place(request: Request) -> Generator[Streams]:
    """Dependency: one of the streams that this process serves at once. Raises TooManyStreams."""
    streams: Streams = request.app.state.streams
    if streams.count >= OPEN_AT_ONCE:
        raise TooManyStreams(f"{OPEN_AT_ONCE} streams are open here; follow several cases with one of them")
    streams.count += 1
    try:
        yield streams
    finally:
        streams.count -= 1


@router.get(
    "/events",
    response_class=EventSourceResponse,
    responses={
        200: {"description": "one event for each entry; its `data` is a Happening, its `id` goes into Last-Event-ID"},
        **documented(UnknownCase, TooManyStreams, Unprocessable),
    },
)
async def events(
    wanted: Annotated[Followed, Depends(followed)],
    streams: Annotated[Streams, Depends(place)],
    at: Annotated[Sources, Depends(sources)],
) -> AsyncIterable[ServerSentEvent]:
    """What happens to the cases that the caller may read, as it happens: about a second after it is written.

    An event may come twice when a stream is taken up again, never out of order within a case. Ends after five minutes.
    """
    position, told, ends = wanted.start, time.monotonic(), time.monotonic() + LASTS_S
    yield ServerSentEvent(comment="what happens from here on", id=str(position), retry=CONNECT_AGAIN_MS)
    while time.monotonic() < ends and not streams.leaving:
        since = position
        try:
            page = await at.ask(
                lambda known: known.changes(since, wanted.reader, wanted.team, wanted.case_id, PAGE)  # noqa: B023
            )
        except RecordsAway:
            return  # Whoever reads connects again, and is then told.
        for where, change in page.items:
            yield ServerSentEvent(data=Happening.of(change), id=str(where))
        position = page.upto
        if page.items:
            told = time.monotonic()
        elif time.monotonic() - told > HEARTBEAT_S:
            told = time.monotonic()
            yield ServerSentEvent(comment="nothing new", id=str(position))
        if len(page.items) < PAGE:
            await anyio.sleep(PAUSE_S)
