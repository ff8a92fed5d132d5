"""What is wrong with a file, said to the person who wrote it: file, key, problem, remedy, all mistakes at once.

Pydantic finds what breaks the schema; this turns its findings into words and adds what to do. What a schema cannot
see (rules that never match) is in `policies.checks`.
"""

from __future__ import annotations

import difflib
import json
import re
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from cases.complaint import Shape


class Mistake(Shape):
    """One mistake. `key` is dotted, with an index where there are several: `triage[2].when.channel[0]`."""

    file: str
    key: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        where = f"{self.file}: {self.key}" if self.key else self.file
        return f"{where}: {self.problem}; {self.remedy}"


class PolicyError(Exception):
    """A file that cannot be used. `mistakes` has every reason; the code never changes."""

    code = "bad_policy"

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__("\n".join(map(str, mistakes)))
        self.mistakes = tuple(mistakes)


def read_toml(path: Path, model: str = "policies/default.toml") -> dict[str, Any]:
    """The content of a TOML file, of which `model` is one. Raises PolicyError when there is none or it is not TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise _unreadable(path, "there is no such file", f"check the path, or copy {model}") from error
    except OSError as error:
        raise _unreadable(path, f"cannot be read: {error.strerror}", "name a file that you may read") from error
    except UnicodeDecodeError as error:
        raise _unreadable(path, f"is not UTF-8 at byte {error.start}", "save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"^(.*?) \(at (line \d+)", str(error), re.DOTALL)
        problem, key = (found[1], found[2]) if found else (str(error), "end of file")
        raise _unreadable(path, f"not TOML: {problem}", "correct that line", key) from error


def _unreadable(path: Path, problem: str, remedy: str, key: str = "") -> PolicyError:
    return PolicyError([Mistake(file=str(path), key=key, problem=problem, remedy=remedy)])


def found_by_schema(path: Path, model: type[BaseModel], error: ValidationError) -> list[Mistake]:
    """A mistake for each finding of the schema, in the order of the file's keys."""
    schema = model.model_json_schema()
    return [_mistake(path, schema, detail) for detail in error.errors(include_url=False)]


def _mistake(path: Path, schema: dict[str, Any], detail: ErrorDetails) -> Mistake:
    location = detail["loc"]
    problem, remedy = _words(schema, detail)
    return Mistake(file=str(path), key=dotted(location), problem=problem, remedy=remedy)


def _words(schema: dict[str, Any], detail: ErrorDetails) -> tuple[str, str]:
    location, context = detail["loc"], detail.get("ctx", {})
    key = str(location[-1]) if location else ""
    match detail["type"]:
        case "extra_forbidden":
            return "unknown key", _instead(key, _known(schema, location[:-1]), "delete it; known here")
        case "missing":
            return "missing", f"add it, {_example(schema, location)}"
        case "enum" | "literal_error":
            words = re.findall(r"'([^']*)'", str(context.get("expected", "")))
            kind = _kind(location)
            return f"unknown {kind} {detail['input']!r}", _instead(str(detail["input"]), words, "write one of")
        case "tuple_type" | "list_type":
            return "not a list", f"write {_listed(schema, location, detail['input'])}"
        case "model_type" | "dict_type" | "model_attributes_type":
            return f"{detail['input']!r} is not a table", f"write a table with {', '.join(_known(schema, location))}"
        case "bool_type":
            return f"{detail['input']!r} is neither true nor false", "write true or false, without quotes"
        case "int_type" | "int_from_float":
            return f"{detail['input']!r} is not a whole number", f"write a whole number{_range(schema, location)}"
        case "string_pattern_mismatch":
            return f"{detail['input']!r} does not fit", f"it must match {context.get('pattern')}"
        case "greater_than" | "less_than" | "greater_than_equal" | "less_than_equal":
            return f"{detail['input']!r} is out of range", detail["msg"].replace("Input should be", "write a number")
        case _:
            remedy = str(context.get("remedy") or f"{detail['msg']}, and it is {detail['input']!r}")
            problem = detail["msg"] if context.get("remedy") else "of the wrong kind"
            return problem, remedy


