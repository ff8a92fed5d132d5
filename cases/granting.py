"""A remedy from proposal to payment. Knows what is asked of whom, and told to whom; who may, `cases.authority` says.

Within the proposer's authority it is granted at once; above, it is asked of the lowest rung whose authority covers it,
and the owner stays. Money is paid by an effect of its own, and what fails after it was granted is said to everybody.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from cases import promising
from cases.actions import DecideRemedy, ProposeRemedy
from cases.authority import authority, granted_at_once, lowest_rung, trusted
from cases.briefing import alert_managers
from cases.clocks import Clock
from cases.confirming import go_on, hold, withdraw_resolution
from cases.effects import PayRemedy
from cases.money import rounded, words
from cases.outcomes import Failed, Paid
from cases.people import Trusted
from cases.remedies import change, count, is_being_paid, is_money, keep, named, remedy
from cases.resolving import archive_if_over, reopen_case
from cases.talking import end_waiting
from cases.turn import Turn, quoted
from cases.view import ProposedRemedy
from cases.words import Breach, ClockName, ClosedAs, Reason, RemedyState, Rung, Status

_STAYS_CLOSED = (ClosedAs.WITHDRAWN, ClosedAs.DUPLICATE, ClosedAs.CONTACT_ENDED)
"""Closed as one of these, a case does not come back by itself."""


def propose_remedy(turn: Turn, event: ProposeRemedy) -> None:
    """Granted at once if it is theirs to grant; otherwise somebody is asked who may, and the customer hears by when."""
    state, terms = turn.state, turn.plan.terms.remedies
    amount, currency = event.price
    if terms and amount is not None and currency:
        amount = rounded(amount, terms.currencies[currency].digits)
    state.remedies_made += 1
    proposed = ProposedRemedy(
        remedy_id=f"r{state.remedies_made}",
        remedy=event.remedy,
        amount=amount,
        currency=currency,
        text=quoted(event.text) if event.text else None,
        proposed_by=event.by.id,
        proposed_at=turn.at,
    )
    turn.enter(
        "propose_remedy",
        f"{proposed.remedy_id}: {named(proposed)}" + (f". {event.text}" if event.text else ""),
        **_data(proposed),
    )
    keep(turn, proposed)
    rung = lowest_rung(state, proposed.amount, proposed.currency)
    if granted_at_once(state, event):
        turn.enter("remedy_granted", f"{proposed.remedy_id} is {event.by.id}'s own to grant", **_data(proposed))
        _grant(turn, proposed)
    else:
        people = () if rung else _trusted(turn, proposed)
        rung = rung or (people[0].rung if people else Rung.EXECUTIVE)
        whom = " and ".join(one.person for one in people) or f"{rung}s of {state.owner.team}"
        _ask(turn, proposed, rung, f"{_beyond(turn, event)}: asked of {whom}")
        hold(turn, "a decision on a remedy is owed first")
        turn.tell_customer("approval_asked", rung=rung.value, next_word_by=_due(turn, proposed))


def decide_remedy(turn: Turn, event: DecideRemedy) -> None:
    """Granted, or rejected with a reason: the customer and the owner learn which."""
    proposed = remedy(turn.state, event.remedy_id)
    if proposed is None:
        raise RuntimeError("a decision on no remedy passed its checks")
    why = f": {event.reason}" if event.reason else ""
    verdict = "grants" if event.approve else "rejects"
    turn.enter(
        "decide_remedy",
        f"{event.by.id} {verdict} {proposed.remedy_id}, {named(proposed)}{why}",
        approve=event.approve,
        reason=event.reason,
        **_data(proposed),
    )
    if proposed.clock:
        turn.fulfil_clock(proposed.clock, "decided")
    reason = quoted(event.reason) if event.reason else None
    if event.approve:
        _grant(turn, proposed, reason)
    else:
        _decided(turn, proposed, RemedyState.REJECTED, reason)
        _tell_rejected(turn, event.reason)
    promising.news_given(turn, "decided")
    if event.by.id != turn.state.owner.person:
        turn.alert_owner(
            "remedy_decided", remedy=named(proposed), granted=event.approve, decided_by=event.by.id, reason=reason
        )
    go_on(turn, "decided")
    archive_if_over(turn)


def _tell_rejected(turn: Turn, reason: str | None) -> None:
    """Of a closed case nobody stays owner: the customer hears how it is taken up again."""
    if turn.state.status is Status.CLOSED:
        turn.tell_customer("remedy_rejected.closed", reason=reason, reopen_until=turn.due(ClockName.REOPEN_WINDOW))
    else:
        turn.tell_customer("remedy_rejected", reason=reason, next_word_by=turn.due_answer())


def paid(turn: Turn, event: Paid) -> None:
    """The customer has it, or it is in the books from which it is paid."""
    proposed = _of_payment(turn, event.effect)
    if proposed is None:
        turn.enter("paid", f"A payment was made that nobody waits for: {event.reference}", reference=event.reference)
        return
    text = f"{proposed.remedy_id}, {named(proposed)}, is paid: reference {event.reference}"
    turn.enter("paid", text, reference=event.reference, **_data(proposed))
    change(turn, proposed.remedy_id, state=RemedyState.PAID, reference=event.reference)
    archive_if_over(turn)


def failed(turn: Turn, event: Failed) -> None:
    """What was granted cannot be paid: it no longer counts, the customer is told, and somebody has to find another way.

    For that the case is open again, if it was resolved or closed: what rested on the payment does not stand. But one
    that the customer has withdrawn, that goes on as another or whose contact was ended stays closed: the managers hear
    of it, and the customer, who can have it taken up again as after any closing.
    """
    state, proposed = turn.state, _of_payment(turn, event.effect)
    if proposed is None:
        turn.enter("failed", f"{event.effect} has failed, and nobody waits for it: {event.reason}", effect=event.effect)
        return
    text = f"{proposed.remedy_id}, {named(proposed)}, cannot be paid: {event.reason}"
    turn.enter("failed", text, effect=event.effect, reason=event.reason, **_data(proposed))
    count(turn, proposed, -1)
    change(turn, proposed.remedy_id, state=RemedyState.FAILED, reason=quoted(event.reason))
    if state.status is Status.CLOSED and state.closed_as in _STAYS_CLOSED:
        _not_paid_when_closed(turn, proposed, event.reason)
        return
    _alert_unpaid(turn, turn.alert_owner, proposed, event.reason)
    if state.status is Status.RESOLVED:
        withdraw_resolution(turn, "what was granted could not be paid")
    elif state.status is Status.WAITING_CUSTOMER:
        end_waiting(turn, "what was granted could not be paid")
    elif state.status is Status.CLOSED:
        reopen_case(turn)
    turn.tell_customer("payment_failed", **_told(proposed), next_word_by=turn.due_answer())


def _not_paid_when_closed(turn: Turn, proposed: ProposedRemedy, reason: str) -> None:
    """The time to come back begins anew, for nobody knew until now that there is something to come back for."""
    state = turn.state
    turn.cancel((ClockName.REOPEN_WINDOW,), "a payment failed; the customer has the time once more")
    turn.start_clock(ClockName.REOPEN_WINDOW, "a payment failed after the case was closed", since=turn.now)
    until = turn.due(ClockName.REOPEN_WINDOW)
    _alert_unpaid(turn, turn.alert_owner, proposed, reason, until)
    if state.owner.rung.height < Rung.MANAGER.height:
        _alert_unpaid(turn, partial(alert_managers, turn), proposed, reason, until)
    turn.tell_customer(
        f"payment_failed.closed.{state.closed_as}",
        **_told(proposed),
        reopen_until=until,
        duplicate_of=state.duplicate_of,
    )


def _alert_unpaid(
    turn: Turn, alert: Callable[..., None], proposed: ProposedRemedy, reason: str, until: datetime | None = None
) -> None:
    """`until`: how long the case stays closed and can be taken up again; None, if it is open."""
    closed_as = turn.state.closed_as if until else None
    alert(
        "payment_failed",
        remedy=named(proposed),
        reason=quoted(reason),
        closed_as=closed_as.value.replace("_", " ") if closed_as else None,
        duplicate_of=turn.state.duplicate_of,
        reopen_until=until,
    )


def approval_warned(turn: Turn, clock: Clock) -> None:
    """Who was asked is reminded, before it is too late."""
    turn.enter("clock_warned", f"{clock.title} is due {clock.due_at:%Y-%m-%d %H:%M:%S} UTC", clock=clock.id)
    turn.warn(clock)
    proposed = _of_clock(turn, clock)
    if proposed:
        _alert_approvers(turn, proposed)


def approval_late(turn: Turn, clock: Clock) -> None:
    """Nobody has decided in time: the next rung is asked, or the same again at the top, or both sides are alerted.

    The same rung is asked at the interval at which the top is always alerted, until somebody decides: no loop.
    """
    proposed = _of_clock(turn, clock)
    if proposed is None or proposed.asked is None:
        return
    if clock.on_breach is Breach.ALERT:
        turn.alert_owner("clock_breached", clock=clock.title, due_at=clock.due_at)
        _alert_approvers(turn, proposed)
        _tell_late(turn, proposed.asked)
        return
    people = _trusted(turn, proposed)
    goes_up = clock.on_breach is Breach.UP and not people
    rung = (proposed.asked.above if goes_up else None) or proposed.asked
    whom = " and ".join(one.person for one in people) or f"{rung}s of {turn.state.owner.team}"
    _ask(turn, proposed, rung, f"Nobody has decided on {proposed.remedy_id}: asked of {whom}")
    if rung is not proposed.asked:
        turn.tell_customer("approval_late", rung=rung.value, next_word_by=_due(turn, proposed))
    elif clock.rung is not None:  # The first time that the same rung is asked again: the customer waits since then.
        _tell_late(turn, rung)


def _tell_late(turn: Turn, rung: Rung) -> None:
    """The time by which the customer was to hear has passed; from now on, the word that they wait for has its own."""
    closed = turn.state.status is Status.CLOSED
    by = None if closed else promising.next_word(turn, "a decision on a remedy is late")
    turn.tell_customer("approval_late", rung=rung.value, next_word_by=by)


def _trusted(turn: Turn, proposed: ProposedRemedy) -> list[Trusted]:
    """The people who are asked by name, because no rung may grant so much."""
    state = turn.state
    if lowest_rung(state, proposed.amount, proposed.currency):
        return []
    return trusted(state, proposed.amount, proposed.currency, proposed.proposed_by)


def _ask(turn: Turn, proposed: ProposedRemedy, rung: Rung, why: str) -> None:
    """The rung has the time that its clock gives it; one that it was asked for before is over."""
    reason = Reason.NO_AUTHORITY.value
    turn.enter("approval_asked", why, reason=reason, remedy_id=proposed.remedy_id, rung=rung.value)
    if proposed.clock:
        turn.cancel_clock(proposed.clock, f"asked of {rung}")
    clock = _again(turn, proposed) if rung is proposed.asked else _first(turn, proposed, rung)
    asked = change(turn, proposed.remedy_id, asked=rung, clock=clock.id)
    if asked:
        _alert_approvers(turn, asked)


def _first(turn: Turn, proposed: ProposedRemedy, rung: Rung) -> Clock:
    clock = turn.start_clock(ClockName.APPROVAL, f"asked {rung}", since=turn.now, rung=rung)
    clock.label = proposed.remedy_id
    return clock


def _again(turn: Turn, proposed: ProposedRemedy) -> Clock:
    terms = turn.plan.terms
    approval = terms.clocks.get(ClockName.APPROVAL)
    return turn.start_dated(
        ClockName.APPROVAL,
        f"asked {proposed.asked} again",
        label=proposed.remedy_id,
        since=turn.now,
        due=turn.now + terms.guards.alert_repeat,
        warn_at=(),
        on_breach=approval.on_breach if approval else Breach.UP,
    )


def _beyond(turn: Turn, event: ProposeRemedy) -> str:
    terms = turn.plan.terms.remedies
    if terms is None or event.currency is None:
        return "What a signal says of authority, nobody has checked"
    own = words(authority(terms, event.by, event.currency), event.currency)
    return f"{event.by.id} may grant {own}"


def _grant(turn: Turn, proposed: ProposedRemedy, reason: str | None = None) -> None:
    """It counts from now on, the customer is told, and money is paid."""
    state = turn.state
    granted = _decided(turn, proposed, RemedyState.GRANTED, reason)
    count(turn, proposed, 1)
    turn.tell_customer(f"remedy_granted.{proposed.remedy}", **_told(proposed), text=proposed.text)
    if not is_money(proposed) or granted is None or proposed.amount is None or proposed.currency is None:
        return
    terms = turn.plan.terms.remedies
    there = terms.currencies.get(proposed.currency) if terms else None
    effect_id = turn.next_effect_id()
    change(turn, proposed.remedy_id, payment=effect_id)
    turn.send(
        PayRemedy(
            id=effect_id,
            case_id=state.case_id,
            remedy_id=proposed.remedy_id,
            remedy=proposed.remedy,
            amount=proposed.amount,
            currency=proposed.currency,
            customer_id=state.complaint.customer.id,
            proposed_by=proposed.proposed_by,
            granted_by=turn.by.id,
            granted_at=turn.at,
            limit=there.limit if there else None,
            since=turn.at - there.within if there and there.within else None,
        )
    )


def _decided(turn: Turn, proposed: ProposedRemedy, how: RemedyState, reason: str | None) -> ProposedRemedy | None:
    return change(
        turn, proposed.remedy_id, state=how, decided_by=turn.by.id, decided_at=turn.at, reason=reason, asked=None
    )


def _alert_approvers(turn: Turn, proposed: ProposedRemedy) -> None:
    """Word to all of the rung that is asked, in the case's team, or to who is trusted with it: who is first decides."""
    asked: list[tuple[Rung, str | None]] = [(one.rung, one.person) for one in _trusted(turn, proposed)]
    for rung, person in asked or [(proposed.asked or Rung.SUPERVISOR, None)]:
        turn.alert(
            "approval_asked",
            rung=rung,
            team=turn.state.owner.team,
            person=person,
            remedy_id=proposed.remedy_id,
            remedy=named(proposed),
            proposed_by=proposed.proposed_by,
            text=proposed.text,
            due_at=_due(turn, proposed),
        )


def _due(turn: Turn, proposed: ProposedRemedy) -> datetime | None:
    current = remedy(turn.state, proposed.remedy_id) or proposed
    return next((clock.due_at for clock in turn.state.clocks if clock.id == current.clock), None)


def _of_clock(turn: Turn, clock: Clock) -> ProposedRemedy | None:
    return next((proposed for proposed in turn.state.remedies if proposed.clock == clock.id), None)


def _of_payment(turn: Turn, effect: str) -> ProposedRemedy | None:
    """What is being paid by that effect."""
    return next((each for each in turn.state.remedies if each.payment == effect and is_being_paid(each)), None)


def _told(proposed: ProposedRemedy) -> dict[str, str | None]:
    """How a message speaks of it."""
    amount = f"{proposed.amount:f}" if proposed.amount is not None else None
    return {"remedy": proposed.remedy.value, "amount": amount, "currency": proposed.currency}


def _data(proposed: ProposedRemedy) -> dict[str, str | None]:
    """What an entry says of it, for a program."""
    return {"remedy_id": proposed.remedy_id, **_told(proposed)}
