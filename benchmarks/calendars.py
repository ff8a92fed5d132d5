"""What a calendar costs: compiling a year of it, one deadline, and its bytes. `python benchmarks/calendars.py`.

Budgets: a year of intervals in under 20 ms, one deadline in under 20 us. Ends with 1 if one is not kept.
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
from policies.calendars import Schedule, compile_calendar, load_calendars, of_form

COMPILE_MS, DEADLINE_US = 20.0, 20.0

SINCE, UNTIL = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
FILE = Path(__file__).parents[1] / "policies" / "calendars.toml"


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
    """Measures every calendar that we ship; prints a table, and one JSON line at the end."""
    rows = [measured(name, of_form(form)) for name, form in load_calendars(FILE).items()]
    print("  ".join(f"{key:>14}" for key in rows[0]))
    for row in rows:
        print("  ".join(f"{value:>14}" for value in row.values()))
    slow = [
        f"{row['calendar']}: {key} {row[key]} is over {limit}"
        for row in rows
        for key, limit in (("compile_ms", COMPILE_MS), ("add_us", DEADLINE_US), ("end_of_day_us", DEADLINE_US))
        if float(row[key]) > limit
    ]
    print("\n".join(slow) or "within budget")
    print(json.dumps(rows))
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
