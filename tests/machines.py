"""A real HTTP server on loopback that does as it is told: it answers, or fails as a company's machine may."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, slots=True)
class Heard:
    """A request that has been read whole."""

    path: str
    headers: Mapping[str, str]
    body: str

    @property
    def json(self) -> Any:
        """What the body says."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Turn:
    """What is done with one request: how long it takes, and what is answered; status 0 closes the connection."""

    status: int = 200
    body: str = "{}"
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    after_s: float = 0.0


CLOSE = Turn(status=0)


class Machine:
    """The requests that came, and what is to become of the next: the turns in `coming`, then `always`."""

    def __init__(self, port: int = 0) -> None:
        self.heard: list[Heard] = []
        self.coming: deque[Turn] = deque()
        self.always = Turn()
        self.ended = threading.Event()
        machine = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
                machine.heard.append(Heard(self.path, {k.lower(): v for k, v in self.headers.items()}, body))
                turn = machine.coming.popleft() if machine.coming else machine.always
                if turn.after_s:
                    machine.ended.wait(turn.after_s)
                if not turn.status or machine.ended.is_set():
                    self.close_connection = True
                    return
                content = machine.answer(machine.heard[-1], turn).encode()
                try:
                    self.send_response(turn.status)
                    for name, value in {"content-length": str(len(content)), **turn.headers}.items():
                        self.send_header(name, value)
                    self.end_headers()
                    self.wfile.write(content)
                except OSError:
                    return  # who asked has not waited

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the library's name
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.port = self.server.server_port

    def answer(self, heard: Heard, turn: Turn) -> str:
        """The body of an answer."""
        return turn.body

    def url(self, path: str = "/", scheme: str = "http") -> str:
        """Where it listens."""
        return f"{scheme}://127.0.0.1:{self.port}{path}"

    @contextmanager
    def running(self) -> Generator[None]:
        """It listens as long as this is open."""
        thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield
        finally:
            self.ended.set()
            self.server.shutdown()
            self.server.server_close()
            thread.join()
