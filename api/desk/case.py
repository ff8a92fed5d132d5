"""`/cases/{id}`: a case, what was said, what happened, and what can be done about it now by whoever looks."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from api import links
from api.desk import acting, casefile, labels, pages
from api.desk.forms import Posted
from api.desk.session import SignedIn, own_form
from api.desk.web_ui import WebUi
from api.documents import CaseId
from api.problems import Forbidden, Problem
from api.sources import Sources, sources

router = APIRouter(prefix="/cases/{case_id}", dependencies=[Depends(own_form)])

Asked = Annotated[Sources, Depends(sources)]

_SAID = {
    "claim": "The case is yours.",
    "decline": "Declined: it is offered to somebody else.",
    "reply": "Your reply is on its way.",
    "note": "Your note is kept.",
    "resolve": "The resolution is on its way to the customer.",
    "escalate": "The case is offered one rung up.",
    "hand_off": "Your question is with the specialists.",
}


@router.get("")
async def case(
    request: Request,
    by: SignedIn,
    case_id: CaseId,
    at: Asked,
    whole: Annotated[bool, Query(alias="all")] = False,
) -> Response:
    """The case now."""
    file = await casefile.read(by, case_id, at, whole=whole)
    return pages.page(request, "case.html", by, file=file, view=file.view, web_ui=_web_ui(request, by, case_id))


@router.post("/actions")
async def act(request: Request, by: SignedIn, case_id: CaseId, at: Asked, sent: Posted) -> Response:
    """Does what a form says, and shows the case after it; refused, the form again, as it was typed, and why."""
    outcome = await acting.done(by, case_id, sent, at)
    if not isinstance(outcome, Problem):
        kind = sent["kind"]
        return pages.done(request, pages.local(sent.get("back") or f"/cases/{case_id}"), said(kind))
    file = await casefile.read(by, case_id, at, sent=sent, problem=outcome)
    ui = _web_ui(request, by, case_id)
    return pages.page(request, "case.html", by, int(outcome.status), file=file, view=file.view, web_ui=ui)


@router.post("/link")
async def link(request: Request, by: SignedIn, case_id: CaseId, at: Asked) -> Response:
    """A signed link for the case's customer, shown once, to be sent to nobody else."""
    if by.is_operator:
        raise Forbidden("operators look at cases here; a link for a customer is for its people to give")
    made = await links.make_link(by.actor, case_id, request, links.LinkWanted(), at)
    return pages.page(request, "link.html", by, link=made, case_id=case_id)


def said(kind: str) -> str:
    """What a page says once an action of that kind is done."""
    return _SAID.get(kind, f"Done: {labels.title(kind).lower()}.")


def _web_ui(request: Request, by: SignedIn, case_id: str) -> str | None:
    """The workflow's page in Temporal's Web UI, for those who steer; None where nobody has said where that is."""
    ui: WebUi = request.app.state.web_ui
    return ui.workflow(f"case-{case_id}") if by.reads_all else None
