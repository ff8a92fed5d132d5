"""The typed client that backend services import: complaints in, requests and actions on, and the case back.

It fills what an event needs and its sender may leave out: an `id`, the time, and who sends. Where Temporal is, it
reads from `TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE` or Temporal's profile file.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal, overload
from uuid import uuid4

from pydantic import Field, RootModel

from cases.actions import Action
from cases.complaint import Complaint
from cases.deeds import Deed
from cases.events import Actor, Event
from cases.requests import Request
from cases.specialists import SpecialistAction
from cases.view import CaseView, HandoffView
from workflows.client import CaseClient, CaseOver, NoWorker, Opened, TimelinePage


class ReferenceTaken(Exception):
    """Another complaint came under the same source and reference before; it stands, and this one opened nothing.

    It passes unnoticed, as the same complaint again, when the first case has left Temporal, or when no worker answers
    within 3 s (`PATIENCE_S`) to say what its complaint was.
    """

    def __init__(self, case_id: str) -> None:
        super().__init__(
            f"case {case_id} was opened by another complaint under the same source and reference, and stands. Send "
            "this complaint under a reference of its own."
        )
        self.case_id = case_id


class _Action(RootModel[Action]):
    root: Action = Field(discriminator="kind")


class _Request(RootModel[Request]):
    root: Request = Field(discriminator="kind")


PATIENCE_S = 3.0
"""How long opening waits for a worker to tell a repeated complaint from another one. Opening itself needs none."""


class _Answer(RootModel[SpecialistAction]):
    root: SpecialistAction = Field(discriminator="kind")


class Caseladder:
    """Opens cases and sends events to them. One instance serves a whole process; it may be used concurrently.

    `by` is who sends events that name no sender. Every method may raise `Unreachable` if Temporal does not answer.
    """

    def __init__(self, cases: CaseClient, by: Actor | None = None) -> None:
        self._cases = cases
        self._by = by

    @classmethod
    async def connect(cls, by: Actor | None = None) -> Caseladder:
        """Connects as Temporal's environment configuration says. Raises Unreachable."""
        return cls(await CaseClient.connect(), by)

    async def open_case(self, complaint: Complaint | Mapping[str, Any]) -> Opened:
        """Opens a case; `created` is False if the same complaint has opened it before. Needs no worker.

        Raises:
            ReferenceTaken: another complaint has that source and reference. Noticed only if a worker answers in 3 s.
            Refused: it is said to be received in the future.
            pydantic.ValidationError: a mapping that is no complaint.
        """
        complaint = Complaint.model_validate(complaint)
        opened = await self._cases.open(complaint)
        if not opened.created and await self._is_another(opened.case_id, complaint):
            raise ReferenceTaken(opened.case_id)
        return opened

    @overload
    async def act(self, case_id: str, action: Action | Mapping[str, Any]) -> CaseView: ...
    @overload
    async def act(self, case_id: str, action: Action | Mapping[str, Any], *, wait: Literal[True]) -> CaseView: ...
    @overload
    async def act(self, case_id: str, action: Action | Mapping[str, Any], *, wait: Literal[False]) -> None: ...
    async def act(self, case_id: str, action: Action | Mapping[str, Any], *, wait: bool = True) -> CaseView | None:
        """Does an agent's action and answers with the case after it; see `request`."""
        return await self._send(case_id, _Action.model_validate(self._complete(action)).root, wait)

    @overload
    async def request(self, case_id: str, request: Request | Mapping[str, Any]) -> CaseView: ...
    @overload
    async def request(self, case_id: str, request: Request | Mapping[str, Any], *, wait: Literal[True]) -> CaseView: ...
    @overload
    async def request(self, case_id: str, request: Request | Mapping[str, Any], *, wait: Literal[False]) -> None: ...
    async def request(
        self, case_id: str, request: Request | Mapping[str, Any], *, wait: bool = True
    ) -> CaseView | None:
        """Passes on what a customer asks, and answers with the case after it.

        With `wait=False` it is signalled: durable once this returns, done when a worker next runs, counted from now.
        An event sent again with the same `id` is done once.

        Raises:
            Refused: the case turned it down; a signal is never refused here, but on the timeline.
            CaseUnknown, CaseOver: no such case; it is archived.
            NoWorker: nobody answered in time. It may still be done.
            pydantic.ValidationError: a mapping that is no such event.
        """
        return await self._send(case_id, _Request.model_validate(self._complete(request)).root, wait)

    async def view(self, case_id: str, actor: Actor | None = None) -> CaseView:
        """The case now, also one that has ended, and in `allowed` what is open to `actor`.

        Raises CaseUnknown (also of a case that Temporal keeps no longer), NoWorker.
        """
        return await self._cases.view(case_id, actor)

    async def timeline(self, case_id: str, after: int = 0) -> TimelinePage:
        """What happened, oldest first: entries above `after` that the workflow has at hand. Raises as `view`."""
        return await self._cases.timeline(case_id, after)

    async def handoff(self, handoff_id: str, actor: Actor | None = None) -> HandoffView:
        """A question to specialists now, also one that is over, and in `allowed` what is open to `actor`.

        The ids of a case's hand-offs are in its view. Raises HandoffUnknown (also of one that Temporal keeps no
        longer), NoWorker.
        """
        return await self._cases.handoff_view(handoff_id, actor)

    @overload
    async def act_on_handoff(
        self, handoff_id: str, action: SpecialistAction | Mapping[str, Any], *, wait: Literal[True] = True
    ) -> HandoffView: ...
    @overload
    async def act_on_handoff(
        self, handoff_id: str, action: SpecialistAction | Mapping[str, Any], *, wait: Literal[False]
    ) -> None: ...
    async def act_on_handoff(
        self, handoff_id: str, action: SpecialistAction | Mapping[str, Any], *, wait: bool = True
    ) -> HandoffView | None:
        """Does what a specialist does (accept, decline, answer, ask_back), and answers with the hand-off after it.

        `wait` is as for `request`.

        Raises:
            Refused: the hand-off turned it down; a signal is never refused here, but in the hand-off's account.
            HandoffUnknown, HandoffOver: no such hand-off; it was answered, called off or given back.
            NoWorker: nobody answered in time. It may still be done.
            pydantic.ValidationError: a mapping that is no such event.
        """
        event = _Answer.model_validate(self._complete(action)).root
        if wait:
            return await self._cases.handoff_act(handoff_id, event)
        await self._cases.handoff_signal(handoff_id, event)
        return None

    async def _send(self, case_id: str, event: Deed, wait: bool) -> CaseView | None:
        if wait:
            return await self._cases.act(case_id, event)
        await self._cases.signal(case_id, event)
        return None

    def _complete(self, given: Event | Mapping[str, Any]) -> Event | dict[str, Any]:
        """What was given, with its envelope complete; whether it is an event, the union says that it is read by."""
        if isinstance(given, Event):
            return given if given.at else given.model_copy(update={"at": datetime.now(UTC)})
        envelope = {"id": uuid4(), "at": datetime.now(UTC), "by": self._by}
        missing = {name: value for name, value in envelope.items() if value is not None and given.get(name) is None}
        return {**given, **missing}

    async def _is_another(self, case_id: str, complaint: Complaint) -> bool:
        try:
            async with asyncio.timeout(PATIENCE_S):
                view = await self._cases.view(case_id)
        except (CaseOver, NoWorker, TimeoutError):
            return False
        return view.fingerprint != complaint.fingerprint
