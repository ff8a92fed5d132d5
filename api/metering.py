"""What `GET /metrics` says: how things stand, from the records, and what this process has answered, as it counted.

`FIGURES` has every figure. Of how things stand, any API process says the same, since nothing is counted here: it is
asked when somebody scrapes. What a process counts itself is its own. Where several serve one port, Prometheus' own
PROMETHEUS_MULTIPROC_DIR names a folder in which they count together (docs/metrics.md).

No label has an id or a name of anybody: each is a word of ours, of the policy or of the environment.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, NamedTuple

from prometheus_client import CollectorRegistry, Counter, Histogram, Metric, ProcessCollector, disable_created_metrics
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.multiprocess import MultiProcessCollector

from api.problems import Problem
from api.readiness import Name, OneAtATime, Part, Readiness
from api.sources import Sources
from cases.words import ClockName, WaitingOn
from records import Records, RecordsAway, Standing

PATIENCE_S = 5.0
"""Seconds to count for; Prometheus gives a scrape ten."""

SHARED = "PROMETHEUS_MULTIPROC_DIR"
"""The variable of Prometheus' client for the folder that processes count in together."""

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Figure(NamedTuple):
    """A figure as Prometheus knows it: what it counts, in its name's unit, and by what."""

    name: str
    kind: Literal["gauge", "counter", "histogram"]
    labels: tuple[str, ...]
    meaning: str


UP = Figure("caseladder_up", "gauge", ("part",), "1 if the part answers that the API needs, else 0; as /readyz has it")
COUNTED = Figure(
    "caseladder_records_counted",
    "gauge",
    (),
    "1 if the records could be counted; 0: the figures from them are left out",
)
OPEN = Figure("caseladder_open_cases", "gauge", ("rung", "team"), "cases that are neither closed nor archived")
LATE = Figure("caseladder_late_cases", "gauge", ("rung", "team"), "cases with a live clock past its deadline")
LIVE = Figure("caseladder_live_cases", "gauge", ("status",), "cases that are not archived")
WAITING = Figure("caseladder_waiting_cases", "gauge", ("on",), "cases that are not archived, by whose move it is")
STUCK = Figure("caseladder_stuck_cases", "gauge", (), "cases in which something outside does not succeed")
BREACHES = Figure("caseladder_live_breaches", "gauge", ("clock",), "clocks past their deadline that are still live")
HANDOFFS = Figure("caseladder_open_handoffs", "gauge", ("status", "team"), "questions to specialists that are not over")
EFFECTS = Figure("caseladder_waiting_effects", "gauge", ("destination",), "what waits to be delivered, paged or paid")
FAILING = Figure("caseladder_failing_effects", "gauge", ("destination",), "of these, what has been tried in vain")
OLDEST = Figure("caseladder_oldest_effect_seconds", "gauge", ("destination",), "age of the oldest that waits; 0: none")
LATENCY = Figure(
    "caseladder_api_request_seconds",
    "histogram",
    ("method", "route", "status"),
    "from a request to the first byte of its answer",
)
REFUSALS = Figure("caseladder_api_refusals_total", "counter", ("code",), "requests that were answered with a problem")

FIGURES = (
    *(UP, COUNTED, OPEN, LATE, LIVE, WAITING, STUCK, BREACHES, HANDOFFS, EFFECTS, FAILING, OLDEST),
    *(LATENCY, REFUSALS),
)


class Meter:
    """Counts what this process answers, and says that and how things stand when somebody asks."""

    def __init__(self, sources: Sources, readiness: Readiness) -> None:
        self._readiness = readiness
        self._counting = OneAtATime(lambda: sources.ask(Records.standing))
        # When each began to count, twice as many lines: Prometheus sees it by the count.
        disable_created_metrics()
        self._counted = _registry()
        self._latency = Histogram(
            LATENCY.name, LATENCY.meaning, LATENCY.labels, registry=self._counted, buckets=BUCKETS
        )
        self._refusals = Counter(REFUSALS.name, REFUSALS.meaning, REFUSALS.labels, registry=self._counted)

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request has begun to be answered. `route`: its template, for a path may have an id."""
        self._latency.labels(method, route, f"{status // 100}xx").observe(seconds)

    def refused(self, problem: Problem) -> None:
        """A request is answered with a problem."""
        self._refusals.labels(problem.body().code).inc()

    async def exposed(self, accept: str) -> tuple[bytes, str]:
        """All figures as text, and its media type: the one of Prometheus' that `accept` asks for."""
        parts, standing = await asyncio.gather(self._readiness.parts(), self._standing())
        figures = [*_readiness(parts), *_standing(standing)]
        encode, media_type = choose_encoder(accept)
        # In a thread: with many routes it is some milliseconds, and files are read where they are shared.
        return await asyncio.to_thread(encode, _All(figures, self._source())), media_type

    async def _standing(self) -> Standing | None:
        try:
            return await self._counting.within(PATIENCE_S)
        except (RecordsAway, TimeoutError):
            return None

    def _source(self) -> CollectorRegistry:
        """Where what was counted is read from: all processes' if they share it."""
        if SHARED not in os.environ:
            return self._counted
        together = CollectorRegistry()
        MultiProcessCollector(together)
        return together


class _All(CollectorRegistry):
    """What one scrape shows."""

    def __init__(self, figures: Iterable[Metric], counted: CollectorRegistry) -> None:
        super().__init__()
        self._figures = figures
        self._counted = counted

    def collect(self) -> Iterator[Metric]:
        yield from self._figures
        yield from self._counted.collect()


def _registry() -> CollectorRegistry:
    registry = CollectorRegistry()
    if folder := os.environ.get(SHARED):
        Path(folder).mkdir(parents=True, exist_ok=True)
    else:
        ProcessCollector(registry=registry)
    return registry


def _readiness(parts: dict[Name, Part]) -> list[Metric]:
    return [_gauge(UP, {(name,): part.ready for name, part in parts.items()})]


def _standing(standing: Standing | None) -> list[Metric]:
    if standing is None:
        return [_gauge(COUNTED, {(): 0})]
    now = datetime.now(UTC)
    backlogs = standing.backlogs.items()
    return [
        _gauge(COUNTED, {(): 1}),
        _gauge(OPEN, standing.open),
        _gauge(LATE, standing.late),
        _gauge(LIVE, {(status,): count for status, count in standing.by_status.items()}),
        # Those that are closed lists begin with a 0 each: what never was cannot be told from what is not measured.
        _gauge(WAITING, {(on.value,): standing.waiting_on.get(on, 0) for on in WaitingOn}),
        _gauge(STUCK, {(): standing.stuck}),
        _gauge(BREACHES, {(name.value,): standing.breached.get(name, 0) for name in ClockName}),
        _gauge(HANDOFFS, standing.handoffs),
        _gauge(EFFECTS, {(name,): backlog.waiting for name, backlog in backlogs}),
        _gauge(FAILING, {(name,): backlog.failing for name, backlog in backlogs}),
        _gauge(OLDEST, {(name,): backlog.age_s(now) for name, backlog in backlogs}),
    ]


def _gauge(figure: Figure, values: Mapping[tuple[str, ...], float]) -> Metric:
    family = GaugeMetricFamily(figure.name, figure.meaning, labels=figure.labels)
    for labels, value in sorted(values.items()):
        family.add_metric(labels, float(value))
    return family
