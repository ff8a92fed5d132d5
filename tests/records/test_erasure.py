"""Erasure from beginning to end: what is done at once, what waits, what a law keeps, and what goes by itself."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from cases.retention import Kept, Retention
from records import Erasing, Erasure, Records
from records.erasing import Request, key_of
from records.personal import ERASED
from records.tables import erasures
from tests.records.conftest import Committed
from tests.records.test_erasing import SECRET, archived, everything
from tests.records.test_payments import errand
from tests.samples import ANA, CUSTOMER, DAY, NOON, Played, plan

SOON = NOON + timedelta(days=60)
LAW = {"keep": "10 years", "because": "HGB 257"}
ONLY_TEXTS = Retention.model_validate({"texts": "6 years"})


class Temporal:
    """What Temporal still has running; the rest it has forgotten, or forgets when told."""

    def __init__(self, *running: str) -> None:
        self.running = set(running)
        self.breaks_at = -1
        self.asked: list[str] = []

    async def forget(self, case_id: str, *, archived: bool) -> int | None:
        self.asked.append(case_id)
        if len(self.asked) == self.breaks_at:
            raise ConnectionError("Temporal is away")
        return None if case_id in self.running or not archived else 1


def erasing(records: Records, temporal: Temporal | None = None, retention: Retention = ONLY_TEXTS) -> Erasing:
    return Erasing(records, (temporal or Temporal()).forget, retention)


async def erased(records: Records, retention: Retention = ONLY_TEXTS, now: datetime = SOON) -> Erasure:
    return await erasing(records, retention=retention).of_customer("c-1", "op", now)


def requests(records: Records) -> list[tuple[str, str | None, datetime | None]]:
    with records.reading() as connection:
        return [(row.customer_key, row.customer_id, row.done_at) for row in connection.execute(sa.select(erasures))]


def open_case(records: Records, reference: str = "open") -> Committed:
    committed = Committed(Played(plan(), reference=reference, text=SECRET))
    committed.write(records)
    return committed


async def test_a_customer_whose_cases_are_all_archived_is_erased_at_once(records: Records) -> None:
    ids = {archived(records, f"{SECRET}-{n}").played.view.case_id for n in range(2)}
    answer = await erased(records)
    assert {each.case_id for each in answer.erased} == ids
    assert all(each.entries > 5 and each.messages > 5 and each.runs == 1 for each in answer.erased)
    assert (answer.done, answer.known, answer.kept, answer.waiting) == (True, True, (), ())
    assert SECRET not in everything(records)
    assert requests(records) == [(key_of("c-1"), None, SOON)]


async def test_it_may_be_asked_again_and_then_there_is_nothing_left_to_do(records: Records) -> None:
    archived(records)
    await erased(records)
    again = await erased(records)
    assert (again.done, again.erased) == (True, ())


async def test_nobody_known_is_erased_without_a_trace(records: Records) -> None:
    answer = await erased(records)
    assert (answer.done, answer.known) == (True, False)
    assert "c-1" not in everything(records)


async def test_an_open_case_waits_until_it_is_archived_and_is_then_erased_by_itself(records: Records) -> None:
    over, committed = archived(records).played.view.case_id, open_case(records)
    case_id = committed.played.view.case_id
    answer = await erased(records)
    assert [each.case_id for each in answer.erased] == [over]
    (waiting,) = answer.waiting
    assert (waiting.case_id, answer.done) == (case_id, False)
    assert waiting.why == "it is open, and keeps its text until it is archived"
    assert await erasing(records).due(SOON) == [answer.model_copy(update={"erased": ()})]
    committed.played.do("claim", ANA)
    committed.played.do("resolve", ANA, text="Done.")
    committed.played.do("accept_resolution", CUSTOMER)
    committed.played.wait(35 * DAY)
    committed.write(records)
    (due,) = await erasing(records).due(SOON + DAY)
    assert ([each.case_id for each in due.erased], due.done) == ([case_id], True)
    assert SECRET not in everything(records)
    assert await erasing(records).due(SOON + DAY) == []


async def test_a_case_whose_workflow_still_runs_is_not_touched(records: Records) -> None:
    case_id = archived(records).played.view.case_id
    before = everything(records)
    temporal = Temporal(case_id)
    answer = await erasing(records, temporal).of_customer("c-1", "op", SOON)
    assert [each.why for each in answer.waiting] == ["its workflow has not ended yet"]
    assert records.complaint(case_id) is not None
    assert len(everything(records)) > len(before)
    temporal.running.clear()
    (due,) = await erasing(records, temporal).due(SOON)
    assert due.done


async def test_a_case_that_comes_after_the_request_is_not_meant_by_it(records: Records) -> None:
    before = archived(records).played.view.case_id
    open_case(records)
    late = Committed(Played(plan(), now=SOON + DAY, reference="late"))
    late.write(records)
    answer = await erased(records)
    assert [each.case_id for each in answer.erased] == [before]
    assert late.played.view.case_id not in {each.case_id for each in answer.waiting}


async def test_a_case_that_comes_into_the_records_after_its_erasure_was_done_is_erased_too(records: Records) -> None:
    answer = await erased(records)
    assert answer.done
    case_id = archived(records).played.view.case_id
    assert requests(records) == [(key_of("c-1"), "c-1", None)]
    (due,) = await erasing(records).due(SOON + DAY)
    assert ([each.case_id for each in due.erased], due.done) == ([case_id], True)
    assert SECRET not in everything(records)


async def test_a_case_of_later_or_of_somebody_else_does_not_take_an_erasure_up_again(records: Records) -> None:
    await erased(records)
    archived(records, "other", customer={"id": "c-2", "name": SECRET})
    Committed(Played(plan(), now=SOON + DAY, reference="late")).write(records)
    assert requests(records) == [(key_of("c-1"), None, SOON)]


async def test_an_erasure_is_not_done_when_a_case_of_before_has_come_meanwhile(records: Records) -> None:
    request = Request("c-1", records.request_erasure("c-1", "op", SOON))
    assert records.subjects(request) == []
    case_id = open_case(records).played.view.case_id
    assert not records.finish_erasure(request, SOON)
    (due,) = await erasing(records).due(SOON)
    assert ([each.case_id for each in due.waiting], due.done) == ([case_id], False)


def test_a_case_that_comes_while_its_erasure_is_finished_is_never_missed(records: Records) -> None:
    for number in range(10):
        customer = f"c-{number}"
        played = Played(plan(), reference=customer, customer={"id": customer, "name": SECRET})
        request = Request(customer, records.request_erasure(customer, "op", SOON))
        with ThreadPoolExecutor(2) as threads:
            writing = threads.submit(Committed(played).write, records)
            finishing = threads.submit(records.finish_erasure, request, SOON)
        assert writing.exception() is None
        assert finishing.exception() is None
        assert request in records.open_erasures()


async def test_what_the_law_makes_one_keep_is_refused_by_name_with_date_and_law(records: Records) -> None:
    case_id = archived(records).played.view.case_id
    booked = records.book_payment(errand(7, case_id=case_id, customer_id="c-1"), NOON + DAY)
    answer = await erased(records, Retention.model_validate({"texts": "6 years", "payments": LAW}))
    (kept,) = answer.kept
    assert (kept.what, kept.id, kept.because) == (Kept.PAYMENT, booked.reference, "HGB 257")
    assert kept.until == datetime(2036, 3, 3, 12, tzinfo=NOON.tzinfo)
    assert ([each.case_id for each in answer.erased], answer.payments, answer.done) == ([case_id], 0, False)
    assert records.list_payments(customer="c-1").items
    (due,) = await erasing(records, retention=Retention.model_validate({"texts": "6 years", "payments": LAW})).due(
        kept.until
    )
    assert (due.payments, due.done) == (1, True)
    (left,) = records.list_payments().items
    assert (left.customer_id, left.reference, f"{left.amount}") == (ERASED, booked.reference, "49.90")
    assert requests(records)[0][1] is None


async def test_a_complaint_that_must_be_kept_stays_whole_until_its_date(records: Records) -> None:
    case_id = archived(records).played.view.case_id
    keeping = Retention.model_validate(
        {"texts": "6 years", "complaints": {"keep": "3 years", "because": "DISP 1.9.1R"}}
    )
    answer = await erased(records, keeping)
    (kept,) = answer.kept
    assert (kept.what, kept.id, kept.because, answer.erased) == (Kept.COMPLAINT, case_id, "DISP 1.9.1R", ())
    assert records.complaint(case_id) is not None
    found = records.find(case_id)
    assert found is not None
    assert found[0].closed_at is not None
    assert kept.until == found[0].closed_at.replace(year=2029)
    (early,) = await erasing(records, retention=keeping).due(kept.until - timedelta(seconds=1))
    assert early.erased == ()
    (due,) = await erasing(records, retention=keeping).due(kept.until)
    assert due.done


async def test_what_broke_off_half_way_is_gone_on_with(records: Records) -> None:
    for n in range(3):
        archived(records, f"{SECRET}-{n}")
    temporal = Temporal()
    temporal.breaks_at = 2
    with pytest.raises(ConnectionError):
        await erasing(records, temporal).of_customer("c-1", "op", SOON)
    assert SECRET in everything(records)
    (due,) = await erasing(records, temporal).due(SOON)
    assert (len(due.erased), due.done) == (2, True)
    assert SECRET not in everything(records)


async def test_what_a_policy_keeps_no_longer_goes_though_nobody_asks(records: Records) -> None:
    case_id = archived(records).played.view.case_id
    open_id = open_case(records).played.view.case_id
    records.book_payment(errand(7, case_id=case_id, customer_id="c-1"), NOON)
    terms = Retention.model_validate({"texts": "6 years", "payments": LAW})
    found = records.find(case_id)
    assert found is not None
    assert found[0].closed_at is not None
    ends = found[0].closed_at.replace(year=2032)
    temporal = Temporal()
    early = await erasing(records, temporal, terms).expired(ends - timedelta(seconds=1))
    assert (early.erased, temporal.asked) == ((), [])
    late = await erasing(records, temporal, terms).expired(ends)
    assert ([each.case_id for each in late.erased], late.payments) == ([case_id], 0)
    assert temporal.asked == [case_id]
    assert records.complaint(open_id) is not None
    last = await erasing(records, temporal, terms).expired(NOON.replace(year=2036) + DAY)
    assert (last.erased, last.payments) == ((), 1)
    assert await erasing(records, temporal, terms).expired(NOON.replace(year=2036) + DAY) == last.model_copy(
        update={"payments": 0}
    )


def test_the_policy_in_force_is_the_one_that_a_worker_last_started_with(records: Records) -> None:
    assert records.policy_in_force() is None
    for number in range(3):
        records.keep_policy(f"h{number}", "small", f"content {number}")
    records.put_in_force("h2", NOON)
    records.put_in_force("h1", NOON + DAY)
    assert records.policy_in_force() == "content 1"
