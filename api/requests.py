"""A log line and, where this process traces, a span for every request: its pattern, its case, its status.

Not its path, its query or its body. Who was turned away, and why, is in `refusals`.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from observing import tracer
from observing.traces import HEADER, received

if TYPE_CHECKING:
    from opentelemetry.trace import Span

UNSEEN = frozenset({"/healthz", "/readyz", "/metrics"})
"""What machines ask every few seconds: a line at `debug`, and no span."""

_LOG = logging.getLogger(__name__)


class Requests:
    """Around the whole application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI has it."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        began, status = time.monotonic(), 500

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])
            await send(message)

        with _spanned(scope) as span:
            try:
                await self._app(scope, receive, noting)
            finally:
                said = fields(scope) | {"status": status}
                if span is not None:
                    _say(span, said)
                level = logging.DEBUG if scope["path"] in UNSEEN else logging.INFO
                spent = round((time.monotonic() - began) * 1000, 1)
                _LOG.log(level, "request", extra={**said, "duration_ms": spent})


def fields(scope: Scope) -> dict[str, Any]:
    """What a log may know of a request: its pattern, and which of ours it is about."""
    # No route: nothing is served there, and the path could be anything.
    named: dict[str, Any] = {"method": scope["method"], "route": getattr(scope.get("route"), "path", "none")}
    ids = {name: scope.get("path_params", {}).get(name) for name in ("case_id", "handoff_id")}
    return named | {name: text for name, text in ids.items() if text}


@contextmanager
def _spanned(scope: Scope) -> Generator[Span | None]:
    tracing = tracer()
    if tracing is None or scope["path"] in UNSEEN:
        yield None
        return
    from opentelemetry.trace import SpanKind

    header = next((value.decode("latin-1") for name, value in scope["headers"] if name == HEADER.encode()), None)
    with tracing.start_as_current_span(
        scope["method"], received(header), SpanKind.SERVER, record_exception=False, set_status_on_exception=False
    ) as span:
        yield span


def _say(span: Span, said: dict[str, Any]) -> None:
    from opentelemetry.trace import Status, StatusCode

    span.update_name(f"{said['method']} {said['route']}")
    span.set_attributes(
        {
            "http.request.method": said["method"],
            "http.route": said["route"],
            "http.response.status_code": said["status"],
        }
    )
    if case_id := said.get("case_id"):
        span.set_attribute("caseladder.case_id", case_id)
    if said["status"] >= 500:
        span.set_status(Status(StatusCode.ERROR))
