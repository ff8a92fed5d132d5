"""What must hold before an event is taken: refusals, each with its code and a sentence for the person who sent it.

A *guard* looks at the case and the actor only, so that a page can show what is open to somebody now; a *check* looks
at the event's own fields as well. Both raise `Refused` or return nothing; neither changes anything.
"""

from __future__ import annotations

from datetime import datetime

from cases.actions import (
    AnswerBack,
    Assign,
    CancelHandOff,
    Close,
    Escalate,
    HandOff,
    Recategorise,
    Recipient,
    Resolve,
    SetPriority,
    Transfer,
)
from cases.events import Actor, Code, Event, Refused
from cases.ladder import INSTEAD, ROUTES, VOLUNTARY, Needs, is_owner_or_above, rung_of
from cases.remedies import named, pending
from cases.state import OPEN_HANDOFFS, State
from cases.turn import quoted
from cases.view import Suggestion
from cases.words import HandoffStatus, Reason, Role, Rung, Status, Suggested, SuggestionState, Via

ATTENTION = (Suggested.LEGAL_STEP, Suggested.VULNERABLE_CUSTOMER, Suggested.REPEATED_CONTACT)
"""What was suggested that a case may be sent up for at once; the others have acts of their own."""

_SPEAKS_FOR_CUSTOMER = (Role.CUSTOMER, Role.SERVICE, Role.BOT, Role.OPERATOR)


# Who may


def customer(state: State, by: Actor, at: datetime) -> None:
    """The customer, or a system or bot that passes on what the customer says."""
    if by.role not in _SPEAKS_FOR_CUSTOMER:
        raise Refused(
            Code.WRONG_ROLE, f"This is the customer's to say; {by.id} is a {by.role}. A service may pass it on."
        )


def owner(state: State, by: Actor, at: datetime) -> None:
    """The owner, or a higher rung of the same line."""
    rung_of(by)
    if not is_owner_or_above(state, by):
        held = state.owner
        hint = "Claim it first." if held.person is None else f"Ask {held.person}, or somebody above {held.rung}."
        raise Refused(Code.NOT_OWNER, f"{held.label} has this case, at rung {held.rung}. {hint}", owner=held.label)


def of_the_line(state: State, by: Actor, at: datetime) -> None:
    """Anybody of the case's line, or who is asked about it: whoever was threatened need not be the owner."""
    rung_of(by)
    offer = state.offer
    asked = {handed.specialist for handed in state.open_handoffs} | {offer.person if offer else None}
    if not (by.id in asked or by.in_line_of(state.owner.team) or (offer and by.in_line_of(offer.team))):
        owner(state, by, at)


def reopener(state: State, by: Actor, at: datetime) -> None:
    """The owner, or a higher rung of the line; of a case that a queue owns, anybody whom it could be offered to."""
    held = state.owner
    if held.person is None and rung_of(by).height >= held.rung.height and by.in_line_of(held.team):
        return
    owner(state, by, at)


def replier(state: State, by: Actor, at: datetime) -> None:
    """The owner; of a closed case, which nobody can claim, whoever could take it up again."""
    if state.status is Status.CLOSED:
        reopener(state, by, at)
    else:
        owner(state, by, at)


def supervisor(state: State, by: Actor, at: datetime) -> None:
    """A supervisor or above of the case's line."""
    _at_least(state, by, Rung.SUPERVISOR)


def manager(state: State, by: Actor, at: datetime) -> None:
    """A manager or above of the case's line."""
    _at_least(state, by, Rung.MANAGER)


def operator(state: State, by: Actor, at: datetime) -> None:
    """An operator: nobody of the ladder moves the company's promises."""
    if by.role is not Role.OPERATOR:
        raise Refused(Code.WRONG_ROLE, f"This is an operator's to do; {by.id} is a {by.role}.")


def writer_of_notes(state: State, by: Actor, at: datetime) -> None:
    """Until the case is planned its line is unknown, so anybody of the ladder may leave a note."""
    if state.status is Status.OPENING:
        rung_of(by)
    else:
        owner(state, by, at)


