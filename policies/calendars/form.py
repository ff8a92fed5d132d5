"""The schema of a calendar in TOML: `[calendars.<name>]`, in a policy file or in a file of calendars.

Knows what may be written where; what a schema cannot see (hours that overlap, a calendar that is never open) is in
`policies.calendars.checks`.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from functools import cache
from typing import Annotated, Any
from zoneinfo import available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, WithJsonSchema, field_validator
from pydantic_core import PydanticCustomError

from cases.complaint import Name, Shape
from policies.calendars import public
from policies.calendars.windows import Hours, Window
from policies.mistakes import closest

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _wrong(problem: str, remedy: str) -> PydanticCustomError:
    return PydanticCustomError("calendar", "{problem}", {"problem": problem, "remedy": remedy})


def _date(value: Any) -> Any:
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value
    try:
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            return datetime.date.fromisoformat(value)
    except ValueError:
        raise _wrong(f"there is no {value}", "write a date that exists, such as 2026-12-24") from None
    raise _wrong(f"{str(value)!r} is not a date", "write it as year, month and day, such as 2026-12-24")


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def zone_problem(name: str) -> tuple[str, str] | None:
    """What is wrong with the name of a time zone, and the remedy; None if there is such a zone."""
    if name in _zones():
        return None
    meant = closest(name, _zones())
    remedy = f"did you mean {meant!r}?" if meant else "write an IANA time zone, such as Europe/London, or UTC"
    return f"unknown zone {name!r}", remedy


def _zone(name: str) -> str:
    if problem := zone_problem(name):
        raise _wrong(*problem)
    return name


Date = Annotated[
    datetime.date,
    BeforeValidator(_date),
    WithJsonSchema({"type": "string", "format": "date", "examples": ["2026-12-24"]}),
]
Zone = Annotated[str, AfterValidator(_zone), Field(examples=["Europe/London"])]


class HoursForm(Shape):
    """Any number of windows for each weekday; a day left out has none. A night belongs to the day that it begins on."""

    mon: tuple[Hours, ...] = ()
    tue: tuple[Hours, ...] = ()
    wed: tuple[Hours, ...] = ()
    thu: tuple[Hours, ...] = ()
    fri: tuple[Hours, ...] = ()
    sat: tuple[Hours, ...] = ()
    sun: tuple[Hours, ...] = ()

    @property
    def week(self) -> tuple[tuple[Window, ...], ...]:
        """Monday first."""
        return (self.mon, self.tue, self.wed, self.thu, self.fri, self.sat, self.sun)

    def named(self) -> Iterator[tuple[str, tuple[Window, ...]]]:
        """Each weekday with its windows, Monday first."""
        return zip(WEEKDAYS, self.week, strict=True)


class HolidaysForm(Shape):
    """`holidays`: dates on which nothing begins. A night that began the day before goes on to its end."""

    country: str | None = Field(default=None, description="ISO 3166 code", examples=["GB"])
    subdivision: str | None = Field(default=None, description="ISO 3166-2, without the country", examples=["ENG"])
    dates: tuple[Date, ...] = Field(
        default=(), description="further dates of the company's own", examples=[["2026-12-24"]]
    )

    @field_validator("country")
    @classmethod
    def _country_is_known(cls, country: str | None) -> str | None:
        known = public.countries()
        if country is None or country in known:
            return country
        if country.upper() in known:
            raise _wrong(f"unknown country {country!r}", f"did you mean {country.upper()!r}?")
        raise _wrong(
            f"unknown country {country!r}",
            "write its ISO 3166 code, such as GB, US or DE, or list the dates in `dates`",
        )

    @field_validator("subdivision")
    @classmethod
    def _subdivision_is_known(cls, subdivision: str | None, info: ValidationInfo) -> str | None:
        if subdivision is None or "country" not in info.data:
            return subdivision
        country = info.data["country"]
        if country is None:
            raise _wrong("there is no country that it is a part of", 'add country, such as country = "GB"')
        parts = public.countries()[country]
        if subdivision in parts:
            return subdivision
        meant = closest(subdivision, parts)
        known = (
            f"write one of: {', '.join(parts)}" if parts else f"delete it; {country} has the same holidays everywhere"
        )
        raise _wrong(
            f"unknown subdivision {subdivision!r} of {country}", f"did you mean {meant!r}?" if meant else known
        )


class CalendarForm(Shape):
    """`[calendars.<name>]`: when a clock that names this calendar runs.

    A date in `dates` has the hours that are written there and no breaks, be it a holiday or not; none at all where the
    list is empty.
    """

    zone: Zone = Field(description="IANA time zone in which all times of this calendar are meant")
    hours: HoursForm = Field(description="weekly hours", examples=[{"mon": ["09:00-12:30", "13:00-17:30"]}])
    breaks: HoursForm = Field(
        default=HoursForm(), description="taken out of the hours; after midnight, under the day that has begun then"
    )
    holidays: HolidaysForm = Field(default=HolidaysForm(), description="of a country or a part of it, and own dates")
    dates: dict[Date, tuple[Hours, ...]] = Field(
        default={}, description="hours of single dates, instead of the weekday's"
    )


class CalendarsForm(Shape):
    """A file of calendars as it is written."""

    calendars: dict[Name, CalendarForm]
