"""A company's gateway, or its backend service: a real HTTP server that takes each key once, and fails as it is told."""

from __future__ import annotations

import base64
import json
import socket
import threading
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook

from activities import Destination
from activities.endpoints import Endpoint

SECRET = "whsec_" + base64.b64encode(b"a secret that is long enough").decode()

Behaviour = str
"""`ok`; a status, perhaps with a Retry-After, `429 1`; `hangs`, `closes` (after having taken it); `slow`, `endless`."""


@dataclass(frozen=True)
class Call:
    """One request: what it was known by, what it said, and how it was answered."""

    key: str
    body: dict[str, Any]
    raw: bytes
    answered: Behaviour
    traceparent: str | None = None

    @property
    def case_id(self) -> str:
        """Whose it is."""
        return self.body["data"]["case_id"]

    @property
    def type(self) -> str:
        """What it tells."""
        return self.body["type"]


@dataclass
class Receiver:
    """What has come, and what is answered. `behave` says it of a key, and of how many times that has come before."""

    url: str = ""
    behave: Callable[[str, int], Behaviour] = lambda key, before: "ok"
    calls: list[Call] = field(default_factory=list[Call])
    taken: list[Call] = field(default_factory=list[Call])
    """What was accepted, each key the first time only."""
    closing: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def destination(self, name: str, source: str | None = None) -> Destination:
        """This, as a destination of that name."""
        endpoint = Endpoint(f"CASELADDER_{name.upper()}_URL", self.url, (SECRET,))
        return Destination(name, endpoint, source)

    def keys(self, case_id: str) -> list[str]:
        """What was accepted of a case, in order."""
        return [call.key for call in self.taken if call.case_id == case_id]

    def came(self) -> Counter[str]:
        """How often each key has come."""
        return Counter(call.key for call in self.calls)

    def take(self, key: str, raw: bytes, traceparent: str | None = None) -> Behaviour:
        """One request has been read. What hangs, or closes, has taken it: nobody can know."""
        with self._lock:
            behaviour = self.behave(key, self.came()[key])
            call = Call(key, json.loads(raw), raw, behaviour, traceparent)
            self.calls.append(call)
            accepted = behaviour in ("ok", "slow", "hangs", "closes", "endless")
            if accepted and key not in {call.key for call in self.taken}:
                self.taken.append(call)
        return behaviour


@contextmanager
def receiver() -> Generator[Receiver]:
    """Listens on a free port for as long as this is open."""
    told = Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            Webhook(SECRET).verify(raw, dict(self.headers))
            assert self.headers["Idempotency-Key"] == self.headers["webhook-id"]
            behaviour = told.take(self.headers["webhook-id"], raw, self.headers["traceparent"])
            _answer(self, behaviour, told.closing)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- as the base has it
            """Nobody reads it."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            """Who hangs up on a server that hangs is no error."""

    server = Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    told.url = f"http://127.0.0.1:{server.server_port}/in"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield told
    finally:
        told.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _answer(handler: BaseHTTPRequestHandler, behaviour: Behaviour, closing: threading.Event) -> None:
    match behaviour.split():
        case ["closes"]:
            handler.close_connection = True
            handler.connection.shutdown(socket.SHUT_RDWR)
        case ["hangs"]:
            handler.close_connection = True
            closing.wait(60)
        case ["slow"]:
            closing.wait(0.3)
            _say(handler, 200)
        case ["ok"]:
            _say(handler, 200)
        case ["endless"]:
            handler.close_connection = True
            _say(handler, 200, length=10**12)
            while not closing.is_set():
                handler.wfile.write(b"x" * 65536)
        case [status, *after]:
            _say(handler, int(status), " ".join(after) or None)
        case _:
            raise AssertionError(behaviour)


def _say(handler: BaseHTTPRequestHandler, status: int, after: str | None = None, length: int = 2) -> None:
    handler.send_response(status)
    if after is not None:
        handler.send_header("Retry-After", after)
    handler.send_header("Content-Length", str(length))
    handler.end_headers()
    handler.wfile.write(b"{}")
