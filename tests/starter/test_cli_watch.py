"""`caseladder watch`: run as a process where it is to run on, and its countdowns by themselves."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from cases.words import ClockName
from starter.cli.countdowns import nearest, span, told
from starter.stack import Stack
from tests.api.live import ROOT
from tests.samples import HOUR, MINUTE, Played, claimed, plan, terms, waiting
from tests.starter.conftest import OURS, Run, opened

SECOND = timedelta(seconds=1)


@contextmanager
def watching(stack: Stack, *arguments: str, to: int = subprocess.PIPE) -> Generator[subprocess.Popen[str]]:
    """`caseladder watch` with these arguments, as long as the block lasts."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "starter.cli", "watch", "--interval", "0.3", *arguments],
        env=plain | {"PYTHONPATH": str(ROOT), "TERM": "xterm"} | stack.settings,
        text=True,
        stdout=to,
        stderr=to,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def heard(process: subprocess.Popen[str], change: str) -> dict[str, Any]:
    """The next change of that kind, in NDJSON. The watch is ended by its time limit, if it never comes."""
    assert process.stdout is not None
    for line in process.stdout:
        if (said := json.loads(line))["change"] == change:
            return said
    raise AssertionError(f"it ended, and nothing was {change}")


def act(here: Run, stack: Stack, case_id: str, *said: str) -> None:
    done = here("act", case_id, *said, env=stack.settings)
    assert done.code == 0, done.err


def test_a_case_and_a_list_are_told_change_by_change_and_a_case_until_it_is_archived(here: Run, stack: Stack):
    case_id = opened(here, stack, customer={"id": "watched"})
    with (
        watching(stack, case_id, "--json") as of_case,
        watching(stack, "--customer", "watched", "--json") as of_list,
    ):
        first = heard(of_case, "seen")
        assert heard(of_list, "seen")["case_id"] == case_id
        act(here, stack, case_id, "claim", "--as", "quinn")
        act(here, stack, case_id, "close", "reason=The same as another", "--as", "quinn")
        in_lines = here("watch", case_id, "--interval", "0.2", env=stack.settings)
        gone = heard(of_list, "gone")
        told_json, _ = of_case.communicate(timeout=20)
    assert (gone["case_id"], gone["case"]["closed_as"]) == (case_id, "by_manager")
    changes = [first, *map(json.loads, told_json.splitlines())]
    assert (of_case.returncode, in_lines.code) == (0, 0)
    assert changes[-1]["case"]["status"] == "archived"
    numbers = [entry["n"] for change in changes for entry in change["timeline"]]
    assert numbers == list(range(1, changes[-1]["case"]["version"] + 1))
    assert re.search(rf"{case_id}  \d+ .* claim +", in_lines.out)
    assert f"{case_id}  archived as by_manager, " in in_lines.out.splitlines()[-1]


def test_a_worker_that_is_away_for_a_moment_is_said_and_waited_for(here: Run, stack: Stack):
    case_id = opened(here, stack)
    worker = stack.pids["worker"]
    with watching(stack, case_id, "--json") as process:
        heard(process, "seen")
        os.kill(worker, signal.SIGSTOP)
        try:
            assert "worker" in heard(process, "away")["why"]
        finally:
            os.kill(worker, signal.SIGCONT)
        heard(process, "back")
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 130
        assert process.stderr is not None
        assert process.stderr.read() == ""


def test_on_a_terminal_the_countdown_runs_and_ctrl_c_leaves_it_in_order(here: Run, stack: Stack):
    case_id = opened(here, stack)
    ours, theirs = pty.openpty()
    with watching(stack, case_id, to=theirs) as process:
        os.close(theirs)
        shown, until = "", time.monotonic() + 20
        left: dict[str, None] = {}
        while len(left) < 2:
            assert time.monotonic() < until, f"the countdown stands: {shown}"
            shown += os.read(ours, 65_536).decode("utf-8", "replace")
            left = dict.fromkeys(re.findall(r"acknowledge +due in (\d\d:\d\d)", re.sub(r"\x1b\[[\d;?]*\w", "", shown)))
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 130
        shown += os.read(ours, 65_536).decode("utf-8", "replace")
    os.close(ours)
    seconds = [int(minutes) * 60 + int(rest) for minutes, _, rest in (one.partition(":") for one in left)]
    assert 1 <= seconds[0] - seconds[1] <= 2
    assert shown.endswith("\x1b[?25h")  # the cursor is back
    assert "Traceback" not in shown


def test_one_look_is_a_table_or_a_case_and_wrong_ones_are_said(here: Run, stack: Stack):
    case_id = opened(here, stack, customer={"id": "once"})
    looked = here("watch", case_id, "--once", env=stack.settings)
    assert looked.code == 0, looked.err
    assert re.search(r"first_response +(due in 5:59:\d\d|due in 6:00:00)  \(", looked.out)
    until = time.monotonic() + 8
    while case_id not in (listed := here("watch", "--customer", "once", "--once", env=stack.settings)).out:
        assert time.monotonic() < until, listed
    assert "acknowledge due in " in listed.out
    assert json.loads(here("watch", case_id, "--once", "--json", env=stack.settings).out)["case_id"] == case_id
    both = here("watch", case_id, "--team", "cards", env=stack.settings)
    assert both.err == "caseladder: a case id and filters: leave out one of the two.\n"
    unknown = here("watch", "shop-aaaaaaaaaa", env=stack.settings)
    assert unknown.err.startswith("caseladder: There is no case shop-aaaaaaaaaa")
    nobody = here("watch", "--team", "crads", "--once", env=stack.settings)
    assert nobody.out == "no cases\n"
    assert "the directory knows no team crads: it has billing, cards, fraud" in nobody.err


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "00:00"),
        (11.6, "00:12"),
        (-61, "01:01"),
        (3600, "1:00:00"),
        (86_399.4, "23:59:59"),
        (183_845, "2d 03:04:05"),
    ],
)
def test_a_span_is_said_to_the_nearest_second(seconds: float, said: str):
    assert span(seconds) == said


def test_a_countdown_says_what_is_left_what_is_late_and_what_stands():
    played = claimed(plan(terms(first_response=2 * HOUR, resolution=3 * HOUR)))
    first = played.clock(ClockName.FIRST_RESPONSE)
    assert told(first, played.now + HOUR) == "due in 1:00:00"
    # A view that nobody has brought up to date, because no worker is there, tells no lie about the time.
    assert told(first, played.now + 2 * HOUR + SECOND) == "was due 00:01 ago"
    assert nearest(played.view, played.now + HOUR) == "first_response due in 1:00:00"
    played.wait(2 * HOUR + 5 * SECOND)
    assert told(played.clock(ClockName.FIRST_RESPONSE), played.now) == "breached, late by 00:05"
    assert nearest(played.view, played.now + MINUTE) == "first_response late by 01:05"


def test_a_clock_that_is_paused_stands_however_long_one_looks():
    played = waiting()
    paused = played.clock(ClockName.RESOLUTION)
    assert told(paused, played.now) == told(paused, played.now + HOUR) == "paused with 5d 00:00:00 left"


def test_a_case_without_clocks_has_nothing_due():
    played = Played()
    assert nearest(played.view, played.now) == "-"
