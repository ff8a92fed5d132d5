"""What may stand in a log line. All else is left out: it could be what a customer wrote, or who they are.

- of our own lines the sentence, and the fields of `FIELDS`
- of others' lines what the program says that writes them, without what it was given; of several lines, the first
- of an error its type, its causes and where it was raised; its message only if `TELLING` names the type

A path is said by its pattern, and an id only if it looks like one of ours: both come from whoever sends a request.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

OURS = frozenset(
    {
        *("activities", "api", "cases", "chores", "observing", "policies", "records", "starter", "worker", "workflows"),
        *("__main__", "temporalio.workflow", "temporalio.activity"),
    }
)
"""Loggers whose sentences are ours: by the package, or by the name under which the SDK has us log."""

FIELDS = (
    *("case_id", "handoff_id", "workflow_id", "run_id", "event_id", "update_id", "effect_id", "destination"),
    *("activity", "kinds", "version", "attempt", "method", "route", "status", "duration_ms", "code"),
    *("reason", "problem", "caller", "claims", "role", "address", "signal"),
)
"""In the order in which they are written."""

CASE = r"[a-z0-9][a-z0-9_-]{0,31}-[a-z2-7]{10}"
_IDS = {
    "case_id": re.compile(CASE),
    "handoff_id": re.compile(rf"{CASE}-\d{{1,6}}"),
    "workflow_id": re.compile(rf"case-{CASE}|handoff-{CASE}-\d{{1,6}}|digest-[a-z0-9_.-]{{1,140}}"),
}
_WORKFLOW = re.compile(rf"case-(?P<case>{CASE})|handoff-(?P<handoff>(?P<of>{CASE})-\d{{1,6}})")

TELLING = {
    "temporalio.workflow.NondeterminismError",
    "workflows.keyring.MissingKey",
    "workflows.door.Unreachable",
}
"""Errors whose message names machines, keys or steps of a history, and never a person."""

_LONGEST = 300
_DEEPEST = 8
_FRAMES = 25


def of_record(values: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a log record, given all that stands on it."""
    found: dict[str, Any] = {}
    for info in (values.get("temporal_workflow"), values.get("temporal_activity"), _core(values)):
        found.update(_renamed(info or {}))
    found.update(values.get("refusal") or {})
    found.update({name: values[name] for name in FIELDS if name in values})
    plain = {name: text for name in FIELDS if (text := _plain(name, found.get(name))) is not None}
    plain = about(plain.get("workflow_id")) | plain
    return {name: plain[name] for name in FIELDS if name in plain}


def about(workflow_id: object) -> dict[str, str]:
    """The case, and the hand-off, that a workflow is of."""
    named = _WORKFLOW.fullmatch(str(workflow_id)) if workflow_id else None
    if named is None:
        return {}
    if named["case"]:
        return {"case_id": named["case"]}
    return {"case_id": named["of"], "handoff_id": named["handoff"]}


def known_id(name: str, text: object) -> str | None:
    """The text, if it looks like such an id of ours."""
    return text if isinstance(text, str) and _IDS[name].fullmatch(text) else None


def sentence(logger: str, template: object, said: str) -> str:
    """What a line says: the whole of ours, of others' what they say whatever they are given."""
    if logger in OURS or logger.partition(".")[0] in OURS:
        return said
    first = str(template).strip().partition("\n")[0]
    if logger == "py.warnings":
        first = ": ".join(said.split(": ")[:2])
    return first[:_LONGEST]


def error(raised: BaseException) -> str:
    """An error, what caused it, and where: without messages, and with the lines of our code by number."""
    parts: list[str] = []
    for each in _chain(raised):
        kind = _name(type(each))
        parts.append(f"{'caused by ' if parts else ''}{kind}{f': {each}' if kind in TELLING else ''}")
        frames = traceback.extract_tb(each.__traceback__)[-_FRAMES:]
        parts += [f"  {_short(frame.filename)}:{frame.lineno} in {frame.name}" for frame in frames]
    return "\n".join(parts)


def _chain(raised: BaseException) -> Iterator[BaseException]:
    each: BaseException | None = raised
    seen: set[int] = set()
    while each is not None and id(each) not in seen and len(seen) < _DEEPEST:
        seen.add(id(each))
        yield each
        each = each.__cause__ or (None if each.__suppress_context__ else each.__context__)


def _name(kind: type[BaseException]) -> str:
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _short(filename: str) -> str:
    """The file from its package on: where it is installed says nothing."""
    parts = Path(filename).parts
    if "site-packages" in parts:
        return "/".join(parts[parts.index("site-packages") + 1 :])
    return "/".join(parts[-2:])


def _core(values: Mapping[str, Any]) -> Mapping[str, Any]:
    return getattr(values.get("temporal_log"), "fields", None) or {}


def _renamed(info: Mapping[str, Any]) -> dict[str, Any]:
    """What the SDK says of a workflow or an activity, under our names."""
    names = {"workflow_id": "workflow_id", "run_id": "run_id", "workflow_run_id": "run_id", "attempt": "attempt"}
    return {ours: info[theirs] for theirs, ours in {**names, "activity_type": "activity"}.items() if info.get(theirs)}


def _plain(name: str, value: Any) -> Any:
    if name in _IDS:
        return known_id(name, value)
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, tuple | list):
        value = " ".join(map(str, value))  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
    return "".join(sign if sign.isprintable() else " " for sign in str(value))[:_LONGEST]
