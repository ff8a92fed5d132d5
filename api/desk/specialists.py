"""`/questions`: what the owners of cases ask specialists, and what they do with it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response

from api import consulting, reading
from api.bodies import ANSWERS
from api.consulting import HandoffList, HandoffsSought
from api.desk import pages
from api.desk.acting import SETTLES_WITHIN_S
from api.desk.forms import Form, Posted, body_of, form_of
from api.desk.session import SignedIn, Visitor, own_form
from api.documents import HandoffId
from api.problems import Forbidden, Problem
from api.sources import Sources, sources
from api.translating import attempted
from cases.events import Code
from cases.view import Brief
from cases.words import ClockName, ClockState
from records import HandoffShown

router = APIRouter(prefix="/questions", dependencies=[Depends(own_form)])

Asked = Annotated[Sources, Depends(sources)]
Show = Annotated[Literal["mine", "all"], Query()]

LISTED = 100
_PAUSE_S = 0.03
_SAID = {
    "accept": "The question is yours.",
    "decline": "Declined: somebody else is asked.",
    "answer": "Your answer is with the owner of the case.",
    "ask_back": "The owner is asked; your time stands still until they answer.",
}
_STAYS = ("accept", "ask_back")
"""After these there is more to do with the same question."""


_OF_AN_OFFER = ("accept", "decline")
_PASSED = "The time to accept passed; the question was offered to somebody else."
_DECLINED = "You declined this question; it was offered to somebody else."


class GoneOn(Problem):
    """An offer that somebody wants to take, or to decline, is theirs no more."""

    status = HTTPStatus.CONFLICT
    code = "no_offer"
    title = "This was turned down"


class Chosen:
    """The question that is looked at: as it is now, its forms, and the brief of its case as far as it may be read."""

    def __init__(self, shown: HandoffShown, forms: dict[str, Form], brief: Brief | None, why_no_brief: str) -> None:
        self.shown = shown
        self.forms = forms
        self.brief = brief
        self.why_no_brief = why_no_brief


@router.get("")
async def questions(request: Request, by: SignedIn, at: Asked, show: Show = "mine") -> Response:
    """Those that wait for whoever asks, and beside them the one that is due first; `all`: all that they may read."""
    return await _page(request, by, at, show, None)


@router.get("/{handoff_id}")
async def question(request: Request, by: SignedIn, handoff_id: HandoffId, at: Asked, show: Show = "mine") -> Response:
    """One of them."""
    return await _page(request, by, at, show, handoff_id)


@router.post("/{handoff_id}/{kind}")
async def act(
    request: Request,
    by: SignedIn,
    handoff_id: HandoffId,
    kind: Literal["accept", "decline", "answer", "ask_back"],
    at: Asked,
    sent: Posted,
) -> Response:
    """Does what the form says; refused, the form again, as it was typed, and why."""
    outcome = await attempted(_done(by, handoff_id, kind, sent, at))
    if isinstance(outcome, Problem):
        return await _page(request, by, at, "mine", handoff_id, {**sent, "kind": kind}, outcome)
    return pages.done(request, f"/questions/{handoff_id}" if kind in _STAYS else "/questions", _SAID[kind])


async def _done(by: Visitor, handoff_id: str, kind: str, sent: Mapping[str, str], at: Sources) -> None:
    if by.is_operator:
        raise Forbidden("operators look at questions here, and do not answer them", reason="wrong_role")
    body = body_of(ANSWERS[kind], sent) | {"kind": kind}
    after = await consulting.act(by.actor, handoff_id, body, at, Response(), None)
    # Its case writes what became of it; a moment later the list says it too.
    deadline = time.monotonic() + SETTLES_WITHIN_S
    while time.monotonic() < deadline:
        known = await at.ask(lambda records: records.handoff(handoff_id))
        if known is not None and known.version >= after.version:
            return
        await asyncio.sleep(_PAUSE_S)


async def _page(
    request: Request,
    by: Visitor,
    at: Sources,
    show: Literal["mine", "all"],
    handoff_id: str | None,
    sent: Mapping[str, str] | None = None,
    problem: Problem | None = None,
) -> Response:
    # Nothing is ever an operator's own.
    is_all = show == "all" or by.is_operator
    listed = await consulting.handoffs(by.actor, HandoffsSought(mine=not is_all, limit=LISTED), at)
    chosen = await _chosen(by, at, listed, handoff_id, sent or {}, problem)
    status = int(problem.status) if problem else 200
    known = {"listed": listed, "chosen": chosen, "opened": handoff_id is not None, "show": "all" if is_all else "mine"}
    is_stray = chosen is None or (sent or {}).get("kind") not in chosen.forms
    stray = said_to(by, chosen.shown if chosen else None, problem) if problem and is_stray else None
    kept = (sent or {}).get("text") or (sent or {}).get("reason") if stray else None
    return pages.page(request, "questions.html", by, status, **known, problem=stray, kept=kept)


async def _chosen(
    by: Visitor,
    at: Sources,
    listed: HandoffList,
    handoff_id: str | None,
    sent: Mapping[str, str],
    problem: Problem | None,
) -> Chosen | None:
    """The one that is named, or the first of the list. Raises what `consulting.handoff` does for one that is named."""
    wanted = handoff_id or (listed.items[0].handoff_id if listed.items else None)
    if wanted is None:
        return None
    shown = await attempted(consulting.handoff(by.actor, wanted, at, Response(), None))
    if isinstance(shown, Problem) and handoff_id:
        raise shown
    if not isinstance(shown, HandoffShown):
        return None
    brief = await attempted(reading.brief(by.actor, shown.case_id, at))
    forms = {kind: _form(kind, shown, sent, problem) for kind in open_to(by, shown, datetime.now(UTC))}
    why = _why_no_brief(brief) if isinstance(brief, Problem) else ""
    return Chosen(shown, forms, brief if isinstance(brief, Brief) else None, why)


def open_to(by: Visitor, shown: HandoffShown, now: datetime) -> list[str]:
    """What they can do with it: nothing with an offer whose time has passed, though nobody else may be asked yet."""
    to = shown.offered_to.person if shown.offered_to else None
    is_over = any(
        clock.name is ClockName.ACCEPT and clock.state is ClockState.RUNNING and clock.due_at and clock.due_at <= now
        for clock in shown.clocks
    )
    gone = _OF_AN_OFFER if is_over and to == by.actor.id else ()
    return [kind for kind in shown.allowed if kind in ANSWERS and kind not in gone]


def said_to(by: Visitor, shown: HandoffShown | None, problem: Problem) -> Problem:
    """The refusal in words for who is refused: the hand-off's own do not tell who declined from who let it pass."""
    is_gone = problem.body().code in (Code.NO_OFFER, Code.OFFERED_TO_OTHER)
    if not is_gone or shown is None or by.actor.id not in shown.not_again:
        return problem
    declined = any(line.text.startswith(f"{by.actor.id} declined") for line in shown.newest)
    return GoneOn(_DECLINED if declined else _PASSED)


def _why_no_brief(problem: Problem) -> str:
    if isinstance(problem, Forbidden):
        return "The case is not yours to read: it is shown to whoever is asked, while they are."
    return f"The brief cannot be shown now: {problem.detail}"


def _form(kind: str, shown: HandoffShown, sent: Mapping[str, str], problem: Problem | None) -> Form:
    is_this = sent.get("kind") == kind
    form = form_of(
        ANSWERS[kind],
        f"/questions/{shown.handoff_id}/{kind}",
        about=shown.handoff_id,
        without=["handoff_id"],
        sent=sent if is_this else None,
        problem=problem if is_this else None,
    )
    return form.model_copy(update={"hint": _HINTS.get(kind, form.hint)})


_HINTS = {
    "decline": "Somebody else is asked, and not you again.",
    "answer": "The owner of the case gets it; the question is over then.",
    "ask_back": "Your time stands still until the owner has answered.",
}
