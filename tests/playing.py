"""Lives of a case: steps as plain data, and how to play them. How they are drawn is in `tests.strategies`.

A step names people by id, and may say `@owner` or `@offered`: `spelled_out` puts in whoever that is in a view, so that
the same steps can drive the pure core and, view for view, a real workflow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from cases.actions import Act
from cases.calendars import ALWAYS, CompiledCalendar
from cases.case import Case
from cases.complaint import Complaint
from cases.effects import (
    ChoosePerson,
    ChooseSpecialist,
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
from cases.events import SYSTEM, Actor, Event, Refused
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
from cases.specialists import SpecialistAct
from cases.timeline import Entry
from cases.view import CaseView, HandoffView
from cases.words import Breach, ClockName, Priority, RemedyState, Role, Rung, Via
from policies.calendars import CalendarForm, compile_calendar, of_form
from tests.samples import (
    CHASING,
    CLOCKS,
    DAY,
    EVERYBODY,
    MINUTE,
    NOON,
    REGIME,
    complaint,
    office,
    office_plan,
    plan,
    suggestions,
    terms,
)


@dataclass(frozen=True, slots=True)
class Wait:
    """Time passes. `asleep`: nothing runs meanwhile, and what was due waits for the next step."""

    seconds: int
    asleep: bool = False


@dataclass(frozen=True, slots=True)
class Do:
    """Somebody does something: an event's JSON, but `by` is a name and `ago` says how many seconds ago it was."""

    deed: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """The oldest errand that waits is answered: by the directory's choice, or by nobody."""

    found: bool = True


@dataclass(frozen=True, slots=True)
class World:
    """An outcome of another kind: `delayed`, `recovered`, `cancel_requested`, or `chosen` for no known errand."""

    kind: str
    effect: str = "records"


@dataclass(frozen=True, slots=True)
class Consult:
    """A specialist does something with one of the case's hand-offs: an event's JSON, `by` a name or `@specialist`."""

    deed: dict[str, Any]
    number: int = 0


Step = Wait | Do | Answer | World | Consult


@dataclass(frozen=True, slots=True)
class Setting:
    """What a case is played under."""

    rung: Rung = Rung.AGENT
    person: str | None = "ana"
    beside: int = 1
    on_breach: Breach = Breach.UP
    all_pausable: bool = False
    chasing: bool = False
    regime: bool = False
    office: bool = False
    """Whether promises count in office hours, on a calendar that is known for a few months only."""

    suggesting: bool | None = None
    """Whether the policy reads what customers write, and lets it escalate by itself; None: it does not read."""

    @property
    def complaint(self) -> Complaint:
        """The sample complaint; a case that starts with a bot has the bot's transcript."""
        return complaint(transcript="Bot: How can I help?" if self.rung is Rung.BOT else None)

    @property
    def plan(self) -> Plan:
        """The plan for it."""
        guards = Guards(
            cool_down=10 * MINUTE, offers_beside=self.beside, alert_repeat=DAY, stuck_after=timedelta(minutes=5)
        )
        promises = (ClockName.FIRST_RESPONSE, ClockName.NEXT_RESPONSE, ClockName.RESOLUTION)
        pausable = {
            name.value: CLOCKS[name].model_copy(update={"pausable": True}) for name in promises if self.all_pausable
        }
        chasing = CHASING if self.chasing else {}
        regime = REGIME if self.regime else None
        promised = terms(guards, on_breach=self.on_breach, **pausable, **chasing)
        if self.suggesting is not None:
            promised = promised.model_copy(update={"suggestions": suggestions(escalates=self.suggesting)})
        made = office_plan if self.office else plan
        return made(promised, rung=self.rung, regime=regime)


PEOPLE = {actor.id: actor for actor in EVERYBODY}


def directory(errand: ChoosePerson) -> str | None:
    """A directory without load or shifts: the first qualified person, the one asked for before others."""
    if errand.person:
        names: Sequence[str] = (errand.person,)
    else:
        names = ((errand.prefer,) if errand.prefer else ()) + tuple(PEOPLE)
    for name in names:
        actor = PEOPLE.get(name)
        if (
            actor is not None
            and name not in errand.never
            and actor.rung is errand.rung
            and actor.in_line_of(errand.team)
            and (errand.skill is None or errand.skill in actor.skills)
        ):
            return name
    return None


def specialists(errand: ChooseSpecialist) -> str | None:
    """Whom that directory knows in a team, the lowest rung first."""
    team = [a for a in PEOPLE.values() if errand.question.team in a.teams and a.id not in errand.never and a.rung]
    return min(team, key=lambda actor: actor.rung.height if actor.rung else 0).id if team else None


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
        return Plan.model_validate(self.case.snapshot()["plan"]).hours(calendar)

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


