"""A small policy file and a file of calendars, both right, to be spoilt."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

GOOD = """
name = "small"
tiers = ["gold", "standard"]

[guards]
cool_down = "1h"
alert_repeat = "4h"
stuck_after = "15m"

[clocks.acknowledge]
default = "1h"

[clocks.first_response]
default = "6h"
warn_at = [0.5, 0.75]
on_breach = "up"

[[clocks.first_response.targets]]
within = "15m"
channel = ["chat", "phone"]

[[clocks.first_response.targets]]
within = "3h"
tier = ["gold"]

[clocks.next_response]
default = "6h"

[clocks.resolution]
default = "3d"
pausable = true

[clocks.redirect]
default = "1h"

[clocks.confirm]
default = "5d"

[clocks.reopen_window]
default = "8w"

[clocks.hand_off]
default = "1d"

[clocks.accept]
default = "1h"

[clocks.answer]
default = "8h"

[[triage]]
name = "fraud"
when = { product = ["*card*"], issue = ["*fraud*"] }
team = "cards"
priority = "P1"

[[triage]]
name = "cards"
when = { product = ["*card*"] }
team = "cards"
rung = "agent"
priority = "P3"

[triage_default]
team = "general"
rung = "agent"
priority = "P4"
"""

OFFICE = """
[calendars.office]
zone = "Europe/London"
holidays = { country = "GB", subdivision = "ENG", dates = [2026-07-01] }

[calendars.office.hours]
mon = ["09:00-17:30"]
tue = ["09:00-17:30"]
wed = ["09:00-17:30"]
thu = ["09:00-12:30", "13:30-17:30"]
fri = ["09:00-17:00", "20:00-02:00"]

[calendars.office.breaks]
tue = ["12:00-13:00"]
sat = ["00:30-01:00"]

[calendars.office.dates]
2026-12-24 = ["09:00-12:00"]
2026-05-25 = ["10:00-14:00"]
2026-06-30 = []
"""

Spoil = Callable[..., Path]
Write = Callable[..., Path]


@pytest.fixture
def spoil(tmp_path: Path) -> Spoil:
    """Writes the good policy with each `old` replaced by `new`, in turn, and gives its path."""
    return partial(changed, GOOD, tmp_path / "small.toml")


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes the good file with each `old` replaced by `new`, in turn, and gives its path."""
    return partial(changed, OFFICE, tmp_path / "office.toml")


def changed(good: str, path: Path, *changes: str) -> Path:
    """Writes `good` there, with each `old` replaced by `new`."""
    text = good
    for old, new in zip(changes[::2], changes[1::2], strict=True):
        assert old in text, f"{old!r} is not in the sample"
        text = text.replace(old, new, 1)
    path.write_text(text)
    return path
