"""Lengths of time as people write them: `15m`, `6h`, `1h30m`, `3d`, `8w`. Days and weeks are of 24 hours.

`durationpy` parses; this says which of what it takes we take, for it also takes `mm` as months and skips what it cannot
read between two parts.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Any

import durationpy
from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

PATTERN = r"^([0-9]+(\.[0-9]+)?[wdhms])+$"
LONGEST = timedelta(days=3650)
SHORTEST = timedelta(seconds=1)

_EXAMPLE = 'write it like "90s", "15m", "6h", "1h30m", "3d" or "8w"'


def span(text: str) -> timedelta:
    """The length of time that `text` says. Raises ValueError on anything else than the form above."""
    if not re.fullmatch(PATTERN, text):
        raise ValueError(f"{text!r} is not a length of time")
    return durationpy.from_str(text)


def in_words(length: timedelta) -> str:
    """The shortest way to write it in a policy file, such as `1d12h`."""
    weeks, rest = divmod(length, timedelta(weeks=1))
    if weeks and not rest:
        return f"{weeks}w"
    days, rest = divmod(length, timedelta(days=1))
    clock = durationpy.to_str(rest) if rest or not days else ""
    # durationpy ends on the zeros that Go ends on: 6h, but 0 without a unit.
    return (f"{days}d" if days else "") + ("0s" if clock == "0" else clock)


def _read(value: Any) -> timedelta:
    if isinstance(value, timedelta):
        return value
    if not isinstance(value, str):
        raise _wrong(f"{value!r} has no unit", _EXAMPLE)
    if value.startswith("-"):
        raise _wrong(f"{value!r} is negative", "a promise needs time: " + _EXAMPLE)
    try:
        length = span(value)
    except ValueError as error:
        raise _wrong(str(error), _EXAMPLE) from error
    if length > LONGEST:
        raise _wrong(f"{value!r} is longer than ten years", "write at most 3650d")
    return length


def _read_positive(value: Any) -> timedelta:
    length = _read(value)
    if length < SHORTEST:
        raise _wrong(f"{value!r} is too short to keep", "write at least 1s; to promise nothing is not possible")
    return length


def _wrong(problem: str, remedy: str) -> PydanticCustomError:
    return PydanticCustomError("span", "{problem}", {"problem": problem, "remedy": remedy})


_SCHEMA = WithJsonSchema({"type": "string", "pattern": PATTERN, "examples": ["6h"]})

Span = Annotated[timedelta, BeforeValidator(_read_positive), PlainSerializer(in_words), _SCHEMA]
"""At least a second."""

SpanOrNone = Annotated[timedelta, BeforeValidator(_read), PlainSerializer(in_words), _SCHEMA]
"""May be `0s`."""
