"""Lines that caseladder wrote for staff, such as an entry of the timeline or a refusal, made for a person to read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from markupsafe import Markup, escape
from pydantic import AwareDatetime, BaseModel, ConfigDict

from api.bodies import ACTIONS, ANSWERS
from api.desk import labels
from api.desk.wording import words
from cases.ladder import ROUTES, VOLUNTARY
from cases.timeline import Entry
from cases.words import ClockName, Reason, Role

_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d(?::\d\d)?) UTC")
_QUEUE = re.compile(r"\bqueue:([a-z0-9][a-z0-9_-]*)")
_OURS = re.compile(
    "`([a-z_]+)`|\\b(" + "|".join(sorted(name for name in (*ClockName, *VOLUNTARY) if "_" in name)) + ")\\b"
)


def told(text: str) -> Markup:
    """The same line: actions by the names of their forms, other names as words, and times in the reader's zone.

    It may quote what a customer wrote, so all of it is text, and only what is found in it becomes more.
    """
    return Markup(_MOMENT.sub(_as_time, _OURS.sub(_as_words, _QUEUE.sub(r"the \1 queue", str(escape(text))))))


def _as_words(found: re.Match[str]) -> str:
    name = found[1] or found[2]
    if name in list(Reason) and (found[1] or name in VOLUNTARY):
        return f"“{ROUTES[Reason(name)].words}”"
    return (
        f"“{labels.title(name)}”"
        if name in ACTIONS or name in ANSWERS
        else labels.clock(name).lower()
        if name in list(ClockName)
        else words(name)
    )


def _as_time(found: re.Match[str]) -> str:
    return f'<time datetime="{found[1]}T{found[2]}Z" data-local="time">{found[0]}</time>'


_NAMING = frozenset(
    {
        "claim",
        "decline",
        "assign",
        "transfer",
        "offered",
        "chosen",
        "returned",
        "reopened",
        "joined",
        "offered_beside",
        "de_escalate",
        "owner_unavailable",
        "restrict_contact",
        "contact_named",
        "decide_remedy",
        "decide_safety",
        "decide_suggestion",
        "remedy_granted",
        "suggestion_confirmed",
        "hold",
        "unhold",
        "resume",
        "lesson",
        "hand_off_accepted",
        "hand_off_declined",
        "hand_off_neglected",
        "hand_off_warned",
    }
)
"""The kinds of entries that name people, before whatever somebody wrote. In all others there are words of people."""


def with_names(text: str, who: Iterable[str | None], names: Mapping[str, str]) -> str:
    """The line with the names of those people for their ids. `who` keeps a word from being taken for somebody."""
    known = sorted({re.escape(each) for each in who if each is not None and each in names}, key=len, reverse=True)
    if not known:
        return text
    return re.sub(rf"(?<![\w-])(?:{'|'.join(known)})(?![\w-])", lambda found: names[found[0]], text)


def entered(entry: Entry, names: Mapping[str, str]) -> Markup:
    """What an entry says, people by their names; what somebody wrote in it stays as they wrote it."""
    if entry.kind not in _NAMING:
        return told(entry.text)
    ours, colon, theirs = entry.text.partition(": ")
    return told(with_names(ours, names, names) + colon + theirs)


class Line(BaseModel):
    """A line of the timeline: an entry, and how often in a row the same happened; `since` is when it did first."""

    model_config = ConfigDict(frozen=True)

    entry: Entry
    times: int
    since: AwareDatetime


def newest_first(entries: Sequence[Entry]) -> list[Line]:
    """The timeline as it is shown. What caseladder says again and again is one line, the newest of them."""
    return [
        Line(entry=same[-1], times=len(same), since=same[0].at)
        for same in (list(run) for _, run in groupby(entries, key=_sameness))
    ][::-1]


def _sameness(entry: Entry) -> tuple[str, str] | int:
    """What people do is never folded away."""
    return (entry.kind, entry.text) if entry.by.role is Role.SYSTEM else entry.n


def author(entry: Entry, names: Mapping[str, str]) -> str:
    """Whom an entry is by; nothing for what caseladder does by itself."""
    if entry.by.role is Role.SYSTEM:
        return ""
    return "the customer" if entry.by.role is Role.CUSTOMER else names.get(entry.by.id, entry.by.id)


GLOBALS: dict[str, Callable[..., Any]] = {
    "newest_first": newest_first,
    "entered": entered,
    "author": author,
    **labels.GLOBALS,
}
