"""Format `jsonl`: one complaint a line, as the body of `POST /v1/cases`. Empty lines are passed over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from cases.complaint import Complaint
from starter.intake.lines import Unreadable, numbered, opened, said


def read_jsonl(file: Path, now: datetime | None) -> Iterator[Complaint | Unreadable]:
    """See `starter.intake.read`."""
    with opened(file) as text:
        for number, line in numbered(text):
            if isinstance(line, Unreadable):
                yield line
            elif line.strip():
                yield _complaint(number, line, now)


def _complaint(number: int, line: str, now: datetime | None) -> Complaint | Unreadable:
    try:
        complaint = Complaint.model_validate_json(line)
    except ValidationError as invalid:
        return Unreadable(number, said(invalid))
    return complaint.model_copy(update={"received_at": now}) if now else complaint
