"""One event, or one deadline, being worked: the only hand that changes a state.

A rule says what happens in these verbs; the turn keeps the account straight: every change of a clock is listed in the
timeline entry that caused it, every effect gets its number. It knows no rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from cases.calendars import CompiledCalendar
from cases.clocks import Clock
from cases.effects import AlertStaff, Effect, Errand, Param, TellCustomer
from cases.events import SYSTEM, Actor, Event
from cases.plan import ClockTerms, Limit, Plan
from cases.requests import SPOKEN
from cases.state import Said, State
from cases.timeline import By, Entry
from cases.words import Breach, ClockName, ClockState, Mark, Rung, Via

QUOTED = 2_000

NEWEST = 20
"""How many of the newest attempts, words and climbs a case keeps for the brief; the records keep all."""


def quoted(text: str) -> str:
    """A text for the brief: its first 2,000 characters. The timeline has the whole."""
    return text if len(text) <= QUOTED else f"{text[: QUOTED - 1]}…"


class Turn:
    """The work of one event that happened at `at`, or of one deadline; it is worked at `now`, which may be later.

    Promises count from `at`; the time that somebody is given to act on what they are told counts from `now`.
    `effects` collects what it asks of the world; `spoke` is whether the customer said what is worked.
    """

    def __init__(self, state: State, at: datetime, event: Event | None = None, now: datetime | None = None) -> None:
        self.state = state
        self.at = at
        self.now = now or at
        self.by: Actor = event.by if event else SYSTEM
        self.effects: list[Effect] = []
        self.spoke = event is not None and event.kind in SPOKEN
        self._via = (event.via or Via.SYSTEM) if event else Via.SYSTEM
        self._event_id = str(event.id) if event else None

    @property
    def plan(self) -> Plan:
        """The plan; rules that need it run only on planned cases."""
        if self.state.plan is None:
            raise RuntimeError(f"{self.state.case_id} has no plan yet")
        return self.state.plan

    def enter(self, kind: str, text: str, /, **data: Any) -> None:
        """Writes the next timeline entry; clock changes that follow are listed in it."""
        state = self.state
        state.version += 1
        state.timeline.append(
            Entry(
                n=state.version,
                at=self.at,
                by=By(id=self.by.id, role=self.by.role),
                via=self._via,
                kind=kind,
                text=text,
                event_id=self._event_id,
                data=data,
            )
        )

    def start_clock(
        self, name: ClockName, cause: str, *, since: datetime | None = None, rung: Rung | None = None
    ) -> Clock:
        """Starts a new clock of that name with the target that the policy gives this case."""
        state, plan = self.state, self.plan
        terms = plan.terms.clocks.get(name)
        rung = rung or state.owner.rung
        guards = plan.terms.guards
        if name is ClockName.ALERT_REPEAT:
            limit, matched = Limit(guards.alert_repeat), True
        elif name is ClockName.SAFETY:
            limit, matched = Limit(guards.threat_repeat or guards.alert_repeat), True
        else:
            limit, matched = plan.limit(name, state.channel, rung)
        calendar = plan.calendar_of(name)
        hours = plan.hours(calendar)
        target, day_end = limit.counted(hours, since or self.at)
        state.clocks = [clock for clock in state.clocks if clock.live or clock.name is not name]
        state.clocks_made += 1
        clock = Clock(
            id=f"{name}-{state.clocks_made}",
            name=name,
            target=target,
            pausable=terms.pausable if terms else False,
            on_breach=terms.on_breach if terms else Breach.ALERT,
            warn_at=terms.warn_at if terms else (),
            calendar=calendar,
            business_day=limit.business_day,
            rung=rung,
            hours=hours,
        )
        state.clocks.append(clock)
        clock.start(since or self.at, cause, self.by.id, day_end)
        self._list(clock)
        if not matched:
            self.enter_gap(clock)
        return clock

    def start_dated(
        self,
        name: ClockName,
        cause: str,
        *,
        label: str,
        since: datetime,
        due: datetime,
        warn_at: tuple[float, ...],
        on_breach: Breach,
    ) -> Clock:
        """Starts a clock that is due at a given moment, beside others of its name; it never pauses."""
        state = self.state
        if name is not ClockName.STATUTORY:  # A regime has few stages, and each that was opened is remembered.
            state.clocks = [clock for clock in state.clocks if clock.live or clock.name is not name]
        state.clocks_made += 1
        clock = Clock(f"{name}-{state.clocks_made}", name, due - since, False, on_breach, warn_at, label=label)
        state.clocks.append(clock)
        clock.start(since, cause, self.by.id)
        self._list(clock)
        return clock

    def enter_gap(self, clock: Clock) -> None:
        """The policy has targets for a clock, and none fits: said aloud, so that somebody closes the gap."""
        text = f"No target of {clock.name} fits this case; the policy's default applies."
        self.enter("no_target", text, clock=clock.id)

    def add(self, words: str) -> None:
        """Adds to the text of the entry that is being written."""
        if words:
            entry = self.state.timeline[-1]
            self.state.timeline[-1] = entry.model_copy(update={"text": f"{entry.text}. {words}"})

    def mark(self, **data: Any) -> None:
        """Adds data to the entry that is being written."""
        self.state.timeline[-1].data.update(data)

    def retarget(
        self, clock: Clock, target: timedelta, cause: str, business_day: int | None, day_end: datetime | None
    ) -> None:
        """Another target for a clock, counted from its start."""
        was, clock.business_day = clock.due_at, business_day
        clock.retarget(self.at, target, cause, self.by.id, day_end)
        self._list(clock, was)

    def correct(
        self,
        clock: Clock,
        hours: CompiledCalendar,
        terms: ClockTerms,
        limit: Limit,
        counted: tuple[timedelta, datetime | None],
        cause: str,
    ) -> None:
        """Other terms for a clock, from now on."""
        was = clock.due_at
        clock.calendar, clock.business_day = terms.calendar, limit.business_day
        clock.pausable, clock.on_breach, clock.warn_at = terms.pausable, terms.on_breach, terms.warn_at
        clock.correct(self.at, hours, counted[0], cause, self.by.id, counted[1])
        self._list(clock, was)

    def pause(self, clocks: Iterable[Clock], cause: str) -> None:
        """Stops the time of those that run."""
        for clock in clocks:
            self._change(clock, clock.pause, cause)

    def resume(self, clocks: Iterable[Clock], cause: str) -> None:
        """Lets the time of those that stand go on; the gap does not count."""
        for clock in clocks:
            self._change(clock, clock.resume, cause)

    def fulfil(self, names: Iterable[ClockName], cause: str) -> None:
        """The promises of those names are kept."""
        for clock in self.live(names):
            self._change(clock, clock.fulfil, cause)

    def cancel(self, names: Iterable[ClockName], cause: str) -> None:
        """The promises of those names are no longer owed."""
        for clock in self.live(names):
            self._change(clock, clock.cancel, cause)

    def fulfil_clock(self, clock_id: str, cause: str) -> None:
        """The promise of one clock among several of its name is kept."""
        for clock in self.state.clocks:
            if clock.id == clock_id:
                self._change(clock, clock.fulfil, cause)

    def cancel_clock(self, clock_id: str, cause: str) -> None:
        """The promise of one clock among several of its name is no longer owed."""
        for clock in self.state.clocks:
            if clock.id == clock_id:
                self._change(clock, clock.cancel, cause)

    def warn(self, clock: Clock) -> None:
        """A warning point of the clock has passed."""
        clock.warn(self.at, self.by.id)
        self._list(clock)

    def breach(self, clock: Clock) -> None:
        """The clock's deadline has passed."""
        clock.breach(self.at, self.by.id)
        self._list(clock)

    def live(self, names: Iterable[ClockName]) -> list[Clock]:
        """The clocks of those names that are neither fulfilled nor cancelled."""
        wanted = set(names)
        return [clock for clock in self.state.clocks if clock.live and clock.name in wanted]

    def is_running(self, name: ClockName) -> bool:
        """Whether a clock of that name runs now."""
        clock = self.state.clock(name)
        return clock is not None and clock.state is ClockState.RUNNING

    def due(self, name: ClockName) -> datetime | None:
        """The deadline of the running clock of that name."""
        clock = self.state.clock(name)
        return clock.due_at if clock and clock.live else None

    def due_answer(self) -> datetime | None:
        """When the customer is owed an answer; None if none is."""
        names = (ClockName.FIRST_RESPONSE, ClockName.NEXT_RESPONSE)
        return min((clock.due_at for clock in self.live(names) if clock.due_at and not clock.breached_at), default=None)

    def tell_customer(self, template: str, **params: Param) -> None:
        """A message to the customer, in their language and on their channel."""
        complaint = self.state.complaint
        common: dict[str, Param] = {
            "name": complaint.customer.name,
            "zone": complaint.customer.zone,
            "reference": complaint.reference,
            "product": self.state.product,
        }
        self.effects.append(
            TellCustomer(
                id=self.next_effect_id(),
                at=self.at,
                template=template,
                channel=self.state.channel,
                language=complaint.language or (self.state.plan.language if self.state.plan else "en"),
                params={**common, **params},
            )
        )

    def alert(self, template: str, *, rung: Rung, team: str, person: str | None = None, **params: Param) -> None:
        """Word to a person, or to everybody of a rung in a team."""
        common: dict[str, Param] = {
            "case_id": self.state.case_id,
            "product": self.state.product,
            "channel": self.state.channel.value,
        }
        self.effects.append(
            AlertStaff(
                id=self.next_effect_id(),
                at=self.at,
                template=template,
                team=team,
                rung=rung,
                person=person,
                params={**common, **params},
            )
        )

    def alert_owner(self, template: str, **params: Param) -> None:
        """Word to whoever answers for the case now."""
        owner = self.state.owner
        self.alert(template, rung=owner.rung, team=owner.team, person=owner.person, **params)

    def send(self, errand: Errand) -> None:
        """An errand; the case remembers it until its outcome is back."""
        self.state.errands[errand.id] = errand
        self.effects.append(errand)

    def next_effect_id(self) -> str:
        """`<case id>:<n>`."""
        self.state.effects += 1
        return f"{self.state.case_id}:{self.state.effects}"

    def said(self, text: str, *, to_customer: bool) -> None:
        """Keeps words for the brief."""
        said = Said(at=self.at, by=self.by.id, to_customer=to_customer, text=quoted(text))
        self.state.said = [*self.state.said[-NEWEST + 1 :], said]

    def _change(self, clock: Clock, verb: Callable[[datetime, str, str], None], cause: str) -> None:
        entries = len(clock.ledger)
        verb(self.at, cause, self.by.id)
        if len(clock.ledger) > entries:
            self._list(clock)

    def _list(self, clock: Clock, was: datetime | None = None) -> None:
        entry, mark = self.state.timeline[-1], clock.ledger[-1]
        due = mark.due_at.isoformat() if mark.due_at and mark.mark is not Mark.BREACH else None
        change = {"id": clock.id, "mark": mark.mark.value, "due_at": due}
        entry.data.setdefault("clocks", []).append({**change, "was_due": was.isoformat()} if was else change)
