"""docs/escalation.md says what the code does: diagrams and tables are made from it, and compared here."""

from __future__ import annotations

import pytest

from cases.ladder import ROUTES, Needs, destination
from cases.notices import STAYS_LEVEL
from cases.plan import STRAIGHT_TO
from cases.table import TABLE
from cases.words import HandoffStatus, Reason, Rung, Status, Suggested
from tests.escalation_page import PAGE, PARTS, case_moves, handoff_moves, ladder, leads, made, suggestions
from tests.exploring import explored
from tests.samples import SUE, climbed, proposed
from tests.walks import Change, every_change


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


def test_a_case_climbs_to_where_the_ladder_says() -> None:
    climbs = [entry.data for change in _changes() for entry in change.entries if entry.kind == "escalated"]
    assert {"threat", "abuse", "asked_for_manager", "clock_breached"} <= {climb["reason"] for climb in climbs}
    for climb in climbs:
        reason, below = Reason(climb["reason"]), Rung(climb["from"])
        assert climb["to"] == destination(reason, below, STRAIGHT_TO)
        assert reason not in STAYS_LEVEL


@pytest.mark.parametrize("reason", STRAIGHT_TO)
def test_a_reason_that_skips_rungs_is_said_to(reason: Reason) -> None:
    assert leads(reason).startswith(f"straight to a {STRAIGHT_TO[reason]}; ")


@pytest.mark.parametrize("reason", Reason)
def test_what_a_reason_needs_first_is_said(reason: Reason) -> None:
    row = next(line for line in ladder().splitlines() if line.startswith(f"| `{reason}` |"))
    assert (row.split(" | ")[4] == "-") == (ROUTES[reason].needs is Needs.NOTHING and reason not in NEEDING)


NEEDING = (Reason.ASKED_FOR_MANAGER, Reason.NO_AUTHORITY)
"""What is needed first because there is no reason without it: `redirect`, and a proposal."""


def test_a_remedy_beyond_its_proposer_is_asked_of_the_rung_that_covers_it_and_the_owner_stays() -> None:
    play = proposed("800.00")
    assert play.remedy().asked is Rung.MANAGER
    assert (play.view.owner.person, play.view.offer) == ("ana", None)
    assert "owner stays" in leads(Reason.NO_AUTHORITY)


def test_what_is_sent_back_down_goes_one_rung_down() -> None:
    play = climbed()
    play.do("de_escalate", SUE, reason="yours to solve")
    assert play.offered[0] is Rung.AGENT
    assert leads(Reason.DE_ESCALATED) == "one rung down"


def test_the_page_says_what_the_suggestions_find_and_miss_as_their_own_page_does() -> None:
    rows = [line for line in suggestions().splitlines() if line.startswith("| `")]
    assert {line.split("`")[1] for line in rows} == set(Suggested)
    assert all(line in PAGE.read_text(encoding="utf-8") for line in rows)


def _changes() -> tuple[Change, ...]:
    return (*explored(), *every_change())
