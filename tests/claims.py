"""Claims about every life of a case: which lives a test looks at, and how one that breaks a claim is made short.

How lives are drawn is in `tests.strategies`; what can be seen of one, in `tests.moments`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from hypothesis import given, seed, settings

from tests.moments import Life
from tests.playing import Setting
from tests.steps import Step
from tests.strategies import REPRODUCIBLE, SETTINGS, lives

LIVES = 150
"""How many lives all claims share. To draw and to play them is most of what a claim costs."""

_SEED = 5
"""Any will do with which the lives reach what `tests/cases/test_replaying.py` says that they must."""

_SHARED = settings(REPRODUCIBLE, max_examples=LIVES, derandomize=False, database=None)


def of_every_life(claim: Callable[[Life], None]) -> Callable[[], None]:
    """Makes a test of the claim: of the lives that all such tests share, and in a search, of lives of its own.

    A shared life that breaks it is drawn again by Hypothesis, which looks for the shortest that does.
    """
    if not settings().derandomize:
        return REPRODUCIBLE(_searching(claim))

    def test() -> None:
        for life in shared():
            try:
                claim(life)
            except Exception:
                _again(claim)()
                raise

    test.__name__, test.__qualname__, test.__module__ = claim.__name__, claim.__qualname__, claim.__module__
    return test


@cache
def shared() -> tuple[Life, ...]:
    """The lives that are shared: the same in every run."""
    drawn: list[Life] = []

    def draw(life: Life) -> None:
        drawn.append(life)

    _again(draw)()
    return tuple(drawn)


def _again(claim: Callable[[Life], None]) -> Callable[[], None]:
    return _SHARED(seed(_SEED)(_searching(claim)))


def _searching(claim: Callable[[Life], None]) -> Callable[[], None]:
    def test(setting: Setting, steps: list[Step]) -> None:
        claim(Life(setting, steps))

    test.__name__, test.__qualname__, test.__module__ = claim.__name__, claim.__qualname__, claim.__module__
    return given(SETTINGS, lives())(test)
