"""The regimes that we ship, each walked through its stages, met and missed, on a case in the pure core."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cases.effects import AlertStaff
from cases.events import Code
from cases.words import Reason, Rung, Status
from policies import load
from tests.samples import ANA, CUSTOMER, DAY, MAX, NOON, Played, complaint, refused

FOLDER = Path(__file__).parents[2] / "policies"
WEEK = timedelta(weeks=1)


def under(name: str, received_at: datetime = NOON) -> Played:
    """A case under a shipped policy that is opened, planned and claimed at noon on Monday 2 March 2026."""
    plan = load(FOLDER / f"{name}.toml").plan(complaint(received_at=received_at), NOON)
    play = Played(plan, received_at=received_at)
    play.do("claim", ANA)
    play.do("reply", ANA, text="I look into it.")
    return play


def due(play: Played) -> dict[str, datetime]:
    """When each open stage is due."""
    return {clock.label or "": clock.due_at for clock in play.view.clocks if clock.name == "statutory" and clock.due_at}


def missed(play: Played) -> dict[str, datetime]:
    """When each stage that was missed was."""
    return {c.label or "": c.breached_at for c in play.view.clocks if c.name == "statutory" and c.breached_at}


def letter(play: Played, kind: str) -> None:
    """A manager sends a letter, whoever owns the case."""
    play.do("reply", MAX, text="The merchant was asked.", letter=kind)


def utc(month: int, day: int, hour: int = 12, minute: int = 0) -> datetime:
    """A moment of 2026."""
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def test_disp_begins_with_an_acknowledgement_a_way_out_and_the_final_response() -> None:
    assert due(under("uk-disp")) == {
        "acknowledgement": utc(3, 9, 17, 30),  # close of the fifth business day
        "early_resolution": utc(3, 5, 17, 30),  # close of the third
        "final_response": utc(4, 27),  # eight weeks
    }


def test_disp_counts_from_the_receipt_and_over_bank_holidays() -> None:
    received = utc(2, 26, 21)  # Thursday evening
    assert due(under("uk-disp", received))["early_resolution"] == utc(3, 3, 17, 30)


def test_disp_met_with_a_final_response_in_time() -> None:
    play = under("uk-disp")
    letter(play, "acknowledgement")
    play.wait(7 * WEEK)
    letter(play, "final_response")
    assert due(play) == missed(play) == {}


def test_disp_met_with_a_holding_letter_in_time_and_a_final_response_after_it() -> None:
    play = under("uk-disp")
    letter(play, "acknowledgement")
    play.wait(8 * WEEK - DAY)
    letter(play, "holding")
    assert due(play) == {"after_holding": utc(5, 25)}
    play.wait(3 * WEEK)
    letter(play, "final_response")
    assert due(play) == missed(play) == {}


def test_disp_met_with_a_summary_resolution_because_the_customer_accepted_by_the_third_business_day() -> None:
    play = under("uk-disp")
    play.do("resolve", ANA, text="The charge is back.")
    play.now = utc(3, 5, 17, 30)
    play.do("accept_resolution", CUSTOMER)
    play.wait(DAY)
    letter(play, "summary_resolution")
    assert due(play) == missed(play) == {}


def test_disp_accepted_a_second_after_the_third_business_day_needs_a_final_response() -> None:
    play = under("uk-disp")
    play.do("resolve", ANA, text="The charge is back.")
    play.wait(utc(3, 5, 17, 30) + timedelta(seconds=1) - play.now)
    play.do("accept_resolution", CUSTOMER)
    with refused(Code.LETTER_NOT_OPEN):
        letter(play, "summary_resolution")
    letter(play, "final_response")
    assert due(play) == {}


def test_disp_missed_acknowledgement_alerts_the_managers() -> None:
    play = under("uk-disp")
    play.wait(8 * DAY)
    assert missed(play) == {"acknowledgement": utc(3, 9, 17, 30)}
    alerts = [
        e for e in play.effects if isinstance(e, AlertStaff) and e.params.get("clock") == "statutory acknowledgement"
    ]
    assert alerts[-1].rung is Rung.MANAGER


def test_disp_missed_eight_weeks_climbs_and_is_still_owed() -> None:
    play = under("uk-disp")
    letter(play, "acknowledgement")
    play.wait(8 * WEEK)
    assert missed(play) == {"final_response": utc(4, 27)}
    assert play.view.offer
    assert Reason.CLOCK_BREACHED in play.view.offer.reasons
    letter(play, "final_response")
    assert due(play) == {}
    assert missed(play) == {"final_response": utc(4, 27)}


def test_disp_missed_after_a_holding_letter() -> None:
    play = under("uk-disp")
    letter(play, "acknowledgement")
    letter(play, "holding")
    play.wait(12 * WEEK)
    assert missed(play) == {"after_holding": utc(5, 25)}


def test_disp_a_case_that_was_accepted_without_a_letter_is_live_until_it_is_sent() -> None:
    play = under("uk-disp")
    play.do("resolve", ANA, text="The charge is back.")
    play.wait(6 * DAY)
    play.do("accept_resolution", CUSTOMER)
    play.wait(9 * WEEK)
    assert play.case.status is Status.CLOSED
    letter(play, "final_response")
    assert play.case.status is Status.ARCHIVED


def test_psd_counts_fifteen_business_days_over_weekends() -> None:
    assert due(under("uk-psd")) == {"acknowledgement": utc(3, 5, 17, 30), "final_response": utc(3, 23, 17, 30)}


def test_psd_met_with_a_final_response_in_time() -> None:
    play = under("uk-psd")
    play.wait(2 * DAY)
    letter(play, "final_response")
    assert due(play) == missed(play) == {}


def test_psd_met_with_a_holding_letter_that_opens_thirty_five_business_days_over_easter() -> None:
    play = under("uk-psd")
    letter(play, "acknowledgement")
    play.wait(2 * WEEK)
    letter(play, "holding")
    assert due(play) == {"after_holding": utc(4, 22, 16, 30)}  # 17:30 in London, where summer time has begun
    play.wait(5 * WEEK)
    letter(play, "final_response")
    assert due(play) == missed(play) == {}


def test_psd_missed_at_each_stage() -> None:
    play = under("uk-psd")
    play.wait(3 * WEEK + DAY)
    assert missed(play) == {"acknowledgement": utc(3, 5, 17, 30), "final_response": utc(3, 23, 17, 30)}
    letter(play, "holding")
    play.wait(5 * WEEK)
    assert missed(play)["after_holding"] == utc(4, 22, 16, 30)


def test_cfpb_counts_calendar_days() -> None:
    assert due(under("us-cfpb")) == {"response": utc(3, 17)}


def test_cfpb_met_with_a_final_response_in_time() -> None:
    play = under("us-cfpb")
    play.wait(14 * DAY)
    letter(play, "final_response")
    assert due(play) == missed(play) == {}


def test_cfpb_met_in_progress_and_then_within_sixty_days() -> None:
    play = under("us-cfpb")
    play.wait(14 * DAY)
    letter(play, "in_progress")
    assert due(play) == {"final_response": utc(5, 1)}
    play.wait(45 * DAY)
    letter(play, "final_response")
    assert due(play) == missed(play) == {}


def test_cfpb_missed_at_each_stage() -> None:
    play = under("us-cfpb")
    play.wait(16 * DAY)
    letter(play, "in_progress")
    play.wait(45 * DAY)
    assert missed(play) == {"response": utc(3, 17), "final_response": utc(5, 1)}


@pytest.mark.parametrize("name", ["uk-disp", "uk-psd", "us-cfpb"])
def test_the_company_promises_its_answer_before_the_regulator_demands_it(name: str) -> None:
    play = under(name)
    resolution = next(clock for clock in play.view.clocks if clock.name == "resolution")
    assert resolution.due_at
    assert resolution.due_at < min(at for stage, at in due(play).items() if stage != "acknowledgement")
