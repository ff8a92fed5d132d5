"""The transition table: for each kind of event, in which statuses it is taken, from whom, and what it does.

A reader finds the rule for an event here, in one row. The table is total: where a row has no rule for a status, the
refusal is named by `refusal`. A new action is one model, one function, one row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cases import (
    authority,
    channels,
    climbing,
    conducting,
    correcting,
    delivering,
    granting,
    guards,
    handing,
    holding,
    horizons,
    offers,
    planning,
    pressing,
    promising,
    racing,
    relieving,
    resolving,
    restricting,
    retargeting,
    safety,
    statutory,
    suggesting,
    talking,
)
from cases.events import Actor, Code, Refused
from cases.state import State
from cases.timeline import Entry
from cases.turn import Turn
from cases.words import Status

Guard = Callable[[State, Actor, datetime], None]

WORKED = frozenset({Status.OPEN, Status.WAITING_CUSTOMER})
UNCLOSED = WORKED | {Status.RESOLVED}
PLANNED = UNCLOSED | {Status.CLOSED}
RESOLVED = frozenset({Status.RESOLVED})
CLOSED = frozenset({Status.CLOSED})
OPENING = frozenset({Status.OPENING})
EVERY = frozenset(Status)
AFTER_OPENING = EVERY - {Status.OPENING}
"""Archived too: such a case waits until its last words are delivered."""


@dataclass(frozen=True, slots=True)
class Row:
    """The rule for one kind of event.

    `who` and `guards` look at the actor and the case; `checks` at the event's fields too. `queues`: while the case is
    opening, the event waits for the plan instead of being refused. `otherwise` names the refusal in a status that the
    row does not take and that is neither opening, closed nor archived.
    """

    does: Callable[[Turn, Any], None]
    taken_in: frozenset[Status]
    who: Guard | None = None
    guards: tuple[Guard, ...] = ()
    checks: tuple[Callable[[State, Any, datetime], None], ...] = ()
    queues: bool = False
    otherwise: Code = Code.ALREADY_RESOLVED


TABLE: dict[str, Row] = {
    # what customers ask
    "message": Row(talking.message, PLANNED, guards.customer, queues=True),
    "ask_for_manager": Row(talking.ask_for_manager, UNCLOSED, guards.customer),
    "choose_contact": Row(
        talking.choose_contact,
        UNCLOSED,
        guards.customer,
        (promising.offers_callbacks, promising.room_for_promises, restricting.live_contact_open),
        (promising.contact_offered, promising.promise_ahead),
    ),
    "change_channel": Row(
        channels.change_channel,
        UNCLOSED,
        guards.customer,
        checks=(channels.another_channel, restricting.live_channel_open),
    ),
    "accept_resolution": Row(resolving.accept_resolution, RESOLVED, guards.customer, otherwise=Code.NOT_RESOLVED),
    "reject_resolution": Row(resolving.reject_resolution, RESOLVED, guards.customer, otherwise=Code.NOT_RESOLVED),
    "ask_review": Row(
        talking.ask_review, UNCLOSED, guards.customer, (restricting.is_restricted, restricting.not_asked_yet)
    ),
    "withdraw": Row(resolving.withdraw, UNCLOSED, guards.customer, queues=True),
    # what agents do
    "claim": Row(offers.claim, UNCLOSED, guards.can_claim),
    "decline": Row(offers.decline, UNCLOSED, guards.has_offer),
    "assign": Row(
        offers.assign, UNCLOSED, guards.supervisor, (guards.offer_within_reach,), (guards.assignee_qualified,)
    ),
    "owner_unavailable": Row(
        relieving.owner_unavailable,
        WORKED,
        relieving.directory,
        (relieving.somebody_has_it,),
        (relieving.still_theirs,),
    ),
    "transfer": Row(offers.transfer, UNCLOSED, guards.owner, (guards.not_offered_up,), (guards.peer_qualified,)),
    "reply": Row(
        talking.reply,
        PLANNED,
        guards.replier,
        (statutory.letter_owed_if_closed,),
        (statutory.letter_fits, promising.promise_ahead),
    ),
    "note": Row(talking.note, PLANNED, guards.writer_of_notes, queues=True),
    "attempt": Row(talking.attempt, UNCLOSED, guards.owner),
    "redirect": Row(talking.redirect, UNCLOSED, guards.owner, (guards.manager_asked_for,)),
    "wait_for_customer": Row(talking.wait_for_customer, WORKED, guards.owner, (guards.something_asked,)),
    "resume": Row(talking.resume, WORKED, guards.owner, (guards.is_waiting,)),
    "hold": Row(
        holding.hold, WORKED, guards.owner, (restricting.live_contact_open, holding.is_live, holding.not_on_hold)
    ),
    "unhold": Row(holding.unhold, UNCLOSED, guards.owner, (holding.on_hold,)),
    "promise": Row(
        promising.promise,
        UNCLOSED,
        guards.owner,
        (promising.room_for_promises,),
        (promising.promise_ahead, restricting.callback_may_be_promised),
    ),
    "warn": Row(conducting.warn, UNCLOSED, guards.owner, (conducting.warning_left,), (conducting.next_warning,)),
    "report_threat": Row(conducting.report_threat, PLANNED, guards.of_the_line),
    "decide_safety": Row(conducting.decide_safety, PLANNED, guards.manager, (safety.threat_awaits,)),
    "end_contact": Row(conducting.end_contact, UNCLOSED, guards.owner, (conducting.warned_twice,)),
    "restrict_contact": Row(restricting.restrict_contact, UNCLOSED, guards.manager, checks=(restricting.review_ahead,)),
    "escalate": Row(
        climbing.escalate,
        WORKED,
        guards.owner,
        (pressing.can_go_up,),
        (guards.reason_may_be_given, conducting.abuse_was_warned_about, pressing.may_go_up_now),
    ),
    "de_escalate": Row(climbing.de_escalate, UNCLOSED, guards.owner, (guards.can_go_down,)),
    "hand_off": Row(handing.hand_off, WORKED, guards.owner, checks=(guards.another_question,)),
    "answer_back": Row(
        handing.answer_back,
        UNCLOSED,
        guards.owner,
        (guards.some_hand_off, guards.some_specialist_asked),
        (guards.hand_off_open, guards.specialist_asked),
    ),
    "cancel_hand_off": Row(
        handing.cancel_hand_off, UNCLOSED, guards.owner, (guards.some_hand_off,), (guards.hand_off_open,)
    ),
    "decide_suggestion": Row(
        suggesting.decide_suggestion,
        UNCLOSED,
        guards.owner,
        (suggesting.some_suggestion,),
        (suggesting.suggestion_open,),
    ),
    "propose_remedy": Row(
        granting.propose_remedy,
        UNCLOSED,
        guards.owner,
        (authority.remedies_offered, authority.room_for_remedies),
        (authority.currency_known, authority.another_remedy, authority.within_limit, authority.somebody_may),
    ),
    "decide_remedy": Row(
        granting.decide_remedy,
        PLANNED,
        authority.decider,
        (authority.something_to_decide,),
        (authority.may_decide,),
    ),
    "set_priority": Row(retargeting.set_priority, UNCLOSED, guards.owner, checks=(guards.another_priority,)),
    "recategorise": Row(retargeting.recategorise, UNCLOSED, guards.owner, checks=(guards.another_category,)),
    "correct": Row(correcting.correct, PLANNED, guards.operator),
    "resend": Row(delivering.resend, AFTER_OPENING, guards.operator, checks=(delivering.of_this_case,)),
    "give_up": Row(delivering.give_up, AFTER_OPENING, guards.operator, checks=(delivering.of_this_case,)),
    "resolve": Row(resolving.resolve, WORKED, guards.owner, checks=(guards.nothing_pending, safety.nothing_undecided)),
    "reopen": Row(resolving.reopen, CLOSED, guards.reopener, otherwise=Code.NOT_CLOSED),
    "close": Row(
        resolving.close,
        UNCLOSED,
        guards.manager,
        (safety.decided_before_closing,),
        (guards.another_case, statutory.duplicate_vouched_for),
    ),
    # what came of effects
    "planned": Row(planning.planned, OPENING, otherwise=Code.UNKNOWN_EFFECT),
    "replanned": Row(retargeting.replanned, EVERY),
    "extended": Row(horizons.extended, EVERY),
    "corrected": Row(correcting.corrected, EVERY),
    "chosen": Row(offers.chosen, EVERY),
    "delayed": Row(planning.delayed, EVERY),
    "recovered": Row(planning.recovered, EVERY),
    "sent": Row(handing.sent, EVERY),
    "paid": Row(granting.paid, EVERY),
    "failed": Row(granting.failed, EVERY),
    "unheard": Row(handing.unheard, EVERY),
    "hand_off_accepted": Row(handing.accepted, EVERY),
    "hand_off_declined": Row(handing.declined, EVERY),
    "hand_off_neglected": Row(handing.neglected, EVERY),
    "hand_off_warned": Row(handing.warned, EVERY),
    "hand_off_asked_back": Row(handing.asked_back, EVERY),
    "hand_off_answered": Row(handing.answered, EVERY),
    "hand_off_refused": Row(handing.refused, EVERY),
    "hand_off_returned": Row(handing.returned, EVERY),
    "cancel_requested": Row(planning.cancel_requested, EVERY),
}

CUSTOMER_KINDS = frozenset(kind for kind, row in TABLE.items() if row.who is guards.customer)
"""The kinds of events that are customer requests."""


def row_of(kind: str) -> Row:
    """The row of a kind of event; every member of the three unions has one."""
    return TABLE[kind]


def admit(state: State, kind: str, by: Actor, at: datetime) -> Row:
    """The row, if the event is taken in this status from this actor; raises Refused otherwise."""
    row = row_of(kind)
    if state.status not in row.taken_in and not (row.queues and state.status is Status.OPENING):
        raise refusal(state, row)
    if row.who:
        row.who(state, by, at)
    for guard in row.guards:
        guard(state, by, at)
    return row


def refusal(state: State, row: Row) -> Refused:
    """The named refusal of a row in a status that it does not take."""
    match state.status:
        case Status.ARCHIVED if row.otherwise is Code.NOT_CLOSED:
            return too_late(state.case_id)
        case Status.ARCHIVED:
            return Refused(
                Code.ARCHIVED,
                "This case is archived and can no longer change. Open a new case that `follows` it.",
                follows=state.case_id,
            )
        case Status.OPENING:
            return Refused(
                Code.OPENING, "The case is being planned; try again in a moment. Messages, notes and withdrawals wait."
            )
        case _ if row.otherwise is not Code.ALREADY_RESOLVED:
            return Refused(row.otherwise, _OTHERWISE[row.otherwise])
        case Status.CLOSED:
            by, words = _who(racing.closing(state))
            return Refused(
                Code.CLOSED,
                f"The case is closed as {state.closed_as}{words}. Reopen it first; a message reopens it too.",
                **by,
            )
        case _:
            by, words = _who(next((entry for entry in reversed(state.timeline) if entry.kind == "resolve"), None))
            return Refused(
                Code.ALREADY_RESOLVED, f"The case is resolved{words} and waits for the customer's confirmation.", **by
            )


def _who(entry: Entry | None) -> tuple[dict[str, str], str]:
    """Who was first, as details and in words, if the timeline at hand still has it: whoever lost a race asks that."""
    return ({"by": entry.by.id}, f" by {entry.by.id}") if entry else ({}, "")


def too_late(case_id: str) -> Refused:
    """What is said to who would reopen an archived case; also by those who know it when Temporal no longer does."""
    return Refused(
        Code.TOO_LATE,
        f"The time to reopen this case has passed. Open a new one with `follows` {case_id}: its brief names this one.",
        follows=case_id,
    )


_OTHERWISE = {
    Code.NOT_RESOLVED: "No resolution awaits an answer; one must be offered with `resolve` first.",
    Code.NOT_CLOSED: "The case is not closed, so there is nothing to reopen.",
    Code.UNKNOWN_EFFECT: "The case has its plan already.",
}
