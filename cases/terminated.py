"""What is left to write of a case whose workflow somebody has terminated in Temporal.

That runs no code, so the case cannot say so itself: from the last that it has written, this makes the last that there
will be. Its promises are over, unkept; nothing is said to the customer, for nobody knows why it was done. The case's
team is told. When that has happened, and to which cases, is not known here.
"""

from __future__ import annotations

from datetime import datetime

from cases.commit import Commit
from cases.effects import AlertStaff
from cases.events import SYSTEM
from cases.timeline import By, Entry
from cases.view import CaseView
from cases.words import ClockState, ClosedAs, HandoffStatus, Status, Via, WaitingOn

WHY = "The workflow of this case was terminated in Temporal"

_LIVE = (ClockState.RUNNING, ClockState.PAUSED)


def last_commit(view: CaseView, at: datetime) -> Commit:
    """View, entry and alert that end the case as of `at`; the commit of `view` was the last of its own."""
    n = view.version + 1
    clocks = tuple(
        clock.model_copy(update={"state": ClockState.CANCELLED}) if clock.state in _LIVE else clock
        for clock in view.clocks
    )
    handoffs = tuple(
        handed if handed.status.over else handed.model_copy(update={"status": HandoffStatus.CANCELLED, "ended_at": at})
        for handed in view.handoffs
    )
    ended = view.model_copy(
        update={
            "version": n,
            "status": Status.ARCHIVED,
            "waiting_on": WaitingOn.NOBODY,
            "offer": None,
            "closed_at": view.closed_at or at,
            "closed_as": view.closed_as or ClosedAs.TERMINATED,
            "clocks": clocks,
            "handoffs": handoffs,
            "breached": False,
            "next_due": None,
            "stuck": (),
            "queued": 0,
            "now": at,
        }
    )
    entry = Entry(
        n=n,
        at=at,
        by=By(id=SYSTEM.id, role=SYSTEM.role),
        via=Via.SYSTEM,
        kind="terminated",
        text=f"{WHY}: nothing more happens in it",
        data={} if view.closed_as else {"closed_as": ClosedAs.TERMINATED.value},
    )
    return Commit(view=ended, entries=(entry,), notices=(_alert(view, at),))


def _alert(view: CaseView, at: datetime) -> AlertStaff:
    """To everybody of the case's rung in its team: an owner may be away, and somebody is to see what is left to do."""
    return AlertStaff(
        id=f"{view.case_id}:terminated:0",
        at=at,
        template="terminated",
        team=view.team,
        rung=view.rung,
        person=None,
        params={"case_id": view.case_id, "product": view.product, "channel": view.channel.value},
    )
