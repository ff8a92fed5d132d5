"""The page that an operator sees on the case in the Temporal Web UI: markdown, made of the view and the timeline.

It renders text and decides nothing, so time zones are allowed here. Keep it to a few kilobytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cases.accounting import account
from cases.ladder import ROUTES
from cases.remedies import named
from cases.suggesting import NAMES
from cases.timeline import Entry
from cases.view import CaseView, ClockView, ProposedRemedy
from cases.words import ClockState, Letter, RemedyState, Rung, Status, SuggestionState, WaitingOn

_LAST = 5
_STRETCHES = 3
_CUT = 140
_MARKUP = re.compile(r"[\\`*\[\]<>|!]")

_WAITING = {
    WaitingOn.OWNER: "its owner",
    WaitingOn.OFFER: "somebody to claim the offer",
    WaitingOn.CUSTOMER: "the customer",
    WaitingOn.HAND_OFF: "a specialist",
    WaitingOn.APPROVAL: "an approval or a decision",
    WaitingOn.STUCK: "the world around it: something does not succeed",
    WaitingOn.NOBODY: "nobody",
}


def page(view: CaseView, entries: Sequence[Entry], desk: str | None = None) -> str:
    """The whole page. `entries` are the newest at hand, oldest first; `desk` is where the Desk is."""
    parts = [
        _headline(view),
        # As a list, because the Web UI leaves a hand's breadth between paragraphs.
        "\n".join(f"- {fact}" for fact in _facts(view, desk)),
        _clocks(view),
        _handoffs(view),
        _conduct(view),
        _remedies(view),
        _doable(view),
        _why(entries),
        _last(view, entries),
        _guidance(view),
    ]
    return "\n\n".join(part for part in parts if part)


def _headline(view: CaseView) -> str:
    if view.status is Status.OPENING:
        return "### Being planned\nThe case has arrived and is waiting for its plan."
    closed = f" as **{view.closed_as}**" if view.closed_as else ""
    breach = " · 🔴 a deadline has passed" if view.breached else ""
    status = view.status.value.replace("_", " ").capitalize()
    return f"### {status}{closed}, waiting on {_WAITING[view.waiting_on]}{breach}"


def _facts(view: CaseView, desk: str | None) -> list[str]:
    owner = f"**{view.owner.person}**" if view.owner.person else f"nobody yet, the queue of team **{view.owner.queue}**"
    facts = [f"Has the case: {owner}, rung **{view.rung}**, team {view.team}"]
    if view.offer:
        to = view.offer.to.person or f"the queue of team {view.offer.to.queue}"
        why = "; ".join(ROUTES[reason].words for reason in view.offer.reasons)
        expires = f", to be claimed by {_when(view, view.offer.expires_at)}" if view.offer.expires_at else ""
        facts.append(f"Offered to: **{to}** at rung **{view.offer.rung}**{expires}, because {why}")
    facts.append(f"Next deadline: {_next_deadline(view)}")
    facts.append(f"Complaint: {view.product} · {view.channel} · priority {view.priority}")
    if view.holds.since:
        facts.append(f"On hold: the customer waits since **{_when(view, view.holds.since)}**, hold {view.holds.count}")
    facts += [
        f"Perhaps **{NAMES[one.reason]}**: {cut(one.why)} (`{one.id}`, not decided). {one.next_step or 'Dismiss it.'}"
        for one in view.suggestions
        if one.state is SuggestionState.OPEN
    ]
    if view.follows:
        facts.append(f"Follows: `{view.follows}`")
    facts += [f"Stuck: {stuck}" for stuck in view.stuck]
    return facts + ([f"[Open it in the Desk]({desk}/cases/{view.case_id})"] if desk else [])


def _next_deadline(view: CaseView) -> str:
    clock = next((c for c in view.clocks if c.due_at == view.next_due and c.breached_at is None), None)
    if clock is None or view.next_due is None:
        return "none is running"
    return f"**{_when(view, view.next_due)}** ({words(clock.title)})"


def _clocks(view: CaseView) -> str:
    live = [clock for clock in view.clocks if clock.state in (ClockState.RUNNING, ClockState.PAUSED)]
    due = {c.id: f", due {_when(view, c.due_at)}" if c.due_at else "" for c in live}
    lines = [f"- **{words(c.title)}** {state_of(c)}{due[c.id]}; {_account(c, view.now)}" for c in live]
    return listed(f"Clocks, as of {moment(view.now)}", lines)


def _account(clock: ClockView, now: datetime) -> str:
    """What has run and what is left, and the stretches that this comes from: the newest of them."""
    each = account(clock, now)
    counts = f" on {each.calendar}" if each.calendar else ""
    total = f"{_length(each.elapsed_s)} of {_length(each.target_s)}{counts}"
    stretches = [line for line in each.lines if line.since and line.until][-_STRETCHES:]
    if len(stretches) < 2:
        return total
    ran = [f"{_length(line.counted_s or 0)} to {moment(line.until, each.zone)}" for line in stretches]
    return f"{total} ({' + '.join(ran)})"


def _length(seconds: float) -> str:
    minutes, rest = divmod(abs(round(seconds)), 60)
    return f"{'-' if seconds < 0 else ''}{minutes // 60}:{minutes % 60:02}:{rest:02}"


def _handoffs(view: CaseView) -> str:
    lines = [
        f"- {handed.team}, {words(handed.status)}"
        f"{f', by {handed.specialist}' if handed.specialist else ''}: {cut(handed.question)}"
        f" (`handoff-{handed.handoff_id}`)"
        f"{f'; asks back: {cut(handed.asks)}' if handed.asks else ''}"
        for handed in view.handoffs
        if not handed.status.over
    ]
    return listed("Questions to specialists", lines)


def _conduct(view: CaseView) -> str:
    """What is on record about the customer's conduct; a threat that nobody has decided on stands out."""
    if view.conduct is None:
        return ""
    awaits = ["- 🔴 A threat awaits a manager's decision"] if view.conduct.undecided else []
    lines = [f"- {_when(view, on.at)} · {on.by} · {cut(sentence)}" for on, sentence in view.conduct.lines()]
    return listed("Conduct", awaits + lines)


