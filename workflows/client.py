"""What can be said to cases and hand-offs from outside: opening, acting, asking. For the API and the typed client.

Errors are those of `workflows.door`; `cases.events.Refused` passes through as the case raised it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

from pydantic import BaseModel
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from cases.complaint import Complaint
from cases.deeds import Deed
from cases.events import Actor, Code, Refused
from cases.specialists import SpecialistAction
from cases.table import CUSTOMER_KINDS
from cases.timeline import Entry
from cases.view import Brief, CaseView, HandoffView
from workflows import attributes
from workflows.door import (
    ANSWER,
    TASK_QUEUE,
    CaseOver,
    CaseUnknown,
    Door,
    DoorError,
    HandoffOver,
    HandoffUnknown,
    KeyMissing,
    NotTrusted,
    NoWorker,
    Subject,
    Unprepared,
    Unreachable,
    connect,
    refusal_in,
)
from workflows.indexed import case_workflow_id
from workflows.keyring import KeyRing
from workflows.reading import SKEW
from workflows.settled import all_written
from workflows.signing import Signer

__all__ = [
    "TASK_QUEUE",
    "CaseClient",
    "CaseOver",
    "CaseUnknown",
    "DoorError",
    "HandoffOver",
    "HandoffUnknown",
    "KeyMissing",
    "NoWorker",
    "NotTrusted",
    "Opened",
    "TimelinePage",
    "Unprepared",
    "Unreachable",
    "connect",
    "refusal_in",
]


class Opened(NamedTuple):
    """`created` is False if there was a case under this source and reference already, live or archived."""

    case_id: str
    created: bool


class TimelinePage(BaseModel):
    """Entries at hand. Not `complete`: older ones than these must be read from the records."""

    entries: tuple[Entry, ...]
    complete: bool


class CaseClient(Door):
    """Starts cases and speaks with them and their hand-offs."""

    @classmethod
    async def connect(cls, *, keys: KeyRing | None = None, signer: Signer | None = None) -> CaseClient:
        """Connects as `temporalio.envconfig` says: profile file and TEMPORAL_*. Raises Unreachable, KeyRingError.

        `keys`: those of the environment without. With a `signer`, cases know by whom its updates come; without, that
        is a claim.
        """
        return cls(await connect(keys=keys, signer=signer))

    async def open(self, complaint: Complaint) -> Opened:
        """Starts the case of a complaint, unless there is one.

        Raises:
            Refused: `received_in_future`, beyond what two machines' clocks may differ.
            Unprepared, Unreachable
        """
        case_id = complaint.case_id
        now = _now()
        if complaint.received_at and complaint.received_at > now + SKEW:
            raise Refused(
                Code.RECEIVED_IN_FUTURE,
                f"`received_at` is {complaint.received_at.isoformat()}, which is in the future.",
            )
        start = self.client.start_workflow(
            "Case",
            complaint,
            id=case_workflow_id(case_id),
            task_queue=TASK_QUEUE,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            # FAIL, not USE_EXISTING: the server then says by itself whether this call created the case.
            id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
            search_attributes=attributes.at_start(complaint),
            static_summary=f"{complaint.product} · {complaint.channel}",
        )
        try:
            await self.answered(start)
        except WorkflowAlreadyStartedError:
            return Opened(case_id, created=False)
        return Opened(case_id, created=True)

    async def act(self, case_id: str, event: Deed) -> CaseView:
        """Sends an event by update and returns the new view. The event's id makes a retry harmless.

        Raises:
            Refused: with the case's code and sentence.
            CaseUnknown, CaseOver, NoWorker, Unreachable
        """
        return await self.acted(Subject.case(case_id), event, CaseView)

    async def signal(self, case_id: str, event: Deed) -> None:
        """Sends an event without waiting for its effect. Raises CaseUnknown, CaseOver, Unreachable."""
        name = "customer_request" if event.kind in CUSTOMER_KINDS else "agent_action"
        await self.signalled(Subject.case(case_id), name, event)

    async def view(self, case_id: str, actor: Actor | None = None) -> CaseView:
        """The case now, also of one that has ended. Raises CaseUnknown, NoWorker, Unreachable."""
        return await self.asked(Subject.case(case_id), "view", CaseView, actor, _now())

    async def all_written(self, case_id: str) -> bool:
        """Whether the records have all that the case has shown to anybody. Needs no worker.

        Raises CaseUnknown, also of one that Temporal keeps no longer, NoWorker if it takes too long, Unreachable.
        """
        subject = Subject.case(case_id)
        return await self.answered(all_written(self.client, subject.workflow_id, ANSWER), subject)

    async def timeline(self, case_id: str, after: int = 0) -> TimelinePage:
        """Entries with numbers above `after` that the workflow has at hand. Raises as `view`."""
        entries = await self.asked(Subject.case(case_id), "timeline", list[Entry], after)
        complete = not entries or entries[0].n <= after + 1
        return TimelinePage(entries=tuple(entries), complete=complete)

    async def brief(self, case_id: str) -> Brief:
        """The page for a new owner. Raises as `view`."""
        return await self.asked(Subject.case(case_id), "brief", Brief)

    async def handoff_act(self, handoff_id: str, event: SpecialistAction) -> HandoffView:
        """Sends what a specialist does by update and returns the new view.

        Raises:
            Refused: with the hand-off's code and sentence.
            HandoffUnknown, HandoffOver, NoWorker, Unreachable
        """
        try:
            return await self.acted(Subject.handoff(handoff_id), event, HandoffView)
        except HandoffOver:
            view = await self.handoff_view(handoff_id)
            if view.ended_by == f"{event.id}:{event.content}":
                return view  # what ended it has come again
            raise

    async def handoff_signal(self, handoff_id: str, event: SpecialistAction) -> None:
        """Sends what a specialist does without waiting. Raises HandoffUnknown, HandoffOver, Unreachable."""
        await self.signalled(Subject.handoff(handoff_id), "agent_action", event)

    async def handoff_view(self, handoff_id: str, actor: Actor | None = None) -> HandoffView:
        """The hand-off now, also of one that has ended. Raises HandoffUnknown, NoWorker, Unreachable."""
        return await self.asked(Subject.handoff(handoff_id), "view", HandoffView, actor, _now())


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 -- the door is outside: here the clock on the wall counts