def spelled_out(deed: dict[str, Any], view: CaseView, now: datetime) -> dict[str, Any]:
    """The event's JSON in full: who `@owner` and the like are in this view, when `ago` was, `in_s` will be."""
    fields = {name: value for name, value in deed.items() if name != "ago"}
    fields["by"] = _actor(deed["by"], view).model_dump(mode="json")
    fields["via"] = Via.API.value
    if "ago" in deed:
        fields["at"] = (now - timedelta(seconds=deed["ago"])).isoformat()
    for name in ("in_s", "update_in_s"):
        if name in fields:
            field = "by_when" if name == "in_s" else "update_by"
            fields[field] = (now + timedelta(seconds=fields.pop(name))).isoformat()
    if "remedy_number" in fields:
        number = fields.pop("remedy_number")
        known = [each.remedy_id for each in view.remedies if each.state is RemedyState.PENDING]
        known = known or [each.remedy_id for each in view.remedies] or ["r99"]
        fields["remedy_id"] = known[number % len(known)]
    if "handoff" in fields:
        number = fields.pop("handoff")
        known = [handed.handoff_id for handed in view.handoffs] or [f"{view.case_id}-99"]
        fields["handoff_id"] = known[number % len(known)]
    return fields


def consulted(deed: dict[str, Any], view: HandoffView, now: datetime) -> dict[str, Any]:
    """The event's JSON in full: `@specialist` is who has the hand-off, or whom it is offered to."""
    fields = {name: value for name, value in deed.items() if name != "ago"}
    name = deed["by"]
    if name == "@specialist":
        name = view.specialist or (view.offered_to.person if view.offered_to else None) or "lia"
    team = (view.team,) if name not in PEOPLE else ()
    by = PEOPLE.get(name) or Actor(id=name, role=Role.AGENT, rung=Rung.AGENT, teams=team)
    fields["by"] = by.model_dump(mode="json")
    fields["via"] = Via.API.value
    if "ago" in deed:
        fields["at"] = (now - timedelta(seconds=deed["ago"])).isoformat()
    return fields


def _actor(name: str, view: CaseView) -> Actor:
    offer = view.offer
    if name == "@owner":
        name = view.owner.person or "max"
    elif name == "@approver":
        asked = [each.asked for each in view.remedies if each.asked] or [Rung.SUPERVISOR]
        name = {Rung.MANAGER: "max", Rung.EXECUTIVE: "eva"}.get(asked[0], "sue")
    elif name == "@offered" and offer is None:
        name = "sue"
    elif name == "@offered" and offer is not None:
        errand = ChoosePerson(id="-", case_id=view.case_id, team=offer.team, rung=offer.rung, never=offer.declined_by)
        name = offer.to.person or directory(errand) or "eva"
    rung = offer.rung if offer else view.rung
    return PEOPLE.get(name) or Actor(id=name, role=Role.AGENT, rung=rung)


@dataclass(frozen=True, slots=True)
class Moment:
    """A case before and after one event or one tick."""

    before: CaseView
    after: CaseView
    entries: tuple[Entry, ...]
    """The timeline's new entries."""
    effects: tuple[Effect, ...]
    event: Event | None

    @property
    def kinds(self) -> set[str]:
        """The kinds of the new entries."""
        return {entry.kind for entry in self.entries}


class Watched(Play):
    """A life of which every moment is kept."""

    def __init__(self, setting: Setting) -> None:
        self.moments: list[Moment] = []
        super().__init__(setting)

    def take(self, event: Event) -> Refused | None:
        """As before, and keeps the moment if the event was taken."""
        refused: list[Refused | None] = []
        self._watch(lambda: refused.append(super(Watched, self).take(event)), event)
        if refused[0]:
            self.moments.pop()
        return refused[0]

    def tick(self) -> None:
        """As before, and keeps the moment."""
        self._watch(super().tick, None)

    def _watch(self, act: Callable[[], None], event: Event | None) -> None:
        before, effects = self.case.view(self.now), len(self.effects)
        act()
        self.moments.append(
            Moment(
                before=before,
                after=self.case.view(self.now),
                entries=tuple(self.case.timeline(before.version)),
                effects=tuple(self.effects[effects:]),
                event=event,
            )
        )


def live(setting: Setting, steps: list[Step]) -> Iterator[tuple[Watched, list[Moment]]]:
    """The case after each step, with the moments of that step."""
    play = Watched(setting)
    for step in steps:
        seen = len(play.moments)
        apply_step(play, step)
        yield play, play.moments[seen:]


def moments(setting: Setting, steps: list[Step]) -> Iterator[Moment]:
    """Every moment of a life."""
    for _, happened in live(setting, steps):
        yield from happened
