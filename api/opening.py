"""`POST /v1/cases`: a complaint becomes a case, once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated
from zoneinfo import available_timezones

from fastapi import APIRouter, Depends, Response

from api import access
from api.auth import actor_with
from api.bodies import Sent
from api.conditions import told
from api.documents import takes_complaint
from api.faults import checked
from api.problems import Fault, ReferenceTaken, TooLarge, Unprocessable, documented
from api.sources import Sources, sources
from cases.case import Case
from cases.complaint import Complaint
from cases.events import Actor
from cases.table import CUSTOMER_KINDS, TABLE
from cases.view import CaseView
from cases.words import Role

router = APIRouter(prefix="/v1", tags=["cases"])

PLANNED_WITHIN_S = 2.0
CLOCK_SKEW = timedelta(seconds=5)
"""How far a source's clock may be ahead of this machine's."""


@router.post(
    "/cases",
    status_code=201,
    response_model=CaseView,
    responses={
        200: {"model": CaseView, "description": "the complaint was known already: its case, as it is now"},
        **documented(ReferenceTaken, TooLarge, Unprocessable),
    },
    openapi_extra=takes_complaint(),
)
async def open_case(
    by: Annotated[Actor, Depends(actor_with(Role.SERVICE, Role.BOT))],
    body: Sent,
    response: Response,
    at: Annotated[Sources, Depends(sources)],
) -> CaseView:
    """Opens a case, or finds the one that the same complaint has opened before.

    Waits up to 2 s for planning; a case that takes longer is answered with the status `opening`.
    """
    complaint = _received(_somewhere(checked(Complaint, body)))
    response.headers["Location"] = f"/v1/cases/{complaint.case_id}"
    shown = await _opened(complaint, by, response, at)
    told(response, shown.version)
    return shown


async def _opened(complaint: Complaint, by: Actor, response: Response, at: Sources) -> CaseView:
    case_id = complaint.case_id
    # The records first: Temporal forgets an archived case after its retention, and would open it anew.
    if await at.recorded(case_id) is None:
        await _followed(complaint, at)
        opened = await (await at.cases()).open(complaint)
        if opened.created:
            planned = await at.planned(case_id, PLANNED_WITHIN_S)
            return _open_to_customers(planned) if planned else _as_it_opens(complaint, by)
    response.status_code = 200
    return _same(complaint, access.for_reader(by, await at.view(case_id, by)))


def _somewhere(complaint: Complaint) -> Complaint:
    """The complaint, if its customer's time zone exists: times would be told in UTC without a word otherwise."""
    zone = complaint.customer.zone
    if zone is None or zone in available_timezones():
        return complaint
    raise Unprocessable(
        Fault(field="customer.zone", problem=f"is no IANA time zone: {zone}", remedy="send one such as Europe/London")
    )


def _received(complaint: Complaint) -> Complaint:
    """The complaint; its time, if it is the future only by a difference of clocks, is left to the opening."""
    now = datetime.now(UTC)
    if complaint.received_at is None or complaint.received_at <= now:
        return complaint
    if complaint.received_at - now <= CLOCK_SKEW:
        return complaint.model_copy(update={"received_at": None})
    raise Unprocessable(
        Fault(field="received_at", problem="is in the future", remedy="send when it was received, or leave it out")
    )


async def _followed(complaint: Complaint, at: Sources) -> None:
    """Raises Unprocessable if the complaint follows a case that the records do not know, or another customer's."""
    if complaint.follows is None:
        return
    before = await at.recorded(complaint.follows)
    if before is not None and before.customer.id == complaint.customer.id:
        return
    # The same words for both: whose case it is, is nobody else's business.
    problem = f"{complaint.follows} is no case of the customer {complaint.customer.id}"
    raise Unprocessable(
        Fault(field="follows", problem=problem, remedy="send the id of an archived case of theirs, or leave it out")
    )


def _open_to_customers(view: CaseView) -> CaseView:
    """The same view of a planned case, with the requests in `allowed` that it takes in its status.

    The records do not know who asks, and the workflow is not asked for this alone. Of a request, who may send it
    depends on the role only, which is settled here. What depends on more (whether the policy offers callbacks; what a
    chatbot may do beside as an owner), reading the case tells.
    """
    requests = ((kind, row) for kind, row in TABLE.items() if kind in CUSTOMER_KINDS and not row.guards)
    allowed = tuple(kind for kind, row in requests if view.status in row.taken_in)
    return view.model_copy(update={"allowed": allowed, "guidance": ()})


def _as_it_opens(complaint: Complaint, by: Actor) -> CaseView:
    """What the workflow makes of the complaint before it is planned: by the same rules, so it need not be asked."""
    now = datetime.now(UTC)
    case, _ = Case.open(complaint, now)
    return case.view(now, by)


def _same(complaint: Complaint, view: CaseView) -> CaseView:
    if view.erased_at is not None:
        raise ReferenceTaken(
            f"{complaint.source} sent a complaint as {complaint.reference!r} before: case {view.case_id}, which was "
            "erased. Send this one under a reference of its own.",
            case_id=view.case_id,
        )
    if view.fingerprint != complaint.fingerprint:
        raise ReferenceTaken(
            f"{complaint.source} has sent another complaint as {complaint.reference!r}: case {view.case_id}, and it "
            "stands. Send this one under a reference of its own, or what it adds as a `message` of that case.",
            case_id=view.case_id,
        )
    return view
