"""Statutory regimes as they are written: `[regime]` and its stages, their checks and their compilation.

What a stage means for a case is in `cases.statutory`. A regime brings its own calendar: whose business days a regulator
counts is not the company's to choose, and the policy's hash pins them.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, StrictBool, StrictInt, StringConstraints, ValidationError

from cases.calendars import BeyondHorizon, CompiledCalendar
from cases.complaint import Name, Shape, Short
from cases.regimes import Regime, Stage
from cases.words import Breach, Letter
from policies.calendars import CalendarForm, compile_calendar, found_in, horizon, of_form
from policies.mistakes import Mistake, closest
from policies.spans import Span

MOST_DAYS = 250
"""Business days of a stage at most: a working year, which every horizon covers."""

OLDEST = timedelta(days=3650)
"""How long ago a complaint may have been received for its business days to be counted exactly."""

_Found = Iterator[tuple[str, str, str]]


class StageForm(Shape):
    """`[[regime.stages]]`: one deadline, and the letters that satisfy it.

    Those that no letter opens are open from the beginning, all at once. An optional stage is no duty: its letters may
    be sent for a complaint whose resolution the customer accepted by its deadline, instead of those of other stages.
    """

    name: Name = Field(examples=["final_response"])
    letters: tuple[Letter, ...] = Field(
        min_length=1, description="letters that satisfy it, late or not", examples=[["final_response"]]
    )
    within: Span | None = Field(default=None, description="time after the receipt, nights and holidays too")
    business_days: Annotated[StrictInt, Field(ge=1, le=MOST_DAYS)] | None = Field(
        default=None, description="instead of `within`: the close of the n-th business day after the day of receipt"
    )
    then: dict[Letter, Name] = Field(default={}, description="the stage that a letter opens when it satisfies this one")
    optional: StrictBool = Field(default=False, description="a way out that is open for a time, and no duty")
    warn_at: tuple[Annotated[float, Field(gt=0, lt=1, strict=True)], ...] = Field(
        default=(), description="shares of the time at which to warn the owner, rising", examples=[[0.75]]
    )
    on_breach: Literal["up", "alert"] = Field(default="up", description="one rung up, or an alert to the managers")
    rule: Short | None = Field(default=None, description="the paragraph that it comes from", examples=["DISP 1.6.2R"])


class RegimeForm(Shape):
    """`[regime]`: what a regulator demands, beside what the company promises."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")] = Field(
        description="its letters are the templates letter.<letter>.<name>", examples=["uk-disp"]
    )
    counts_from: Literal["received_at", "opened_at"] = Field(
        default="received_at", description="all of its deadlines count from then"
    )
    calendar: CalendarForm | None = Field(default=None, description="whose business days count")
    stages: tuple[StageForm, ...] = Field(min_length=1)


def compiled_regime(form: RegimeForm, received_at: datetime | None, now: datetime) -> Regime:
    """The regime for a complaint that is planned now, with its calendar over a horizon that covers all deadlines."""
    return Regime(
        name=form.name,
        stages=tuple(_stage(stage) for stage in form.stages),
        from_opening=form.counts_from == "opened_at",
        calendar=_calendar(form, *_horizon(received_at, now)) if _counts_days(form) else None,
    )


def found_in_regime(path: Path, raw: Any) -> list[Mistake]:
    """Mistakes in the table `[regime]` that its schema cannot see; none in what cannot be read."""
    if not isinstance(raw, dict):
        return []
    table: dict[str, Any] = raw  # pyright: ignore[reportUnknownVariableType] -- as TOML gave it
    found = _in_calendar(path, table.get("calendar"))
    try:
        form = RegimeForm.model_validate(table)
    except ValidationError:
        return found
    chain = itertools.chain(_names(form), _deadlines(form), _letters(form), _what_follows(form), _days(form))
    return found + [Mistake(file=str(path), key=key, problem=problem, remedy=remedy) for key, problem, remedy in chain]


def _stage(form: StageForm) -> Stage:
    return Stage(
        name=form.name,
        letters=form.letters,
        within=form.within,
        business_days=form.business_days,
        then=form.then,
        optional=form.optional,
        warn_at=form.warn_at,
        on_breach=Breach(form.on_breach),
        rule=form.rule,
    )


def _counts_days(form: RegimeForm) -> bool:
    return any(stage.business_days is not None for stage in form.stages)


def _horizon(received_at: datetime | None, now: datetime) -> tuple[datetime, datetime]:
    return horizon(now, max(received_at or now, now - OLDEST))