def _remedies(view: CaseView) -> str:
    lines = [
        f"- {each.remedy_id}, {cut(named(each))}: {each.state}"
        f"{f', asked of {each.asked}s by {_when(view, each.due_at)}' if each.asked else ''}"
        f"{f', by {each.decided_by}' if each.decided_by else ''}"
        f"{f', reference {each.reference}' if each.reference else ''}"
        f"{f' ({cut(each.reason)})' if each.reason else ''}"
        for each in view.remedies[-_LAST:]
    ]
    return listed("Remedies", lines)


def state_of(clock: ClockView) -> str:
    """What a clock is doing, at a glance."""
    if clock.breached_at:
        return "🔴 breached"
    return "🟡 warned" if clock.warned and clock.state is ClockState.RUNNING else clock.state.value


def _why(entries: Sequence[Entry]) -> str:
    climbs = [entry for entry in entries if entry.kind in ("escalated", "joined", "top_rung")]
    return listed("Why it climbed", [f"- {cut(entry.text)}" for entry in climbs[-_LAST:]])


def _last(view: CaseView, entries: Sequence[Entry]) -> str:
    lines = [f"- {_when(view, e.at)} · {e.by.id} · {words(e.kind)}: {cut(e.text)}" for e in entries[-_LAST:]]
    return listed(f"Last entries of {view.version}", lines)


def _guidance(view: CaseView) -> str:
    lines = [f"- {words(line.for_)}: say “{cut(line.say)}” Avoid: {cut(line.avoid)}" for line in view.guidance]
    return listed("What to say, and what to avoid", lines)


def _doable(view: CaseView) -> str:
    """Ready-made JSON for the update `act`: the steps that the status suggests."""
    lines = [
        f"- {words}: `{json.dumps(event, ensure_ascii=False)}`"
        for words, event in (*_urgent(view), *_decisions(view), *_suggestions(view))
    ]
    return listed("What can be done now: update `act` with this JSON, where `by` is who acts", lines)


def listed(title: str, lines: Sequence[str]) -> str:
    """A heading and its lines; nothing, if there are none."""
    return f"**{title}**\n\n" + "\n".join(lines) if lines else ""


def words(name: str) -> str:
    """`first_response` as people write it."""
    return name.replace("_", " ")


def _urgent(view: CaseView) -> list[tuple[str, dict[str, object]]]:
    """What somebody's safety asks for comes first."""
    if view.status is Status.ARCHIVED or not (view.conduct and view.conduct.undecided):
        return []
    rung = max(Rung.MANAGER, view.rung, key=lambda rung: rung.height).value
    manager = {"id": "YOUR-ID", "role": "agent", "rung": rung, "teams": [view.team]}
    decide: dict[str, object] = {"kind": "decide_safety", "by": manager, "decision": "police", "text": "…"}
    return [("Decide after the threat: continue, restrict, end or police", decide)]


