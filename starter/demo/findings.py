"""What an audit can find wrong."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Fault(StrEnum):
    """What can be wrong."""

    LOST = "lost"
    DUPLICATED = "duplicated"


class Finding(NamedTuple):
    """One thing that is wrong. `thing` names what it is about: two checks that find the same count once."""

    fault: Fault
    thing: str
    sentence: str
