"""Open intervals and business days as arrays to search, and as a short text: how `cases.calendars` holds them.

Knows pairs of rising whole numbers; what they mean is the calendar's. In the text, each number is a step from the one
before, in units of what divides them all (half an hour, for most offices), as base-128 digits with the low ones first,
in base64: nearly always one byte for an opening, and one for a closing.
"""

from __future__ import annotations

import base64
import itertools
import math
from array import array
from collections.abc import Iterable, Iterator
from typing import NamedTuple

Span = tuple[int, int]
"""Start and end in seconds since 1970 UTC; the end is not in it."""


class Stretches(NamedTuple):
    """Open intervals: when each opens, and how much was open before it; last in `before`, how much is open in all."""

    opens: array[int]
    before: array[int]

    def closing(self, place: int) -> int:
        """When the interval at this place closes."""
        return self.opens[place] + self.before[place + 1] - self.before[place]

    def spans(self) -> Iterator[Span]:
        """Each interval, in order."""
        return ((opens, self.closing(place)) for place, opens in enumerate(self.opens))


class BusinessDays(NamedTuple):
    """Business days: the midnight at which each begins, and its close of business."""

    begins: array[int]
    ends: array[int]

    def spans(self) -> Iterator[Span]:
        """Each day, in order."""
        return zip(self.begins, self.ends, strict=True)


def stretches(spans: Iterable[Span]) -> Stretches:
    """Of intervals that rise and do not meet. Raises ValueError for others."""
    opens, before, last = array("q"), array("q", [0]), None
    for start, end in spans:
        if end <= start or (last is not None and start <= last):
            raise ValueError("the open intervals of a calendar must rise and must not meet")
        opens.append(start)
        before.append(before[-1] + end - start)
        last = end
    return Stretches(opens, before)


def business_days(spans: Iterable[Span]) -> BusinessDays:
    """Of days that rise, closings too. Raises ValueError for others."""
    days = list(spans)
    for (earlier, closed), (later, closes) in itertools.pairwise(days):
        if later <= earlier or closes < closed:
            raise ValueError("the business days of a calendar must rise, and so must their closings")
    if any(end <= begin for begin, end in days):
        raise ValueError("a business day must close after it begins")
    return BusinessDays(array("q", (begin for begin, _ in days)), array("q", (end for _, end in days)))


def packed(since: int, hours: Iterable[Span], days: Iterable[Span]) -> tuple[int, str, str]:
    """The unit, and both as text. Raises ValueError if something steps back."""
    hour_steps = [step for gap, length in _hour_steps(since, hours) for step in (gap, length)]
    day_steps = [step for gap, length in _day_steps(since, days) for step in (gap, length)]
    unit = math.gcd(*hour_steps, *day_steps) or 1
    return unit, _text(hour_steps, unit), _text(day_steps, unit)


def unpacked_hours(text: str, since: int, unit: int) -> Iterator[Span]:
    """Intervals, each counted from the end of the one before. Raises ValueError if `text` is none of ours."""
    end = since
    for gap, length in _pairs(text):
        start = end + gap * unit
        end = start + length * unit
        yield start, end


def unpacked_days(text: str, since: int, unit: int) -> Iterator[Span]:
    """Business days, each counted from the beginning of the one before. Raises ValueError if `text` is none of ours."""
    begin = since - _BACK
    for gap, length in _pairs(text):
        begin += gap * unit
        yield begin, begin + length * unit


_BACK = 7 * 86_400
"""A day that closes within the horizon may have begun before it."""


def _hour_steps(since: int, hours: Iterable[Span]) -> Iterator[Span]:
    for start, end in hours:
        yield start - since, end - start
        since = end


def _day_steps(since: int, days: Iterable[Span]) -> Iterator[Span]:
    since -= _BACK
    for begin, end in days:
        yield begin - since, end - begin
        since = begin


def _text(steps: Iterable[int], unit: int) -> str:
    written = bytearray()
    for step in steps:
        if step < 0:
            raise ValueError("the parts of a calendar are out of order")
        rest = step // unit
        while rest > 0x7F:
            written.append(rest & 0x7F | 0x80)
            rest >>= 7
        written.append(rest)
    return base64.b64encode(written).decode()


def _pairs(text: str) -> Iterator[Span]:
    steps: list[int] = []
    step = shift = 0
    for byte in base64.b64decode(text, validate=True):
        step |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            steps.append(step)
            step = shift = 0
    if shift or len(steps) % 2:
        raise ValueError("the text of a calendar breaks off")
    return zip(steps[::2], steps[1::2], strict=True)
