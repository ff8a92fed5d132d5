"""Eight weeks of UK DISP on the server that skips time: the final response in time, and too late."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from cases.view import CaseView, ClockView
from cases.words import ClockState, ClosedAs, Status, WaitingOn
from tests.samples import complaint, deed
from tests.temporal import ROOT, House, skipping_server

pytestmark = pytest.mark.asyncio(loop_scope="module")

WEEK, DAY = timedelta(weeks=1), timedelta(days=1)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def regulated(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """The time-skipping server with a worker under policies/uk-disp.toml."""
    async with skipping_server(tmp_path_factory.mktemp("regulated"), ROOT / "policies/uk-disp.toml") as house:
        yield house


async def closed_in_silence(house: House, reference: str) -> CaseView:
    """A case that was acknowledged and resolved, and closed because the customer said nothing."""
    view = await house.open(complaint(reference=reference))
    owner = house.offered(view)
    await house.act(view.case_id, deed("claim", owner))
    await house.act(view.case_id, deed("reply", owner, text="We have it.", letter="acknowledgement"))
    await house.act(view.case_id, deed("resolve", owner, text="The charge is back."))
    await house.env.sleep(8 * DAY)
    return await house.until(view.case_id, lambda view: view.status is Status.CLOSED)


def final_response(view: CaseView) -> ClockView:
    """The clock of the eight weeks."""
    return next(clock for clock in view.clocks if clock.label == "final_response")


async def test_a_case_that_was_closed_in_silence_is_live_until_its_final_response(regulated: House) -> None:
    view = await closed_in_silence(regulated, "disp-met")
    assert view.closed_as is ClosedAs.UNCONFIRMED
    assert final_response(view).state is ClockState.RUNNING

    await regulated.env.sleep(6 * WEEK)  # the reopen window has passed by then
    assert view.owner.person
    owner = regulated.actor(view.owner.person)
    sent = deed("reply", owner, text="We uphold your complaint.", letter="final_response")
    archived = await regulated.act(view.case_id, sent)

    assert archived.status is Status.ARCHIVED
    assert final_response(archived).state is ClockState.FULFILLED
    assert final_response(archived).breached_at is None
    await regulated.written(view.case_id)
    told = [sent.text for sent in regulated.records.outbox(view.case_id)]
    assert any("We uphold your complaint." in text and "within six months" in text for text in told)


async def test_eight_weeks_that_were_missed_are_a_breach_on_the_dot_and_the_letter_is_still_owed(
    regulated: House,
) -> None:
    view = await closed_in_silence(regulated, "disp-missed")
    due = final_response(view).due_at
    assert due
    assert due == view.received_at + 8 * WEEK

    await regulated.env.sleep(7 * WEEK)
    late = await regulated.until(view.case_id, lambda view: final_response(view).breached_at)
    assert late.status is Status.CLOSED
    assert late.waiting_on is WaitingOn.OWNER
    breached_at = final_response(late).breached_at
    assert breached_at
    assert breached_at - due < timedelta(seconds=2)

    assert view.owner.person
    owner = regulated.actor(view.owner.person)
    sent = deed("reply", owner, text="We are sorry to be late.", letter="final_response")
    archived = await regulated.act(view.case_id, sent)
    assert archived.status is Status.ARCHIVED
    assert final_response(archived).breached_at == breached_at
