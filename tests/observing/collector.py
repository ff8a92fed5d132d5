"""A collector of traces: a real HTTP server that takes OTLP as protobuf, and keeps what came."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


@dataclass(frozen=True)
class Span:
    """One span, as it came."""

    service: str
    trace: str
    id: str
    parent: str
    name: str


@dataclass
class Collector:
    """What has come."""

    url: str = ""
    bodies: list[bytes] = field(default_factory=list[bytes])

    def spans(self) -> list[Span]:
        """All spans, in the order in which they came."""
        found: list[Span] = []
        for body in list(self.bodies):
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                named = {each.key: each.value.string_value for each in resource.resource.attributes}
                for span in (span for scope in resource.scope_spans for span in scope.spans):
                    ids = (span.trace_id.hex(), span.span_id.hex(), span.parent_span_id.hex())
                    found.append(Span(named["service.name"], *ids, span.name))
        return found


@contextmanager
def collector() -> Generator[Collector]:
    """Listens on a free port for as long as this is open."""
    told = Collector()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            told.bodies.append(gzip.decompress(raw) if self.headers["Content-Encoding"] == "gzip" else raw)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- as the base has it
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    told.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
