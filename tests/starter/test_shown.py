"""What the command line and the page in the Temporal Web UI show of suggestions, earlier cases and satisfaction."""

from __future__ import annotations

from cases.view import EarlierCase
from cases.words import ClosedAs, Status
from starter.cli.printing import brief_lines, head_lines
from tests.samples import ANA, CUSTOMER, DAY, MAX, NOON, Played, claimed, plan, suggestions, terms
from workflows.details import page

READING = plan(terms().model_copy(update={"suggestions": suggestions()}))


def suggested() -> Played:
    """A case of Ana's that follows another; its customer speaks of a lawyer."""
    play = Played(READING, text="My lawyer will hear of this.", follows="shop-aaaaaaaaaa")
    play.do("claim", ANA)
    return play


def test_show_names_what_awaits_a_decision_and_what_the_case_follows() -> None:
    lines = list(head_lines(suggested().view))
    assert "perhaps  a legal step: “My lawyer”; legal_step-1" in lines
    assert "follows  shop-aaaaaaaaaa" in lines


def test_show_names_nothing_that_is_decided() -> None:
    play = suggested()
    play.do("decide_suggestion", ANA, suggestion_id="legal_step-1", confirm=True)
    assert not [line for line in head_lines(play.view) if line.startswith("perhaps")]


def test_show_names_score_and_the_case_that_a_duplicate_repeats() -> None:
    play = claimed()
    play.do("resolve", ANA, text="Money back.")
    play.do("accept_resolution", CUSTOMER, score=4, comment="Slow.")
    assert "score    4 of 5: Slow." in list(head_lines(play.view))
    other = claimed()
    other.do("close", MAX, reason="twice", duplicate_of="shop-bbbbbbbbbb")
    assert [line for line in head_lines(other.view) if "as duplicate of shop-bbbbbbbbbb" in line]


def test_the_brief_says_how_earlier_cases_ended() -> None:
    before = EarlierCase(
        case_id="shop-aaaaaaaaaa",
        product="Loan",
        status=Status.ARCHIVED,
        closed_as=ClosedAs.ACCEPTED,
        opened_at=NOON - 9 * DAY,
        closed_at=NOON - 8 * DAY,
        resolution="The fee is waived.",
    )
    brief = suggested().case.brief().model_copy(update={"earlier": (before,), "duplicates": (before,)})
    lines = list(brief_lines(brief))
    assert "follows: shop-aaaaaaaaaa" in lines
    for begin in ("earlier: shop-aaaaaaaaaa, Loan, closed as accepted", "closed as a duplicate of this: shop-aaaaaaa"):
        (line,) = [line for line in lines if line.startswith(begin)]
        assert line.endswith("told: The fee is waived.")


def test_the_page_shows_what_awaits_a_decision_with_json_to_paste() -> None:
    play = suggested()
    shown = page(play.view, play.case.timeline())
    assert "Perhaps **a legal step**: “My lawyer”" in shown
    assert '"kind": "decide_suggestion"' in shown
    assert "Follows: `shop-aaaaaaaaaa`" in shown


def test_the_pages_in_the_web_ui_link_to_the_desk_where_the_worker_knows_it() -> None:
    view = suggested().view
    link = f"[Open it in the Desk](https://desk.example/cases/{view.case_id})"
    assert link in page(view, (), "https://desk.example")
    assert "Desk" not in page(view, ())