def closest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was most likely meant, in upper or lower case."""
    as_written = {name.casefold(): name for name in known}
    found = difflib.get_close_matches(word.casefold(), list(as_written), n=1, cutoff=0.6)
    return as_written[found[0]] if found else None


def dotted(location: Iterable[str | int]) -> str:
    """`("triage", 2, "when")` as `triage[2].when`."""
    text = ""
    for part in location:
        if part == "[key]":
            continue  # Pydantic's word for "the key of this entry, not its value".
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.removeprefix(".")


def _instead(word: str, known: Sequence[str], otherwise: str) -> str:
    meant = next((name for name in known if name.casefold() == word.casefold()), None) or closest(word, known)
    return f"did you mean {meant!r}?" if meant else f"{otherwise}: {', '.join(known)}"


def _kind(location: Sequence[str | int]) -> str:
    names = [part for part in location if isinstance(part, str)]
    return names[-1] if names else "word"


def _known(schema: dict[str, Any], location: Sequence[str | int]) -> list[str]:
    return list(_at(schema, location).get("properties", {}))


def _example(schema: dict[str, Any], location: Sequence[str | int]) -> str:
    field, key = _at(schema, location), location[-1]
    if "properties" in field and any(isinstance(part, int) for part in location):
        # Inside a list of tables, TOML has no header for a table that can be told by its place.
        inside = next((name for name, part in field["properties"].items() if part.get("examples")), "…")
        return f'such as {key} = {{ {inside} = ["…"] }}'
    if "properties" in field:
        return f"as a table [{dotted(location)}] with {', '.join(field.get('required') or field['properties'])}"
    if words := field.get("enum"):
        return f"one of: {', '.join(words)}"
    example = (field.get("examples") or ["…"])[0]
    return f'such as {key} = "{example}"'


def _listed(schema: dict[str, Any], location: Sequence[str | int], value: Any) -> str:
    """What was written alone, as the list that it should be; an example if it would be wrong in a list too."""
    field, key = _at(schema, location), location[-1]
    entry = _followed(schema, field.get("items", {}))
    if "properties" in entry:
        return f"each as a table [[{dotted(location)}]]"
    if words := entry.get("enum"):
        value = value if value in words else closest(str(value), words) or words[0]
    elif entry.get("type") == "number":
        fits = type(value) in (int, float) and entry["exclusiveMinimum"] < value < entry["exclusiveMaximum"]
        value = value if fits else field["examples"][0][0]
    elif not isinstance(value, str):
        value = "…"
    return f"{key} = [{json.dumps(value, ensure_ascii=False)}]"


def _range(schema: dict[str, Any], location: Sequence[str | int]) -> str:
    field = _at(schema, location)
    least, most = field.get("minimum"), field.get("maximum")
    return f" from {least} to {most}" if most is not None else f", at least {least}" if least is not None else ""


def _at(schema: dict[str, Any], location: Sequence[str | int]) -> dict[str, Any]:
    """The part of a JSON schema that describes the place `location`; empty if it describes none."""
    here: dict[str, Any] = schema
    for part in location:
        here = _followed(schema, here)
        # Where a table's keys are free names, one schema describes each of its entries.
        named: dict[str, Any] = here.get("patternProperties") or {"": here.get("additionalProperties") or {}}
        entries = next(iter(named.values()))
        here = here.get("items", {}) if isinstance(part, int) else here.get("properties", {}).get(part, entries)
    return _followed(schema, here)


def _followed(schema: dict[str, Any], here: dict[str, Any]) -> dict[str, Any]:
    while True:
        # What may be left out is either null, or what it is.
        given = [part for part in here.get("anyOf", ()) if part.get("type") != "null"]
        if "$ref" in here:
            target, beside = schema["$defs"][here["$ref"].rsplit("/", 1)[-1]], "$ref"
        elif len(given) == 1:
            target, beside = given[0], "anyOf"
        else:
            return here
        # What stands beside a reference (a field's own examples) describes it further.
        here = {**target, **{key: value for key, value in here.items() if key != beside}}
