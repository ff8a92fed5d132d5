"""What awaits a decision, with what one needs to know for it: the words, the clock, what the customer has got."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from fastapi import Response
from pydantic import BaseModel, ConfigDict

from api import reading
from api.bodies import ACTIONS
from api.desk.forms import Form, form_of
from api.desk.session import Visitor
from api.problems import Problem
from api.sources import Sources
from api.translating import attempted
from cases.conduct import Threat
from cases.view import Brief, CaseView, ClockView, ProposedRemedy
from cases.words import ClockName, ClockState, RemedyState
from policies import PolicyError, restore

LOOKED_AT, AT_ONCE = 60, 8
"""How many cases are asked whether they are one's own to decide on, by deadline; and how many at once."""


class Got(BaseModel):
    """What the customer has got in a currency, over all of their cases, and what the policy allows `within` a time."""

    model_config = ConfigDict(frozen=True)

    so_far: Decimal
    limit: Decimal | None
    within: timedelta | None


class Remedying(BaseModel):
    """A remedy that awaits a decision. Without forms, it is for somebody else to decide."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    view: CaseView
    proposed: ProposedRemedy
    clock: ClockView | None
    got: Got | None
    brief: Brief | None
    approve: Form | None
    reject: Form | None


class Threatening(BaseModel):
    """A case with threats that await a decision."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    view: CaseView
    threats: tuple[Threat, ...]
    clock: ClockView | None
    decide: Form | None


class Awaiting(BaseModel):
    """All of it. `more`: there are cases that were not asked."""

    model_config = ConfigDict(frozen=True)

    threats: tuple[Threatening, ...]
    mine: tuple[Remedying, ...]
    others: tuple[Remedying, ...]
    more: bool

    def has_form(self, key: str) -> bool:
        """Whether that form is shown."""
        forms = [*(it.decide for it in self.threats), *(form for it in self.mine for form in (it.approve, it.reject))]
        return any(form is not None and form.key == key for form in forms)


async def awaiting(
    by: Visitor, at: Sources, sent: Mapping[str, str] | None = None, problem: Problem | None = None
) -> Awaiting:
    """What awaits a decision. `sent` and `problem`: a form that was refused, to be shown again. Raises RecordsAway."""
    page = await reading.cases(by.actor, reading.Sought(undecided=True, limit=LOOKED_AT), at)
    line = [known for known in page.items if by.is_operator or by.actor.in_line_of(known.team)]
    turns = asyncio.Semaphore(AT_ONCE)
    views = [view for view in await asyncio.gather(*(_now(by, known, at, turns) for known in line)) if view.undecided]
    given, refused = sent or {}, problem
    remedies = await asyncio.gather(
        *(
            _remedying(by, view, proposed, at, turns, given, refused)
            for view in views
            for proposed in view.remedies
            if proposed.state is RemedyState.PENDING
        )
    )
    threats = [_threatening(view, given, refused) for view in views if view.conduct and view.conduct.undecided]
    return Awaiting(
        # Those that are somebody else's to decide on are on the page of their case, and not in the way here.
        threats=tuple(it for it in threats if it.decide is not None),
        mine=tuple(it for it in remedies if it.approve is not None),
        others=tuple(it for it in remedies if it.approve is None),
        more=page.next is not None,
    )


async def _now(by: Visitor, known: CaseView, at: Sources, turns: asyncio.Semaphore) -> CaseView:
    """The case now, with what is open to whoever looks; as the records have it, and nothing open, if it is silent."""
    async with turns:
        view = await attempted(reading.case(by.actor, known.case_id, at, Response(), True, None))
    return view if isinstance(view, CaseView) else known


