"""`[retention]` of a policy file: its mistakes that the schema cannot see, and how it is explained.

The table itself, and what follows from it for one case or payment, is `cases.retention`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from cases.retention import Retention

UNSAID = (
    "the policy {} does not say what a law makes the company keep; add [retention] to its file, as "
    "policies/default.toml has it, and restart the workers"
)
"""Why nothing is erased where the policy in force, by that name, has no such table."""

_ANY_DAY = datetime(2001, 1, 1, tzinfo=UTC)


def found_in_retention(raw: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Mistakes of `[retention]`: key, problem, remedy."""
    try:
        written = Retention.model_validate(raw.get("retention"))
    except ValidationError:
        return  # Said by the schema already, or left out.
    law, longest = written.complaints, written.texts.after(_ANY_DAY)
    if law is not None and law.keep.after(_ANY_DAY) > longest:
        yield (
            "retention.texts",
            f"{str(written.texts)!r} is less than retention.complaints makes one keep",
            f'write "{law.keep}" or more',
        )


def retention_lines(retention: Retention) -> Iterator[str]:
    """The table for a terminal."""
    yield f"  kept: words and names {retention.texts} after a case was closed"
    for what, law in (("complaints", retention.complaints), ("payments", retention.payments)):
        if law is not None:
            yield f"  kept by law: {what} {law.keep} ({law.because})"
