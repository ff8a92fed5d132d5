"""Remedies on a real server: paid once whatever happens, and what cannot be paid is said."""

from __future__ import annotations

from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import pytest_asyncio
from temporalio.worker import Replayer

from activities import Activities
from cases.effects import Payment, PayRemedy
from cases.events import Actor, Code, Refused
from cases.words import RemedyState, Status, WaitingOn
from tests.samples import EVA, MAX, SHOP, complaint, deed
from tests.temporal import DEFAULT_POLICY, House, unworked_server
from worker import THREADS, new_worker
from workflows.case import CaseWorkflow
from workflows.handoff import HandoffWorkflow
from workflows.plugin import plugin

pytestmark = pytest.mark.asyncio(loop_scope="module")

MONEY = {"remedy": "credit", "amount": "80.00", "currency": "GBP"}


class Bank:
    """A company's own way of paying: away for a while, and then it pays; or it refuses."""

    def __init__(self) -> None:
        self.away = 0
        self.refuses: str | None = None
        self.asked: list[PayRemedy] = []

    def pay(self, errand: PayRemedy) -> Payment:
        """Once it is back: the reference, or the refusal."""
        self.asked.append(errand)
        if self.away:
            self.away -= 1
            raise ConnectionError("the bank does not answer")
        return Payment(refused=self.refuses) if self.refuses else Payment(reference=f"BANK-{errand.remedy_id}")


@pytest.fixture(scope="module")
def bank() -> Bank:
    return Bank()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def paying(bank: Bank, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A server whose worker pays by that bank."""
    folder: Path = tmp_path_factory.mktemp("paying")
    async with unworked_server(folder, DEFAULT_POLICY) as house:
        activities = Activities(house.records, house.policy, payments=bank)
        with ThreadPoolExecutor(THREADS) as threads:
            async with new_worker(house.client, activities, threads):
                yield house


async def owned(house: House, reference: str) -> tuple[str, Actor]:
    view = await house.open(complaint(reference=reference))
    owner = house.offered(view)
    await house.act(view.case_id, deed("claim", owner))
    return view.case_id, owner


async def test_what_is_approved_is_booked_once_told_and_counted_for_the_customers_next_case(house: House) -> None:
    case_id, owner = await owned(house, "approved")
    waiting = await house.act(case_id, deed("propose_remedy", owner, **MONEY))
    assert waiting.waiting_on is WaitingOn.APPROVAL
    with pytest.raises(Refused) as caught:
        await house.act(case_id, deed("decide_remedy", owner, remedy_id="r1", approve=True))
    assert caught.value.code is Code.OWN_PROPOSAL
    await house.act(case_id, deed("decide_remedy", MAX, remedy_id="r1", approve=True))
    paid = await house.until(case_id, lambda view: view.remedies[0].state is RemedyState.PAID)
    (payment,) = house.records.list_payments(case_id).items
    assert (payment.reference, f"{payment.amount}") == (paid.remedies[0].reference, "80.00")

    await house.written(case_id)
    told = [sent for sent in house.records.outbox(case_id) if sent.template == "remedy_granted.credit"]
    assert len(told) == 1
    assert "£80.00" in told[0].text
    history = await house.settled(case_id)
    replayer = Replayer(workflows=[CaseWorkflow, HandoffWorkflow], plugins=[plugin()])
    await replayer.replay_workflow(history)

    other = await house.open(complaint(reference="approved-next"))
    too_much = deed("propose_remedy", EVA, **{**MONEY, "amount": "9950"})
    with pytest.raises(Refused, match=r"80\.00 GBP came of other cases"):
        await house.act(other.case_id, too_much)


async def test_a_bank_that_is_away_is_asked_again_and_pays_once(paying: House, bank: Bank) -> None:
    case_id, owner = await owned(paying, "away")
    bank.away, bank.asked = 2, []
    await paying.act(case_id, deed("propose_remedy", owner, **{**MONEY, "amount": "50"}))
    view = await paying.until(case_id, lambda view: view.remedies[0].state is RemedyState.PAID)
    assert view.remedies[0].reference == "BANK-r1"
    assert len(bank.asked) == 3
    assert len({errand.id for errand in bank.asked}) == 1


async def test_what_the_bank_refuses_is_said_and_takes_a_resolved_case_up_again(paying: House, bank: Bank) -> None:
    case_id, owner = await owned(paying, "refused")
    bank.refuses = "the account is closed"
    await paying.act(case_id, deed("propose_remedy", owner, **{**MONEY, "amount": "50"}))
    view = await paying.until(case_id, lambda view: view.remedies[0].state is RemedyState.FAILED)
    assert view.remedies[0].reason == "the account is closed"
    await paying.written(case_id)
    told = {sent.template for sent in paying.records.outbox(case_id)}
    assert "payment_failed" in told
    assert view.status is Status.OPEN
    bank.refuses = None
    await paying.act(case_id, deed("message", SHOP, text="And now?"))
