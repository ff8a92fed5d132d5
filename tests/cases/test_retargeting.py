"""Another priority, category, policy or calendar: which deadlines move, and that nothing that has run is lost."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from cases.effects import ReplanCase
from cases.events import SYSTEM, Code
from cases.ledger import elapsed_from
from cases.outcomes import Replanned
from cases.plan import ClockTerms, Plan, Target
from cases.words import Breach, ClockName, ClockState, Mark, Priority, Reason
from tests.samples import (
    ANA,
    BEN,
    CUSTOMER,
    DAY,
    HOUR,
    LEO,
    MAX,
    MINUTE,
    NOON,
    SUE,
    Played,
    claimed,
    plan,
    refused,
    resolved,
    terms,
)

FIRST, RESOLUTION = ClockName.FIRST_RESPONSE, ClockName.RESOLUTION

BY_PRIORITY = ClockTerms(
    default=5 * DAY,
    targets=(
        Target(within=4 * HOUR, priority=(Priority.P1,)),
        Target(within=2 * DAY, priority=(Priority.P2, Priority.P3)),
    ),
    pausable=True,
    warn_at=(0.5,),
)


def urgent(on_breach: Breach = Breach.ALERT) -> Plan:
    """A resolution within 4 hours for P1, two days for P2 and P3, and a gap at P4."""
    return plan(terms(resolution=BY_PRIORITY, first_response=30 * DAY, on_breach=on_breach))


# another priority


def test_the_new_target_counts_from_the_start_and_pauses_stay_out() -> None:
    play = claimed(urgent())
    play.now += HOUR
    play.do("reply", ANA, text="Which one?", asks="Which one?")
    play.do("wait_for_customer", ANA)
    play.now += DAY
    play.do("message", CUSTOMER, text="The second.")
    play.do("set_priority", ANA, priority="P1", reason="Money is being lost.")
    clock = play.clock(RESOLUTION)
    assert (clock.target_s, clock.elapsed_s, clock.due_at) == (4 * 3600, 3600, NOON + DAY + 4 * HOUR)
    assert [entry.mark for entry in clock.ledger] == [Mark.START, Mark.PAUSE, Mark.RESUME, Mark.RETARGET]


def test_the_timeline_says_who_why_and_which_deadline_moved() -> None:
    play = claimed(urgent())
    play.do("set_priority", ANA, priority="P1", reason="Money is being lost.")
    entry = play.case.timeline()[-1]
    assert (entry.kind, entry.by.id, entry.data["from"], entry.data["to"]) == ("set_priority", "ana", "P3", "P1")
    assert entry.data["clocks"] == [
        {
            "id": play.clock(RESOLUTION).id,
            "mark": "retarget",
            "due_at": (NOON + 4 * HOUR).isoformat(),
            "was_due": (NOON + 2 * DAY).isoformat(),
        }
    ]
    assert "resolution is due 2026-03-02 16:00:00 UTC instead of 2026-03-04 12:00:00 UTC" in entry.text
    assert play.view.priority is Priority.P1


@pytest.mark.parametrize("on_breach", [Breach.ALERT, Breach.UP])
def test_a_retarget_into_the_past_is_one_breach_and_one_notice(on_breach: Breach) -> None:
    play = claimed(urgent(on_breach))
    play.wait(5 * HOUR)
    before = len(play.effects)
    play.do("set_priority", ANA, priority="P1", reason="Money is being lost.")
    assert play.kinds.count("clock_breached") == 1
    assert play.kinds.count("clock_warned") == 0
    if on_breach is Breach.ALERT:
        assert len(play.effects) == before + 1
    play.wait(DAY)
    assert [entry.mark for entry in play.clock(RESOLUTION).ledger].count(Mark.BREACH) == 1


def test_a_retarget_into_the_past_is_not_late_by_the_time_before_it() -> None:
    play = claimed(urgent())
    play.wait(5 * HOUR)
    play.do("set_priority", ANA, priority="P1", reason="Money is being lost.")
    entry = next(entry for entry in play.case.timeline() if entry.kind == "clock_breached")
    assert (entry.data["due"], entry.data["late_s"]) == ((NOON + 4 * HOUR).isoformat(), 0)
    assert play.clock(RESOLUTION).late_s == 0


def test_a_deadline_that_is_noticed_late_says_by_how_much() -> None:
    play = claimed(urgent())
    play.oversleep(2 * DAY + 90 * MINUTE)
    assert play.clock(RESOLUTION).late_s == 5400


def test_warning_points_follow_the_target() -> None:
    play = claimed(urgent())
    play.wait(3 * HOUR)
    play.do("set_priority", ANA, priority="P1", reason="Money is being lost.")
    assert play.kinds.count("clock_warned") == 1
    play.do("set_priority", ANA, priority="P2", reason="It is not.")
    assert play.case.next_due() == NOON + DAY
    play.wait(DAY)
    assert play.kinds.count("clock_warned") == 2


def test_a_broken_promise_that_is_given_more_time_counts_again() -> None:
    play = claimed(urgent())
    play.do("set_priority", ANA, priority="P1", reason="Money is being lost.")
    play.wait(5 * HOUR)
    play.do("set_priority", ANA, priority="P2", reason="It is not.")
    assert (play.view.breached, play.clock(RESOLUTION).due_at) == (False, NOON + 2 * DAY)
    play.wait(2 * DAY)
    assert play.kinds.count("clock_breached") == 2


def test_a_clock_that_no_target_fits_is_on_the_timeline() -> None:
    play = claimed(urgent())
    play.do("set_priority", ANA, priority="P4", reason="No hurry.")
    assert play.kinds[-1] == "no_target"
    assert play.clock(RESOLUTION).target_s == (5 * DAY).total_seconds()


def test_a_clock_that_stands_gets_its_target_too() -> None:
    play = resolved(urgent())
    play.do("set_priority", ANA, priority="P1", reason="Money is being lost.")
    clock = play.clock(RESOLUTION)
    assert (clock.state, clock.target_s, clock.due_at) == (ClockState.PAUSED, 4 * 3600, None)


def test_what_a_customer_was_told_does_not_move() -> None:
    confirm = ClockTerms(default=7 * DAY, targets=(Target(within=DAY, priority=(Priority.P1,)), Target(within=7 * DAY)))
    play = resolved(plan(terms(confirm=confirm)))
    play.do("set_priority", ANA, priority="P1", reason="Money is being lost.")
    assert play.clock(ClockName.CONFIRM).due_at == NOON + 7 * DAY


def often(**conditions: tuple[Priority | str, ...]) -> Plan:
    """The customer hears every two days; every half day where the conditions hold."""
    targets = (Target.model_validate({"within": DAY / 2, **conditions}), Target(within=2 * DAY))
    return plan(terms(update=ClockTerms(default=2 * DAY, targets=targets, pausable=True)))


def test_the_time_to_the_next_update_follows_the_priority() -> None:
    play = claimed(often(priority=(Priority.P1,)))
    play.do("set_priority", ANA, priority="P1", reason="Money is being lost.")
    assert play.clock(ClockName.UPDATE).due_at == NOON + DAY / 2


def test_the_time_to_the_next_update_follows_the_tier() -> None:
    play = claimed(often(tier=("gold",)))
    play.do("recategorise", ANA, tier="gold", reason="They are.")
    replan(play, priority=Priority.P3, tier="gold")
    assert play.clock(ClockName.UPDATE).due_at == NOON + DAY / 2


@pytest.mark.parametrize("how", ["promise", "reply"])
def test_an_update_that_was_promised_by_a_time_stays_with_another_priority(how: str) -> None:
    play = claimed(often(priority=(Priority.P1,)))
    if how == "promise":
        play.do("promise", ANA, what="update", by_when=NOON + 3 * DAY)
    else:
        play.do("reply", ANA, text="We ask the bank.", update_by=NOON + 3 * DAY)
    play.do("set_priority", ANA, priority="P1", reason="Money is being lost.")
    due = {clock.label: clock.due_at for clock in play.view.clocks if clock.name is ClockName.UPDATE}
    assert due == {None: NOON + DAY / 2, "promised": NOON + 3 * DAY}


def test_the_same_priority_is_refused() -> None:
    with refused(Code.SAME_AS_NOW):
        claimed().do("set_priority", ANA, priority="P3", reason="As it is.")


def test_only_the_owner_or_a_higher_rung_sets_a_priority() -> None:
    with refused(Code.NOT_OWNER):
        claimed().do("set_priority", BEN, priority="P1", reason="Mine?")
    claimed().do("set_priority", SUE, priority="P1", reason="Money is being lost.")


def test_a_case_toggled_for_ever_keeps_a_short_ledger() -> None:
    play = claimed(urgent())
    for n in range(300):
        play.now += timedelta(seconds=1)
        play.do("set_priority", ANA, priority=("P1", "P2")[n % 2], reason="Hm.")
    clock = play.clock(RESOLUTION)
    assert len(clock.ledger) <= 62
    assert elapsed_from(clock.ledger, play.now).total_seconds() == clock.elapsed_s == 300


# another category


def replan(play: Played, team: str = "cards", priority: Priority = Priority.P1, tier: str | None = None) -> None:
    """The pinned policy's answer."""
    errand = [effect for effect in play.effects if isinstance(effect, ReplanCase)][-1]
    play.happen(
        Replanned(id=uuid4(), by=SYSTEM, effect=errand.id, team=team, priority=priority, tier=tier, rule="loans")
    )


