"""docs/escalation.md says what the code does: diagrams and tables are made from it, and compared here."""

from __future__ import annotations

import pytest

from cases.table import TABLE
from cases.words import HandoffStatus, Status
from tests.escalation_page import PAGE, PARTS, case_moves, handoff_moves, made


def test_the_page_is_as_the_code_has_it_now() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert made(page) == page, "docs/escalation.md is of other code: run `make docs`, read what changed, and commit it"


def test_a_part_without_a_place_is_named() -> None:
    with pytest.raises(LookupError, match="no place for 'states': add the lines <!-- made: states -->"):
        made("# Nothing")


def test_what_is_written_by_hand_stays() -> None:
    places = "\n".join(f"<!-- made: {name} -->old<!-- end: {name} -->by hand" for name in PARTS)
    page = made(f"Mine.\n{places}")
    assert page.startswith("Mine.\n")
    assert page.count("by hand") == len(PARTS)
    assert "old" not in page.replace("`", "")[:200]


def test_every_status_is_reached_and_left() -> None:
    assert {after for _, after in case_moves()} | {Status.OPENING} == set(Status)
    assert {before for before, _ in case_moves()} | {Status.ARCHIVED} == set(Status)
    assert {after for _, after in handoff_moves()} == set(HandoffStatus)


def test_every_kind_of_event_is_in_the_tables() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert all(f"| `{kind}` |" in page for kind in TABLE)
