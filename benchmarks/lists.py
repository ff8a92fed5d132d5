"""How long the usual lists take with 100,000 cases in the records, on SQLite and on PostgreSQL.

`python -m benchmarks.lists [CASES]` fills both, says what each list takes at best, at the median and at worst, and ends
with 1 if a median is over its budget.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa

from cases.words import ClosedAs, HandoffStatus, Priority, Rung, Status, WaitingOn
from records import Filters, HandoffFilters, HandoffPage, Page, Reader, Records, migrate, sqlite_url
from records.tables import NEVER, cases, handoffs
from tests.postgres import postgres
from tests.samples import Played, plan

PAGE = 50
TIMES = 15
BATCH = 2_000
BUDGET_MS = 50.0
SEARCH_MS = 2_500.0
"""A search in what customers said looks at every case there is, for a word that few of them have."""

TEAMS = ("cards", "cards", "cards", "cards", "lending", "lending", "general", "general", "billing", "fraud")
PEOPLE = 200
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
WORDS = (
    *("the", "charge", "card", "account", "bank", "twice", "refund", "never", "call", "letter", "branch", "fee"),
    *("month", "statement", "payment", "online", "money", "manager", "nobody", "answered", "week", "since", "loan"),
)


class List(NamedTuple):
    """A list that is asked for, and how long it may take."""

    name: str
    budget_ms: float
    ask: Callable[[Records], Page | HandoffPage]


class Taken(NamedTuple):
    """What it took."""

    asked: List
    best_ms: float
    median_ms: float
    worst_ms: float
    found: int


def case_rows(count: int) -> Generator[dict[str, Any]]:
    """Cases as they are after some years: two in five over, the others due at any time from yesterday on."""
    chance = random.Random(6)
    view = Played(plan(), text="…").view.model_dump(mode="json")
    for number in range(count):
        case_id, over = f"shop-{number:010d}", chance.random() < 0.4
        team, person = chance.choice(TEAMS), f"person-{chance.randrange(PEOPLE)}"
        offered = not over and chance.random() < 0.2
        due = NOW + timedelta(seconds=chance.randrange(-86_400, 30 * 86_400))
        said = " ".join(chance.choices(WORDS, k=chance.randrange(20, 160)))
        rare = " xylophone" if number % 5_000 == 0 else ""
        opened_at = NOW - timedelta(minutes=number)
        yield {
            "case_id": case_id,
            "source": "shop",
            "reference": f"order-{number}",
            "version": 9,
            "status": Status.ARCHIVED if over else Status.OPEN,
            "rung": Rung.AGENT,
            "owner_person": None if offered else person,
            "owner_queue": team if offered else None,
            "offer_to": person if offered else None,
            "offer_rung": Rung.AGENT if offered else None,
            "priority": chance.choice(tuple(Priority)),
            "tier": None,
            "team": team,
            "channel": "email",
            "product": "Credit card",
            "waiting_on": WaitingOn.OFFER if offered else WaitingOn.OWNER,
            "customer_id": f"c-{chance.randrange(count * 2 // 5 or 1)}",
            "due_at": None if over else due,
            "sort_due": NEVER if over else due,
            "breached": not over and chance.random() < 0.05,
            "undecided": not over and chance.random() < 0.02,
            "opened_at": opened_at,
            "closed_at": opened_at + timedelta(days=3) if over else None,
            "closed_as": ClosedAs.ACCEPTED if over else None,
            "text": f"order-{number} Credit card {said}{rare}",
            "written_at": NOW,
            "view": {**view, "case_id": case_id, "reference": f"order-{number}", "team": team},
            "complaint": {"source": "shop", "reference": f"order-{number}", "text": said},
            "erased_at": None,
        }


def handoff_rows(count: int) -> Generator[dict[str, Any]]:
    """A question to specialists for every twentieth case, half of them open."""
    chance = random.Random(7)
    for number in range(0, count, 20):
        is_open = chance.random() < 0.5
        due = NOW + timedelta(seconds=chance.randrange(86_400))
        yield {
            "handoff_id": f"shop-{number:010d}-1",
            "case_id": f"shop-{number:010d}",
            "version": 2,
            "settled": 1,
            "status": HandoffStatus.OFFERED if is_open else HandoffStatus.ANSWERED,
            "team": chance.choice(("billing", "fraud")),
            "person": f"person-{chance.randrange(PEOPLE)}",
            "question": "Was the second charge settled?",
            "asked_by": "person-1",
            "asked_at": NOW,
            "product": "Credit card",
            "channel": "email",
            "priority": Priority.P3,
            "due_at": due if is_open else None,
            "sort_due": due if is_open else NEVER,
            "written_at": NOW,
        }


def fill(records: Records, count: int) -> None:
    """Puts the cases there, and says how far it is."""
    begun = time.monotonic()
    for table, rows in ((handoffs, handoff_rows(count)), (cases, case_rows(count))):
        done = 0
        while batch := [row for _, row in zip(range(BATCH), rows, strict=False)]:
            with records.writing() as connection:
                connection.execute(sa.insert(table), batch)
            done += len(batch)
            print(f"\r{records.dialect}: {done:,} {table.name}", end="", flush=True, file=sys.stderr)
    if records.dialect == "postgresql":
        # Its autovacuum would, within a minute. SQLite has no such thing, and is asked as it is.
        with records.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("ANALYZE"))
    print(f"\r{records.dialect}: {count:,} cases filled in {time.monotonic() - begun:.0f} s", file=sys.stderr)


def lists(records: Records) -> list[List]:
    """What people look at: their team's, their own, what is offered, what is late."""
    team = Filters(team="cards")
    hundredth = _cursor(records, team, 99)
    agent = Reader(person="person-7", teams=("lending",))

    def of(name: str, budget_ms: float = BUDGET_MS, cursor: str | None = None, **wanted: Any) -> List:
        filters = Filters.model_validate(wanted)

        def ask(known: Records) -> Page:
            return known.list_cases(filters, PAGE, cursor)

        return List(name, budget_ms, ask)

    def waiting(known: Records) -> HandoffPage:
        return known.list_handoffs(mine, PAGE)

    mine = HandoffFilters(waiting_for=Reader(person="person-7", teams=("billing",)))
    return [
        of("a team's, by due: first page", team="cards"),
        of("a team's, by due: hundredth page", team="cards", cursor=hundredth),
        of("all, by due: first page"),
        of("mine", owner="person-7"),
        of("a queue's", owner="queue:lending"),
        of("offered to me", offered_to="person-7"),
        of("what I may read", readable_by=agent),
        of("a customer's", customer="c-77"),
        of("breached", breached=True),
        of("breached, of a team", breached=True, team="lending"),
        of("awaiting a decision", undecided=True),
        of("overdue", due_before=NOW),
        of("open, most urgent", priority=Priority.P1, status=(Status.OPEN,)),
        of("archived, of a team", status=(Status.ARCHIVED,), team="general"),
        List("hand-offs that wait for me", BUDGET_MS, waiting),
        of("text: a word of many", text="refund"),
        of("text: an order's number", SEARCH_MS, text="order-77777"),
        of("text: a word of few", SEARCH_MS, text="xylophone"),
    ]


