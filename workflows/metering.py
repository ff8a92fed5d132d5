"""What the metrics say of cases: how late each deadline was noticed. Knows the names of figures, and no rule.

Temporal's own meter: it is silent in a replay, and goes where the worker's runtime sends it.
"""

from __future__ import annotations

from temporalio import workflow

from cases.timeline import Entry

LATENESS = "caseladder_lateness_seconds"
"""A histogram: seconds from the moment a deadline was due to the moment it fired, by `clock`."""

BUCKETS = (0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 3600.0)
"""Around the 150 ms that a single deadline may take, and up to an outage of an hour."""


def measure(entry: Entry) -> None:
    """Records how late the deadline was that an entry tells of; other entries tell nothing."""
    late, clock = entry.data.get("late_s"), entry.data.get("clock")
    if late is None or clock is None:
        return
    meter = workflow.metric_meter().with_additional_attributes({"clock": str(clock).rsplit("-", 1)[0]})
    meter.create_histogram_float(LATENESS, "from due to fired", "s").record(float(late))
