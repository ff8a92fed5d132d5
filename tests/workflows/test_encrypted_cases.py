"""Cases whose payloads are encrypted, on a real server: what it stores, and what becomes of them when keys change."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.worker import Replayer

from cases.events import Refused
from cases.view import CaseView
from starter import keys
from tests.samples import SHOP, complaint, deed
from tests.temporal import DEFAULT_POLICY, House, through, unworked_server, worked
from workflows.case import CaseWorkflow
from workflows.client import KeyMissing
from workflows.encryption import KEY_ID
from workflows.handoff import HandoffWorkflow
from workflows.keyring import KeyRing, StoredRing
from workflows.plugin import plugin

pytestmark = pytest.mark.asyncio

SAID = "Quixotic"
"""Begins each word that is in no source code, log or library, and in each thing that somebody says."""


@pytest.fixture
def ring(tmp_path: Path) -> Path:
    path = tmp_path / "payload.keys"
    keys.begun().write(path)
    return path


async def told(house: House, reference: str) -> CaseView:
    """A case in which each kind of thing is said that people say: by update, signal and child, and what is refused."""
    view = await house.open(
        complaint(
            reference=reference,
            text=f"{SAID}Complaint",
            customer={"id": "c-1", "name": f"{SAID}Name", "contact": f"{SAID}Contact"},
        )
    )
    owner = house.offered(view)
    await house.act(view.case_id, deed("claim", owner))
    await house.act(view.case_id, deed("reply", owner, text=f"{SAID}Reply"))
    with pytest.raises(Refused):
        await house.act(view.case_id, deed("reopen", owner))
    await house.cases.signal(view.case_id, deed("message", SHOP, text=f"{SAID}Message"))
    await house.act(view.case_id, deed("hand_off", owner, team="billing", question=f"{SAID}Question"))
    await house.settled(view.case_id)
    return await house.cases.view(view.case_id)


def stored(database: Path) -> bytes:
    """All that the server has written: its database, and the log that is not in it yet."""
    return b"".join(file.read_bytes() for file in database.parent.glob(f"{database.name}*"))


@pytest.mark.parametrize("encrypted", [False, True])
async def test_no_word_that_was_said_is_in_the_servers_database(tmp_path: Path, ring: Path, encrypted: bool) -> None:
    database = tmp_path / "temporal.db"
    async with unworked_server(tmp_path, DEFAULT_POLICY, database=database) as plain:
        house = await through(plain, KeyRing(ring if encrypted else None))
        async with worked(house):
            view = await told(house, "words")
            assert view.handoffs
            written = stored(database)
    everywhere = {"Complaint", "Name", "Contact", "Reply", "Message", "Question"}
    found = {word for word in everywhere if f"{SAID}{word}".encode() in written}
    assert found == (set() if encrypted else everywhere)
    assert f"case-{view.case_id}".encode() in written  # it is the right file


async def test_keys_rotate_while_a_case_is_open(tmp_path: Path, ring: Path) -> None:
    async with unworked_server(tmp_path, DEFAULT_POLICY) as plain:
        used: list[str] = []
        house = await through(plain, KeyRing(ring))
        async with worked(house):
            view = await house.open(complaint(reference="rotated"))
            for turn in range(2):
                used.append(StoredRing.read(ring).active)
                await house.act(view.case_id, deed("message", SHOP, text=f"Update {turn}"))
                await house.settled(view.case_id)
                turned_to_another(ring)
                used.append(StoredRing.read(ring).active)
                await house.cases.signal(view.case_id, deed("message", SHOP, text=f"Signal {turn}"))
                await house.settled(view.case_id)
            entries = (await house.cases.timeline(view.case_id)).entries
            history = await house.settled(view.case_id)
    assert [entry.kind for entry in entries].count("message") == 4
    raw = b"".join(event.SerializeToString() for event in history.events)
    assert all(key_id.encode() in raw for key_id in used)
    assert b"Update" not in raw
    await Replayer(workflows=[CaseWorkflow], plugins=[plugin(keys=KeyRing(ring))]).replay_workflow(history)


async def test_with_a_missing_key_cases_wait_and_say_which_and_go_on_when_it_is_back(
    tmp_path: Path, ring: Path, caplog: pytest.LogCaptureFixture
) -> None:
    of_worker = tmp_path / "worker.keys"
    before = StoredRing.read(ring)
    before.write(of_worker)
    async with unworked_server(tmp_path, DEFAULT_POLICY) as plain:
        house, workers = await through(plain, KeyRing(ring)), await through(plain, KeyRing(of_worker))
        async with worked(workers):
            views = [await house.open(complaint(reference=f"waits-{n}")) for n in range(2)]
            for view in views:
                await house.settled(view.case_id)
            new = turned_to_another(ring)  # and the worker's copy is not
            for view in views:
                await house.cases.signal(view.case_id, deed("message", SHOP, text="Is anybody there?"))
            async with asyncio.timeout(10):
                while not await _all_fail(house, views, new):
                    await asyncio.sleep(0.1)
            assert f"the key {new} is missing from" in caplog.text
            assert "anybody there" not in caplog.text

            StoredRing.read(ring).write(of_worker)
            for view in views:
                kinds = await _kinds(house, view)
                assert kinds.count("message") == 1
                assert "unreadable" not in kinds

            # An API without the worker's key cannot read what it answers, says so, and is not ready.
            before.write(ring)
            behind = await through(plain, KeyRing(ring))
            for asked in (behind.cases.view(views[0].case_id), behind.cases.ready()):
                with pytest.raises(KeyMissing, match=new):
                    await asked
            StoredRing.read(of_worker).write(ring)
            await behind.cases.ready()


def turned_to_another(ring: Path) -> str:
    """Adds a key and turns to it: its id."""
    keys.rotated(keys.with_new(StoredRing.read(ring))[0]).write(ring)
    return StoredRing.read(ring).active


async def _kinds(house: House, before: CaseView) -> list[str]:
    """The kinds of entries once the case has gone on."""
    await house.until(before.case_id, lambda now: now.version > before.version, within_s=20)
    return [entry.kind for entry in (await house.cases.timeline(before.case_id)).entries]


async def _all_fail(house: House, views: list[CaseView], key_id: str) -> bool:
    """Whether each case's workflow task has failed, for a reason that names the key to whoever looks."""
    for view in views:
        events = (await house.history(view.case_id)).events
        failed = [each for each in events if each.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED]
        if not any(key_id in each.workflow_task_failed_event_attributes.failure.message for each in failed):
            return False
    return True


async def test_what_was_made_up_or_its_key_given_up_is_kept_as_unreadable_and_nothing_wedges(
    tmp_path: Path, ring: Path
) -> None:
    async with unworked_server(tmp_path, DEFAULT_POLICY) as plain:
        house = await through(plain, KeyRing(ring))
        async with worked(house):
            view = await house.open(complaint(reference="made-up"))
            active = StoredRing.read(ring).active
            sent = await house.temporal(
                *("workflow", "signal", "-w", f"case-{view.case_id}", "--name", "agent_action", "--input", '"made up"'),
                *("--input-meta", "encoding=caseladder/aes-256-gcm", "--input-meta", f"{KEY_ID}={active}"),
            )
            assert sent.returncode == 0, sent.stderr
            await house.until(view.case_id, lambda now: now.version > view.version)
            entry = (await house.cases.timeline(view.case_id)).entries[-1]
            assert entry.kind == "unreadable"
            again = await house.act(view.case_id, deed("message", SHOP, text="Still there?"))
            assert again.version > entry.n
            replayer = Replayer(workflows=[CaseWorkflow, HandoffWorkflow], plugins=[plugin(keys=KeyRing(ring))])
            await replayer.replay_workflow(await house.settled(view.case_id))
