"""The offer: the one mechanism by which a case changes hands, up, down, beside or by name.

Knows how a case is held out, taken, declined and given back; not when it climbs (`cases.climbing`), nor who may do so
(`cases.guards`). Until somebody claims, the old owner stays owner and may still reply.
"""

from __future__ import annotations

from cases import promising, restricting, timekeeping
from cases.actions import Assign, Claim, Decline, Recipient, Transfer
from cases.confirming import go_on, hold, withdraw_resolution
from cases.effects import ChoosePerson
from cases.ladder import ROUTES, returns_when_ignored
from cases.outcomes import Chosen
from cases.state import Insistence, Offer, Owner, State
from cases.turn import Turn
from cases.words import ClockName, Reason, Rung, Status

ACK = ClockName.ACKNOWLEDGE


def hold_out(turn: Turn, offer: Offer, *, named: Recipient | None = None, prefer: str | None = None) -> None:
    """Makes `offer` the open one, starts its acknowledge clock, and asks whom to offer it to unless it says."""
    turn.cancel((ACK, ClockName.ALERT_REPEAT), "offered anew")
    turn.state.offer = offer
    turn.start_clock(ACK, "offered", since=turn.now, rung=offer.rung)
    hold(turn, "offered to somebody, who is to take it up first")
    if offer.person:
        tell_offered(turn)
    else:
        _ask_whom(turn, offer, named=named, prefer=prefer)


def open_offer(turn: Turn, person: str | None) -> None:
    """The first offer of a planned case, to the person that planning chose or to the team's queue."""
    reason = Reason.NEEDS_ATTENTION if turn.plan.needs_attention else Reason.OPENED
    offer = new_offer(turn, turn.state.owner.rung, turn.state.owner.team, (reason,))
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
            headline=turn.state.issue or turn.state.product,
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
    timekeeping.hand_over(turn, before)
    if offer and state.status is Status.RESOLVED:
        # Something made the case be offered again: whoever takes it up must be able to work on it.
        withdraw_resolution(turn, "claimed by somebody else")
    timekeeping.take_up(turn, "claimed")
    state.owners[rung] = event.by.id
    if rung.height > before.rung.height:
        state.insistence = None
        turn.cancel((ClockName.REDIRECT,), "a higher rung has the case")
    go_on(turn, "claimed")
    only_contact = restricting.taken_over(turn)
    if rung.height > before.rung.height or before.person not in (None, event.by.id) or only_contact:
        # Handing over in silence confuses and angers (C, I): whoever had spoken to somebody learns that it is another.
        promising.news_given(turn, "somebody else has taken it up")
        turn.tell_customer("taken_up", rung=rung.value, next_word_by=turn.due_answer(), only_contact=only_contact)


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
    _address(turn, event, rung, event.reason or Reason.ASSIGNED)
    if event.reason:
        turn.tell_customer("reassigned", rung=rung.value, next_word_by=turn.due_answer())


def transfer(turn: Turn, event: Transfer) -> None:
    """The owner offers the case to a peer; to one who can do what the owner cannot, if a skill is asked for."""
    reason = Reason.BEYOND_SKILL if event.to.skill else Reason.TRANSFERRED
    _address(turn, event, turn.state.owner.rung, reason)


def give_back(turn: Turn) -> None:
    """Ends the offer; the case stays with its owner, who is told. A queue that owns it is offered it anew."""
    state, offer = turn.state, turn.state.offer
    turn.enter("returned", f"The case stays with {state.owner.label}")
    turn.cancel((ACK, ClockName.ALERT_REPEAT), "back to the owner")
    state.insistence = after_answer(state)
    state.offer = None
    if offer and offer.rung.height > state.owner.rung.height:
        promising.news_given(turn, "it stays with its owner")
        turn.tell_customer("stays", rung=state.owner.rung.value, next_word_by=turn.due_answer())
    if state.owner.person is None:
        hold_out(turn, new_offer(turn, state.owner.rung, state.owner.team, (Reason.OPENED,)))
    elif offer:
        turn.alert_owner("returned", reasons=tuple(ROUTES[reason].words for reason in offer.reasons))
    go_on(turn, "nobody else takes it up")


def after_answer(state: State) -> Insistence | None:
    """What is left of a wish for a manager once it was answered, by a redirect, a resolution or the way back down.

    Whoever insisted is not redirected a second time: the next wish at this rung goes up.
    """
    asked, offer = state.insistence, state.offer
    if asked is None and offer and Reason.ASKED_FOR_MANAGER in offer.reasons:
        asked = Insistence(asked_at=offer.made_at)
    return asked.model_copy(update={"answered": True}) if asked else None


def end_offer(turn: Turn, cause: str) -> None:
    """The offer is moot: the case is resolved or closed."""
    turn.cancel((ACK, ClockName.ALERT_REPEAT), cause)
    turn.state.offer = None


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
            language=state.complaint.language or turn.plan.language,
        )
    )


def _address(turn: Turn, event: Assign | Transfer, rung: Rung, reason: Reason) -> None:
    """An offer to whoever the event names; one that stands keeps its reasons and is re-addressed."""
    state, standing, to = turn.state, turn.state.offer, event.to
    team = to.team or (standing.team if standing else state.owner.team)
    kept = reasons_of(standing)
    person = to.person if to.rung is not None else None
    offer = new_offer(turn, rung, team, tuple(dict.fromkeys((*kept, reason)))).model_copy(
        update={
            "person": person,
            "skill": to.skill,
            "tried": (person,) if person else (),
            "beside": standing.beside if standing else 0,
        }
    )
    whom = to.person or (f"somebody with {to.skill}" if to.skill else f"the queue of {team}")
    why = event.text or ROUTES[reason].words
    turn.enter(
        event.kind,
        f"{turn.by.id} offered the case to {whom}: {why}",
        to=to.model_dump(mode="json", exclude_none=True),
        reason=reason.value,
    )
    hold_out(turn, offer, named=to)


def reasons_of(standing: Offer | None) -> tuple[Reason, ...]:
    """Why the case is held out already: what an offer that takes the place of another one goes on to say."""
    return tuple(reason for reason in standing.reasons if reason is not Reason.OPENED) if standing else ()


def new_offer(turn: Turn, rung: Rung, team: str, reasons: tuple[Reason, ...]) -> Offer:
    """An offer to a team's queue, not yet held out."""
    return Offer(team=team, rung=rung, reasons=reasons, made_at=turn.at, by=turn.by.id)
