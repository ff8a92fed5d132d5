"""When clocks run: weekly hours, breaks, holidays and single dates in a time zone, and their compilation to UTC.

    load_calendars(path) -> dict[str, CalendarForm]  raises PolicyError with every mistake; check_calendars lists them
    found_in(path, table) -> list[Mistake]           the mistakes of a `[calendars]` table that is read already
    of_form(form) -> Schedule                        which windows begin on which date
    horizon(now) -> (since, until)                   what to compile for a case of now
    compile_calendar(name, schedule, since, until) -> cases.calendars.CompiledCalendar
    vectors.read(path), vectors.check(...)            facts that others have computed, for `caseladder calendar check`

Zones and holidays change with releases of their data. So nothing here is asked while a case lives, but by activities.
"""

from policies.calendars.checks import found_in
from policies.calendars.compiling import compile_calendar, horizon
from policies.calendars.form import CalendarForm, CalendarsForm
from policies.calendars.loading import check_calendars, load_calendars, shipped
from policies.calendars.schedule import Schedule, of_form

__all__ = [
    "CalendarForm",
    "CalendarsForm",
    "Schedule",
    "check_calendars",
    "compile_calendar",
    "found_in",
    "horizon",
    "load_calendars",
    "of_form",
    "shipped",
]
