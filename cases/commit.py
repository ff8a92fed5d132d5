"""What one transition leaves to be written: the payload of the activity `commit`."""

from __future__ import annotations

from cases.complaint import Complaint, Shape
from cases.effects import Notice
from cases.timeline import Entry
from cases.view import CaseView


class Commit(Shape):
    """View, timeline rows and outbox rows, to be written in one database transaction.

    Written again, it changes nothing: rows are known by (case id, n) and effect id, the view by its version.
    """

    view: CaseView
    entries: tuple[Entry, ...]
    notices: tuple[Notice, ...]
    complaint: Complaint | None = None
    """Given until the records have it; it never changes."""


class Committed(Shape):
    """What the activity `commit` answers when something is to be delivered: where. Otherwise it answers nothing."""

    deliver: tuple[str, ...] = ()