def taken_by_signal(state: State, event: Event) -> None:
    """What came by signal is a claim of somebody whom nobody verified: the policy lists what is not taken so."""
    terms = state.plan.terms if state.plan else None
    if event.via is Via.SIGNAL and terms and event.kind in terms.refused_by_signal:
        raise Refused(
            Code.NOT_BY_SIGNAL,
            f"The policy {terms.policy} does not take `{event.kind}` by signal, because nobody knows who sent it. Send "
            "it to the API, without `respond-async`, or by the update `act`.",
        )


# What must be so


def can_claim(state: State, by: Actor, at: datetime) -> None:
    """Offered to the actor or to a queue that the actor fits; a higher rung of the line may always."""
    rung = rung_of(by)
    held, offer = state.owner, state.offer
    if offer is None and held.person is not None and not (rung.height > held.rung.height and by.in_line_of(held.team)):
        who = "You have" if held.person == by.id else f"{held.person} has"
        raise Refused(Code.ALREADY_CLAIMED, f"{who} claimed this case already.", owner=held.person)
    wanted, team = (offer.rung, offer.team) if offer else (held.rung, held.team)
    if rung.height < wanted.height:
        raise Refused(Code.RUNG_TOO_LOW, f"The case is offered at rung {wanted}; {by.id} is {rung}.", rung=wanted)
    if not by.in_line_of(team):
        raise Refused(Code.NOT_QUALIFIED, f"The case is the team {team}'s; {by.id} belongs to {', '.join(by.teams)}.")
    if offer is None or rung.height > wanted.height:
        return
    if offer.skill and offer.skill not in by.skills:
        raise Refused(Code.NOT_QUALIFIED, f"The case needs the skill {offer.skill}, which {by.id} does not have.")
    if offer.person not in (None, by.id):
        raise Refused(
            Code.OFFERED_TO_OTHER, f"The case is offered to {offer.person}; it is not yours to claim.", to=offer.person
        )


def has_offer(state: State, by: Actor, at: datetime) -> None:
    """There is an offer, and the actor is somebody it is made to."""
    if state.offer is None:
        raise Refused(Code.NO_OFFER, f"Nothing is offered to {by.id}; {state.owner.label} has the case.")
    if state.offer.person not in (None, by.id):
        raise Refused(Code.NO_OFFER, f"The case is offered to {state.offer.person}, not to {by.id}.")
    if by.id in state.declined_by:
        raise Refused(Code.NO_OFFER, f"{by.id} has declined this case already; it is offered to others.")
    can_claim(state, by, at)


def offer_within_reach(state: State, by: Actor, at: datetime) -> None:
    """Nobody steers an offer that is made above them."""
    wanted = state.offer.rung if state.offer else state.owner.rung
    if rung_of(by).height < wanted.height:
        raise Refused(Code.RUNG_TOO_LOW, f"The case is offered to rung {wanted}; {by.id} is {by.rung}.", rung=wanted)


def not_offered_up(state: State, by: Actor, at: datetime) -> None:
    """No offer to a higher rung stands."""
    if state.offer and state.offer.rung.height > state.owner.rung.height:
        raise Refused(
            Code.ALREADY_OFFERED_UP,
            f"The case is offered to {state.offer.label} at rung {state.offer.rung} already.",
            to=state.offer.label,
        )


def manager_asked_for(state: State, by: Actor, at: datetime) -> None:
    """The customer asked for a manager and has had no answer."""
    if state.insistence is None or state.insistence.answered:
        raise Refused(Code.NOBODY_ASKED, "The customer has not asked for a manager, or has had this answer. Reply.")


def something_asked(state: State, by: Actor, at: datetime) -> None:
    """A reply asked the customer something, and they have not answered."""
    if state.status is Status.WAITING_CUSTOMER:
        raise Refused(Code.ALREADY_WAITING, "The case waits for the customer already.")
    if state.asks is None:
        raise Refused(Code.NOTHING_ASKED, "The customer was asked nothing. Send a reply with `asks` first.")


def is_waiting(state: State, by: Actor, at: datetime) -> None:
    """The case waits for the customer."""
    if state.status is not Status.WAITING_CUSTOMER:
        raise Refused(Code.NOT_WAITING, "The case does not wait for the customer.")


