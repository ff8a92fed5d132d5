"""`/approvals`: remedies and threats that await a decision of whoever looks. Whose a decision is, the case says."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response

from api.desk import acting, pages
from api.desk.deciding import awaiting
from api.desk.forms import Posted
from api.desk.session import SignedIn, own_form
from api.documents import CaseId
from api.problems import Problem
from api.sources import Sources, sources
from cases.money import words

router = APIRouter(prefix="/approvals", dependencies=[Depends(own_form)])

Asked = Annotated[Sources, Depends(sources)]


@router.get("")
async def approvals(request: Request, by: SignedIn, at: Asked) -> Response:
    """What awaits a decision: theirs first, threats before remedies; then what others are to decide."""
    return pages.page(request, "approvals.html", by, waiting=await awaiting(by, at), problem=None, kept=None)


@router.post("/{case_id}/{kind}")
async def decide(
    request: Request,
    by: SignedIn,
    case_id: CaseId,
    kind: Literal["decide_remedy", "decide_safety"],
    at: Asked,
    sent: Posted,
) -> Response:
    """Decides what the form says; refused, the form again, as it was typed, and why."""
    outcome = await acting.done(by, case_id, {**sent, "kind": kind}, at)
    if isinstance(outcome, Problem):
        waiting = await awaiting(by, at, sent, outcome)
        stray = None if waiting.has_form(sent.get("form", "")) else outcome
        kept = sent.get("text") or sent.get("reason") if stray else None
        return pages.page(request, "approvals.html", by, int(outcome.status), waiting=waiting, problem=stray, kept=kept)
    if kind == "decide_safety":
        return pages.done(request, "/approvals", f"Decided, and kept on record in {case_id}.")
    proposed = next((each for each in outcome.remedies if each.remedy_id == sent.get("remedy_id")), None)
    what = words(proposed.amount, proposed.currency) if proposed and proposed.amount else "The remedy"
    verdict = "is approved" if sent.get("approve") == "true" else "is rejected; the customer is told why"
    return pages.done(request, "/approvals", f"{what} {verdict}.")
