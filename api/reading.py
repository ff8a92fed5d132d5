"""`GET /v1/cases`, one case, its timeline, its brief."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from api import access, customers
from api.auth import actor_with
from api.conditions import NOT_MODIFIED, IfNoneMatch, MaxStale, not_modified
from api.documents import LINK_IN_QUERY, CaseId
from api.problems import Archived, RecordsBehind, UnknownCase, Unprocessable, documented
from api.sources import Sources, sources
from cases.complaint import Moment
from cases.events import Actor
from cases.timeline import Entry
from cases.view import Brief, CaseView
from cases.words import Priority, Role, Rung, Status, WaitingOn
from records import Filters
from workflows.client import CaseOver, CaseUnknown, KeyMissing, NoWorker, Unreachable

router = APIRouter(prefix="/v1/cases", tags=["cases"])

Reader = Annotated[Actor, Depends(actor_with(Role.AGENT, Role.BOT, Role.OPERATOR))]
Opener = Annotated[Actor, Depends(actor_with(Role.AGENT, Role.BOT, Role.OPERATOR, Role.SERVICE, Role.CUSTOMER))]
Asked = Annotated[Sources, Depends(sources)]


class CaseList(BaseModel):
    """A page of cases, the one that is due first at the top."""

    model_config = ConfigDict(frozen=True)

    items: tuple[CaseView, ...]
    next: str | None = Field(description="`cursor` of the next page; null on the last")


class Timeline(BaseModel):
    """Entries in their order."""

    model_config = ConfigDict(frozen=True)

    entries: tuple[Entry, ...]
    next: int | None = Field(description="`after` of the next page; null if there is nothing more yet")


class Sought(BaseModel):
    """What a list is narrowed to, and which part of it is wanted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    status: tuple[Status, ...] = Field(default=(), description="may be given several times")
    rung: Rung | None = None
    team: str | None = None
    owner: str | None = Field(
        default=None, description="a person's id, or `queue:` and a team", examples=["queue:cards"]
    )
    offered_to: str | None = Field(default=None, description="a person's id, or `queue:` and a team", examples=["ana"])
    waiting_on: WaitingOn | None = None
    priority: Priority | None = None
    customer: str | None = Field(default=None, description="the customer's id")
    due_before: Moment | None = Field(default=None, description="with a deadline before this")
    breached: bool | None = Field(default=None, description="with a live clock past its deadline, or without")
    undecided: bool | None = Field(
        default=None, description="with a remedy or a threat that awaits a decision, or without"
    )
    text: str | None = Field(default=None, description="words in the complaint")
    limit: int = Field(default=50, ge=1, le=200)
    cursor: str | None = Field(default=None, description="`next` of the page before")


@router.get("", responses=documented(Unprocessable))
async def cases(by: Reader, sought: Annotated[Sought, Query()], at: Asked) -> CaseList:
    """Cases that the caller may read, by deadline. From the records: it may lag by a second."""
    filters = Filters(
        **sought.model_dump(exclude={"limit", "cursor"}),
        readable_by=access.reader(by),
    )
    page = await at.ask(lambda known: known.list_cases(filters, sought.limit, sought.cursor))
    return CaseList(items=page.items, next=page.next)


@router.get(
    "/{case_id}",
    response_model=CaseView | customers.CustomersCase,
    responses=NOT_MODIFIED | documented(UnknownCase, RecordsBehind),
    openapi_extra=LINK_IN_QUERY,
)
async def case(
    by: Opener, case_id: CaseId, at: Asked, response: Response, older: MaxStale, if_none_match: IfNoneMatch = None
) -> Any:
    """The case now, and in `allowed` what is open to the caller. A customer's link shows the customer's part of it.

    Asks the workflow. When no worker answers, or the case has left Temporal, the records answer, with `as_of`: if they
    have all that the case has shown to anybody, so that no reader sees an older version after a newer one.
    """
    # An operator's token opens neither of the two paths that take events, whatever the case would let operators do.
    view = await at.view(case_id, None if by.role is Role.OPERATOR else by, older=older)
    if by.role is Role.CUSTOMER:
        return await customers.shown(view, at)
    shown = await access.readable(by, access.for_reader(by, view), at)
    return not_modified(response, shown.version, if_none_match) or shown


@router.get("/{case_id}/brief", responses=documented(UnknownCase, Archived))
async def brief(by: Reader, case_id: CaseId, at: Asked) -> Brief:
    """The page a new owner reads, so that the customer need not repeat anything."""
    await access.checked(by, case_id, at)
    if await at.is_erased(case_id):
        raise CaseOver(case_id)
    try:
        page = await (await at.cases()).brief(case_id)
    except CaseUnknown as unknown:
        raise await at.known_after_all(unknown) from None
    repeated = await at.ask(lambda known: known.duplicates_of(case_id, page.customer.id))
    return page.model_copy(update={"duplicates": tuple(repeated)})


@router.get("/{case_id}/timeline", responses=documented(UnknownCase, Unprocessable))
async def timeline(
    by: Reader,
    case_id: CaseId,
    at: Asked,
    after: Annotated[int, Query(ge=0, description="only entries with a higher number")] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Timeline:
    """What happened, in order: who, what, when, why."""
    await access.checked(by, case_id, at)
    entries = await _entries(case_id, at, after, limit + 1)
    return Timeline(entries=tuple(entries[:limit]), next=entries[limit - 1].n if len(entries) > limit else None)


async def _entries(case_id: str, at: Sources, after: int, limit: int) -> list[Entry]:
    """Entries after `after`, `limit` at most: those at hand in the workflow, and older ones from the records."""
    tail: tuple[Entry, ...] = ()
    silence: Exception | None = None
    try:
        if await at.is_erased(case_id):
            raise CaseOver(case_id)
        page = await at.within_patience((await at.cases()).timeline(case_id, after))
        if page.complete:
            return list(page.entries[:limit])
        tail = page.entries
    except (CaseUnknown, CaseOver, NoWorker, Unreachable, KeyMissing) as error:
        silence = error
    entries = await at.ask(lambda known: known.entries(case_id, after, limit))
    if silence and not entries and await at.recorded(case_id) is None:
        raise silence
    last = entries[-1].n if entries else after
    # What the records lack is at hand; a gap between the two would be entries written meanwhile: ask again for those.
    newer = [entry for entry in tail if entry.n > last]
    joins = bool(newer) and newer[0].n == last + 1
    return (entries + newer)[:limit] if joins else entries
