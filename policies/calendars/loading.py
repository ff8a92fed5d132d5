"""Calendars from files: those of a policy file or a file of calendars, and those that we ship.

Other tables of a file are not looked at: `policies.policy` answers for them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from policies.calendars.checks import found_in
from policies.calendars.form import CalendarForm, CalendarsForm
from policies.mistakes import Mistake, PolicyError, closest, read_toml

SHIPPED = Path(__file__).parents[1] / "calendars.toml"

_EXAMPLE = 'write a table [calendars.office] with zone = "Europe/London" and hours'


def load_calendars(path: Path | str) -> dict[str, CalendarForm]:
    """The calendars of a TOML file, by name. Raises PolicyError with every mistake in them."""
    path = Path(path)
    raw = read_toml(path)
    mistakes = _of(path, raw)
    if mistakes:
        raise PolicyError(mistakes)
    return CalendarsForm.model_validate({"calendars": raw["calendars"]}).calendars


def check_calendars(path: Path | str) -> list[Mistake]:
    """Every mistake in the calendars of a file; empty when they are good."""
    try:
        load_calendars(path)
    except PolicyError as error:
        return list(error.mistakes)
    return []


def shipped(name: str) -> CalendarForm:
    """A calendar of ours. Raises PolicyError if there is none of that name."""
    ours = load_calendars(SHIPPED)
    if name not in ours:
        meant = closest(name, ours)
        remedy = f"did you mean {meant!r}?" if meant else f"name a file, or one of ours: {', '.join(ours)}"
        raise PolicyError([Mistake(file=name, key="", problem="no file, and no calendar of ours", remedy=remedy)])
    return ours[name]


def _of(path: Path, raw: dict[str, Any]) -> list[Mistake]:
    if not raw.get("calendars"):
        return [Mistake(file=str(path), key="calendars", problem="there are none", remedy=_EXAMPLE)]
    return found_in(path, raw["calendars"])
