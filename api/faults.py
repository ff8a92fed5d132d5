"""What is wrong with what was sent, in words: pydantic's errors as field, problem and remedy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from api.problems import Fault, Problem, TooLarge, Unprocessable
from cases.complaint import MAX_TEXT
from cases.wording import Error, is_beyond_text, words

Model = TypeVar("Model", bound=BaseModel)


def problem_of(errors: Sequence[Error]) -> Problem:
    """413 if one of the errors is a text beyond the limit, else 422; either names every field that is wrong."""
    faults = tuple(_fault(error) for error in errors)
    if not any(is_beyond_text(error) for error in errors):
        return Unprocessable(*faults)
    problem = TooLarge(f"a text is longer than {MAX_TEXT:,} bytes of UTF-8", limit=MAX_TEXT)
    problem.errors = faults
    return problem


def checked(model: type[Model], raw: Any) -> Model:
    """`raw` as that model. Raises TooLarge or Unprocessable."""
    try:
        return model.model_validate(raw)
    except ValidationError as invalid:
        raise problem_of(invalid.errors(include_url=False, include_input=False)) from invalid


def _fault(error: Error) -> Fault:
    problem, remedy = words(error)
    return Fault(field=_field(error["loc"]), problem=problem, remedy=remedy)


def _field(location: Sequence[int | str]) -> str:
    where, *rest = location if location and location[0] in ("query", "path", "header", "body") else ("body", *location)
    path = ".".join(str(step) for step in rest)
    return f"?{path}" if where == "query" else path or "body"
