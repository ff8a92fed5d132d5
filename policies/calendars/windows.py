"""Hours of a day as people write them, `09:00-17:30`, and as seconds after midnight.

Knows nothing of dates and zones: what a window is worth on the day on which the clocks change is for
`policies.calendars.compiling`.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, NamedTuple

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

DAY = 86_400

_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?")
_EXAMPLE = 'write it like "09:00-17:30", or "22:00-06:00" for a night'


class Window(NamedTuple):
    """From `start` to `end`, in seconds after midnight; beyond 24 h where it ends on the next day."""

    start: int
    end: int

    def __str__(self) -> str:
        end = self.end if self.end <= DAY else self.end - DAY
        return f"{in_words(self.start)}-{in_words(end)}"


def time_of_day(text: str) -> int:
    """`09:30` or `09:30:15` in seconds after midnight, up to 24:00. Raises ValueError."""
    found = _TIME.fullmatch(text.strip())
    if not found:
        raise ValueError(f"{text!r} is no time of day")
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    second = hours * 3600 + minutes * 60 + seconds
    if minutes > 59 or seconds > 59 or second > DAY:
        raise ValueError(f"{text!r} is no time of day")
    return second


def window(start: str, end: str) -> Window:
    """From one time of day to another; an end at or before the start is on the next day. Raises ValueError."""
    opens, closes = time_of_day(start), time_of_day(end)
    if opens == DAY:
        raise ValueError(f"{start!r} is the end of a day, not the beginning of anything")
    return Window(opens, closes if closes > opens else closes + DAY)


def in_words(second: int) -> str:
    """A time of day, without seconds if there are none."""
    minutes, seconds = divmod(second, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else "")


def _read(value: Any) -> Window:
    if isinstance(value, Window):
        return value
    if not isinstance(value, str) or value.count("-") != 1:
        raise _wrong(f"{value!r} is no part of a day", _EXAMPLE)
    start, end = value.split("-")
    try:
        read = window(start, end)
    except ValueError as error:
        raise _wrong(str(error), f"write a time from 00:00 to 24:00; {_EXAMPLE}") from error
    if read.end - read.start == DAY and read.start:
        day = f'"{in_words(read.start)}-24:00" and, on the next day, "00:00-{in_words(read.start)}"'
        raise _wrong(f"{value!r} ends when it begins", f'write "00:00-24:00" for a whole day, or {day}')
    return read


def _wrong(problem: str, remedy: str) -> PydanticCustomError:
    return PydanticCustomError("window", "{problem}", {"problem": problem, "remedy": remedy})


Hours = Annotated[
    Window,
    BeforeValidator(_read),
    PlainSerializer(str),
    WithJsonSchema({"type": "string", "examples": ["09:00-17:30"]}),
]
"""As a TOML file writes it."""
