"""The offer: the one mechanism by which a case changes hands, up, down, beside or by name.

Knows how a case is held out, taken, declined, ignored and climbs; not who may do so (the guards in `cases.guards`).
Until somebody claims, the old owner stays owner and may still reply.
"""

from __future__ import annotations

from datetime import datetime

from cases.actions import Assign, Claim, Decline, DeEscalate, Escalate, Recipient, Transfer
from cases.effects import ChoosePerson
from cases.ladder import ROUTES, returns_when_ignored
from cases.outcomes import Chosen
from cases.state import Climb, Offer, Owner
from cases.turn import NEWEST, Turn
from cases.words import ClockName, Reason, Rung

ACK = ClockName.ACKNOWLEDGE


def hold_out(turn: Turn, offer: Offer, *, named: Recipient | None = None, prefer: str | None = None) -> None:
    """Makes `offer` the open one, starts its acknowledge clock, and asks whom to offer it to unless it says."""
    turn.cancel((ACK, ClockName.ALERT_REPEAT), "offered anew")
    turn.state.offer = offer
    turn.start_clock(ACK, "offered", since=turn.now, rung=offer.rung)
    if offer.person:
        tell_offered(turn)
    else:
        _ask_whom(turn, offer, named=named, prefer=prefer)


def open_offer(turn: Turn, person: str | None) -> None:
    """The first offer of a planned case, to the person that planning chose or to the team's queue."""
    offer = _new(turn, turn.state.owner.rung, turn.state.owner.team, (Reason.OPENED,))
    if person:
        hold_out(turn, offer.model_copy(update={"person": person, "tried": (person,)}))
    else:
        # Planning has asked the directory already: the queue has it until somebody claims, or the clock runs out.
        turn.state.offer = offer
        turn.start_clock(ACK, "offered", since=turn.now, rung=offer.rung)
        tell_offered(turn)


def tell_offered(turn: Turn) -> None:
    """The person or queue learns of the offer, and what awaits them."""
    offer = turn.state.offer
    if offer:
        turn.alert(
            "offered",
            rung=offer.rung,
            team=offer.team,
            person=offer.person,
            reasons=tuple(ROUTES[reason].words for reason in offer.reasons),
            headline=turn.state.complaint.issue or turn.state.complaint.product,
            expires_at=turn.due(ACK),
        )


def chosen(turn: Turn, event: Chosen) -> None:
    """The directory's answer: the open offer is addressed to that person, or stays with the queue."""
    state, offer = turn.state, turn.state.offer
    if offer is None or offer.choosing != event.effect:
        turn.enter("chosen", "The offer that this was for is gone.", person=event.person)
        return
    if event.person is None:
        state.offer = offer.model_copy(update={"choosing": None})
        turn.enter("offered", f"Offered to the queue of {offer.team}: {event.why or 'nobody is available'}")
    else:
        tried = tuple(dict.fromkeys((*offer.tried, event.person)))
        state.offer = offer.model_copy(update={"choosing": None, "person": event.person, "tried": tried})
        turn.enter("offered", f"Offered to {event.person} ({offer.rung})", person=event.person)
    tell_offered(turn)


def claim(turn: Turn, event: Claim) -> None:
    """Sets owner and rung at once and ends the acknowledge clock."""
    state, offer = turn.state, turn.state.offer
    before = state.owner
    rung = event.by.rung or before.rung
    state.owner = Owner(team=offer.team if offer else before.team, rung=rung, person=event.by.id)
    state.offer = None
    turn.enter("claim", f"{event.by.id} ({rung}) took the case from {before.label}", owner=event.by.id, rung=rung.value)
    turn.fulfil((ACK,), "claimed")
    turn.cancel((ClockName.ALERT_REPEAT,), "claimed")
    state.owners[rung] = event.by.id
    if rung.height > before.rung.height:
        state.climbed = True
        state.insistence = None
        turn.cancel((ClockName.REDIRECT,), "a higher rung has the case")
        turn.tell_customer("taken_up", rung=rung.value)


def decline(turn: Turn, event: Decline) -> None:
    """Not me: offered on, and never again to this person. A transfer goes back to its owner.

    The acknowledge clock runs on: a row of people who decline must not keep a case from climbing.
    """
    state, offer = turn.state, turn.state.offer
    if offer is None:
        raise RuntimeError("decline without an offer passed its guards")
    if event.by.id not in state.declined_by:
        state.declined_by.append(event.by.id)
    turn.enter("decline", f"{event.by.id} declined: {event.reason}", reason=event.reason)
    if returns_when_ignored(offer):
        give_back(turn)
    else:
        _ask_whom(turn, offer.model_copy(update={"person": None, "made_at": turn.at}))


