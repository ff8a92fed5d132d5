"""How long what is known about people is kept, and until when a law forbids to remove it. Pure dates, no database.

Knows periods as laws and contracts write them (`6 years`), and what follows from them for one case or payment. Which
periods count, a company's policy says (`policies.retention`); what is removed then, `records.personal`.
"""

from __future__ import annotations

import calendar
import re
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

from cases.complaint import Shape, Short

PATTERN = r"^[1-9][0-9]{0,3} (day|week|month|year)s?$"
LONGEST_YEARS = 100

_EXAMPLE = 'write it like "90 days", "18 months" or "6 years"'


class Unit(StrEnum):
    """What a period counts."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


class Period(Shape):
    """A length of time on the calendar: a year from 29 February ends on 28 February."""

    count: int
    unit: Unit

    def after(self, moment: datetime) -> datetime:
        """The same time of day, so much later."""
        return self._moved(moment, self.count)

    def before(self, moment: datetime) -> datetime:
        """The same time of day, so much earlier."""
        return self._moved(moment, -self.count)

    def _moved(self, moment: datetime, count: int) -> datetime:
        if self.unit in (Unit.DAY, Unit.WEEK):
            return moment + timedelta(**{f"{self.unit}s": count})
        years, month = divmod(moment.month - 1 + count * (12 if self.unit is Unit.YEAR else 1), 12)
        year, month = moment.year + years, month + 1
        return moment.replace(year=year, month=month, day=min(moment.day, calendar.monthrange(year, month)[1]))

    def __str__(self) -> str:
        """As it is written in a policy file."""
        return f"{self.count} {self.unit}{'' if self.count == 1 else 's'}"


def _read(value: Any) -> Any:
    if isinstance(value, Period):
        return value
    if not isinstance(value, str) or not re.fullmatch(PATTERN, value):
        raise PydanticCustomError("period", "{problem}", {"problem": f"{value!r} is not a period", "remedy": _EXAMPLE})
    count, unit = value.split(" ")
    period = Period(count=int(count), unit=Unit(unit.removesuffix("s")))
    if period.after(_ANY_DAY) > _ANY_DAY.replace(year=_ANY_DAY.year + LONGEST_YEARS):
        remedy = f'write at most "{LONGEST_YEARS} years"'
        raise PydanticCustomError(
            "period", "{problem}", {"problem": f"{value!r} is longer than a life", "remedy": remedy}
        )
    return period


_ANY_DAY = datetime(2000, 1, 1)  # noqa: DTZ001 -- only compared with itself

WrittenPeriod = Annotated[
    Period,
    BeforeValidator(_read),
    PlainSerializer(str),
    WithJsonSchema({"type": "string", "pattern": PATTERN, "examples": ["6 years"]}),
]
"""A period as text: `6 years`."""


class Law(Shape):
    """`[retention.complaints]`, `[retention.payments]`: a duty to keep something, and which law says so."""

    keep: WrittenPeriod = Field(description="from the day on which the case was closed, or the payment was booked")
    because: Short = Field(
        description="the law; it is in the answer to who asks for an erasure", examples=["FCA DISP 1.9.1R"]
    )


class Kept(StrEnum):
    """What a law may make a company keep, by name."""

    COMPLAINT = "complaint"
    PAYMENT = "payment"


class Retention(Shape):
    """`[retention]`: how long words and names are kept when a case is over, and what must be kept that long by law.

    A customer may ask for an erasure at any time; what a law makes one keep stays until that is over.
    """

    texts: WrittenPeriod = Field(
        description="for how long after a case was closed its words and names are kept, when nobody asks for less"
    )
    complaints: Law | None = Field(default=None, description="of complaints and the answers to them; may be left out")
    payments: Law | None = Field(default=None, description="of who was paid what; may be left out")

    def law(self, what: Kept) -> Law | None:
        """The duty to keep it, if there is one."""
        return self.complaints if what is Kept.COMPLAINT else self.payments

    def kept_until(self, what: Kept, since: datetime) -> datetime | None:
        """Until when a law makes one keep it; `since` is when the case was closed, or the payment was booked."""
        law = self.law(what)
        return law.keep.after(since) if law else None

    def expires_at(self, what: Kept, since: datetime) -> datetime:
        """When it is removed though nobody has asked for it."""
        return max(self.texts.after(since), self.kept_until(what, since) or since)

    def oldest(self, now: datetime) -> datetime:
        """Nothing younger than this has expired; what is older is asked for its own date."""
        # Months are of different lengths: back and forth is not always the same day.
        return self.texts.before(now) + timedelta(days=3)
