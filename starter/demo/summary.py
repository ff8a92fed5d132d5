"""What came of it, for a person: one table."""

from __future__ import annotations

from collections import Counter

from rich.table import Table

from starter.demo.audit import Audit

_NEGLECT, _REQUEST, _REJECTION, _COLLEAGUE = "neglect", "request", "rejection", "a colleague"
_WHY = {
    "clock_breached": _NEGLECT,
    "not_acknowledged": _NEGLECT,
    "promise_broken": _NEGLECT,
    "held_too_long": _NEGLECT,
    "handled_too_long": _NEGLECT,
    "asked_for_manager": _REQUEST,
    "asked_for_human": _REQUEST,
    "resolution_rejected": _REJECTION,
    "reopened": _REJECTION,
}


def table(audit: Audit, took_s: float) -> Table:
    """Escalations by reason, how cases closed, what became of hand-offs, breaches by clock, how late deadlines were."""
    summary = audit.summary()
    made = Table(
        title=f"{audit.opened} complaints, worked in {took_s:.0f} s",
        title_justify="left",
        show_header=False,
        show_edge=False,
    )
    made.add_column("")
    made.add_column("")
    made.add_column("", justify="right")
    reasons = Counter({f"{reason} (by {_WHY.get(reason, _COLLEAGUE)})": n for reason, n in audit.escalations.items()})
    _section(made, "escalations", reasons)
    _section(made, "closed as", audit.closed_as)
    _section(made, "hand-offs", audit.handoffs_became, audit.handoffs_on_the_way, total=audit.handoffs)
    _section(made, "breaches", audit.breaches)
    made.add_row("taken", f"{audit.kinds} kinds of requests and actions", str(audit.taken))
    made.add_row("still open", "", str(summary["open"]))
    made.add_row("refused", "", str(summary["refused"]))
    made.add_row("lost", "", str(summary["lost"]))
    made.add_row("duplicated", "", str(summary["duplicated"]), end_section=True)
    for share in (0.5, 0.99):
        made.add_row("lateness", f"p{share * 100:.0f} of {len(audit.lateness_s)}", f"{audit.lateness_at(share):.3f} s")
    return made


def _section(
    made: Table, name: str, counts: Counter[str], before: Counter[str] | None = None, total: int | None = None
) -> None:
    """What the things counted came to, and what happened to them `before`, which need not add up."""
    made.add_row(name, "", str(counts.total() if total is None else total))
    for what, count in counts.most_common():
        made.add_row("", what, str(count))
    for what, count in (before or Counter[str]()).items():
        made.add_row("", what, str(count))
    made.add_section()
