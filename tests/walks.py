"""Every scene, played in different settings: what the code does, for tests and pages that must not be made up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from cases.effects import Effect, TellCustomer
from cases.events import Event, Refused
from cases.timeline import Entry
from cases.words import Breach, Rung, Status
from tests.playing import Answer, Play, Setting, Step, Wait, apply_step
from tests.scenes import SCENES, steps
from tests.strategies import numbered

SETTINGS = (
    Setting(chasing=True, regime=True),
    Setting(rung=Rung.BOT, person=None, all_pausable=True, chasing=True),
    Setting(on_breach=Breach.ALERT, chasing=True),
)
_TO_THE_END = 16 * 24 * 3600
"""Longer than a closed case of the samples can be reopened."""


@dataclass(frozen=True, slots=True)
class Change:
    """What an event, or a tick if `event` is None, made of a case."""

    before: Status
    after: Status
    event: Event | None
    entries: tuple[Entry, ...]
    effects: tuple[Effect, ...]


class Walk(Play):
    """A life of which every change is kept, but no view: that would take longer than all the rest."""

    def __init__(self, setting: Setting) -> None:
        self.changes: list[Change] = []
        super().__init__(setting)

    def take(self, event: Event) -> Refused | None:
        """As before, and keeps the change if the event was taken."""
        refused: list[Refused | None] = []
        self._watch(lambda: refused.append(super(Walk, self).take(event)), event)
        if refused[0]:
            self.changes.pop()
        return refused[0]

    def tick(self) -> None:
        """As before, and keeps the change."""
        self._watch(super().tick, None)

    def _watch(self, act: Callable[[], None], event: Event | None) -> None:
        before, effects, entries = self.case.status, len(self.effects), self.case.version
        act()
        new = tuple(self.case.timeline(entries)) if self.case.version > entries else ()
        self.changes.append(Change(before, self.case.status, event, new, tuple(self.effects[effects:])))


@cache
def every_change() -> tuple[Change, ...]:
    """Each event and each tick of every scene in every setting, until most of what was begun is over."""
    return tuple(change for setting in SETTINGS for scene in SCENES for change in _walked(setting, steps(scene)))


@cache
def everything_told() -> tuple[TellCustomer, ...]:
    """What customers are told in them."""
    return tuple(effect for change in every_change() for effect in change.effects if isinstance(effect, TellCustomer))


def _walked(setting: Setting, scene: list[Step]) -> list[Change]:
    walk = Walk(setting)
    for step in numbered([Answer(), *scene, *[Answer()] * 3, Wait(_TO_THE_END), Wait(_TO_THE_END)]):
        apply_step(walk, step)
    return walk.changes