async def _remedying(
    by: Visitor,
    view: CaseView,
    proposed: ProposedRemedy,
    at: Sources,
    turns: asyncio.Semaphore,
    sent: Mapping[str, str],
    problem: Problem | None,
) -> Remedying:
    mine = "decide_remedy" in view.allowed and proposed.proposed_by != by.actor.id
    async with turns:
        brief = await attempted(reading.brief(by.actor, view.case_id, at)) if mine else None
        got = await _got(view, proposed, at) if mine else None
    approve, reject = (_verdict(view, proposed, said, sent, problem) for said in ("true", "false"))
    return Remedying(
        view=view,
        proposed=proposed,
        clock=_clock(view.clocks, proposed.clock),
        got=got,
        brief=brief if isinstance(brief, Brief) else None,
        approve=approve if mine else None,
        reject=reject if mine else None,
    )


def _verdict(
    view: CaseView, proposed: ProposedRemedy, approve: str, sent: Mapping[str, str], problem: Problem | None
) -> Form:
    """The form that approves, which is a button, or the one that rejects, which takes a reason."""
    said = "approve" if approve == "true" else "reject"
    key = f"{said}-{view.case_id}-{proposed.remedy_id}"
    is_this = sent.get("form") == key
    form = form_of(
        ACTIONS["decide_remedy"],
        f"/approvals/{view.case_id}/decide_remedy",
        about=view.case_id,
        key=key,
        fixed={"remedy_id": proposed.remedy_id, "approve": approve},
        without=["reason"] if approve == "true" else [],
        sent=sent if is_this else None,
        problem=problem if is_this else None,
    )
    named = {"button": said.capitalize(), "title": said.capitalize()}
    asked = tuple(
        field.model_copy(
            update={"required": True, "label": "Why not", "hint": "The customer is told this.", "look": "text"}
        )
        if field.name == "reason"
        else field
        for field in form.fields
    )
    return form.model_copy(update={**named, "fields": asked})


def _threatening(view: CaseView, sent: Mapping[str, str], problem: Problem | None) -> Threatening:
    key = f"decide_safety-{view.case_id}"
    is_this = sent.get("form") == key
    form = form_of(
        ACTIONS["decide_safety"],
        f"/approvals/{view.case_id}/decide_safety",
        about=view.case_id,
        key=key,
        sent=sent if is_this else None,
        problem=problem if is_this else None,
    )
    fields = tuple(
        field.model_copy(update={"label": "Why, and what was arranged", "hint": "For colleagues."})
        if field.name == "text"
        else field
        for field in form.fields
    )
    live = (ClockState.RUNNING, ClockState.PAUSED)
    return Threatening(
        view=view,
        threats=view.conduct.undecided if view.conduct else (),
        clock=next((each for each in view.clocks if each.name is ClockName.SAFETY and each.state in live), None),
        decide=form.model_copy(update={"button": "Decide", "fields": fields})
        if "decide_safety" in view.allowed
        else None,
    )


def _clock(clocks: Sequence[ClockView], clock_id: str | None) -> ClockView | None:
    return next((each for each in clocks if each.id == clock_id), None)


async def _got(view: CaseView, proposed: ProposedRemedy, at: Sources) -> Got | None:
    currency = proposed.currency
    if currency is None or not proposed.amount or not proposed.remedy.is_money:
        return None
    content = await attempted(at.ask(lambda known: known.policy(view.policy_hash or "")))
    limit, within = _limit(content, currency) if isinstance(content, str) else (None, None)
    since = datetime.now(UTC) - within if within else None
    so_far = await attempted(at.ask(lambda known: known.paid_to(view.customer.id, currency, since)))
    return Got(so_far=so_far, limit=limit, within=within) if isinstance(so_far, Decimal) else None


@lru_cache(64)
def _limit(content: str, currency: str) -> tuple[Decimal | None, timedelta | None]:
    """The most that a policy lets a customer get, and within what time."""
    try:
        remedies = restore(content).form.remedies
    except PolicyError:
        return None, None  # of another version: the case looks at it when it is granted
    found = remedies.limits.get(currency) if remedies else None
    return (found.amount, found.within) if found else (None, None)
