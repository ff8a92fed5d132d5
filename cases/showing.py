"""How a state is shown: the view, the brief, and whose move it is. Reads only."""

from __future__ import annotations

from datetime import datetime

from cases import safety, statutory
from cases.clocks import Clock
from cases.conduct import Conduct
from cases.delivering import is_destination
from cases.events import Actor, Refused
from cases.guiding import guidance, next_step
from cases.ladder import ROUTES
from cases.remedies import named, pending
from cases.state import Offer, State
from cases.suggesting import NAMES
from cases.table import TABLE, admit
from cases.view import (
    Brief,
    CaseView,
    ClockView,
    CustomerView,
    HandedOff,
    Happened,
    HoldsView,
    OfferView,
    OwnerView,
    ProposedRemedy,
)
from cases.words import STAFF, STAFF_CLOCKS, ClockName, ClockState, ContactOption, Mark, Status, WaitingOn

TRANSCRIPT = 8_000
"""The most of a chatbot's transcript that the brief shows, in characters; the complaint has the whole."""


def view(state: State, now: datetime, actor: Actor | None = None) -> CaseView:
    """The case at `now`; with an actor, also what is open to them."""
    complaint, plan = state.complaint, state.plan
    for_staff = actor is None or actor.role in STAFF  # without an actor, for the records and operators
    clocks = [clock for clock in state.clocks if for_staff or clock.name not in STAFF_CLOCKS]
    deadlines = [due for due in (clock.due_at for clock in clocks if clock.breached_at is None) if due]
    return CaseView(
        case_id=state.case_id,
        source=complaint.source,
        reference=complaint.reference,
        fingerprint=complaint.fingerprint,
        version=state.version,
        status=state.status,
        rung=state.owner.rung,
        owner=_party(state.owner.person, state.owner.team),
        offer=_offer(state, state.offer) if state.offer else None,
        waiting_on=waiting_on(state),
        priority=state.priority,
        tier=state.tier,
        team=state.owner.team,
        channel=state.channel,
        product=state.product,
        issue=state.issue,
        language=complaint.language or (plan.language if plan else "en"),
        customer=_customer(state),
        received_at=complaint.received_at or state.opened_at,
        opened_at=state.opened_at,
        closed_at=state.closed_at,
        closed_as=state.closed_as,
        duplicate_of=state.duplicate_of,
        resolution=state.resolution,
        clocks=tuple(clock_view(clock, now) for clock in clocks),
        pathway=plan.pathway(state.channel).name if plan else None,
        live=plan is not None and plan.pathway(state.channel).live,
        contact=_contact(state),
        holds=HoldsView(count=state.holds.count, held_s=state.holds.held(now).total_seconds(), since=state.holds.since),
        handoffs=tuple(_handoff(state, handed) for handed in state.handoffs),
        conduct=state.conduct if for_staff and state.conduct != Conduct() else None,
        remedies=tuple(_remedy(state, proposed) for proposed in state.remedies),
        breached=any(clock.live and clock.breached_at for clock in state.clocks),
        next_due=min(deadlines, default=None),
        escalations=state.escalations,
        reopened=state.reopened,
        follows=complaint.follows,
        earlier_cases=state.earlier_cases,
        suggestions=tuple(one.model_copy(update={"next_step": next_step(state, one)}) for one in state.suggestions)
        if for_staff
        else (),
        satisfaction=state.satisfaction,
        lessons=tuple(state.lessons) if for_staff else (),
        queued=len(state.queued),
        stuck=tuple(f"{stuck.effect}: {stuck.error}" for stuck in state.stuck),
        policy=plan.terms.policy if plan else None,
        policy_hash=plan.terms.policy_hash if plan else None,
        allowed=allowed(state, actor, now) if actor else (),
        guidance=guidance(state) if for_staff else (),
        now=now,
    )


def waiting_on(state: State) -> WaitingOn:
    """Whose move it is."""
    if state.status in (Status.CLOSED, Status.ARCHIVED):
        # Its last words may still be on their way: so a case that cannot end is found among those that are stuck.
        if any(is_destination(stuck.effect) for stuck in state.stuck):
            return WaitingOn.STUCK
        if statutory.owed(state):
            return WaitingOn.OWNER
        return WaitingOn.APPROVAL if pending(state) or safety.is_awaited(state) else WaitingOn.NOBODY
    if state.stuck:
        return WaitingOn.STUCK
    if state.offer:
        return WaitingOn.OFFER
    if safety.is_awaited(state):
        return WaitingOn.APPROVAL
    confirm = state.clock(ClockName.CONFIRM)
    held = confirm is not None and confirm.state is ClockState.PAUSED
    if state.status is Status.WAITING_CUSTOMER or (state.status is Status.RESOLVED and not held):
        return WaitingOn.CUSTOMER
    if any(handed.asks for handed in state.open_handoffs):
        return WaitingOn.OWNER
    if pending(state):
        return WaitingOn.APPROVAL
    return WaitingOn.HAND_OFF if state.open_handoffs else WaitingOn.OWNER


def allowed(state: State, actor: Actor, now: datetime) -> tuple[str, ...]:
    """The kinds of events that the case would take from the actor now, as far as can be told before their fields."""
    return tuple(kind for kind, row in TABLE.items() if row.who and _admits(state, kind, actor, now))


