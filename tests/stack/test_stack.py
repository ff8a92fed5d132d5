"""The embedded stack over a real dev server; a few lines of Python stand where a child's own work does not matter."""

import os
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from temporalio.client import Client

from starter.stack import AlreadyRunning, Ended, Stack, StackError, ports
from starter.stack.folder import Folder
from starter.stack.processes import Mark

WORKER = [
    sys.executable,
    "-c",
    "import os, time; open(os.environ['CASELADDER_READY_FILE'], 'w').close(); time.sleep(600)",
]


WRITER = [
    *WORKER[:2],
    "import os, pathlib, time; ready = pathlib.Path(os.environ['CASELADDER_READY_FILE'])\n"
    "(ready.parent.parent / 'written-by-the-worker').touch(); ready.touch(); time.sleep(600)",
]


def wait_until(holds: Callable[[], bool], within_s: float = 20.0) -> None:
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline, "it did not come to hold in time"
        time.sleep(0.05)


@contextmanager
def running(code: str) -> Generator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, "-c", code]) as process:
        try:
            yield process
        finally:
            process.kill()


def is_gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


async def open_workflow(address: str) -> None:
    client = await Client.connect(address)
    await client.start_workflow("Case", id="case-1", task_queue="nobody-listens")


async def finds_workflow(address: str) -> bool:
    client = await Client.connect(address)
    return (await client.get_workflow_handle("case-1").describe()).workflow_type == "Case"


async def test_server_listens_where_it_says_with_the_search_attributes_and_is_gone_afterwards(tmp_path: Path):
    with Stack(tmp_path) as stack:
        where = stack.start_server()
        pid = stack.pids["server"]
        client = await Client.connect(where.temporal)
        unknown_attributes_would_fail = (
            'CaseRung = "agent" AND CaseBreached = true AND CaseDueAt < "2030-01-01T00:00:00Z"'
        )
        found = await client.count_workflows(unknown_attributes_would_fail)

        assert found.count == 0
        assert ports.answers(where.ui_port)
        assert {
            listener.laddr.ip for listener in psutil.Process(pid).net_connections() if listener.status == "LISTEN"
        } == {"127.0.0.1"}

    assert is_gone(pid)
    assert ports.is_free(where.temporal_port)
    assert list((tmp_path / "run").glob("*.pid")) == []


async def test_killed_server_comes_back_on_its_ports_with_its_workflows(tmp_path: Path):
    with Stack(tmp_path) as stack:
        before = stack.start_server()
        await open_workflow(before.temporal)
        stack.kill("server")
        assert not ports.answers(before.temporal_port)

        assert stack.start_server() == before
        assert await finds_workflow(before.temporal)


async def test_a_later_stack_on_the_folder_finds_its_workflows(tmp_path: Path):
    with Stack(tmp_path) as first:
        await open_workflow(first.start_server().temporal)

    with Stack(tmp_path) as second:
        assert await finds_workflow(second.start_server().temporal)


def test_a_live_folder_is_refused_with_the_pid_that_holds_it(tmp_path: Path):
    with Stack(tmp_path), pytest.raises(AlreadyRunning, match=f"process {os.getpid()}.*--data"), Stack(tmp_path):
        pass

    with Stack(tmp_path):
        pass  # free again