def _calendar(form: RegimeForm, since: datetime, until: datetime) -> CompiledCalendar | None:
    return compile_calendar(form.name, of_form(form.calendar), since, until) if form.calendar else None


def _in_calendar(path: Path, raw: Any) -> list[Mistake]:
    """The mistakes of its calendar that are not of the schema: the policy's own schema says those."""
    try:
        CalendarForm.model_validate(raw)
    except ValidationError:
        return []
    written, meant = "calendars.regime", "regime.calendar"
    return [
        one.model_copy(update={"key": one.key.replace(written, meant), "remedy": one.remedy.replace(written, meant)})
        for one in found_in(path, {"regime": raw})
    ]


def _names(form: RegimeForm) -> _Found:
    seen: dict[str, int] = {}
    for place, stage in enumerate(form.stages):
        if stage.name in seen:
            problem = f"{stage.name!r} is the name of regime.stages[{seen[stage.name]}] too"
            yield f"regime.stages[{place}].name", problem, "give each stage its own name"
        seen.setdefault(stage.name, place)


def _deadlines(form: RegimeForm) -> _Found:
    for place, stage in enumerate(form.stages):
        key = f"regime.stages[{place}]"
        if stage.within is None and stage.business_days is None:
            yield key, "has no deadline", 'add it, such as within = "8w" or business_days = 15'
        if stage.within is not None and stage.business_days is not None:
            yield f"{key}.business_days", "there are two deadlines", "delete this one, or `within`"
        if stage.business_days is not None and form.calendar is None:
            yield (
                "regime.calendar",
                f"missing, and {key}.business_days needs it",
                "add a table [regime.calendar] with zone, holidays and hours",
            )
        if any(later <= earlier for earlier, later in itertools.pairwise(stage.warn_at)):
            good = sorted(set(stage.warn_at))
            yield f"{key}.warn_at", "the warning points do not rise", f"write warn_at = {good}"


def _letters(form: RegimeForm) -> _Found:
    duties = {letter for stage in form.stages if not stage.optional for letter in stage.letters}
    for place, stage in enumerate(form.stages):
        key = f"regime.stages[{place}]"
        if len({*stage.letters}) < len(stage.letters):
            good = ", ".join(f'"{letter}"' for letter in dict.fromkeys(stage.letters))
            yield f"{key}.letters", "names a letter twice", f"write letters = [{good}]"
        if not stage.optional:
            continue
        for letter in (letter for letter in stage.letters if letter not in duties):
            problem = f"{letter!r} satisfies no stage that is a duty"
            yield f"{key}.letters", problem, f"add {letter!r} to the letters of the stages that it stands in for"
        if stage.on_breach != "up":
            yield f"{key}.on_breach", "has no effect", "delete it; an optional stage cannot be broken"
        if stage.then:
            yield f"{key}.then", "has no effect", "delete it; an optional stage is not satisfied by its letters"


def _what_follows(form: RegimeForm) -> _Found:
    names = [stage.name for stage in form.stages]
    for place, stage in enumerate(form.stages):
        for letter, name in stage.then.items():
            key = f"regime.stages[{place}].then.{letter}"
            if letter not in stage.letters:
                yield key, f"{letter!r} does not satisfy this stage", f"add {letter!r} to its letters"
            if name not in names:
                meant = closest(name, names)
                remedy = f"did you mean {meant!r}?" if meant else f"write one of: {', '.join(names)}"
                yield key, f"there is no stage {name!r}", remedy
    for place, stage in enumerate(form.stages):
        if stage.name not in _reached(form):
            problem = "is never opened: only stages that are not open themselves lead to it"
            yield f"regime.stages[{place}]", problem, "let a letter of a stage that is open from the beginning open it"


def _reached(form: RegimeForm) -> set[str]:
    """The stages that are open from the beginning, and those that letters can open after them."""
    opened = {name for stage in form.stages for name in stage.then.values()}
    reached = {stage.name for stage in form.stages if stage.name not in opened}
    for _ in form.stages:
        reached |= {name for stage in form.stages if stage.name in reached for name in stage.then.values()}
    return reached


def _days(form: RegimeForm) -> _Found:
    """Business days that the calendar has not that many of."""
    now = datetime.now(UTC)
    calendar = _calendar(form, *_horizon(now, now))
    for place, stage in enumerate(form.stages):
        if calendar is None or stage.business_days is None:
            continue
        try:
            calendar.end_of_day(now, stage.business_days)
        except BeyondHorizon:
            yield (
                f"regime.stages[{place}].business_days",
                f"the calendar has no {stage.business_days} business days in the coming year",
                "write fewer, or open the calendar on more days",
            )
