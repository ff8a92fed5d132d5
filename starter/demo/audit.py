"""Compares three witnesses: what people sent and were answered, what Temporal holds, and what the records hold.

Whatever one of them has and another should have is *lost*; whatever is there twice, or was asked for by nobody, is
*duplicated*. Each check below is one sentence of what caseladder promises. Reads only; believes nobody.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from starter.demo.consultations import became, consultations, lateness_s, on_the_way
from starter.demo.diary import Diary
from starter.demo.findings import Fault, Finding
from starter.demo.histories import Histories, Told
from starter.demo.raw import Heard
from starter.demo.recorded import EntryRow, Recorded

OVER = ("closed", "archived")
DEADLINES = ("clock_breached", "time_over")
"""Kinds of entries that say when something was due and when it was done."""

_ACCOUNTED_AS = {"escalate": ("escalated", "joined", "top_rung")}
"""The kinds of entries that account for an event; for all others it is the event's own kind."""

_ANNOUNCED = {
    "planned": "opened",
    "hand_off": "handed_off",
    "escalated": "escalated",
    "reply": "reply",
    "redirect": "redirected",
    "resolve": "resolved",
    "reminded": "confirm_reminder",
    "warn": "conduct",
    "restrict_contact": "conduct",
    "ask_review": "conduct",
    "promise": "promised",
    "choose_contact": "promised",
    "change_channel": "channel_changed",
    "accept_resolution": "closed",
    "withdraw": "closed",
    "close": "closed",
    "unconfirmed": "closed",
    "end_contact": "closed",
}
"""What the customer must be told exactly once: kind of entry, and the first word of the message's template."""


@dataclass(frozen=True, slots=True)
class Audit:
    """What came of the complaints. Counters are by reason, by how they closed, and by clock; seconds.

    `taken` is how many requests and actions were, of so many `kinds`. `handoffs` is how many were started; they are
    counted by how they ended, and by what happened to them before.
    """

    opened: int
    closed: int
    escalations: Counter[str]
    closed_as: Counter[str]
    handoffs: int
    handoffs_became: Counter[str]
    handoffs_on_the_way: Counter[str]
    breaches: Counter[str]
    taken: int
    kinds: int
    refused: int
    findings: tuple[Finding, ...]
    lateness_s: tuple[float, ...]

    def found(self, fault: Fault) -> int:
        """How many things are lost, or duplicated."""
        return len({finding.thing for finding in self.findings if finding.fault is fault})

    def lateness_at(self, share: float) -> float:
        """The lateness that this share of all deadlines did not exceed; 0 if there was none."""
        if not self.lateness_s:
            return 0.0
        return round(sorted(self.lateness_s)[ceil(share * len(self.lateness_s)) - 1], 3)

    def summary(self) -> dict[str, int | float]:
        """The last line of `make demo` (DESIGN 9)."""
        return {
            "opened": self.opened,
            "closed": self.closed,
            "open": self.opened - self.closed,
            "escalations": self.escalations.total(),
            "handoffs": self.handoffs,
            "breaches": self.breaches.total(),
            "refused": self.refused,
            "lost": self.found(Fault.LOST),
            "duplicated": self.found(Fault.DUPLICATED),
            "lateness_p50_s": self.lateness_at(0.5),
            "lateness_p99_s": self.lateness_at(0.99),
        }


_SAID_ONCE = ("delayed", "recovered")
"""What a hand-off tells its case of the directory: an entry (`stuck`, `recovered`) only where it is news."""


def audit(diary: Diary, histories: Histories, recorded: Recorded) -> Audit:
    """Hears all three, and says what came of it."""
    cases, handoffs = histories.cases, histories.handoffs
    findings = (
        *_every_complaint_has_one_case(diary, cases, recorded),
        *_what_a_case_said_is_written_and_nothing_else(histories, recorded),
        *_timelines_have_no_gap(recorded),
        *_what_was_taken_happened_once(diary, cases, recorded),
        *_customers_are_told_once(recorded),
        *_a_deadline_has_one_consequence(recorded),
        *consultations(diary, histories, recorded),
    )
    entries = recorded.entries
    over = [case for case in recorded.cases if case.status in OVER]
    sent = {answer.event_id: answer.kind for answer in diary.answered if answer.taken}
    refused_entries = sum(entry.kind == "refused" for entry in entries)
    return Audit(
        opened=len({told.workflow_id for told in cases}),
        closed=len({case.case_id for case in over} & {told.case_id for told in cases}),
        escalations=Counter(entry.reason for entry in entries if entry.kind == "escalated"),
        closed_as=Counter(str(case.closed_as) for case in over),
        handoffs=len({handoff_id for told in cases for handoff_id in told.started}),
        handoffs_became=became(handoffs),
        handoffs_on_the_way=on_the_way(handoffs),
        breaches=Counter(_clock(entry) for entry in entries if entry.kind == "clock_breached"),
        taken=len(sent),
        kinds=len(set(sent.values())),
        refused=diary.refused + refused_entries,
        findings=findings,
        lateness_s=(*(_lateness(entry) for entry in entries if entry.kind in DEADLINES), *lateness_s(handoffs)),
    )


