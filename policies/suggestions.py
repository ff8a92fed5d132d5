"""What a policy may write about customers' words: phrases, and which reasons they suggest.

Knows how it is written and what is wrong with it; how a phrase is found in a text is in `cases.phrases`, and what a
suggestion leads to in `cases.suggesting`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, Field, StrictBool, StrictInt, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from cases.phrases import parsed
from cases.plan import SuggestionTerms
from cases.words import Suggested
from policies.written import Written


def _readable(phrase: str) -> str:
    try:
        parsed(phrase)
    except ValueError as error:
        raise PydanticCustomError("phrase", "{problem}", {"problem": "is no phrase", "remedy": str(error)}) from error
    return phrase


Phrase = Annotated[
    str,
    StringConstraints(min_length=1, max_length=1000, strip_whitespace=True),
    AfterValidator(_readable),
]
"""Words in a row, as `cases.phrases` reads them."""

MOST = 60
"""Phrases that one rule may have: they travel with the plan of every case."""


class SuggestionForm(Written):
    """`[suggestions.<reason>]`: the words that suggest it, unless the same sentence has others."""

    LATER: ClassVar[tuple[str, ...]] = ("words", "unless", "earlier_cases", "escalates")

    words: tuple[Phrase, ...] = Field(
        default=(),
        max_length=MOST,
        description="`a|b` either, `call*` any word that begins so, `the?` may be missing, `...` up to three words",
        examples=[["speak|talk to|with a|your manager|supervisor"]],
    )
    unless: tuple[Phrase, ...] = Field(default=(), max_length=MOST, description="excuses the sentence that has it")
    earlier_cases: Annotated[StrictInt, Field(ge=1, le=20)] | None = Field(
        default=None, description="suggested by so many earlier cases of the customer, too"
    )
    escalates: StrictBool = Field(default=False, description="goes up by itself, before a person has looked")

    @model_validator(mode="after")
    def _looks_for_something(self) -> SuggestionForm:
        if not self.words and self.earlier_cases is None:
            remedy = 'add words = ["speak to a manager"], or earlier_cases = 3'
            raise PydanticCustomError("suggestion", "looks for nothing", {"remedy": remedy})
        return self


class SuggestionsForm(Written):
    """`[suggestions]`: what is suggested to the person who has the case. May be left out; then nothing is."""

    LATER: ClassVar[tuple[str, ...]] = tuple(Suggested)

    asks_for_manager: SuggestionForm | None = Field(default=None, description="the customer asks for a manager")
    threat: SuggestionForm | None = Field(default=None, description="the customer threatens to hurt somebody")
    abuse: SuggestionForm | None = Field(default=None, description="the customer insults people")
    legal_step: SuggestionForm | None = Field(default=None, description="a lawyer, a court, a regulator, the press")
    vulnerable_customer: SuggestionForm | None = Field(default=None, description="illness, loss, hardship, age")
    repeated_contact: SuggestionForm | None = Field(default=None, description="the customer has come back many times")

    def written(self) -> Iterator[tuple[Suggested, SuggestionForm]]:
        """The rules that there are."""
        for reason in Suggested:
            form: Any = getattr(self, reason.value)
            if form is not None:
                yield reason, form


def suggestion_terms(form: SuggestionsForm | None) -> tuple[SuggestionTerms, ...]:
    """What every case of the policy is pinned to."""
    return tuple(
        SuggestionTerms(
            reason=reason,
            words=written.words,
            unless=written.unless,
            earlier_cases=written.earlier_cases,
            escalates=written.escalates,
        )
        for reason, written in (form.written() if form else ())
    )
