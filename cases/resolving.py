"""How a case ends, and how it comes back: resolution, confirmation, closing, reopening, archive.

A resolution suspends the commercial clocks; only the customer's acceptance, or their silence, fulfils them.
"""

from __future__ import annotations

from cases import learning, promising, remedies, restricting, safety, statutory, timekeeping
from cases.actions import Close, Reopen, Resolve
from cases.climbing import climb
from cases.confirming import COMMERCIAL, hold_if_owed, withdraw_resolution
from cases.handing import end_hand_offs
from cases.offers import after_answer, end_offer, hold_out
from cases.requests import AcceptResolution, RejectResolution, Withdraw
from cases.state import Offer, Owner
from cases.turn import Turn, quoted
from cases.view import Satisfaction
from cases.words import ClockName, ClockState, ClosedAs, Reason, Role, Rung, Status

_KEPT = (ClosedAs.ACCEPTED, ClosedAs.UNCONFIRMED)


def resolve(turn: Turn, event: Resolve) -> None:
    """The customer gets the resolution and is asked to confirm it."""
    state = turn.state
    state.status = Status.RESOLVED
    state.resolution = event.text
    turn.enter("resolve", event.text, warranted=event.warranted, lesson=event.lesson, despite=event.despite)
    turn.said(event.text, to_customer=True)
    turn.pause(turn.live(COMMERCIAL), "resolved; the customer is asked to confirm")
    turn.cancel((ClockName.REDIRECT, ClockName.CUSTOMER_SILENCE), "resolved")
    promising.end_updates(turn, "resolved")
    timekeeping.forget_holds(turn, "resolved")
    timekeeping.pause_handling(turn, "resolved; the customer is asked to confirm")
    state.insistence = after_answer(state)
    state.asks = None
    end_offer(turn, "resolved")
    turn.start_clock(ClockName.CONFIRM, "resolved", since=turn.now)
    hold_if_owed(turn, "something that was promised is owed first")
    turn.tell_customer("resolved", text=event.text, confirm_by=turn.due(ClockName.CONFIRM))
    learning.give_back(turn, event)


def accept_resolution(turn: Turn, event: AcceptResolution) -> None:
    """The customer is satisfied; what they say of it is kept."""
    turn.state.satisfaction = Satisfaction(
        at=turn.at, score=event.score, comment=quoted(event.comment) if event.comment else None
    )
    score = f" and gives {event.score} of 5" if event.score else ""
    turn.enter(
        "accept_resolution", f"The customer accepts the resolution{score}", score=event.score, comment=event.comment
    )
    close_case(turn, ClosedAs.ACCEPTED)


def reject_resolution(turn: Turn, event: RejectResolution) -> None:
    """The customer is not satisfied: the clocks go on, the gap left out, and the case goes up."""
    words = f"{event.reason}. {event.text}" if event.text else event.reason
    turn.enter("reject_resolution", words, reason=event.reason)
    turn.said(words, to_customer=False)
    withdraw_resolution(turn, "rejected")
    climb(turn, Reason.RESOLUTION_REJECTED, text=event.reason)


def withdraw(turn: Turn, event: Withdraw) -> None:
    """The customer takes the complaint back."""
    turn.enter("withdraw", event.reason or event.text or "The customer withdraws the complaint", reason=event.reason)
    close_case(turn, ClosedAs.WITHDRAWN)


def close(turn: Turn, event: Close) -> None:
    """A manager closes it, perhaps as the duplicate of another case."""
    state = turn.state
    state.duplicate_of = event.duplicate_of
    turn.enter("close", event.reason, reason=event.reason, text=event.text, duplicate_of=event.duplicate_of)
    close_case(turn, ClosedAs.DUPLICATE if event.duplicate_of else ClosedAs.BY_MANAGER)


def remind(turn: Turn) -> None:
    """One reminder that a confirmation is awaited."""
    turn.tell_customer("confirm_reminder", confirm_by=turn.due(ClockName.CONFIRM))


def lapse(turn: Turn) -> None:
    """The customer stayed silent: closed, and never called accepted."""
    turn.enter("unconfirmed", "The customer did not answer; closed without confirmation")
    close_case(turn, ClosedAs.UNCONFIRMED)


def give_up(turn: Turn) -> None:
    """The customer left unanswered what was asked: nothing was resolved, and no promise was kept by that."""
    turn.enter("unconfirmed", "The customer did not answer what was asked; closed without confirmation")
    close_case(turn, ClosedAs.UNCONFIRMED, resolved=False)


