"""`/metrics`: figures for Prometheus; and what makes this process's own: each request, and each problem."""

from __future__ import annotations

import time
from typing import Annotated

from fastapi import APIRouter, Header, Request, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.metering import Meter
from api.problems import Problem

NO_ROUTE = "none"
"""Of a path that nothing is served at: whoever asks chooses it, and could choose as many as they like."""

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

router = APIRouter(tags=["health"])


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"description": "figures, as text", "content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def metrics(request: Request, accept: Annotated[str, Header(include_in_schema=False)] = "") -> Response:
    """Figures for Prometheus. Asks for no token, as a scrape has none: no figure is of one case or person.

    While something is away that they come from, they are left out, and `caseladder_up` says so.
    """
    meter: Meter = request.app.state.meter
    text, media_type = await meter.exposed(accept)
    return Response(text, headers={"Content-Type": media_type})


def count(request: Request, problem: Problem) -> None:
    """A problem is answered."""
    meter: Meter = request.app.state.meter
    meter.refused(problem)


class Timed:
    """Takes the time of each request, by the template of its route.

    Up to the first byte of the answer: a stream of events has no end that says anything.
    """

    def __init__(self, app: ASGIApp, meter: Meter) -> None:
        self._app = app
        self._meter = meter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI has it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = time.perf_counter()
        answered = False

        def note(status: int) -> None:
            nonlocal answered
            answered = True
            method: str = scope["method"] if scope["method"] in _METHODS else "other"
            route = getattr(scope.get("route"), "path", NO_ROUTE)
            self._meter.answered(method, route, status, time.perf_counter() - begun)

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                note(message["status"])
            await send(message)

        try:
            await self._app(scope, receive, sent)
        except Exception:
            if not answered:
                note(500)
            raise
