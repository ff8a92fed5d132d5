"""The audit of hand-offs: nothing is lost or doubled between a case, the questions it asks, and the records.

Each check below is one sentence of what caseladder promises, as in `starter.demo.audit`, which hears these too.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise

from starter.demo.diary import Diary
from starter.demo.findings import Fault, Finding
from starter.demo.histories import Consulted, Histories, Offered
from starter.demo.raw import Heard, Signal
from starter.demo.recorded import Recorded

_ENDS = {
    "hand_off_answered": "answered",
    "hand_off_returned": "returned",
    "cancel_hand_off": "cancelled",
    "hand_off_ended": "cancelled",
}
"""What an entry of the case says of a hand-off's end, as the records say it."""

_ANSWERED, _CALLED_OFF, _GIVEN_BACK, _STILL_OPEN = "answered", "called off", "given back", "still open"
_WORDS = {"answered": _ANSWERED, "cancelled": _CALLED_OFF, "returned": _GIVEN_BACK}
"""The same for people."""

_REPORTED_AS = {
    "accept": "hand_off_accepted",
    "decline": "hand_off_declined",
    "ask_back": "hand_off_asked_back",
    "answer": "hand_off_answered",
}
"""What a case must hear of that a specialist does."""

_DECLINED, _NEGLECTED, _WARNED = "hand_off_declined", "hand_off_neglected", "hand_off_warned"
_RETURNED = "hand_off_returned"
_REFUSED = "hand_off_refused"
_REPORTS = (*_REPORTED_AS.values(), _NEGLECTED, _WARNED, _RETURNED, _REFUSED)
"""What is an entry of the case each time; that the directory does not answer is said once."""


def consultations(diary: Diary, histories: Histories, recorded: Recorded) -> Iterator[Finding]:
    """What is wrong with the hand-offs."""
    yield from _every_question_has_one_hand_off(histories, recorded)
    yield from _what_specialists_do_is_done_and_reported_once(diary, histories)
    yield from _reports_are_on_the_timeline_once(histories, recorded)
    yield from _what_a_case_decides_reaches_its_hand_off(histories, recorded)
    yield from _nobody_is_asked_again(histories)
    yield from _nobody_is_late_who_was_not_told(histories, recorded)
    yield from _hand_offs_end_with_their_case_and_as_the_records_say(histories, recorded)


def became(handoffs: tuple[Consulted, ...]) -> Counter[str]:
    """How hand-offs ended."""
    return Counter(_end_of(handoff) for handoff in handoffs)


def on_the_way(handoffs: tuple[Consulted, ...]) -> Counter[str]:
    """What happened to them before: how often, for one may be declined twice."""
    kinds = {
        "declined, and offered on": _DECLINED,
        "neglected, and offered on": _NEGLECTED,
        "asked back first": "hand_off_asked_back",
    }
    return Counter({words: sum(each.reported(kind) for each in handoffs) for words, kind in kinds.items()})


def lateness_s(handoffs: tuple[Consulted, ...]) -> tuple[float, ...]:
    """How late each neglect was noticed, in seconds."""
    return tuple(
        (_moment(report, "at") - _moment(report, "due")).total_seconds()
        for handoff in handoffs
        for report in handoff.reports
        if report.kind == _NEGLECTED
    )


def _every_question_has_one_hand_off(histories: Histories, recorded: Recorded) -> Iterator[Finding]:
    asked = Counter(str(entry.data["handoff_id"]) for entry in recorded.entries if entry.kind == "hand_off")
    started = Counter(handoff_id for told in histories.cases for handoff_id in told.started)
    lived = Counter(handoff.handoff_id for handoff in histories.handoffs)
    rows = Counter(row.handoff_id for row in recorded.handoffs)
    witnesses = {
        "on the timeline": asked,
        "among the children of its case": started,
        "among the workflows": lived,
        "in the records": rows,
    }
    for handoff_id in sorted(asked | started | lived | rows):
        thing = _hand_off(handoff_id)
        for where, counts in witnesses.items():
            if not counts[handoff_id]:
                # Where nobody asked, all else is too much; where somebody did, this is missing.
                fault = Fault.LOST if asked[handoff_id] else Fault.DUPLICATED
                yield Finding(fault, thing, f"{thing} is not {where}")
            elif counts[handoff_id] > 1:
                yield Finding(Fault.DUPLICATED, thing, f"{thing} is {counts[handoff_id]} times {where}")


