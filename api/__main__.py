"""`python -m api`: serves on 127.0.0.1 until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import sys
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import uvicorn

from api.settings import Settings, SettingsError, read
from observing.process import BadSetting, begin, end

if TYPE_CHECKING:
    from api.events import Streams

HOST = "127.0.0.1"


class _Server(uvicorn.Server):
    """A server that says, in a file, when it serves."""

    def __init__(self, config: uvicorn.Config, ready: Path | None, address: str, streams: Streams) -> None:
        super().__init__(config)
        self._streams = streams
        self._ready = ready
        self._address = address

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # A stream would go on for minutes, and be waited for.
        self._streams.leaving = True
        await super().shutdown(sockets)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and self._ready:
            self._ready.write_text(self._address + "\n", "utf-8")
        if self.started:
            logging.getLogger("api").info("serving at %s", self._address)


def serve(settings: Settings) -> None:
    """Serves until SIGINT or SIGTERM. Raises SettingsError if the port is taken, or a setting is of no use."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if settings.share_port:
            # The kernel gives each connection to one of those who listen; whoever joins must have asked for it too.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        try:
            listener.bind((HOST, settings.api_port))
        except OSError as error:
            raise SettingsError(
                f"CASELADDER_API_PORT: port {settings.api_port} cannot be used ({error.strerror}). "
                "End what uses it, or set another; 0 takes a free one."
            ) from error
        # Here, because what is wrong with the settings should be said before a second or two of loading.
        from api.app import create_app

        app = create_app(settings)
        config = uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=3)
        address = f"http://{HOST}:{listener.getsockname()[1]}"
        server = _Server(config, settings.ready_file, address, app.state.streams)
        # uvicorn shuts down in order and then raises the signal again, which by default would be our end.
        signal.signal(signal.SIGTERM, _go_on)
        asyncio.run(server.serve([listener]))


def _go_on(_number: int, _frame: FrameType | None) -> None:
    pass


def main() -> int:
    """Serves as the environment says, and returns the exit code."""
    try:
        settings = read(os.environ)
        try:
            begin("api", os.environ)
        except BadSetting as error:
            raise SettingsError(str(error)) from None
        serve(settings)
    except SettingsError as error:
        sys.stderr.write(f"caseladder api: {error}\n")
        return 2
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    code = main()
    end()
    # A process that used the Temporal SDK can abort while Python finalises (sdk-python#300).
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
