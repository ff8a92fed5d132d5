"""Lives of a case, moment by moment: what each event and each tick changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

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
