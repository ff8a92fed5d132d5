"""The rules of a hand-off: what specialists, the case and the time do to a question. One table, as for a case.

What changes the state is `cases.consulting.Step`; how events and time come in is `cases.handoff`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cases.actions import Decline
from cases.clocks import Clock
from cases.consulting import Consultation, Step
from cases.events import Actor, Code, Event, Refused
from cases.ladder import rung_of
from cases.outcomes import (
    CancelRequested,
    Chosen,
    Delayed,
    HandOffAccepted,
    HandOffAnswered,
    HandOffAskedBack,
    HandOffDeclined,
    HandOffNeglected,
    HandOffWarned,
    Recovered,
)
from cases.specialists import Accept, Answer, AnsweredBack, AskBack, CalledOff
from cases.words import ClockName, HandoffStatus, Rung

OFFERED, ACCEPTED, ASKED_BACK = HandoffStatus.OFFERED, HandoffStatus.ACCEPTED, HandoffStatus.ASKED_BACK

# What specialists do


def accept(step: Step, event: Accept) -> None:
    """Takes it on: from now on the time to answer runs."""
    state = step.state
    step.enter(f"{event.by.id} accepted")
    state.status, state.person, state.errand = ACCEPTED, event.by.id, None
    state.passed_queue = False
    for clock in state.clocks:
        clock.fulfil(step.at, "accepted", event.by.id)
    step.start_clock(ClockName.ANSWER, "accepted", step.at)
    step.report(HandOffAccepted)


def decline(step: Step, event: Decline) -> None:
    """Not me, or no longer me: offered on, and never again to this person."""
    state = step.state
    was_offered_to_queue = state.status is OFFERED and state.person is None
    state.not_again.append(event.by.id)
    step.enter(f"{event.by.id} declined: {event.reason}")
    step.report(HandOffDeclined, reason=event.reason)
    if state.errand is not None or not was_offered_to_queue:
        step.offer("declined")


def answer(step: Step, event: Answer) -> None:
    """The answer, and the end."""
    state = step.state
    step.enter(f"{event.by.id} answered: {event.text}")
    state.person, state.asks, state.answer = event.by.id, None, event.text
    for clock in state.clocks:
        clock.fulfil(step.at, "answered", event.by.id)
    step.report(HandOffAnswered, text=event.text)
    step.end(HandoffStatus.ANSWERED, "answered")


def ask_back(step: Step, event: AskBack) -> None:
    """The owner is asked something first, and the time to answer stands still."""
    state = step.state
    step.enter(f"{event.by.id} asks back: {event.text}")
    state.status, state.person, state.asks = ASKED_BACK, event.by.id, event.text
    for clock in state.clocks:
        clock.pause(step.at, "the owner was asked back", event.by.id)
    step.report(HandOffAskedBack, text=event.text)


# What the case says


def answered_back(step: Step, event: AnsweredBack) -> None:
    """What the owner says, for whoever works on it now or later."""
    state = step.state
    step.enter(f"{event.by.id} answers back: {event.text}")
    if state.status is ASKED_BACK:
        state.status, state.asks = ACCEPTED, None
        for clock in state.clocks:
            if clock.name is ClockName.ANSWER:
                clock.resume(step.at, "the owner answered", event.by.id)
                step.keep_due(clock)


def called_off(step: Step, event: CalledOff) -> None:
    """Nobody needs the answer any more."""
    step.enter(f"Called off: {event.reason}")
    step.state.asks = None
    step.end(HandoffStatus.CANCELLED, "called off")


# What the world answers


def chosen(step: Step, event: Chosen) -> None:
    """Whom the directory names; the queue, if nobody; back to the owner, if the queue has let it pass already."""
    state, errand = step.state, step.state.errand
    if errand is None or errand.id != event.effect:
        return
    state.errand = None
    team = state.question.team
    if event.person:
        state.person, state.passed_queue = event.person, False
        step.enter(f"Offered to {event.person}")
        # The directory may have taken its time: that is not the specialist's.
        step.start_clock(ClockName.ACCEPT, "offered", step.now)
    elif not event.staffed:
        step.give_back(f"There is nobody of the team {team} in the directory: {event.why}")
    elif state.passed_queue:
        step.give_back(f"Nobody of the team {team} took it: {event.why}")
    else:
        step.enter(f"Offered to the queue of {team}: {event.why}")


def delayed(step: Step, event: Delayed) -> None:
    """The directory does not answer; it is asked on, and the case says that it is stuck."""
    if step.state.stuck is None:
        step.state.stuck = event.error
        step.enter(f"{event.effect} does not succeed and is tried on: {event.error}")
        step.state.reports.append(event)


def recovered(step: Step, event: Recovered) -> None:
    """The directory has answered after all."""
    if step.state.stuck is not None:
        step.state.stuck = None
        step.enter(f"{event.effect} has succeeded")
        step.state.reports.append(event)


def cancel_requested(step: Step, event: CancelRequested) -> None:
    """A question does not go away because somebody cancels its workflow."""
    step.enter("Cancelling the workflow was asked for and is ignored; send `cancel_hand_off` to the case instead")


# What time does


def warned(step: Step, clock: Clock) -> None:
    """Much of the time is over."""
    state, due = step.state, clock.due_at
    clock.warn(step.at, step.by.id)
    step.enter(f"{clock.name} is due {due:%Y-%m-%d %H:%M:%S} UTC")
    step.report(HandOffWarned, person=state.person, clock=clock.name, due=due)


def passed(step: Step, clock: Clock) -> None:
    """Not accepted, or not answered, in time: offered on. While the directory has not named anybody, nobody is late."""
    state, due, person = step.state, clock.due_at, step.state.person
    if state.errand is not None:
        step.start_clock(ClockName.ACCEPT, "nobody could be chosen yet", step.now)
        return
    clock.breach(step.at, step.by.id)
    step.enter(f"{person or f'The queue of {state.question.team}'} let the time to {clock.name} pass")
    step.report(HandOffNeglected, person=person, clock=clock.name, due=due)
    if person:
        state.not_again.append(person)
    else:
        state.passed_queue = True
    step.offer(f"{clock.name} was due")


# Who may, and when


def fits(state: Consultation, by: Actor) -> None:
    """Somebody of the team; people without a team belong to every line."""
    team = state.question.team
    if rung_of(by) is Rung.BOT:
        raise Refused(Code.RUNG_TOO_LOW, f"A question to the team {team} is for people; {by.id} is a bot.")
    if not by.in_line_of(team):
        raise Refused(Code.NOT_QUALIFIED, f"The question is for the team {team}; {by.id} belongs to {_teams(by)}.")


def can_accept(state: Consultation, by: Actor) -> None:
    """Nobody has it; offered to the actor or to the queue, or the actor is a supervisor or above."""
    fits(state, by)
    if state.status is not OFFERED:
        who = "You have" if state.person == by.id else f"{state.person} has"
        raise Refused(Code.ALREADY_ACCEPTED, f"{who} accepted this question already.", specialist=state.person)
    if by.id in state.not_again and state.errand is not None:
        raise Refused(Code.NO_OFFER, f"{by.id} has passed this question on; somebody else is being asked.")
    if state.person not in (None, by.id) and not _supervises(by):
        raise Refused(
            Code.OFFERED_TO_OTHER, f"The question is offered to {state.person}; it is not yours to accept.",
            to=state.person,
        )  # fmt: skip


def can_decline(state: Consultation, by: Actor) -> None:
    """It is offered to the actor, or accepted by them, and they have not declined it before."""
    fits(state, by)
    if by.id in state.not_again and state.person != by.id:
        raise Refused(Code.NO_OFFER, f"{by.id} has declined this question already, or let it pass.")
    if state.person not in (None, by.id):
        verb = "offered to" if state.status is OFFERED else "accepted by"
        raise Refused(Code.NO_OFFER, f"The question is {verb} {state.person}, not {by.id}.")


def has_it(state: Consultation, by: Actor) -> None:
    """The actor accepted it, or is a supervisor or above of the team."""
    fits(state, by)
    if state.status is OFFERED:
        raise Refused(Code.NOT_ACCEPTED, "Nobody has accepted this question yet. Send `accept` first.")
    if state.person != by.id and not _supervises(by):
        raise Refused(Code.NOT_SPECIALIST, f"{state.person} works on this question.", specialist=state.person)


def can_ask_back(state: Consultation, by: Actor) -> None:
    """The actor has it, as for an answer, and the owner does not owe one already."""
    has_it(state, by)
    if state.status is ASKED_BACK:
        raise Refused(Code.ALREADY_WAITING, "The owner has not answered the last question yet.")


def meant(state: Consultation, event: Answer | AskBack) -> None:
    """The hand-off that the event names, if it names one."""
    own = state.question.handoff_id
    if event.handoff_id not in (None, own):
        raise Refused(Code.NO_HAND_OFF, f"This is the hand-off {own}, not {event.handoff_id}.")


@dataclass(frozen=True, slots=True)
class Row:
    """The rule for one kind of event. `who` is None for what the case and the world send; that is never refused."""

    does: Callable[[Step, Any], None]
    who: Callable[[Consultation, Actor], None] | None = None
    check: Callable[[Consultation, Any], None] | None = None


TABLE: dict[str, Row] = {
    "accept": Row(accept, can_accept),
    "decline": Row(decline, can_decline),
    "answer": Row(answer, has_it, meant),
    "ask_back": Row(ask_back, can_ask_back, meant),
    "answered_back": Row(answered_back),
    "called_off": Row(called_off),
    "chosen": Row(chosen),
    "delayed": Row(delayed),
    "recovered": Row(recovered),
    "cancel_requested": Row(cancel_requested),
}


def examine(state: Consultation, event: Event) -> Row:
    """The row, if the event is taken now; raises Refused otherwise."""
    row = TABLE[event.kind]
    if row.check:
        row.check(state, event)
    if row.who:
        admit(state, row, event.by)
    return row


def admit(state: Consultation, row: Row, by: Actor) -> None:
    """Raises Refused if the actor may not do so now, whatever the event's fields say."""
    if state.status.over:
        by_whom = f" by {state.person}" if state.status is HandoffStatus.ANSWERED else ""
        raise Refused(Code.HAND_OFF_OVER, f"This question was {state.status}{by_whom}; nothing is left to do.")
    if row.who:
        row.who(state, by)


def _supervises(by: Actor) -> bool:
    return by.rung is not None and by.rung.height >= Rung.SUPERVISOR.height


def _teams(by: Actor) -> str:
    return ", ".join(by.teams)
