"""The saved views of the Temporal Web UI: what operators look for, as queries that the server takes.

A query cannot say "now" (the server knows no moving time), nor compare two attributes, nor sort. So a view of what is
due soon holds for the hour in which its link was made, and says so in its name.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from urllib.parse import quote, urlencode

_CASES = 'WorkflowType="Case" AND ExecutionStatus="Running"'
SOON = timedelta(hours=1)
DUE = "Due before "
_VIEWS, _COLUMNS = "saved-workflow-queries", "namespace-workflow-table-columns"
"""The entries of the browser's local storage in which the Web UI keeps saved views and columns, by namespace (2.54)."""
SHOWN = (
    *("Workflow ID", "CaseDueAt", "CaseBreached", "CaseStatus", "CaseWaitingOn"),
    *("CaseRung", "CaseOwner", "CaseTeam", "CasePriority"),
)
"""The columns of cases, in the order in which an operator asks."""


class View(NamedTuple):
    """A saved view: its name in the Web UI, the query, and what it is for."""

    name: str
    query: str
    shows: str


def views(now: datetime, teams: Sequence[str] = (), people: Sequence[str] = ()) -> list[View]:
    """All of them; one more for each team and person that is named."""
    soon = (now + SOON).astimezone(UTC).replace(microsecond=0)
    due = f'CaseDueAt <= "{soon:%Y-%m-%dT%H:%M:%SZ}"'
    stuck = f"{_equals('CaseWaitingOn', 'stuck')} OR TemporalReportedProblems IS NOT NULL"
    unresolved = 'CaseStatus IN ("opening", "open", "waiting_customer", "resolved")'
    return [
        View("Breached now", f"{_CASES} AND CaseBreached=true", "cases past a deadline"),
        View(
            f"{DUE}{soon:%d %b %H:%M} UTC",
            f"{_CASES} AND {unresolved} AND {due}",
            "cases due within an hour of now: make the link anew later",
        ),
        View("Stuck", f"{_CASES} AND ({stuck})", "cases that something keeps failing for"),
        View("Offered, not claimed", _case("CaseWaitingOn", "offer"), "cases that wait for somebody to take them up"),
        View("Waiting on a hand-off", _case("CaseWaitingOn", "hand_off"), "cases that wait for specialists"),
        View("Waiting on the customer", _case("CaseWaitingOn", "customer"), "cases whose customer was asked"),
        View("Open hand-offs", 'WorkflowType="Handoff" AND ExecutionStatus="Running"', "questions with specialists"),
        *(View(f"Team {team}", _case("CaseTeam", team), f"live cases of the team {team}") for team in teams),
        *(View(f"Owned by {who}", _case("CaseOwner", who), f"live cases that {who} answers for") for who in people),
    ]


def link(ui: str, namespace: str, view: View) -> str:
    """The address that installs the view in the browser of whoever opens it."""
    asked = urlencode({"query": view.query, "savedQuery": view.name}, quote_via=quote)
    return f"{ui.rstrip('/')}/namespaces/{quote(namespace, safe='')}/workflows?{asked}"


def script(namespace: str, views: Sequence[View]) -> str:
    """For the console of a browser that shows the Web UI: installs the views, in the place of those that they renew.

    And the columns of cases, unless somebody has chosen some of them already.
    """
    new = json.dumps([{"name": view.name, "query": view.query, "type": "user"} for view in views])
    columns = json.dumps([{"label": label} for label in SHOWN])
    return (
        f"(() => {{ const of = {json.dumps(namespace)}, views = {new}, columns = {columns};"
        " const change = (entry, changed) => { const all = JSON.parse(localStorage.getItem(entry) || '{}');"
        " all[of] = changed(all[of] || []); localStorage.setItem(entry, JSON.stringify(all)); };"
        " const names = views.map((view) => view.name);"
        f" const stays = (view) => !names.includes(view.name) && !view.name.startsWith({json.dumps(DUE)});"
        " const ours = views.map((view, n) => ({ ...view, id: String(Date.now() + n) }));"
        f" change({json.dumps(_VIEWS)}, (kept) => [...kept.filter(stays), ...ours]);"
        " const ofCases = (column) => column.label.startsWith('Case');"
        f" change({json.dumps(_COLUMNS)}, (kept) => (kept.some(ofCases) ? kept : columns));"
        " location.reload(); })();"
    )


def _case(attribute: str, value: str) -> str:
    return f"{_CASES} AND {_equals(attribute, value)}"


def _equals(attribute: str, value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'{attribute}="{escaped}"'
