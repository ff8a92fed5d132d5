"""The case's side of its hand-offs: asking a team of specialists, and hearing what comes of it. The owner stays.

A hand-off has rules and clocks of its own (`cases.handoff`); the case mirrors what it reports, and promises its owner
when the answer will be there. Functional escalation: to whoever knows, at once ("The Definitive Guide to Escalation
Management", HubSpot; Lorman, "Customer Service Tips for Determining When to Escalate").
"""

from __future__ import annotations

from typing import Any
from uuid import NAMESPACE_URL, uuid5

from cases.actions import AnswerBack, CancelHandOff, HandOff
from cases.calendars import ALWAYS
from cases.clocks import Clock
from cases.effects import Question, StartHandoff, TellHandoff
from cases.outcomes import (
    HandOffAccepted,
    HandOffAnswered,
    HandOffAskedBack,
    HandOffDeclined,
    HandOffNeglected,
    HandOffRefused,
    HandOffReturned,
    HandOffWarned,
    Report,
    Sent,
    Unheard,
)
from cases.specialists import AnsweredBack, CalledOff
from cases.turn import Turn, quoted
from cases.view import HandedOff
from cases.words import ClockName, HandoffStatus, Rung

OVER_KEPT = 10
"""How many of those that are over a case keeps for the brief; the records have all."""


def hand_off(turn: Turn, event: HandOff) -> None:
    """A question goes to a team; the owner is promised an answer, and the customer learns who helps."""
    state = turn.state
    state.handoffs_made += 1
    handoff_id = f"{state.case_id}-{state.handoffs_made}"
    turn.enter("hand_off", event.question, handoff_id=handoff_id, team=event.team)
    clock = turn.start_clock(ClockName.HAND_OFF, f"asked {event.team}")
    handed = HandedOff(
        handoff_id=handoff_id,
        team=event.team,
        question=quoted(event.question),
        asked_by=event.by.id,
        asked_at=turn.at,
        clock=clock.id,
    )
    over = [handoff for handoff in state.handoffs if handoff.status.over]
    state.handoffs = [h for h in state.handoffs if h not in over[:-OVER_KEPT]] + [handed]
    turn.send(StartHandoff(id=turn.next_effect_id(), question=_question(turn, event, handoff_id, clock)))
    turn.tell_customer("handed_off", team=event.team, next_word_by=turn.due_answer())


def answer_back(turn: Turn, event: AnswerBack) -> None:
    """The owner answers what a specialist asked back."""
    turn.enter("answer_back", event.text, handoff_id=event.handoff_id)
    handed = _change(turn, event.handoff_id, status=HandoffStatus.ACCEPTED, asks=None)
    word = AnsweredBack(id=event.id, by=event.by, at=turn.at, text=event.text)
    turn.send(TellHandoff(id=turn.next_effect_id(), handoff_id=event.handoff_id, word=word))
    if handed:
        _alert_specialist(turn, handed, "hand_off_answered_back", text=quoted(event.text))


def cancel_hand_off(turn: Turn, event: CancelHandOff) -> None:
    """The owner no longer needs the answer."""
    turn.enter("cancel_hand_off", event.reason, handoff_id=event.handoff_id, text=event.text)
    _call_off(turn, event.handoff_id, event.reason)


def end_hand_offs(turn: Turn, why: str) -> None:
    """A case that closes leaves nobody at work on its questions."""
    for handed in turn.state.open_handoffs:
        turn.enter(
            "hand_off_ended", f"The question to {handed.team} is called off: {why}", handoff_id=handed.handoff_id
        )
        _call_off(turn, handed.handoff_id, why)


def sent(turn: Turn, event: Sent) -> None:
    """What was started or told has arrived: nothing changes but that it need not be done again."""


