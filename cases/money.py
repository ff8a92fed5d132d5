"""Money: exact amounts in a currency of ISO 4217, never binary fractions. Knows shapes, not who may grant how much."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

PATTERN = r"^[0-9]{1,12}(\.[0-9]{1,3})?$"
"""Digits, and at most three after a point: no currency in use has more."""


def _exact(value: Any) -> Decimal:
    """Raises PydanticCustomError on all that is not exact: 0.1 is no number that a computer's fractions can hold."""
    if isinstance(value, str | int | Decimal) and not isinstance(value, bool):
        written = f"{value:f}" if isinstance(value, Decimal) and value.is_finite() else str(value).strip()
        if re.fullmatch(PATTERN, written):
            return Decimal(written)
    said = value if isinstance(value, str | int | float | Decimal) else type(value).__name__
    raise PydanticCustomError(
        "amount",
        "{problem}",
        {"problem": f"is no exact amount: {str(said)[:40]}", "remedy": 'write digits in quotes, such as "49.90"'},
    )


Amount = Annotated[
    Decimal,
    BeforeValidator(_exact),
    WithJsonSchema({"type": "string", "pattern": PATTERN, "examples": ["49.90"]}),
]
"""An exact amount, at least 0; text with digits in JSON. A JSON number with a point is refused: it is not exact."""

CurrencyCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
"""Such as GBP. Which ones there are, the policy says."""


def rounded(amount: Decimal, digits: int) -> Decimal:
    """The amount with as many digits after the point as its currency has. Raises ValueError if it has more."""
    written = amount.quantize(Decimal(1).scaleb(-digits))
    if written != amount:
        raise ValueError(f"{amount} has more than {digits} digits after the point")
    return written


def words(amount: Decimal | None, currency: str | None) -> str:
    """`49.90 GBP`."""
    return f"{amount:f} {currency}" if amount is not None and currency else "nothing"