def _what_specialists_do_is_done_and_reported_once(diary: Diary, histories: Histories) -> Iterator[Finding]:
    handoffs = {handoff.handoff_id: handoff for handoff in histories.handoffs}
    done = {handoff_id: {heard.event_id: heard for heard in each.heard} for handoff_id, each in handoffs.items()}
    for answer in diary.answered:
        if answer.handoff_id and answer.taken and answer.event_id not in done.get(answer.handoff_id, {}):
            thing = _did(answer.handoff_id, Heard(answer.event_id, answer.kind, answer.by))
            yield Finding(Fault.LOST, thing, f"{thing}, was taken and is not in the history")
    for handoff_id, handoff in handoffs.items():
        acts = [heard for heard in done[handoff_id].values() if heard.kind in _REPORTED_AS]
        did = Counter((_REPORTED_AS[act.kind], act.by) for act in acts)
        signalled = Counter((_REPORTED_AS[act.kind], act.by) for act in acts if act.signalled)
        told = Counter((r.kind, r.by) for r in handoff.reports if r.kind in _REPORTED_AS.values())
        for kind, by in sorted(did | told):
            # A signal may have been refused, which no history says.
            if not did[kind, by] - signalled[kind, by] <= told[kind, by] <= did[kind, by]:
                fault = Fault.LOST if told[kind, by] < did[kind, by] else Fault.DUPLICATED
                thing = f"{kind} of {by} on {_hand_off(handoff_id)}"
                sentence = f"{thing} was done {did[kind, by]} times, and told the case {told[kind, by]} times"
                yield Finding(fault, thing, sentence)


def _reports_are_on_the_timeline_once(histories: Histories, recorded: Recorded) -> Iterator[Finding]:
    entered = Counter(
        (entry.case_id, str(entry.event_id), entry.kind) for entry in recorded.entries if entry.kind in _REPORTS
    )
    reports = {
        (handoff.case_id, report.event_id, report.kind): (handoff, report)
        for handoff in histories.handoffs
        for report in handoff.reports
        if report.kind in _REPORTS
    }
    for key, (handoff, report) in reports.items():
        thing = f"{report.kind} by {report.by} of {_hand_off(handoff.handoff_id)}, event {report.event_id}"
        if entered[key] > 1:
            yield Finding(Fault.DUPLICATED, thing, f"{thing}, is on the timeline {entered[key]} times")
        elif not entered[key]:
            how = "was told to the case" if report.arrived else "never reached the case"
            yield Finding(Fault.LOST, thing, f"{thing}, {how} and is not on the timeline")
    for case_id, event_id, kind in entered.keys() - reports.keys():
        thing = f"{kind} on {case_id}, event {event_id}"
        yield Finding(Fault.DUPLICATED, thing, f"{thing}, is on the timeline, and no hand-off told it")


def _what_a_case_decides_reaches_its_hand_off(histories: Histories, recorded: Recorded) -> Iterator[Finding]:
    heard = {each.event_id for handoff in histories.handoffs for each in handoff.heard}
    words = [(told.case_id, word) for told in histories.cases for word in told.words]
    for case_id, word in words:
        # One that has not arrived found the hand-off over.
        if word.arrived and word.event_id not in heard:
            thing = f"{word.kind} of {case_id}, event {word.event_id}"
            yield Finding(Fault.LOST, thing, f"{thing}, was sent to a hand-off that has not heard it")
    kinds = {"answer_back": "answered_back", "cancel_hand_off": "called_off", "hand_off_ended": "called_off"}
    decided = Counter((entry.case_id, kinds[entry.kind]) for entry in recorded.entries if entry.kind in kinds)
    # Sent again by the next run of a case it is the same event.
    sent = Counter((case_id, kind) for case_id, kind, _ in {(case_id, w.kind, w.event_id) for case_id, w in words})
    for case_id, kind in sorted(decided | sent):
        wanted, got = decided[case_id, kind], sent[case_id, kind]
        if wanted != got:
            thing = f"{kind} of {case_id}"
            fault = Fault.LOST if got < wanted else Fault.DUPLICATED
            yield Finding(fault, thing, f"{thing} was decided {wanted} times, and its hand-offs told {got} times")


