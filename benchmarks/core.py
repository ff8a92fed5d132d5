"""How fast the rules are by themselves: events a second that one core checks and applies.

`python -m benchmarks.core [SECONDS]`. The same lives on three plans: around the clock, in office hours, and in office
hours with a regime and promises to the customer. Budget: 10,000 events a second; ends with 1 if one plan misses it.

Each event is checked and then applied, as an update is. Warnings and deadlines that pass are worked, but not counted.
Making the events, and what an adapter does with them, is left out.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from datetime import datetime, timedelta
from typing import Any

from cases.case import Case
from cases.effects import PlanCase
from cases.events import Actor, Event
from cases.plan import Plan
from tests.office import office_plan
from tests.samples import (
    ANA,
    CHASING,
    CUSTOMER,
    DAY,
    HOUR,
    MINUTE,
    NOON,
    REGIME,
    SUE,
    complaint,
    deed,
    plan,
    planned,
    terms,
)

BUDGET = 10_000
"""Events a second."""

LIVES = 10
"""Cases of one round, all events of which are made before the time is taken."""

LIFE: tuple[tuple[timedelta, str, Actor, dict[str, Any]], ...] = (
    (5 * MINUTE, "claim", ANA, {}),
    (MINUTE, "note", ANA, {"text": "Looks like the known fault of Tuesday."}),
    (20 * MINUTE, "reply", ANA, {"text": "Which of the two charges is wrong?", "asks": "Which charge?"}),
    (MINUTE, "wait_for_customer", ANA, {}),
    (3 * HOUR, "message", CUSTOMER, {"text": "The second, of course."}),
    (10 * MINUTE, "set_priority", ANA, {"priority": "P2", "reason": "Money is being lost."}),
    (10 * MINUTE, "attempt", ANA, {"text": "Called the bank", "outcome": "they do not answer"}),
    (MINUTE, "message", CUSTOMER, {"text": "Are you still there?"}),
    (MINUTE, "reply", ANA, {"text": "Yes: the bank is asked."}),
    (30 * MINUTE, "note", ANA, {"text": "The bank calls back tomorrow."}),
    (MINUTE, "message", CUSTOMER, {"text": "And now?"}),
    (MINUTE, "message", CUSTOMER, {"text": "I would like to know."}),
    (10 * MINUTE, "ask_for_manager", CUSTOMER, {"text": "Your manager, please."}),
    (5 * MINUTE, "redirect", ANA, {"text": "I can do what she could."}),
    (MINUTE, "note", ANA, {"text": "They calmed down."}),
    (15 * MINUTE, "escalate", ANA, {"reason": "attempts_failed"}),
    (10 * MINUTE, "claim", SUE, {}),
    (5 * MINUTE, "attempt", SUE, {"text": "Called the head of the branch", "outcome": "it goes back today"}),
    (MINUTE, "reply", SUE, {"text": "It goes back today."}),
    (MINUTE, "note", SUE, {"text": "To be looked at tomorrow."}),
    (DAY, "resolve", SUE, {"text": "The second charge is back on your account."}),
    (2 * HOUR, "reject_resolution", CUSTOMER, {"reason": "It is not."}),
    (MINUTE, "message", CUSTOMER, {"text": "Oh, it is."}),
    (10 * MINUTE, "reply", SUE, {"text": "Good to hear."}),
    (MINUTE, "resolve", SUE, {"text": "The second charge is back on your account."}),
    (HOUR, "accept_resolution", CUSTOMER, {"score": 4}),
)
"""A stormy case: after how long, what, by whom."""

PLANS: dict[str, Plan] = {
    "around the clock": plan(),
    "office hours": office_plan(),
    "office hours, regime, promises": office_plan(
        terms(update=CHASING["update"], customer_silence=CHASING["customer_silence"]), regime=REGIME
    ),
}


def opened(of: Plan, n: int) -> Case:
    """A case that is planned, to be claimed."""
    case, effects = Case.open(complaint(reference=f"order-{n}"), NOON)
    errand = next(effect for effect in effects if isinstance(effect, PlanCase))
    case.apply(planned(errand, of, "ana"), NOON)
    return case


def life() -> list[tuple[Event, datetime]]:
    """Its events and when they arrive."""
    now = NOON
    events: list[tuple[Event, datetime]] = []
    for after, kind, by, fields in LIFE:
        now += after
        events.append((deed(kind, by, **fields), now))
    return events


def events_per_s(of: Plan, seconds: float) -> float:
    """The best round's: what the rules cost, not what else the machine does."""
    best, until = 0.0, time.perf_counter() + seconds
    while best == 0.0 or time.perf_counter() < until:
        lives = [(opened(of, n), life()) for n in range(LIVES)]
        gc.collect()
        began = time.process_time()
        for case, events in lives:
            for event, now in events:
                case.check(event, now)
                case.apply(event, now)
        best = max(best, LIVES * len(LIFE) / (time.process_time() - began))
    return best


def main() -> int:
    """Measures each plan; prints a line for each, and one JSON line at the end."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 3.0
    figures = {name: round(events_per_s(of, seconds)) for name, of in PLANS.items()}
    for name, figure in figures.items():
        print(f"{name:<32} {figure:>7,} events/s{'' if figure >= BUDGET else f', below {BUDGET:,}'}")
    print(json.dumps({"events_per_s": figures, "budget": BUDGET}))
    return 0 if min(figures.values()) >= BUDGET else 1


if __name__ == "__main__":
    sys.exit(main())
