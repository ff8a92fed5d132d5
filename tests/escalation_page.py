"""Writes the made parts of docs/escalation.md: `python -m tests.escalation_page`, or `make docs`.

Diagrams are drawn of what cases and hand-offs do when every deed and every deadline is tried in every situation and
every scene is played; tables are read from the rules' own tables, and the figures of the suggestions from the page that
has them all. What stands outside the marks is written by hand and stays.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from cases import answering
from cases.conduct import WARNINGS
from cases.events import Refused
from cases.guards import ATTENTION
from cases.ladder import ROUTES, Needs, Route
from cases.notices import STAYS_LEVEL
from cases.outcomes import Planned
from cases.plan import STRAIGHT_TO
from cases.state import State
from cases.table import CUSTOMER_KINDS, TABLE, Row, refusal
from cases.words import HandoffStatus, Reason, Status
from tests.cases import test_handoff_table as handoffs
from tests.cases import test_table as cases
from tests.exploring import explored
from tests.walks import Change, every_change

DOCS = Path(__file__).parents[1] / "docs"
PAGE, SUGGESTIONS = DOCS / "escalation.md", DOCS / "suggestions.md"
_STATE = TypeAdapter(State)

Moves = dict[tuple[str, str], set[str]]
"""What leads from one status to another."""


@cache
def case_moves() -> Moves:
    """From every deed and every deadline in every situation, and from the scenes, which know about time as well."""
    found: Moves = defaultdict(set)
    moved = [change for change in (*explored(), *every_change()) if change.before is not change.after]
    for change in sorted(moved, key=lambda change: len(causes(change))):
        if not explains(found, change):
            found[change.before, change.after].add(" and ".join(sorted(causes(change))))
    return dict(found)


def causes(change: Change) -> set[str]:
    """The event's kind, those of the events that waited for it, and the clocks that ran out with it."""
    clocks = (entry.data["clock"] for entry in change.entries if entry.kind in ("time_over", "clock_breached"))
    found = {f"{clock.rpartition('-')[0]} is over" for clock in clocks}
    if change.event:
        found.add(change.event.kind)
    if isinstance(change.event, Planned):
        found |= {entry.kind for entry in change.entries if entry.kind in TABLE}
    return found


def explains(moves: Moves, change: Change) -> bool:
    """Whether the arrows show how that came: by one, or by several in a row where several things happened at once."""
    why = causes(change)
    if change.before is Status.OPENING:  # What waited for the plan is worked with it: nobody sees the case in between.
        return (change.before, change.after) in moves
    if len(why) == 1:
        return why <= moves.get((change.before, change.after), set())
    reached = {str(change.before)}
    while more := {after for (before, after), by in moves.items() if before in reached and by & why} - reached:
        reached |= more
    return change.after in reached


def handoff_moves() -> Moves:
    """From every kind of event in every status; and what time does, which no event says."""
    found: Moves = defaultdict(set)
    for status, brought in handoffs.BROUGHT.items():
        for kind in handoffs.EXPECTED:
            asked = brought()
            if handoffs.answer(asked, kind) == "yes" and asked.view.status is not status:
                found[status, asked.view.status].add(kind)
        asked = brought()
        while asked.view.status is status and (due := asked.handoff.next_due()):
            # A warning comes first, or the clock is breached and the question offered on to a queue.
            clock = next(clock.name for clock in asked.view.clocks if clock.due_at and not clock.breached_at)
            asked.wait(due - asked.now)
            if asked.handoff.errand:
                asked.choose(None)
            if asked.view.status is not status:
                found[status, asked.view.status].add(f"{clock} is over")
    return found


def diagram(moves: Moves, order: Sequence[str], last: Iterable[str]) -> str:
    """A Mermaid state diagram, in the order of the statuses."""
    lines = [f"    [*] --> {order[0]}"]
    for before, after in sorted(moves, key=lambda move: (order.index(move[0]), order.index(move[1]))):
        lines.append(f"    {before} --> {after}: {', '.join(sorted(moves[before, after]))}")
    lines += [f"    {status} --> [*]" for status in last]
    return "\n".join(["```mermaid", "stateDiagram-v2", *lines, "```"])


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A markdown table."""
    lines = [" | ".join(cell.replace("|", "\\|") for cell in row) for row in (header, ["---"] * len(header), *rows)]
    return "\n".join(f"| {line} |" for line in lines)


def said(rule: Callable[..., Any]) -> str:
    """What a rule's docstring says in short."""
    return " ".join((rule.__doc__ or "").split("\n\n")[0].split())


