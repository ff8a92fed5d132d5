"""How cases look on a terminal. JSON is what the API would answer."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from cases.conduct import Conduct
from cases.remedies import named as named_remedy
from cases.suggesting import NAMES
from cases.timeline import Entry
from cases.view import (
    Brief,
    CaseView,
    ClockView,
    EarlierCase,
    GuidanceView,
    HandedOff,
    Happened,
    OwnerView,
    ProposedRemedy,
)
from cases.words import CLAIMED, ClockState, HandoffStatus, RemedyState, SuggestionState

LONGEST_CELL = 40
LONGEST_LINE = 120
"""What a text is cut to where one line must do; `show` of the hand-off, or the timeline, has the whole."""
_CAME_BACK = 3
"""How many hand-offs that came back to the owner, and remedies that were decided, are shown with their case."""


def print_json(content: BaseModel | dict[str, Any] | list[Any]) -> None:
    """One JSON value on one line."""
    print(content.model_dump_json() if isinstance(content, BaseModel) else json.dumps(content))


def table(header: Sequence[str], rows: Sequence[Sequence[str]], longest: int = LONGEST_CELL) -> str:
    """Columns as wide as what is in them; what is longer than `longest` characters is cut."""
    cut = [[cell if len(cell) <= longest else cell[: longest - 1] + "…" for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(header, *cut, strict=True)]
    lines = ["  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)) for row in (header, *cut)]
    return "\n".join(line.rstrip() for line in lines)


def case_lines(view: CaseView) -> Iterator[str]:
    """A case for a person: who has it, what is due."""
    yield from head_lines(view)
    yield from clock_lines(view.clocks)
    yield from guidance_lines(view.guidance)


def guidance_lines(lines: Sequence[GuidanceView]) -> Iterator[str]:
    """What to say and what to avoid, not cut: it is read out."""
    for line in lines:
        yield f"say      {line.say}  ({line.for_.replace('_', ' ')})"
        yield f"avoid    {line.avoid}"


def clock_lines(clocks: Sequence[ClockView]) -> Iterator[str]:
    """Those that are owed, a line each."""
    live = [clock for clock in clocks if clock.state in (ClockState.RUNNING, ClockState.PAUSED)]
    for place, clock in enumerate(live):
        yield f"{'' if place else 'clocks':<8} {_clock(clock)}"


def head_lines(view: CaseView) -> Iterator[str]:
    """A case without its clocks: who has it, what keeps it."""
    yield f"{view.case_id}  {view.product} · {view.channel}  {view.priority}  {view.status}, rung {view.rung}"
    if view.as_of:
        yield f"from the records, as of {moment(view.as_of)}: its workflow does not answer, or is over"
    if view.erased_at:
        yield f"erased   at {moment(view.erased_at)}: what was said, and by whom, is gone; figures are left"
    yield f"owner    {named(view.owner)} (team {view.team}); waiting on {view.waiting_on}"
    if view.offer:
        until = f" until {moment(view.offer.expires_at)}" if view.offer.expires_at else ""
        reasons = ", ".join(view.offer.reasons)
        yield f"offer    to {named(view.offer.to)}, rung {view.offer.rung}{until}: {reasons}"
    if view.holds.count:
        since = f"; on hold since {moment(view.holds.since)}" if view.holds.since else ""
        yield f"holds    {view.holds.count}, {view.holds.held_s:.0f} s in all{since}"
    yield from handed_lines(view.handoffs)
    yield from conduct_lines(view.conduct)
    for one in view.suggestions:
        if one.state is SuggestionState.OPEN:
            yield f"perhaps  {NAMES[one.reason]}: {one_line(one.why)}; {one.id}"
        if one.next_step:
            yield f"next     {one.next_step}"
    if view.follows:
        yield f"follows  {view.follows}"
    yield from remedy_lines(view.remedies)
    if view.closed_as:
        repeats = f" of {view.duplicate_of}" if view.duplicate_of else ""
        yield f"closed   as {view.closed_as}{repeats} at {moment(view.closed_at)}"
    if view.satisfaction and view.satisfaction.score:
        said = f": {one_line(view.satisfaction.comment)}" if view.satisfaction.comment else ""
        yield f"score    {view.satisfaction.score} of 5{said}"
    for trouble in view.stuck:
        yield f"stuck    {trouble}"


def conduct_lines(conduct: Conduct | None) -> Iterator[str]:
    """What is on record about how the customer behaved."""
    if conduct and conduct.undecided:
        yield "threat   awaits a manager's decision: decide_safety"
    for _, sentence in conduct.lines() if conduct else ():
        yield f"conduct  {one_line(sentence)}"


def handed_lines(handoffs: Sequence[HandedOff]) -> Iterator[str]:
    """Questions to specialists: the open ones, each with what is asked back, then the newest that came back."""
    for handed in handoffs:
        if not handed.status.over:
            has_it = f" by {handed.specialist}" if handed.specialist else ""
            yield f"asked    {handed.team}, {handed.status.replace('_', ' ')}{has_it}: {handed.handoff_id}"
        if handed.status is HandoffStatus.ASKED_BACK and handed.asks:
            # Not cut: the owner has to answer it.
            yield f"asks     the owner: {' '.join(handed.asks.split())}"
    back = [handed for handed in handoffs if handed.status in (HandoffStatus.ANSWERED, HandoffStatus.RETURNED)]
    back.sort(key=lambda handed: handed.ended_at or handed.asked_at, reverse=True)
    for handed in back[:_CAME_BACK]:
        if handed.status is HandoffStatus.ANSWERED:
            said = one_line(handed.answer or "")
            yield f"answered {handed.team}, by {handed.specialist}, {handed.handoff_id}: {said}"
        else:
            yield f"returned {handed.team}, nobody took it, {handed.handoff_id}: {one_line(handed.question)}"


def remedy_lines(remedies: Sequence[ProposedRemedy]) -> Iterator[str]:
    """What was proposed to put it right: what waits for a decision, then the newest of the others."""
    waiting = [each for each in remedies if each.state is RemedyState.PENDING]
    for each in waiting:
        until = f" until {moment(each.due_at)}" if each.due_at else ""
        yield f"decide   {each.remedy_id}, {named_remedy(each)}, by {each.proposed_by}: asked of {each.asked}s{until}"
    for each in [each for each in remedies if each not in waiting][-_CAME_BACK:]:
        by = f" by {each.decided_by}" if each.decided_by else ""
        reference = f", reference {each.reference}" if each.reference else ""
        why = f": {one_line(each.reason)}" if each.reason else ""
        yield f"remedy   {each.remedy_id}, {named_remedy(each)}, {each.state}{by}{reference}{why}"


def one_line(text: str) -> str:
    """A text as one line, cut if it is long."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_LINE else line[: LONGEST_LINE - 1] + "…"