def close_case(turn: Turn, closed_as: ClosedAs, *, resolved: bool = True) -> None:
    """Ends what the company owed and starts the time within which the case can be reopened.

    What a regulator demands runs on, whatever the case is closed as.
    """
    state = turn.state
    state.status = Status.CLOSED
    state.closed_as = closed_as
    state.closed_at = turn.at
    turn.mark(closed_as=closed_as.value)
    if closed_as in _KEPT and resolved:
        turn.fulfil(COMMERCIAL, f"closed as {closed_as}")
    else:
        turn.cancel(COMMERCIAL, f"closed as {closed_as}")
    turn.cancel((ClockName.CONFIRM,), f"closed as {closed_as}")
    turn.cancel((ClockName.REDIRECT, *promising.WORDS, ClockName.CUSTOMER_SILENCE), f"closed as {closed_as}")
    restricting.closed(turn, f"closed as {closed_as}")
    timekeeping.forget_holds(turn, f"closed as {closed_as}")
    timekeeping.end_handling(turn, f"closed as {closed_as}")
    statutory.closed(turn, closed_as)
    state.insistence = None
    state.asks = None
    end_offer(turn, f"closed as {closed_as}")
    end_hand_offs(turn, f"closed as {closed_as}")
    undecided = remedies.withdraw_pending(turn, closed_as)
    turn.start_clock(ClockName.REOPEN_WINDOW, f"closed as {closed_as}", since=turn.now)
    turn.tell_customer(
        f"closed.{closed_as}" if resolved else f"closed.{closed_as}.unresolved",
        reopen_until=turn.due(ClockName.REOPEN_WINDOW),
        duplicate_of=state.duplicate_of,
        undecided=undecided,
    )


def reopen(turn: Turn, event: Reopen) -> None:
    """Somebody takes a closed case up again."""
    turn.enter("reopen", event.text or f"{event.by.id} reopens the case")
    reopen_case(turn)


def reopen_case(turn: Turn) -> None:
    """Back to open, the account kept. The first time to its last owner, if available; after that, up.

    An owner who reopens it keeps it. Otherwise the queue owns it until somebody claims: never a person who is away.
    """
    state = turn.state
    last, duplicate_of = state.owner, state.duplicate_of
    state.status = Status.OPEN
    state.closed_as = state.closed_at = state.duplicate_of = state.satisfaction = None
    state.reopened += 1
    turn.mark(reopened=state.reopened)
    turn.cancel((ClockName.REOPEN_WINDOW,), "reopened")
    statutory.reopened(turn, duplicate_of)
    restricting.reopened(turn)
    _owe_again(turn)
    if state.reopened > 1:
        climb(turn, Reason.REOPENED)
    elif turn.by.id != last.person:
        state.owner = Owner(team=last.team, rung=last.rung)
        turn.enter("reopened", f"Back in the queue of {last.team}; offered to {last.label} first", reason="reopened")
        offer = Offer(team=last.team, rung=last.rung, reasons=(Reason.REOPENED,), made_at=turn.at, by=turn.by.id)
        hold_out(turn, offer, prefer=last.person)
    threatened = safety.is_awaited(state) and state.owner.rung.height < Rung.MANAGER.height
    if state.reopened == 1 and not threatened:
        _tell_reopened(turn)
    if threatened:
        # The offer of the threat was withdrawn when the case was closed, and nobody has decided since.
        climb(turn, Reason.THREAT, text=next((threat.text for threat in state.conduct.undecided), None))
    timekeeping.take_up(turn, "reopened")


def _tell_reopened(turn: Turn) -> None:
    """Who came back is thanked; of us, they hear it otherwise. A payment that failed has words of its own."""
    if turn.by.role is Role.SYSTEM:
        turn.next_effect_id()  # Of the words that were said here once: no later message must have their number.
        return
    template = "reopened" if turn.spoke else "reopened.by_us"
    turn.tell_customer(template, next_word_by=turn.due(ClockName.NEXT_RESPONSE))


def _owe_again(turn: Turn) -> None:
    """The promises of a reopened case: those that were not broken go on, the gap left out; broken ones start anew."""
    first, resolution = turn.state.clock(ClockName.FIRST_RESPONSE), turn.state.clock(ClockName.RESOLUTION)
    if first and first.state is ClockState.CANCELLED and not first.breached_at:
        turn.resume([first], "reopened before any answer")
    if resolution and not resolution.breached_at:
        turn.resume([resolution], "reopened")
    else:
        turn.start_clock(ClockName.RESOLUTION, "reopened")
    promising.keep_updating(turn, "reopened")


def archive_if_over(turn: Turn) -> None:
    """Once the window has passed and no letter, remedy or decision on a threat is owed, nothing changes any more."""
    state = turn.state
    if state.status is not Status.CLOSED or turn.live((ClockName.REOPEN_WINDOW,)) or statutory.is_running(state):
        return
    if remedies.is_owed(state) or safety.is_awaited(state):
        return
    state.status = Status.ARCHIVED
    turn.enter("archived", "The time to reopen has passed")
    turn.cancel((ClockName.ALERT_REPEAT,), "archived")
