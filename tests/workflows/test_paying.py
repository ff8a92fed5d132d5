"""A payment endpoint behind a case on a real server: paid once whatever it does, and what it refuses is said."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import pytest_asyncio

from activities import Activities, payments
from cases.events import Actor
from cases.words import RemedyState, Status, WaitingOn
from policies import restore
from tests.activities.test_paying import SECRET, Bank
from tests.machines import CLOSE, Turn
from tests.samples import complaint, deed
from tests.temporal import DEFAULT_POLICY, House, unworked_server
from worker import THREADS, new_worker, working

pytestmark = pytest.mark.asyncio(loop_scope="module")

MONEY = {"remedy": "credit", "amount": "50.00", "currency": "GBP"}


def _impatient() -> str:
    content = json.loads(DEFAULT_POLICY.content)
    content["guards"]["stuck_after"] = "2s"
    return json.dumps(content)


@pytest.fixture(scope="module")
def bank() -> Bank:
    return Bank()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def paying(bank: Bank, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A server whose worker has that bank pay; its cases say after two seconds that they are stuck."""
    folder: Path = tmp_path_factory.mktemp("paying")
    with bank.running():
        async with unworked_server(folder, restore(_impatient())) as house:
            settings = {"CASELADDER_PAYMENTS_URL": bank.url("/pay"), "CASELADDER_PAYMENTS_SECRET": SECRET}
            activities = Activities(house.records, house.policy, payments=payments(settings, house.records))
            with ThreadPoolExecutor(THREADS) as threads:
                async with working(new_worker(house.client, activities, threads)):
                    yield house


async def granted(house: House, reference: str) -> tuple[str, Actor]:
    """A case whose owner has just granted fifty pounds."""
    view = await house.open(complaint(reference=reference))
    owner = house.offered(view)
    await house.act(view.case_id, deed("claim", owner))
    await house.act(view.case_id, deed("propose_remedy", owner, **MONEY))
    return view.case_id, owner


async def test_a_bank_that_fails_and_says_when_to_come_again_is_asked_then_and_pays_once(
    paying: House, bank: Bank
) -> None:
    bank.coming.extend((CLOSE, Turn(status=429, headers={"retry-after": "4"})))
    case_id, _ = await granted(paying, "fails")
    stuck = await paying.until(case_id, lambda view: view.stuck)
    assert stuck.waiting_on is WaitingOn.STUCK
    turned_away = time.monotonic()
    assert len(bank.heard) == 2
    view = await paying.until(case_id, lambda view: view.remedies[0].state is RemedyState.PAID)
    # Beyond the patience of the case, and no sooner: nobody storms a bank that asks for quiet.
    assert time.monotonic() - turned_away > 3
    assert len(bank.heard) == 3
    assert view.remedies[0].reference == "BANK-1"
    assert len(bank.paid) == 1
    await paying.until(case_id, lambda view: not view.stuck)
    (row,) = paying.records.list_payments(case_id).items
    assert (row.state, row.reference) == ("paid", "BANK-1")


async def test_what_the_bank_refuses_is_on_the_timeline_and_said_to_owner_and_customer(
    paying: House, bank: Bank
) -> None:
    bank.coming.append(Turn(after_s=1, status=422, body='{"reason": "the account is closed"}'))
    case_id, owner = await granted(paying, "refused")
    await paying.act(case_id, deed("resolve", owner, text="You have your money.", despite="it is on its way"))
    view = await paying.until(case_id, lambda view: view.remedies[0].state is RemedyState.FAILED)
    assert (view.remedies[0].reason, view.status) == ("the account is closed", Status.OPEN)
    await paying.written(case_id)
    assert "failed" in [entry.kind for entry in paying.records.entries(case_id)]
    told = [(sent.kind, sent.template) for sent in paying.records.outbox(case_id)]
    assert {("alert", "payment_failed"), ("message", "payment_failed")} <= {*told}
