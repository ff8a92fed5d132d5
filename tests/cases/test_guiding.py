"""Staff read what to say and what to avoid, beside the situation that a case is in. Customers and services never do."""

from __future__ import annotations

from pathlib import Path

import pytest

from cases.case import Case
from cases.events import Actor
from cases.guiding import SITUATIONS
from cases.plan import Line, Plan
from cases.view import CaseView
from cases.words import Reason, Rung, Status
from policies import load
from starter.cli.printing import brief_lines, case_lines
from tests.samples import (
    ANA,
    CUSTOMER,
    DAY,
    HOUR,
    MAX,
    SHOP,
    SUE,
    Played,
    attempted,
    claimed,
    plan,
    proposed,
    suggestions,
    terms,
)
from workflows.details import page

LINES = tuple(Line(situation=it, say=f"Say {it}.", avoid=f"Avoid {it}.") for it in SITUATIONS)


def guided() -> Plan:
    """The sample plan of a policy that has a line for everything."""
    return plan(terms().model_copy(update={"guidance": LINES, "suggestions": suggestions()}))


def told(text: str) -> Played:
    """Ana has the case, and the customer writes."""
    play = claimed(guided())
    play.do("message", CUSTOMER, text=text)
    return play


def lines(play: Played) -> list[str]:
    """The situations that lines are shown for, in their order."""
    return [line.for_ for line in play.view.guidance]


def test_a_case_that_is_offered_has_the_line_of_its_reason_and_of_its_status() -> None:
    play = Played(guided())
    assert lines(play) == ["opened", "open"]
    assert play.view.guidance[0].say == "Say opened."
    assert play.view.guidance[0].avoid == "Avoid opened."


def test_who_is_asked_for_a_manager_reads_that_first_until_it_is_answered() -> None:
    play = claimed(guided())
    play.do("ask_for_manager", CUSTOMER)
    assert lines(play) == ["asked_for_manager", "open"]
    play.do("redirect", ANA, text="I can do it.")
    assert lines(play) == ["open"]


def test_who_has_taken_it_up_still_reads_why_it_climbed() -> None:
    play = attempted(guided())
    play.do("escalate", ANA, reason="irate")
    assert lines(play) == ["irate", "open"]
    play.choose("sue")
    play.do("claim", SUE)
    assert play.view.rung is Rung.SUPERVISOR
    assert lines(play) == ["irate", "open"]


def test_an_offer_for_two_reasons_has_both_lines() -> None:
    play = claimed(guided())
    play.wait(6 * HOUR)
    play.do("ask_for_manager", CUSTOMER)
    play.do("redirect", ANA, text="I can do it.")
    play.do("ask_for_manager", CUSTOMER)
    assert lines(play) == ["clock_breached", "asked_for_manager", "open"]


def test_who_reads_an_insult_reads_what_to_say_before_anything_is_done_about_it() -> None:
    play = told("You are idiots.")
    assert lines(play) == ["abuse", "open"]
    play.do("decide_suggestion", ANA, suggestion_id="abuse-1", confirm=True)
    assert lines(play) == ["abuse", "open"]


def test_an_insult_that_was_none_needs_no_line() -> None:
    play = told("You are idiots.")
    play.do("decide_suggestion", ANA, suggestion_id="abuse-1", confirm=False)
    assert lines(play) == ["open"]


def test_once_warned_about_abuse_whoever_has_the_case_is_guided() -> None:
    play = claimed(guided())
    play.do("warn", ANA, text="Please do not shout.")
    assert lines(play) == ["abuse", "open"]


def test_what_may_be_a_threat_has_its_line_until_it_is_decided_on() -> None:
    play = told("I will hurt you.")
    assert lines(play) == ["threat", "open"]
    play.do("decide_suggestion", ANA, suggestion_id="threat-1", confirm=True)
    assert lines(play) == ["threat", "open"]
    play.do("claim", MAX)
    play.do("decide_safety", MAX, decision="continue", text="Hot air.")
    assert lines(play) == ["open"]


def test_a_threat_after_closing_has_its_line() -> None:
    play = claimed(guided())
    play.do("withdraw", CUSTOMER)
    play.do("report_threat", ANA, text="He waits outside.")
    assert lines(play) == ["threat", "closed"]


def test_who_waits_for_an_approval_is_guided_until_it_is_decided() -> None:
    play = proposed(of=guided())
    assert lines(play) == ["no_authority", "open"]
    play.do("decide_remedy", SUE, remedy_id="r1", approve=True)
    assert lines(play) == ["open"]


def test_a_resolved_case_has_the_line_of_its_status_only() -> None:
    play = claimed(guided())
    play.do("resolve", ANA, text="Money back.")
    assert lines(play) == ["resolved"]


def test_nobody_is_guided_before_the_plan_or_after_the_end() -> None:
    assert lines(Played()) == []
    play = claimed(guided())
    play.do("withdraw", CUSTOMER)
    assert lines(play) == ["closed"]
    play.wait(15 * DAY)
    assert play.case.status is Status.ARCHIVED
    assert lines(play) == []


def test_a_policy_without_guidance_shows_none() -> None:
    assert claimed().view.guidance == ()


@pytest.mark.parametrize("actor", [CUSTOMER, SHOP])
def test_neither_customers_nor_services_read_it(actor: Actor) -> None:
    play = claimed(guided())
    assert play.case.view(play.now, actor).guidance == ()
    assert play.case.view(play.now, ANA).guidance != ()


def test_the_brief_has_it_too() -> None:
    assert [line.for_ for line in Played(guided()).case.brief().guidance] == ["opened", "open"]


def test_a_line_is_called_for_wherever_it_is_written() -> None:
    view = Played(guided()).view
    written = view.model_dump(mode="json")
    assert written["guidance"][0] == {"for": "opened", "say": "Say opened.", "avoid": "Avoid opened."}
    assert CaseView.model_validate(written) == view


def test_operators_and_agents_see_it_where_they_look() -> None:
    play = Played(guided())
    shown = "\n".join(case_lines(play.view))
    assert "say      Say opened.  (opened)\navoid    Avoid opened." in shown
    assert "say      Say open." in "\n".join(brief_lines(play.case.brief()))
    assert "**What to say, and what to avoid**\n\n- opened: say “Say opened.” Avoid: Avoid opened." in page(
        play.view, ()
    )


def test_a_restored_case_guides_as_before() -> None:
    play = Played(guided())
    assert Case.restore(play.case.snapshot()).view(play.now).guidance == play.view.guidance


@pytest.mark.parametrize("name", ["default", "demo"])
def test_the_policies_that_we_ship_have_a_line_for_every_situation(name: str) -> None:
    form = load(Path(__file__).parents[2] / "policies" / f"{name}.toml").form
    assert set(SITUATIONS) - form.guidance.keys() == set(), "add [guidance.<it>] with say and avoid to the policy"


def test_every_reason_can_be_guided() -> None:
    assert set(Reason) <= set(SITUATIONS)