def _suggestions(view: CaseView) -> list[tuple[str, dict[str, object]]]:
    rung = view.offer.rung if view.offer else view.rung
    actor: dict[str, object] = {"id": "YOUR-ID", "role": "agent", "rung": rung.value, "teams": [view.team]}
    owner = {**actor, "id": view.owner.person or "YOUR-ID", "rung": view.rung.value}
    lead = {**actor, "rung": max(Rung.SUPERVISOR, rung, key=lambda r: r.height).value}
    match view.status:
        case Status.OPENING | Status.ARCHIVED:
            return []
        case Status.CLOSED:
            reopen: tuple[str, dict[str, object]] = ("Reopen it", {"kind": "reopen", "by": owner, "text": "…"})
            if view.waiting_on is not WaitingOn.OWNER:
                return [reopen]
            final = Letter.FINAL_RESPONSE.value
            letter: dict[str, object] = {"kind": "reply", "by": owner, "text": "…", "letter": final}
            return [("Send the letter that is still owed", letter), reopen]
        case Status.RESOLVED:
            customer = {"id": "customer", "role": "service"}
            return [("Pass on that the customer accepts", {"kind": "accept_resolution", "by": customer})]
        case _ if view.offer or view.owner.person is None:
            claim: dict[str, object] = {"kind": "claim", "by": actor}
            assign: dict[str, object] = {"kind": "assign", "by": lead, "to": {"person": "THEIR-ID"}}
            return [("Take the case", claim), ("Offer it to somebody by name", assign)]
        case _:
            reply: dict[str, object] = {"kind": "reply", "by": owner, "text": "…"}
            waiting = next((one for one in view.suggestions if one.state is SuggestionState.OPEN), None)
            resolve: dict[str, object] = {"kind": "resolve", "by": owner, "text": "…"}
            asked = [handed for handed in view.handoffs if handed.asks]
            if any(not handed.status.over for handed in view.handoffs) or _undecided(view):
                resolve["despite"] = "why the answer need not be waited for"
            back: list[tuple[str, dict[str, object]]] = [
                (
                    f"Answer what {handed.specialist} asks back",
                    {"kind": "answer_back", "by": owner, "handoff_id": handed.handoff_id, "text": "…"},
                )
                for handed in asked
            ]
            if waiting:
                decide: dict[str, object] = {
                    "kind": "decide_suggestion",
                    "by": owner,
                    "suggestion_id": waiting.id,
                    "confirm": True,
                }
                back.append((f"Confirm {NAMES[waiting.reason]}, or dismiss it with `false`", decide))
            return [*back, ("Answer the customer", reply), ("Resolve it", resolve)]


def _undecided(view: CaseView) -> list[ProposedRemedy]:
    return [each for each in view.remedies if each.state is RemedyState.PENDING]


def _decisions(view: CaseView) -> Iterator[tuple[str, dict[str, object]]]:
    for waiting in _undecided(view):
        by = {"id": "YOUR-ID", "role": "agent", "rung": waiting.asked or view.rung, "teams": [view.team]}
        decision: dict[str, object] = {
            "kind": "decide_remedy",
            "by": by,
            "remedy_id": waiting.remedy_id,
            "approve": True,
        }
        yield f"Grant the {named(waiting)}; or reject it, with a `reason`", decision


def _when(view: CaseView, at: datetime | None) -> str:
    """A moment in the customer's zone, or in UTC if that is unknown."""
    return moment(at, view.customer.zone)


def moment(at: datetime | None, zone_name: str | None = None) -> str:
    """A moment for a reader, in a zone; in UTC without one that we know."""
    if at is None:
        return "—"
    try:
        zone = ZoneInfo(zone_name or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        zone = ZoneInfo("UTC")
    local = at.astimezone(zone)
    return f"{local:%a %d %b %Y %H:%M:%S} {local.tzname()}"


def cut(text: str) -> str:
    """One line of somebody's words, which are no markdown: no link of a customer's may become one of ours."""
    line = " ".join(text.split())
    cut = line if len(line) <= _CUT else line[: _CUT - 1] + "…"
    return _MARKUP.sub(r"\\\g<0>", cut)
