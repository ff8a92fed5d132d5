"""How far the demo has got, on stderr: bars on a terminal, a line now and then in a log."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

LINE_EVERY_S = 10.0


class Bars:
    """A context manager: the bars move while it is entered."""

    def __init__(self, total: int) -> None:
        self._console = Console(stderr=True, highlight=False)
        columns = (TextColumn("{task.description:<12}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self._progress = Progress(*columns, console=self._console, disable=not self._console.is_terminal)
        self._total = total
        self._opened = self._progress.add_task("opened", total=total)
        self._closed = self._progress.add_task("closed", total=total)
        self._climbs = self._progress.add_task("escalations", total=None)
        self._handoffs = self._progress.add_task("hand-offs", total=None)
        self._line_at = time.monotonic()

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._progress.stop()

    def say(self, line: str) -> None:
        """A line for the person who waits."""
        self._console.print(f"caseladder demo: {line}", markup=False, soft_wrap=True)

    def show(self, opened: int, closed: int, climbs: int, handoffs: int) -> None:
        """How many cases are open and closed by now, how often they have climbed, and specialists been asked."""
        self._progress.update(self._opened, completed=opened)
        self._progress.update(self._closed, completed=closed)
        self._progress.update(self._climbs, completed=climbs)
        self._progress.update(self._handoffs, completed=handoffs)
        if self._progress.disable and time.monotonic() - self._line_at >= LINE_EVERY_S:
            self._line_at = time.monotonic()
            self.say(f"{opened} of {self._total} opened, {closed} closed, {climbs} escalations, {handoffs} hand-offs")