def kinds() -> Iterator[tuple[str, list[str]]]:
    """The kinds of events, by who sends them."""
    yield "What customers ask", [kind for kind in TABLE if kind in CUSTOMER_KINDS]
    yield "What agents do", [kind for kind, row in TABLE.items() if row.who and kind not in CUSTOMER_KINDS]
    yield "What came of effects", [kind for kind, row in TABLE.items() if row.who is None]


def rules() -> str:
    """For each kind of event: what it does, who may, and what must hold."""
    parts: list[str] = []
    for title, names in kinds():
        rows = [(f"`{kind}`", said(TABLE[kind].does), _who(TABLE[kind]), _needs(TABLE[kind])) for kind in names]
        parts.append(f"### {title}\n\n{table(('kind', 'what it does', 'who may', 'what must hold'), rows)}")
    return "\n\n".join(parts)


def _who(row: Row) -> str:
    return said(row.who) if row.who else "caseladder itself"


def _needs(row: Row) -> str:
    return " ".join(dict.fromkeys(said(rule) for rule in (*row.guards, *row.checks))) or "-"


def statuses() -> str:
    """For each kind and status: taken, queued, or the code of the refusal. What must hold is looked at after that."""
    states = {status: _STATE.validate_python(brought().case.snapshot()) for status, brought in cases.BROUGHT.items()}
    rows = [(f"`{kind}`", *(_answer(row, states[status]) for status in Status)) for kind, row in TABLE.items()]
    return table(("kind", *Status), rows)


def _answer(row: Row, state: State) -> str:
    if state.status in row.taken_in:
        return "yes"
    if row.queues and state.status is Status.OPENING:
        return "waits"
    refused: Refused = refusal(state, row)
    return f"`{refused.code}`"


def ladder() -> str:
    """For each reason: where it leads, what gives it, what it needs, what becomes of an offer that nobody takes."""
    header = ("reason", "because", "leads", "given by", "needs first", "when nobody takes it")
    return table(header, [_reason(reason, route) for reason, route in ROUTES.items()])


def _reason(reason: Reason, route: Route) -> tuple[str, ...]:
    given = _GIVEN.get(reason) or ("a person, with `escalate`" if route.voluntary else "a clock")
    ignored = "back to its owner" if route.returns else "once more beside, then up"
    first = _BEFORE.get(reason) or _FIRST[route.needs]
    pressing = "; nothing holds it up" if route.presses else ""
    return f"`{reason}`", route.words, leads(reason) + pressing, given, first, _IGNORED.get(reason, ignored)


def leads(reason: Reason) -> str:
    """Where an offer for this reason goes, where the policy does not say otherwise."""
    if reason in STAYS_LEVEL:
        return _LEVEL.get(reason, "beside")
    straight = STRAIGHT_TO.get(reason)
    if straight:
        return f"straight to a {straight}; {_FROM_THERE.get(reason, 'one rung up from there')}"
    return _UP.get(reason, "one rung up")