def unheard(turn: Turn, event: Unheard) -> None:
    """It was told something, and had ended: if the case does not know how, nobody will answer any more."""
    handed = turn.state.handoff(event.handoff_id)
    if handed and not handed.status.over:
        why = "Its workflow has ended without an answer; ask again if it is still needed"
        turn.enter("hand_off_returned", why, handoff_id=event.handoff_id)
        _give_back(turn, handed, why)


def accepted(turn: Turn, event: HandOffAccepted) -> None:
    """A specialist has it."""
    turn.enter("hand_off_accepted", f"{event.by.id} takes the question on", handoff_id=event.handoff_id)
    _hear(turn, event, status=HandoffStatus.ACCEPTED, specialist=event.by.id)


def declined(turn: Turn, event: HandOffDeclined) -> None:
    """A specialist will not; somebody else of the team is asked."""
    turn.enter("hand_off_declined", f"{event.by.id} declined: {event.reason}", handoff_id=event.handoff_id)
    _hear(turn, event, status=HandoffStatus.OFFERED, specialist=None, asks=None)


def neglected(turn: Turn, event: HandOffNeglected) -> None:
    """A specialist let the time pass; somebody else of the team is asked."""
    missing = "accepted it" if event.clock is ClockName.ACCEPT else "answered"
    fired = event.at or turn.at  # When the hand-off noticed; its report may have taken longer.
    turn.enter(
        "hand_off_neglected",
        f"{_addressee(turn, event)} had not {missing} by {event.due:%Y-%m-%d %H:%M:%S} UTC",
        handoff_id=event.handoff_id,
        person=event.person,
        clock=event.clock.value,
        due=event.due.isoformat(),
        fired=fired.isoformat(),
        late_s=(fired - event.due).total_seconds(),
    )
    _hear(turn, event, status=HandoffStatus.OFFERED, specialist=None, asks=None)


def warned(turn: Turn, event: HandOffWarned) -> None:
    """The specialist is reminded, before it is too late."""
    turn.enter(
        "hand_off_warned",
        f"{_addressee(turn, event)} has until {event.due:%Y-%m-%d %H:%M:%S} UTC",
        handoff_id=event.handoff_id,
        clock=event.clock.value,
    )
    handed = _hear(turn, event)
    if handed:
        _alert_specialist(turn, handed, "hand_off_warned", person=event.person, due_at=event.due)


def asked_back(turn: Turn, event: HandOffAskedBack) -> None:
    """A specialist needs something from the owner first."""
    turn.enter("hand_off_asked_back", event.text, handoff_id=event.handoff_id)
    handed = _hear(turn, event, status=HandoffStatus.ASKED_BACK, specialist=event.by.id, asks=quoted(event.text))
    if handed:
        turn.alert_owner("hand_off_asked_back", asked=handed.team, specialist=event.by.id, text=quoted(event.text))


def answered(turn: Turn, event: HandOffAnswered) -> None:
    """The answer, to whoever owns the case now."""
    turn.enter("hand_off_answered", event.text, handoff_id=event.handoff_id)
    answer = quoted(event.text)
    handed = _hear(turn, event, status=HandoffStatus.ANSWERED, specialist=event.by.id, asks=None, answer=answer)
    if handed:
        turn.fulfil_clock(handed.clock, "answered")
        turn.alert_owner("hand_off_answered", asked=handed.team, specialist=event.by.id, text=answer)


def returned(turn: Turn, event: HandOffReturned) -> None:
    """Nobody of the team took it: back to the owner, who must find another way."""
    turn.enter("hand_off_returned", event.why, handoff_id=event.handoff_id)
    handed = _hear(turn, event)
    if handed:
        _give_back(turn, handed, event.why)


def refused(turn: Turn, event: HandOffRefused) -> None:
    """What was signalled to a hand-off in vain: its sender was not told, so it is said here."""
    turn.enter("hand_off_refused", event.text, handoff_id=event.handoff_id)
    _hear(turn, event)