def entry_lines(entries: Sequence[Entry]) -> Iterator[str]:
    """The timeline, a line an entry. Who sent a signal, or an update that the API has not signed, is a claim."""
    widest = max((len(entry.kind) for entry in entries), default=0)
    for entry in entries:
        claim = " (unverified)" if entry.via in CLAIMED else ""
        yield f"{entry.n:>4}  {moment(entry.at)}  {entry.by.id:<12}  {entry.kind:<{widest}}  {entry.text}{claim}"


def brief_lines(brief: Brief) -> Iterator[str]:
    """The page for a new owner."""
    yield brief.headline
    yield f"{brief.customer.name or brief.customer.id}, {moment(brief.received_at)}: {brief.complaint}"
    if brief.remedy_sought:
        yield f"wants: {brief.remedy_sought}"
    if brief.transcript:
        yield "with the chatbot:"
        yield from (f"  {line}" for line in brief.transcript.splitlines())
    yield from happened_lines("why it climbed", brief.why_it_climbed)
    yield from happened_lines("tried", brief.tried)
    yield from happened_lines("said", brief.said)
    yield from happened_lines("specialists", brief.specialists)
    yield from happened_lines("conduct", brief.conduct)
    yield from happened_lines("perhaps", brief.suggested)
    if brief.follows:
        yield f"follows: {brief.follows}"
    for what, others in (("earlier", brief.earlier), ("closed as a duplicate of this", brief.duplicates)):
        yield from (f"{what}: {_earlier(one)}" for one in others)
    yield from happened_lines("remedies", brief.remedies)
    if brief.open_question:
        yield f"asked of the customer: {brief.open_question}"
    for name, due in brief.due.items():
        yield f"due: {name} at {moment(due)}"
    yield from guidance_lines(brief.guidance)


def _earlier(case: EarlierCase) -> str:
    about = f"{case.product}: {case.issue}" if case.issue else case.product
    ended = f"closed as {case.closed_as} at {moment(case.closed_at)}" if case.closed_as else case.status.value
    told = f"; told: {one_line(case.resolution)}" if case.resolution else ""
    return f"{case.case_id}, {about}, {ended}{told}"


def named(owner: OwnerView) -> str:
    """`ana`, or `queue:cards`."""
    return owner.person or f"queue:{owner.queue}"


def moment(at: datetime | None) -> str:
    """In the terminal's time zone, to the second."""
    return at.astimezone().strftime("%Y-%m-%d %H:%M:%S") if at else "-"


def _clock(clock: ClockView) -> str:
    if clock.state is ClockState.PAUSED:
        return f"{clock.title} paused, {clock.remaining_s:.0f} s left"
    late = " BREACHED" if clock.breached_at else ""
    return f"{clock.title} due {moment(clock.due_at)}{late}"


def happened_lines(title: str, lines: Sequence[Happened]) -> Iterator[str]:
    """What happened, under a title; nothing, if nothing did."""
    if lines:
        yield f"{title}:"
    for line in lines:
        yield f"  {moment(line.at)}  {line.by}: {line.text}"
