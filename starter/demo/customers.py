"""The simulated customers: each lives through one complaint. What they say reaches the API through their channel."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from cases.pathways import LIVE
from cases.view import CaseView
from cases.words import Channel, ClockName, ClockState, Status
from starter.demo.line import REQUESTS, Line
from starter.demo.stories import Move, Story, When
from starter.demo.watch import Watch

_THINKS_S = (0.5, 1.5)
_CALLED_WITHIN = timedelta(seconds=12)
_OVER = (Status.RESOLVED, Status.CLOSED)
_WHILE_OPEN = (When.CLAIMED, When.REDIRECTED, When.ASKED, When.HANDED_OFF, When.HELD, When.RESTRICTED)

SAYS: dict[str, dict[str, Any]] = {
    "ask_for_manager": {"text": "I want to speak to your manager."},
    "reject_resolution": {"reason": "That does not put it right", "text": "You have not understood what I wrote."},
    "accept_resolution": {"score": 4, "comment": "Thank you, that settles it."},
    "message": {"text": "This is my second email. Here is what I have: your letter, and the receipt."},
    "choose_contact": {"when": "now"},
    "change_channel": {"channel": Channel.EMAIL.value},
    "ask_review": {"text": "I was angry, and am sorry. May I call again?"},
    "withdraw": {"reason": "It has turned up after all"},
}


class Customer:
    """Says what the story has for them, when its time has come, and in the end accepts or stays silent."""

    def __init__(self, line: Line, watch: Watch, case_id: str, story: Story, random: Random) -> None:
        self._line = line
        self._watch = watch
        self._case_id = case_id
        self._story = story
        self._random = random

    async def live(self) -> None:
        """Returns when the case is archived."""
        for move in self._story.moves:
            if await self._comes(move.when):
                await self._say(move)
        while self._story.accepts and await self._watch.until(self._case_id, _is_resolved):
            await self._say(Move(When.RESOLVED, "accept_resolution"))
        await self._watch.until_archived(self._case_id)

    async def _comes(self, when: When) -> bool:
        """Waits for the moment. False if it has been missed: the case has gone on without it."""
        view = await self._watch.until(self._case_id, lambda view: _has_come(when, view) or _is_missed(when, view))
        return view is not None and _has_come(when, view)

    async def _say(self, move: Move) -> None:
        await asyncio.sleep(self._random.uniform(*_THINKS_S))
        request = {"kind": move.kind, **SAYS[move.kind]}
        if move.kind == "choose_contact" and self._story.channel not in LIVE:
            # Who writes is not by the telephone, and says when they will be.
            request["when"] = (datetime.now(UTC) + _CALLED_WITHIN).isoformat()
        view = await self._line.send(self._case_id, REQUESTS, request, signalled=move.signalled)
        if view is not None:
            self._watch.saw(view)


def _has_come(when: When, view: CaseView) -> bool:
    return _COMES[when](view)


def _is_missed(when: When, view: CaseView) -> bool:
    return when in _WHILE_OPEN and view.status in _OVER


def _is_resolved(view: CaseView) -> bool:
    return view.status is Status.RESOLVED


def _was_held(view: CaseView) -> bool:
    return view.holds.count > 0 and view.holds.since is None


def _is_restricted(view: CaseView) -> bool:
    return view.conduct is not None and view.conduct.restriction is not None


def _is_redirected(view: CaseView) -> bool:
    return any(clock.name is ClockName.REDIRECT and clock.state is ClockState.FULFILLED for clock in view.clocks)


_COMES: dict[When, Callable[[CaseView], bool]] = {
    When.SOON: lambda _: True,
    When.CLAIMED: lambda view: view.owner.person is not None and view.status is Status.OPEN,
    When.REDIRECTED: _is_redirected,
    When.ASKED: lambda view: view.status is Status.WAITING_CUSTOMER,
    When.HANDED_OFF: lambda view: any(not handed.status.over for handed in view.handoffs),
    When.HELD: _was_held,
    When.RESTRICTED: _is_restricted,
    When.RESOLVED: _is_resolved,
    When.CLOSED: lambda view: view.status is Status.CLOSED,
}