def test_a_case_is_planned_again_by_the_policy_that_it_is_pinned_to() -> None:
    play = claimed(urgent())
    play.do("recategorise", ANA, product="Home loan", tier="gold", reason="It is about the loan.")
    errand = next(effect for effect in play.effects if isinstance(effect, ReplanCase))
    assert (errand.complaint.product, errand.complaint.tier, errand.policy_hash) == ("Home loan", "gold", "5a3b1e")
    assert play.view.product == "Home loan"
    replan(play)
    assert (play.view.priority, play.clock(RESOLUTION).due_at) == (Priority.P1, NOON + 4 * HOUR)


def test_the_complaint_itself_stays_as_the_customer_made_it() -> None:
    play = claimed(urgent())
    before = play.view.fingerprint
    play.do("recategorise", ANA, product="Home loan", reason="It is about the loan.")
    assert (play.case.complaint.product, play.view.fingerprint) == ("Credit card", before)


def test_another_team_is_offered_the_case_and_the_owner_stays_until_it_claims() -> None:
    play = claimed(urgent())
    play.do("recategorise", ANA, product="Home loan", reason="It is about the loan.")
    replan(play, team="loans")
    assert play.view.offer
    assert (play.view.owner.person, play.view.offer.team) == ("ana", "loans")
    assert play.view.offer.reasons == (Reason.RECATEGORISED,)
    play.choose("leo")
    play.do("claim", LEO)
    assert (play.view.owner.person, play.view.team) == ("leo", "loans")


