"""A policy that extends another one: what it leaves out is the other's, and what it writes goes before that.

Only what comes of both is checked, kept and hashed, so a policy that extends another is as whole as one that does not,
and stays as it is when the other file changes. Knows which file each part is from, so that a mistake names it; what the
parts mean is said elsewhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from policies.mistakes import Mistake, PolicyError, closest, read_toml

EXTENDS = "extends"

_OWN = ("name", EXTENDS)
"""What no policy has from another."""

_SHIPPED = Path(__file__).parent


@dataclass(slots=True)
class Written:
    """A policy file with all that it extends. `origins`: which other file an entry, or a key, is from."""

    path: Path
    raw: dict[str, Any]
    origins: dict[tuple[str, ...], Path] = field(default_factory=dict[tuple[str, ...], Path])

    def placed(self, mistake: Mistake) -> Mistake:
        """The mistake, with the file that its key is written in."""
        parts = tuple(re.split(r"[.\[]", mistake.key, maxsplit=2)[:2])
        origin = self.origins.get(parts) or self.origins.get(parts[:1])
        return mistake.model_copy(update={"file": str(origin)}) if origin else mistake


def read_whole(path: Path) -> Written:
    """The file and what it extends. Raises PolicyError for a file that cannot be read, or that extends itself."""
    return _read(path, ())


def required_or_extended(schema: dict[str, Any]) -> dict[str, Any]:
    """A policy's JSON schema in which only what extends no other must be whole."""
    required: list[str] = schema["required"]
    parts: dict[str, Any] = {}
    for name in required:
        reference = schema["properties"][name].get("$ref")
        definition: dict[str, Any] = schema["$defs"][reference.rpartition("/")[2]] if reference else {}
        if "required" in definition:
            parts[name] = {"required": definition.pop("required")}
    whole = {"required": required, "properties": parts}
    return {**schema, "required": ["name"], "if": {"required": [EXTENDS]}, "then": {}, "else": whole}


def _read(path: Path, above: tuple[Path, ...]) -> Written:
    written = Written(path, read_toml(path))
    named = written.raw.get(EXTENDS)
    if not isinstance(named, str):
        return written  # What is not a word, the schema says.
    return _filled(written, _read(_found(path, named, above), (*above, path.resolve())))


def _found(path: Path, named: str, above: tuple[Path, ...]) -> Path:
    """A file beside this one, or one that comes with caseladder."""
    if named.endswith(".toml"):
        other = path.parent / named
        problem, remedy = f"there is no file {other}", "write its path as seen from this file"
    else:
        other = _SHIPPED / f"{named}.toml"
        ours = sorted(file.stem for file in _SHIPPED.glob("*.toml") if "triage_default" in file.read_text("utf-8"))
        meant = closest(named, ours)
        problem = f"no policy {named!r} comes with caseladder"
        remedy = f"did you mean {meant!r}?" if meant else f"name a file (.toml), or one of: {', '.join(ours)}"
    if not other.is_file():
        raise PolicyError([Mistake(file=str(path), key=EXTENDS, problem=problem, remedy=remedy)])
    if other.resolve() in (*above, path.resolve()):
        problem, remedy = f"{other} extends this file", "name a policy that does not come back here"
        raise PolicyError([Mistake(file=str(path), key=EXTENDS, problem=problem, remedy=remedy)])
    return other


def _filled(written: Written, other: Written) -> Written:
    """With what it leaves out: whole keys, and in a table of the first level its entries. Lists are never mixed."""
    for key, value in other.raw.items():
        if key in _OWN:
            continue
        if key not in written.raw:
            written.raw[key] = value
            written.origins[key,] = other.path
            written.origins |= {place: origin for place, origin in other.origins.items() if place[0] == key}
        elif isinstance(value, dict) and isinstance(written.raw[key], dict):
            for name in value.keys() - written.raw[key].keys():  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType, reportUnknownMemberType]
                written.raw[key][name] = value[name]
                place = (key, str(name))  # pyright: ignore[reportUnknownArgumentType]
                written.origins[place] = other.origins.get(place) or other.origins.get((key,)) or other.path
    return written
