"""A small policy, a few people and one complaint, and a way to play a case without a server."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from cases.case import Case
from cases.complaint import Complaint, Customer
from cases.deeds import Act, Deed
from cases.effects import AlertStaff, ChoosePerson, Effect, PayRemedy, PlanCase, TellCustomer
from cases.events import SYSTEM, Actor, Code, Event, Refused
from cases.outcomes import Chosen, Failed, Paid, Planned
from cases.pathways import STANDARD, Pathway
from cases.plan import ClockTerms, CurrencyTerms, Guards, Plan, RemedyTerms, SuggestionTerms, Target, Terms
from cases.regimes import Regime, Stage
from cases.view import CaseView, ClockView, ProposedRemedy
from cases.words import (
    Breach,
    Channel,
    ClockName,
    ClockState,
    ContactOption,
    Letter,
    Priority,
    Reason,
    Role,
    Rung,
    Suggested,
    Via,
)

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)

CLOCKS: dict[ClockName, ClockTerms] = {
    ClockName.ACKNOWLEDGE: ClockTerms(default=HOUR),
    ClockName.FIRST_RESPONSE: ClockTerms(
        default=8 * HOUR, targets=(Target(within=6 * HOUR, channel=(Channel.EMAIL,)),), warn_at=(0.75,)
    ),
    ClockName.NEXT_RESPONSE: ClockTerms(default=8 * HOUR, pausable=True),
    ClockName.RESOLUTION: ClockTerms(default=5 * DAY, pausable=True, warn_at=(0.5, 0.8)),
    ClockName.REDIRECT: ClockTerms(default=30 * MINUTE),
    ClockName.CONFIRM: ClockTerms(default=7 * DAY, warn_at=(0.5,)),
    ClockName.REOPEN_WINDOW: ClockTerms(default=14 * DAY),
    ClockName.HAND_OFF: ClockTerms(default=2 * DAY, warn_at=(0.75,), on_breach=Breach.ALERT),
    ClockName.ACCEPT: ClockTerms(default=2 * HOUR),
    ClockName.ANSWER: ClockTerms(default=8 * HOUR, warn_at=(0.5,)),
    ClockName.CALLBACK: ClockTerms(default=2 * HOUR, warn_at=(0.5,)),
    ClockName.REVIEW: ClockTerms(default=3 * DAY, warn_at=(0.75,)),
    ClockName.APPROVAL: ClockTerms(default=4 * HOUR, warn_at=(0.5,)),
}

CHASING: dict[str, ClockTerms] = {
    ClockName.UPDATE.value: ClockTerms(default=2 * DAY, pausable=True, warn_at=(0.75,)),
    ClockName.CUSTOMER_SILENCE.value: ClockTerms(default=6 * DAY, warn_at=(0.25, 0.5)),
}
"""Clocks that a policy may leave out, for `terms(**CHASING)`."""

ON_HAND: dict[str, ClockTerms] = {
    ClockName.HOLD.value: ClockTerms(default=10 * MINUTE, warn_at=(0.5,)),
    ClockName.HANDLE_TIME.value: ClockTerms(default=4 * HOUR, pausable=True, warn_at=(0.75,)),
}
"""How long a customer may be on hold, and an owner have a case, for `terms(**ON_HAND)`."""

PATHWAYS = (
    Pathway(name="live", channels=(Channel.PHONE, Channel.CHAT), live=True, holds=2),
    Pathway(
        name="public",
        channels=(Channel.SOCIAL,),
        triggers=(Reason.IRATE,),
        clocks=(ClockName.UPDATE,),
        contact=(),
    ),
    Pathway(
        name="written",
        channels=(Channel.EMAIL, Channel.CHATBOT, Channel.WEB, Channel.LETTER),
        clocks=(ClockName.UPDATE, ClockName.CALLBACK, ClockName.CUSTOMER_SILENCE, ClockName.HANDLE_TIME),
        contact=(ContactOption.CALLBACK,),
    ),
)
"""Two holds on a live one; in public no calls and no chases, and only who grows more upset goes up for it."""
REMEDIES = RemedyTerms(
    currency="GBP",
    currencies={
        "GBP": CurrencyTerms(
            authority={
                Rung.AGENT: Decimal(50),
                Rung.SUPERVISOR: Decimal(250),
                Rung.MANAGER: Decimal(1000),
                Rung.EXECUTIVE: Decimal(10_000),
            },
            limit=Decimal(2000),
            within=365 * DAY,
        ),
        "JPY": CurrencyTerms(digits=0, authority={Rung.SUPERVISOR: Decimal(20_000)}),
    },
)
"""Pounds with a limit for each customer, yen without; what agents may grant in yen is nothing."""

REGIME = Regime(
    name="sample",
    stages=(
        Stage(
            name="acknowledged", within=2 * DAY, letters=(Letter.ACKNOWLEDGEMENT, Letter.FINAL_RESPONSE), warn_at=(0.5,)
        ),
        Stage(name="settled", within=3 * DAY, letters=(Letter.SUMMARY_RESOLUTION,), optional=True),
        Stage(
            name="answered",
            within=20 * DAY,
            letters=(Letter.FINAL_RESPONSE, Letter.HOLDING, Letter.SUMMARY_RESOLUTION),
            then={Letter.HOLDING: "at_last"},
            warn_at=(0.5,),
        ),
        Stage(name="at_last", within=30 * DAY, letters=(Letter.FINAL_RESPONSE,), on_breach=Breach.ALERT),
    ),
)
"""A way out that is open for three days, a duty that a letter prolongs, and one that is only alerted about."""


GUARDS = Guards(
    cool_down=timedelta(minutes=10),
    offers_beside=1,
    alert_repeat=4 * HOUR,
    threat_repeat=HOUR,
    stuck_after=5 * MINUTE,
)

ANA = Actor(id="ana", role=Role.AGENT, rung=Rung.AGENT, teams=("cards",))
BEN = Actor(id="ben", role=Role.AGENT, rung=Rung.AGENT, teams=("cards",), skills=("fraud",))
SUE = Actor(id="sue", role=Role.AGENT, rung=Rung.SUPERVISOR, teams=("cards",))
MAX = Actor(id="max", role=Role.AGENT, rung=Rung.MANAGER)
EVA = Actor(id="eva", role=Role.AGENT, rung=Rung.EXECUTIVE)
LEO = Actor(id="leo", role=Role.AGENT, rung=Rung.AGENT, teams=("loans",))
LIA = Actor(id="lia", role=Role.AGENT, rung=Rung.SUPERVISOR, teams=("loans",))
BOT = Actor(id="helper-bot", role=Role.BOT, rung=Rung.BOT)
SHOP = Actor(id="shop", role=Role.SERVICE)
CUSTOMER = Actor(id="c-1", role=Role.CUSTOMER)
OPERATOR = Actor(id="olga", role=Role.OPERATOR)
EVERYBODY = (ANA, BEN, SUE, MAX, EVA, LEO, LIA, BOT, SHOP, CUSTOMER, OPERATOR)


def terms(guards: Guards = GUARDS, *, on_breach: Breach = Breach.UP, **clocks: timedelta | ClockTerms) -> Terms:
    """The sample terms; a clock given as a duration keeps the rest of its terms."""
    chosen = dict(CLOCKS)
    for name, change in clocks.items():
        clock = ClockName(name)
        chosen[clock] = change if isinstance(change, ClockTerms) else ClockTerms(default=change)
    chosen = {name: clock.model_copy(update={"on_breach": on_breach}) for name, clock in chosen.items()}
    return Terms(
        policy="sample", policy_hash="5a3b1e", clocks=chosen, guards=guards, pathways=STANDARD, remedies=REMEDIES
    )


def suggestions(*, escalates: bool = False) -> tuple[SuggestionTerms, ...]:
    """Rules that find what the samples say; `escalates` by themselves, or not."""
    words: dict[Suggested, tuple[str, ...]] = {
        Suggested.ASKS_FOR_MANAGER: ("speak|talk to|with a|your? manager|supervisor",),
        Suggested.THREAT: ("i will|ll ... hurt|kill you",),
        Suggested.ABUSE: ("you ... idiots|liars",),
        Suggested.LEGAL_STEP: ("my lawyer|attorney", "sue you"),
        Suggested.VULNERABLE_CUSTOMER: ("lost my job", "hospital"),
        Suggested.REPEATED_CONTACT: ("i ... called ... times",),
    }
    unless = {Suggested.LEGAL_STEP: ("closing attorney",)}
    return tuple(
        SuggestionTerms(reason=reason, words=said, unless=unless.get(reason, ()), escalates=escalates)
        for reason, said in words.items()
    )


def plan(
    of: Terms | None = None, *, rung: Rung = Rung.AGENT, team: str = "cards", regime: Regime | None = None
) -> Plan:
    """A plan for the sample complaint."""
    return Plan(terms=of or terms(), team=team, rung=rung, priority=Priority.P3, regime=regime)


def complaint(**fields: Any) -> Complaint:
    """The sample complaint, with other fields as given."""
    given: dict[str, Any] = {
        "source": "shop",
        "reference": "order-1042",
        "channel": Channel.EMAIL,
        "product": "Credit card",
        "issue": "Charged twice",
        "text": "I was charged twice for one order and nobody answers me.",
        "remedy_sought": "The second charge back.",
        "customer": Customer(id="c-1", name="Iris Vale", zone="Europe/London"),
    }
    return Complaint(**{**given, **fields})


def deed(kind: str, by: Actor, **fields: Any) -> Deed:
    """An event as people send it; `id`, `at` and `via` may be given too."""
    return Act.model_validate({"kind": kind, "id": uuid4(), "by": by, "via": Via.API, **fields}).root


def planned(errand: PlanCase, of: Plan, person: str | None = None, why: str | None = None) -> Planned:
    """The answer to the errand that opens a case."""
    return Planned(id=uuid4(), by=SYSTEM, via=Via.SYSTEM, effect=errand.id, plan=of, person=person, why=why)


class Played:
    """A case and its clock: does things at a moment, lets time pass, and keeps every effect."""

    def __init__(
        self, of: Plan | None = None, *, person: str | None = "ana", now: datetime = NOON, **fields: Any
    ) -> None:
        self.now = now
        self.effects: list[Effect] = []
        self.case, effects = Case.open(complaint(**fields), now)
        self._keep(effects)
        if of is not None:
            self.plan(of, person)

    def plan(self, of: Plan, person: str | None = "ana") -> None:
        """Answers the planning errand."""
        errand = next(effect for effect in self.effects if isinstance(effect, PlanCase))
        self._keep(self.case.apply(planned(errand, of, person), self.now))

    def do(self, kind: str, by: Actor, **fields: Any) -> list[Effect]:
        """Somebody does something now; returns its effects."""
        return self._keep(self.case.apply(deed(kind, by, **fields), self.now))

    def happen(self, outcome: Event) -> list[Effect]:
        """An event arrives now, such as an outcome."""
        return self._keep(self.case.apply(outcome, self.now))

    def choose(self, person: str | None) -> None:
        """The directory answers the newest question whom to offer to."""
        errand = [effect for effect in self.effects if isinstance(effect, ChoosePerson)][-1]
        self.happen(Chosen(id=uuid4(), by=SYSTEM, via=Via.SYSTEM, effect=errand.id, person=person, why=None))

    def wait(self, span: timedelta) -> list[Effect]:
        """Time passes, each deadline firing when it is due."""
        until = self.now + span
        effects: list[Effect] = []
        while (due := self.case.next_due()) is not None and due <= until:
            self.now = due
            effects += self._keep(self.case.tick(due))
        self.now = until
        return effects

    def oversleep(self, span: timedelta) -> list[Effect]:
        """Time passes while nothing runs; all that was due fires at the end."""
        self.now += span
        return self._keep(self.case.tick(self.now))

    @property
    def view(self) -> CaseView:
        """The case now."""
        return self.case.view(self.now)

    def clock(self, name: ClockName) -> ClockView:
        """The newest clock of that name."""
        return [clock for clock in self.view.clocks if clock.name is name][-1]

    def stages(self, *states: ClockState) -> list[str]:
        """The statutory stages in one of those states (running, if none is named), oldest first."""
        wanted = states or (ClockState.RUNNING,)
        return [
            clock.label or ""
            for clock in self.view.clocks
            if clock.name is ClockName.STATUTORY and clock.state in wanted
        ]

    def stage(self, name: str) -> ClockView:
        """The clock of a statutory stage."""
        return next(clock for clock in self.view.clocks if clock.label == name)

    def remedy(self, remedy_id: str = "r1") -> ProposedRemedy:
        """A remedy as the view shows it."""
        return next(each for each in self.view.remedies if each.remedy_id == remedy_id)

    @property
    def payments(self) -> list[PayRemedy]:
        """What was to be paid, oldest first."""
        return [effect for effect in self.effects if isinstance(effect, PayRemedy)]

    def pay(self, failing: str | None = None) -> list[Effect]:
        """The newest payment is made; or it fails, for that reason."""
        envelope: dict[str, Any] = {"id": uuid4(), "by": SYSTEM, "via": Via.SYSTEM, "effect": self.payments[-1].id}
        return self.happen(Failed(**envelope, reason=failing) if failing else Paid(**envelope, reference="CL-1"))

    @property
    def kinds(self) -> list[str]:
        """The kinds of the timeline's entries."""
        return [entry.kind for entry in self.case.timeline()]

    @property
    def messages(self) -> list[str]:
        """The templates of the messages that the customer got."""
        return [effect.template for effect in self.effects if isinstance(effect, TellCustomer)]

    @property
    def alerts(self) -> list[str]:
        """The templates of the alerts that the staff got."""
        return [effect.template for effect in self.effects if isinstance(effect, AlertStaff)]

    def _keep(self, effects: list[Effect]) -> list[Effect]:
        self.effects += effects
        return effects

    @property
    def asked(self) -> ChoosePerson:
        """The newest question whom to offer to."""
        return [effect for effect in self.effects if isinstance(effect, ChoosePerson)][-1]

    @property
    def offered(self) -> tuple[Rung, tuple[Reason, ...]]:
        """At which rung the open offer is made, and why."""
        assert self.view.offer
        return self.view.offer.rung, self.view.offer.reasons


