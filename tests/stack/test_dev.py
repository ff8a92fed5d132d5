"""`caseladder dev` as a person or a program runs it, with the real worker and the real API."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from starter.stack import Unreadable
from starter.stack.dev import people_of

ROOT = Path(__file__).parents[2]
FREE_PORTS = ["--api-port", "0", "--temporal-port", "0", "--ui-port", "0"]


def command(folder: Path, *options: str) -> list[str]:
    policy = ["--policy", str(ROOT / "policies" / "demo.toml")]
    return [sys.executable, "-P", "-m", "starter.cli", "dev", "--data", str(folder), *policy, *FREE_PORTS, *options]


@contextmanager
def dev(folder: Path, *options: str) -> Generator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """`caseladder dev --json`, and what its one line says."""
    with subprocess.Popen(command(folder, "--json", *options), stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process, json.loads(process.stdout.readline())
        finally:
            process.kill()


def alive(pids: dict[str, int]) -> set[str]:
    def is_alive(pid: int) -> bool:
        try:
            return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False

    return {name for name, pid in pids.items() if is_alive(pid)}


def test_json_says_where_everything_is_a_second_start_is_refused_and_sigterm_ends_all_of_it(tmp_path: Path):
    with dev(tmp_path) as (process, said):
        assert alive(said["pids"]) == {"dev", "server", "worker", "api"}
        assert {"service", "operator", "agent:ana"} <= said["tokens"].keys()
        operator = {"Authorization": f"Bearer {said['tokens']['operator']}"}
        assert httpx.get(f"{said['api']}/v1/cases", headers=operator).json()["items"] == []
        assert httpx.get(said["ui"], follow_redirects=True).is_success

        second = subprocess.run(command(tmp_path), capture_output=True, text=True, check=False)
        assert second.returncode == 1
        assert f"process {process.pid}" in second.stderr

        process.terminate()
        assert process.wait(30) == 0
        assert process.stdout is not None
        assert process.stdout.read() == ""
        assert alive(said["pids"]) == set()


def test_killed_outright_it_leaves_no_child_and_the_next_start_finds_its_cases_encrypted_as_they_were(tmp_path: Path):
    complaint = {
        "reference": "r-1",
        "channel": "email",
        "product": "Mortgage",
        "text": "You took my payment twice.",
        "customer": {"id": "c-1"},
    }
    with dev(tmp_path, "--encrypt") as (process, said):
        service = {"Authorization": f"Bearer {said['tokens']['service']}"}
        opened = httpx.post(f"{said['api']}/v1/cases", headers=service, json=complaint).raise_for_status().json()
        process.kill()
        process.wait()

    with dev(tmp_path) as (process, again):
        operator = {"Authorization": f"Bearer {again['tokens']['operator']}"}
        found = httpx.get(f"{again['api']}/v1/cases/{opened['case_id']}", headers=operator, timeout=30)

        assert alive({name: said["pids"][name] for name in ("server", "worker", "api")}) == set()
        assert found.json()["reference"] == "r-1"
        _its_web_ui_can_decrypt(again)


def test_for_a_person_it_opens_samples_in_a_new_folder_only_and_ctrl_c_ends_it_cleanly(tmp_path: Path):
    texts: list[str] = []
    for _ in range(2):
        with subprocess.Popen(
            command(tmp_path), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, process_group=0
        ) as process:
            assert process.stdout is not None
            lines: list[str] = []
            for line in process.stdout:
                lines.append(line)
                if "Ctrl-C" in line:
                    os.killpg(process.pid, signal.SIGINT)
            assert process.wait(30) == 0
            texts.append("".join(lines))

    assert "opening the sample complaints" in texts[0]
    assert "opening the sample complaints" not in texts[1]
    assert "agent:ana" in texts[0]
    assert texts[0].endswith("caseladder: stopped; the cases are kept\n")


def test_a_policy_that_is_not_there_is_named_with_its_option(tmp_path: Path):
    missing = tmp_path / "no.toml"
    run = subprocess.run(
        [sys.executable, "-P", "-m", "starter.cli", "dev", "--data", str(tmp_path), "--policy", str(missing)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 1
    assert str(missing) in run.stderr
    assert "--policy" in run.stderr


@pytest.mark.parametrize("text", ["[[people]]\nname = 'no id'", "people = 3", "people = ["])
def test_a_directory_file_that_is_none_is_refused_by_name(tmp_path: Path, text: str):
    directory = tmp_path / "people.toml"
    directory.write_text(text, "utf-8")

    with pytest.raises(Unreadable, match=r"people\.toml"):
        people_of(directory)


def _its_web_ui_can_decrypt(said: dict[str, Any]) -> None:
    endpoint = httpx.get(f"{said['ui']}/api/v1/settings").json()["Codec"]["Endpoint"]
    assert endpoint.startswith(f"{said['api']}/codec/")
    sent = {"payloads": [{"metadata": {"encoding": "anNvbi9wbGFpbg=="}, "data": "MQ=="}]}
    from_there = {"Origin": said["ui"], "X-Namespace": "default"}
    sealed = httpx.post(f"{endpoint}/encode", headers=from_there, json=sent)
    opened = httpx.post(f"{endpoint}/decode", headers=from_there, json=sealed.json())
    assert sealed.json() != sent
    assert (opened.json(), opened.headers["access-control-allow-origin"]) == (sent, said["ui"])
    assert httpx.post(f"{said['api']}/codec/decode", headers=from_there, json=sealed.json()).status_code == 401
