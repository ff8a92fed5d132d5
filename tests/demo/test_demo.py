"""`make demo` as somebody runs it who wants to see it work."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import time
from itertools import islice
from pathlib import Path

import psutil
import pytest

from cases.ladder import ROUTES
from starter.demo.command import SEED
from starter.demo.complaints import invented
from starter.demo.diary import Diary
from tests.demo.conftest import COMPLAINTS, HANDOFFS, ROOT, Played, command, query
from tests.demo.test_every_kind import SENT


def test_it_ends_well_and_its_last_line_says_what_came_of_it(played: Played) -> None:
    assert played.run.returncode == 0, played.run.stderr
    summary = json.loads(played.run.stdout.splitlines()[-1])
    assert list(summary) == [
        *("opened", "closed", "open", "escalations", "handoffs", "breaches", "refused", "lost", "duplicated"),
        *("lateness_p50_s", "lateness_p99_s"),
    ]
    assert (summary["opened"], summary["closed"], summary["open"]) == (COMPLAINTS, COMPLAINTS, 0)
    assert (summary["lost"], summary["duplicated"], summary["handoffs"]) == (0, 0, HANDOFFS)
    assert summary["escalations"] >= 15
    assert summary["breaches"] >= 5
    assert 0 <= summary["lateness_p50_s"] <= summary["lateness_p99_s"]


def test_people_do_everything_that_they_can_do_in_one_run(played: Played) -> None:
    taken = {answer.kind for answer in Diary.load(played.folder / "diary.json").answered if answer.taken}

    assert set(SENT) - taken == set()


def test_cases_are_offered_for_every_reason_in_one_run(played: Played) -> None:
    rows = query(
        played.folder, "SELECT text || data FROM timeline UNION SELECT params FROM outbox WHERE kind = 'alert'"
    )
    said = "\n".join(str(row[0]) for row in rows)

    given = {reason for reason, route in ROUTES.items() if route.words in said or f'"reason": "{reason}"' in said}
    assert set(ROUTES) - given == set()


def test_what_customers_said_is_nowhere_in_the_servers_database(played: Played) -> None:
    told = [complaint.text for complaint in islice(invented(SEED), COMPLAINTS)]
    said = {part for text in told for part in re.findall(r"[^.!?]{20,}", text)}
    assert len(said) >= COMPLAINTS
    written = b"".join(file.read_bytes() for file in played.folder.glob("temporal.db*"))
    assert [words for words in said if words.encode() in written] == []
    records = b"".join(file.read_bytes() for file in played.folder.glob("records.db*"))
    assert any(words.encode() in records for words in said)  # they are looked for as they were said


def test_some_climb_by_neglect_some_by_request_and_some_by_rejection(played: Played) -> None:
    for why in ("by neglect", "asked_for_manager (by request)", "resolution_rejected (by rejection)"):
        assert why in played.run.stdout


def test_some_hand_offs_are_answered_some_declined_some_neglected(played: Played) -> None:
    table = played.run.stdout
    for what in ("answered", "called off", "declined, and offered on", "neglected, and offered on", "asked back first"):
        assert re.search(rf"{what} +│ +[1-9]", table), what


def test_people_who_meddle_are_refused_to_their_face_and_by_signal(played: Played) -> None:
    codes = {answer["code"] for answer in json.loads((played.folder / "diary.json").read_text())["answered"]}
    assert "not_owner" in codes
    assert codes & {"offered_to_other", "already_claimed"}
    # Two of them by answers, and a claim by signal, of which only the timeline tells.
    assert json.loads(played.run.stdout.splitlines()[-1])["refused"] >= 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--file", "nowhere.csv", "--format", "cfpb"], "nowhere.csv cannot be read"),
        (["--file", "pyproject.toml", "--format", "cfpb"], "not in the format cfpb"),
        (["--file", "pyproject.toml", "--format", "jsonl"], "pyproject.toml holds no complaint"),
        (["--file", "pyproject.toml", "--format", "xml"], "'xml' is not known"),
        (["--file", "pyproject.toml"], "say what format"),
        (["--format", "cfpb"], "a format without a file"),
        (["--limit", "1", "--keep", "tests"], "not empty"),
    ],
)
def test_what_cannot_be_played_is_said_in_one_line(arguments: list[str], said: str) -> None:
    run = subprocess.run(command(*arguments), cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)

    assert run.returncode != 0
    assert run.stdout == ""
    [starting, sentence] = run.stderr.splitlines()
    assert "starting" in starting
    assert said in sentence


def test_ctrl_c_ends_it_and_all_that_it_started(tmp_path: Path) -> None:
    with subprocess.Popen(
        command("--limit", "3", "--keep", str(tmp_path / "kept")), cwd=ROOT, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        line = next(line for line in process.stderr if "watch the cases climb" in line)
        assert "http://127.0.0.1:" in line
        children = psutil.Process(process.pid).children(recursive=True)
        assert len(children) >= 3
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        said = process.stderr.read()
        assert process.wait(30) == 130
    assert "Traceback" not in said
    _, alive = psutil.wait_procs(children, timeout=5)
    assert alive == []
