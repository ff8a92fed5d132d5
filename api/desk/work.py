"""`/`: my work. What is offered to whoever looks, what they own, and what waits in the queues of their teams."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict

from api import access
from api.desk import acting, pages
from api.desk.case import said
from api.desk.forms import Form, Posted, form_of
from api.desk.lines import with_names
from api.desk.session import SignedIn, Visitor, own_form
from api.documents import CaseId
from api.problems import Problem
from api.sources import Sources, sources
from cases.actions import Claim
from cases.view import CaseView
from cases.words import Status
from records import Filters, Page, Records

router = APIRouter(dependencies=[Depends(own_form)])

Asked = Annotated[Sources, Depends(sources)]
Part = Literal["offered", "mine", "queue"]

PAGE = 50
AT_FIRST: dict[Part, int] = {"offered": 10, "mine": 30, "queue": 10}
"""How many of each are shown side by side: a page in all. Each by itself has pages of its own."""

COUNTED = 999
"""Nobody needs to know more exactly than that, and counting further would cost more than the page."""

UNDER_WAY = (Status.OPENING, Status.OPEN, Status.WAITING_CUSTOMER, Status.RESOLVED)

_TITLES: dict[Part, tuple[str, str, str]] = {
    "offered": ("Offered to you", "Nothing is offered to you", "Whoever is chosen next sees it here at once."),
    "mine": ("Yours", "You have no open case", "What you claim stays here until it is closed."),
    "queue": (
        "In your team's queue",
        "The queue is empty",
        "What nobody was free for waits here for whoever claims it.",
    ),
}


class Looked(BaseModel):
    """What is looked at: all parts, or one of them from a cursor on; with these words in the complaint."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    show: Part | None = None
    text: str = ""
    cursor: str | None = None


class Line(BaseModel):
    """One case of a list."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    view: CaseView
    claim: Form | None
    problem: Problem | None


class Section(BaseModel):
    """One part of the work, or a page of it."""

    model_config = ConfigDict(frozen=True)

    part: Part
    title: str
    nothing: str
    hint: str
    lines: tuple[Line, ...]
    count: int
    next: str | None


class Refusal(BaseModel):
    """What was tried from the list and not done."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    case_id: str
    problem: Problem


@router.get("/")
async def work(request: Request, by: SignedIn, at: Asked, looked: Annotated[Looked, Query()]) -> Response:
    """The work of whoever looks, what is due first at the top. From the records: it may lag by a second."""
    return await _page(request, by, at, looked)


@router.post("/work/{case_id}/actions")
async def act(request: Request, by: SignedIn, case_id: CaseId, at: Asked, sent: Posted) -> Response:
    """Does what a form of the list says, and goes on to the list after it; refused, it says why beside the case."""
    outcome = await acting.done(by, case_id, sent, at)
    if isinstance(outcome, Problem):
        refusal = Refusal(case_id=case_id, problem=outcome)
        told = [each for each in outcome.details.values() if isinstance(each, str)]
        if any(told):
            names = await at.ask(lambda known: {person.id: person.name for person in known.people()})
            outcome.detail = with_names(outcome.detail, [by.actor.id, *told], names)
        return await _page(request, by, at, Looked(), refusal, int(outcome.status))
    return pages.done(request, pages.local(sent.get("back")), said(sent["kind"]))


async def _page(
    request: Request, by: Visitor, at: Sources, looked: Looked, refusal: Refusal | None = None, status: int = 200
) -> Response:
    parts: Sequence[Part] = (looked.show,) if looked.show else ("offered", "mine", "queue")
    teams = by.actor.teams or (() if by.is_operator else tuple(await at.teams()))
    back = str(request.url.path) + (f"?{request.url.query}" if request.url.query else "")
    found = await at.ask(lambda known: [_found(known, by, part, teams, looked) for part in parts])
    sections = [
        _section(part, page, count, refusal, back if request.method == "GET" else "/")
        for part, (page, count) in zip(parts, found, strict=True)
    ]
    shown = {line.view.case_id for section in sections for line in section.lines}
    context: dict[str, Any] = {
        "sections": sections,
        "looked": looked,
        "late": await at.ask(lambda known: known.count_cases(_owned(by, looked, breached=True), COUNTED)),
        "stray": refusal if refusal and refusal.case_id not in shown else None,
        "counted": COUNTED,
    }
    return pages.page(request, "work.html", by, status, **context)


def _found(known: Records, by: Visitor, part: Part, teams: Sequence[str], looked: Looked) -> tuple[Page, int]:
    """A page of that part, and how many there are in all."""
    filters = _filters(by, part, teams, looked)
    limit, cursor = (PAGE, looked.cursor) if looked.show else (AT_FIRST[part], None)
    page = known.list_cases(filters, limit, cursor)
    alone = page.next is None and cursor is None
    return page, len(page.items) if alone else known.count_cases(filters, COUNTED)


def _filters(by: Visitor, part: Part, teams: Sequence[str], looked: Looked) -> Filters:
    if part == "mine":
        return _owned(by, looked)
    whose = (by.actor.id,) if part == "offered" else tuple(f"queue:{team}" for team in teams)
    return Filters(
        offered_to_any=whose, status=UNDER_WAY, text=looked.text or None, readable_by=access.reader(by.actor)
    )


def _owned(by: Visitor, looked: Looked, *, breached: bool | None = None) -> Filters:
    return Filters(owner=by.actor.id, status=UNDER_WAY, text=looked.text or None, breached=breached)


def _section(part: Part, page: Page, count: int, refusal: Refusal | None, back: str) -> Section:
    title, nothing, hint = _TITLES[part]
    lines = tuple(_line(view, part, refusal, back) for view in page.items)
    return Section(part=part, title=title, nothing=nothing, hint=hint, lines=lines, count=count, next=page.next)


def _line(view: CaseView, part: Part, refusal: Refusal | None, back: str) -> Line:
    """What is offered to somebody, they may claim; if not any more, the case says so."""
    problem = refusal.problem if refusal and refusal.case_id == view.case_id else None
    claim = None
    if part != "mine":
        to = f"/work/{view.case_id}/actions"
        claim = form_of(Claim, to, about=view.case_id, key=f"claim-{view.case_id}", back=back)
    return Line(view=view, claim=claim, problem=problem)