def _cursor(records: Records, filters: Filters, pages: int) -> str | None:
    cursor: str | None = None
    for _ in range(pages):
        cursor = records.list_cases(filters, PAGE, cursor).next
    return cursor


def measure(records: Records) -> Generator[Taken]:
    """Each list some times, the first not counted: it loads what the others find in memory."""
    for asked in lists(records):
        found, times = len(asked.ask(records).items), list[float]()
        for _ in range(TIMES):
            begun = time.perf_counter()
            asked.ask(records)
            times.append(1000 * (time.perf_counter() - begun))
        yield Taken(asked, min(times), statistics.median(times), max(times), found)


@contextmanager
def databases() -> Generator[list[tuple[str, str]]]:
    """An empty one of each kind."""
    with tempfile.TemporaryDirectory() as folder, postgres() as server:
        yield [("SQLite", sqlite_url(Path(folder) / "records.db")), ("PostgreSQL", server.url())]


def main(count: int) -> int:
    """Prints the table; 1 if something took too long."""
    missed = 0
    with databases() as urls:
        for name, url in urls:
            migrate(url)
            with Records(url) as records:
                fill(records, count)
                print(f"{name}, {count:,} cases, pages of {PAGE}:  best, median, worst ms, budget, rows")
                for taken in measure(records):
                    is_missed = taken.median_ms > taken.asked.budget_ms
                    missed += is_missed
                    print(
                        f"  {taken.asked.name:<34} {taken.best_ms:8.1f} {taken.median_ms:8.1f} {taken.worst_ms:8.1f} "
                        f"{taken.asked.budget_ms:8.0f} {taken.found:4}{'  MISSED' if is_missed else ''}",
                        flush=True,
                    )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000))