def _every_complaint_has_one_case(diary: Diary, histories: Sequence[Told], recorded: Recorded) -> Iterator[Finding]:
    workflows: dict[tuple[str, str], set[str]] = defaultdict(set)
    for told in histories:
        workflows[told.source, told.reference].add(told.workflow_id)
    rows = Counter((case.source, case.reference) for case in recorded.cases)
    for source, reference in dict.fromkeys((posted.source, posted.reference) for posted in diary.posted):
        thing = f"complaint {source} {reference}"
        if not workflows[source, reference]:
            yield Finding(Fault.LOST, thing, f"{thing} was sent and has no workflow")
        if not rows[source, reference]:
            yield Finding(Fault.LOST, thing, f"{thing} was sent and has no case in the records")
    for (source, reference), ids in workflows.items():
        for workflow_id in sorted(ids)[1:]:
            sentence = f"complaint {source} {reference} has a further workflow, {workflow_id}"
            yield Finding(Fault.DUPLICATED, workflow_id, sentence)
    for (source, reference), count in rows.items():
        if count > 1:
            thing = f"complaint {source} {reference}"
            yield Finding(Fault.DUPLICATED, thing, f"{thing} has {count} cases in the records")


def _what_a_case_said_is_written_and_nothing_else(histories: Histories, recorded: Recorded) -> Iterator[Finding]:
    entries = {(entry.case_id, entry.n): entry for entry in recorded.entries}
    outbox = {row.effect_id for row in recorded.outbox}
    versions = {case.case_id: case.version for case in recorded.cases}
    # Word to specialists comes from their hand-off, when it finds one, and bears its errand's id.
    asked: set[tuple[str, int] | str] = {errand for handoff in histories.handoffs for errand in handoff.errands}
    for told in histories.cases:
        for commit in told.commits:
            asked |= {(told.case_id, entry["n"]) for entry in commit.entries} | {n["id"] for n in commit.notices}
            if not commit.done:
                continue
            for entry in commit.entries:
                thing, row = _entry(told.case_id, entry["n"]), entries.get((told.case_id, entry["n"]))
                if row is None:
                    yield Finding(Fault.LOST, thing, f"{thing} ({entry['kind']}) is not in the records")
                elif (row.kind, row.text, row.event_id) != (entry["kind"], entry["text"], entry["event_id"]):
                    yield Finding(Fault.LOST, thing, f"{thing} ({entry['kind']}) says something else in the records")
            for notice in commit.notices:
                if notice["id"] not in outbox:
                    sentence = f"{notice['kind']} {notice['id']} ({notice['template']}) is not in the outbox"
                    yield Finding(Fault.LOST, notice["id"], sentence)
            if versions.get(told.case_id, 0) < commit.version:
                sentence = f"the records show {told.case_id} older than its version {commit.version}"
                yield Finding(Fault.LOST, told.case_id, sentence)
    for case_id, n in entries.keys() - asked:
        yield Finding(Fault.DUPLICATED, _entry(case_id, n), f"{_entry(case_id, n)} is nothing that the case said")
    for effect_id in outbox - asked:
        yield Finding(Fault.DUPLICATED, effect_id, f"{effect_id} is in the outbox and no case asked for it")


def _timelines_have_no_gap(recorded: Recorded) -> Iterator[Finding]:
    numbers: dict[str, set[int]] = defaultdict(set)
    for entry in recorded.entries:
        numbers[entry.case_id].add(entry.n)
    for case in recorded.cases:
        last = max(case.version, *numbers[case.case_id], 0)
        for n in sorted(set(range(1, last + 1)) - numbers[case.case_id]):
            yield Finding(Fault.LOST, _entry(case.case_id, n), f"{_entry(case.case_id, n)} is missing in the records")


