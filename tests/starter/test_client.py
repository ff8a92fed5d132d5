"""The typed client as a backend service uses it, on the running stack."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from pydantic import ValidationError

import starter
from cases.actions import Note
from starter import Actor, Caseladder, CaseUnknown, Complaint, Customer, ReferenceTaken, Refused, Unreachable
from tests.starter.conftest import QUINN


def complaint(**fields: Any) -> Complaint:
    return Complaint.model_validate(
        {
            "source": "shop",
            "reference": str(uuid4()),
            "channel": "email",
            "product": "Credit card",
            "text": "Charged twice",
            "customer": Customer(id="c-1"),
            **fields,
        }
    )


def test_what_is_exported_is_exactly_what_is_there():
    assert sorted(starter.__all__) == starter.__all__
    assert all(getattr(starter, name) for name in starter.__all__)
    with pytest.raises(AttributeError, match="nothing_like_it"):
        _ = starter.nothing_like_it  # pyright: ignore[reportUnknownMemberType]


async def test_the_same_complaint_opens_one_case_and_another_under_its_reference_is_told(caseladder: Caseladder):
    said = complaint()
    assert await caseladder.open_case(said) == (said.case_id, True)
    assert await caseladder.open_case(said.model_dump(mode="json")) == (said.case_id, False)
    with pytest.raises(ReferenceTaken, match=said.case_id):
        await caseladder.open_case(said.model_copy(update={"text": "Something else"}))


async def test_it_fills_id_time_and_sender(caseladder: Caseladder):
    case_id, _ = await caseladder.open_case(complaint())
    before = datetime.now(UTC)
    view = await caseladder.request(case_id, {"kind": "message", "text": "Any news?"})
    assert view.version >= 2
    entry = (await caseladder.timeline(case_id)).entries[-1]
    assert entry.by.id == "shop"
    assert before <= entry.at <= datetime.now(UTC)


async def test_an_event_without_wait_is_signalled_and_done(caseladder: Caseladder):
    case_id, _ = await caseladder.open_case(complaint())
    while (await caseladder.view(case_id)).status == "opening":
        await asyncio.sleep(0.02)
    assert (await caseladder.act(case_id, {"kind": "claim", "by": QUINN})).owner.person == "quinn"
    note = Note(id=uuid4(), by=Actor.model_validate(QUINN), text="Seen")
    assert await caseladder.act(case_id, note, wait=False) is None
    # Sent again with the same id it changes nothing, so the answer also shows that the signal was taken before.
    version = (await caseladder.act(case_id, note)).version
    assert (await caseladder.view(case_id)).version == version
    assert [entry.text for entry in (await caseladder.timeline(case_id)).entries].count("Seen") == 1


async def test_a_refusal_has_the_cases_code_and_sentence(caseladder: Caseladder):
    case_id, _ = await caseladder.open_case(complaint())
    await caseladder.request(case_id, {"kind": "message", "text": "Hello"})
    with pytest.raises(Refused) as refused:
        await caseladder.request(case_id, {"kind": "accept_resolution"})
    assert refused.value.code in ("not_resolved", "opening")
    assert refused.value.sentence


async def test_what_is_no_such_event_is_told_before_it_is_sent(caseladder: Caseladder):
    with pytest.raises(ValidationError, match="claim"):
        await caseladder.act("shop-aaaaaaaaaa", {"kind": "message", "text": "Hello"})
    with pytest.raises(ValidationError, match="reason"):
        await caseladder.act("shop-aaaaaaaaaa", {"kind": "decline"})


async def test_an_unknown_case_is_told(caseladder: Caseladder):
    with pytest.raises(CaseUnknown, match="shop-aaaaaaaaaa"):
        await caseladder.view("shop-aaaaaaaaaa")
    with pytest.raises(CaseUnknown):
        await caseladder.request("shop-aaaaaaaaaa", {"kind": "withdraw"}, wait=False)


async def test_a_temporal_that_does_not_answer_is_told_with_its_address(monkeypatch: pytest.MonkeyPatch):
    for address, why in {"127.0.0.1:1": "connection refused", "no-such-host.invalid:7233": "no such host"}.items():
        monkeypatch.setenv("TEMPORAL_ADDRESS", address)
        with pytest.raises(Unreachable, match=rf"at {re.escape(address)} \(namespace default\): {why}\. ") as away:
            await Caseladder.connect()
        assert "tonic" not in str(away.value)
