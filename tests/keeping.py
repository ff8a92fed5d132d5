"""Where the histories of the corpus are kept, and as what: `tests/histories/<version>/<name>.json.gz`.

How they are made is in `tests.corpus`; what they are held against, in `tests/workflows/test_corpus.py`.
"""

from __future__ import annotations

import gzip
import json
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

HISTORIES = Path(__file__).parent / "histories"
_ROOT = Path(__file__).parent.parent


def version() -> str:
    """The version in pyproject.toml."""
    return tomllib.loads((_ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]


def recorded(folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Name and history, as JSON, of each file."""
    for file in sorted(folder.glob("*.json.gz")):
        yield file.name.removesuffix(".json.gz"), kept(file)


def kept(file: Path) -> dict[str, Any]:
    """The history in a file, as JSON; `workflow_id` beside `events`."""
    return json.loads(gzip.decompress(file.read_bytes()))


def save(folder: Path, name: str, content: Mapping[str, Any]) -> None:
    """Writes a history: the same bytes for the same content."""
    data = json.dumps(content, sort_keys=True).encode()
    (folder / f"{name}.json.gz").write_bytes(gzip.compress(data, mtime=0))


def without_whereabouts(value: Any) -> Any:
    """The history without what is of the machine it was made on: process names and stack traces."""
    if isinstance(value, Mapping):
        kept = {str(key): without_whereabouts(item) for key, item in value.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        return {key: "" if key in ("identity", "stackTrace") else item for key, item in kept.items()}
    if isinstance(value, list):
        return [without_whereabouts(item) for item in value]  # pyright: ignore[reportUnknownVariableType]
    return value
