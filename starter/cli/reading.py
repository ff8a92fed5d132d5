"""What is given on the command line: JSON objects from files or stdin, fields as `key=value`."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from starter.cli.boundary import Failure

STDIN = "-"


def json_object(source: str) -> dict[str, Any]:
    """The JSON object in a file, or on stdin for `-`. Raises Failure, OSError."""
    text = sys.stdin.read() if source == STDIN else Path(source).read_text("utf-8", "surrogateescape")
    return parsed(text, "stdin" if source == STDIN else source)


def parsed(text: str, source: str) -> dict[str, Any]:
    """`text` as a JSON object. Raises Failure, which names `source`."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Failure(f"{source} is not JSON: {error}") from error
    if not isinstance(content, dict):
        raise Failure(f"{source} is not a JSON object: put it in braces")
    return content  # pyright: ignore[reportUnknownVariableType] the keys of a JSON object are strings


def fields(given: Sequence[str]) -> dict[str, Any]:
    """`["text=Hello", "to.person=ana"]` as `{"text": "Hello", "to": {"person": "ana"}}`. Raises Failure."""
    said: dict[str, Any] = {}
    for one in given:
        path, equals, value = one.partition("=")
        if not (path and equals):
            raise Failure(f"{one!r} is not of the form key=value")
        *outer, name = path.split(".")
        here = said
        for step in outer:
            inner = here.setdefault(step, {})
            if not isinstance(inner, dict):
                raise Failure(f"{path!r}: {step} has a value already, and cannot have fields")
            here = cast("dict[str, Any]", inner)
        here[name] = value
    return said
