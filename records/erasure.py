"""Erasure from beginning to end: a customer's on request, what waits for its time, and what a policy's retention ends.

A case leaves Temporal first, and then the records, so that nothing can write it anew; whatever breaks off half way is
taken up where it was when it is done again. What must stay is in the answer, with the law and the date. Whoever calls
this says how Temporal is made to forget a case (`Forget`), for the records do not know it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from pydantic import AwareDatetime, Field

from cases.complaint import Shape
from cases.retention import Kept, Retention
from cases.words import Status
from records.erasing import Eraser, Request, Subject


class Forget(Protocol):
    """Makes Temporal forget a case and its hand-offs."""

    async def __call__(self, case_id: str, *, archived: bool) -> int | None:
        """How many runs of workflows were deleted; None, and none were, if the case is not over.

        `archived`: whether the records say that it is. Otherwise only a case that somebody has terminated is over.
        """
        ...


class ErasedCase(Shape):
    """A case of which only figures are left, and how much was removed."""

    case_id: str
    entries: int = Field(description="of the timeline, emptied")
    messages: int = Field(description="messages and alerts, emptied")
    handoffs: int = Field(description="questions to specialists and their answers, emptied")
    runs: int = Field(description="of workflows, deleted from Temporal")


class KeptByLaw(Shape):
    """What a law makes one keep, and until when."""

    what: Kept
    id: str = Field(description="the case's id, or the payment's reference")
    until: AwareDatetime
    because: str = Field(description="the law, as the policy names it")


class StillOpen(Shape):
    """A case that cannot be erased yet."""

    case_id: str
    why: str


class Erased(Shape):
    """What one go has done, and what it has left."""

    erased: tuple[ErasedCase, ...] = ()
    payments: int = Field(default=0, description="payments that name nobody any more")
    kept: tuple[KeptByLaw, ...] = Field(default=(), description="what a law makes one keep; removed when that is over")
    waiting: tuple[StillOpen, ...] = Field(default=(), description="cases that are erased when they are archived")


class Erasure(Erased):
    """The answer to whoever asked. Not `done`: the rest follows by itself, when its time has come."""

    customer_id: str
    requested_at: AwareDatetime
    done: bool
    known: bool = Field(
        default=True,
        description="whether the records had any case of that customer, or payment to them, that is not erased yet",
    )


class Erasing:
    """What is erased by which rules, and how Temporal is made to forget it. Errors: RecordsAway, and what `forget` has.

    Whatever one of them breaks off is noted, and gone on with by `due`.
    """

    def __init__(self, records: Eraser, forget: Forget, retention: Retention) -> None:
        self._records = records
        self._forget = forget
        self._retention = retention

    async def of_customer(self, customer_id: str, by: str, now: datetime) -> Erasure:
        """Erases all that can be erased of a customer now, and notes the rest. Again, it goes on where it was."""
        requested_at = await asyncio.to_thread(self._records.request_erasure, customer_id, by, now)
        return await self._carry_out(Request(customer_id, requested_at), now)

    async def due(self, now: datetime) -> list[Erasure]:
        """Goes on with every erasure that was asked for and is not done."""
        requests = await asyncio.to_thread(self._records.open_erasures)
        return [await self._carry_out(request, now) for request in requests]

    async def expired(self, now: datetime) -> Erased:
        """Erases what the policy does not keep any longer, whoever's it is."""
        came, passed = _Came(), list[str]()
        while found := await asyncio.to_thread(self._records.expired_cases, self._retention, now, passed):
            for subject in found:
                over = self._retention.expires_at(Kept.COMPLAINT, subject.ended_at) <= now
                if not over or not await self._erase(subject, now, came):
                    passed.append(subject.case_id)
        old = await asyncio.to_thread(self._records.expired_payments, self._retention, now)
        over = [each.reference for each in old if self._retention.expires_at(Kept.PAYMENT, each.booked_at) <= now]
        return Erased(**await self._ended(came, over))

    async def _carry_out(self, request: Request, now: datetime) -> Erasure:
        came = _Came()
        subjects = await asyncio.to_thread(self._records.subjects, request)
        for subject in subjects:
            over = subject.status is Status.ARCHIVED
            if not (over and self._is_kept(Kept.COMPLAINT, subject.case_id, subject.ended_at, now, came)):
                await self._erase(subject, now, came)
        waiting = {each.case_id for each in came.waiting}
        payments = await asyncio.to_thread(self._records.payments_of, request)
        free = [
            booked.reference
            for booked in payments
            if not self._is_kept(Kept.PAYMENT, booked.reference, booked.booked_at, now, came)
            and booked.case_id not in waiting
        ]
        ended = await self._ended(came, free)
        done = not came.kept and not came.waiting
        if done:
            done = await asyncio.to_thread(self._records.finish_erasure, request, now)
        about = {"customer_id": request.customer_id, "requested_at": request.requested_at}
        return Erasure(**about, done=done, known=bool(subjects or payments), **ended)

    def _is_kept(self, what: Kept, name: str, since: datetime, now: datetime, came: _Came) -> bool:
        law, until = self._retention.law(what), self._retention.kept_until(what, since)
        if law is None or until is None or until <= now:
            return False
        came.kept.append(KeptByLaw(what=what, id=name, until=until, because=law.because))
        return True

    async def _erase(self, subject: Subject, now: datetime, came: _Came) -> bool:
        archived = subject.status is Status.ARCHIVED
        runs = await self._forget(subject.case_id, archived=archived)
        if runs is None:
            why = "its workflow has not ended yet" if archived else f"it is {subject.status}, and {_WHY_OPEN}"
            came.waiting.append(StillOpen(case_id=subject.case_id, why=why))
            return False
        removed = await asyncio.to_thread(self._records.erase_case, subject.case_id, now)
        if removed is not None:  # else somebody else has done it meanwhile
            came.erased.append(ErasedCase(case_id=subject.case_id, runs=runs, **removed._asdict()))
        return True

    async def _ended(self, came: _Came, payments: Sequence[str]) -> dict[str, Any]:
        count = await asyncio.to_thread(self._records.erase_payments, payments) if payments else 0
        await asyncio.to_thread(self._records.compact)
        return {
            "erased": tuple(came.erased),
            "payments": count,
            "kept": tuple(came.kept),
            "waiting": tuple(came.waiting),
        }


@dataclass(slots=True)
class _Came:
    """What has come of it so far."""

    erased: list[ErasedCase] = field(default_factory=list[ErasedCase])
    kept: list[KeptByLaw] = field(default_factory=list[KeptByLaw])
    waiting: list[StillOpen] = field(default_factory=list[StillOpen])


_WHY_OPEN = "keeps its text until it is archived"