def can_go_down(state: State, by: Actor, at: datetime) -> None:
    """An offer upwards can be sent back by whom it reaches; otherwise there must be a rung below."""
    if state.offer and state.offer.rung.height > state.owner.rung.height:
        offer_within_reach(state, by, at)
        return
    floor = min(Rung.AGENT.height, state.plan.rung.height if state.plan else 0)
    if state.owner.rung.height <= floor:
        raise Refused(Code.AT_BOTTOM, f"{state.owner.rung} is the bottom of this case's ladder.")


def some_hand_off(state: State, by: Actor, at: datetime) -> None:
    """A specialist, or a team, has a question of this case."""
    if not state.open_handoffs:
        raise Refused(Code.NO_HAND_OFF, "No specialist has a question of this case. Send `hand_off` to ask one.")


def some_specialist_asked(state: State, by: Actor, at: datetime) -> None:
    """A specialist has asked something back."""
    if not any(handed.asks for handed in state.open_handoffs):
        raise Refused(Code.NOTHING_ASKED, "No specialist has asked anything back.")


# What the event itself must say


def reason_may_be_given(state: State, event: Escalate, at: datetime) -> None:
    """A person may give this reason, and what it needs is on record."""
    route = ROUTES[event.reason]
    if not route.voluntary:
        instead = INSTEAD.get(event.reason) or f"Give one of: {', '.join(VOLUNTARY)}."
        raise Refused(Code.NOT_VOLUNTARY, f"`{event.reason}` is not for people to escalate with. {instead}")
    way = state.plan.pathway(state.channel) if state.plan else None
    if way and not way.has_trigger(event.reason):
        allowed = ", ".join(filter(way.has_trigger, VOLUNTARY)) or "none; its deadlines and the customer move it"
        raise Refused(
            Code.NOT_ON_PATHWAY,
            f"`{event.reason}` does not count on the pathway {way.name} ({state.channel}). Give one of: {allowed}.",
        )
    rung = state.owner.rung
    if route.needs is Needs.ATTEMPT and not any(tried.rung.height >= rung.height for tried in state.attempts):
        raise Refused(Code.NO_ATTEMPT, f"Record an `attempt` at rung {rung} first: `{event.reason}` needs one.")
    if route.needs is Needs.SUGGESTION and not any(suggests_attention(one) for one in state.suggestions):
        kinds = ", ".join(ATTENTION)
        raise Refused(
            Code.NO_SUGGESTION, f"`{event.reason}` needs a suggestion that stands: {kinds}. Give another reason."
        )
    if route.needs is Needs.TRANSCRIPT:
        bot_with_transcript(state, event.reason)


def suggests_attention(suggestion: Suggestion) -> bool:
    """Whether a person may send the case up for what was suggested."""
    return suggestion.reason in ATTENTION and suggestion.state is not SuggestionState.DISMISSED


def bot_with_transcript(state: State, reason: Reason) -> None:
    """The chatbot has the case, and what it said to the customer is on record."""
    if state.owner.rung is not Rung.BOT or state.complaint.transcript is None:
        raise Refused(
            Code.NO_TRANSCRIPT, f"`{reason}` is for a case at rung bot that was opened with the chatbot's `transcript`."
        )


def assignee_qualified(state: State, event: Assign, at: datetime) -> None:
    """The person named, as the directory knows them, can take what is offered; who is away must have had it."""
    if event.reason and state.owner.person is None:
        raise Refused(
            Code.NO_OWNER, f"The queue of {state.owner.team} has the case, so nobody is away. Leave `reason` out."
        )
    _qualified(state, event.to, state.offer.rung if state.offer else state.owner.rung)


def peer_qualified(state: State, event: Transfer, at: datetime) -> None:
    """The person named is a peer, and somebody else."""
    if event.to.person is not None and event.to.person == state.owner.person:
        raise Refused(Code.NOT_QUALIFIED, f"{event.to.person} has the case already.")
    _qualified(state, event.to, state.owner.rung)


def another_case(state: State, event: Close, at: datetime) -> None:
    """A case is the duplicate of another one."""
    if event.duplicate_of == state.case_id:
        raise Refused(Code.SAME_CASE, f"{state.case_id} cannot be the duplicate of itself. Name the other case.")


