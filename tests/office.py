"""The calendar of a small office, and a plan whose promises count on it."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import Any

from cases.calendars import CompiledCalendar
from cases.plan import Plan, Terms
from cases.words import ClockName
from policies.calendars import CalendarForm, compile_calendar, of_form
from policies.calendars.form import WEEKDAYS
from tests.samples import plan, terms


@cache
def office(opens: str = "09:00-17:00", months: int = 7) -> CompiledCalendar:
    """Monday to Friday in London, without holidays; known up to so many months after the beginning of 2026."""
    hours = {day: [opens] for day in WEEKDAYS[:5]}
    form = CalendarForm.model_validate({"zone": "Europe/London", "hours": hours})
    until = datetime(2026 + months // 12, months % 12 + 1, 1, tzinfo=UTC)
    return compile_calendar("office", of_form(form), datetime(2026, 1, 1, tzinfo=UTC), until)


OFFICE = office()

ON_OFFICE = (
    ClockName.ACKNOWLEDGE,
    ClockName.FIRST_RESPONSE,
    ClockName.NEXT_RESPONSE,
    ClockName.RESOLUTION,
    ClockName.HAND_OFF,
    ClockName.ACCEPT,
    ClockName.ANSWER,
    ClockName.CONFIRM,
)
"""The clocks that count on it where a sample does."""


def office_plan(of: Terms | None = None, calendar: CompiledCalendar = OFFICE, **fields: Any) -> Plan:
    """A plan whose promises count in office hours."""
    of = of or terms()
    clocks = {
        name: clock.model_copy(update={"calendar": "office"}) if name in ON_OFFICE else clock
        for name, clock in of.clocks.items()
    }
    there = plan(of.model_copy(update={"clocks": clocks}), **fields)
    return there.model_copy(update={"calendars": {"office": calendar}})
