"""All that the page of a case shows, asked at once: the case, its words, its timeline, its brief, and its forms."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import Response
from pydantic import BaseModel, ConfigDict

from api import messages, reading
from api.bodies import ACTIONS
from api.desk.choices import Choices, choices
from api.desk.forms import Form, form_of
from api.desk.lines import with_names
from api.desk.session import Visitor
from api.problems import Away, Problem
from api.sources import Sources
from api.translating import attempted
from cases.timeline import Entry
from cases.view import Brief, CaseView, HandedOff, ProposedRemedy, Suggestion
from cases.words import ClockName, RemedyState, SuggestionState
from records import Passed

NEWEST = 120
"""How many entries, and how many messages, are shown until somebody asks for all."""

MOST_ENTRIES = 1000

FIRST = ("reply", "note", "attempt", "resolve", "propose_remedy", "hand_off", "escalate")
"""What is done most, in the order in which it is offered; all else is behind "More"."""

AT_THE_TOP = ("claim", "decline")
_BESIDE = ("decide_suggestion", "decide_remedy", "answer_back", "cancel_hand_off")
"""What is done to one of several things stands beside each of them."""


class Casefile(BaseModel):
    """A case as one person sees it. `gone` says why the brief cannot be shown."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    view: CaseView
    brief: Brief | None
    messages: tuple[Passed, ...]
    entries: tuple[Entry, ...]
    more: bool
    forms: dict[str, Form]
    first: tuple[str, ...]
    others: tuple[str, ...]
    stray: Form | None
    refused: str
    names: Mapping[str, str]


async def read(
    by: Visitor,
    case_id: str,
    at: Sources,
    *,
    whole: bool = False,
    sent: Mapping[str, str] | None = None,
    problem: Problem | None = None,
) -> Casefile:
    """The case now. `sent` and `problem`: a form that was refused, to be shown again. Raises what `reading.case` does.

    The parts that cannot be had are left out: whoever works on a case needs the others no less.
    """
    view = await _view(by, case_id, at)
    after = 0 if whole else max(0, view.version - NEWEST)
    brief, entries, passed, known = await asyncio.gather(
        attempted(reading.brief(by.actor, case_id, at)),
        attempted(reading.timeline(by.actor, case_id, at, after, MOST_ENTRIES)),
        attempted(messages.messages(by.actor, case_id, at)),
        choices(view, at),
    )
    if problem is not None:
        problem.detail = with_names(problem.detail, concerned(problem, by, view, sent or {}), known.names)
    said = passed.messages if isinstance(passed, messages.Messages) else ()
    forms = _forms(view, known, sent or {}, problem)
    kinds = [kind for kind in view.allowed if kind in ACTIONS and kind not in (*_BESIDE, *AT_THE_TOP)]
    key = (sent or {}).get("form", "")
    return Casefile(
        view=view,
        brief=brief if isinstance(brief, Brief) else None,
        messages=said if whole else said[-NEWEST:],
        entries=entries.entries if isinstance(entries, reading.Timeline) else (),
        more=not whole and (after > 0 or len(said) > NEWEST),
        forms=forms,
        first=tuple(kind for kind in FIRST if kind in kinds),
        others=tuple(sorted(set(kinds) - set(FIRST))),
        stray=None if key in forms or problem is None else _stray(view, known, sent or {}, problem),
        refused=key if problem is not None else "",
        names=known.names,
    )


def concerned(problem: Problem, by: Visitor, view: CaseView, sent: Mapping[str, str]) -> list[str | None]:
    """Whose ids a refusal may have in it."""
    offered = view.offer.to.person if view.offer else None
    told = [each for each in problem.details.values() if isinstance(each, str)]
    deciding = [proposed.decided_by for proposed in view.remedies]
    return [by.actor.id, sent.get("to.person"), view.owner.person, offered, *told, *deciding]


async def _view(by: Visitor, case_id: str, at: Sources) -> CaseView:
    """From the records if nobody else answers, older than what was shown perhaps: the page says so."""
    asked = await attempted(reading.case(by.actor, case_id, at, Response(), False, None))
    if isinstance(asked, Away):
        asked = await attempted(reading.case(by.actor, case_id, at, Response(), True, None))
    if isinstance(asked, Problem):
        raise asked
    assert isinstance(asked, CaseView)
    return asked


def _forms(view: CaseView, known: Choices, sent: Mapping[str, str], problem: Problem | None) -> dict[str, Form]:
    """A form for each thing that is open to whoever asks, by its key."""
    wanted: list[tuple[str, str, dict[str, str]]] = [
        (kind, kind, {}) for kind in view.allowed if kind in ACTIONS and kind not in _BESIDE
    ]
    wanted += [
        (kind, f"{kind}-{part}", {name: part})
        for kind, name, parts in _parts(view)
        if kind in view.allowed
        for part in parts
    ]
    nothing: Mapping[str, str] = {}
    forms: dict[str, Form] = {}
    for kind, key, fixed in wanted:
        back, why = (sent, problem) if sent.get("form") == key else (nothing, None)
        forms[key] = _form(kind, key, view, known, fixed, back, why)
    return forms


def _parts(view: CaseView) -> list[tuple[str, str, Sequence[str]]]:
    """The kinds of events that are done to one thing of several: which field names it, and those that are there."""
    open_questions = [asked for asked in view.handoffs if not asked.status.over]
    return [
        ("decide_suggestion", "suggestion_id", _ids(view.suggestions, SuggestionState.OPEN)),
        ("decide_remedy", "remedy_id", [it.remedy_id for it in view.remedies if it.state is RemedyState.PENDING]),
        ("answer_back", "handoff_id", [asked.handoff_id for asked in open_questions if asked.asks]),
        ("cancel_hand_off", "handoff_id", [asked.handoff_id for asked in open_questions]),
    ]


def _ids(suggestions: Sequence[Suggestion], state: SuggestionState) -> list[str]:
    return [each.id for each in suggestions if each.state is state]


def _form(
    kind: str,
    key: str,
    view: CaseView,
    known: Choices,
    fixed: Mapping[str, str],
    sent: Mapping[str, str],
    problem: Problem | None,
) -> Form:
    return form_of(
        ACTIONS[kind],
        f"/cases/{view.case_id}/actions",
        about=view.case_id,
        key=key,
        choices=known.of(kind),
        fixed=fixed,
        without=_pointless(kind, view),
        sent=sent,
        problem=problem,
    )


def _pointless(kind: str, view: CaseView) -> list[str]:
    """Fields that can say nothing in this case."""
    regime = any(clock.name is ClockName.STATUTORY for clock in view.clocks)
    without = ["letter"] if kind == "reply" and not regime else []
    if kind == "resolve":
        without += [] if view.escalations else ["warranted", "lesson"]
        without += [] if _awaited(view.handoffs, view.remedies) else ["despite"]
    return without


def _awaited(handoffs: Sequence[HandedOff], remedies: Sequence[ProposedRemedy]) -> bool:
    return any(not asked.status.over for asked in handoffs) or any(
        proposed.state is RemedyState.PENDING for proposed in remedies
    )


def _stray(view: CaseView, known: Choices, sent: Mapping[str, str], problem: Problem) -> Form | None:
    """The form that was sent, though it is open to them no more: what they typed must not be lost, nor the answer."""
    kind = sent.get("kind", "")
    if kind not in ACTIONS:
        return None
    fixed: dict[str, Any] = {
        name: sent[name] for name in ("suggestion_id", "remedy_id", "handoff_id") if sent.get(name)
    }
    return _form(kind, sent.get("form", kind), view, known, fixed, sent, problem)