def assign(turn: Turn, event: Assign) -> None:
    """A supervisor says to whom the case is offered."""
    offer = turn.state.offer
    rung = offer.rung if offer else turn.state.owner.rung
    _address(turn, event.to, rung, Reason.ASSIGNED, "assign")


def transfer(turn: Turn, event: Transfer) -> None:
    """The owner offers the case to a peer."""
    _address(turn, event.to, turn.state.owner.rung, Reason.TRANSFERRED, "transfer")


def escalate(turn: Turn, event: Escalate) -> None:
    """A person sends the case up, with a reason."""
    turn.state.last_voluntary = turn.at
    climb(turn, event.reason, text=event.text)


def de_escalate(turn: Turn, event: DeEscalate) -> None:
    """Withdraws an offer upwards; without one, offers the case one rung down, to whoever had it there."""
    state = turn.state
    if state.offer and state.offer.rung.height > state.owner.rung.height:
        turn.enter("de_escalate", f"{event.by.id} sent it back: {event.reason}", reason=event.reason)
        give_back(turn)
        return
    rung = state.owner.rung.below
    if rung is None:
        raise RuntimeError("de_escalate at the bottom passed its guards")
    turn.enter("de_escalate", f"Offered back down to {rung}: {event.reason}", reason=event.reason, to=rung.value)
    hold_out(turn, _new(turn, rung, state.owner.team, (Reason.DE_ESCALATED,)), prefer=state.owners.get(rung))


def climb(turn: Turn, reason: Reason, *, text: str | None = None, since: Rung | None = None) -> None:
    """Offers the case one rung up from `since` (its own rung), and does the five things of every escalation.

    Reason on the timeline, word to the customer, brief to whoever it is offered to, an acknowledge clock; every other
    clock runs on. An offer that stands at that rung already is joined; at the top, the top rung is alerted instead.
    """
    state = turn.state
    below = since or state.owner.rung
    rung = below.above
    standing = state.offer
    if rung is None:
        _alert_top(turn, reason)
        if ROUTES[reason].customer_asked:
            turn.tell_customer("on_its_way", rung=below.value, next_word_by=None)
        return
    if standing and standing.rung.height >= rung.height:
        _join(turn, standing, reason, text)
        return
    reasons = (*(r for r in (standing.reasons if standing else ()) if r is not Reason.OPENED), reason)
    words = ROUTES[reason].words
    turn.enter(
        "escalated",
        f"Offered up to {rung} of {state.owner.team}: {words}" + (f". {text}" if text else ""),
        reason=reason.value,
        **{"from": below.value, "to": rung.value},
    )
    state.escalations += 1
    _remember(turn, reason, below, rung, text)
    team = standing.team if standing else state.owner.team
    hold_out(turn, _new(turn, rung, team, tuple(dict.fromkeys(reasons))))
    turn.tell_customer(f"escalated.{reason}", rung=rung.value, next_word_by=_word_by(turn))


def beside(turn: Turn, reason: Reason) -> None:
    """Offers the case to another person of the same rung."""
    state, standing = turn.state, turn.state.offer
    if standing:
        _join(turn, standing, reason, None)
        return
    turn.enter("offered_beside", f"Offered to another {state.owner.rung}: {ROUTES[reason].words}", reason=reason.value)
    hold_out(turn, _new(turn, state.owner.rung, state.owner.team, (reason,)))


def ignored(turn: Turn) -> None:
    """Nobody took the offer in time: back to its owner, once more beside, then up."""
    state, offer = turn.state, turn.state.offer
    if offer is None:
        raise RuntimeError("an acknowledge clock ran without an offer")
    if returns_when_ignored(offer) and state.owner.person:
        give_back(turn)
    elif offer.beside < turn.plan.terms.guards.offers_beside:
        turn.enter("offered_beside", f"{offer.label} did not take it up; offered to another", reason="not_acknowledged")
        again = offer.model_copy(update={"person": None, "beside": offer.beside + 1, "made_at": turn.at})
        hold_out(turn, again)
    else:
        climb(turn, Reason.NOT_ACKNOWLEDGED, since=offer.rung)


def give_back(turn: Turn) -> None:
    """Ends the offer; the case stays with its owner, who is told."""
    offer = turn.state.offer
    turn.cancel((ACK, ClockName.ALERT_REPEAT), "back to the owner")
    turn.state.offer = None
    turn.enter("returned", f"The case stays with {turn.state.owner.label}")
    if offer:
        turn.alert_owner("returned", reasons=tuple(ROUTES[reason].words for reason in offer.reasons))


def end_offer(turn: Turn, cause: str) -> None:
    """The offer is moot: the case is resolved or closed."""
    turn.cancel((ACK, ClockName.ALERT_REPEAT), cause)
    turn.state.offer = None


