"""Everything that a case's page shows by its kind has words of its own for that kind."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import cases
from api.desk import labels
from cases.notices import NAMES
from cases.table import TABLE
from cases.words import ClockName


def entered() -> Iterator[str]:
    """The kinds of entries that the rules write, by their own source."""
    for path in Path(cases.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Call(func=ast.Attribute(attr="enter"), args=[ast.Constant(value=str(kind)), _, *_]):
                    yield kind
                case _:
                    pass


def test_every_kind_of_entry_has_a_heading_of_its_own() -> None:
    kinds = {*entered(), *TABLE, "terminated"}
    assert len(kinds) > 90
    assert [kind for kind in sorted(kinds) if kind not in labels.ENTRIES] == []
    assert len(set(labels.ENTRIES.values())) == len(labels.ENTRIES)


def test_every_message_says_what_it_is_about() -> None:
    said = {name: labels.message(name) for name in NAMES}
    assert [name for name, words in said.items() if "_" in words or "." in words] == []
    assert len(set(said.values())) == len(NAMES)
    assert said["escalated.not_acknowledged"] == "It goes up, nobody took up the offer"


def test_every_clock_has_a_name_of_its_own() -> None:
    assert set(labels.CLOCKS) == set(ClockName)
    assert len(set(labels.CLOCKS.values())) == len(labels.CLOCKS)
    assert labels.clock("statutory final_response") == "Legal deadline: final response"
    assert labels.clock("update promised") == "Update"