def _what_was_taken_happened_once(diary: Diary, histories: Sequence[Told], recorded: Recorded) -> Iterator[Finding]:
    """Taken: answered 200 or 202, or in a history as a signal or an update that succeeded."""
    taken = {(told.case_id, heard.event_id): heard for told in histories for heard in told.heard}
    for answer in diary.answered:
        if answer.taken and answer.handoff_id is None:
            heard = Heard(answer.event_id, answer.kind, answer.by)
            taken.setdefault((answer.case_id, answer.event_id), heard)
    accounts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for entry in recorded.entries:
        if entry.event_id is not None:
            accounts[entry.case_id, entry.event_id][entry.kind] += 1
    for (case_id, event_id), heard in taken.items():
        kinds = (*_ACCOUNTED_AS.get(heard.kind, (heard.kind,)), "refused")
        times = sum(accounts[case_id, event_id][kind] for kind in kinds)
        thing = f"{heard.kind} of {heard.by} on {case_id}, event {event_id}"
        if times > 1:
            yield Finding(Fault.DUPLICATED, thing, f"{thing}, is on the timeline {times} times")
        elif times == 0 and heard.kind not in _SAID_ONCE:
            yield Finding(Fault.LOST, thing, f"{thing}, was taken and is not on the timeline")


def _customers_are_told_once(recorded: Recorded) -> Iterator[Finding]:
    said: set[tuple[str, str, str, str]] = set()
    told: dict[str, Counter[str]] = defaultdict(Counter)
    for row in recorded.outbox:
        if row.kind != "message":
            continue
        content = (row.case_id, row.template, row.params, row.created_at)
        if content in said:
            sentence = f"{row.effect_id} ({row.template}) says what was said before under another id"
            yield Finding(Fault.DUPLICATED, row.effect_id, sentence)
        said.add(content)
        told[row.case_id][row.template.partition(".")[0]] += 1
    due: dict[str, Counter[str]] = defaultdict(Counter)
    for entry in recorded.entries:
        if template := _announced_as(entry):
            due[entry.case_id][template] += 1
    for case_id in due.keys() | told.keys():
        for template in sorted({*_ANNOUNCED.values(), "letter"}):
            wanted, got = due[case_id][template], told[case_id][template]
            if wanted != got:
                fault = Fault.LOST if got < wanted else Fault.DUPLICATED
                sentence = f"the customer of {case_id} was to be told `{template}` {wanted} times, and was {got} times"
                yield Finding(fault, f"{case_id} {template}", sentence)


def _announced_as(entry: EntryRow) -> str | None:
    """What the customer must be told because of it. Of what managers decide about safety, only that it is the end."""
    if entry.kind == "decide_safety":
        return "closed" if entry.data.get("decision") == "end" else None
    if entry.kind == "reply" and entry.data.get("letter"):
        return "letter"
    return _ANNOUNCED.get(entry.kind)


def _a_deadline_has_one_consequence(recorded: Recorded) -> Iterator[Finding]:
    passed: set[tuple[str, str, str]] = set()
    climbed: set[tuple[str, str | int]] = set()
    breach = 0
    for entry in recorded.entries:
        thing = _entry(entry.case_id, entry.n)
        if entry.kind in DEADLINES:
            breach = entry.n
            due = (entry.case_id, str(entry.data.get("clock")), str(entry.data.get("due")))
            if due in passed:
                yield Finding(Fault.DUPLICATED, thing, f"{thing}: the same deadline of {due[1]} passed before")
            passed.add(due)
        elif entry.kind == "escalated":
            cause = (entry.case_id, entry.event_id or breach)
            if cause in climbed:
                yield Finding(Fault.DUPLICATED, thing, f"{thing}: it has climbed for the same cause before")
            climbed.add(cause)


def _entry(case_id: str, n: int) -> str:
    return f"{case_id} entry {n}"


def _clock(entry: EntryRow) -> str:
    """`first_response` of the clock `first_response-2`."""
    return str(entry.data.get("clock", "")).rpartition("-")[0]


def _lateness(entry: EntryRow) -> float:
    due, fired = (datetime.fromisoformat(str(entry.data[name])) for name in ("due", "fired"))
    return (fired - due).total_seconds()
