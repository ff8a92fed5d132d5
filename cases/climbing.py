"""How a case climbs: offered up for a reason, or beside, or alerted about at the top.

Knows what every escalation does at once; how an offer is made and taken is in `cases.offers`.
"""

from __future__ import annotations

from datetime import datetime

from cases import promising
from cases.actions import DeEscalate, Escalate
from cases.briefing import brief_managers
from cases.ladder import ROUTES, Needs, destination, returns_when_ignored
from cases.offers import ACK, give_back, hold_out, new_offer, reasons_of
from cases.state import Climb, Offer
from cases.turn import NEWEST, Turn, quoted
from cases.words import ClockName, Reason, Rung

_LATE = (Reason.CLOCK_BREACHED, Reason.NOT_ACKNOWLEDGED)
"""What comes to the top because a time has passed by which the customer was to hear."""


def escalate(turn: Turn, event: Escalate) -> None:
    """A person sends the case up, with a reason."""
    if event.reason not in turn.plan.terms.guards.no_cool_down:
        turn.state.last_voluntary = turn.at
    if ROUTES[event.reason].needs is Needs.WARNINGS:
        owner, offer = turn.state.owner, turn.state.offer
        rung = destination(event.reason, owner.rung, turn.plan.terms.guards.straight_to) or owner.rung
        joined = offer is not None and offer.rung.height >= rung.height
        brief_managers(turn, offer.rung if offer and joined else rung, event.text)
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
    kept = reasons_of(state.offer) if turn.plan.terms.pathways else ()  # Cases of before there were any kept none.
    reasons = tuple(dict.fromkeys((*kept, Reason.DE_ESCALATED)))
    hold_out(turn, new_offer(turn, rung, state.owner.team, reasons), prefer=state.owners.get(rung))


def climb(turn: Turn, reason: Reason, *, text: str | None = None, since: Rung | None = None, manner: str = "") -> None:
    """Offers the case up from `since` (its own rung), and does the five things of every escalation.

    Further up only if the policy says so for that reason. Reason on the timeline, word to the customer, brief to
    whoever it is offered to, an acknowledge clock; every other clock runs on. An offer that stands at that rung already
    is joined; at the top, the top rung is alerted instead. `manner`: where the customer is told of it in other words.
    """
    state = turn.state
    below = since or state.owner.rung
    rung = destination(reason, below, turn.plan.terms.guards.straight_to)
    standing = state.offer
    if rung is None:
        _alert_top(turn, reason)
        _tell_at_top(turn, reason)
        return
    if standing and standing.rung.height >= rung.height:
        _join(turn, standing, reason, text)
        return
    reasons = (*reasons_of(standing), reason)
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
    hold_out(turn, new_offer(turn, rung, team, tuple(dict.fromkeys(reasons))))
    turn.tell_customer(
        f"escalated.{reason}{manner}",
        rung=rung.value,
        next_word_by=_word_by(turn),
        may_choose_call=promising.may_choose_call(turn),
    )


def beside(turn: Turn, reason: Reason) -> None:
    """Offers the case to another person of the same rung."""
    state, standing = turn.state, turn.state.offer
    if standing:
        _join(turn, standing, reason, None)
        return
    turn.enter("offered_beside", f"Offered to another {state.owner.rung}: {ROUTES[reason].words}", reason=reason.value)
    hold_out(turn, new_offer(turn, state.owner.rung, state.owner.team, (reason,)))


def ignored(turn: Turn) -> None:
    """Nobody took the offer in time: back to its owner, once more beside, then up."""
    state, offer = turn.state, turn.state.offer
    if offer is None:
        raise RuntimeError("an acknowledge clock ran without an offer")
    if returns_when_ignored(offer) and state.owner.person:
        give_back(turn)
    elif offer.beside < turn.plan.terms.guards.offers_beside:
        turn.enter("offered_beside", f"{offer.label} did not take it up; offered again", reason="not_acknowledged")
        again = offer.model_copy(update={"person": None, "beside": offer.beside + 1, "made_at": turn.at})
        hold_out(turn, again)
    else:
        climb(turn, Reason.NOT_ACKNOWLEDGED, since=offer.rung)


def starts_higher(turn: Turn) -> None:
    """Triage put it there: outages, breakdowns and money before general questions (HubSpot). The brief says so."""
    state, rule = turn.state, turn.plan.rule
    words = ROUTES[Reason.NEEDS_ATTENTION].words
    turn.enter(
        "starts_higher",
        f"Starts at {state.owner.rung}: {words}, by the rule {rule}",
        reason=Reason.NEEDS_ATTENTION.value,
        rule=rule,
    )
    _remember(turn, Reason.NEEDS_ATTENTION, Rung.AGENT, state.owner.rung, f"rule {rule}")


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


def _tell_at_top(turn: Turn, reason: Reason) -> None:
    """Who asked hears who decides last, and when they hear; who was promised a time that is over, that we are late."""
    state = turn.state
    if ROUTES[reason].customer_asked:
        by = promising.next_word(turn, "the top of the ladder looks at it again")
        if state.offer:
            turn.tell_customer("on_its_way", rung=state.offer.rung.value, next_word_by=by, spoke=turn.spoke)
        else:
            turn.tell_customer("at_top", next_word_by=by, spoke=turn.spoke)
    elif reason in _LATE:
        turn.tell_customer("late", next_word_by=promising.next_word(turn, "late at the top of the ladder"))


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
        turn.tell_customer("on_its_way", rung=standing.rung.value, next_word_by=_word_by(turn), spoke=turn.spoke)


def _word_by(turn: Turn) -> datetime | None:
    """The latest moment at which the customer hears again: by then somebody has the case, or it climbs further."""
    offer, clock = turn.state.offer, turn.state.clock(ACK)
    if offer is None or clock is None or clock.due_at is None:
        return None
    times_beside = max(turn.plan.terms.guards.offers_beside - offer.beside, 0)
    return clock.later(clock.due_at, times_beside * clock.target)


def _remember(turn: Turn, reason: Reason, below: Rung, rung: Rung, text: str | None) -> None:
    """Keeps for the brief why the case climbs."""
    step = Climb(
        at=turn.at,
        reason=reason,
        from_rung=below,
        to_rung=rung,
        by=turn.by.id,
        text=quoted(text) if text else None,
        owner=turn.state.owner.person if below is turn.state.owner.rung else None,
    )
    turn.state.climbs = [*turn.state.climbs[-NEWEST + 1 :], step]