def test_a_case_in_a_queue_changes_queues() -> None:
    play = Played(urgent(), person=None)
    play.do("recategorise", MAX, team="loans", reason="Theirs.")
    replan(play)
    assert (play.view.owner.queue, play.view.team) == ("loans", "loans")


def test_back_to_the_owners_team_ends_the_offer_to_another() -> None:
    play = claimed(urgent())
    for team in ("loans", "cards"):
        play.do("recategorise", ANA, product=f"Of {team}", reason="It is theirs.")
        replan(play, team=team)
    assert (play.view.offer, play.view.owner.person) == (None, "ana")


def test_the_answer_to_an_older_category_no_longer_counts() -> None:
    play = claimed(urgent())
    play.do("recategorise", ANA, product="Home loan", reason="It is about the loan.")
    older = next(effect for effect in play.effects if isinstance(effect, ReplanCase))
    play.do("recategorise", ANA, product="Debit card", reason="It is not.")
    play.happen(Replanned(id=uuid4(), by=SYSTEM, effect=older.id, team="loans", priority=Priority.P1))
    assert (play.view.offer, play.view.priority) == (None, Priority.P3)


def test_the_same_category_is_refused() -> None:
    with refused(Code.SAME_AS_NOW):
        claimed().do("recategorise", ANA, product="Credit card", team="cards", reason="As it is.")


def test_a_category_must_say_something() -> None:
    with pytest.raises(ValueError, match="give product, issue, tier or team"):
        claimed().do("recategorise", ANA, reason="Hm.")
