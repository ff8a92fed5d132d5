"""Who may grant how much, and what is refused of a proposal or a decision. Knows limits; not what granting leads to.

The rep who lacks the authority for what is asked passes the question on (i-Sight, "When (and How) to Escalate a
Customer Complaint"; "Escalating Calls"); what lies within it, they settle at once, at the lowest level possible ("The
Definitive Guide to Escalation Management", HubSpot). Nobody ever decides on what they proposed themselves.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from cases.actions import DecideRemedy, ProposeRemedy
from cases.events import Actor, Code, Refused
from cases.ladder import rung_of
from cases.money import rounded, words
from cases.people import Trusted
from cases.plan import REFUSED_BY_SIGNAL, CurrencyTerms, RemedyTerms
from cases.remedies import is_money, named, pending, remedy
from cases.state import State
from cases.view import ProposedRemedy
from cases.words import RemedyState, Rung, Via

OPEN_REMEDIES = 10
"""How many remedies of a case may wait for a decision at once."""


def authority(terms: RemedyTerms, actor: Actor, currency: str) -> Decimal:
    """The most that this person may grant: by the directory, in the policy's own currency; otherwise by their rung."""
    there = terms.currencies[currency]
    if actor.authority is not None and currency == terms.currency:
        return Decimal(actor.authority).scaleb(-there.digits)
    return there.of_rung(actor.rung) if actor.rung else Decimal(0)


def covers(state: State, actor: Actor, amount: Decimal | None, currency: str | None) -> bool:
    """Whether it is theirs to grant. An apology is everybody's; what the policy no longer knows is for the top rung."""
    terms = state.plan.terms.remedies if state.plan else None
    if not amount or currency is None:
        return actor.rung is not None
    if terms is None or currency not in terms.currencies:
        return actor.rung is Rung.EXECUTIVE
    return amount <= authority(terms, actor, currency)


def lowest_rung(state: State, amount: Decimal | None, currency: str | None) -> Rung | None:
    """The lowest rung of people whose authority covers it; None if it is beyond all of them."""
    people = [rung for rung in Rung if rung is not Rung.BOT]
    if not amount or currency is None:
        return people[0]
    terms = state.plan.terms.remedies if state.plan else None
    there = terms.currencies.get(currency) if terms else None
    return next((rung for rung in people if amount <= there.of_rung(rung)), None) if there else Rung.EXECUTIVE


def trusted(state: State, amount: Decimal | None, currency: str | None, but: str) -> list[Trusted]:
    """Those of the line who may grant what is beyond every rung, the least trusted first; `but` proposed it."""
    terms = state.plan.terms.remedies if state.plan else None
    if amount is None or terms is None or currency != terms.currency or currency not in terms.currencies:
        return []
    digits = terms.currencies[currency].digits
    return [
        person
        for person in reversed(state.trusted)
        if person.person != but
        and person.in_line_of(state.owner.team)
        and amount <= Decimal(person.authority).scaleb(-digits)
    ]


def granted_at_once(state: State, event: ProposeRemedy) -> bool:
    """Whether who proposes it may grant it. What a signal says of its sender's authority, nobody has checked."""
    refused = state.plan.terms.refused_by_signal if state.plan else REFUSED_BY_SIGNAL
    trusted = event.via is not Via.SIGNAL or "decide_remedy" not in refused
    return trusted and covers(state, event.by, event.amount, event.currency)


# Who may


def decider(state: State, by: Actor, at: datetime) -> None:
    """Somebody of the case's line. How much they may grant is looked at for each remedy."""
    if not by.in_line_of(state.owner.team) or rung_of(by) is Rung.BOT:
        raise Refused(Code.NOT_QUALIFIED, f"{by.id} is not of those who decide for the team {state.owner.team}.")


# What must be so


def remedies_offered(state: State, by: Actor, at: datetime) -> None:
    """The policy says what may be granted."""
    if state.plan and state.plan.terms.remedies is None:
        raise Refused(
            Code.NO_REMEDIES, f"The policy {state.plan.terms.policy} says nothing of remedies: it needs [remedies]."
        )


def room_for_remedies(state: State, by: Actor, at: datetime) -> None:
    """Not too much waits for a decision already."""
    if len(pending(state)) >= OPEN_REMEDIES:
        raise Refused(
            Code.TOO_MANY_REMEDIES, f"{OPEN_REMEDIES} remedies wait for a decision already. Have one decided."
        )


def something_to_decide(state: State, by: Actor, at: datetime) -> None:
    """A remedy waits that this person may decide on."""
    if not state.remedies:
        raise Refused(Code.UNKNOWN_REMEDY, "No remedy was proposed in this case. Send `propose_remedy` first.")
    waiting = pending(state)
    if not waiting:
        raise _decided(state.remedies[-1])
    refusals = [refusal for proposed in waiting if (refusal := _not_theirs(state, by, proposed))]
    if len(refusals) == len(waiting):
        raise refusals[-1]


# What the event itself must say


