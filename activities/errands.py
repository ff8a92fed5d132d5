"""The activities of a case and its hand-offs. Each may run more than once for the same errand, and no harm is done."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from temporalio import activity

from activities.destinations import Destinations, outgoing, sources_of
from activities.paging import Pager, without_targets
from activities.paying import Book, Payments
from activities.rendering import Messages, untranslated
from cases.commit import Commit, Committed
from cases.delivering import decisions
from cases.effects import (
    AlertStaff,
    Choice,
    ChoosePerson,
    ChooseSpecialist,
    Correction,
    CorrectTerms,
    ExtendCalendar,
    Extension,
    Payment,
    PayRemedy,
    PlanCase,
    Planning,
    ReplanCase,
    Replanning,
)
from cases.paging import Page, Paged
from cases.people import Trusted
from cases.turn import quoted
from cases.words import HandoffStatus, Rung
from policies import Policy, Shifts, restore
from policies.calendars import horizon
from records import OnShift, Records

CALENDARS_HOLD_S = 10.0
"""How long the calendars of shifts are believed before they are read again, in seconds."""


class Activities:
    """What a worker can do for cases: synchronous, for a thread pool; named as the errands' kinds are.

    Nothing here is raised as non-retryable. The records come back, a template is repaired, a policy is put right, and
    the errand then succeeds; a case that gave up would be a complaint that nobody has.
    """

    def __init__(
        self,
        records: Records,
        policy: Policy,
        messages: Messages | None = None,
        payments: Payments | None = None,
        destinations: Destinations = (),
        pager: Pager | None = None,
    ) -> None:
        self._records = records
        self._policy = policy
        self._messages = messages or Messages()
        self._payments = payments or Book(records)
        self._calendars: tuple[float, Shifts] | None = None
        self._destinations = sources_of(destinations)
        self._pager = pager

    def all(self) -> list[Callable[..., Any]]:
        """Every activity, for `Worker(activities=...)`."""
        return [
            self.plan,
            self.replan,
            self.extend,
            self.correct,
            self.choose,
            self.choose_specialist,
            self.pay,
            self.commit,
            self.release,
            self.page,
        ]

    @activity.defn(name="plan")
    def plan(self, errand: PlanCase) -> Planning:
        """Policy, triage, the customer's other cases, and the first person to offer the case to.

        The policy is the one that this worker was started with; it is kept in the records by its hash first, so that
        no case is ever pinned to a policy that nobody can read.
        """
        policy, complaint = self._policy, errand.complaint
        self._records.keep_policy(policy.hash, policy.name, policy.content)
        plan = policy.plan(complaint, errand.now or datetime.now(UTC))
        wish = ChoosePerson(
            id=errand.id, case_id=errand.case_id, team=plan.team, rung=plan.rung, language=plan.language
        )
        choice = self._records.choose(wish, datetime.now(UTC), self._shifts())
        return Planning(
            plan=plan,
            person=choice.person,
            why=choice.why,
            earlier_cases=tuple(self._records.cases_of(complaint.customer.id, but=errand.case_id)),
            earlier=tuple(self._records.earlier_cases(complaint.customer.id, errand.case_id, complaint.follows)),
            granted_before=self._granted_before(errand, policy),
            trusted=self._trusted(policy),
        )

    @activity.defn(name="replan")
    def replan(self, errand: ReplanCase) -> Replanning:
        """What triage makes of a recategorised complaint, by the policy that its case is pinned to."""
        plan = self._pinned(errand.policy_hash).plan(errand.complaint)
        return Replanning(team=plan.team, priority=plan.priority, tier=plan.tier, rule=plan.rule)

    @activity.defn(name="extend")
    def extend(self, errand: ExtendCalendar) -> Extension:
        """What comes after the horizon of a calendar of the pinned policy."""
        _, until = horizon(max(errand.now, errand.until))
        return Extension(calendar=self._pinned(errand.policy_hash).compiled(errand.calendar, errand.until, until))

    @activity.defn(name="correct")
    def correct(self, errand: CorrectTerms) -> Correction:
        """The terms and calendars of a corrected policy, which is kept in the records as every other."""
        try:
            policy = restore(errand.policy) if errand.policy else self._policy
            calendars = policy.calendars(errand.now, errand.since)
        except (ValueError, KeyError) as error:
            # Sent by hand: no patience would make it good.
            return Correction(problem=quoted(str(error)) or "it is empty")
        self._records.keep_policy(policy.hash, policy.name, policy.content)
        return Correction(terms=policy.terms, calendars=calendars)

    @activity.defn(name="choose")
    def choose(self, errand: ChoosePerson) -> Choice:
        """The least loaded qualified person for an offer, or why there is nobody."""
        return self._records.choose(errand, datetime.now(UTC), self._shifts())

    @activity.defn(name="choose_specialist")
    def choose_specialist(self, errand: ChooseSpecialist) -> Choice:
        """The specialist to offer a question to, or why there is nobody; they, or their team's queue, are told."""
        now = datetime.now(UTC)
        choice = self._records.choose_specialist(errand, now, self._shifts())
        stands = self._records.handoff(errand.question.handoff_id)
        # The answer may have come too late, for a question that somebody has accepted or that is called off.
        if stands and (stands.status, stands.person) == (HandoffStatus.OFFERED, choice.person) and choice.staffed:
            alert = _offered(errand, choice.person, now)
            paged = self._pager.wanted((alert,)) if self._pager else ()
            calls = self._records.tell(errand.question.case_id, alert, self._messages.render(alert), paged)
            if self._pager:
                self._pager.call(calls)
        return choice

    @activity.defn(name="pay")
    def pay(self, errand: PayRemedy) -> Payment:
        """Pays what was granted, once; the reference, or why it is refused for good."""
        return self._payments.pay(errand)

    @activity.defn(name="commit")
    def commit(self, batch: Commit) -> Committed | None:
        """View, timeline rows and outbox rows, the notices in words, in one transaction; and what is to be delivered.

        Answers where something waits to be delivered; nothing, if nowhere does and no operator has decided about it.
        Where words are missing in the customer's language, the case's team is told beside.
        """
        words, view = self._messages.render_all(batch.notices), batch.view
        reports = tuple(untranslated(view.case_id, view.team, view.rung, batch.notices, words))
        if reports:
            batch = batch.model_copy(update={"notices": (*batch.notices, *reports)})
        words = {**words, **self._messages.render_all(reports)}
        paged = self._pager.wanted(batch.notices) if self._pager else ()
        # Not only what this worker delivers to: another may have been told of more, and must find it written.
        sources = self._records.destinations() | self._destinations
        sent = outgoing(batch, sources) if sources else None
        written = self._records.write(batch, words, sent, paged)
        if self._pager:
            self._pager.call(written.calls)
        return Committed(deliver=written.waiting) if written.waiting or decisions(batch) else None

    @activity.defn(name="release")
    def release(self, handoff_id: str) -> None:
        """A hand-off whose case is gone is over, and weighs on nobody."""
        self._records.release(handoff_id, datetime.now(UTC))

    @activity.defn(name="page")
    def page(self, errand: Page) -> Paged:
        """What waits in a group of alerts, as one page to each of its targets."""
        return self._pager.page(errand) if self._pager else without_targets(errand)

    def _shifts(self) -> OnShift:
        """Who is on shift, by the calendars that the records have; asked again after a while, for a new one is rare."""
        now = time.monotonic()
        if self._calendars is None or now - self._calendars[0] > CALENDARS_HOLD_S:
            self._calendars = now, Shifts(self._records.calendars())
        return self._calendars[1].on

    def _granted_before(self, errand: PlanCase, policy: Policy) -> dict[str, Decimal]:
        """What the customer got in other cases, in each currency that the policy limits, in the time that it limits."""
        remedies, customer = policy.terms.remedies, errand.complaint.customer.id
        now = errand.now or datetime.now(UTC)
        got = {
            currency: self._records.paid_to(customer, currency, now - terms.within, but=errand.case_id)
            for currency, terms in (remedies.currencies.items() if remedies else ())
            if terms.within is not None
        }
        return {currency: amount for currency, amount in got.items() if amount}

    def _trusted(self, policy: Policy) -> tuple[Trusted, ...]:
        """Who may grant more than the top rung. A person's authority is in the policy's own currency."""
        remedies = policy.terms.remedies
        there = remedies.currencies.get(remedies.currency) if remedies else None
        if there is None:
            return ()
        return self._records.trusted(int(there.of_rung(Rung.EXECUTIVE).scaleb(there.digits)))

    def _pinned(self, policy_hash: str) -> Policy:
        """The policy with that hash: the one that this worker runs with, or one that the records kept."""
        if policy_hash == self._policy.hash:
            return self._policy
        content = self._records.policy(policy_hash)
        if content is None:
            raise LookupError(f"the records have no policy {policy_hash}: restore the table `policies` from a backup")
        return restore(content)


def _offered(errand: ChooseSpecialist, person: str | None, now: datetime) -> AlertStaff:
    """Word to a specialist, or to all of their team. The errand's id is its own, so it is written once."""
    question = errand.question
    return AlertStaff(
        id=errand.id,
        at=now,
        template="hand_off_offered",
        team=question.team,
        rung=Rung.AGENT,
        person=person,
        params={
            "case_id": question.case_id,
            "product": question.product,
            "channel": question.channel.value,
            "handoff_id": question.handoff_id,
            "question": quoted(question.question),
            "asked_by": question.asked_by,
            # The time to accept starts when they are told, however long that has taken.
            "expires_at": max(errand.expires_at or now, now + question.accept_within),
            "due_at": question.due_at,
        },
    )
