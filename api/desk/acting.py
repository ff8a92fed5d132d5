"""What people do at the Desk, done as the paths under `/v1` do it; and when a list will show it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping

from fastapi import Response

from api import acting
from api.bodies import ACTIONS
from api.desk.forms import body_of
from api.desk.session import Visitor
from api.problems import Fault, Forbidden, Problem, Unprocessable
from api.sources import Sources
from api.translating import attempted
from cases.view import CaseView

SETTLES_WITHIN_S = 2.0
"""How long somebody waits for lists to have what they did; a commit takes some 50 ms, while the records are there."""

_PAUSE_S = 0.02


async def done(by: Visitor, case_id: str, sent: Mapping[str, str], at: Sources) -> CaseView | Problem:
    """The case after the action that a form stands for, or why it was not done.

    The id of the event stands in the form, so that a form sent twice is done once. No version is asked for: what does
    not fit any more is refused by the case itself, and a reply need not be refused because a colleague left a note.
    """
    return await attempted(_done(by, case_id, sent, at))


async def _done(by: Visitor, case_id: str, sent: Mapping[str, str], at: Sources) -> CaseView:
    if by.is_operator:
        raise Forbidden("operators look at cases here, and do not act on them", reason="wrong_role")
    model = ACTIONS.get(sent.get("kind", ""))
    if model is None:
        raise Unprocessable(
            Fault(field="kind", problem="is no action", remedy="open the page again, and send its form")
        )
    after = await acting.act(by.actor, case_id, body_of(model, sent), at, Response(), None)
    assert isinstance(after, CaseView)
    await settled(after, at)
    return after


async def settled(after: CaseView, at: Sources) -> None:
    """Waits a moment until the records have the case as it is now, so that whoever acted sees it in every list."""
    deadline = time.monotonic() + SETTLES_WITHIN_S
    while time.monotonic() < deadline:
        found = await attempted(at.recorded(after.case_id))
        if isinstance(found, Problem) or (found is not None and found.version >= after.version):
            return
        await asyncio.sleep(_PAUSE_S)