def repeat_alert(turn: Turn) -> bool:
    """The top rung is alerted again as long as it leaves an offer, or a broken promise, lying. Whether it was."""
    state = turn.state
    if state.offer:
        _alert_top(turn, *state.offer.reasons)
    elif any(clock.live and clock.breached_at for clock in state.clocks):
        _alert_top(turn, Reason.CLOCK_BREACHED)
    else:
        return False
    return True


def _alert_top(turn: Turn, *reasons: Reason) -> None:
    """There is no rung above: no loop, but an alert now and at every interval until somebody acts."""
    state = turn.state
    holder = state.offer or state.owner
    words = tuple(ROUTES[reason].words for reason in reasons)
    turn.enter("top_rung", f"No rung above {holder.rung}: alerted. {'; '.join(words)}", reasons=[*reasons])
    turn.alert("top_rung", rung=holder.rung, team=holder.team, person=holder.person, reasons=words)
    turn.fulfil((ClockName.ALERT_REPEAT,), "alerted")
    turn.start_clock(ClockName.ALERT_REPEAT, "top of the ladder", since=turn.now, rung=holder.rung)


def _join(turn: Turn, standing: Offer, reason: Reason, text: str | None) -> None:
    """A further reason for an offer that stands: still one offer, which names both."""
    state = turn.state
    reasons = tuple(dict.fromkeys((*standing.reasons, reason)))
    state.offer = standing.model_copy(update={"reasons": reasons})
    words = ROUTES[reason].words
    if standing.rung.height > state.owner.rung.height:
        _remember(turn, reason, state.owner.rung, standing.rung, text)
    turn.enter("joined", f"Already offered to {standing.label}; also because {words}", reason=reason.value, text=text)
    if ROUTES[reason].customer_asked:
        turn.tell_customer("on_its_way", rung=standing.rung.value, next_word_by=_word_by(turn))


def _ask_whom(turn: Turn, offer: Offer, *, named: Recipient | None = None, prefer: str | None = None) -> None:
    """Asks the directory for a person; until it answers, the offer is the queue's."""
    state = turn.state
    owner = (state.owner.person,) if state.owner.person and state.owner.rung is offer.rung else ()
    effect_id = turn.next_effect_id()
    state.offer = offer.model_copy(update={"choosing": effect_id})
    turn.send(
        ChoosePerson(
            id=effect_id,
            case_id=state.case_id,
            team=offer.team,
            rung=offer.rung,
            skill=offer.skill,
            person=named.person if named else None,
            prefer=prefer,
            never=tuple(dict.fromkeys((*state.declined_by, *offer.tried, *owner))),
        )
    )


def _word_by(turn: Turn) -> datetime | None:
    """The latest moment at which the customer hears again: by then somebody has the case, or it climbs further."""
    offer, clock = turn.state.offer, turn.state.clock(ACK)
    if offer is None or clock is None or clock.due_at is None:
        return None
    times_beside = max(turn.plan.terms.guards.offers_beside - offer.beside, 0)
    return clock.due_at + times_beside * clock.target


def _remember(turn: Turn, reason: Reason, below: Rung, rung: Rung, text: str | None) -> None:
    """Keeps for the brief why the case climbs."""
    step = Climb(at=turn.at, reason=reason, from_rung=below, to_rung=rung, by=turn.by.id, text=text)
    turn.state.climbs = [*turn.state.climbs[-NEWEST + 1 :], step]


def _address(turn: Turn, to: Recipient, rung: Rung, reason: Reason, kind: str) -> None:
    """An offer to whoever `to` names; one that stands keeps its reasons and is re-addressed."""
    state, standing = turn.state, turn.state.offer
    team = to.team or (standing.team if standing else state.owner.team)
    kept = tuple(r for r in standing.reasons if r is not Reason.OPENED) if standing else ()
    person = to.person if to.rung is not None else None
    offer = _new(turn, rung, team, tuple(dict.fromkeys((*kept, reason)))).model_copy(
        update={
            "person": person,
            "skill": to.skill,
            "tried": (person,) if person else (),
            "beside": standing.beside if standing else 0,
        }
    )
    whom = to.person or (f"somebody with {to.skill}" if to.skill else f"the queue of {team}")
    turn.enter(kind, f"{turn.by.id} offered the case to {whom}", to=to.model_dump(mode="json", exclude_none=True))
    hold_out(turn, offer, named=to)


def _new(turn: Turn, rung: Rung, team: str, reasons: tuple[Reason, ...]) -> Offer:
    return Offer(team=team, rung=rung, reasons=reasons, made_at=turn.at, by=turn.by.id)
