"""`/complaints/{case_id}`: the page that a customer opens by the link in a message, and their requests from it.

The first request has the link's token in its query. It is taken out there (`api.links`), kept in a cookie for this one
path, and the browser sent to the address without it, so that neither history nor log has it. Nothing is done by a
`GET`: mail is full of scanners that open every link. What the page shows is `api.customers`', what is asked goes the
way of `POST /v1/cases/{id}/requests`, and how it is worded is the templates'.
"""

from __future__ import annotations

import asyncio
import time
from datetime import datetime
from typing import Annotated
from uuid import uuid4
from zoneinfo import ZoneInfo

import jwt
from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi.responses import RedirectResponse

from api import acting, customers
from api.auth import LINK_TOKEN, actor_with
from api.conditions import known_versions
from api.desk import speaking, wishes
from api.desk.forms import Posted
from api.desk.pages import HEADERS
from api.desk.session import is_secure, own_form
from api.documents import CaseId
from api.problems import Archived, Problem, UnknownCase
from api.sources import Sources, sources
from api.translating import attempted
from cases.events import Actor
from cases.table import CUSTOMER_KINDS
from cases.view import CaseView
from cases.words import Role
from policies.languages import zone_of

COOKIE = "complaint"

WRITTEN_WITHIN_S = 1.0
"""How long a form waits until the records have what it said: its message is then among the others."""

NEWEST = 4
"""Messages that are shown at once; those before them are a tap away."""

_BY_QUERY = "opened_by_link"
_POLL_S = 0.05


def _token_found(request: Request) -> None:
    """Where `api.auth` looks for a link's token: from the query, or else from the cookie of this path."""
    in_query = getattr(request.state, LINK_TOKEN, None) is not None
    setattr(request.state, _BY_QUERY, in_query)
    if not in_query and COOKIE in request.cookies:
        setattr(request.state, LINK_TOKEN, request.cookies[COOKIE])


router = APIRouter(
    prefix="/complaints", include_in_schema=False, dependencies=[Depends(own_form), Depends(_token_found)]
)

ByLink = Annotated[Actor, Depends(actor_with(Role.CUSTOMER))]
Asked = Annotated[Sources, Depends(sources)]


@router.api_route("/{case_id}", methods=["GET", "HEAD"])
async def complaint(
    by: ByLink,
    case_id: CaseId,
    request: Request,
    response: Response,
    at: Asked,
    if_none_match: Annotated[str | None, Header()] = None,
    done: str = "",
) -> Response:
    """The page. Whoever has it open asks every few seconds whether there is news, and that costs one read of a row."""
    if getattr(request.state, _BY_QUERY):
        return _kept(request, case_id)
    recorded = await at.recorded(case_id)
    if recorded and if_none_match and str(recorded.version) in known_versions(if_none_match):
        return _with_rates(Response(status_code=304, headers=HEADERS), response)
    view = await at.view(case_id, by, older=True)
    # The messages are the records'. If those lag behind the case, so does the page, and the next look finds more.
    version = min(view.version, recorded.version) if recorded else 0
    shown = await customers.shown(view, at)
    return _with_rates(_page(shown, version, done=done if done in CUSTOMER_KINDS else ""), response)


@router.post("/{case_id}")
async def wish(by: ByLink, case_id: CaseId, given: Posted, response: Response, at: Asked) -> Response:
    """Does what a form asks, and goes on to the page; or shows the form again with what was typed, and why not."""
    kind, before = given.get("kind", ""), await at.recorded(case_id)
    try:
        raw = wishes.request(kind, given, _zone(before, given))
    except wishes.Unclear as unclear:
        return await _again(by, case_id, at, wishes.unheard(kind, given, unclear), 422)
    problem = await attempted(acting.request(by, case_id, raw, at, response, None))
    if isinstance(problem, UnknownCase | Archived):
        raise problem
    if isinstance(problem, Problem):
        return await _again(by, case_id, at, wishes.unheard(kind, given, problem), int(problem.status))
    await _written(at, case_id, before)
    return RedirectResponse(f"{case_id}?done={kind}#done", 303, HEADERS)


def _kept(request: Request, case_id: str) -> Response:
    """Keeps the token, which has been found to hold, as long as it does; and opens the page without it."""
    token: str = getattr(request.state, LINK_TOKEN)
    ends: int = jwt.decode(token, options={"verify_signature": False})["exp"]
    answer = RedirectResponse(case_id, 303, HEADERS | {"Referrer-Policy": "no-referrer"})
    # Lax: a link in a mail is another site's, and must open the page. Forms from other sites come without it.
    answer.set_cookie(
        COOKIE,
        token,
        max_age=max(ends - int(time.time()), 0),
        path=f"/complaints/{case_id}",
        secure=is_secure(request),
        httponly=True,
        samesite="lax",
    )
    return answer


def _with_rates(answer: Response, noted: Response) -> Response:
    """The answer, with the headers that say how often they may ask; `api.auth` has noted them."""
    answer.headers.update({name: value for name, value in noted.headers.items() if name not in answer.headers})
    return answer


def _page(
    case: customers.CustomersCase, version: int, *, unheard: wishes.Unheard | None = None, done: str = ""
) -> Response:
    """The page, of a version; with `done`, the kind of what was just done, or with what was not taken."""
    zone, shown = zone_of(case.zone), wishes.open_to(case, unheard)
    homeless = unheard is not None and unheard.kind not in shown
    page = speaking.rendered(
        "complaint",
        case.language,
        case=case,
        version=version,
        zone=case.zone,
        zone_name=speaking.zone_name(zone, case.language),
        promises=[promise for promise in case.promises if not _is_next(promise, case.next)],
        newest=case.messages[: -NEWEST - 1 : -1],
        earlier=case.messages[-NEWEST - 1 :: -1],
        shown=shown,
        unheard=unheard,
        # What somebody wrote in a form that is not there any more; none: there is no such form.
        homeless=unheard.words if unheard and homeless else None,
        done=done,
        earliest=datetime.now(zone).strftime("%Y-%m-%dT%H:%M"),
        longest=wishes.LONGEST,
        channels=[channel.value for channel in wishes.CHANNELS],
        new_id=uuid4,
    )
    page.headers["ETag"] = f'"{version}"'
    return page


def _is_next(promise: customers.CustomersPromise, following: customers.CustomersNext | None) -> bool:
    return following is not None and (promise.what.value, promise.by_when) == (following.what, following.by_when)


async def _again(by: Actor, case_id: str, at: Sources, unheard: wishes.Unheard, status: int) -> Response:
    case = await customers.shown(await at.view(case_id, by, older=True), at)
    page = _page(case, 0, unheard=unheard)
    page.status_code = status
    return page


def _zone(known: CaseView | None, given: dict[str, str]) -> ZoneInfo:
    """The zone in which the customer chose a time: their own, or else the one that their browser named."""
    return zone_of((known.customer.zone if known else None) or given.get("zone"))


async def _written(at: Sources, case_id: str, before: CaseView | None) -> None:
    """Waits a moment until the records have more than before; if that takes longer, the page will hear of it."""
    until = time.monotonic() + WRITTEN_WITHIN_S
    while time.monotonic() < until:
        now = await at.recorded(case_id)
        if now and (before is None or now.version > before.version):
            return
        await asyncio.sleep(_POLL_S)
