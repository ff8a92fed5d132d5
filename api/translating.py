"""What becomes of each error: the problem that says it, for the API as JSON, and for the Desk on the page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from api.faults import problem_of
from api.problems import (
    Archived,
    Broken,
    Fault,
    HandoffIsOver,
    KeyMissing,
    MovedOn,
    Problem,
    RecordsAway,
    SignatureRefused,
    TemporalAway,
    TurnedDown,
    UnknownCase,
    UnknownHandoff,
    UnknownPath,
    Unprocessable,
    WorkerAway,
    WrongMethod,
)
from cases.events import Code, Refused
from records import InvalidCursor
from records import RecordsAway as RecordsDoNotAnswer
from workflows.client import CaseOver, CaseUnknown, DoorError, HandoffOver, HandoffUnknown, NotTrusted, NoWorker
from workflows.client import KeyMissing as KeyIsMissing

T = TypeVar("T")


def _turned_down(refused: Refused) -> Problem:
    # The case cannot take anything while it cannot write: that is nobody's mistake, and worth trying again.
    if refused.code is Code.RECORDS_AWAY:
        return RecordsAway(refused.sentence, **refused.details)
    return MovedOn(refused) if refused.code is Code.MOVED_ON else TurnedDown(refused)


def _archived(over: CaseOver) -> Problem:
    return Archived(
        f"case {over.case_id} is archived; a new case that `follows` it may be opened",
        case_id=over.case_id,
        follows=over.case_id,
    )


def _http(error: HTTPException) -> Problem:
    match error.status_code:
        case 404:
            return UnknownPath("nothing is served here; see /docs")
        case 405:
            return WrongMethod((error.headers or {}).get("Allow", "another method"))
        case _:
            return Broken(str(error.detail))


PROBLEMS: dict[type[Exception], Callable[[Any], Problem]] = {
    Problem: lambda problem: problem,
    RequestValidationError: lambda invalid: problem_of(invalid.errors()),
    Refused: _turned_down,
    CaseUnknown: lambda unknown: UnknownCase(f"no case has the id {unknown.case_id}", case_id=unknown.case_id),
    CaseOver: _archived,
    HandoffUnknown: lambda unknown: UnknownHandoff(
        f"no hand-off has the id {unknown.handoff_id}", handoff_id=unknown.handoff_id
    ),
    HandoffOver: lambda over: HandoffIsOver(
        f"the hand-off {over.handoff_id} was answered, called off or given back", handoff_id=over.handoff_id
    ),
    NoWorker: lambda error: WorkerAway(str(error)),
    KeyIsMissing: lambda error: KeyMissing(str(error)),
    NotTrusted: lambda error: SignatureRefused(str(error)),
    DoorError: lambda error: TemporalAway(str(error)),
    RecordsDoNotAnswer: lambda error: RecordsAway(str(error)),
    InvalidCursor: lambda error: Unprocessable(
        Fault(field="?cursor", problem=str(error), remedy="send `next` of the page before, or nothing")
    ),
    HTTPException: _http,
    Exception: lambda _: Broken("the error is in the log of the API; please report it"),
}
"""By the class of an error, or the nearest of those that it is derived from."""

_EXPECTED = tuple(kind for kind in PROBLEMS if kind is not Exception)


async def attempted(doing: Awaitable[T]) -> T | Problem:
    """What came of it, or the problem that says why it did not: for a page that shows it where it arose.

    What nobody expects is raised on, for the log.
    """
    try:
        return await doing
    except _EXPECTED as error:
        kind = next(kind for kind in type(error).__mro__ if kind in PROBLEMS)
        return PROBLEMS[kind](error)
