"""What the records may answer instead of an answer.

RecordsError
├── InvalidCursor   the caller's `cursor` was not given out by this list
└── RecordsAway     the database does not answer; try again
"""

from __future__ import annotations


class RecordsError(Exception):
    """Base of the errors of the records. `code` never changes; the text is for the person who reads it."""

    code = "records"


class InvalidCursor(RecordsError):
    """The cursor was not given out by this list; start again without one."""

    code = "invalid_cursor"

    def __init__(self, cursor: str) -> None:
        super().__init__(f"The cursor {cursor[:80]!r} was not given out by this list; start again without one.")


class RecordsAway(RecordsError):
    """The database does not answer. `where` names it without its password."""

    code = "records_away"

    def __init__(self, where: str, cause: str) -> None:
        super().__init__(f"The records at {where} do not answer: {cause}")
        self.where = where
