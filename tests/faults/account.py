"""What is to be said of the cases when everything is up again, from Temporal's histories and from the tables.

Each check is one sentence of what caseladder promises, and yields what breaks it. It goes with the demo's audit, which
makes the first of them; like it, it uses nothing of `cases`, `workflows` or `records`, and believes no part of them.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any

from starter.demo.audit import DEADLINES, Audit, audit
from starter.demo.diary import Answered, Diary
from starter.demo.histories import Histories
from starter.demo.recorded import CaseRow, EntryRow, HandoffRow, OutboxRow, Recorded
from tests.faults import questions
from tests.faults.chaos import Outages
from tests.faults.sending import UNKNOWN
from tests.postgres import Postgres

FIRES_WITHIN_S = 20.0
"""A deadline that has passed fires within so many seconds in which everything is up: 10 of them a task may wait in the
queue of a worker that is dead, and the next worker has every case to replay."""

PLANNED_WITHIN_S = 40.0
"""A case is planned within so many: an attempt that a worker took with it counts as lost after 30. Until it is planned,
a case has no deadline."""

LADDER = ("bot", "agent", "supervisor", "manager", "executive")
ASKED_FOR = ("asked_for_manager", "resolution_rejected")
"""Reasons for which a case of the load climbs because somebody says so, and not because a deadline passed."""

_MOVING = ("now", "as_of", "allowed")
"""Fields of a view that depend on who asks and when."""

_MOVING_CLOCK = ("elapsed_s", "remaining_s")

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Account:
    """All witnesses. `live` and `written` are the last views, of the workflows and in the records, by case id, and
    `consulted` those of the workflows of hand-offs, by their ids."""

    diary: Diary
    histories: Histories
    recorded: Recorded
    live: Mapping[str, Json]
    written: Mapping[str, Json]
    outages: Outages
    ended: float
    """When the views were asked for; seconds since the epoch."""
    consulted: Mapping[str, Json] = field(default_factory=dict[str, Json])

    def audit(self) -> Audit:
        """What the demo's audit finds and counts."""
        return audit(self.diary, self.histories, self.recorded)

    def faults(self) -> list[str]:
        """A sentence for each thing that is wrong."""
        return [
            *(f"{finding.fault}: {finding.sentence}" for finding in self.audit().findings),
            *self._nothing_that_was_refused_was_done(),
            *self._nothing_was_done_twice(),
            *self._every_effect_is_asked_for_once(),
            *self._a_deadline_fires_once(),
            *self._a_deadline_fires_soon(),
            *self._a_breach_is_one_rung(),
            *self._both_views_are_one(),
            *questions.faults(self.histories, self.recorded, self.consulted),
        ]

    def _nothing_that_was_refused_was_done(self) -> Iterator[str]:
        done = {(entry.case_id, entry.event_id, entry.kind) for entry in self.recorded.entries}
        for said in self._answered(HTTPStatus.CONFLICT):
            if (said.case_id, said.event_id, said.kind) in done:
                yield f"{_name(said)} was refused ({said.code}), and is on the timeline"

    def _nothing_was_done_twice(self) -> Iterator[str]:
        """Also what was never acknowledged: it may be there once or not at all."""
        entries = [entry for entry in self.recorded.entries if entry.event_id]
        for (case_id, event_id, kind), times in Counter((e.case_id, e.event_id, e.kind) for e in entries).items():
            if times > 1:
                yield f"event {event_id} of {case_id} has {times} entries of kind {kind}"

    def _every_effect_is_asked_for_once(self) -> Iterator[str]:
        """One id, one effect: whatever a case asks for again, it asks for in the same words."""
        asked: dict[str, Json] = {}
        for told in self.histories.cases:
            for commit in told.commits:
                for notice in commit.notices:
                    if asked.setdefault(notice["id"], notice) != notice:
                        yield f"effect {notice['id']} was asked for with two contents"
        counted = Counter(row.effect_id for row in self.recorded.outbox)
        yield from (f"{effect_id} is {times} times in the outbox" for effect_id, times in counted.items() if times > 1)

    def _a_deadline_fires_once(self) -> Iterator[str]:
        entries = [entry for entry in self.recorded.entries if entry.kind in DEADLINES]
        for (case_id, clock), times in Counter((e.case_id, e.data["clock"]) for e in entries).items():
            if times > 1:
                yield f"{clock} of {case_id} has fired {times} times"
        fired = {(entry.case_id, entry.data["clock"]) for entry in entries}
        for case_id, view in self.live.items():
            for clock in view["clocks"]:
                if clock["breached_at"] and (case_id, clock["id"]) not in fired:
                    yield f"{clock['id']} of {case_id} is breached, and the timeline does not say so"

    def _a_deadline_fires_soon(self) -> Iterator[str]:
        planned = self._planned()
        for case_id, clock, due, fired in self.deadlines():
            if self.outages.longest_calm_s(max(due, planned.get(case_id, due)), fired) > FIRES_WITHIN_S:
                yield f"{clock} of {case_id} was due at {due:.2f} and fired {fired - due:.2f} s later"
        for case_id, view in self.live.items():
            opened = _seconds(view["opened_at"])
            if self.outages.longest_calm_s(opened, planned.get(case_id, self.ended)) > PLANNED_WITHIN_S:
                yield f"{case_id} was opened at {opened:.2f} and not planned within {PLANNED_WITHIN_S:.0f} s"
        for case_id, view in {**self.live, **self.consulted}.items():
            if (due := next_due([view])) < self.ended and self.outages.longest_calm_s(due, self.ended) > FIRES_WITHIN_S:
                yield f"a deadline of {case_id} was due at {due:.2f} and has not fired"

    def _a_breach_is_one_rung(self) -> Iterator[str]:
        """However long the outage: a deadline that passed leads one rung up, and the next counts from then."""
        for case_id, entries in self._timelines().items():
            allowed = 0
            for entry in entries:
                if entry.kind == "clock_breached" and not str(entry.data["clock"]).startswith("hand_off"):
                    allowed = 1
                elif entry.kind == "escalated":
                    below, above = str(entry.data["from"]), str(entry.data["to"])
                    if LADDER.index(above) - LADDER.index(below) != 1:
                        yield f"{case_id} entry {entry.n} leads from {below} to {above}"
                    if entry.data["reason"] not in ASKED_FOR:
                        if not allowed:
                            yield f"{case_id} entry {entry.n} is a second rung for one breach"
                        allowed = 0

    def _both_views_are_one(self) -> Iterator[str]:
        for case_id in self.live.keys() | self.written.keys():
            live, written = _still(self.live.get(case_id, {})), _still(self.written.get(case_id, {}))
            unlike = sorted(name for name in live.keys() | written.keys() if live.get(name) != written.get(name))
            if unlike:
                yield f"workflow and records show another {', '.join(unlike)} of {case_id}"

    def deadlines(self) -> Iterator[tuple[str, str, float, float]]:
        """Of every deadline that fired: case or hand-off, clock, due and fired."""
        for entry in self.recorded.entries:
            if entry.kind in DEADLINES:
                due, fired = _seconds(str(entry.data["due"])), _seconds(str(entry.data["fired"]))
                yield entry.case_id, str(entry.data["clock"]), due, fired
        for handoff in self.histories.handoffs:
            for said in (report.content for report in handoff.reports if report.kind == "hand_off_neglected"):
                yield handoff.handoff_id, str(said["clock"]), _seconds(said["due"]), _seconds(said["at"])

    def told(self) -> str:
        """What happened, in figures."""
        audit = self.audit()
        statuses = Counter(said.status for said in self.diary.answered)
        passed = [max(0.0, fired - due) for _, _, due, fired in self.deadlines()]
        planned = self._planned()
        calm = [
            self.outages.longest_calm_s(max(due, planned.get(case_id, due)), fired)
            for case_id, _, due, fired in self.deadlines()
        ]
        killed = {part: self.outages.killed(part) for outage in self.outages.seen for part in outage.parts}
        return "\n".join(
            [
                f"killed: {killed}; outages, in seconds from the first:",
                self.outages.told(),
                f"{audit.summary()}",
                f"breaches: {dict(audit.breaches)}",
                f"escalations: {dict(audit.escalations)}; closed: {dict(audit.closed_as)}",
                f"hand-offs: {dict(audit.handoffs_became)}; on the way: {dict(audit.handoffs_on_the_way)}",
                f"sent: {len(self.diary.answered)}; taken by update: {statuses[HTTPStatus.OK]}, "
                f"by signal: {statuses[HTTPStatus.ACCEPTED]}; refused: {statuses[HTTPStatus.CONFLICT]}, "
                f"too late: {statuses[HTTPStatus.GONE]}, unknown: {statuses[UNKNOWN]}",
                f"latest deadline: {max(passed, default=0):.2f} s, of which {max(calm, default=0):.2f} s in calm",
            ]
        )

    def _answered(self, status: int) -> Iterator[Answered]:
        return (said for said in self.diary.answered if said.status == status)

    def _planned(self) -> Mapping[str, float]:
        """When each case was planned."""
        said = (
            (told.case_id, entry)
            for told in self.histories.cases
            for commit in told.commits
            for entry in commit.entries
        )
        return {case_id: _seconds(entry["at"]) for case_id, entry in said if entry["kind"] == "planned"}

    def _timelines(self) -> Mapping[str, list[EntryRow]]:
        timelines: dict[str, list[EntryRow]] = defaultdict(list)
        for entry in self.recorded.entries:
            timelines[entry.case_id].append(entry)
        return timelines


