"""Updates with the API's signature, without one, and with one that does not hold, on a real server."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from temporalio import client
from temporalio.client import Client
from temporalio.worker import Replayer

from activities import Activities
from cases.events import Refused
from cases.specialists import Accept
from cases.words import Via
from tests.forging import Forging, Make
from tests.samples import SHOP, complaint, deed
from tests.temporal import DEFAULT_POLICY, House, unworked_server
from worker import THREADS, new_worker, working
from workflows.case import CaseWorkflow
from workflows.client import CaseClient, NotTrusted
from workflows.handoff import HandoffWorkflow
from workflows.indexed import case_workflow_id
from workflows.plugin import Signatures, plugin
from workflows.signing import Signer, Trusted, Update, generated

pytestmark = pytest.mark.asyncio(loop_scope="module")

OLD, NEW, STRANGER = generated(), generated(), generated()


@dataclass(frozen=True)
class Gate:
    """A house whose worker trusts two keys, and the ways to come in."""

    house: House
    api: CaseClient

    async def open(self, reference: str) -> str:
        return (await self.house.open(complaint(reference=reference))).case_id

    async def as_api(self, signer: Signer) -> CaseClient:
        return CaseClient(await self.connected(plugin(signatures=Signatures(signer))))

    async def forging(self, make: Make) -> CaseClient:
        return CaseClient(await self.connected(plugin(), interceptors=[Forging(make)]))

    async def connected(self, *plugins: client.Plugin, interceptors: Sequence[client.Interceptor] = ()) -> Client:
        address = self.house.client.service_client.config.target_host
        return await Client.connect(address, plugins=list(plugins), interceptors=list(interceptors))

    async def newest(self, case_id: str) -> Via | None:
        return (await self.house.cases.timeline(case_id)).entries[-1].via


@asynccontextmanager
async def guarded(house: House, trusted: Trusted) -> AsyncGenerator[None]:
    """A worker with those keys."""
    address = house.client.service_client.config.target_host
    connected = await Client.connect(address, plugins=[plugin(signatures=Signatures(trusted=trusted))])
    with ThreadPoolExecutor(THREADS) as threads:
        async with working(new_worker(connected, Activities(house.records, house.policy), threads)):
            yield


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gate(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Gate]:
    async with unworked_server(tmp_path_factory.mktemp("gate"), DEFAULT_POLICY) as house:
        address = house.client.service_client.config.target_host
        api = CaseClient(await Client.connect(address, plugins=[plugin(signatures=Signatures(NEW))]))
        async with guarded(house, Trusted.of(OLD.public + NEW.public)):
            yield Gate(house, api)


def said(text: str) -> Any:
    return deed("message", SHOP, text=text)


async def test_what_the_api_signs_came_by_the_api_and_all_else_is_a_claim(gate: Gate) -> None:
    case_id = await gate.open("signed")

    await gate.api.act(case_id, said("By the API"))
    assert await gate.newest(case_id) is Via.API
    await (await gate.as_api(OLD)).act(case_id, said("By an API that has the old key still"))
    assert await gate.newest(case_id) is Via.API
    await gate.house.cases.act(case_id, said("By somebody").model_copy(update={"via": Via.API}))
    assert await gate.newest(case_id) is Via.UPDATE


async def test_a_refusal_of_a_signed_update_is_the_cases_own(gate: Gate) -> None:
    with pytest.raises(Refused, match="not_resolved"):
        await gate.api.act(await gate.open("refused"), deed("accept_resolution", SHOP))


async def test_a_history_with_signatures_replays_without_any_key(gate: Gate) -> None:
    case_id = await gate.open("replayed")
    await gate.api.act(case_id, said("By the API"))
    await gate.house.cases.act(case_id, said("By somebody"))
    history = await gate.house.settled(case_id)

    replayed = await Replayer(workflows=[CaseWorkflow, HandoffWorkflow], plugins=[plugin()]).replay_workflow(history)

    assert replayed.replay_failure is None


async def test_a_worker_with_other_keys_goes_on_with_a_case_and_still_knows_by_whom_its_updates_came(
    tmp_path: Path,
) -> None:
    async with unworked_server(tmp_path, DEFAULT_POLICY) as house:
        gate = Gate(house, CaseClient(await Gate(house, house.cases).connected(plugin(signatures=Signatures(OLD)))))
        async with guarded(house, Trusted.of(OLD.public)):
            case_id = await gate.open("rotated")
            await gate.api.act(case_id, said("By the API, with the old key"))
        async with guarded(house, Trusted.of(NEW.public)):
            assert await gate.newest(case_id) is Via.API
            with pytest.raises(NotTrusted, match="does not trust"):
                await gate.api.act(case_id, said("With the old key still"))
            await (await gate.as_api(NEW)).act(case_id, said("With the new key"))
            assert await gate.newest(case_id) is Via.API


def _of_another_update(sent: client.StartWorkflowUpdateInput) -> bytes:
    return NEW.sign(Update("default", sent.id, "act", "another", b"{}"), datetime.now(UTC))


def _as_sent(signer: Signer, ago: timedelta) -> Make:
    def make(sent: client.StartWorkflowUpdateInput) -> bytes:
        payload = sent.args[0].model_dump_json().encode()
        assert sent.update_id
        return signer.sign(Update("default", sent.id, "act", sent.update_id, payload), datetime.now(UTC) - ago)

    return make


FORGED: dict[str, tuple[Make, str]] = {
    "replayed": (_of_another_update, "another case, another update, or other words"),
    "stale": (_as_sent(NEW, timedelta(minutes=10)), "it was made at"),
    "stranger": (_as_sent(STRANGER, timedelta(0)), "does not trust"),
    "junk": (lambda _: b"junk", "no signature"),
}


@pytest.mark.parametrize("how", FORGED)
async def test_a_signature_that_does_not_hold_is_refused_logged_and_leaves_no_trace(
    gate: Gate, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    make, why = FORGED[how]
    case_id = await gate.open(f"forged-{how}")
    before = len((await gate.house.settled(case_id)).events)

    with pytest.raises(NotTrusted, match=why), caplog.at_level(logging.WARNING):
        await (await gate.forging(make)).act(case_id, said("Let me in"))

    assert len((await gate.house.settled(case_id)).events) == before
    (line,) = [r for r in caplog.records if r.name == "workflows.vouching"]
    assert why in line.getMessage()
    assert case_workflow_id(case_id) in line.getMessage()
    assert 'signature":' not in line.getMessage()


async def test_a_signed_update_that_is_sent_again_changes_nothing(gate: Gate) -> None:
    case_id = await gate.open("again")
    message = said("Once").model_copy(update={"at": datetime.now(UTC)})

    first = await gate.api.act(case_id, message)
    again = await gate.api.act(case_id, message)
    unsigned = await gate.house.cases.act(case_id, message.model_copy(update={"at": datetime.now(UTC)}))

    assert first.version == again.version == unsigned.version


async def test_hand_offs_check_signatures_too(gate: Gate) -> None:
    view = await gate.house.open(complaint(reference="handed"))
    owner = gate.house.offered(view)
    await gate.api.act(view.case_id, deed("claim", owner))
    asked = await gate.api.act(view.case_id, deed("hand_off", owner, team="billing", question="Was it settled?"))
    handoff_id = asked.handoffs[0].handoff_id
    await gate.house.until(view.case_id, lambda now: now.handoffs)
    specialist = gate.house.actor(_specialist(gate.house))
    accept = Accept(id=UUID(int=7), by=specialist, at=datetime.now(UTC))
    forged = await gate.forging(_of_another_update)
    with pytest.raises(NotTrusted):
        await forged.handoff_act(handoff_id, accept)
    taken = await gate.api.handoff_act(handoff_id, accept)
    assert taken.specialist == specialist.id


def _specialist(house: House) -> str:
    return next(person.id for person in house.records.people() if "billing" in person.teams)


async def test_a_worker_without_keys_takes_nothing_that_is_signed(house: House) -> None:
    case_id = (await house.open(complaint(reference="keyless"))).case_id
    address = house.client.service_client.config.target_host
    api = CaseClient(await Client.connect(address, plugins=[plugin(signatures=Signatures(NEW))]))
    with pytest.raises(NotTrusted, match=r"no public key .* CASELADDER_TRUSTED_KEYS"):
        await api.act(case_id, said("By the API"))
