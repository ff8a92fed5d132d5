"""What is wrong with what was sent, in words: a validation error as problem and remedy, wherever it is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic_core import ErrorDetails

from cases.complaint import MAX_TEXT

Error = ErrorDetails | Mapping[str, Any]

_WORDS = {
    "missing": ("is missing", "add it"),
    "extra_forbidden": ("is not known here", "leave it out"),
    "union_tag_invalid": ("is of no known kind: {tag}", "one of {expected_tags}"),
    "union_tag_not_found": ("has no kind", 'add it, such as "kind": "note"'),
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
    "out_of_range": ("is of no age that we know", "send a time from the year {earliest} on and before {latest}"),
    "link_scheme": ("is no link to a server", "send one to where the file lies, such as https://files.example/a.pdf"),
    "string_pattern_mismatch": ("does not have the right form", "match {pattern}"),
}


def words(error: Error) -> tuple[str, str]:
    """Problem and remedy of one of a ValidationError's errors; the field is in its `loc`."""
    kind, context = error["type"], error.get("ctx") or {}
    if kind == "value_error":  # raised by a model of ours, in words for people
        return "does not say enough", str(context["error"])
    if kind == "amount":
        return str(context["problem"]), str(context["remedy"])
    if is_beyond_text(error):
        return "is too long", f"send at most {MAX_TEXT:,} bytes of UTF-8"
    if kind not in _WORDS:
        return error["msg"][:1].lower() + error["msg"][1:], "correct it"
    problem, remedy = _WORDS[kind]
    return problem.format_map(context), remedy.format_map(context)


def is_beyond_text(error: Error) -> bool:
    """Whether a text is longer than any text may be."""
    return error["type"] == "string_too_long" and (error.get("ctx") or {}).get("max_length") == MAX_TEXT