def currency_known(state: State, event: ProposeRemedy, at: datetime) -> None:
    """The policy has the currency, and the amount as many digits as there are in it."""
    if event.amount is None or event.currency is None:
        return
    known = _terms(state).currencies
    if event.currency not in known:
        said = ", ".join(sorted(known))
        raise Refused(
            Code.UNKNOWN_CURRENCY, f"The policy grants nothing in {event.currency}. `currency` is one of: {said}."
        )
    digits = known[event.currency].digits
    try:
        rounded(event.amount, digits)
    except ValueError:
        raise Refused(
            Code.TOO_MANY_DIGITS,
            f"`amount` is {event.amount:f}, and {event.currency} has {digits or 'no'} digits after the point.",
        ) from None


def another_remedy(state: State, event: ProposeRemedy, at: datetime) -> None:
    """An equal one does not wait for a decision already."""
    for proposed in pending(state):
        if (proposed.remedy, proposed.amount, proposed.currency) == (event.remedy, *event.price):
            raise Refused(
                Code.ALREADY_PROPOSED,
                f"{proposed.proposed_by} proposed this already: {proposed.remedy_id}. Wait for the decision on it.",
                remedy_id=proposed.remedy_id,
            )


def within_limit(state: State, event: ProposeRemedy, at: datetime) -> None:
    """With it the customer has not got more money than the policy allows: in other cases, and in this one."""
    if event.amount is None or event.currency is None or not event.remedy.is_money:
        return
    there = _terms(state).currencies[event.currency]
    if there.limit is None:
        return
    left = there.limit - _counted(state, event.currency)
    if event.amount > left:
        raise _over_limit(state, there, event.currency, max(left, Decimal(0)))


def somebody_may(state: State, event: ProposeRemedy, at: datetime) -> None:
    """There is a rung that may grant so much, or somebody whom the directory trusts with it."""
    if granted_at_once(state, event) or lowest_rung(state, event.amount, event.currency) is not None:
        return
    if not trusted(state, event.amount, event.currency, event.by.id):
        least = trusted(state, Decimal(0), event.currency, event.by.id)
        terms = _terms(state)
        there = terms.currencies[event.currency or ""]
        most = max([there.of_rung(Rung.EXECUTIVE), *(Decimal(one.authority).scaleb(-there.digits) for one in least)])
        raise Refused(
            Code.NO_AUTHORITY,
            f"Nobody else may grant {words(event.amount, event.currency)}: {words(most, event.currency)} is the most.",
        )


def may_decide(state: State, event: DecideRemedy, at: datetime) -> None:
    """There is such a remedy, it waits for a decision, and this person may decide on it."""
    proposed = remedy(state, event.remedy_id)
    if proposed is None:
        waiting = ", ".join(each.remedy_id for each in pending(state))
        raise Refused(Code.UNKNOWN_REMEDY, f"This case has no remedy {event.remedy_id}. Waiting are: {waiting}.")
    if proposed.state is not RemedyState.PENDING:
        raise _decided(proposed)
    refusal = _not_theirs(state, event.by, proposed)
    if refusal:
        raise refusal


def _not_theirs(state: State, by: Actor, proposed: ProposedRemedy) -> Refused | None:
    if proposed.proposed_by == by.id:
        return Refused(
            Code.OWN_PROPOSAL,
            f"{by.id} proposed {proposed.remedy_id}; somebody else decides on it.",
            remedy_id=proposed.remedy_id,
        )
    if covers(state, by, proposed.amount, proposed.currency):
        return None
    lowest = lowest_rung(state, proposed.amount, proposed.currency)
    people = () if lowest else trusted(state, proposed.amount, proposed.currency, proposed.proposed_by)
    takes = " or ".join(one.person for one in people) or f"a {lowest or proposed.asked}"
    return Refused(
        Code.NO_AUTHORITY,
        f"{proposed.remedy_id}, {named(proposed)}, is beyond {by.id}. It takes {takes}.",
        remedy_id=proposed.remedy_id,
        rung=lowest or proposed.asked,
    )


def _decided(proposed: ProposedRemedy) -> Refused:
    by = f" by {proposed.decided_by}" if proposed.decided_by else ""
    return Refused(
        Code.REMEDY_DECIDED,
        f"{proposed.remedy_id}, {named(proposed)}, was decided already{by}: it is {proposed.state}.",
        remedy_id=proposed.remedy_id,
        by=proposed.decided_by,
    )


def _over_limit(state: State, there: CurrencyTerms, currency: str, left: Decimal) -> Refused:
    before = state.granted_before.get(currency, Decimal(0))
    here = _counted(state, currency) - before
    days = f" within {there.within.days} days" if there.within and there.within.days else ""
    return Refused(
        Code.OVER_LIMIT,
        f"A customer may get {words(there.limit, currency)}{days}: {words(before, currency)} came of other cases, "
        f"{words(here, currency)} is granted or proposed in this one. {words(left, currency)} is left.",
        left=str(left),
    )


def _counted(state: State, currency: str) -> Decimal:
    """The money that counts for the limit: got in other cases, granted in this one, or waiting for a decision."""
    waiting = (p.amount for p in pending(state) if is_money(p) and p.amount is not None and p.currency == currency)
    here = state.granted.get(currency, Decimal(0)) + sum(waiting, Decimal(0))
    return state.granted_before.get(currency, Decimal(0)) + here


def _terms(state: State) -> RemedyTerms:
    terms = state.plan.terms.remedies if state.plan else None
    if terms is None:
        raise RuntimeError(f"{state.case_id} has no terms for remedies")
    return terms
