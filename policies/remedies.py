"""What may be granted to put a complaint right: `[remedies]` of a policy file, its mistakes, and its terms."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, Field, TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from cases.complaint import Shape
from cases.money import Amount, rounded
from cases.plan import CurrencyTerms, RemedyTerms
from cases.words import Remedy, Rung
from policies.currencies import DIGITS
from policies.spans import Span

_REMEDIES = ", ".join(remedy for remedy in Remedy if remedy.is_money)


def _known(code: str) -> str:
    """Raises PydanticCustomError on what is no code of ISO 4217."""
    if code not in DIGITS:
        problem = f"{code!r} is no currency of ISO 4217"
        remedy = (
            f"write {code.upper()!r}" if code.upper() in DIGITS else "write its code of three letters, such as 'GBP'"
        )
        raise PydanticCustomError("currency", "{problem}", {"problem": problem, "remedy": remedy})
    return code


Currency = Annotated[str, AfterValidator(_known)]


class AuthorityForm(Shape):
    """`[remedies.authority.<currency>]`: the most that somebody of a rung may grant by themselves, exact, in quotes.

    A rung that is left out may grant what the next one below it may; below the first, nothing.
    """

    bot: Amount | None = None
    agent: Amount | None = None
    supervisor: Amount | None = None
    manager: Amount | None = None
    executive: Amount | None = None

    @property
    def by_rung(self) -> dict[Rung, Decimal]:
        """Of the rungs that are written, lowest first."""
        written = ((rung, getattr(self, rung.value)) for rung in Rung)
        return {rung: amount for rung, amount in written if amount is not None}


class LimitForm(Shape):
    """`[remedies.limits.<currency>]`: the most money that one customer gets within a time, over all of their cases."""

    amount: Amount = Field(description=f"of {_REMEDIES} together", examples=["500.00"])
    within: Span = Field(description="back from the moment that it is granted", examples=["365d"])


class RemediesForm(Shape):
    """`[remedies]`: what may be granted, by whom. May be left out; then nothing can be proposed."""

    currency: Currency = Field(description="in which the directory gives a person's authority", examples=["GBP"])
    authority: dict[Currency, AuthorityForm] = Field(description="by currency; in others nothing can be granted")
    limits: dict[Currency, LimitForm] = Field(default={}, description="by currency; without one, there is none")


def remedy_terms(form: RemediesForm) -> RemedyTerms:
    """What the rules of a case read."""
    return RemedyTerms(
        currency=form.currency,
        currencies={code: _currency_terms(code, form) for code in form.authority},
    )


def _currency_terms(code: str, form: RemediesForm) -> CurrencyTerms:
    limit = form.limits.get(code)
    return CurrencyTerms(
        digits=DIGITS[code],
        authority=form.authority[code].by_rung,
        limit=limit.amount if limit else None,
        within=limit.within if limit else None,
    )


_Found = Iterator[tuple[str, str, str]]


def found_in_remedies(raw: dict[str, Any]) -> _Found:
    """Mistakes of `[remedies]` that the schema cannot see: key, problem, remedy."""
    written, clocks = raw.get("remedies"), _dict(raw.get("clocks"))
    if written is None:
        if "approval" in clocks:
            yield "clocks.approval", "has no effect without [remedies]", "delete it, or add [remedies]"
        return
    if "approval" not in clocks:
        yield (
            "clocks.approval",
            "missing",
            'add it as a table [clocks.approval] with default = "4h": [remedies] needs it',
        )
    table = _dict(written)
    authority, limits = _dict(table.get("authority")), _dict(table.get("limits"))
    home = table.get("currency")
    if isinstance(home, str) and home in DIGITS and home not in authority:
        yield "remedies.currency", f"has no authority in {home}", f"add a table [remedies.authority.{home}]"
    for code, rungs in authority.items():
        yield from _rungs(code, _dict(rungs))
    for code, limit in limits.items():
        if code in DIGITS and code not in authority:
            yield (
                f"remedies.limits.{code}",
                "nothing can be granted in it",
                f"add [remedies.authority.{code}], or delete it",
            )
        yield from _digits(f"remedies.limits.{code}.amount", code, _amount(_dict(limit).get("amount")))


def _rungs(code: str, written: dict[str, Any]) -> _Found:
    amounts = [(rung, amount) for rung in Rung if (amount := _amount(written.get(rung.value))) is not None]
    key = f"remedies.authority.{code}"
    if not written:
        yield key, "names no rung", 'give one an amount, such as agent = "50"'
    for rung, amount in amounts:
        yield from _digits(f"{key}.{rung}", code, amount)
    for (lower, less), (rung, amount) in itertools.pairwise(amounts):
        if amount < less:
            yield f"{key}.{rung}", f"is less than at the rung {lower}", f"write {less} or more"


def _digits(key: str, code: str, amount: Decimal | None) -> _Found:
    digits = DIGITS.get(code)
    if amount is None or digits is None:
        return
    try:
        rounded(amount, digits)
    except ValueError:
        yield key, f"{amount} has more digits than {code}", f"write it with {digits or 'no'} digits after the point"


def _amount(value: Any) -> Decimal | None:
    try:
        return TypeAdapter(Amount).validate_python(value)
    except ValidationError:
        return None  # Said by the schema already, or left out.


def _dict(table: Any) -> dict[str, Any]:
    try:
        return TypeAdapter(dict[str, Any]).validate_python(table)
    except ValidationError:
        return {}
