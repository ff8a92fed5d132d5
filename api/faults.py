"""What is wrong with what was sent, in words: pydantic's errors as field, problem and remedy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from api.problems import Fault, Problem, TooLarge, Unprocessable
from cases.complaint import MAX_TEXT

Model = TypeVar("Model", bound=BaseModel)

_REMEDIES = {
    "missing": ("is missing", "add it"),
    "extra_forbidden": ("is not known here", "leave it out; see /openapi.json for what is taken"),
    "timezone_aware": ("has no time zone", "give the offset too, such as 2026-03-01T09:30:00Z"),
    "too_long": ("has too many items", "send no more than {max_length}"),
    "string_too_short": ("is empty", "say something"),
    "string_too_long": ("is too long", "send at most {max_length} characters"),
    "uuid_parsing": ("is not a UUID", "send a UUID, or leave it out and one is made"),
    "enum": ("is none of the words taken here", "one of {expected}"),
    "literal_error": ("is none of the words taken here", "one of {expected}"),
    "string_type": ("is not text", "send text, in quotes"),
    "model_type": ("is not an object", "send an object, in braces"),
    "greater_than_equal": ("is too low", "send {ge} or more"),
    "less_than_equal": ("is too high", "send {le} or less"),
    "control_character": ("has the control character {character} at position {position}", "leave it out"),
    "string_pattern_mismatch": ("does not have the right form", "match {pattern}"),
}


def problem_of(errors: Sequence[ErrorDetails | Mapping[str, Any]]) -> Problem:
    """413 if one of the errors is a text beyond the limit, else 422; either names every field that is wrong."""
    faults = tuple(_fault(error) for error in errors)
    if not any(_beyond_text(error) for error in errors):
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


def _fault(error: ErrorDetails | Mapping[str, Any]) -> Fault:
    problem, remedy = _words(error)
    return Fault(field=_field(error["loc"]), problem=problem, remedy=remedy)


def _words(error: ErrorDetails | Mapping[str, Any]) -> tuple[str, str]:
    """Problem and remedy."""
    kind, context = error["type"], error.get("ctx") or {}
    if kind == "value_error":  # raised by a model of ours, in words for people
        return "does not say enough", str(context["error"])
    if _beyond_text(error):
        return "is too long", f"send at most {MAX_TEXT:,} bytes of UTF-8"
    if kind not in _REMEDIES:
        return error["msg"][:1].lower() + error["msg"][1:], "correct it"
    problem, remedy = _REMEDIES[kind]
    return problem.format_map(context), remedy.format_map(context)


def _field(location: Sequence[int | str]) -> str:
    where, *rest = location if location and location[0] in ("query", "path", "header", "body") else ("body", *location)
    path = ".".join(str(step) for step in rest)
    return f"?{path}" if where == "query" else path or "body"


def _beyond_text(error: ErrorDetails | Mapping[str, Any]) -> bool:
    return error["type"] == "string_too_long" and (error.get("ctx") or {}).get("max_length") == MAX_TEXT
