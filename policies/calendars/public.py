"""Public holidays of a country or a part of it, as the `holidays` package knows them.

They change with its releases, so nothing asks for them while a case lives: they are compiled into its calendar.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from functools import cache


@cache
def countries() -> Mapping[str, tuple[str, ...]]:
    """Every country that is known, by its ISO 3166 code, with its subdivisions."""
    import holidays

    return {code: tuple(parts) for code, parts in holidays.list_supported_countries().items()}


@cache
def of_year(country: str, subdivision: str | None, year: int) -> Mapping[datetime.date, str]:
    """The public holidays of one year, with their names, days in lieu among them."""
    # Here, because it takes a tenth of a second to load and most calendars are read without it.
    import holidays

    found = holidays.country_holidays(country, subdiv=subdivision, years=year, expand=False)
    return {day: name for day, name in found.items() if day.year == year}