def _nobody_is_asked_again(histories: Histories) -> Iterator[Finding]:
    for handoff in histories.handoffs:
        passed_on: set[str] = set()
        for each in handoff.course:
            if isinstance(each, Offered) and each.person in passed_on:
                sentence = f"{_hand_off(handoff.handoff_id)} was offered to {each.person} again, who had passed it on"
                yield Finding(Fault.DUPLICATED, f"offer {each.errand_id}", sentence)
            elif isinstance(each, Signal) and (person := _passed_on_by(each)):
                passed_on.add(person)


def _nobody_is_late_who_was_not_told(histories: Histories, recorded: Recorded) -> Iterator[Finding]:
    told = {row.effect_id for row in recorded.outbox}
    for handoff in histories.handoffs:
        for offer, then in pairwise(handoff.course):
            late = isinstance(then, Signal) and then.kind == _NEGLECTED
            if isinstance(offer, Offered) and late and offer.errand_id not in told:
                sentence = f"{offer.person or 'the queue'} was late with {handoff.handoff_id} and never told of it"
                yield Finding(Fault.LOST, offer.errand_id, sentence)


def _hand_offs_end_with_their_case_and_as_the_records_say(
    histories: Histories, recorded: Recorded
) -> Iterator[Finding]:
    archived = {case.case_id for case in recorded.cases if case.status == "archived"}
    ends: dict[str, list[str]] = defaultdict(list)
    for entry in recorded.entries:
        if entry.kind in _ENDS:
            ends[str(entry.data["handoff_id"])].append(_ENDS[entry.kind])
    rows = {row.handoff_id: row for row in recorded.handoffs}
    for handoff in histories.handoffs:
        thing = _hand_off(handoff.handoff_id)
        end, told, row = _end_of(handoff), ends[handoff.handoff_id], rows.get(handoff.handoff_id)
        if handoff.case_id in archived and not handoff.ended:
            yield Finding(Fault.LOST, thing, f"{thing} goes on, though its case is archived")
        if handoff.ended and end not in [_WORDS[each] for each in told]:
            yield Finding(Fault.LOST, thing, f"{thing} ended as {end}, and the timeline says {told or 'nothing'}")
        # An answer that crosses with the word that nobody needs it comes too late: what the case said first, counts.
        if row is not None and told and row.status != told[0]:
            yield Finding(Fault.LOST, thing, f"{thing} ended as {told[0]}, and the records show {row.status}")
        if row is not None and row.status == "answered":
            given = [(r.by, r.content["text"]) for r in handoff.reports if r.kind == "hand_off_answered"]
            if (row.person, row.answer) not in given:
                yield Finding(Fault.LOST, thing, f"{thing} has another answer in the records than was given")


def _end_of(handoff: Consulted) -> str:
    """How it ended, as its own history tells: by what it told its case, or was told by it."""
    if handoff.reported("hand_off_answered"):
        return _ANSWERED
    if handoff.reported(_RETURNED):
        return _GIVEN_BACK
    return _CALLED_OFF if any(each.kind == "called_off" for each in handoff.heard) else _STILL_OPEN


def _passed_on_by(report: Signal) -> str | None:
    if report.kind == _NEGLECTED:
        person = report.content.get("person")
        return str(person) if person else None
    return report.by if report.kind == _DECLINED else None


def _moment(report: Signal, name: str) -> datetime:
    return datetime.fromisoformat(str(report.content[name]))


def _did(handoff_id: str, heard: Heard) -> str:
    return f"{heard.kind} of {heard.by} on {_hand_off(handoff_id)}, event {heard.event_id}"


def _hand_off(handoff_id: str) -> str:
    return f"hand-off {handoff_id}"