def next_due(views: Iterable[Json]) -> float:
    """When the next deadline passes, in seconds since the epoch; infinite if none does."""
    return min(
        (
            _seconds(clock["due_at"])
            for view in views
            for clock in view["clocks"]
            if clock["state"] == "running" and not clock["breached_at"]
        ),
        default=math.inf,
    )


def read(records: Postgres) -> tuple[Recorded, dict[str, Json]]:
    """Every row about cases, and the views among them, with plain SQL."""
    with records.connect() as connection:
        cases = connection.execute("SELECT case_id, source, reference, version, status, closed_as, view FROM cases")
        rows = cases.fetchall()
        entries = connection.execute("SELECT case_id, n, kind, text, event_id, data FROM timeline ORDER BY case_id, n")
        outbox = connection.execute(
            "SELECT effect_id, case_id, kind, template, params::text, created_at::text FROM outbox ORDER BY case_id, n"
        )
        handoffs = connection.execute("SELECT handoff_id, case_id, status, person, answer FROM handoffs")
        recorded = Recorded(
            tuple(CaseRow(*row[:-1]) for row in rows),
            tuple(EntryRow(*row) for row in entries),
            tuple(OutboxRow(*row) for row in outbox),
            tuple(HandoffRow(*row) for row in handoffs),
        )
    return recorded, {row[0]: row[-1] for row in rows}


def _still(view: Json) -> dict[str, Any]:
    """A view without what moves by itself."""
    still = {name: value for name, value in view.items() if name not in _MOVING}
    clocks = [{name: clock[name] for name in clock if name not in _MOVING_CLOCK} for clock in view.get("clocks", [])]
    return {**still, "clocks": clocks}


def _name(said: Answered) -> str:
    return f"{said.kind} of {said.by} on {said.case_id}, event {said.event_id},"


def _seconds(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()