def test_killing_the_parent_leaves_no_child_and_the_folder_can_be_used_at_once(tmp_path: Path):
    code = (
        "import sys, pathlib; from starter.stack import Stack\n"
        "with Stack(pathlib.Path(sys.argv[1])) as stack:\n"
        "    print(stack.start_server().temporal_port, stack.pids['server'], flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        port, server = map(int, parent.stdout.readline().split())
        parent.kill()

    with Stack(tmp_path, temporal_port=port) as stack:
        assert is_gone(server)
        assert stack.start_server().temporal_port == port


def test_next_start_ends_the_orphan_that_its_pid_file_names_and_nobody_else(tmp_path: Path):
    with running("import time; time.sleep(600)") as orphan, running("import time; time.sleep(600)") as bystander:
        folder = Folder(tmp_path)
        folder.hold()
        folder.remember(Mark.of("server", orphan.pid))
        an_hour_older = psutil.Process(bystander.pid).create_time() - 3600
        folder.remember(Mark("worker", bystander.pid, an_hour_older))
        folder.release()
        said: list[str] = []

        with Stack(tmp_path, say=said.append):
            assert orphan.wait(5) == -signal.SIGTERM
            assert bystander.poll() is None

        assert said == [f"ended the server (process {orphan.pid}) that a killed stack had left behind"]


def test_an_orphan_that_ignores_being_asked_is_killed(tmp_path: Path):
    ready = tmp_path / "ready"
    stubborn = "import signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    with running(f"{stubborn}open({str(ready)!r}, 'w').close(); time.sleep(600)") as orphan:
        wait_until(ready.exists)
        folder = Folder(tmp_path)
        folder.hold()
        folder.remember(Mark.of("api", orphan.pid))
        folder.release()

        with Stack(tmp_path):
            assert orphan.wait(1) == -signal.SIGKILL


def test_nobody_else_reads_what_is_in_a_folder_that_was_there_already(tmp_path: Path):
    tmp_path.chmod(0o755)
    earlier = tmp_path / "records.db"
    earlier.touch(0o644)
    (tmp_path / "logs").mkdir(0o755)
    theirs = tmp_path / "notes.txt"
    theirs.touch(0o644)
    before = os.umask(0o022)
    try:
        with Stack(tmp_path, commands={"worker": WRITER}) as stack:
            stack.start_server()
            stack.start_worker()
            found = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
            log = stat.S_IMODE(stack.folder.log("worker").stat().st_mode)
    finally:
        os.umask(before)
    assert found.pop(theirs.name) == 0o644
    assert {"temporal.db", "records.db", "written-by-the-worker", "logs", "run"} <= found.keys()
    assert {name: oct(mode) for name, mode in found.items() if mode & 0o077} == {}
    assert log == 0o600
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


def test_children_end_in_the_order_api_worker_server(tmp_path: Path):
    tells = (
        "import os, pathlib, signal, sys, time\n"
        "def end(*_): open(sys.argv[1], 'a').write(sys.argv[2] + ' '); sys.exit()\n"
        "signal.signal(signal.SIGTERM, end); open(os.environ['CASELADDER_READY_FILE'], 'w').close(); time.sleep(600)"
    )
    serves = (
        "import http.server, os, signal, sys\n"
        "def end(*_): open(sys.argv[1], 'a').write('api '); sys.exit()\n"
        "class Healthy(http.server.BaseHTTPRequestHandler):\n"
        "    def do_GET(self): self.send_response(200); self.end_headers()\n"
        "signal.signal(signal.SIGTERM, end)\n"
        "address = ('127.0.0.1', int(os.environ['CASELADDER_API_PORT']))\n"
        "http.server.HTTPServer(address, Healthy).serve_forever()"
    )
    order = tmp_path / "order"
    with Stack(
        tmp_path,
        commands={
            "worker": [sys.executable, "-c", tells, str(order), "worker"],
            "api": [sys.executable, "-c", serves, str(order)],
        },
    ) as stack:
        stack.start()
        server = stack.pids["server"]

    assert order.read_text("utf-8") == "api worker "
    assert is_gone(server)


def test_a_child_that_ends_at_once_is_reported_with_the_end_of_its_log(tmp_path: Path):
    fails = [sys.executable, "-c", "import sys; print('no such policy'); sys.exit(3)"]

    with (
        Stack(tmp_path, commands={"worker": fails}) as stack,
        pytest.raises(Ended, match=r"(?s)code 3.*no such policy"),
    ):
        stack.start_worker()


def test_a_child_is_told_where_everything_is(tmp_path: Path):
    tells = [sys.executable, "-c", f"import os; print(dict(os.environ)); {WORKER[2]}"]
    policy = tmp_path / "policy.toml"

    with Stack(tmp_path, policy=policy, commands={"worker": tells}) as stack:
        stack.start_worker()
        told = stack.folder.log("worker").read_text("utf-8")

        assert stack.settings["CASELADDER_POLICY"] == str(policy)
        assert all(f"'{name}': '{value}'" in told for name, value in stack.settings.items())


def test_starting_what_runs_already_is_refused(tmp_path: Path):
    with Stack(tmp_path, commands={"worker": WORKER}) as stack:
        stack.start_worker()

        with pytest.raises(StackError, match=f"process {stack.pids['worker']}"):
            stack.start_worker()


def test_a_child_that_dies_is_started_again_and_said_so_but_one_that_was_ended_is_not(tmp_path: Path):
    said: list[str] = []
    over = threading.Event()
    with Stack(tmp_path, commands={"worker": WORKER}, say=said.append) as stack:
        stack.start_server()
        stack.start_worker()
        first_worker, first_server = stack.pids["worker"], stack.pids["server"]
        watcher = threading.Thread(target=stack.watch, args=(over,))
        watcher.start()
        os.kill(first_worker, signal.SIGKILL)
        os.kill(first_server, signal.SIGKILL)

        wait_until(lambda: sum("ready after" in line for line in said) == 4)
        over.set()
        watcher.join()

        assert stack.pids["worker"] != first_worker
        assert ports.answers(stack.addresses.temporal_port)
        assert any("the worker was killed by signal 9; starting it again in 0.5 s" in line for line in said)

        over.clear()
        stack.end("worker")
        watcher = threading.Thread(target=stack.watch, args=(over,))
        watcher.start()
        time.sleep(1)
        over.set()
        watcher.join()
        assert "worker" not in stack.pids
