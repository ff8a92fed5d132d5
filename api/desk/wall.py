"""`/wall`: what is late and where, who has too much, and to whom a case is offered instead. For supervisors and above.

What counts as soon, and as much more than others have, is only how it is shown; who may give a case to whom, the case
says. The counts come from the records, so they may lag by a second.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request, Response

from api.bodies import ACTIONS
from api.desk import acting, pages
from api.desk.forms import Choice, Form, Posted, form_of
from api.desk.loads import Carrier
from api.desk.session import SignedIn, Visitor, own_form
from api.desk.watching import Look, Seen, seen, shown_clock, why_not_offered
from api.documents import CaseId, known_case_id
from api.problems import Problem
from api.reading import case as case_now
from api.sources import Sources, sources
from api.translating import attempted
from cases.view import CaseView

router = APIRouter(prefix="/wall", dependencies=[Depends(own_form)])

Asked = Annotated[Sources, Depends(sources)]
Looked = Annotated[Look, Query()]


@router.get("")
async def wall(request: Request, by: SignedIn, look: Looked, at: Asked) -> Response:
    """How things stand; with `offer`, the form to offer that case to somebody else."""
    answer = await _page(request, by, look, at)
    if "hx-request" in request.headers:
        answer.headers["HX-Push-Url"] = f"/wall?{query}" if (query := request.url.query) else "/wall"
    return answer


@router.post("/{case_id}/assign")
async def assign(request: Request, by: SignedIn, case_id: CaseId, look: Looked, at: Asked, sent: Posted) -> Response:
    """Offers the case to whom the form names; refused, the form again, and why."""
    outcome = await acting.done(by, case_id, {**sent, "kind": "assign"}, at)
    if isinstance(outcome, Problem):
        return await _page(request, by, look.model_copy(update={"offer": case_id}), at, sent, outcome)
    to = sent.get("to.person") or f"the team {sent.get('to.team')}"
    return pages.done(request, address(look, offer=None), f"{case_id} goes to {to}.")


def address(look: Look, **other: str | bool | None) -> str:
    """The wall as somebody looks at it, with something else in it."""
    said = look.model_dump(exclude_defaults=True, mode="json") | other
    query = urlencode({name: value for name, value in said.items() if value})
    return f"/wall?{query}" if query else "/wall"


async def _page(
    request: Request,
    by: Visitor,
    look: Look,
    at: Sources,
    sent: Mapping[str, str] | None = None,
    problem: Problem | None = None,
) -> Response:
    if not by.reads_all:
        return pages.page(request, "wall_closed.html", by, 403)
    now = datetime.now(UTC)
    shown = await seen(by, look, now, at)
    offered = await _offered(by, look, shown, at, sent or {}, problem) if look.offer else None
    status = int(problem.status) if problem else 200
    known = {"look": look, "wall": shown, "offered": offered, "address": address, "shown_clock": shown_clock}
    return pages.page(request, "wall.html", by, status, **known)


_HINT = "To a person by name; or to a team, where the one with the least to do is asked."


class Offered:
    """A case that is to be offered to somebody else: its view and the form, or why there is none."""

    def __init__(self, view: CaseView | None, form: Form | None, why: str = "") -> None:
        self.view = view
        self.form = form
        self.why = why


async def _offered(
    by: Visitor, look: Look, shown: Seen, at: Sources, sent: Mapping[str, str], problem: Problem | None
) -> Offered:
    view = await attempted(_view(by, look.offer or "", at))
    if isinstance(view, Problem):
        return Offered(None, None, view.detail)
    if "assign" not in view.allowed and problem is None:
        why = why_not_offered(by, view)
        return Offered(view, None, why or "It is not yours to offer to somebody now. Its own page says what is.")
    form = form_of(
        ACTIONS["assign"],
        f"/wall/{view.case_id}/assign" + address(look, offer=None).removeprefix("/wall"),
        about=view.case_id,
        choices={"to.person": _people(view, shown), "to.team": [Choice(value=it, label=it) for it in shown.teams]},
        without=["to.skill"],
        sent=sent,
        problem=problem,
    )
    return Offered(view, form.model_copy(update={"button": "Offer it", "hint": _HINT}))


async def _view(by: Visitor, case_id: str, at: Sources) -> CaseView:
    view: CaseView = await case_now(by.actor, known_case_id(case_id), at, Response(), True, None)
    return view


def _people(view: CaseView, shown: Seen) -> list[Choice]:
    """Those of the case's line: at its rung, there now and with the most room first."""
    rung = view.offer.rung if view.offer else view.rung
    line = [carrier for carrier in shown.everybody if carrier.person.in_line_of(view.team)]
    line.sort(key=lambda it: (it.person.rung is not rung, not it.person.on_shift, it.share, it.person.id))
    return [Choice(value=it.person.id, label=_named(it)) for it in line]


def _named(it: Carrier) -> str:
    away = "" if it.person.on_shift else ", away"
    return f"{it.person.name}, {it.person.rung}: {it.person.load} of {it.person.capacity}{away}"