def brief(state: State) -> Brief:
    """What a new owner reads first."""
    complaint = state.complaint
    # Two promises may have the same title: what is due first is what must not be overlooked.
    dues = [(clock.due_at, clock.title) for clock in state.clocks if clock.live and clock.due_at]
    due = {title: at for at, title in sorted(dues, reverse=True)}
    return Brief(
        case_id=state.case_id,
        version=state.version,
        headline=_headline(state),
        customer=_customer(state),
        complaint=complaint.text,
        remedy_sought=complaint.remedy_sought,
        received_at=complaint.received_at or state.opened_at,
        transcript=_newest(complaint.transcript),
        why_it_climbed=tuple(
            Happened(
                at=climb.at,
                by=climb.by,
                text=f"{climb.from_rung} to {climb.to_rung}: {ROUTES[climb.reason].words}"
                + (f" ({climb.text})" if climb.text else ""),
            )
            for climb in state.climbs
        ),
        tried=tuple(
            Happened(at=tried.at, by=tried.by, text=f"{tried.text} — {tried.outcome}") for tried in state.attempts
        ),
        said=tuple(
            Happened(at=said.at, by="company" if said.to_customer else "customer", text=said.text)
            for said in state.said
        ),
        open_question=state.asks,
        specialists=tuple(
            Happened(
                at=handed.ended_at or handed.asked_at,
                by=handed.specialist or handed.team,
                text=f"{handed.question} — {handed.answer or handed.status.value.replace('_', ' ')}",
            )
            for handed in state.handoffs
        ),
        conduct=tuple(
            Happened(at=recorded.at, by=recorded.by, text=sentence) for recorded, sentence in state.conduct.lines()
        ),
        guidance=guidance(state),
        remedies=tuple(
            Happened(
                at=proposed.decided_at or proposed.proposed_at,
                by=proposed.decided_by or proposed.proposed_by,
                text=f"{named(proposed)}, {proposed.state}" + (f" — {proposed.reason}" if proposed.reason else ""),
            )
            for proposed in state.remedies
        ),
        due=due,
        earlier_cases=state.earlier_cases,
        earlier=state.earlier,
        follows=complaint.follows,
        suggested=tuple(
            Happened(at=one.at, by=one.decided_by or "caseladder", text=f"{NAMES[one.reason]}: {one.why} ({one.state})")
            for one in state.suggestions
        ),
    )


def _newest(transcript: str | None) -> str | None:
    """The end of what passed with a chatbot: what was said last is why a person is needed."""
    if transcript is None or len(transcript) <= TRANSCRIPT:
        return transcript
    return f"…{transcript[1 - TRANSCRIPT :]}"


def _headline(state: State) -> str:
    complaint = state.complaint
    about = f"{state.product}: {state.issue}" if state.issue else state.product
    who = complaint.customer.name or "The customer"
    wants = f" They want: {complaint.remedy_sought}" if complaint.remedy_sought else ""
    now = f", and speaks by {state.channel} now" if state.channel is not complaint.channel else ""
    return f"{who} complains by {complaint.channel} about {about}{now}.{wants}"


def _admits(state: State, kind: str, actor: Actor, now: datetime) -> bool:
    try:
        admit(state, kind, actor, now)
    except Refused:
        return False
    return True


def _contact(state: State) -> tuple[ContactOption, ...]:
    plan, channel = state.plan, state.channel
    if plan is None or state.conduct.written_only or not plan.has_clock(ClockName.CALLBACK, channel):
        return ()
    return tuple(filter(plan.pathway(channel).has_contact, ContactOption))


def _party(person: str | None, team: str) -> OwnerView:
    return OwnerView(person=person, queue=None if person else team)


def _offer(state: State, offer: Offer) -> OfferView:
    clock = state.clock(ClockName.ACKNOWLEDGE)
    return OfferView(
        to=_party(offer.person, offer.team),
        team=offer.team,
        rung=offer.rung,
        reasons=offer.reasons,
        made_at=offer.made_at,
        expires_at=clock.due_at if clock else None,
        declined_by=tuple(state.declined_by),
    )


def _handoff(state: State, handed: HandedOff) -> HandedOff:
    clock = next((clock for clock in state.clocks if clock.id == handed.clock), None)
    return handed.model_copy(update={"due_at": clock.due_at if clock else None})


def _remedy(state: State, proposed: ProposedRemedy) -> ProposedRemedy:
    clock = next((clock for clock in state.clocks if clock.id == proposed.clock), None)
    return proposed.model_copy(update={"due_at": clock.due_at}) if clock else proposed


def clock_view(clock: Clock, now: datetime) -> ClockView:
    """A clock at `now`."""
    elapsed = clock.elapsed(now)
    return ClockView(
        id=clock.id,
        name=clock.name,
        state=clock.state,
        target_s=clock.target.total_seconds(),
        elapsed_s=elapsed.total_seconds(),
        remaining_s=(clock.target - elapsed).total_seconds(),
        due_at=clock.due_at,
        breached_at=clock.breached_at,
        warned=clock.warned > 0,
        pausable=clock.pausable,
        label=clock.label,
        calendar=clock.calendar,
        zone=clock.hours.zone,
        late_s=next((entry.late_s for entry in reversed(clock.ledger) if entry.mark is Mark.BREACH), None),
        ledger=tuple(clock.ledger),
    )


def _customer(state: State) -> CustomerView:
    customer = state.complaint.customer
    return CustomerView(id=customer.id, name=customer.name, contact=customer.contact, zone=customer.zone)
