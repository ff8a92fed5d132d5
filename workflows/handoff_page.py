"""The page that an operator sees on a hand-off in the Temporal Web UI. It renders text and decides nothing."""

from __future__ import annotations

import json

from cases.view import HandoffView
from cases.words import HandoffStatus
from workflows.details import cut, listed, moment, state_of, words

_HEADLINES = {
    HandoffStatus.OFFERED: "Waits for a specialist to accept it",
    HandoffStatus.ACCEPTED: "A specialist works on it",
    HandoffStatus.ASKED_BACK: "The owner of the case was asked something first",
    HandoffStatus.ANSWERED: "Answered",
    HandoffStatus.CANCELLED: "Called off",
    HandoffStatus.RETURNED: "Nobody took it: back with the owner of the case",
}


def page(view: HandoffView, desk: str | None = None) -> str:
    """The whole page. `desk` is where the Desk is."""
    clocks = [f"- {words(c.name)}: {state_of(c)}, due {moment(c.due_at)}" for c in view.clocks if c.due_at]
    newest = [f"- {moment(it.at)} · {it.by} · {cut(it.text)}" for it in view.newest[-5:]]
    parts = [
        f"### {_HEADLINES[view.status]}",
        "\n".join(f"- {fact}" for fact in _facts(view, desk)),
        listed("Clocks", clocks),
        listed(f"Last changes of {view.version}", newest),
        listed("What can be done now: update `act` with this JSON, where `by` is who acts", _doable(view)),
    ]
    return "\n\n".join(part for part in parts if part)


def _facts(view: HandoffView, desk: str | None) -> list[str]:
    facts = [
        f"Question to **{view.team}**: {cut(view.question)}",
        f"Asked by **{view.asked_by}** for the case `case-{view.case_id}`, answer promised by {moment(view.due_at)}",
    ]
    if view.offered_to:
        facts.append(f"Offered to: **{view.offered_to.person or f'the queue of team {view.offered_to.queue}'}**")
    if view.specialist:
        facts.append(f"Specialist: **{view.specialist}**")
    if view.asks:
        facts.append(f"Asked back: {cut(view.asks)}")
    if view.answer:
        facts.append(f"Answer: {cut(view.answer)}")
    if view.stuck:
        facts.append(f"Stuck: {cut(view.stuck)}")
    return facts + ([f"[Open the questions in the Desk]({desk}/questions)"] if desk else [])


def _doable(view: HandoffView) -> list[str]:
    name = view.specialist or (view.offered_to.person if view.offered_to else None) or "YOUR-ID"
    by = {"id": name, "role": "agent", "rung": "agent", "teams": [view.team]}
    events: list[tuple[str, dict[str, object]]] = []
    if view.status is HandoffStatus.OFFERED:
        events = [
            ("Take it on", {"kind": "accept", "by": by}),
            ("Pass it on", {"kind": "decline", "by": by, "reason": "…"}),
        ]
    elif not view.status.over:
        events = [("Answer it", {"kind": "answer", "by": by, "text": "…"})]
    return [f"- {what}: `{json.dumps(event, ensure_ascii=False)}`" for what, event in events]