def another_question(state: State, event: HandOff, at: datetime) -> None:
    """The team does not have this question already, and not too much is open."""
    for handed in state.open_handoffs:
        if handed.team == event.team and _same(handed.question, quoted(event.question)):
            raise Refused(
                Code.ALREADY_HANDED_OFF,
                f"The team {event.team} has this question already: {handed.handoff_id}. Wait for its answer.",
                handoff_id=handed.handoff_id,
            )
    if len(state.open_handoffs) >= OPEN_HANDOFFS:
        raise Refused(
            Code.TOO_MANY_HAND_OFFS,
            f"{OPEN_HANDOFFS} questions are open already. Wait for an answer, or call one off with `cancel_hand_off`.",
        )


def hand_off_open(state: State, event: AnswerBack | CancelHandOff, at: datetime) -> None:
    """There is such a hand-off, and somebody still works on it."""
    handed = state.handoff(event.handoff_id)
    if handed is None or handed.status.over:
        open_ones = ", ".join(handed.handoff_id for handed in state.open_handoffs) or "none"
        what = f"is {handed.status} already" if handed else "is not one of this case"
        raise Refused(Code.NO_HAND_OFF, f"The hand-off {event.handoff_id} {what}. Open are: {open_ones}.")


def specialist_asked(state: State, event: AnswerBack, at: datetime) -> None:
    """The specialist has asked something back."""
    handed = state.handoff(event.handoff_id)
    if handed and handed.status is not HandoffStatus.ASKED_BACK:
        raise Refused(Code.NOTHING_ASKED, f"{handed.specialist or handed.team} has not asked anything back.")


def another_priority(state: State, event: SetPriority, at: datetime) -> None:
    """It changes something."""
    if event.priority is state.priority:
        raise Refused(Code.SAME_AS_NOW, f"The priority is {event.priority} already.")


def another_category(state: State, event: Recategorise, at: datetime) -> None:
    """It changes something."""
    now = {"product": state.product, "issue": state.issue, "tier": state.tier, "team": state.owner.team}
    if all(getattr(event, name) in (None, known) for name, known in now.items()):
        said = ", ".join(f"{name} {known}" for name, known in now.items() if known)
        raise Refused(Code.SAME_AS_NOW, f"Nothing would change: it is {said} already.")


def nothing_pending(state: State, event: Resolve, at: datetime) -> None:
    """No answer of a specialist, and no decision on a remedy, is awaited, or it is said why that does not matter."""
    if state.open_handoffs and event.despite is None:
        waiting = "; ".join(f"{handed.handoff_id} to {handed.team}" for handed in state.open_handoffs)
        raise Refused(
            Code.HAND_OFF_PENDING,
            f"An answer is awaited: {waiting}. Wait for it, call it off, or give the reason in `despite`.",
            handoffs=[handed.handoff_id for handed in state.open_handoffs],
        )
    if (proposed := pending(state)) and event.despite is None:
        waiting = "; ".join(f"{each.remedy_id}, {named(each)}" for each in proposed)
        raise Refused(
            Code.REMEDY_PENDING,
            f"A decision is awaited: {waiting}. Have it decided, or give the reason in `despite`.",
            remedies=[each.remedy_id for each in proposed],
        )


def _same(one: str, other: str) -> bool:
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


def _qualified(state: State, to: Recipient, rung: Rung) -> None:
    if to.person is None:
        return
    if to.person in state.declined_by:
        raise Refused(Code.DECLINED_BEFORE, f"{to.person} has declined this case; it is not offered to them again.")
    if to.rung is None:
        return
    if to.rung is not rung:
        raise Refused(Code.NOT_QUALIFIED, f"{to.person} is {to.rung}; the case is to be offered at rung {rung}.")
    team = to.team or (state.offer.team if state.offer else state.owner.team)
    if to.teams and team not in to.teams:
        raise Refused(Code.NOT_QUALIFIED, f"{to.person} is not in the team {team}.")
    if to.skill and to.skill not in to.skills:
        raise Refused(Code.NOT_QUALIFIED, f"{to.person} does not have the skill {to.skill}.")


def _at_least(state: State, by: Actor, rung: Rung) -> None:
    if rung_of(by).height < rung.height:
        raise Refused(Code.RUNG_TOO_LOW, f"This takes {rung.with_article} or above; {by.id} is {by.rung}.", rung=rung)
    if not by.in_line_of(state.owner.team):
        raise Refused(Code.NOT_QUALIFIED, f"{by.id} is not in the line of the team {state.owner.team}.")
