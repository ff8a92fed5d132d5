"""Loopback ports for the stack's three listeners."""

from __future__ import annotations

import socket
import time
from contextlib import ExitStack
from dataclasses import dataclass

from starter.stack.errors import PortTaken

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Addresses:
    """Where the stack's children listen, all of them on loopback."""

    api_port: int
    temporal_port: int
    ui_port: int

    @property
    def api(self) -> str:
        """The API's base URL, without a slash at its end."""
        return f"http://{LOOPBACK}:{self.api_port}"

    @property
    def temporal(self) -> str:
        """`host:port` of Temporal's gRPC frontend."""
        return f"{LOOPBACK}:{self.temporal_port}"

    @property
    def ui(self) -> str:
        """The Web UI's base URL, without a slash at its end."""
        return f"http://{LOOPBACK}:{self.ui_port}"


def choose(api_port: int, temporal_port: int, ui_port: int, patience_s: float = 0.0) -> Addresses:
    """Keeps the ports that are given and finds a free one for each 0.

    Raises PortTaken when a given port is still in use after `patience_s` seconds. A port found free can be lost to
    another program before it is used: the caller tries again with others.
    """
    deadline = time.monotonic() + patience_s
    while True:
        try:
            return _choose_now(api_port, temporal_port, ui_port)
        except PortTaken:
            if time.monotonic() >= deadline:
                raise
            time.sleep(0.05)


def _choose_now(api_port: int, temporal_port: int, ui_port: int) -> Addresses:
    wanted = {"api": api_port, "temporal": temporal_port, "ui": ui_port}
    found: dict[str, int] = {}
    with ExitStack() as held:  # all at once, so that no two of them are the same
        for name, port in wanted.items():
            listener = held.enter_context(_listener())
            try:
                listener.bind((LOOPBACK, port))
                listener.listen()
            except OSError as error:
                raise PortTaken(
                    f"port {port}, meant for {name}, cannot be used ({error.strerror}). End what uses it, or choose "
                    f"another with --{name}-port N; --{name}-port 0 takes a free one."
                ) from error
            found[name] = listener.getsockname()[1]
    return Addresses(found["api"], found["temporal"], found["ui"])


def is_free(port: int) -> bool:
    """Whether a server could listen on this port now."""
    with _listener() as listener:
        try:
            listener.bind((LOOPBACK, port))
            listener.listen()
        except OSError:
            return False
        return True


def answers(port: int) -> bool:
    """Whether something accepts connections on this port."""
    with socket.socket() as caller:
        caller.settimeout(1)
        return caller.connect_ex((LOOPBACK, port)) == 0


def _listener() -> socket.socket:
    listener = socket.socket()
    # As the servers do: connections of an ended server that are still winding down do not hold its port.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    return listener
