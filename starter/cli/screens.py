"""How `watch` shows what it sees: a live screen, lines for a pipe or a log, or JSON for a program."""

from __future__ import annotations

import json
import sys
from collections import deque
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

from cases.timeline import Entry
from cases.view import CaseView
from starter.cli.countdowns import live, nearest, told
from starter.cli.looking import Change
from starter.cli.printing import entry_lines, head_lines, moment, named, table

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.live import Live

HEADER = ("CASE", "STATUS", "RUNG", "PRIO", "OWNER", "WAITING ON", "WHAT IS DUE", "PRODUCT")
_NEWEST = 12
"""Timeline entries that a screen has room for."""
_LATE = r"late by [\dd: ]+\d"
_SOON = r"due in 00:\d\d|\bwarned\b"
_FRAMES_A_SECOND = 4
"""So that a countdown, rounded to the second, is never off by a whole one."""


class Screen(Protocol):
    """Where changes are shown. Used in a `with`: it leaves the terminal as it found it."""

    def __enter__(self) -> Screen: ...
    def __exit__(self, *error: object) -> None: ...

    def show(self, change: Change) -> None:
        """Shows what a look found."""
        ...

    def away(self, why: str) -> None:
        """Says that somebody does not answer, and that it is tried again."""
        ...

    def back(self) -> None:
        """Says that they answer again."""
        ...


class Lines:
    """A line a change: for whoever reads along in a pipe or a log. What does not answer is said on stderr."""

    def __init__(self) -> None:
        self._headlines: dict[str, str] = {}

    def __enter__(self) -> Lines:
        return self

    def __exit__(self, *error: object) -> None:
        sys.stdout.flush()

    def show(self, change: Change) -> None:
        """New entries, then how the case stands, if that is another way than before."""
        for line in entry_lines(change.entries):
            print(f"{change.case_id}  {line.lstrip()}")
        headline = _headline(change)
        if self._headlines.get(change.case_id) != headline:
            self._headlines[change.case_id] = headline
            print(f"{change.case_id}  {headline}{_due(change.view)}")
        sys.stdout.flush()

    def away(self, why: str) -> None:
        """Once, until they are back."""
        sys.stderr.write(f"caseladder: {why} Trying again ...\n")

    def back(self) -> None:
        """They answer again."""
        sys.stderr.write("caseladder: back again\n")


class Json:
    """A JSON object a line: `change` is seen, changed, gone, away or back."""

    def __enter__(self) -> Json:
        return self

    def __exit__(self, *error: object) -> None:
        sys.stdout.flush()

    def show(self, change: Change) -> None:
        """With `case` as the API shows it, and the new entries of its timeline."""
        case = change.view.model_dump(mode="json") if change.view else None
        entries = [entry.model_dump(mode="json") for entry in change.entries]
        self._print(change.change, case_id=change.case_id, case=case, timeline=entries)

    def away(self, why: str) -> None:
        """With `why`."""
        self._print("away", why=why)

    def back(self) -> None:
        """Without anything."""
        self._print("back")

    def _print(self, change: str, **more: Any) -> None:
        print(json.dumps({"change": change, "at": datetime.now(UTC).isoformat(timespec="milliseconds"), **more}))
        sys.stdout.flush()


class Terminal:
    """A screen that is drawn anew four times a second from what was last seen. `body` draws it for a moment."""

    def __init__(self, body: Callable[[datetime], Iterator[str]], keep: Callable[[Change], None] | None = None) -> None:
        self._body = body
        self._keep = keep
        self._why: str | None = None
        self._live: Live | None = None

    def __enter__(self) -> Terminal:
        from rich.live import Live

        self._live = Live(
            get_renderable=self._frame,
            refresh_per_second=_FRAMES_A_SECOND,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._live.start()
        return self

    def __exit__(self, *error: object) -> None:
        if self._live:
            self._live.stop()

    def show(self, change: Change) -> None:
        """At the next frame."""
        if self._keep:
            self._keep(change)

    def away(self, why: str) -> None:
        """Above what was last seen, until they are back."""
        self._why = why

    def back(self) -> None:
        """They answer again."""
        self._why = None

    def _frame(self) -> RenderableType:
        from rich.text import Text

        now = datetime.now(UTC)
        lines = [*([f"! {self._why} Trying again ..."] if self._why else []), *self._body(now)]
        # As plain text: what customers write is no markup.
        shown = Text("\n".join(lines), no_wrap=True, overflow="ellipsis")
        shown.highlight_regex(_LATE, "bold red")
        shown.highlight_regex(_SOON, "yellow")
        return shown


class CasePage:
    """One case on a screen: who has it, every clock, what happened last."""

    def __init__(self) -> None:
        self._view: CaseView | None = None
        self._entries: deque[Entry] = deque(maxlen=_NEWEST)

    def keep(self, change: Change) -> None:
        """What was last seen."""
        self._view = change.view
        self._entries.extend(change.entries)

    def lines(self, now: datetime) -> Iterator[str]:
        """The page as it is at `now`."""
        if self._view is None:
            yield "nobody has answered yet"
            return
        yield from case_page(self._view, now)
        if self._entries:
            yield ""
            yield from entry_lines(tuple(self._entries))


def case_page(view: CaseView, now: datetime) -> Iterator[str]:
    """A case with its clocks, each with the time that is left."""
    yield from head_lines(view)
    for place, clock in enumerate(live(view)):
        at = f"  ({moment(clock.due_at)})" if clock.due_at else ""
        yield f"{'' if place else 'clocks':<8} {clock.title:<16} {told(clock, now)}{at}"


def case_table(views: list[CaseView], now: datetime) -> Iterator[str]:
    """Cases, a line each, with the time that is left for what is due first."""
    if not views:
        yield "no cases"
        return
    rows = [
        (v.case_id, v.status, v.rung, v.priority, named(v.owner), v.waiting_on, nearest(v, now), v.product)
        for v in views
    ]
    yield from table(HEADER, rows).splitlines()


def _headline(change: Change) -> str:
    view = change.view
    if view is None:
        return "gone"
    if change.change == "gone":
        return f"no longer among these: {view.status}" + (f" as {view.closed_as}" if view.closed_as else "")
    stuck = f"; stuck: {'; '.join(view.stuck)}" if view.stuck else ""
    offer = f"; offered to {named(view.offer.to)}, rung {view.offer.rung}" if view.offer else ""
    closed = f" as {view.closed_as}" if view.closed_as else ""
    stands = f"{view.status}{closed}, rung {view.rung}, {view.priority}; owner {named(view.owner)}"
    return f"{stands}{offer}; waiting on {view.waiting_on}{stuck}"


def _due(view: CaseView | None) -> str:
    due = nearest(view, datetime.now(UTC)) if view else "-"
    return f"; {due}" if due != "-" else ""
