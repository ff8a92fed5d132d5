"""Pathways as they are written: `[[pathways]]`, their checks and their compilation; and which reasons may skip rungs.

Each channel may have its own path ("The Definitive Guide to Escalation Management", HubSpot): live ones, where the
customer is there and can be put on hold, and written ones. What a pathway means for a case is in `cases.pathways`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any

from pydantic import Field, StrictBool, StrictInt, TypeAdapter, ValidationError

from cases.complaint import Name, Shape
from cases.ladder import CLIMBING
from cases.pathways import OPTIONAL_CLOCKS, OPTIONAL_TRIGGERS, STANDARD, Pathway
from cases.words import Breach, Channel, ClockName, ContactOption, Reason

_Found = Iterator[tuple[str, str, str]]


class PathwayForm(Shape):
    """`[[pathways]]`: what the cases on some channels have. A list that is left out: all that there is."""

    name: Name = Field(examples=["live"])
    channels: tuple[Channel, ...] = Field(min_length=1, examples=[["phone"]])
    live: StrictBool = Field(default=False, description="the customer is there, and can be put on hold")
    holds: Annotated[StrictInt, Field(ge=1, le=100)] | None = Field(
        default=None, description="holds that are no reason to go up; the last of them alerts; left out: any number"
    )
    triggers: tuple[Reason, ...] | None = Field(
        default=None,
        description=f"of {', '.join(OPTIONAL_TRIGGERS)}: those for which a case goes up here; all others always count",
        examples=[["irate"]],
    )
    clocks: tuple[ClockName, ...] | None = Field(
        default=None,
        description=f"of {', '.join(OPTIONAL_CLOCKS)}: those that run here; all others always run",
        examples=[["callback"]],
    )
    contact: tuple[ContactOption, ...] | None = Field(
        default=None, description="what a customer may choose here: a call now, or at a time", examples=[["callback"]]
    )


def pathways_of(forms: Sequence[PathwayForm]) -> tuple[Pathway, ...]:
    """Those that a case reads: one for each channel, also where a policy says nothing of them."""
    return tuple(Pathway(**form.model_dump()) for form in forms) or STANDARD


def found_in_pathways(raw: dict[str, Any]) -> _Found:
    """Mistakes in what of `[[pathways]]` can be read: key, problem, remedy."""
    rows = _readable(raw.get("pathways"))
    yield from _shared(rows)
    for place, form in rows:
        key = f"pathways[{place}]"
        yield from _live(key, form)
        yield from _names(key, form, _table(raw.get("clocks")))
    yield from _unwarned(_table(raw.get("clocks")))


def _shared(rows: Sequence[tuple[int, PathwayForm]]) -> _Found:
    """Each channel is on one pathway."""
    names: dict[str, int] = {}
    taken: dict[Channel, int] = {}
    for place, form in rows:
        if form.name in names:
            problem = f"{form.name!r} is the name of pathways[{names[form.name]}] too"
            yield f"pathways[{place}].name", problem, "give each pathway its own name"
        names.setdefault(form.name, place)
        for channel in form.channels:
            if channel in taken:
                problem = f"{channel} is on pathways[{taken[channel]}] already"
                yield f"pathways[{place}].channels", problem, f"name {channel!r} once"
            taken.setdefault(channel, place)
    left = [channel for channel in Channel if channel not in taken]
    if rows and left:
        yield "pathways", f"none has {' or '.join(left)}", "add them to the channels of one, or write one for them"


def _live(key: str, form: PathwayForm) -> _Found:
    """Nobody is on hold who writes."""
    if form.live:
        return
    if form.holds is not None:
        yield f"{key}.holds", "nobody is on hold where the customer writes", "delete it, or add live = true"
    for name, words in (("clocks", form.clocks), ("triggers", form.triggers)):
        for word in words or ():
            if word in (ClockName.HOLD, Reason.HELD_TOO_LONG):
                problem = f"{word!r} has no effect where the customer writes"
                yield f"{key}.{name}", problem, "delete it, or add live = true"


def _names(key: str, form: PathwayForm, clocks: dict[str, Any]) -> _Found:
    for clock in form.clocks or ():
        if clock not in OPTIONAL_CLOCKS:
            yield f"{key}.clocks", f"{clock!r} runs on every pathway", "delete it"
        elif clock.value not in clocks:
            yield f"{key}.clocks", f"there is no table [clocks.{clock}]", f"add it, or delete {clock!r} here"
    for reason in form.triggers or ():
        if reason not in OPTIONAL_TRIGGERS:
            why = "counts on every pathway" if reason in CLIMBING else "is no reason to go up"
            yield f"{key}.triggers", f"{reason!r} {why}", "delete it"
    calls = form.clocks is None or ClockName.CALLBACK in form.clocks
    if form.contact and not (calls and ClockName.CALLBACK.value in clocks):
        remedy = "add [clocks.callback], and callback to the clocks of this pathway"
        yield f"{key}.contact", "a customer who chooses a call needs the clock callback", remedy


def _unwarned(clocks: dict[str, Any]) -> _Found:
    """Held or handled too long: alert, then up. The warning point is the alert."""
    for clock in (ClockName.HOLD, ClockName.HANDLE_TIME):
        terms = _table(clocks.get(clock.value))
        if terms and not terms.get("warn_at") and terms.get("on_breach", Breach.UP) == Breach.UP:
            problem = "the case would go up without an alert before"
            yield f"clocks.{clock}.warn_at", problem, "write warn_at = [0.75], so that its owner is told first"


def _readable(rows: Any) -> list[tuple[int, PathwayForm]]:
    """The rows that fit the schema, with their places in the file."""
    good: list[tuple[int, PathwayForm]] = []
    for place, row in enumerate(rows if isinstance(rows, list) else ()):  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        try:
            good.append((place, PathwayForm.model_validate(row)))
        except ValidationError:
            continue  # Said by the schema already.
    return good


def _table(raw: Any) -> dict[str, Any]:
    try:
        return TypeAdapter(dict[str, Any]).validate_python(raw)
    except ValidationError:
        return {}
