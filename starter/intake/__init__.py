"""Complaints out of files: one module for each format, each a generator of complaints and of rows that are none.

A row that cannot be read is yielded as `Unreadable` and the rest go on; a file that is none at all raises `IntakeError`
before anything is yielded. Nothing is opened here: that is the caller's.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from starter.intake.lines import IntakeError, Unreadable

if TYPE_CHECKING:
    from cases.complaint import Complaint

__all__ = ["Format", "IntakeError", "Unreadable", "read"]


class Format(StrEnum):
    """The formats that a file of complaints may have."""

    CFPB = "cfpb"
    JSONL = "jsonl"


def read(file: Path, form: Format, now: datetime | None = None) -> Iterator[Complaint | Unreadable]:
    """The complaints in `file` (plain or .gz), in its order, one row in memory at a time.

    With `now`, every complaint counts as received then. Raises IntakeError if the file is missing, is not what its name
    says, or does not have the format's header; a damaged end raises it after the rows before.
    """
    # Here, because the command line names the formats in its help and need not read complaints for that.
    match form:
        case Format.CFPB:
            from starter.intake.cfpb import read_cfpb as reader
        case Format.JSONL:
            from starter.intake.jsonl import read_jsonl as reader
    return reader(file, now)
