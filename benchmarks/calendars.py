"""What a calendar costs: compiling a year of it, one deadline, its bytes, and those of a case that counts on it.

`python -m benchmarks.calendars`. Budgets: a year of intervals in under 20 ms, one deadline in under 20 us, an open case
in 40 KiB. A calendar is kept once for all cases of a process (`kept_bytes`). Ends with 1 if a budget is not kept.
"""

from __future__ import annotations

import gc
import json
import sys
import time
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path

from cases.calendars import CompiledCalendar, interned
from cases.case import Case
from cases.plan import Plan
from policies import load
from policies.calendars import Schedule, compile_calendar, load_calendars, of_form
from tests.samples import NOON, claimed, complaint

COMPILE_MS, DEADLINE_US = 20.0, 20.0
CASE_BYTES = 40 * 1024

SINCE, UNTIL = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
FOLDER = Path(__file__).parents[1] / "policies"
POLICIES = ("default", "uk-disp")
CASES = 50


def best(work: Callable[[], object], rounds: int, repeat: int) -> float:
    """Seconds that one `work` takes, the best of several rounds: what it costs, not what else the machine does."""
    taken: list[float] = []
    for _ in range(rounds):
        began = time.perf_counter()
        for _ in range(repeat):
            work()
        taken.append((time.perf_counter() - began) / repeat)
    return min(taken)


def deadline_us(calendar: CompiledCalendar) -> float:
    """One deadline of three open days, from moments all over the first half of the year."""
    moments = cycle([SINCE + timedelta(hours=7 * step, microseconds=step) for step in range(600)])
    return best(lambda: calendar.add(next(moments), timedelta(hours=24)), 5, 2_000) * 1e6


def end_of_day_us(calendar: CompiledCalendar) -> float:
    """The end of the third business day, from the same moments."""
    moments = cycle([SINCE + timedelta(hours=7 * step, microseconds=step) for step in range(600)])
    return best(lambda: calendar.end_of_day(next(moments), 3), 5, 2_000) * 1e6


def kept_bytes(calendar: CompiledCalendar) -> int:
    """What one process keeps of it, once, however many cases refer to it."""
    content = calendar.model_dump_json()
    gc.collect()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    fresh = CompiledCalendar.model_validate_json(content)
    _ = fresh.hash, fresh.open_time, fresh.business
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return after - before


def case_bytes(of: Plan) -> int:
    """What each further open case keeps that a process has read: its own part, after what all of them share."""
    text = json.dumps(claimed(of).case.snapshot())
    shared = Case.restore(json.loads(text))
    gc.collect()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    cases = [Case.restore(json.loads(text)) for _ in range(CASES)]
    for case in (shared, *cases):
        case.view(NOON)
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return (after - before) // CASES


def around_the_clock(of: Plan) -> Plan:
    """The same plan without calendars."""
    clocks = {name: clock.model_copy(update={"calendar": None}) for name, clock in of.terms.clocks.items()}
    terms = of.terms.model_copy(update={"clocks": clocks, "policy_hash": "around-the-clock"})
    return of.model_copy(update={"terms": terms, "calendars": {}})


def cases_measured() -> dict[str, int]:
    """Bytes of an open case, with and without calendars, by the shipped policy that it is under."""
    plans = {name: load(FOLDER / f"{name}.toml").plan(complaint(), NOON) for name in POLICIES}
    plans["default, around the clock"] = around_the_clock(plans["default"])
    return {name: case_bytes(of) for name, of in plans.items()}


def measured(name: str, schedule: Schedule) -> dict[str, float | int | str]:
    """All figures of one calendar."""
    calendar = compile_calendar(name, schedule, SINCE, UNTIL)
    text = calendar.model_dump_json()
    return {
        "calendar": name,
        "intervals": len(calendar.open_time.opens),
        "compile_ms": round(best(lambda: compile_calendar(name, schedule, SINCE, UNTIL), 5, 3) * 1e3, 2),
        "add_us": round(deadline_us(calendar), 2),
        "end_of_day_us": round(end_of_day_us(calendar), 2),
        "read_us": round(best(lambda: interned(CompiledCalendar.model_validate_json(text)), 5, 200) * 1e6, 1),
        "json_bytes": len(text),
        "kept_bytes": kept_bytes(calendar),
    }


def main() -> int:
    """Measures every calendar that we ship, and cases; prints a table, and one JSON line at the end."""
    rows = [measured(name, of_form(form)) for name, form in load_calendars(FOLDER / "calendars.toml").items()]
    print("  ".join(f"{key:>14}" for key in rows[0]))
    for row in rows:
        print("  ".join(f"{value:>14}" for value in row.values()))
    over = [
        f"{row['calendar']}: {key} {row[key]} is over {limit}"
        for row in rows
        for key, limit in (("compile_ms", COMPILE_MS), ("add_us", DEADLINE_US), ("end_of_day_us", DEADLINE_US))
        if float(row[key]) > limit
    ]
    print()
    cases = cases_measured()
    for name, size in cases.items():
        print(f"an open case, {name:<28} {size:>7,} bytes")
        over += [f"{name}: {size} bytes are over {CASE_BYTES}"] if size > CASE_BYTES else []
    print("\n".join(over) or "within budget")
    print(json.dumps({"calendars": rows, "case_bytes": cases}))
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