_LEVEL = {
    Reason.ASSIGNED: "to whoever is named",
    Reason.TRANSFERRED: "beside, to a peer",
    Reason.DE_ESCALATED: "one rung down",
    Reason.RECATEGORISED: "beside, to the other team",
    Reason.NO_AUTHORITY: "nowhere: its owner stays, and the lowest rung whose authority covers it is asked",
    Reason.BEYOND_SKILL: "beside, to a peer who has the skill",
}
_FROM_THERE = {Reason.THREAT: "an alert only, if one has it already"}
_UP = {
    Reason.REOPENED: "to its last owner; the second time one rung up",
    Reason.CLOCK_BREACHED: "as the policy says of the clock: one rung up, beside, or an alert",
    Reason.PROMISE_BROKEN: "as the policy says of the clock: one rung up, beside, or an alert",
    Reason.HELD_TOO_LONG: "an alert first, then as the policy says of the clock",
    Reason.HANDLED_TOO_LONG: "an alert first, then as the policy says of the clock",
    Reason.NEEDS_ATTENTION: "by triage: it starts at the rung that the policy names; later: one rung up",
}
_GIVEN = {
    Reason.OPENED: "planning",
    Reason.ASSIGNED: "`assign`",
    Reason.TRANSFERRED: "`transfer`",
    Reason.DE_ESCALATED: "`de_escalate`",
    Reason.RECATEGORISED: "`recategorise`",
    Reason.ASKED_FOR_MANAGER: "`ask_for_manager`, a suggestion of it that was confirmed, or the clock `redirect`",
    Reason.NO_AUTHORITY: "`propose_remedy`",
    Reason.RESOLUTION_REJECTED: "`reject_resolution`",
    Reason.REOPENED: "`reopen`, a `message`, or a payment that failed",
    Reason.NEEDS_ATTENTION: "triage; a person, with `escalate`; a suggestion that the policy lets escalate by itself",
    Reason.THREAT: "`report_threat`",
    Reason.HELD_TOO_LONG: "a clock, or one `hold` too many",
    Reason.BEYOND_SKILL: "`transfer` by skill",
    Reason.OWNER_UNAVAILABLE: "`assign` with this reason",
}
_FIRST = {
    Needs.NOTHING: "-",
    Needs.ATTEMPT: "an `attempt` at this rung",
    Needs.TRANSCRIPT: "the bot's transcript",
    Needs.WARNINGS: f"{WARNINGS} warnings (`warn`)",
    Needs.SUGGESTION: f"of a person: that {' or '.join(f'`{reason}`' for reason in ATTENTION)} is suggested",
}
_BEFORE = {
    Reason.ASKED_FOR_MANAGER: "one `redirect`, or that its time ran out",
    Reason.NO_AUTHORITY: "the proposal",
}
_IGNORED = {Reason.NO_AUTHORITY: "the next rung is asked; its owner stays"}


def suggestions() -> str:
    """What the rules of the default policy find and miss in the sentences that a person judged."""
    judged = SUGGESTIONS.read_text(encoding="utf-8").partition("judged by a person")[2]
    rows = [line.strip("| ").split(" | ") for line in judged.splitlines() if line.startswith("| `")]
    header = ("suggestion", "found", "of them meant", "missed", "precision")
    return table(
        header,
        [
            (reason, found, both, str(int(meant) - int(both)), precision)
            for reason, found, meant, both, precision, _ in rows
        ],
    )


def questions() -> str:
    """Hand-offs: what specialists, the case and the world do, and in which status that is taken."""
    rows = [
        (
            f"`{kind}`",
            said(row.does),
            said(row.who) if row.who else "the case, or caseladder itself",
            *(it if it == "yes" else f"`{it}`" for it in handoffs.EXPECTED[kind].split()),
        )
        for kind, row in answering.TABLE.items()
    ]
    return table(("kind", "what it does", "who may", *HandoffStatus), rows)


PARTS: dict[str, Callable[[], str]] = {
    "states": lambda: diagram(case_moves(), list(Status), [Status.ARCHIVED]),
    "ladder": ladder,
    "suggestions": suggestions,
    "rules": rules,
    "statuses": statuses,
    "hand-off states": lambda: diagram(
        handoff_moves(), list(HandoffStatus), [status for status in HandoffStatus if status.over]
    ),
    "hand-offs": questions,
}


def made(page: str, parts: Mapping[str, Callable[[], str]] = PARTS, file: Path = PAGE) -> str:
    """The page with its made parts as the code has them now. Raises LookupError if a part has no place in it."""
    for name, make in parts.items():
        start, end = f"<!-- made: {name} -->", f"<!-- end: {name} -->"
        before, mark, rest = page.partition(start)
        _, closing, after = rest.partition(end)
        if not (mark and closing):
            raise LookupError(f"docs/{file.name} has no place for {name!r}: add the lines {start} and {end}")
        page = f"{before}{start}\n\n{make()}\n\n{end}{after}"
    return page


if __name__ == "__main__":
    PAGE.write_text(made(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
