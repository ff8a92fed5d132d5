"""Whatever a case has been through, what is left of it says nothing that anybody has said."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cases.view import CaseView
from records.personal import ERASED, emptied, figures
from records.tables import metadata
from tests.playing import Play, Setting, apply_step
from tests.scenes import CONSULTED, SCENES, SENSIBLE, steps
from tests.steps import Answer
from tests.strategies import numbered


def said() -> Iterator[str]:
    """Every sentence that anybody says in a scene. A product is a category of the company's."""
    for deed in (*SENSIBLE.values(), *CONSULTED.values()):
        yield from (
            value for key, value in deed.items() if key != "product" and isinstance(value, str) and " " in value
        )


SAID = tuple(said())


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: "-".join(map(str, scene[:4])))
def test_no_sentence_is_left_of_any_scene(scene: tuple[str | int, ...]) -> None:
    play = Play(Setting())
    for step in numbered([Answer(), *steps(scene), *[Answer()] * 3]):
        apply_step(play, step)
    complaint, view = play.case.complaint, play.view
    left = emptied(view, play.now + timedelta(days=1))
    assert CaseView.model_validate(left.model_dump(mode="json")) == left
    data = [figures(entry.model_dump(mode="json")["data"]) for entry in play.case.timeline()]
    text = json.dumps([left.model_dump(mode="json"), data])
    for sentence in (*SAID, complaint.text, complaint.reference, '"c-1"', str(complaint.customer.name)):
        assert sentence not in text
    assert left.customer.id == ERASED
    assert [clock.due_at for clock in left.clocks] == [clock.due_at for clock in view.clocks]


@pytest.mark.parametrize(
    ("data", "left"),
    [
        ({"rung": "manager", "why": "Robin shouted", "late_s": 1.5}, {"rung": "manager", "late_s": 1.5}),
        ({"clocks": [{"mark": "pause", "by": "c-1", "at": "2026-03-02T12:00:00Z", "cause": "Robin wrote"}]}, None),
        (
            {"params": {"amount": 3, "to": {"name": "Robin"}}, "ok": True},
            {"params": {"amount": 3, "to": {}}, "ok": True},
        ),
        ({"reasons": ["irate", "Robin is loud"], "at": "2026-03-02"}, {"reasons": ["irate"]}),
    ],
)
def test_figures_are_numbers_moments_and_words_of_ours(data: dict[str, Any], left: dict[str, Any] | None) -> None:
    clock = {"clocks": [{"mark": "pause", "at": "2026-03-02T12:00:00Z"}]}
    assert figures(data) == (clock if left is None else left)


def test_the_page_on_data_has_a_row_for_every_table() -> None:
    page = (Path(__file__).parents[2] / "docs/data.md").read_text("utf-8")
    rows = [line.split("|")[1] for line in page.splitlines() if line.startswith("| `")]
    assert set(re.findall(r"`(\w+)`", "".join(rows))) == set(metadata.tables)
