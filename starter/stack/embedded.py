"""The stack itself: starts its children one after the other, knows when each is ready, and ends them in order."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

import httpx

from starter import keys
from starter.stack import ports, processes, server
from starter.stack.errors import Ended, NotReady, StackError
from starter.stack.folder import Folder
from starter.stack.ports import Addresses
from starter.stack.processes import Mark

Service = Literal["server", "worker", "api"]

# In the order in which they need each other; they are ended the other way round.
SERVICES: tuple[Service, ...] = ("server", "worker", "api")
# How long a child may take to be ready, and to stop when asked to; seconds. Ready takes about one on an idle machine.
_READY_WITHIN_S = 60.0
_STOPS_WITHIN_S: Mapping[Service, float] = {"api": 5.0, "worker": 10.0, "server": 10.0}
# A child that ended by itself is started again after the first pause, then after ever longer ones; one that has lasted
# this long starts with the first pause again.
_FIRST_PAUSE_S, _LONGEST_PAUSE_S, _LASTED_S = 0.5, 30.0, 60.0
_ORPHAN_STOPS_WITHIN_S = 2.0
_TRIES_OF_SERVER = 3
_LOG_TAIL_LINES = 15


@dataclass
class _Pause:
    """The back-off of one child; times of time.monotonic."""

    length_s: float = _FIRST_PAUSE_S
    started_at: float = 0.0
    until: float | None = None


class Stack:
    """Temporal's dev server, a worker and the API over one folder. A context manager: leaving it ends all children.

    Each `start_...` returns when that child is ready, and may be called again after its `kill` or `end`: the child
    comes back on the same ports and the same files. Only what is started runs, so a test may start the server alone.

    Ports of 0 are free ones, chosen on entering. `policy` and `directory` are files for the worker and the API; without
    them these take their own defaults. The records are a file in the folder, or where `records_url` says. `encrypt`
    makes a key ring in a folder without one; a folder that has one is encrypted with or without, for its cases could
    not go on otherwise. `say` is told, in a line for a person, what happens.
    """

    def __init__(
        self,
        folder: Path,
        *,
        policy: Path | None = None,
        directory: Path | None = None,
        api_port: int = 0,
        temporal_port: int = 0,
        ui_port: int = 0,
        records_url: str | None = None,
        encrypt: bool = False,
        commands: Mapping[Service, Sequence[str]] | None = None,
        say: Callable[[str], None] | None = None,
    ) -> None:
        self._folder = Folder(folder)
        self._files = {"CASELADDER_POLICY": policy, "CASELADDER_DIRECTORY": directory}
        self._records_url = records_url or f"sqlite:///{self._folder.records_database}"
        self._encrypt = encrypt
        self._asked = (api_port, temporal_port, ui_port)
        self._commands = dict(commands or {})
        self._say = say or _keep_quiet
        self._addresses: Addresses | None = None
        self._ports_in_use = False
        self._children: dict[Service, subprocess.Popen[bytes]] = {}
        # Children die with the thread that started them (tether.py), so that thread must outlive every caller's.
        self._spawner = ThreadPoolExecutor(1, thread_name_prefix="stack-spawner")

    # -- holding the folder

    def __enter__(self) -> Self:
        """Takes the folder and chooses ports. Raises AlreadyRunning, PortTaken."""
        self._folder.hold()
        try:
            self._folder.key()
            self._folder.signing_keys()
            if self._encrypt and not self._folder.key_ring.exists():
                keys.begun().write(self._folder.key_ring)
            # What a killed stack left behind may be listed as dead for a moment before the kernel frees its ports.
            patience_s = 5.0 if self._end_orphans() else 0.0
            self._addresses = ports.choose(*self._asked, patience_s)
        except BaseException:
            self._folder.release()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._spawner.shutdown()
        self._folder.release()

    @property
    def addresses(self) -> Addresses:
        """Where the children listen, or will."""
        if self._addresses is None:
            raise StackError("the stack has no addresses before it is entered: with Stack(...) as stack")
        return self._addresses

    @property
    def folder(self) -> Folder:
        """The paths of databases, key and logs."""
        return self._folder

    @property
    def settings(self) -> dict[str, str]:
        """The environment variables that tell a child, or a test's own worker, where everything is."""
        files = {name: str(path.resolve()) for name, path in self._files.items() if path is not None}
        if self._folder.key_ring.exists():
            self._folder.codec_ticket()
            files["CASELADDER_PAYLOAD_KEYS"] = str(self._folder.key_ring)
            files["CASELADDER_CODEC_TICKET_FILE"] = str(self._folder.codec_ticket_file)
            files["CASELADDER_UI_ORIGIN"] = f"{self.addresses.ui},http://localhost:{self.addresses.ui_port}"
        return {
            "TEMPORAL_ADDRESS": self.addresses.temporal,
            "TEMPORAL_NAMESPACE": server.NAMESPACE,
            "CASELADDER_DATABASE_URL": self._records_url,
            "CASELADDER_KEY_FILE": str(self._folder.key_file),
            "CASELADDER_SIGNING_KEY_FILE": str(self._folder.signing_key_file),
            "CASELADDER_TRUSTED_KEYS_FILE": str(self._folder.trusted_keys_file),
            "CASELADDER_API_PORT": str(self.addresses.api_port),
            "CASELADDER_DESK_URL": self.addresses.api,
            "CASELADDER_UI_URL": self.addresses.ui,
            **files,
        }

    @property
    def pids(self) -> dict[Service, int]:
        """The pids of the children that were started and not ended by us."""
        return {name: self._children[name].pid for name in SERVICES if name in self._children}

    # -- starting

    def start(self) -> None:
        """Starts all three: the server, then the other two side by side, since most of their start is importing."""
        self._start("server")
        self._start("worker", "api")

    def start_server(self) -> Addresses:
        """Starts Temporal and its Web UI, and says where. Raises Ended, NotReady, PortTaken."""
        self._start("server")
        return self.addresses

    def start_worker(self) -> None:
        """Starts the worker; ready when it has created its ready file. Raises Ended, NotReady."""
        self._start("worker")

    def start_api(self) -> None:
        """Starts the API; ready when `GET /healthz` answers 200. Raises Ended, NotReady."""
        self._start("api")

    def _start(self, *names: Service) -> None:
        for name in names:
            if name in self._children:
                raise StackError(f"the {name} was started already, as process {self._children[name].pid}")
        began = time.monotonic()
        if names == ("server",):
            self._serve()
        else:
            self._launch_until_ready(*names)
        if "server" in names:
            self._folder.note_addresses(self.addresses)
        self._say(f"{' and '.join(names)} ready after {time.monotonic() - began:.1f} s")

    def _serve(self) -> None:
        """Starts the server, more than once if need be.

        A port that was found free can be taken before it is used: ours, and as easily one of the five more that the dev
        server finds for itself, upon which it panics (seen in one start of twenty on a busy machine).
        """
        for attempts_left in reversed(range(_TRIES_OF_SERVER)):
            try:
                self._launch_until_ready("server")
            except Ended:
                self._forget("server")
                if not attempts_left:
                    raise
                if not self._ports_in_use:
                    self._addresses = ports.choose(*self._asked)
            else:
                self._ports_in_use = True
                return

    def _launch_until_ready(self, *names: Service) -> None:
        children: dict[Service, subprocess.Popen[bytes]] = {
            name: self._spawner.submit(self._launch, name).result() for name in names
        }
        deadline = time.monotonic() + _READY_WITHIN_S
        while children:
            for name, child in list(children.items()):
                log = self._folder.log(name)
                if child.poll() is not None:
                    raise Ended(f"the {name} ended with code {child.returncode} before it was ready. {_tail(log)}")
                if self._is_ready(name):
                    del children[name]
                elif time.monotonic() > deadline:
                    raise NotReady(f"the {name} was not ready within {_READY_WITHIN_S:.0f} s. {_tail(log)}")
            time.sleep(0.05)

    def _launch(self, name: Service) -> subprocess.Popen[bytes]:
        self._folder.forget(name)
        environment = server.plain_environment() | self.settings
        # A person reads these, in the folder.
        environment.setdefault("CASELADDER_LOG_FORMAT", "text")
        environment |= {"CASELADDER_READY_FILE": str(self._folder.ready_file(name)), "PYTHONUNBUFFERED": "1"}
        child = processes.spawn(self._command(name), environment, self._folder.log(name))
        self._children[name] = child
        self._folder.remember(Mark.of(name, child.pid))
        return child

    def _command(self, name: Service) -> Sequence[str]:
        if name in self._commands:
            return self._commands[name]
        if name == "server":
            return server.command(server.binary(), self._folder.temporal_database, self.addresses, self._codec())
        # -P: a folder called `api` where the user happens to stand is not ours.
        return [sys.executable, "-P", "-m", name]

    def _codec(self) -> str | None:
        """Where the Web UI has payloads decrypted: it has nobody signed in, so a secret in the path lets it in."""
        return f"{self.addresses.api}/codec/{self._folder.codec_ticket()}" if self._folder.key_ring.exists() else None

    def _is_ready(self, name: Service) -> bool:
        match name:
            case "server":
                return server.is_serving(server.binary(), self.addresses)
            case "worker":
                return self._folder.ready_file(name).exists()
            case "api":
                try:
                    return httpx.get(f"{self.addresses.api}/healthz", timeout=2, trust_env=False).is_success
                except httpx.TransportError:
                    return False

    # -- ending

    def kill(self, name: Service) -> None:
        """SIGKILL, as a crash would be; returns when the process is gone. It is not started again by itself."""
        child = self._children[name]
        child.kill()
        child.wait()
        self._forget(name)

    def end(self, name: Service) -> None:
        """Stops one child cleanly, within the time that it has for that. It is not started again by itself."""
        if not processes.end(self._children[name], _STOPS_WITHIN_S[name]):
            self._say(f"the {name} did not stop within {_STOPS_WITHIN_S[name]:.0f} s, and was killed")
        self._forget(name)

    def stop(self) -> None:
        """Ends all children: the API, then the worker, then the server. Takes 25 s at most."""
        # A launch may still be under way though a signal ended the wait for it: its child must be known first.
        self._spawner.submit(lambda: None).result()
        for name in reversed(SERVICES):
            if name in self._children:
                self.end(name)

    def _forget(self, name: Service) -> None:
        child = self._children.pop(name, None)
        if child is not None and child.poll() is None:
            child.kill()
            child.wait()
        self._folder.forget(name)

    def _end_orphans(self) -> bool:
        """Says whether an earlier stack on this folder was killed."""
        marks = list(self._folder.remembered())
        for mark in marks:
            if processes.end_orphan(mark, _ORPHAN_STOPS_WITHIN_S):
                self._say(f"ended the {mark.name} (process {mark.pid}) that a killed stack had left behind")
            self._folder.forget(mark.name)
        return bool(marks)

    # -- watching

    def watch(self, until: threading.Event | None = None) -> None:
        """Starts children again that end by themselves, with growing pauses; runs until the event is set, or for ever.

        Those that `kill` or `end` ended stay as they are.
        """
        until = until or threading.Event()
        pauses: dict[Service, _Pause] = {name: _Pause(started_at=time.monotonic()) for name in self._children}
        while not until.wait(0.2):
            for name, pause in pauses.items():
                child = self._children.get(name)
                if pause.until is None and child is not None and child.poll() is not None:
                    self._note_the_end(name, child.returncode, pause)
                if pause.until is not None and time.monotonic() >= pause.until:
                    self._start_again(name, pause)

    def _note_the_end(self, name: Service, code: int, pause: _Pause) -> None:
        if time.monotonic() - pause.started_at > _LASTED_S:
            pause.length_s = _FIRST_PAUSE_S
        how = f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"
        self._say(f"the {name} {how}; starting it again in {pause.length_s:g} s. Its log: {self._folder.log(name)}")
        self._forget(name)
        self._lengthen(pause)

    def _start_again(self, name: Service, pause: _Pause) -> None:
        pause.started_at = time.monotonic()
        try:
            self._start(name)
        except StackError as error:
            self._say(f"{error} Trying again in {pause.length_s:g} s.")
            self._forget(name)
            self._lengthen(pause)
        else:
            pause.until = None

    @staticmethod
    def _lengthen(pause: _Pause) -> None:
        pause.until = time.monotonic() + pause.length_s
        pause.length_s = min(pause.length_s * 2, _LONGEST_PAUSE_S)


def _keep_quiet(_line: str) -> None:
    pass


def _tail(log: Path) -> str:
    lines = log.read_text("utf-8", "replace").splitlines()[-_LOG_TAIL_LINES:]
    return "\n  ".join([f"The end of its log, {log}:", *lines])
