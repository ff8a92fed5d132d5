"""Lives of a case, moment by moment: what each event and each tick changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from cases.effects import Effect
from cases.events import Event, Refused
from cases.timeline import Entry
from cases.view import CaseView
from tests.playing import Play, Setting, apply_step
from tests.steps import Step


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


@dataclass(frozen=True, slots=True)
class Stand:
    """A case after a step of its life."""

    view: CaseView
    timeline: tuple[Entry, ...]
    effects: tuple[Effect, ...]
    """All that there were so far."""
    next_due: datetime | None


class Watched(Play):
    """A life of which every moment is kept."""

    def __init__(self, setting: Setting) -> None:
        self.moments: list[Moment] = []
        self._seen: CaseView | None = None
        super().__init__(setting)

    @property
    def view(self) -> CaseView:
        """The case now; to look again, when nothing was taken and no time has passed, would show the same."""
        if self._seen is None or self._seen.now != self.now:
            self._seen = super().view
        return self._seen

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
        before, effects = self.view, len(self.effects)
        self._seen = None
        act()
        self._seen = None
        self.moments.append(
            Moment(
                before=before,
                after=self.view,
                entries=tuple(self.case.timeline(before.version)),
                effects=tuple(self.effects[effects:]),
                event=event,
            )
        )


@dataclass(frozen=True)
class Life:
    """What a case is played under, and what happens in it; played when somebody looks, and once for all who do."""

    setting: Setting
    steps: list[Step]

    def played(self) -> Iterator[Play]:
        """The case after each step, for who asks what is not kept; played for them alone."""
        play = Play(self.setting)
        for step in self.steps:
            apply_step(play, step)
            yield play

    @property
    def stands(self) -> tuple[Stand, ...]:
        """How it stood after each step."""
        return self._kept[0]

    @property
    def moments(self) -> tuple[Moment, ...]:
        """Every moment of it."""
        return self._kept[1]

    @cached_property
    def _kept(self) -> tuple[tuple[Stand, ...], tuple[Moment, ...]]:
        play, stands = Watched(self.setting), list[Stand]()
        for step in self.steps:
            apply_step(play, step)
            timeline, effects = tuple(play.case.timeline()), tuple(play.effects)
            stands.append(Stand(play.view, timeline, effects, play.case.next_due()))
        return tuple(stands), tuple(play.moments)
