"""What is to be said of hand-offs when everything is up again, beyond what the demo's audit says of them.

Like the account, it uses nothing of `cases`, `workflows` or `records`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from starter.demo.audit import OVER
from starter.demo.histories import Histories
from starter.demo.recorded import Recorded

_REPORTED_AS = {
    "accept": "hand_off_accepted",
    "decline": "hand_off_declined",
    "ask_back": "hand_off_asked_back",
    "answer": "hand_off_answered",
}
_ENDS = ("answered", "cancelled", "returned")

Json = Mapping[str, Any]


def faults(histories: Histories, recorded: Recorded, consulted: Mapping[str, Json]) -> Iterator[str]:
    """A sentence for each thing that is wrong. `consulted` are the views of the workflows, by hand-off."""
    yield from _each_ends_with_its_case(histories, recorded)
    yield from _nobody_is_offered_it_twice(histories)
    yield from _a_signal_is_reported_or_refused(histories, consulted)
    yield from _all_is_reported(consulted)
    yield from _workflow_and_records_are_one(recorded, consulted)


def _each_ends_with_its_case(histories: Histories, recorded: Recorded) -> Iterator[str]:
    closed = {case.case_id for case in recorded.cases if case.status in OVER}
    for handoff in histories.handoffs:
        if handoff.case_id in closed and not handoff.ended:
            yield f"hand-off {handoff.handoff_id} goes on, though its case is closed"


def _nobody_is_offered_it_twice(histories: Histories) -> Iterator[str]:
    """Whoever is offered it takes it or passes it on, so that it never comes back to them.

    But while the next one is being chosen, whoever was late may accept after all: then the choice came to nothing.
    """
    for handoff in histories.handoffs:
        offered = Counter(person for each in handoff.course if (person := getattr(each, "person", None)))
        for person, times in offered.items():
            overtaken = sum(report.kind == "hand_off_accepted" and report.by != person for report in handoff.reports)
            if times > 1 + overtaken:
                yield f"hand-off {handoff.handoff_id} was offered to {person} {times} times"


def _a_signal_is_reported_or_refused(histories: Histories, consulted: Mapping[str, Json]) -> Iterator[str]:
    for handoff in histories.handoffs:
        done = {heard.event_id: heard for heard in handoff.heard if heard.kind in _REPORTED_AS}
        told = Counter((report.kind, report.by) for report in handoff.reports)
        said = [str(happened["text"]) for happened in consulted.get(handoff.handoff_id, {}).get("newest", ())]
        for (kind, by), times in Counter((heard.kind, heard.by) for heard in done.values()).items():
            refused = sum(text.startswith(f"{kind} of {by} was refused") for text in said)
            if times > told[_REPORTED_AS[kind], by] + refused:
                yield (
                    f"{kind} of {by} on hand-off {handoff.handoff_id} was done {times} times, told the case "
                    f"{told[_REPORTED_AS[kind], by]} times and refused {refused} times"
                )


def _all_is_reported(consulted: Mapping[str, Json]) -> Iterator[str]:
    for handoff_id, view in consulted.items():
        if view["unreported"]:
            yield f"hand-off {handoff_id} has {view['unreported']} reports that its case has not heard"


def _workflow_and_records_are_one(recorded: Recorded, consulted: Mapping[str, Json]) -> Iterator[str]:
    """While it is open. How it ended, the records have of the case, whose word counts if the two crossed."""
    rows = {row.handoff_id: row for row in recorded.handoffs}
    for handoff_id, view in consulted.items():
        row = rows.get(handoff_id)
        if row is None or view["status"] in _ENDS:
            continue
        person = view["offered_to"]["person"] if view["offered_to"] else view["specialist"]
        if (row.status, row.person) != (view["status"], person):
            yield (
                f"hand-off {handoff_id} is {view['status']} to {person} in its workflow, and {row.status} to "
                f"{row.person} in the records"
            )
