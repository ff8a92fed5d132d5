"""Errands: what a case or a hand-off has asked of the world, run until it succeeds, however long that takes.

Knows activities by their names and shapes only. Retries come from Temporal; the patience, after which the case says
that it is stuck and goes on trying, comes from the policy.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.common import RetryPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ActivityError, ApplicationError, RetryState, WorkflowAlreadyStartedError

from cases.effects import (
    Choice,
    ChoosePerson,
    ChooseSpecialist,
    Correction,
    CorrectTerms,
    Errand,
    ExtendCalendar,
    Extension,
    Payment,
    PayRemedy,
    PlanCase,
    Planning,
    ReplanCase,
    Replanning,
    StartHandoff,
    TellHandoff,
)
from cases.events import SYSTEM
from cases.outcomes import (
    Answer,
    Chosen,
    Corrected,
    Delayed,
    Extended,
    Failed,
    Paid,
    Planned,
    Recovered,
    Replanned,
    Sent,
    Unheard,
)
from cases.words import Via
from workflows import attributes
from workflows.indexed import handoff_workflow_id

RETRY = RetryPolicy(initial_interval=timedelta(milliseconds=500), maximum_interval=timedelta(seconds=30))
"""Tried for ever; the attempts come from Temporal."""

ATTEMPT = timedelta(seconds=30)

PATIENCE = timedelta(minutes=1)
"""How long something may fail before it is said to be stuck, as long as no policy says otherwise."""

CASE_WORD = "case_word"
HAND_OFF_REPORT = "hand_off_report"
"""The signals by which a case and its hand-offs speak with each other."""

T = TypeVar("T")


async def run(errand: Errand | ChooseSpecialist, patience: timedelta) -> Answer:
    """Does it; the outcome. Raises ActivityError or ApplicationError when it has not succeeded for `patience`."""
    match errand:
        case PlanCase():
            what = "plan: policy, team, rung, priority, whom to offer to"
            planning = await _activity(errand.kind, errand, Planning, patience, what)
            return Planned(
                **_envelope(errand.id),
                plan=planning.plan,
                person=planning.person,
                why=planning.why,
                earlier_cases=planning.earlier_cases,
                earlier=planning.earlier,
                granted_before=planning.granted_before,
                trusted=planning.trusted,
            )
        case ReplanCase():
            again = await _activity(errand.kind, errand, Replanning, patience, "plan again, by the pinned policy")
            return Replanned(**_envelope(errand.id), **again.model_dump())
        case ExtendCalendar():
            more = await _activity(errand.kind, errand, Extension, patience, f"more of the calendar {errand.calendar}")
            return Extended(**_envelope(errand.id), calendar=more.calendar)
        case CorrectTerms():
            right = await _activity(errand.kind, errand, Correction, patience, "corrected terms and calendars")
            return Corrected(
                **_envelope(errand.id), terms=right.terms, problem=right.problem, calendars=right.calendars
            )
        case PayRemedy():
            payment = await _activity(errand.kind, errand, Payment, patience, f"pay {errand.remedy_id}")
            if payment.reference is None:
                return Failed(**_envelope(errand.id), reason=payment.refused or "nobody says why")
            return Paid(**_envelope(errand.id), reference=payment.reference)
        case ChoosePerson():
            what = f"choose whom to offer to: {errand.rung} of {errand.team}"
            return _chosen(errand.id, await _activity(errand.kind, errand, Choice, patience, what))
        case ChooseSpecialist():
            what = f"choose a specialist of {errand.question.team}, and tell them"
            return _chosen(errand.id, await _activity(errand.kind, errand, Choice, patience, what))
        case StartHandoff():
            await _start(errand)
        case TellHandoff():
            if not await tell(handoff_workflow_id(errand.handoff_id), CASE_WORD, errand.word):
                return Unheard(**_envelope(errand.id), handoff_id=errand.handoff_id)
    return Sent(**_envelope(errand.id))


async def tell(workflow_id: str, signal: str, word: Any) -> bool:
    """Signals another workflow, whichever run it is in. False if it is over, or never was."""
    try:
        await workflow.get_external_workflow_handle(workflow_id).signal(signal, word)
    except ApplicationError as error:
        if error.type == "ExternalWorkflowExecutionNotFound":
            return False
        raise
    return True


async def release(handoff_id: str) -> None:
    """The records show a hand-off as over that no case will say so of. Tried until it is done."""
    await workflow.execute_activity(
        "release",
        handoff_id,
        start_to_close_timeout=ATTEMPT,
        retry_policy=RETRY,
        summary="its case is gone: nobody has it any more",
    )


async def breathe(error: ActivityError | ApplicationError) -> None:
    """Waits before the next try of what has failed."""
    pause = pause_after(error)
    if pause:
        await workflow.sleep(pause, summary="before the next try")


def pause_after(error: ActivityError | ApplicationError) -> timedelta | None:
    """How long to wait before the next try.

    Whoever said when to come again, beyond the time that there was, is waited for. What has used up its time has waited
    already. What fails for good at once (a wrong deployment) must not spin.
    """
    cause = error.cause
    if isinstance(cause, ApplicationError) and cause.next_retry_delay:
        return cause.next_retry_delay
    if isinstance(error, ActivityError) and error.retry_state is RetryState.TIMEOUT:
        return None
    return PATIENCE


def delayed(effect: str, error: ActivityError | ApplicationError, why: str | None = None) -> Delayed:
    """That something does not succeed, and why, if that is not for the error to say."""
    cause: BaseException = error
    while cause.__cause__ is not None:
        cause = cause.__cause__
    return Delayed(**_envelope(effect), error=why or str(cause)[:500] or "no answer")


def recovered(effect: str) -> Recovered:
    """That it has succeeded after all."""
    return Recovered(**_envelope(effect))


async def _activity(name: str, errand: Any, kind: type[T], patience: timedelta, what: str) -> T:
    return await workflow.execute_activity(
        name,
        errand,
        result_type=kind,
        start_to_close_timeout=ATTEMPT,
        schedule_to_close_timeout=patience,
        retry_policy=RETRY,
        summary=what,
    )


async def _start(errand: StartHandoff) -> None:
    """An ABANDON child: it outlives this run, which may continue as new before the answer comes, and reports to it."""
    question = errand.question
    try:
        await workflow.start_child_workflow(
            "Handoff",
            question,
            id=handoff_workflow_id(question.handoff_id),
            parent_close_policy=workflow.ParentClosePolicy.ABANDON,
            # It may be over by the time that the next run asks for it again.
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            search_attributes=attributes.of_question(question),
            static_summary=f"Question to {question.team}: {question.product}, {question.channel}",
        )
    except WorkflowAlreadyStartedError:
        # A run before this one started it, and was continued before it knew.
        return


def _chosen(effect: str, choice: Choice) -> Chosen:
    return Chosen(**_envelope(effect), person=choice.person, why=choice.why, staffed=choice.staffed)


def _envelope(effect: str) -> dict[str, Any]:
    return {"id": workflow.uuid4(), "by": SYSTEM, "via": Via.SYSTEM, "effect": effect}
