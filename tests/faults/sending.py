"""How people of the load act: through the typed client, whatever is down at the moment.

Everything that is sent has an id of its own and is sent again with that id until it is acknowledged, or is given up and
counts as unknown. The diary has what was answered, and nothing else; nobody here judges whether it is right.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any, TypeVar

from cases.complaint import Complaint
from cases.events import Actor
from cases.people import Person
from cases.view import CaseView
from cases.words import Role
from starter import Caseladder, CaseOver, HandoffOver, NoWorker, Refused, Unreachable
from starter.demo.diary import Answered, Diary, Posted
from tests.faults.watch import Asked, Watch

CUSTOMER = Actor(id="c-1", role=Role.CUSTOMER)
SIGNALLED = 0.4
"""How much of what is sent is signalled."""

UNKNOWN = 0
"""The status in the diary of what was never acknowledged, whether or not it was done."""

GIVES_UP_S = 40.0
"""How long something is sent again. A call may wait 10 s for its answer, and outages follow each other."""

_AGAIN_S = 0.3

T = TypeVar("T")


class Sender:
    """What everybody of the load sends and sees. `waits_until` is a time of the event loop."""

    def __init__(self, door: Caseladder, watch: Watch, people: Mapping[str, Person]) -> None:
        self.diary = Diary()
        self.waits_until = math.inf
        self._door = door
        self._watch = watch
        self._people = people

    async def open(self, said: Complaint) -> str | None:
        """Its case id; None if that was never acknowledged."""
        opened = await _until_answered(lambda: self._door.open_case(said))
        self.diary.posted.append(Posted(said.source, said.reference, opened.case_id if opened else None))
        return opened.case_id if opened else None

    async def send(self, case_id: str, event: dict[str, Any], *, signalled: bool) -> CaseView | None:
        """The case after it; None if it was refused, only received, or never acknowledged."""
        send = self._door.request if event["by"] is CUSTOMER else self._door.act
        if signalled:
            await self._noted(lambda: send(case_id, event, wait=False), event, case_id, HTTPStatus.ACCEPTED)
            return None
        view = await self._noted(lambda: send(case_id, event), event, case_id, HTTPStatus.OK)
        if view:
            self._watch.saw(view)
        return view

    async def consult(self, handoff_id: str, event: dict[str, Any], *, signalled: bool) -> None:
        """What a specialist does."""
        case_id, act = handoff_id.rpartition("-")[0], self._door.act_on_handoff
        if signalled:
            status, call = HTTPStatus.ACCEPTED, lambda: _done(act(handoff_id, event, wait=False))
        else:
            status, call = HTTPStatus.OK, lambda: _done(act(handoff_id, event))
        await self._noted(call, event, case_id, status, handoff_id)

    def person(self, person_id: str) -> Actor:
        """Somebody of the directory."""
        return self._people[person_id].actor

    async def until(self, case_id: str, holds: Callable[[CaseView], bool]) -> CaseView | None:
        """The case once it is so; None if it never is."""
        return await self._watch.until(case_id, holds, self.waits_until)

    async def until_asked(self, handoff_id: str, holds: Callable[[Asked], bool]) -> Asked | None:
        """The hand-off once it is so; None if it never is."""
        return await self._watch.until_asked(handoff_id, holds, self.waits_until)

    async def _noted(
        self,
        call: Callable[[], Awaitable[T]],
        event: Mapping[str, Any],
        case_id: str,
        taken: HTTPStatus,
        handoff_id: str | None = None,
    ) -> T | None:
        """What was answered, which the diary has then too; `taken` is how it calls an answer that is no error."""
        answer, status, code = None, UNKNOWN, None
        try:
            answered = await _until_answered(lambda: _boxed(call()))
            if answered:
                [answer], status = answered, taken
        except Refused as refused:
            status, code = HTTPStatus.CONFLICT, refused.code.value
        except (CaseOver, HandoffOver):
            status = HTTPStatus.GONE
        self.diary.answered.append(
            Answered(case_id, str(event["id"]), event["kind"], event["by"].id, status, code, handoff_id)
        )
        return answer


async def _until_answered(call: Callable[[], Awaitable[T]]) -> T | None:
    """What is answered; None if nothing is for so long that the sender gives up."""
    ends = asyncio.get_running_loop().time() + GIVES_UP_S
    while asyncio.get_running_loop().time() < ends:
        try:
            return await call()
        except (NoWorker, Unreachable):
            await asyncio.sleep(_AGAIN_S)
    return None


async def _boxed(call: Awaitable[T]) -> tuple[T]:
    """An answer may be None, as a signal's is."""
    return (await call,)


async def _done(call: Awaitable[object]) -> None:
    await call
