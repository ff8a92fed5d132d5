"""From every status, in every situation that the rules ask about: every deed, every answer, every deadline.

Who says how a case comes from one status to another (`tests.escalation_page`) asks here, so that it depends on no one's
having thought of a scene for it. That this finds enough is held against random lives and against the rules' own calls
in `tests/test_moves.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy
from datetime import timedelta
from functools import cache
from typing import Any
from uuid import UUID

from cases.case import Case
from cases.deeds import Act
from cases.events import Refused
from cases.handoff import Handoff
from cases.regimes import Regime
from tests.playing import Setting, apply_step
from tests.samples import REGIME
from tests.scenes import SENSIBLE, steps
from tests.steps import Answer, Do, Step, Wait, spelled_out
from tests.strategies import numbered
from tests.walks import Change, Walk

DAY = 24 * 3600

SETTINGS = (
    Setting(chasing=True),
    Setting(chasing=True, regime=True, window=timedelta(hours=1)),
)
"""Without a regulator; and with one whose stages outlive the time to reopen."""

_WAYS_OUT = Regime(name="ways-out", stages=tuple(stage for stage in REGIME.stages if stage.optional))
ONLY_WAYS_OUT = Setting(regime=_WAYS_OUT, window=timedelta(hours=1))
"""With a regulator that demands nothing: that a way out has passed is what ends the case."""

SITUATIONS: tuple[tuple[str | int, ...], ...] = (
    (),
    ("attempt", "escalate"),
    ("warn", "warn"),
    ("report_threat",),
    ("propose_remedy",),
    ("propose_more",),
    ("ask_for_manager",),
    ("warn", "warn", "report_threat", "restrict_contact", "propose_remedy", "propose_more", "attempt", "hand_off"),
)
"""What a guard asks about, each by itself and most of it together."""

STANDS: tuple[tuple[str | int, ...], ...] = (
    (),
    ("reply", "wait_for_customer"),
    ("resolve_anyway",),
    ("resolve_anyway", "ask_for_manager", 1801),
    ("resolve_anyway", "accept_resolution"),
    ("resolve_anyway", "accept_resolution", 20 * DAY),
)
"""How a case is brought into each status; in the end, longer than it can be reopened."""

MORE: dict[str, dict[str, Any]] = {
    "withdraw": {"by": "c-1"},
    "note": {"by": "@owner", "text": "Sounds upset."},
    "assign": {"by": "eva", "to": {"team": "loans"}},
    "duplicate": {"kind": "close", "by": "eva", "reason": "the same", "duplicate_of": "shop-abcdefghij"},
    "leave_it": {"kind": "decide_safety", "by": "max", "decision": "continue", "text": "It was meant otherwise."},
}
"""What no scene says."""

DEEDS = {name: {"kind": name, **deed} for name, deed in (SENSIBLE | MORE).items()}


class Explored(Walk):
    """A life that can be gone on from in many ways."""

    def twin(self) -> Explored:
        """The same case at the same moment, with a life of its own."""
        twin = copy(self)
        twin.case = Case.restore(self.case.snapshot())
        twin.changes, twin.effects, twin.waiting = [], list(self.effects), list(self.waiting)
        twin.handoffs = {name: Handoff.restore(each.snapshot()) for name, each in self.handoffs.items()}
        return twin

    def outcomes(self) -> Iterator[Change]:
        """What each deed, each answer and time would change, were it what happens next."""
        for step in self._steps():
            twin = self.twin()
            apply_step(twin, step)
            yield from twin.changes

    def _steps(self) -> Iterator[Step]:
        view = self.view
        for place, deed in enumerate(DEEDS.values(), start=1_000):
            fields = {**deed, "id": str(UUID(int=place))}
            try:
                self.case.check(Act.model_validate(spelled_out(fields, view, self.now)).root, self.now)
            except Refused:
                continue
            yield Do(fields)
        for found in (True, False):
            if self.waiting:
                yield Answer(found)
        yield Wait(20 * DAY)


@cache
def explored() -> tuple[Change, ...]:
    """All that was found to change, each event and each tick by itself."""
    found = [change for setting in SETTINGS for change in _explore(setting, SITUATIONS)]
    return (*found, *_explore(ONLY_WAYS_OUT, SITUATIONS[:1]))


def _explore(setting: Setting, situations: Sequence[Sequence[str | int]]) -> Iterator[Change]:
    yield from Explored(setting).outcomes()  # While it is planned, deeds wait.
    for deed in ("withdraw", "message"):
        waiting = Explored(setting)
        for step in numbered([*_spelled(deed), Answer()]):
            apply_step(waiting, step)
        yield from waiting.changes
    for situation in situations:
        for stand in STANDS:
            walk = Explored(setting)
            for step in numbered([Answer(), *_spelled("claim", *situation, *stand)]):
                apply_step(walk, step)
            yield from walk.changes
            yield from walk.outcomes()
            if walk.waiting:
                yield from _paying(walk)


def _paying(walk: Explored) -> Iterator[Change]:
    """Of several errands, the last are answered too: payments come after whom to offer to."""
    for found in (True, False):
        twin = walk.twin()
        while twin.waiting:
            apply_step(twin, Answer(found))
        yield from twin.changes


def _spelled(*scene: str | int) -> list[Step]:
    return [step for it in scene for step in ([Do(dict(DEEDS[it]))] if it in MORE else steps([it]))]
