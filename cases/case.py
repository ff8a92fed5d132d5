"""The case: the door through which events and time come in. Same events and times in, same state and effects out.

It keeps the order of things (what was due before an event happens before it), knows events that it has seen, and holds
those that must wait for the plan. What an event or a deadline means is in `cases.table` and `cases.deadlines`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, cast

from pydantic import TypeAdapter

from cases import deadlines, guards, horizons, racing, showing, suggesting
from cases.arriving import is_repeated, keep_order, must_not_have_moved, remember, when
from cases.clocks import Clock
from cases.complaint import Complaint
from cases.deeds import Deed
from cases.effects import Effect, Errand, PlanCase
from cases.events import Actor, Code, Event, Refused
from cases.outcomes import Answer, Delayed, Planned, Recovered
from cases.state import INTAKE, Owner, State
from cases.table import Row, admit
from cases.timeline import Entry
from cases.turn import Turn
from cases.view import Brief, CaseView
from cases.words import ClockState, Rung, Status

TAIL = 100
"""How many written timeline entries a case keeps at hand; the records have all."""

TAIL_TEXT = 64 * 1024
"""The most text that those may have together, in characters."""

_SNAPSHOT = TypeAdapter(State)


class Case:
    """One complaint from arrival to archive. All times are aware datetimes; `now` never goes backwards."""

    def __init__(self, state: State) -> None:
        self._state = state
        # Looking at every clock is most of what an event costs, and only an event or a tick moves what is due.
        self._due = _next_due(state)

    @classmethod
    def open(cls, complaint: Complaint, now: datetime) -> tuple[Case, list[Effect]]:
        """A case in status `opening`, owned by the intake queue; the effect is to plan it.

        Raises:
            Refused: `received_in_future`, if the complaint says that it was received after `now`.
        """
        if complaint.received_at and complaint.received_at > now:
            raise Refused(
                Code.RECEIVED_IN_FUTURE,
                f"`received_at` is {complaint.received_at.isoformat()}, which is after now ({now.isoformat()}).",
            )
        state = State(
            case_id=complaint.case_id,
            complaint=complaint,
            opened_at=now,
            now=now,
            last_event_at=now,
            owner=Owner(team=INTAKE, rung=Rung.AGENT),
        )
        turn = Turn(state, now)
        turn.enter("opened", f"Complaint {complaint.reference} received by {complaint.channel}: {complaint.product}")
        turn.send(PlanCase(id=turn.next_effect_id(), case_id=state.case_id, complaint=complaint, now=now))
        return cls(state), turn.effects

    @property
    def case_id(self) -> str:
        """`<source>-<10 base32 digits>`."""
        return self._state.case_id

    @property
    def complaint(self) -> Complaint:
        """What the customer said, as it arrived."""
        return self._state.complaint

    @property
    def errands(self) -> tuple[Errand, ...]:
        """What the case has asked and not been answered, oldest first: to be asked again by a run that takes over."""
        return tuple(self._state.errands.values())

    def is_stuck(self, effect: str) -> bool:
        """Whether it was said of this effect, or of `records`, that it does not succeed."""
        return any(stuck.effect == effect for stuck in self._state.stuck)

    @property
    def version(self) -> int:
        """The number of the last timeline entry."""
        return self._state.version

    @property
    def status(self) -> Status:
        """Where the case stands."""
        return self._state.status

    @property
    def patience(self) -> timedelta | None:
        """How long an effect may fail before the case is `stuck`; None until there is a policy to say so."""
        plan = self._state.plan
        return plan.terms.guards.stuck_after if plan else None

    def check(self, event: Event, now: datetime) -> None:
        """Raises Refused if `apply` would; changes nothing. StaleTime if `now` goes backwards."""
        self._keep_order(now)
        if is_repeated(self._state.seen, event):
            return
        must_not_have_moved(self.case_id, self._state.version, event)
        at = when(event, self._state.last_event_at, now)
        state = self._state
        if self._is_due(at):
            state = state.copy()
            _work_deadlines(state, at, now)
        _examine(state, event, at)

    def apply(self, event: Event, now: datetime, *, more: bool = False) -> list[Effect]:
        """Does what was due up to the event, then the event, then what is due up to now.

        `more`: other events of before `now` are waiting, so what is due after this one is left to them, or to a `tick`.
        Otherwise, of two things done in time and handled after an outage, the second would come too late.

        A seen id changes nothing. Raises Refused with the state untouched; StaleTime if `now` goes backwards.
        """
        self._keep_order(now)
        if is_repeated(self._state.seen, event):
            return []
        must_not_have_moved(self.case_id, self._state.version, event)
        at = when(event, self._state.last_event_at, now)
        # What was due is done on a copy, so that a refusal leaves even that undone: the next tick does it.
        is_due = self._is_due(at)
        state = self._state.copy() if is_due else self._state
        effects = _work_deadlines(state, at, now) if is_due else []
        row = _examine(state, event, at)
        remember(state.seen, event)
        state.last_event_at = at
        effects += _work(state, row, event, at, now)
        state.now = now
        self._state = state
        self._due = _next_due(state)
        if not more and self._is_due(now):
            effects += self._work_due(now)
        return effects

    def tick(self, now: datetime) -> list[Effect]:
        """Does everything due at or before `now`; clocks that this starts, start now."""
        self._keep_order(now)
        self._state.now = now
        return self._work_due(now) if self._is_due(now) else []

    def next_due(self) -> datetime | None:
        """The earliest moment at which anything is due; later than `now` after `tick(now)`."""
        return self._due

    @property
    def next_clock(self) -> str:
        """The name of the clock that `next_due` is of, in words; empty if nothing is due."""
        clock = min((c for c in self._state.clocks if c.next_due), key=_by_due, default=None)
        if clock is None or clock.next_due != self.next_due():
            return "more of a calendar" if self.next_due() else ""
        return clock.title.replace("_", " ")

    def view(self, now: datetime, actor: Actor | None = None) -> CaseView:
        """The case as others see it; with an actor, `allowed` lists what is open to them."""
        return showing.view(self._state, now, actor)

    def brief(self) -> Brief:
        """The page for a new owner."""
        return showing.brief(self._state)

    def timeline(self, after: int = 0) -> list[Entry]:
        """The entries at hand with numbers above `after`, oldest first. Older ones are in the records."""
        return [entry for entry in self._state.timeline if entry.n > after]

    def record_refused(self, event: Event, refused: Refused, now: datetime) -> None:
        """A refused signal has nobody to answer: it is said on the timeline."""
        self._keep_order(now)
        self._state.now = now
        _enter_refused(self._state, event, refused, now)

    def record_unreadable(self, name: str, why: str, content: str, now: datetime) -> None:
        """What could not be read is kept as it came."""
        self._keep_order(now)
        self._state.now = now
        Turn(self._state, now).enter("unreadable", f"A {name} could not be read: {why}", name=name, content=content)

    def forget_written(self, n: int) -> None:
        """Entries up to `n` are in the records: only the newest stay at hand."""
        kept: list[Entry] = []
        size = 0
        for entry in reversed(self._state.timeline):
            size += len(entry.text)
            if entry.n <= n and (len(kept) >= TAIL or size > TAIL_TEXT):
                break
            kept.append(entry)
        self._state.timeline = kept[::-1]

    def snapshot(self) -> dict[str, Any]:
        """All of the state, as JSON."""
        return _SNAPSHOT.dump_python(self._state, mode="json")

    @classmethod
    def restore(cls, snapshot: dict[str, Any]) -> Case:
        """A case that behaves as the one that the snapshot was taken of."""
        state = _SNAPSHOT.validate_python(snapshot)
        if state.plan:
            for clock in state.clocks:
                clock.run_on(state.plan.hours(clock.calendar))
        return cls(state)

    def _is_due(self, at: datetime) -> bool:
        return self._due is not None and self._due <= at

    def _work_due(self, now: datetime) -> list[Effect]:
        effects = _work_deadlines(self._state, now, now)
        self._due = _next_due(self._state)
        return effects

    def _keep_order(self, now: datetime) -> None:
        keep_order(self.case_id, self._state.now, now)


def _examine(state: State, event: Event, at: datetime) -> Row:
    try:
        row = admit(state, event.kind, event.by, at)
        guards.taken_by_signal(state, event)
        if state.status is not Status.OPENING:
            for check in row.checks:
                check(state, event, at)
    except Refused as refused:
        raise racing.named(state, event, refused, at) from refused
    return row


def _work(state: State, row: Row, event: Event, at: datetime, now: datetime) -> list[Effect]:
    turn = Turn(state, at, event, now)
    if state.status is Status.OPENING and row.queues:
        state.queued.append(cast(Deed, event.model_copy(update={"at": at})))
        turn.enter("queued", f"{event.kind} waits for the plan")
        return []
    if isinstance(event, Answer) and not isinstance(event, Delayed | Recovered):
        state.errands.pop(event.effect, None)
    row.does(turn, event)
    suggesting.heed(turn, event)
    if isinstance(event, Planned):
        return turn.effects + _work_queued(state, now)
    return turn.effects


def _work_queued(state: State, now: datetime) -> list[Effect]:
    """What waited for the plan, in order. Refused now, it is said on the timeline: its sender has gone."""
    waiting, state.queued = state.queued, []
    effects: list[Effect] = []
    for event in waiting:
        at = event.at or now
        try:
            row = _examine(state, event, at)
        except Refused as refused:
            _enter_refused(state, event, refused, at)
        else:
            effects += _work(state, row, event, at, now)
    return effects


def _enter_refused(state: State, event: Event, refused: Refused, at: datetime) -> None:
    text = f"{event.kind} was refused: {refused.sentence}"
    Turn(state, at, event).enter("refused", text, code=refused.code.value, refused_kind=event.kind)


def _work_deadlines(state: State, upto: datetime, now: datetime) -> list[Effect]:
    """Everything due at or before `upto`, earliest first; what it starts, starts at `now`."""
    effects: list[Effect] = []
    while (due := _next_due(state)) is not None and due <= upto:
        turn = Turn(state, now)
        if horizons.next_renewal(state) == due:
            horizons.renew(turn, upto)
        else:
            deadlines.fire(turn, min((c for c in state.clocks if c.next_due), key=_by_due), upto)
        effects += turn.effects
    return effects


def _next_due(state: State) -> datetime | None:
    first = horizons.next_renewal(state)
    for clock in state.clocks:
        if clock.state is ClockState.RUNNING:
            due = clock.next_due
            if due is not None and (first is None or due < first):
                first = due
    return first


def _by_due(clock: Clock) -> tuple[datetime | None, str]:
    return clock.next_due, clock.id
