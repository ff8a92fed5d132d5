"""Time on hand and a chatbot's transcript, as a terminal and the page in the Temporal Web UI show them."""

from __future__ import annotations

from cases.words import Channel
from starter.cli.printing import brief_lines, case_lines
from tests.samples import ANA, MINUTE, Played, claimed
from workflows.details import page


def on_hold() -> Played:
    """Ana's customer is on hold for the second time."""
    play = claimed(channel=Channel.PHONE, transcript="Bot: How can I help?\nIris: With a person.")
    play.do("hold", ANA)
    play.wait(2 * MINUTE)
    play.do("unhold", ANA)
    play.do("hold", ANA)
    play.wait(MINUTE)
    return play


def test_a_customer_on_hold_is_seen_with_how_often_and_how_long():
    [line] = [line for line in case_lines(on_hold().view) if line.startswith("holds")]
    assert line.startswith("holds    2, 180 s in all; on hold since ")


def test_holds_that_are_over_stay_counted():
    play = on_hold()
    play.do("unhold", ANA)
    assert "holds    2, 180 s in all" in list(case_lines(play.view))


def test_nobody_reads_of_holds_where_there_were_none():
    assert not [line for line in case_lines(claimed().view) if line.startswith("holds")]


def test_the_operators_page_says_that_somebody_waits_on_the_line():
    play = on_hold()
    assert "On hold: the customer waits since **" in page(play.view, play.case.timeline())
    play.do("unhold", ANA)
    assert "On hold" not in page(play.view, play.case.timeline())


def test_the_brief_on_a_terminal_has_what_passed_with_the_chatbot():
    lines = list(brief_lines(on_hold().case.brief()))
    at = lines.index("with the chatbot:")
    assert lines[at + 1 : at + 3] == ["  Bot: How can I help?", "  Iris: With a person."]