def claimed(of: Plan | None = None, **fields: Any) -> Played:
    """The sample case, planned and claimed by Ana."""
    play = Played(of or plan(), **fields)
    play.do("claim", ANA)
    return play


def attempted(of: Plan | None = None) -> Played:
    """The sample case, which Ana has tried to solve."""
    play = claimed(of)
    play.do("attempt", ANA, text="Called the bank", outcome="they do not answer")
    return play


def waiting(of: Plan | None = None) -> Played:
    """The sample case; Ana has asked the customer something and waits."""
    play = claimed(of)
    play.do("reply", ANA, text="Which of the two?", asks="Which charge is wrong?")
    play.do("wait_for_customer", ANA)
    return play


def proposed(amount: str = "80.00", by: Actor = ANA, of: Plan | None = None, **fields: Any) -> Played:
    """The sample case; a refund was proposed, by default beyond Ana's authority."""
    play = claimed(of)
    play.do("propose_remedy", by, **{"remedy": "refund", "amount": amount, "currency": "GBP", **fields})
    return play


def resolved(of: Plan | None = None) -> Played:
    """The sample case, resolved by Ana."""
    play = claimed(of)
    play.do("resolve", ANA, text="The second charge is on its way back.")
    return play


def closed(of: Plan | None = None) -> Played:
    """The sample case, resolved by Ana and accepted by the customer."""
    play = resolved(of)
    play.do("accept_resolution", CUSTOMER)
    return play


def climbed(of: Plan | None = None) -> Played:
    """The sample case after an escalation that Sue, a supervisor, has claimed."""
    play = attempted(of)
    play.do("escalate", ANA, reason="attempts_failed")
    play.do("claim", SUE)
    return play


@contextmanager
def refused(code: Code) -> Generator[pytest.ExceptionInfo[Refused]]:
    """What is done inside is refused, with that code."""
    with pytest.raises(Refused) as caught:
        yield caught
    assert caught.value.code is code
