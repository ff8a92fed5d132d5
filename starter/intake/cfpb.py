"""Format `cfpb`: the consumer complaints that the US Consumer Financial Protection Bureau publishes, as CSV.

The set names no customers, so each complaint is a customer's of its own; it gives dates without a time of day.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import IO

from pydantic import ValidationError

from cases.complaint import Complaint, Customer
from cases.words import Channel
from starter.intake.lines import LONGEST_LINE, IntakeError, Unreadable, numbered, opened, said

SOURCE = "cfpb"
COLUMNS = ("complaint_id", "date_received", "product", "issue", "narrative", "submitted_via")
CHANNELS = {
    "Email": Channel.EMAIL,
    "Fax": Channel.LETTER,
    "Phone": Channel.PHONE,
    "Postal mail": Channel.LETTER,
    "Referral": Channel.WEB,
    "Web": Channel.WEB,
}


def read_cfpb(file: Path, now: datetime | None) -> Iterator[Complaint | Unreadable]:
    """See `starter.intake.read`. Columns may stand in any order, and others beside them."""
    with opened(file) as text:
        rows = _rows(text)
        _, header = next(rows, (0, ()))
        missing = [name for name in COLUMNS if name not in header]
        if missing or isinstance(header, Unreadable):
            raise IntakeError(
                f"{file} is not in the format cfpb: its first line lacks the columns {', '.join(missing)}."
            )
        for line, row in rows:
            if isinstance(row, Unreadable):
                yield row
            elif row:
                yield _read(line, header, row, now)


def _rows(text: IO[str]) -> Iterator[tuple[int, Sequence[str] | Unreadable]]:
    """Each row with the line that it begins on. A quoted field may go over several lines."""
    too_long: list[Unreadable] = []

    def lines() -> Iterator[str]:
        for _, line in numbered(text):
            if isinstance(line, Unreadable):
                too_long.append(line)
                line = "\n"
            yield line

    csv.field_size_limit(LONGEST_LINE)
    reader = csv.reader(lines(), strict=True)
    while True:
        begins = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield begins, Unreadable(begins, f"not CSV: {error}")
            continue
        yield begins, too_long.pop() if too_long else row


def _read(line: int, header: Sequence[str], row: Sequence[str], now: datetime | None) -> Complaint | Unreadable:
    if len(row) != len(header):
        return Unreadable(line, f"the row has {len(row)} columns, the header {len(header)}")
    try:
        return _complaint(dict(zip(header, row, strict=True)), now)
    except ValidationError as invalid:
        return Unreadable(line, said(invalid))
    except ValueError as wrong:
        return Unreadable(line, str(wrong))


def _complaint(row: dict[str, str], now: datetime | None) -> Complaint:
    """The complaint of a row. Raises ValueError, of which ValidationError is one, if it is none."""
    channel = CHANNELS.get(row["submitted_via"])
    if channel is None:
        raise ValueError(f"submitted_via: {row['submitted_via']!r} is none of {', '.join(CHANNELS)}")
    reference = row["complaint_id"].strip()
    return Complaint(
        source=SOURCE,
        reference=reference,
        channel=channel,
        product=row["product"],
        issue=row["issue"].strip() or None,
        text=row["narrative"].strip() or f"{row['product']}: {row['issue']}",
        received_at=now or _received(row["date_received"]),
        language="en",
        customer=Customer(id=f"{SOURCE}-{reference}"),
    )


def _received(day: str) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(day), time(), UTC)
    except ValueError as wrong:
        raise ValueError(f"date_received: {day!r} is no date such as 2024-03-31") from wrong
