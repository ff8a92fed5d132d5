"""What leaves the company's own house: messages to customers, and what backend services are told of a case.

Knows which entries a backend service hears of, and what an operator has decided about what does not arrive. Where it
goes, and how, is the world's: `activities.destinations` and `activities.delivering`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import AwareDatetime, Field

from cases.commit import Commit
from cases.complaint import Shape
from cases.events import Code, Refused
from cases.redelivery import GiveUp, Resend
from cases.state import State
from cases.timeline import Entry
from cases.turn import Turn
from cases.view import CaseView
from cases.words import ClosedAs, Priority, Rung, Status

GATEWAY = "gateway"
"""The destination of messages to customers."""

WEBHOOK = "webhook"
"""The destination of announcements; one for a single source is `webhook-` and its name."""


class Announced(StrEnum):
    """What backend services are told of."""

    OPENED = "opened"
    ESCALATED = "escalated"
    BREACHED = "breached"
    RESOLVED = "resolved"
    CLOSED = "closed"
    REOPENED = "reopened"


class Announcement(Shape):
    """One thing that happened, for a backend service: nobody's words and nobody's name.

    `at` and `n` are the entry's; the case is told as it stood when this was written, at `version`.
    """

    id: str = Field(description="`<case id>:<n>:<event>`, its idempotency key")
    event: Announced
    n: int
    at: AwareDatetime
    version: int
    status: Status
    rung: Rung
    priority: Priority
    due_at: AwareDatetime | None
    closed_as: ClosedAs | None
    reason: str | None = Field(default=None, description="of an escalation")
    clock: str | None = Field(default=None, description="the promise that was broken")


class Decision(Shape):
    """What an operator has decided about a message: to send it again, or to give it up."""

    n: int
    message_id: str
    destination: str | None
    again: bool
    by: str
    why: str
    at: AwareDatetime


def is_destination(effect: str) -> bool:
    """Whether it is a destination that does not take what is sent; else an errand's id, or the records."""
    return effect.partition("-")[0] in (GATEWAY, WEBHOOK) and ":" not in effect


def announcements(commit: Commit) -> tuple[Announcement, ...]:
    """What backend services are told of the entries of a commit, in their order."""
    return tuple(
        _announced(commit.view, entry, event, facts) for entry in commit.entries for event, facts in _events(entry)
    )


def decisions(commit: Commit) -> tuple[Decision, ...]:
    """What operators have decided about messages in the entries of a commit, in their order."""
    kinds = {_kind(Resend): True, _kind(GiveUp): False}
    return tuple(
        Decision(
            n=entry.n,
            message_id=entry.data["message_id"],
            destination=entry.data.get("destination"),
            again=kinds[entry.kind],
            by=entry.by.id,
            why=entry.data["reason"],
            at=entry.at,
        )
        for entry in commit.entries
        if entry.kind in kinds
    )


def resend(turn: Turn, event: Resend) -> None:
    """The records send it again with the commit of this entry."""
    turn.enter("resend", f"{event.message_id} is sent again: {event.reason}", **_what(event))


def give_up(turn: Turn, event: GiveUp) -> None:
    """The records give it up with the commit of this entry; what waits behind it goes on."""
    turn.enter("give_up", f"{event.message_id} is given up: {event.reason}", **_what(event))


def of_this_case(state: State, event: Resend | GiveUp, at: datetime) -> None:
    """Its number says whose message it is; whether there is one, and where it stands, only the records know."""
    if not event.message_id.startswith(f"{state.case_id}:"):
        raise Refused(
            Code.UNKNOWN_MESSAGE,
            f"{event.message_id} is no message of this case; its messages are called {state.case_id}:<n>. "
            "`caseladder messages` lists them.",
        )


def check_decision(decision: Resend | GiveUp, states: Mapping[str, str]) -> None:
    """Raises Refused if it would do nothing. `states` has where the message goes, and how far it has come there.

    For those who can ask the records, before they ask the case.
    """
    chosen = {name: state for name, state in states.items() if decision.destination in (None, name)}
    if not chosen:
        where = f" to {decision.destination}" if decision.destination else ""
        raise Refused(
            Code.UNKNOWN_MESSAGE,
            f"Nothing called {decision.message_id} is delivered{where}. `caseladder messages` lists what is; without a "
            "gateway, messages stay in the outbox.",
        )
    if isinstance(decision, GiveUp) and all(state == "delivered" for state in chosen.values()):
        raise Refused(
            Code.ALREADY_DELIVERED,
            f"{decision.message_id} is delivered already, so there is nothing to give up.",
        )


def _events(entry: Entry) -> Iterator[tuple[Announced, dict[str, Any]]]:
    match entry.kind:
        case "opened":
            yield Announced.OPENED, {}
        case "escalated":
            yield Announced.ESCALATED, {"reason": entry.data.get("reason")}
        case "clock_breached":
            yield Announced.BREACHED, {"clock": str(entry.data["clock"]).rpartition("-")[0]}
        case "resolve":
            yield Announced.RESOLVED, {}
        case _:
            pass
    # A case ends, and comes back, by many kinds of events: the entry says so, whatever it is of.
    if "reopened" in entry.data:
        yield Announced.REOPENED, {}
    if "closed_as" in entry.data:
        yield Announced.CLOSED, {}


def _announced(view: CaseView, entry: Entry, event: Announced, facts: dict[str, Any]) -> Announcement:
    return Announcement(
        id=f"{view.case_id}:{entry.n}:{event}",
        event=event,
        n=entry.n,
        at=entry.at,
        version=view.version,
        status=view.status,
        rung=view.rung,
        priority=view.priority,
        due_at=view.next_due,
        closed_as=view.closed_as,
        **facts,
    )


def _what(event: Resend | GiveUp) -> dict[str, str | None]:
    return {"message_id": event.message_id, "destination": event.destination, "reason": event.reason}


def _kind(event: type[Resend | GiveUp]) -> str:
    return event.model_fields["kind"].default
