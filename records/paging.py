"""Cursors: where a list by deadline goes on. Opaque to whoever holds one."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import UTC, datetime

from records.errors import InvalidCursor


def sealed(due: datetime, row_id: str) -> str:
    """The cursor to what comes after this row."""
    return base64.urlsafe_b64encode(json.dumps([due.isoformat(), row_id]).encode()).decode()


def opened(cursor: str) -> tuple[datetime, str]:
    """The row that the cursor was given out for. Raises InvalidCursor."""
    try:
        due, row_id = json.loads(base64.b64decode(cursor.encode(), altchars=b"-_", validate=True))
        moment = datetime.fromisoformat(due)
        moment.astimezone(UTC)
        str.encode(row_id)
    except (ValueError, TypeError, OverflowError, RecursionError, binascii.Error) as error:
        raise InvalidCursor(cursor) from error
    if moment.tzinfo is None:
        raise InvalidCursor(cursor)
    return moment, row_id
