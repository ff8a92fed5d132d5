"""Lives of a case in the pure core: what a case is played under, and how its steps are played."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from cases.calendars import ALWAYS, CompiledCalendar
from cases.case import Case
from cases.complaint import Complaint
from cases.deeds import Act
from cases.effects import (
    ChoosePerson,
    CorrectTerms,
    Effect,
    Errand,
    ExtendCalendar,
    PayRemedy,
    PlanCase,
    ReplanCase,
    StartHandoff,
    TellHandoff,
)
from cases.events import SYSTEM, Event, Refused
from cases.handoff import Handoff
from cases.outcomes import (
    CancelRequested,
    Chosen,
    Corrected,
    Delayed,
    Extended,
    Failed,
    Paid,
    Planned,
    Recovered,
    Replanned,
    Sent,
)
from cases.plan import Guards, Plan
from cases.regimes import Regime
from cases.specialists import SpecialistAct
from cases.view import CaseView
from cases.words import Breach, Channel, ClockName, Priority, Rung, Via
from policies.calendars import CalendarForm, compile_calendar, of_form
from tests.office import office, office_plan
from tests.people import directory, specialists
from tests.samples import (
    CHASING,
    CLOCKS,
    DAY,
    MINUTE,
    NOON,
    ON_HAND,
    PATHWAYS,
    REGIME,
    complaint,
    plan,
    suggestions,
    terms,
)
from tests.steps import Answer, Consult, Do, Step, Wait, World, consulted, spelled_out


@dataclass(frozen=True, slots=True)
class Setting:
    """What a case is played under."""

    rung: Rung = Rung.AGENT
    person: str | None = "ana"
    beside: int = 1
    on_breach: Breach = Breach.UP
    all_pausable: bool = False
    chasing: bool = False
    regime: bool | Regime = False
    on_hand: bool = False
    """Whether holds and handling time are measured, and the complaint is made by phone."""
    office: bool = False
    """Whether promises count in office hours, on a calendar that is known for a few months only."""

    window: timedelta | None = None
    """How long a closed case can be reopened, where that is not what the sample terms say."""

    suggesting: bool | None = None
    """Whether the policy reads what customers write, and lets it escalate by itself; None: it does not read."""

    @property
    def complaint(self) -> Complaint:
        """The sample complaint; a case that starts with a bot has the bot's transcript."""
        channel = {"channel": Channel.PHONE} if self.on_hand else {}
        return complaint(transcript="Bot: How can I help?" if self.rung is Rung.BOT else None, **channel)

    @property
    def plan(self) -> Plan:
        """The plan for it."""
        guards = Guards(
            cool_down=10 * MINUTE,
            offers_beside=self.beside,
            alert_repeat=DAY,
            threat_repeat=2 * DAY,
            stuck_after=timedelta(minutes=5),
        )
        promises = (ClockName.FIRST_RESPONSE, ClockName.NEXT_RESPONSE, ClockName.RESOLUTION)
        pausable = {
            name.value: CLOCKS[name].model_copy(update={"pausable": True}) for name in promises if self.all_pausable
        }
        chasing = CHASING if self.chasing else {}
        regime = REGIME if self.regime is True else self.regime or None
        on_hand = ON_HAND if self.on_hand else {}
        promised = terms(guards, on_breach=self.on_breach, **pausable, **chasing, **on_hand)
        if self.window:
            short = promised.clocks[ClockName.REOPEN_WINDOW].model_copy(update={"default": self.window})
            promised = promised.model_copy(update={"clocks": {**promised.clocks, ClockName.REOPEN_WINDOW: short}})
        if self.on_hand:
            promised = promised.model_copy(update={"pathways": PATHWAYS})
        if self.suggesting is not None:
            promised = promised.model_copy(update={"suggestions": suggestions(escalates=self.suggesting)})
        made = office_plan if self.office else plan
        return made(promised, rung=self.rung, regime=regime)


