"""The conduct protocol: a warning, one that names the consequence, then a manager or the end; threats skip all of it.

Knows what each step needs first and whom it alerts; not how an offer is made (`cases.climbing`), nor how contact is
restricted (`cases.restricting`). No clock of the complaint pauses, starts or ends by it, short of closing: how somebody
behaves changes nothing about what they are owed. L, C, I: never tolerated; a warning, then one that names the
consequence (transfer or the end of the contact), then act on it; the manager decides, and knows when to call the
police.
"""

from __future__ import annotations

from datetime import datetime

from cases import confirming, safety
from cases.actions import DecideSafety, EndContact, Escalate, ReportThreat, Warn
from cases.briefing import alert_managers, record
from cases.climbing import climb
from cases.conduct import KEPT, WARNINGS, Decided, Threat, Warned
from cases.events import Actor, Code, Refused
from cases.offers import give_back
from cases.resolving import archive_if_over, close_case
from cases.state import State
from cases.turn import Turn, quoted
from cases.words import ClosedAs, Reason, Rung, SafetyDecision, Status

_DECISIONS = {
    SafetyDecision.CONTINUE: "contact goes on",
    SafetyDecision.RESTRICT: "contact is to be restricted",
    SafetyDecision.END: "contact is ended",
    SafetyDecision.POLICE: "the police are called",
}


def warn(turn: Turn, event: Warn) -> None:
    """The next warning, in the agent's words; the second message names the consequence."""
    conduct = turn.state.conduct
    number = len(conduct.warnings) + 1
    turn.enter("warn", f"Warning {number} of {WARNINGS}: {event.text}", number=number)
    turn.said(event.text, to_customer=True)
    warned = Warned(at=turn.at, by=event.by.id, text=quoted(event.text))
    turn.state.conduct = conduct.model_copy(update={"warnings": (*conduct.warnings, warned)})
    turn.tell_customer(f"conduct.warning_{number}", text=event.text)


def report_threat(turn: Turn, event: ReportThreat) -> None:
    """The managers are alerted until they decide; the case is offered to them, unless one has it or it is closed."""
    threatened(turn, event.text)


def threatened(turn: Turn, text: str) -> None:
    """What follows once a person has said that something is a threat, by whichever act."""
    state, conduct = turn.state, turn.state.conduct
    turn.enter("report_threat", f"A threat: {text}")
    threat = Threat(at=turn.at, by=turn.by.id, text=quoted(text))
    state.conduct = conduct.model_copy(update={"threats": (*conduct.threats[-KEPT + 1 :], threat)})
    alert_managers(turn, "threat_reported", reported_by=turn.by.id, record=record(turn))
    confirming.hold(turn, "a threat awaits a decision first")
    safety.watch(turn)
    if state.status is not Status.CLOSED and state.owner.rung.height < Rung.MANAGER.height:
        climb(turn, Reason.THREAT, text=quoted(text))


def decide_safety(turn: Turn, event: DecideSafety) -> None:
    """Recorded; nothing awaits a decision any more. What was decided is done by its own action, but for the end."""
    state, conduct = turn.state, turn.state.conduct
    words = _DECISIONS[event.decision]
    turn.enter("decide_safety", f"{event.by.id} decided: {words}. {event.text}", decision=event.decision.value)
    decided = Decided(at=turn.at, by=event.by.id, text=quoted(event.text), decision=event.decision)
    state.conduct = conduct.model_copy(
        update={
            "threats": tuple(
                threat.model_copy(update={"decided_at": threat.decided_at or turn.at}) for threat in conduct.threats
            ),
            "decisions": (*conduct.decisions[-KEPT + 1 :], decided),
        }
    )
    safety.decided(turn)
    if event.decision is SafetyDecision.CONTINUE:
        _call_off(turn)
    if event.by.id != state.owner.person:
        turn.alert_owner("safety_decided", decided_by=event.by.id, decision=words, text=quoted(event.text))
    if event.decision is SafetyDecision.END and state.status is not Status.CLOSED:
        close_case(turn, ClosedAs.CONTACT_ENDED)
    else:
        confirming.go_on(turn, "the threat was decided on")
        archive_if_over(turn)


def _call_off(turn: Turn) -> None:
    """Contact goes on, so nobody has to take the case up for the threat; for what else it is offered, it stays so."""
    state, offer = turn.state, turn.state.offer
    if offer is None or Reason.THREAT not in offer.reasons:
        return
    left = tuple(reason for reason in offer.reasons if reason is not Reason.THREAT)
    state.offer = offer.model_copy(update={"reasons": left})
    if not set(left) - {Reason.NOT_ACKNOWLEDGED}:
        give_back(turn)


def end_contact(turn: Turn, event: EndContact) -> None:
    """The managers hear of it in the same step, before the customer does."""
    turn.enter("end_contact", f"Contact is ended after {WARNINGS} warnings: {event.text}")
    alert_managers(turn, "contact_ended", ended_by=event.by.id, text=quoted(event.text), record=record(turn))
    close_case(turn, ClosedAs.CONTACT_ENDED)


# Guards and checks


def warning_left(state: State, by: Actor, at: datetime) -> None:
    """There are two warnings, and no third."""
    if state.conduct.warned_twice:
        raise Refused(
            Code.ALREADY_WARNED,
            f"The customer was warned {WARNINGS} times, and the consequence named. Act on it: `escalate` with the "
            f"reason `{Reason.ABUSE}`, or `end_contact`.",
        )


def next_warning(state: State, event: Warn, at: datetime) -> None:
    """The first comes before the second, and each is given once, by whoever was first."""
    given = state.conduct.warnings
    if event.number is None or event.number == len(given) + 1:
        return
    if event.number > len(given):
        raise Refused(Code.NOT_WARNED, "The second warning comes after the first, which was not given. Give it first.")
    before = given[event.number - 1]
    raise Refused(
        Code.ALREADY_WARNED,
        f"{before.by} gave warning {event.number} at {before.at:%Y-%m-%d %H:%M:%S} UTC. The next is number 2.",
        by=before.by,
    )


def warned_twice(state: State, by: Actor, at: datetime) -> None:
    """The consequence was named before it follows."""
    given = len(state.conduct.warnings)
    if given < WARNINGS:
        raise Refused(
            Code.NOT_WARNED,
            f"The customer was warned {'once' if given else 'never'}; this takes {WARNINGS} warnings. "
            "Send `warn` first, or `report_threat` if somebody is threatened.",
            warnings=given,
        )


def abuse_was_warned_about(state: State, event: Escalate, at: datetime) -> None:
    """The reason `abuse` is for customers who were warned twice."""
    if event.reason is Reason.ABUSE:
        warned_twice(state, event.by, at)
