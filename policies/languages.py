"""How a language and a region write times, numbers and money. All of it is the library's (CLDR, by Babel).

Knows locales; which words are said in a language is for `activities.rendering` to find in messages, and for
`api.desk.translations` on the customer's page. It is here because both of them may look here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError, dates, numbers

FALLBACK_LANGUAGE = "en"
"""The language that every message exists in."""

_HOME = {"en": "en_GB"}
"""The region whose habits count for a language that is named without one, where that is not what CLDR takes it for."""

_DATES = {"en_GB": "EEEE d MMMM y"}
"""The dates that we write otherwise than CLDR's longest: without the comma, which the time after it needs."""


def chain(language: str) -> tuple[str, ...]:
    """Where words are looked for, in this order: `de-AT`, `de`, `en`."""
    base = language.partition("-")[0]
    return tuple(dict.fromkeys((language, base, FALLBACK_LANGUAGE)))


def base_of(language: str) -> str:
    """The language without its region."""
    return language.partition("-")[0]


@lru_cache(maxsize=256)
def locale_of(language: str) -> Locale:
    """The habits of a language and region; of the language alone, if the region is none of its; English in the end."""
    for name in (language.replace("-", "_"), base_of(language)):
        try:
            return Locale.parse(_HOME.get(name, name))
        except (UnknownLocaleError, ValueError):
            continue
    return Locale.parse(_HOME[FALLBACK_LANGUAGE])


@dataclass(frozen=True, slots=True)
class Habits:
    """The filters of a template: how this locale writes what is no word."""

    locale: Locale

    def filters(self) -> dict[str, Callable[..., Any]]:
        """By the names that templates use."""
        return {"at": self.at, "money": self.money, "number": self.number, "one_line": one_line}

    def at(self, moment: datetime | str | None, zone: str | None = None) -> str:
        """A moment for a reader: `Tuesday 3 June 2025, 14:05 BST`; in UTC, and saying so, without a zone that we know.

        A text is a moment in ISO 8601: that is what a time in `params` has become on its way through Temporal.
        """
        if moment is None:
            return ""
        if isinstance(moment, str):
            moment = datetime.fromisoformat(moment)
        local = moment.astimezone(zone_of(zone))
        day = dates.format_date(local.date(), _DATES.get(str(self.locale), "full"), locale=self.locale)
        # Some locales put a narrow space before "PM": not every mail program has it.
        time = dates.format_time(local, "short", locale=self.locale).replace("\u202f", " ")
        return f"{day}, {time} {self._zone_name(local)}"

    def money(self, amount: str | int | Decimal, currency: str) -> str:
        """An amount with its currency: `€1,234.50`. A text is a decimal number, which JSON would not keep exact."""
        written = numbers.format_currency(Decimal(amount), currency, locale=self.locale)
        return written.replace("\xa0", " ").replace("\u202f", " ")

    def number(self, value: int | float) -> str:
        """A number: `1,234.5`."""
        return numbers.format_decimal(value, locale=self.locale).replace("\xa0", " ").replace("\u202f", " ")

    def _zone_name(self, local: datetime) -> str:
        known = dates.get_timezone_name(local, width="short", locale=self.locale)
        for name in (known, local.tzname() or ""):
            if name.isalpha():
                return name
        # Zones without letters of their own are called after their offset: `+05` says less than `UTC+05:00`.
        offset = local.utcoffset() or timedelta()
        sign, offset = ("-", -offset) if offset < timedelta() else ("+", offset)
        return f"UTC{sign}{offset.seconds // 3600:02}:{offset.seconds // 60 % 60:02}"


def at(moment: datetime | str | None, zone: str | None = None, language: str = FALLBACK_LANGUAGE) -> str:
    """A moment for a reader of that language."""
    return Habits(locale_of(language)).at(moment, zone)


def one_line(text: str) -> str:
    """The text without line breaks, for a subject or a greeting: what a customer wrote cannot add a line there."""
    return " ".join(text.split())


def zone_of(name: str | None) -> ZoneInfo:
    """The zone of that name; UTC without a name, or for one that nobody knows."""
    try:
        return ZoneInfo(name or "UTC")
    except (KeyError, ValueError, OSError):
        # Unknown, malformed, and a folder of the zone database ("Europe"), in this order.
        return ZoneInfo("UTC")