class Play:
    """One life of a case and its hand-offs in the pure core. `prompt`: errands are answered at once."""

    def __init__(self, setting: Setting, *, prompt: bool = False) -> None:
        self.setting = setting
        self.prompt = prompt
        self.now = NOON
        self.effects: list[Effect] = []
        self.waiting: list[Errand] = []
        self.handoffs: dict[str, Handoff] = {}
        self._outcomes = 0
        self._planned: tuple[int, Plan] | None = None
        self.case, effects = Case.open(setting.complaint, self.now)
        self.keep(effects)

    @property
    def view(self) -> CaseView:
        """The case now."""
        return self.case.view(self.now)

    def hours(self, calendar: str | None) -> CompiledCalendar:
        """The calendar that a clock counts on."""
        if calendar is None:
            return ALWAYS
        if self._planned is None or self._planned[0] != self.case.version:  # No plan changes without an entry.
            self._planned = self.case.version, Plan.model_validate(self.case.snapshot()["plan"])
        return self._planned[1].hours(calendar)

    def take(self, event: Event) -> Refused | None:
        """An event arrives now; the refusal, if it is refused."""
        try:
            effects = self.case.apply(event, self.now)
        except Refused as refused:
            return refused
        self.keep(effects)
        return None

    def tick(self) -> None:
        """What is due now is done."""
        for handoff in self.handoffs.values():
            handoff.tick(self.now)
        self.keep(self.case.tick(self.now))

    def next_due(self) -> datetime | None:
        """When something is due next, of the case or of a hand-off."""
        dues = [self.case.next_due(), *(handoff.next_due() for handoff in self.handoffs.values())]
        return min((due for due in dues if due), default=None)

    def keep(self, effects: list[Effect]) -> None:
        """Collects effects and, in a prompt world, answers errands."""
        self.effects += effects
        self.waiting += [effect for effect in effects if isinstance(effect, Errand)]
        if self.prompt:
            self.answer(found=True)

    def answer(self, *, found: bool) -> None:
        """The oldest errand is answered; without any, what a hand-off reports is heard, or its question answered."""
        if not self.waiting:
            self._hear_handoffs(found=found)
            return
        errand = self.waiting.pop(0)
        match errand:
            case PlanCase():
                person = self.setting.person if found else None
                self.happen(Planned, effect=errand.id, plan=self.setting.plan, person=person)
            case ReplanCase():
                team = "loans" if "loan" in errand.complaint.product.lower() else "cards"
                self.happen(Replanned, effect=errand.id, team=team, priority=Priority.P2, tier=errand.complaint.tier)
            case ExtendCalendar():
                form = CalendarForm.model_validate({"zone": "Europe/London", "hours": {"mon": ["09:00-17:00"]}})
                until = max(errand.until, self.now) + 400 * DAY
                later = compile_calendar(errand.calendar, of_form(form), errand.until, until)
                self.happen(Extended, effect=errand.id, calendar=later)
            case CorrectTerms():
                plan = office_plan(terms(resolution=4 * DAY), office("10:00-15:00"))
                self.happen(Corrected, effect=errand.id, terms=plan.terms, calendars=plan.calendars)
            case ChoosePerson():
                self.happen(Chosen, effect=errand.id, person=directory(errand) if found else None)
            case PayRemedy() if found:
                self.happen(Paid, effect=errand.id, reference=f"CL-{errand.remedy_id}")
            case PayRemedy():
                self.happen(Failed, effect=errand.id, reason="the account is closed")
            case StartHandoff():
                self.handoffs.setdefault(errand.handoff_id, Handoff.open(errand.question, self.now))
                self.happen(Sent, effect=errand.id)
            case TellHandoff():
                self.handoffs[errand.handoff_id].apply(errand.word, self.now)
                self.happen(Sent, effect=errand.id)

    def consult(self, handoff_id: str, event: Event) -> Refused | None:
        """A specialist does something; the refusal, if it is refused."""
        handoff = self.handoffs.get(handoff_id)
        if handoff is None:
            return None
        try:
            handoff.apply(event, self.now)
            handoff.tick(self.now)
        except Refused as refused:
            return refused
        if self.prompt:
            self.answer(found=True)
        return None

    def _hear_handoffs(self, *, found: bool) -> None:
        for handoff in self.handoffs.values():
            if handoff.reports:
                report = handoff.reports[0]
                handoff.reported(report.id)
                self.take(report)
                return
            if errand := handoff.errand:
                person = specialists(errand) if found else None
                self._outcomes += 1
                fields: dict[str, Any] = {"id": UUID(int=10**6 + self._outcomes), "by": SYSTEM, "effect": errand.id}
                handoff.apply(Chosen(**fields, person=person, why="away"), self.now)
                return

    def happen(self, kind: type[Event], **fields: Any) -> None:
        """An outcome arrives now."""
        self._outcomes += 1
        self.take(kind(id=UUID(int=10**6 + self._outcomes), by=SYSTEM, via=Via.SYSTEM, **fields))


def apply_step(play: Play, step: Step) -> None:
    """Does one step of a life."""
    match step:
        case Wait(seconds, asleep=True):
            play.now += timedelta(seconds=seconds)
        case Wait(seconds):
            until = play.now + timedelta(seconds=seconds)
            play.tick()
            while (due := play.next_due()) is not None and due <= until:
                play.now = due
                play.tick()
            play.now = until
        case Do(deed):
            fields = spelled_out(deed, play.view, play.now)
            play.take(Act.model_validate(fields).root)
        case Consult(deed, number):
            handoffs = play.view.handoffs
            if handoffs:
                handoff_id = handoffs[number % len(handoffs)].handoff_id
                handoff = play.handoffs.get(handoff_id)
                if handoff:
                    fields = consulted(deed, handoff.view(play.now), play.now)
                    play.consult(handoff_id, SpecialistAct.model_validate(fields).root)
        case Answer(found):
            play.answer(found=found)
        case World(kind, effect):
            outcomes: dict[str, tuple[type[Event], dict[str, Any]]] = {
                "delayed": (Delayed, {"effect": effect, "error": "the server does not answer"}),
                "recovered": (Recovered, {"effect": effect}),
                "chosen": (Chosen, {"effect": effect, "person": "ben"}),
                "cancel_requested": (CancelRequested, {}),
            }
            outcome, fields = outcomes[kind]
            play.happen(outcome, **fields)
