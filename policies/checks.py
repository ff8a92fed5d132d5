"""What a schema cannot see: rules and targets that never apply, rungs that lead nowhere, tiers that nobody has.

Empty conditions are found here too, not by the schema: `Policy.content` spells out what was left out, as empty lists.

Works on what of the file can be read, so that these mistakes show beside those of the schema, not after them.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from cases.guiding import SITUATIONS
from cases.plan import ClockTerms
from cases.words import Channel, ClockName, Priority, Rung
from policies.compiling import clock_of, target_of
from policies.counting import found_in_clocks
from policies.form import PROMISED, Assignment, ClockForm, TargetForm, TriageForm, When, like
from policies.limits import found_in_limits
from policies.mistakes import Mistake, closest
from policies.pathways import found_in_pathways
from policies.remedies import found_in_remedies
from policies.retention import found_in_retention
from policies.spans import in_words

_Part = TypeVar("_Part", bound=BaseModel)

_FIXED = {
    ClockName.ACKNOWLEDGE: "the offer goes beside as often as guards.offers_beside says, then up",
    ClockName.REDIRECT: "the case goes up, because the customer insists",
    ClockName.CONFIRM: "the case is closed as unconfirmed",
    ClockName.REOPEN_WINDOW: "the case is archived",
    ClockName.ACCEPT: "the question is offered on",
    ClockName.ANSWER: "the question is offered on",
    ClockName.CUSTOMER_SILENCE: "the case is closed as unconfirmed",
    ClockName.REVIEW: "the managers are alerted",
}
"""The clocks whose end leads to one thing only, whatever a policy says."""

_UNPAUSED = {*_FIXED, ClockName.HAND_OFF, ClockName.CALLBACK, ClockName.HOLD, ClockName.APPROVAL}
"""The clocks that waiting for the customer does not pause: colleagues, or a time of their own, are waited for."""

_SPECIALISTS = (ClockName.ACCEPT, ClockName.ANSWER)

_PAUSABLE = "delete it, because only first_response, next_response, resolution and update can"


def found_by_reading(path: Path, raw: dict[str, Any]) -> list[Mistake]:
    """Mistakes in the readable parts of a policy file, in the order of the file."""
    tiers = _tiers(raw)
    found = itertools.chain(
        found_in_clocks(raw),
        found_in_limits(raw),
        _targets(raw, tiers),
        _clocks(raw),
        _unkept(raw, tiers),
        _rules(raw, tiers),
        _rungs(raw),
        _guidance(raw),
        found_in_pathways(raw),
        found_in_remedies(raw),
        found_in_retention(raw),
    )
    return [Mistake(file=str(path), key=key, problem=problem, remedy=remedy) for key, problem, remedy in found]


_Found = Iterator[tuple[str, str, str]]


def _tiers(raw: dict[str, Any]) -> tuple[str, ...]:
    try:
        return TypeAdapter(tuple[str, ...]).validate_python(raw.get("tiers", ()))
    except ValidationError:
        return ()


def _table(raw: dict[str, Any], key: str) -> dict[str, Any]:
    return _dict(raw.get(key, {}))


def _dict(table: Any) -> dict[str, Any]:
    try:
        return TypeAdapter(dict[str, Any]).validate_python(table)
    except ValidationError:
        return {}


def readable(model: type[_Part], rows: Any) -> list[tuple[int, _Part]]:
    """The rows that fit the schema, with their places in the file."""
    good: list[tuple[int, _Part]] = []
    for place, row in enumerate(_list(rows)):
        try:
            good.append((place, model.model_validate(row)))
        except ValidationError:
            continue  # Said by the schema already.
    return good


def _list(rows: Any) -> list[Any]:
    try:
        return TypeAdapter(list[Any]).validate_python(rows)
    except ValidationError:
        return []


def _targets(raw: dict[str, Any], tiers: tuple[str, ...]) -> _Found:
    for clock in PROMISED:
        written = _list(_table(_table(raw, "clocks"), clock.value).get("targets"))
        blank = {place: names for place, row in enumerate(written) if (names := _blank(TargetForm, row))}
        yield from _blanks(f"clocks.{clock}.targets[{{}}]", blank)
        taken: dict[tuple[str | None, Priority, Channel, Rung], int] = {}
        for place, row in readable(TargetForm, written):
            key = f"clocks.{clock}.targets[{place}]"
            yield from _undeclared(key, row.tier, tiers)
            if place in blank:
                continue
            target = target_of(row)
            known = (None, *tiers, *row.tier)
            fitting = [case for case in itertools.product(known, Priority, Channel, Rung) if target.fits(*case)]
            if all(case in taken for case in fitting):
                yield _hidden(key, {taken[case] for case in fitting}, "target")
            for case in fitting:
                taken.setdefault(case, place)


def _blank(model: type[BaseModel], row: Any) -> list[str]:
    """The conditions of a row that are written as an empty list."""
    return [name for name, words in _dict(row).items() if name in model.model_fields and words == []]


def _blanks(key: str, blank: dict[int, list[str]]) -> _Found:
    for place, names in blank.items():
        for name in names:
            article = "an" if name == "issue" else "a"
            yield (
                f"{key.format(place)}.{name}",
                f"is empty, so any {name} would do",
                f"leave the condition out, or name {article} {name}",
            )


def _clocks(raw: dict[str, Any]) -> _Found:
    for clock in PROMISED:
        terms, key = _table(_table(raw, "clocks"), clock.value), f"clocks.{clock}"
        if clock in _UNPAUSED and terms.get("pausable") is True:
            yield f"{key}.pausable", "this clock cannot wait for the customer", _PAUSABLE
        if clock is ClockName.HANDLE_TIME and "pausable" in terms:
            yield f"{key}.pausable", "has no effect", "delete it; waiting for the customer always pauses this clock"
        if clock in _FIXED and "on_breach" in terms:
            yield f"{key}.on_breach", "has no effect", f"delete it; when this time is over, {_FIXED[clock]}"
        yield from _warnings(f"{key}.warn_at", clock, _list(terms.get("warn_at")))


def _warnings(key: str, clock: ClockName, written: Sequence[Any]) -> _Found:
    points = [point for point in written if type(point) in (int, float) and not math.isnan(point)]
    good = sorted({point for point in points if 0 < point < 1}) or [0.75]
    if clock is ClockName.CONFIRM and len(written) > 1:
        yield key, f"has {len(written)} points, and the customer is reminded once", f"write warn_at = {good[:1]}"
    elif any(later <= earlier for earlier, later in itertools.pairwise(points)):
        yield key, "the warning points do not rise", f"write warn_at = {good}"


def _unkept(raw: dict[str, Any], tiers: tuple[str, ...]) -> _Found:
    """Answers promised sooner than even the first specialist must give them."""
    tables = _table(raw, "clocks")
    written = [readable(ClockForm, [tables.get(name)]) for name in (ClockName.HAND_OFF, *_SPECIALISTS)]
    if not all(written) or len({form.calendar for ((_, form),) in written}) > 1:
        # What counts on different calendars cannot be compared by its length.
        return
    promised, *spent = (clock_of(form) for ((_, form),) in written)
    least: dict[str, timedelta] = {}
    for case in itertools.product((None, *tiers), Priority, Channel, Rung):
        (within, place), given = _within(promised, case), [_within(clock, case)[0] for clock in spent]
        needed = sum(filter(None, given), timedelta())
        if within is not None and within < needed:
            key = "default" if place is None else f"targets[{place}].within"
            least[key] = max(needed, least.get(key, needed))
    for key, needed in least.items():
        yield (
            f"clocks.{ClockName.HAND_OFF}.{key}",
            f"a specialist may take {in_words(needed)} to accept and answer, which is longer",
            f"write {in_words(needed)} or more, or give clocks.accept and clocks.answer less",
        )


_Kind = tuple[str | None, Priority, Channel, Rung]


def _within(terms: ClockTerms, case: _Kind) -> tuple[timedelta | None, int | None]:
    """How long the clock may run (None: to the end of a day), and which of its targets says so (None: its default)."""
    place = next((place for place, target in enumerate(terms.targets) if target.fits(*case)), None)
    return (terms.default, None) if place is None else (terms.targets[place].within, place)


def _rules(raw: dict[str, Any], tiers: tuple[str, ...]) -> _Found:
    written = _list(raw.get("triage"))
    blank = {place: names for place, row in enumerate(written) if (names := _blank(When, _dict(row).get("when")))}
    yield from _blanks("triage[{}].when", blank)
    rows = readable(TriageForm, written)
    for index, (place, rule) in enumerate(rows):
        key = f"triage[{place}]"
        yield from _undeclared(f"{key}.when", rule.when.tier, tiers)
        if same := [earlier for earlier, other in rows[:index] if other.name == rule.name]:
            yield f"{key}.name", f"{rule.name!r} is the name of triage[{same[0]}] too", "give each rule its own name"
        if place in blank:
            continue
        if rule.when == When():
            yield f"{key}.when", "has no condition, so no later rule counts", "write it as [triage_default]"
        before = [
            (earlier, other)
            for earlier, other in rows[:index]
            if earlier not in blank and _said_whenever(rule.when, other.when)
        ]
        hiding = [_hidden_by(part, before) for part in _parts(rule.when)]
        if None not in hiding:
            yield _hidden(key, {place for place in hiding if place is not None}, "rule")


_Parted = tuple[str | None, str, str | None, Channel, str | None]


def _parts(when: When) -> Iterator[_Parted]:
    """The rule taken apart into rules of one word a condition; None where there is no condition.

    A product is always given, so no condition on it is as good as `*`; an issue is not.
    """
    return itertools.product(
        when.source or (None,),
        when.product or ("*",),
        when.issue or (None,),
        when.channel or Channel,
        when.tier or (None,),
    )


def _said_whenever(later: When, earlier: When) -> bool:
    """Whether words that fit the later rule always fit the earlier one too, as far as can be seen."""
    return not earlier.words or (bool(later.words) and set(later.words) <= set(earlier.words))


def _hidden_by(part: _Parted, before: Sequence[tuple[int, TriageForm]]) -> int | None:
    """The earlier rule that takes all that this part could."""
    source, product, issue, channel, tier = part
    for place, rule in before:
        when = rule.when
        if (
            (not when.source or source in when.source)
            and _covered(product, when.product)
            and _covered(issue, when.issue)
            and (not when.channel or channel in when.channel)
            and (not when.tier or tier in when.tier)
        ):
            return place
    return None


def _covered(pattern: str | None, patterns: Sequence[str]) -> bool:
    # A pattern read as text fits a wider one: its own `*` can only be taken up by a `*` there.
    return not patterns or (pattern is not None and any(like(pattern, wider) for wider in patterns))


def _hidden(key: str, earlier: set[int], what: str) -> tuple[str, str, str]:
    table = key.rpartition("[")[0]
    names = " and ".join(f"{table}[{place}]" for place in sorted(earlier))
    comes = "comes" if len(earlier) == 1 else "come"
    return key, f"can never match: {names} {comes} first", f"move this {what} up, or delete it"


def _undeclared(key: str, named: Sequence[str], tiers: tuple[str, ...]) -> _Found:
    for place, tier in enumerate(named):
        if tier not in tiers:
            meant = closest(tier, tiers)
            yield (
                f"{key}.tier[{place}]",
                f"unknown tier {tier!r}",
                f"did you mean {meant!r}?" if meant else f"add {tier!r} to the list `tiers` at the top of the file",
            )


def _guidance(raw: dict[str, Any]) -> _Found:
    """Lines for situations that no case can be in, so that nobody would ever read them."""
    for situation in _table(raw, "guidance"):
        if situation not in SITUATIONS:
            meant = closest(situation, SITUATIONS)
            yield (
                f"guidance.{situation}",
                "is neither a reason nor a status",
                f"did you mean {meant!r}?" if meant else f"write one of: {', '.join(SITUATIONS)}",
            )


def _rungs(raw: dict[str, Any]) -> _Found:
    places: list[tuple[str, Assignment, tuple[Channel, ...]]] = [
        (f"triage[{place}]", rule, rule.when.channel) for place, rule in readable(TriageForm, raw.get("triage"))
    ]
    places += [("triage_default", row, ()) for _, row in readable(Assignment, [raw.get("triage_default")])]
    for key, row, channels in places:
        if row.rung.above is None:
            yield (
                f"{key}.rung",
                f"{row.rung} is the top: such a case could not climb",
                f"write {row.rung.below} or lower",
            )
        if row.rung is Rung.BOT and channels != (Channel.CHATBOT,):
            yield (
                f"{key}.rung",
                "a bot answers on the channel chatbot only",
                'write agent or higher, or add when = { channel = ["chatbot"] }',
            )