def _give_back(turn: Turn, handed: HandedOff, why: str) -> None:
    changes = {"status": HandoffStatus.RETURNED, "specialist": None, "asks": None, "ended_at": turn.at}
    _change(turn, handed.handoff_id, **changes)
    turn.cancel_clock(handed.clock, "nobody took it")
    turn.alert_owner("hand_off_returned", asked=handed.team, why=why, question=handed.question)


def _question(turn: Turn, event: HandOff, handoff_id: str, clock: Clock) -> Question:
    state, plan = turn.state, turn.plan
    channel, rung = state.channel, state.owner.rung
    terms = plan.terms.clocks
    accept, answer = terms.get(ClockName.ACCEPT), terms.get(ClockName.ANSWER)
    return Question(
        handoff_id=handoff_id,
        case_id=state.case_id,
        team=event.team,
        question=event.question,
        asked_by=event.by.id,
        asked_at=turn.at,
        product=state.product,
        channel=channel,
        priority=plan.priority,
        tier=plan.tier,
        accept_within=plan.limit(ClockName.ACCEPT, channel, rung)[0].counted(ALWAYS, turn.at)[0],
        answer_within=plan.limit(ClockName.ANSWER, channel, rung)[0].counted(ALWAYS, turn.at)[0],
        accept_calendar=accept.calendar if accept else None,
        answer_calendar=answer.calendar if answer else None,
        calendars={
            name: plan.calendars[name]
            for name in (terms.calendar for terms in (accept, answer) if terms)
            if name in plan.calendars
        },
        accept_warn_at=accept.warn_at if accept else (),
        answer_warn_at=answer.warn_at if answer else (),
        stuck_after=plan.terms.guards.stuck_after,
        due_at=clock.due_at,
    )


def _call_off(turn: Turn, handoff_id: str, reason: str) -> None:
    handed = _change(turn, handoff_id, status=HandoffStatus.CANCELLED, asks=None, ended_at=turn.at)
    effect_id = turn.next_effect_id()
    word = CalledOff(id=uuid5(NAMESPACE_URL, effect_id), by=turn.by, at=turn.at, reason=reason)
    turn.send(TellHandoff(id=effect_id, handoff_id=handoff_id, word=word))
    if handed:
        turn.cancel_clock(handed.clock, reason)
        if handed.specialist:
            _alert_specialist(turn, handed, "hand_off_cancelled", reason=quoted(reason))


def _hear(turn: Turn, report: Report, **changes: Any) -> HandedOff | None:
    """Takes over what a hand-off reports, unless it is over for the case already: what comes late stays an entry."""
    handed = turn.state.handoff(report.handoff_id)
    if handed is None or handed.status.over or report.version <= handed.version:
        return None
    status = changes.get("status", handed.status)
    return _change(
        turn, report.handoff_id, version=report.version, ended_at=turn.at if status.over else None, **changes
    )


def _change(turn: Turn, handoff_id: str, **changes: Any) -> HandedOff | None:
    handed = turn.state.handoff(handoff_id)
    if handed is None:
        return None
    after = handed.model_copy(update=changes)
    if after.status.over:
        # Nobody need be found any more, so nothing of it is stuck.
        of_it = f"{handoff_id}:"
        turn.state.stuck = [stuck for stuck in turn.state.stuck if not stuck.effect.startswith(of_it)]
    turn.state.handoffs = [after if handoff is handed else handoff for handoff in turn.state.handoffs]
    return after


def _addressee(turn: Turn, event: HandOffNeglected | HandOffWarned) -> str:
    handed = turn.state.handoff(event.handoff_id)
    return event.person or (f"The queue of {handed.team}" if handed else "The team's queue")


def _alert_specialist(
    turn: Turn, handed: HandedOff, template: str, *, person: str | None = None, **params: Any
) -> None:
    """Word to whoever works on it, or to the team if nobody does yet."""
    to = person or handed.specialist
    common = {"handoff_id": handed.handoff_id, "question": handed.question}
    turn.alert(template, rung=Rung.AGENT, team=handed.team, person=to, **common, **params)
